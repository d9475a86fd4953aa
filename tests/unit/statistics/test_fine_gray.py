"""Fine and Gray's model against definitions: another search, and leaving out one patient after the other."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from seedbed.errors import InputError
from seedbed.statistics import fine_gray
from seedbed.statistics.fine_gray import _influence


def sample(seed, patients=80):
    rng = np.random.default_rng(seed)
    group = np.repeat([0.0, 1.0], patients // 2)
    first, other = rng.exponential(1 / (1 + group)), rng.exponential(1.2, patients)
    censored = rng.uniform(0, 3, patients)
    times = np.min([first, other, censored], axis=0)
    return times, np.where(times == censored, 0, np.where(times == first, 1, 2)), group


def censoring_before(times, causes, time):
    """Kaplan-Meier of the censoring, just before a time, by its definition."""
    steps = [np.sum(times >= t) for t in times[(causes == 0) & (times < time)]]
    return np.prod([1 - 1 / n for n in steps])


def likelihood(beta, times, causes, group):
    """The weighted partial likelihood, term by term (no tied times)."""
    total = 0.0
    for when, own in zip(times[causes == 1], group[causes == 1], strict=True):
        weights = [
            1.0
            if time >= when
            else (
                censoring_before(times, causes, when) / censoring_before(times, causes, time)
                if cause == 2
                else 0.0
            )
            for time, cause in zip(times, causes, strict=True)
        ]
        total += beta * own - np.log(np.array(weights) @ np.exp(beta * group))
    return total


def test_the_estimate_is_the_maximum_of_the_weighted_likelihood():
    times, causes, group = sample(1, 40)
    best = minimize_scalar(
        lambda beta: -likelihood(beta, times, causes, group),
        bounds=(-4, 4),
        method="bounded",
        options={"xatol": 1e-9},
    )
    assert fine_gray(times, causes, covariates=group).estimates[0].coefficient == pytest.approx(
        best.x, abs=1e-5
    )


def test_the_error_is_that_of_leaving_out_one_after_the_other():
    times, causes, group = sample(2)
    found = fine_gray(times, causes, covariates=group).estimates[0]
    moves = [
        fine_gray(np.delete(times, i), np.delete(causes, i), covariates=np.delete(group, i))
        .estimates[0]
        .coefficient
        for i in range(len(times))
    ]
    jackknife = np.sqrt(np.sum((np.array(moves) - found.coefficient) ** 2) * (len(times) - 1) / len(times))
    assert found.standard_error == pytest.approx(jackknife, rel=0.05)


def test_each_censored_patient_moves_the_estimate_as_leaving_it_out_does():
    # such a patient acts through the risk sets and through the estimated censoring; either alone is 30 % off
    rng, n = np.random.default_rng(2), 120
    group = np.repeat([0.0, 1.0], n // 2)
    first, other = rng.exponential(2.5, n), rng.exponential(np.where(group == 1, 0.3, 3.0))
    censored = rng.exponential(1.0, n)
    times = np.min([first, other, censored], axis=0)
    causes = np.where(times == censored, 0, np.where(times == first, 1, 2))
    beta = fine_gray(times, causes, covariates=group).estimates[0].coefficient
    influence = _influence(times, causes, group[:, None], np.array([beta]), 1)[:, 0]
    places = np.flatnonzero(causes == 0)
    moves = [
        beta
        - fine_gray(np.delete(times, i), np.delete(causes, i), covariates=np.delete(group, i))
        .estimates[0]
        .coefficient
        for i in places
    ]
    miss = np.sqrt(np.mean((influence[places] - np.array(moves) * (n - 1) / n) ** 2))
    assert miss < 0.1 * np.std(moves)


def test_the_error_is_the_spread_over_repeated_samples():
    found = [
        fine_gray(*sample(seed)[:2], covariates=sample(seed)[2]).estimates[0] for seed in range(100, 300)
    ]
    spread = np.std([each.coefficient for each in found])
    # 200 samples tell a standard deviation to 5 %
    assert np.mean([each.standard_error for each in found]) == pytest.approx(spread, rel=0.15)


def test_order_is_irrelevant():
    times, causes, group = sample(3)
    order = np.random.default_rng(0).permutation(len(times))
    one = fine_gray(times, causes, covariates=group).estimates[0]
    two = fine_gray(times[order], causes[order], covariates=group[order]).estimates[0]
    assert two.coefficient == pytest.approx(one.coefficient, rel=1e-6)
    assert two.standard_error == pytest.approx(one.standard_error, rel=1e-6)


@pytest.mark.parametrize(
    ("causes", "covariates"),
    [
        ([0, 0, 0, 0], [0, 1, 0, 1]),
        ([2, 2, 0, 0], [0, 1, 0, 1]),
        ([1, 1, 0, 0], [0, 0, 1, 1]),
        ([1, 1, 2, 0], [1, 1, 1, 1]),
        ([1, 1, 1, 1], [0, 0, 1, 1]),
    ],
)
def test_what_has_no_answer_is_said(causes, covariates):
    with pytest.raises(InputError):
        fine_gray([1, 1, 1, 1] if causes == [1] * 4 else [1, 2, 3, 4], causes, covariates=covariates)
