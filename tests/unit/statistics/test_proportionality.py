import numpy as np
import pytest
from scipy.stats import chi2

from seedbed.errors import InputError
from seedbed.statistics import proportional_hazards_tests


def test_a_hazard_ratio_that_turns_is_found_and_a_constant_one_is_not():
    rng = np.random.default_rng(2)
    group = np.repeat([0.0, 1.0], 300)
    constant = rng.exponential(1 / np.where(group == 1, 2.0, 1.0))
    # hazard of group 1: 3 until 0.4, then 0.2
    early = rng.exponential(1 / 3, 600)
    turning = np.where(
        group == 0, rng.exponential(size=600), np.where(early < 0.4, early, 0.4 + rng.exponential(5, 600))
    )
    events = np.ones(600)
    assert proportional_hazards_tests(constant, events, covariates=group)[0].p_value > 0.01
    assert proportional_hazards_tests(turning, events, covariates=group)[0].p_value < 1e-6


def test_under_proportional_hazards_the_statistic_is_chi_squared():
    rng, statistics = np.random.default_rng(9), []
    group = np.repeat([0.0, 1.0], 40)
    for _ in range(300):
        times = np.minimum(rng.exponential(1 / (1 + group)), rng.uniform(0, 3, 80) + 1e-9)
        statistics.append(
            proportional_hazards_tests(times, np.arange(80) % 4 > 0, covariates=group)[0].statistic
        )
    # mean 1, standard error sqrt(2 / 300); share above the 95 % quantile
    assert np.mean(statistics) == pytest.approx(1, abs=4 * (2 / 300) ** 0.5)
    assert 0.01 < np.mean(np.array(statistics) > chi2.ppf(0.95, 1)) < 0.1


def test_all_covariates_together_are_one_test_more():
    times, events = [1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 1, 0, 1, 1, 1, 1]
    found = proportional_hazards_tests(
        times,
        events,
        covariates=np.transpose([[0, 1, 1, 0, 0, 1, 0, 1], [1, 3, 2, 4, 2, 1, 3, 2]]),
        names=["drug", "dose"],
    )
    assert [(test.name, test.df) for test in found] == [("drug", 1), ("dose", 1), ("all", 2)]


def test_events_at_one_time_cannot_be_tested():
    with pytest.raises(InputError, match="one time only"):
        proportional_hazards_tests([2, 2, 3, 3], [1, 1, 0, 0], covariates=[0, 1, 0, 1])
