"""Overlap weights: closed forms, and the balance that is exact."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.statistics.overlap_weights import (
    effective_size,
    largest_difference,
    overlap_weights,
    weights_of_every_group,
)
from seedbed.statistics.propensity import fit_propensity


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_two_groups_have_exactly_the_same_means(seed: int) -> None:
    # Li, Morgan and Zaslavsky 2018, theorem 3: any logistic model by maximum likelihood
    rng = np.random.default_rng(seed)
    table = rng.normal(size=(60, 3)) * (1, 10, 100)
    group_of = (rng.random(60) < 1 / (1 + np.exp(-table[:, 0]))).astype(int)
    model = fit_propensity(group_of, table)
    weights = overlap_weights(model)
    np.testing.assert_allclose(weights, 1 - model.shares[np.arange(60), group_of], atol=1e-12)
    if model.penalty:
        return
    for column in table.T:
        assert largest_difference(column, group_of, weights) == pytest.approx(0, abs=1e-6)


def saturated(counts: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    """Patients of each group (row) in each stratum (column)."""
    group_of = [place for place, row in enumerate(counts) for _ in range(sum(row))]
    stratum = [x for row in counts for x, count in enumerate(row) for _ in range(count)]
    return np.array(group_of), np.array(stratum)


def test_three_groups_in_two_strata_by_hand() -> None:
    # strata of 12: chances 6/12, 3/12, 3/12 and 2/12, 4/12, 6/12, so that 1/e is 2, 4, 4 and 6, 3, 2
    group_of, stratum = saturated([[6, 2], [3, 4], [3, 6]])
    model = fit_propensity(group_of, stratum)
    every = weights_of_every_group(model)
    np.testing.assert_allclose(every[stratum == 0][0], [0.2, 0.4, 0.4], atol=1e-6)
    np.testing.assert_allclose(every[stratum == 1][0], [6 / 11, 3 / 11, 2 / 11], atol=1e-6)
    weights = overlap_weights(model)
    for place in range(3):
        mine = group_of == place
        share = weights[mine] @ stratum[mine] / weights[mine].sum()
        assert share == pytest.approx((12 / 11) / (12 / 11 + 12 / 10), abs=1e-6)


def test_groups_that_are_alike_have_equal_weights() -> None:
    group_of, stratum = saturated([[4, 6], [8, 12], [2, 3]])
    weights = overlap_weights(fit_propensity(group_of, stratum))
    for place in range(3):
        mine = weights[group_of == place]
        assert np.ptp(mine) == pytest.approx(0, abs=1e-6)
        assert effective_size(mine) == pytest.approx(len(mine))


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=20), st.floats(0.1, 10))
def test_the_effective_size_is_at_most_the_number_and_knows_no_unit(weights: list[float], by: float) -> None:
    size = effective_size(weights)
    assert 1 - 1e-9 <= size <= len(weights) + 1e-9
    assert effective_size([by * each for each in weights]) == pytest.approx(size)


def test_no_weight_is_nobody() -> None:
    assert effective_size([0.0, 0.0]) == 0


def test_the_largest_of_three_differences() -> None:
    # means 1, 2, 4; variances 2 each
    values, group_of = [0, 2, 1, 3, 3, 5], [0, 0, 1, 1, 2, 2]
    assert largest_difference(values, group_of, np.ones(6)) == pytest.approx(3 / 2**0.5)


def test_no_spread_has_no_unit() -> None:
    assert largest_difference([1, 1, 2, 2], [0, 0, 1, 1], np.ones(4)) is None
    assert largest_difference([1, 1, 1, 1], [0, 0, 1, 1], np.ones(4)) == 0
