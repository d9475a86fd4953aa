import numpy as np
import pytest

from seedbed.statistics.efron import partial_likelihood, risk_sets
from seedbed.statistics.survival_times import read_survival


@pytest.fixture
def sets():
    rng = np.random.default_rng(4)
    patients = read_survival(rng.integers(1, 8, 40), rng.integers(0, 2, 40))
    return risk_sets(patients, rng.normal(size=(40, 2)))


def test_score_and_information_are_the_derivatives_of_the_likelihood(sets):
    at, step = np.array([0.3, -0.2]), 1e-5
    found = partial_likelihood(sets, at)
    for place in range(2):
        move = np.eye(2)[place] * step
        up, down = partial_likelihood(sets, at + move), partial_likelihood(sets, at - move)
        assert (up.log_likelihood - down.log_likelihood) / (2 * step) == pytest.approx(
            found.score[place], rel=1e-6
        )
        assert -(up.score - down.score) / (2 * step) == pytest.approx(found.information[place], rel=1e-5)


def test_without_an_effect_each_order_of_deaths_is_as_likely():
    # 3 deaths one after the other among 3: 1/3 1/2 1/1; tied deaths are ordered in the mean
    one = risk_sets(read_survival([1, 2, 3], [1, 1, 1]), np.array([[1.0], [0.0], [2.0]]))
    tied = risk_sets(read_survival([1, 1, 1], [1, 1, 1]), np.array([[1.0], [0.0], [2.0]]))
    for sets in (one, tied):
        assert np.exp(partial_likelihood(sets, np.zeros(1)).log_likelihood) == pytest.approx(1 / 6)


def test_large_scores_do_not_overflow(sets):
    found = partial_likelihood(sets, np.array([400.0, 400.0]))
    assert np.isfinite(found.log_likelihood)
    assert np.isfinite(found.information).all()
