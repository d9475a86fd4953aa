from datetime import date, timedelta
from itertools import pairwise
from math import nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.patient import Lesion, LesionMeasurement, Visit, visits_from_measurements

DAY = date(2026, 1, 5)


@pytest.mark.parametrize("value", [-1.0, nan, 501.0, True])
def test_a_diameter_without_meaning_is_refused(value: float) -> None:
    with pytest.raises(InputError, match="'longest_mm' of lesion 'T1'"):
        LesionMeasurement(lesion="T1", on=DAY, longest_mm=value)


def test_exchanged_axes_are_refused() -> None:
    with pytest.raises(InputError, match="exchanged"):
        LesionMeasurement(lesion="T1", on=DAY, longest_mm=8.0, short_axis_mm=12.0)


def test_a_node_counts_by_its_short_axis() -> None:
    measured = LesionMeasurement(lesion="T1", on=DAY, longest_mm=20.0, short_axis_mm=12.0)
    assert measured.counted_mm(is_lymph_node=True) == 12.0
    assert measured.counted_mm(is_lymph_node=False) == 20.0


def test_the_largest_of_three_diameters_stands_in_for_the_longest() -> None:
    measured = LesionMeasurement(lesion="T1", on=DAY, ap_mm=10.0, cc_mm=25.0, transverse_mm=14.0)
    assert measured.counted_mm(is_lymph_node=False) == 25.0
    assert measured.counted_mm(is_lymph_node=True) is None
    two = LesionMeasurement(lesion="T1", on=DAY, ap_mm=10.0, cc_mm=25.0)
    assert (two.three_diameters_mm, two.counted_mm(is_lymph_node=False)) == (None, None)


def test_a_lesion_is_measured_once_at_a_visit() -> None:
    measured = LesionMeasurement(lesion="T1", on=DAY, longest_mm=20.0)
    with pytest.raises(InputError, match="2 times"):
        Visit(on=DAY, measurements=(measured, measured))


@given(st.lists(st.integers(0, 400), min_size=1, unique=True), st.integers(0, 10))
def test_every_measurement_is_in_exactly_one_visit(offsets: list[int], within_days: int) -> None:
    rows = [
        LesionMeasurement(lesion=f"T{offset}", on=DAY + timedelta(days=offset), longest_mm=20.0)
        for offset in offsets
    ]
    visits = visits_from_measurements(rows, within_days=within_days)
    gathered = [each for visit in visits for each in visit.measurements]
    assert sorted(gathered, key=lambda each: each.on) == sorted(rows, key=lambda each: each.on)
    days = [visit.on for visit in visits]
    assert all((later - earlier).days > within_days for earlier, later in pairwise(days))


def test_a_new_lesion_makes_a_visit_of_its_own() -> None:
    rows = [LesionMeasurement(lesion="T1", on=DAY, longest_mm=20.0)]
    visits = visits_from_measurements(rows, new_lesion_dates=[DAY + timedelta(days=60)])
    assert [(visit.new_lesion, len(visit.measurements)) for visit in visits] == [(False, 1), (True, 0)]


def test_states_and_diameters_must_agree() -> None:
    assert LesionMeasurement(lesion="T1", on=DAY).state == "not evaluable"
    assert LesionMeasurement(lesion="T1", on=DAY, longest_mm=20.0).state == "measured"
    with pytest.raises(InputError, match="is 'absent' with the diameters"):
        LesionMeasurement(lesion="T1", on=DAY, longest_mm=20.0, state="absent")
    with pytest.raises(InputError, match="is 'measured' with the diameters"):
        LesionMeasurement(lesion="T1", on=DAY, state="measured")
    with pytest.raises(InputError, match="is 'not evaluable' with the diameters"):
        LesionMeasurement(lesion="T1", on=DAY, longest_mm=20.0, state="not evaluable")


def test_states_count_without_a_diameter() -> None:
    counted = {
        state: LesionMeasurement(lesion="T1", on=DAY, state=state).counted_mm(is_lymph_node=node)
        for state in ("too small", "absent", "present")
        for node in (True, False)
    }
    assert counted == {"too small": 5.0, "absent": 0.0, "present": None}


@pytest.mark.parametrize("thickness", [0.0, -1.0, nan])
def test_a_slice_thickness_without_meaning_is_refused(thickness: float) -> None:
    with pytest.raises(InputError, match="slice thickness of lesion 'T1'"):
        Lesion("T1", slice_thickness_mm=thickness)


def test_a_lesion_that_is_gone_has_three_diameters_of_nothing() -> None:
    absent = LesionMeasurement(lesion="T1", on=DAY, state="absent")
    zero = LesionMeasurement(lesion="T1", on=DAY, longest_mm=0.0)
    assert absent.three_diameters_mm == zero.three_diameters_mm == (0.0, 0.0, 0.0)


def test_one_diameter_of_nothing_beside_blanks_is_not_gone() -> None:
    assert LesionMeasurement(lesion="T1", on=DAY, ap_mm=0.0).three_diameters_mm is None
    assert LesionMeasurement(lesion="T1", on=DAY, longest_mm=0.0, ap_mm=4.0).three_diameters_mm is None
