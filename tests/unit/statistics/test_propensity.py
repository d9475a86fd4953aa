"""Multinomial logistic regression of the group: against direct maximum likelihood, and its laws."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import log_softmax

from seedbed.errors import InputError
from seedbed.statistics.propensity import (
    are_told_apart,
    coefficient_influence,
    fit_propensity,
    refit_without,
    softmax,
)


def made_up(patients: int = 80, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    table = np.column_stack([rng.normal(50, 12, patients), rng.integers(0, 2, patients)])
    scores = np.column_stack([np.zeros(patients), (table[:, 0] - 50) / 20, table[:, 1] - 0.4])
    shares = softmax(scores)
    group_of = (rng.random(patients)[:, None] > shares.cumsum(axis=1)[:, :2]).sum(axis=1)
    return group_of, table


def directly(group_of: np.ndarray, table: np.ndarray) -> np.ndarray:
    """Shares by a general optimiser on the likelihood as it is written."""
    scaled = (table - table.mean(axis=0)) / 10
    design = np.column_stack([np.ones(len(table)), scaled])
    groups = group_of.max() + 1

    def scores(beta: np.ndarray) -> np.ndarray:
        free = beta.reshape(design.shape[1], groups - 1)
        return np.column_stack([np.zeros(len(design)), design @ free])

    def lost(beta: np.ndarray) -> float:
        return -log_softmax(scores(beta), axis=1)[np.arange(len(design)), group_of].sum()

    found = minimize(lost, np.zeros(design.shape[1] * (groups - 1)), method="BFGS", options={"gtol": 1e-6})
    return softmax(scores(found.x))


def test_it_is_the_maximum_of_the_likelihood() -> None:
    group_of, table = made_up()
    found = fit_propensity(group_of, table)
    assert found.penalty == 0
    np.testing.assert_allclose(found.shares, directly(group_of, table), atol=1e-4)


def test_expected_sums_are_the_observed_ones() -> None:
    group_of, table = made_up()
    found = fit_propensity(group_of, table)
    for place in range(3):
        mine = group_of == place
        assert found.shares[:, place].sum() == pytest.approx(mine.sum(), abs=1e-6)
        np.testing.assert_allclose(found.shares[:, place] @ table, table[mine].sum(axis=0), rtol=1e-7)


def test_without_a_patient_it_is_the_fit_of_the_others() -> None:
    group_of, table = made_up(50)
    found = fit_propensity(group_of, table)
    for patient in (0, 17, 49):
        kept = np.arange(50) != patient
        again = refit_without(found, patient)
        np.testing.assert_allclose(
            again.shares[kept], fit_propensity(group_of[kept], table[kept]).shares, atol=2e-6
        )


def test_influence_is_what_leaving_out_one_of_many_does() -> None:
    group_of, table = made_up(2000)
    found = fit_propensity(group_of, table)
    influence = coefficient_influence(found)
    for patient in (1, 2, 3, 4):
        moved = (found.coefficients - refit_without(found, patient).coefficients)[:, 1:].T.ravel()
        np.testing.assert_allclose(influence[patient], moved, rtol=0.03, atol=2e-5)


QUASI = (np.array([0] * 10 + [1] * 10 + [2] * 10), np.array([0, 1] * 5 + [0, 1] * 5 + [0] * 10))


def test_a_class_that_a_group_lacks_is_penalised_and_told() -> None:
    found = fit_propensity(*QUASI)
    assert found.penalty == 1
    with_it, without = found.shares[1], found.shares[0]
    assert 0 < with_it[2] < without[2]
    assert with_it[0] == pytest.approx(with_it[1])  # these two groups are alike


def test_the_penalty_does_not_know_which_group_is_first() -> None:
    group_of, table = QUASI
    turned = (group_of + 1) % 3
    shares = fit_propensity(group_of, table).shares
    np.testing.assert_allclose(fit_propensity(turned, table).shares[:, [1, 2, 0]], shares, atol=1e-5)


def test_groups_that_never_overlap_are_refused_by_name() -> None:
    group_of = np.array([0] * 6 + [1] * 6 + [2] * 6)
    age = np.r_[np.arange(30, 36), np.arange(60, 66), np.arange(28, 70, 7)]
    with pytest.raises(InputError, match="tell groups A and B apart in every patient"):
        fit_propensity(group_of, age, names=("A", "B", "C"))


def test_only_a_plane_between_all_points_tells_apart() -> None:
    one = np.array([[1, 0, 0], [1, 1, 1.0]])
    assert are_told_apart(one, np.array([[1, 0, 1], [1, -1, 1.0]]))
    assert not are_told_apart(one, np.array([[1, 0, 1], [1, 1, 0.0]]))  # crosswise
    assert not are_told_apart(one, np.array([[1, 0, 0], [1, -1, 1.0]]))  # one point in both


@pytest.mark.parametrize("group_of", [[0, 0, 0, 0], [0, 2, 0, 2]])
def test_groups_with_a_gap_are_refused(group_of: list[int]) -> None:
    with pytest.raises(InputError, match="leave a number out"):
        fit_propensity(group_of, [1, 2, 3, 4])


def test_a_covariate_that_tells_nothing_is_refused() -> None:
    with pytest.raises(InputError, match="the same in all patients"):
        fit_propensity([0, 1, 0, 1], [5, 5, 5, 5])
