"""Weighted estimates: equal weights are none, whole weights are copies, slopes are derivatives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.statistics import kaplan_meier, restricted_mean
from seedbed.statistics.weighted_means import weighted_mean, weighted_restricted_mean

TIMES = np.array([2.0, 3, 3, 5, 8, 8, 9, 12, 14, 15])
EVENTS = np.array([1.0, 1, 0, 1, 1, 0, 0, 1, 0, 1])
people = st.lists(st.tuples(st.integers(1, 12), st.booleans(), st.integers(1, 3)), min_size=3, max_size=15)


@settings(max_examples=60, deadline=None)
@given(people, st.integers(2, 12))
def test_equal_weights_give_the_plain_mean_and_greenwoods_error(
    found: list[tuple[int, bool, int]], horizon: int
) -> None:
    times, events, _ = (np.array(each, dtype=np.float64) for each in zip(*found, strict=True))
    plain = restricted_mean(kaplan_meier(times, events), horizon=horizon)
    weighted = weighted_restricted_mean(times, events, weights=np.full(len(times), 0.37), horizon=horizon)
    assert weighted.value == pytest.approx(plain.mean)
    assert 0.37 * np.sqrt((weighted.slopes**2).sum()) == pytest.approx(plain.standard_error, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(people, st.integers(2, 12))
def test_whole_weights_are_copies(found: list[tuple[int, bool, int]], horizon: int) -> None:
    times, events, copies = (np.array(each, dtype=np.float64) for each in zip(*found, strict=True))
    often = copies.astype(int)
    plain = restricted_mean(kaplan_meier(times.repeat(often), events.repeat(often)), horizon=horizon)
    weighted = weighted_restricted_mean(times, events, weights=copies, horizon=horizon)
    assert weighted.value == pytest.approx(plain.mean)


@pytest.mark.parametrize("horizon", [6.0, 13.0, 15.0])
def test_slopes_are_derivatives(horizon: float) -> None:
    weights, step = np.linspace(0.2, 1.1, 10), 1e-6
    found = weighted_restricted_mean(TIMES, EVENTS, weights=weights, horizon=horizon)
    for at in range(10):
        values = []
        for side in (step, -step):
            moved = weights.copy()
            moved[at] += side
            values.append(weighted_restricted_mean(TIMES, EVENTS, weights=moved, horizon=horizon).value)
        assert found.slopes[at] == pytest.approx((values[0] - values[1]) / (2 * step), abs=1e-6)


def test_a_weight_of_zero_is_nobody() -> None:
    for at in range(10):
        weights, kept = np.linspace(0.2, 1.1, 10), np.arange(10) != at
        weights[at] = 0.0
        with_zero = weighted_restricted_mean(TIMES, EVENTS, weights=weights, horizon=14.5)
        without = weighted_restricted_mean(TIMES[kept], EVENTS[kept], weights=weights[kept], horizon=14.5)
        assert with_zero.value == pytest.approx(without.value)


def test_slopes_of_a_mean_are_derivatives() -> None:
    values, weights = np.array([3.0, 5.0, 10.0]), np.array([1.0, 2.0, 0.5])
    found = weighted_mean(values, weights)
    more = weighted_mean(values, weights + np.array([0, 0, 1e-7]))
    assert found.value == pytest.approx(18 / 3.5)
    assert found.slopes[2] == pytest.approx((more.value - found.value) / 1e-7, rel=1e-5)


def test_nobody_has_no_mean() -> None:
    for weights in (np.zeros(10), np.zeros(0)):
        part = slice(0, len(weights))
        with pytest.raises(InputError):
            weighted_mean(TIMES[part], weights)
        with pytest.raises(InputError):
            weighted_restricted_mean(TIMES[part], EVENTS[part], weights=weights, horizon=5)
