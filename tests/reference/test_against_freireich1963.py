"""Remission of 42 leukaemia patients (Freireich et al., Blood 21 (1963) 699): numbers every textbook prints.

Kleinbaum and Klein, Survival Analysis (2012), chapter 2, for the tests; R survival and SPSS for the means.
"""

import pytest

from seedbed.statistics import kaplan_meier, log_rank, quantile, restricted_mean

DRUG = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
DRUG_EVENTS = [1] * 9 + [0] * 12
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
EVERYONE = (DRUG + PLACEBO, DRUG_EVENTS + [1] * 21, ["6-MP"] * 21 + ["placebo"] * 21)


@pytest.mark.parametrize(
    ("weights", "statistic"), [("log-rank", 16.79), ("gehan", 13.46), ("tarone-ware", 15.12)]
)
def test_log_rank_wilcoxon_and_tarone_ware(weights, statistic):
    assert round(log_rank(*EVERYONE, weights=weights).statistic, 2) == statistic


def test_observed_and_expected_of_the_textbook():
    found = log_rank(*EVERYONE)
    assert found.observed == (9, 21)
    assert found.expected == pytest.approx((19.25, 10.75), abs=0.005)


def test_survival_of_the_drug_group_step_by_step():
    curve = kaplan_meier(DRUG, DRUG_EVENTS)
    steps = dict(zip(curve.times.tolist(), curve.survival.tolist(), strict=True))
    printed = {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}
    assert {time: round(steps[time], 4) for time in printed} == printed


def test_means_to_the_last_time_and_medians_as_spss_prints_them():
    drug, placebo = kaplan_meier(DRUG, DRUG_EVENTS), kaplan_meier(PLACEBO, [1] * 21)
    for curve, printed in ((drug, (23.287, 2.827)), (placebo, (8.667, 1.377))):
        found = restricted_mean(curve)
        assert (round(found.mean, 3), round(found.standard_error, 3)) == printed
    assert (quantile(drug, 0.5).time, quantile(placebo, 0.5).time) == (23, 8)
