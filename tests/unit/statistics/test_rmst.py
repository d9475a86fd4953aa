from math import exp, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.statistics import compare_restricted_means, kaplan_meier, restricted_mean

PATIENTS = st.lists(st.tuples(st.integers(1, 20), st.booleans()), min_size=2, max_size=30)


def curve_of(patients):
    times, events = zip(*patients, strict=True)
    return kaplan_meier(times, events)


def test_a_small_table_by_hand():
    # S is 1 to 6, 0.75 to 7, 0.5 to 12: 6 + 0.75 + 2.5; areas to come 3.25 and 2.5, d/(n(n-d)) 1/12 and 1/6
    found = restricted_mean(kaplan_meier([6, 7, 10, 13], [1, 1, 0, 0]), horizon=12)
    assert found.mean == pytest.approx(9.25, rel=1e-12)
    assert found.standard_error == pytest.approx(sqrt(3.25**2 / 12 + 2.5**2 / 6), rel=1e-12)


@given(st.lists(st.integers(1, 30), min_size=2, max_size=30), st.integers(1, 40))
def test_without_censoring_it_is_the_mean_of_the_shortened_times(times, horizon):
    found = restricted_mean(kaplan_meier(times, [1] * len(times)), horizon=horizon)
    short = np.minimum(times, horizon)
    assert found.mean == pytest.approx(short.mean(), rel=1e-12)
    assert found.standard_error == pytest.approx(short.std() / sqrt(len(times)), rel=1e-9, abs=1e-12)


def test_exponential_times_have_the_mean_and_error_of_the_closed_form():
    # rate 1, no censoring, 200 000 times: mean 1 - e^-t, variance 1 - 2 t e^-t - e^-2t
    times, horizon = np.random.default_rng(5).exponential(size=200_000), 1.5
    found = restricted_mean(kaplan_meier(times, np.ones(len(times))), horizon=horizon)
    variance = 1 - 2 * horizon * exp(-horizon) - exp(-2 * horizon)
    assert found.standard_error == pytest.approx(sqrt(variance / len(times)), rel=0.01)
    assert found.mean == pytest.approx(1 - exp(-horizon), abs=4 * found.standard_error)


def test_the_error_is_the_spread_over_repeated_samples_with_censoring():
    rng, means, errors = np.random.default_rng(11), [], []
    for _ in range(400):
        events, censored = rng.exponential(size=60), rng.uniform(0.2, 3, size=60)
        curve = kaplan_meier(np.minimum(events, censored), events <= censored)
        if curve.last_time >= 1.2 or curve.survival[-1] == 0:
            found = restricted_mean(curve, horizon=1.2)
            means.append(found.mean)
            errors.append(found.standard_error)
    # 400 samples tell a standard deviation to 3.5 %
    assert np.mean(errors) == pytest.approx(np.std(means), rel=0.12)
    assert np.mean(means) == pytest.approx(1 - exp(-1.2), abs=0.02)


@given(PATIENTS, st.floats(0.01, 100))
def test_the_unit_of_time_scales_mean_and_error(patients, factor):
    one = restricted_mean(curve_of(patients), horizon=7)
    scaled = curve_of([(time * factor, event) for time, event in patients])
    two = restricted_mean(scaled, horizon=7 * factor)
    assert two.mean == pytest.approx(one.mean * factor, rel=1e-6)
    assert two.standard_error == pytest.approx(one.standard_error * factor, rel=1e-6, abs=1e-9 * factor)


@given(PATIENTS, PATIENTS)
def test_groups_may_change_places(first, second):
    one, two = curve_of(first), curve_of(second)
    try:
        there = compare_restricted_means(one, two, horizon=5)
    except InputError:
        with pytest.raises(InputError):
            compare_restricted_means(two, one, horizon=5)
        return
    back = compare_restricted_means(two, one, horizon=5)
    assert back.difference == pytest.approx(-there.difference, abs=1e-12)
    assert back.difference_p_value == pytest.approx(there.difference_p_value, rel=1e-12)
    assert back.difference_interval.low == pytest.approx(-there.difference_interval.high, abs=1e-12)
    assert back.ratio == pytest.approx(1 / there.ratio, rel=1e-12)
    assert back.ratio_interval.low == pytest.approx(1 / there.ratio_interval.high, rel=1e-9)


def test_a_group_compared_with_itself_does_not_differ():
    curve = kaplan_meier([1, 2, 3, 5, 8], [1, 0, 1, 1, 0])
    found = compare_restricted_means(curve, curve, horizon=6)
    assert (found.difference, found.difference_p_value, found.ratio, found.ratio_p_value) == (0, 1, 1, 1)


def test_beyond_the_data_is_said_and_never_compared():
    short, long = kaplan_meier([1, 2, 4], [1, 0, 0]), kaplan_meier([1, 3, 9], [1, 1, 0])
    assert restricted_mean(short, horizon=6).beyond_data
    assert not restricted_mean(kaplan_meier([1, 2], [1, 1]), horizon=6).beyond_data
    with pytest.raises(InputError, match="at most 4"):
        compare_restricted_means(short, long, horizon=6)


def test_a_group_without_event_has_a_mean_without_error_and_is_not_compared():
    none, some = kaplan_meier([7, 8, 9], [0, 0, 0]), kaplan_meier([2, 3, 9], [1, 1, 0])
    found = restricted_mean(none, horizon=6)
    assert (found.mean, found.standard_error, found.interval.low) == (6, 0, None)
    with pytest.raises(InputError, match="no error"):
        compare_restricted_means(none, some, horizon=6)


@pytest.mark.parametrize("horizon", [0, -1, float("nan"), float("inf")])
def test_a_horizon_that_is_no_time_is_refused(horizon):
    with pytest.raises(InputError):
        restricted_mean(kaplan_meier([1, 2], [1, 1]), horizon=horizon)
