"""Quartiles: definitions against NumPy, enumeration against every sample there is, and lines by hand."""

from fractions import Fraction
from itertools import combinations_with_replacement

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.cohort.auditing.typed_studies import audited, cells, found, kinds

from seedbed.cohort.auditing.numbers import PrintedNumber
from seedbed.cohort.auditing.quartile_definitions import DEFINITIONS, HALF, QUARTER, THREE_QUARTERS
from seedbed.cohort.auditing.quartile_search import Scores, possible_definitions

NUMPY = {
    "hf1": "inverted_cdf",
    "hf2": "averaged_inverted_cdf",
    "hf4": "interpolated_inverted_cdf",
    "hf5": "hazen",
    "hf6": "weibull",
    "hf7": "linear",
    "hf8": "median_unbiased",
    "hf9": "normal_unbiased",
}


def at(values, seat):
    ordered = sorted(values)
    last = min(seat.rank, len(ordered) - 1)
    return ordered[seat.rank - 1] + seat.weight * (ordered[last] - ordered[seat.rank - 1])


@given(st.sampled_from(sorted(NUMPY)), st.lists(st.integers(-50, 50), min_size=1, max_size=30))
@settings(deadline=None)
def test_definitions_give_what_numpy_gives(name, values):
    for p in (QUARTER, HALF, THREE_QUARTERS):
        expected = np.quantile(values, float(p), method=NUMPY[name])
        assert float(at(values, DEFINITIONS[name].seat(len(values), p))) == pytest.approx(expected)


def test_halves_with_and_without_the_median():
    """Quartiles of 1 to 9: with the median 3 and 7 (Tukey), without it 2.5 and 7.5 (Moore and McCabe)."""
    values = range(1, 10)
    for name, low, high in (("hinges", 3, 7), ("halves", Fraction(5, 2), Fraction(15, 2))):
        seat = DEFINITIONS[name].seat
        assert (at(values, seat(9, QUARTER)), at(values, seat(9, THREE_QUARTERS))) == (low, high)


@pytest.mark.parametrize("n", [7, 8])
def test_enumeration_agrees_with_every_sample_there_is(n):
    """All samples of n scores from 0 to 4: what one of them prints is possible, everything else is not."""
    printed = {name: set() for name in ("hf2", "hf5", "hf6", "hf7", "hinges", "halves")}
    for sample in combinations_with_replacement(range(5), n):
        for name, seen in printed.items():
            seat = DEFINITIONS[name].seat
            seen.add(tuple(at(sample, seat(n, p)) for p in (QUARTER, HALF, THREE_QUARTERS)))
    every = set().union(*printed.values())
    scores = Scores(low=Fraction(0), high=Fraction(4))
    for three in every:
        texts = [PrintedNumber(f"{float(number):.3f}") for number in three]
        given = dict(zip(("p25", "median", "p75"), texts, strict=True))
        possible = possible_definitions(given, n, scores=scores, among=printed)
        assert {name for name, seen in printed.items() if three in seen} == set(possible)


@given(
    st.sampled_from(sorted(NUMPY)), st.lists(st.integers(0, 40), min_size=2, max_size=40), st.integers(0, 3)
)
@settings(deadline=None)
def test_quartiles_of_real_scores_are_never_refused(name, values, digits):
    three = (np.quantile(values, p, method=NUMPY[name]) for p in (0.25, 0.5, 0.75))
    texts = [PrintedNumber(f"{number:.{digits}f}") for number in three]
    printed = dict(zip(("p25", "median", "p75"), texts, strict=True))
    scores = Scores(low=Fraction(0), high=Fraction(40))
    assert name in possible_definitions(printed, len(values), scores=scores)


def test_quarter_points_need_a_quarter_of_a_step(tmp_path):
    """With n = 13 the place (n + 1)/4 = 3.5 gives halves; with n = 12 it is 3.25 and gives quarters."""
    line = cells("nrs", "quartiles", {"A": "4.00 (2.25, 5.75)"}, 'whole = true\nmin = "0"\nmax = "10"')
    (one,) = found(audited(tmp_path, {"A": 13}, line), "impossible_quartiles")
    assert one.certainty == "likely"
    assert "hf4" in one.arithmetic
    assert not audited(tmp_path, {"A": 12}, line).findings


def test_impossible_under_every_definition_is_certain(tmp_path):
    line = cells("nrs", "quartiles", {"A": "4.30 (2.00, 5.00)"}, "whole = true")
    (one,) = found(audited(tmp_path, {"A": 13}, line), "impossible_quartiles")
    assert one.certainty == "certain"


def test_the_definition_of_the_software_decides(tmp_path):
    line = cells("score", "quartiles", {"A": "40 (15, 77.5)"}, "whole = true")
    assert not audited(tmp_path, {"A": 13}, line, study='quartiles = "hf6"').findings
    assert found(audited(tmp_path, {"A": 13}, line, study='quartiles = "hf7"'), "impossible_quartiles")


def test_no_power_when_printed_as_coarse_as_the_scores(tmp_path):
    report = audited(tmp_path, {"A": 13}, cells("score", "quartiles", {"A": "4 (2, 6)"}, "whole = true"))
    assert not report.findings
    assert "impossible_quartiles" in kinds(report.no_power)


def test_steps_of_ten(tmp_path):
    """85 lies midway between two scores of 80 and 90; 87 is no part of any step that n = 13 allows."""
    more = 'whole = true\nstep = "10"'
    assert not audited(tmp_path, {"A": 13}, cells("kps", "quartiles", {"A": "90 (85, 90)"}, more)).findings
    assert found(
        audited(tmp_path, {"A": 13}, cells("kps", "quartiles", {"A": "90 (87, 90)"}, more)),
        "impossible_quartiles",
    )


def test_median_outside_its_quartiles(tmp_path):
    report = audited(tmp_path, {"A": 14}, cells("size", "quartiles", {"A": "10.54 (11.94, 60.56)"}))
    (one,) = found(report, "median_outside_quartiles")
    assert one.certainty == "certain"
    assert "exchanged they would be in order: 10.54 <= 11.94 <= 60.56" in one.arithmetic
    assert not audited(tmp_path, {"A": 14}, cells("size", "quartiles", {"A": "11.9 (11.94, 60.56)"})).findings


def test_above_the_upper_quartile_and_quartiles_exchanged(tmp_path):
    for text, words in (("62 (11, 60)", "above its upper"), ("30 (60, 11)", "in order: 11 <= 30 <= 60")):
        report = audited(tmp_path, {"A": 14}, cells("size", "quartiles", {"A": text}))
        assert any(words in one.text or words in one.arithmetic for one in report.findings), text


def test_ends_of_the_scale(tmp_path):
    line = cells("nrs", "quartiles", {"A": "4 (2, 11)"}, 'min = "0"\nmax = "10"')
    (one,) = found(audited(tmp_path, {"A": 14}, line), "out_of_range")
    assert "upper quartile 11 lies outside" in one.text
