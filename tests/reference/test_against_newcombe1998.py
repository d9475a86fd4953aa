"""Intervals of proportions as published.

R. G. Newcombe, Stat. Med. 17 (1998) 857-872 and 873-890; P. A. R. Koopman, Biometrics 40 (1984) 513-517.
"""

import pytest

from seedbed.statistics import TwoGroups, exact_proportion, risk_difference, risk_ratio, wilson_proportion


@pytest.mark.parametrize(
    ("events", "patients", "wilson", "exact"),
    [
        (81, 263, (0.2553, 0.3662), (0.2527, 0.3676)),
        (15, 148, (0.0624, 0.1605), (0.0578, 0.1617)),
        (0, 20, (0.0000, 0.1611), (0.0000, 0.1684)),
        (1, 29, (0.0061, 0.1718), (0.0009, 0.1776)),
    ],
)
def test_one_proportion(events, patients, wilson, exact):
    # first paper, table I, methods 3 and 5
    for method, printed in ((wilson_proportion, wilson), (exact_proportion, exact)):
        found = method(events, patients)
        assert (round(found.low, 4), round(found.high, 4)) == printed


@pytest.mark.parametrize(
    ("groups", "printed"),
    [
        ((56, 70, 48, 80), (0.0524, 0.3339)),
        ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((6, 7, 2, 7), (0.0582, 0.8062)),
        ((5, 56, 0, 29), (-0.0381, 0.1926)),
        ((0, 10, 0, 20), (-0.1611, 0.2775)),
        ((0, 10, 0, 10), (-0.2775, 0.2775)),
        ((10, 10, 0, 20), (0.6791, 1.0000)),
        ((10, 10, 0, 10), (0.6075, 1.0000)),
    ],
)
def test_difference_of_two(groups, printed):
    # second paper, table II, method 10
    found = risk_difference(TwoGroups(*groups)).interval
    assert (round(found.low, 4), round(found.high, 4)) == printed


def test_ratio_of_two_after_koopman():
    found = risk_ratio(TwoGroups(36, 40, 16, 80))
    assert found.estimate == pytest.approx(4.5)
    assert (round(found.interval.low, 2), round(found.interval.high, 2)) == (2.94, 7.15)
