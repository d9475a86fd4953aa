"""Firth's estimate against its definition: the largest penalised likelihood, found by another search."""

import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import chi2

from seedbed.errors import InputError
from seedbed.statistics import cox_regression, firth_regression

TIMES, EVENTS = [6, 7, 10, 13, 2, 3, 5, 12, 8, 9], [0, 0, 0, 0, 1, 1, 1, 0, 1, 0]
GROUP = [0, 0, 0, 0, 1, 1, 1, 1, 1, 0]


def penalised(beta):
    """Log partial likelihood with ties by Breslow, and half the logarithm of the information."""
    value, information = 0.0, 0.0
    for time, event, own in zip(TIMES, EVENTS, GROUP, strict=True):
        if event:
            x = np.array([g for t, g in zip(TIMES, GROUP, strict=True) if t >= time])
            weights = np.exp(beta * x)
            mean = weights @ x / weights.sum()
            value += beta * own - np.log(weights.sum())
            information += weights @ (x - mean) ** 2 / weights.sum()
    return value + 0.5 * np.log(information)


def test_estimate_limits_and_p_value_are_those_of_the_definition():
    found = firth_regression(TIMES, EVENTS, covariates=GROUP).estimates[0]
    best = minimize_scalar(
        lambda beta: -penalised(beta), bounds=(-5, 10), method="bounded", options={"xatol": 1e-10}
    )
    assert found.coefficient == pytest.approx(best.x, abs=1e-5)
    drop = chi2.ppf(0.95, 1) / 2

    def below(beta):
        return penalised(beta) + best.fun + drop

    assert np.log(found.low) == pytest.approx(brentq(below, -10, best.x), abs=1e-5)
    assert np.log(found.high) == pytest.approx(brentq(below, best.x, 30), abs=1e-5)
    assert found.p_value == pytest.approx(chi2.sf(2 * (-best.fun - penalised(0.0)), 1), rel=1e-5)


def test_the_unit_of_a_covariate_only_scales():
    one = firth_regression(TIMES, EVENTS, covariates=GROUP).estimates[0]
    two = firth_regression(TIMES, EVENTS, covariates=np.array(GROUP) * 100.0 + 7).estimates[0]
    assert two.coefficient * 100 == pytest.approx(one.coefficient, rel=1e-5)
    assert two.p_value == pytest.approx(one.p_value, rel=1e-5)


def test_with_many_events_it_comes_near_to_cox():
    rng = np.random.default_rng(8)
    group = np.repeat([0.0, 1.0], 400)
    times = rng.exponential(1 / (1 + group))
    plain = cox_regression(times, np.ones(800), covariates=group).estimates[0]
    firth = firth_regression(times, np.ones(800), covariates=group).estimates[0]
    assert firth.coefficient == pytest.approx(plain.coefficient, abs=0.01)
    assert firth.high == pytest.approx(plain.high, rel=0.02)


@pytest.mark.parametrize(
    ("events", "covariates"),
    [([0] * 10, GROUP), (EVENTS, [1] * 10), (EVENTS, [np.nan] * 10), ([1] + [0] * 9, [0] * 9 + [1])],
)
def test_what_has_no_answer_is_said_or_answered_without_nan(events, covariates):
    try:
        found = firth_regression(TIMES, events, covariates=covariates).estimates[0]
    except InputError:
        return
    assert np.isfinite([found.coefficient, found.low, found.high, found.p_value]).all()


def test_the_answer_does_not_hang_on_how_the_table_lies_in_memory() -> None:
    """Rounding alone differs: 6 events of 52, where a search to the last digit may not rise any more."""
    rng = np.random.default_rng(5)
    group = np.repeat([0, 1, 2], [14, 25, 13])
    for _ in range(40):
        times = rng.exponential(30, 52).round(2) + 0.01
        events = np.zeros(52, dtype=int)
        events[[2, 7, 11, 20, 41, 47]] = 1
        table = np.column_stack([group == 1, group == 2]).astype(float)
        one = firth_regression(times, events, covariates=table)
        two = firth_regression(times, events, covariates=np.asfortranarray(table))
        for first, second in zip(one.estimates, two.estimates, strict=True):
            assert first.ratio == pytest.approx(second.ratio, rel=1e-5)
            assert first.p_value == pytest.approx(second.p_value, abs=1e-6)
