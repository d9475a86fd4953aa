"""The error of a weighted difference knows the weights to be estimated."""

import numpy as np
import pytest

from seedbed.errors import InputError
from seedbed.statistics.overlap_weights import overlap_weights
from seedbed.statistics.propensity import fit_propensity
from seedbed.statistics.weighted_differences import WeightedGroup, carry_influence, weighted_difference
from seedbed.statistics.weighted_means import weighted_mean

GROUP_OF = np.array([0] * 9 + [1] * 11 + [2] * 10)
STRATUM = np.array([0] * 6 + [1] * 3 + [0] * 4 + [1] * 7 + [0] * 5 + [1] * 5)
VALUES = np.random.default_rng(8).normal(size=30).round(2)


def of_strata(counted: np.ndarray) -> float:
    """First mean less second in closed form, patients counted so often: strata weigh n / sum(1 / e)."""
    means, sizes = np.zeros((2, 3)), np.zeros((2, 3))
    for x in (0, 1):
        for place in range(3):
            mine = (place == GROUP_OF) & (x == STRATUM)
            sizes[x, place] = counted[mine].sum()
            means[x, place] = counted[mine] @ VALUES[mine] / sizes[x, place]
    total = sizes.sum(axis=1)
    overlap = total / (total[:, None] / sizes).sum(axis=1)
    return float(overlap @ (means[:, 0] - means[:, 1]) / overlap.sum())


def groups() -> tuple[WeightedGroup, ...]:
    model = fit_propensity(GROUP_OF, STRATUM)
    weights = overlap_weights(model)
    rows = [np.flatnonzero(place == GROUP_OF) for place in range(3)]
    return carry_influence(model, [weighted_mean(VALUES[part], weights[part]) for part in rows], rows=rows)


def test_influence_is_the_derivative_of_the_closed_form_of_strata() -> None:
    one, two, _ = groups()
    assert one.value - two.value == pytest.approx(of_strata(np.ones(30)), abs=1e-6)
    step = 1e-5
    for at in range(30):
        moved = np.eye(30)[at] * step
        slope = (of_strata(1 + moved) - of_strata(1 - moved)) / (2 * step)
        assert one.influence[at] - two.influence[at] == pytest.approx(slope, abs=1e-5)


def test_who_is_in_a_third_group_counts_through_the_weights_only() -> None:
    one, two, _ = groups()
    others = (one.influence - two.influence)[GROUP_OF == 2]
    assert np.abs(others).max() > 1e-4  # no part in the means, but in the weights


def test_the_difference_and_its_mirror() -> None:
    one, two, _ = groups()
    found, turned = weighted_difference(one, two), weighted_difference(two, one)
    assert found.value == -turned.value
    assert found.p_value == turned.p_value
    assert (found.interval.low, found.interval.high) == (-turned.interval.high, -turned.interval.low)


def test_no_spread_has_no_error() -> None:
    alike = WeightedGroup(1.0, np.zeros(4))
    with pytest.raises(InputError, match="without any spread"):
        weighted_difference(alike, alike)
