"""Numbers in one cell: which summary, and what it says."""

from statistics import mean, quantiles, stdev

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.cohort.analysis_rules import analysis_rules
from seedbed.cohort.summaries import are_normal, number_cell
from seedbed.cohort.variables import variable

RULES = analysis_rules()
NORMAL = np.array([-1.5, -1.0, -0.6, -0.3, 0.0, 0.3, 0.6, 1.0, 1.5])
SKEWED = np.exp(NORMAL * 3)


def rules_that(decide: str):
    return RULES.model_copy(update={"normality": RULES.normality.model_copy(update={"decides": decide})})


def test_one_skewed_group_makes_all_medians() -> None:
    assert are_normal([NORMAL, NORMAL + 5], RULES)
    assert not are_normal([NORMAL, SKEWED], RULES)


@pytest.mark.parametrize("sample", [np.array([1.0, 2.0]), np.full(9, 3.0), np.arange(5001.0)])
def test_what_cannot_be_tested_is_not_taken_as_normal(sample: np.ndarray) -> None:
    assert not are_normal([NORMAL, sample], RULES)


def test_a_group_without_anyone_says_nothing() -> None:
    assert are_normal([NORMAL, np.empty(0)], RULES)
    assert not are_normal([np.empty(0)], RULES)


def test_the_rule_can_be_switched() -> None:
    assert are_normal([SKEWED], rules_that("always normal"))
    assert not are_normal([NORMAL], rules_that("never normal"))


@given(st.lists(st.floats(-1000, 1000), min_size=3, max_size=30))
def test_cells_hold_the_numbers_of_the_standard_library(values: list[float]) -> None:
    sample = np.array(values)
    means = number_cell(sample, variable("age_years"), normal=True).numbers
    assert means["mean"] == pytest.approx(mean(values), abs=1e-6)
    assert means["sd"] == pytest.approx(stdev(values), abs=1e-6)
    medians = number_cell(sample, variable("age_years"), normal=False).numbers
    found = [medians[name] for name in ("p25", "median", "p75")]
    assert found == pytest.approx(quantiles(values, n=4, method="exclusive"), abs=1e-6)


def test_texts() -> None:
    assert number_cell(np.array([80.0, 90, 90, 90]), variable("kps"), normal=False).text == "90 (82.5,90)"
    assert number_cell(np.empty(0), variable("kps"), normal=False).text == "not estimable: no value is known"
    assert number_cell(np.array([-5.0, 5.0]), variable("vrr_6"), normal=True).text == "0.00 ± 7.07"


def test_a_quartile_that_rests_on_values_beyond_a_limit_is_no_number() -> None:
    """SPSS: of four values P25 lies between the first and second, P75 between the third and fourth."""
    values, tg = np.array([0.04, 0.5, 2.0, 9.0]), variable("tg_0")
    cell = number_cell(values, tg, normal=False, beyond=np.array([-1, 0, 0, 0]))
    assert cell.text == "1.25 (<0.16,7.25)"
    assert cell.numbers["p25"] == pytest.approx(0.155)
    above = number_cell(values, tg, normal=False, beyond=np.array([0, 0, 0, 1]))
    assert above.text == "1.25 (0.15,>7.25)"
    all_below = number_cell(np.full(4, 0.004), tg, normal=False, beyond=np.full(4, -1))
    assert all_below.text == "<0.01 (<0.01,<0.01)"
    measured = number_cell(values, tg, normal=False, beyond=np.zeros(4, dtype=int))
    assert measured == number_cell(values, tg, normal=False)
