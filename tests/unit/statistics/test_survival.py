"""Laws of the Kaplan-Meier estimate. Numbers of R and SPSS are in tests/reference."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.statistics import (
    confidence_band,
    follow_up_curve,
    kaplan_meier,
    points_at,
    quantile,
)

PATIENTS = st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=1, max_size=30)


def curve_of(patients):
    times, events = zip(*patients, strict=True)
    return kaplan_meier(times, events)


@given(PATIENTS)
def test_without_censoring_it_is_the_share_still_without_event(patients):
    times = [time for time, _ in patients]
    curve = kaplan_meier(times, [1] * len(times))
    share = [np.mean(np.array(times) > time) for time in curve.times]
    assert curve.survival == pytest.approx(share, abs=1e-12)
    binomial = np.sqrt(np.array(share) * (1 - np.array(share)) / len(times))
    assert curve.standard_error == pytest.approx(binomial, abs=1e-12)


@given(PATIENTS, st.randoms())
def test_order_of_patients_is_irrelevant(patients, random):
    shuffled = list(patients)
    random.shuffle(shuffled)
    one, two = curve_of(patients), curve_of(shuffled)
    assert (one.times == two.times).all()
    assert (one.survival == two.survival).all()
    assert (one.standard_error == two.standard_error).all()


@given(PATIENTS, st.floats(1e-3, 1e3))
def test_the_unit_of_time_only_scales(patients, factor):
    one = curve_of(patients)
    two = curve_of([(time * factor, event) for time, event in patients])
    assert (one.survival == two.survival).all()
    median, scaled = quantile(one, 0.5), quantile(two, 0.5)
    if median.time is None:
        assert scaled.time is None
    else:
        assert scaled.time == pytest.approx(median.time * factor, rel=1e-9)
    for kind in ("log_log", "log"):
        low, other = getattr(median, kind).low, getattr(scaled, kind).low
        assert other == (None if low is None else pytest.approx(low * factor, rel=1e-9))


@given(PATIENTS, st.integers(0, 20))
def test_an_event_turned_into_a_censoring_never_lowers_survival(patients, time):
    more, less = curve_of([*patients, (time, True)]), curve_of([*patients, (time, False)])
    assert (less.survival >= more.survival - 1e-12).all()


@given(PATIENTS)
def test_nothing_is_ever_nan_and_bands_hold_the_curve(patients):
    curve = curve_of(patients)
    for transform in ("log-log", "log"):
        band = confidence_band(curve, transform=transform)
        for values in (curve.survival, curve.standard_error, band.low, band.high):
            assert np.isfinite(values).all()
            assert ((values >= 0) & (values <= 1)).all()
        assert (band.low <= curve.survival + 1e-12).all()
        assert (band.high >= curve.survival - 1e-12).all()
        assert (band.defined == ((curve.survival > 0) & (curve.survival < 1))).all()


@given(PATIENTS, st.floats(0.05, 0.95))
def test_a_quantile_lies_within_its_limits_and_the_data(patients, share):
    curve = curve_of(patients)
    found = quantile(curve, share)
    if found.time is None:
        assert curve.survival[-1] > 1 - share
        return
    assert curve.times[0] <= found.time <= curve.last_time
    for limits in (found.log_log, found.log):
        assert limits.low is None or limits.low <= found.time
        assert limits.high is None or limits.high >= found.time


def test_median_is_the_middle_where_survival_is_exactly_one_half():
    # 2 of 4 have had the event from 3 to 8: every time between is a median
    assert quantile(kaplan_meier([1, 3, 8, 9], [1, 1, 1, 1]), 0.5).time == 5.5
    # 0.9 * 0.5556 is 0.5 only up to rounding
    times, events = [1, 2, 2, 2, 2, 5, 6, 7, 8, 9], [1] * 10
    assert kaplan_meier(times, events).survival[1] == pytest.approx(0.5, abs=1e-15)
    assert quantile(kaplan_meier(times, events), 0.5).time == 3.5


def test_median_is_where_one_half_begins_if_it_never_ends():
    assert quantile(kaplan_meier([1, 3, 8, 9], [1, 1, 0, 0]), 0.5).time == 3


def test_one_patient_and_no_event_have_true_answers():
    one = kaplan_meier([5], [1])
    assert (one.survival.tolist(), one.standard_error.tolist()) == ([0.0], [0.0])
    median = quantile(one, 0.5)
    assert (median.time, median.log_log.low, median.log_log.high) == (5, None, None)
    none = kaplan_meier([5, 6], [0, 0])
    assert none.survival.tolist() == [1.0, 1.0]
    assert quantile(none, 0.5).time is None


def test_an_event_at_time_zero_counts():
    curve = kaplan_meier([0, 0, 4, 6], [1, 0, 1, 0])
    assert curve.survival.tolist() == [0.75, 0.375, 0.375]
    assert points_at(curve, [0])[0].survival == 0.75


def test_a_curve_is_not_continued_beyond_its_data():
    followed, died_out = kaplan_meier([2, 4], [1, 0]), kaplan_meier([2, 4], [1, 1])
    late, dead = points_at(followed, [5])[0], points_at(died_out, [5])[0]
    assert (late.at_risk, late.events, late.censored, late.survival, late.log) == (0, 1, 1, None, None)
    assert (dead.survival, dead.log_log) == (0.0, None)


def test_follow_up_counts_censoring_as_the_event():
    # all followed to 12: the median follow-up is 12, however many have died before
    assert quantile(follow_up_curve([3, 5, 12, 12, 12], [1, 1, 0, 0, 0]), 0.5).time == 12


@pytest.mark.parametrize("share", [0, 1, -0.5, float("nan"), 50])
def test_a_share_outside_0_to_1_is_refused(share):
    with pytest.raises(InputError):
        quantile(kaplan_meier([1, 2], [1, 1]), share)


def test_levels_transforms_and_times_that_mean_nothing_are_refused():
    curve = kaplan_meier([1, 2], [1, 1])
    with pytest.raises(InputError, match=r"0\.95 for 95 %"):
        confidence_band(curve, level=95)
    with pytest.raises(InputError, match="one of"):
        confidence_band(curve, transform="plain")
    with pytest.raises(InputError):
        points_at(curve, [-1])
