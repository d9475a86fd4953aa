"""Doses by Chen et al. 2025, section 2.3 (12 mg on days 1 to 14 of 21), counted by hand."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.patient import PartialDate
from seedbed.patient.drug_records import ChangeReason, DrugChange
from seedbed.protocol import drug_calendar
from seedbed.protocol.drug_course import DrugCourse, drug_course

START = date(2026, 3, 2)


def change(on: date | str, dose_mg: float, reason: ChangeReason, last_day: date | None = None) -> DrugChange:
    return DrugChange(on=PartialDate.of(on), dose_mg=dose_mg, reason=reason, last_day=last_day)


def day(number: int) -> date:
    """Day 1 is the first day of the drug."""
    return START + timedelta(days=number - 1)


PLANNED = change(START, 12.0, "planned")


def course(*changes: DrugChange, until: int = 63) -> DrugCourse:
    return drug_course([PLANNED, *changes], day(until))


@given(st.integers(1, 30))
def test_full_cycles_as_planned_are_a_dose_intensity_of_100(cycles: int) -> None:
    found = course(until=21 * cycles)
    calendar = drug_calendar(START, cycles=cycles)
    assert [cycle.first_day for cycle in found.cycles] == [each.first_dose for each in calendar.cycles]
    assert found.taken_mg.low == found.taken_mg.high == sum(each.total_mg for each in calendar.cycles)
    assert found.dose_intensity_pct.low == found.dose_intensity_pct.high == 100.0
    assert found.pauses == found.reductions == ()


@given(st.integers(1, 400))
def test_any_course_as_planned_has_a_dose_intensity_of_100(days: int) -> None:
    found = course(until=days)
    full, rest = divmod(days, 21)
    assert found.planned_mg.low == 12.0 * (14 * full + min(rest, 14))
    assert found.dose_intensity_pct.low == 100.0


def test_a_lower_dose_from_the_second_cycle() -> None:
    found = course(change(day(22), 10.0, "reduced"), until=42)
    assert found.planned_mg.low == 28 * 12.0
    assert found.taken_mg.low == 14 * 12.0 + 14 * 10.0
    assert found.dose_intensity_pct.low == pytest.approx(100 * 308 / 336)
    step = found.reductions[0]
    assert (step.on, step.from_mg, step.to_mg) == (day(22), 12.0, 10.0)


def test_a_lower_dose_within_a_cycle_keeps_the_calendar() -> None:
    found = course(change(day(6), 10.0, "reduced"), until=42)
    assert [cycle.doses_mg for cycle in found.cycles] == [((12.0, 5), (10.0, 9)), ((10.0, 14),)]
    assert found.taken_mg.low == 5 * 12 + 9 * 10 + 14 * 10


def test_an_interruption_begins_a_new_cycle_when_the_drug_is_taken_again() -> None:
    found = course(change(day(8), 0.0, "interrupted"), change(day(30), 10.0, "reduced"), until=50)
    assert [(cycle.first_day, cycle.doses_mg) for cycle in found.cycles] == [
        (day(1), ((12.0, 7),)),
        (day(30), ((10.0, 14),)),
    ]
    assert found.cycles[1].late_days == 8  # day 22 was due
    pause = found.pauses[0]
    assert (pause.first_day, pause.last_day, pause.days, pause.reason) == (day(8), day(29), 22, "interrupted")
    # Planned to day 50: two full cycles and eight days.
    assert found.planned_mg.low == 12.0 * (14 + 14 + 8)
    assert found.taken_mg.low == 7 * 12 + 14 * 10


def test_an_interruption_with_a_last_day_leaves_the_calendar_as_it_is() -> None:
    found = course(change(day(10), 0.0, "interrupted", day(12)), until=42)
    assert [cycle.doses_mg for cycle in found.cycles] == [((12.0, 11),), ((12.0, 14),)]
    assert found.pauses[0].days == 3


def test_an_interruption_lasts_until_the_drug_is_taken_whatever_is_noted_between() -> None:
    noted = change(day(10), 0.0, "missed")
    found = course(change(day(8), 0.0, "interrupted"), noted, change(day(30), 12.0, "planned"), until=50)
    assert [(pause.reason, pause.days) for pause in found.pauses] == [("interrupted", 22), ("missed", 1)]
    assert found.taken_mg.low == 12.0 * (7 + 14)


def test_missed_days() -> None:
    found = course(change(day(3), 0.0, "missed"), change(day(5), 0.0, "missed", day(6)), until=21)
    assert found.taken_mg.low == 12.0 * 11
    assert [pause.days for pause in found.pauses] == [1, 2]


def test_a_cycle_that_came_late_is_one_cycle() -> None:
    found = course(change(day(26), 12.0, "planned"), until=46)
    assert [(cycle.first_day, cycle.late_days) for cycle in found.cycles] == [(day(1), 0), (day(26), 4)]
    assert found.taken_mg.low == 28 * 12.0
    assert found.planned_mg.low == 12.0 * (14 + 14 + 4)


def test_a_cycle_that_nobody_wrote_down_is_as_planned() -> None:
    found = course(change(day(43), 12.0, "planned"), until=63)
    assert [cycle.late_days for cycle in found.cycles] == [0, 0, 0]
    assert found.dose_intensity_pct.low == 100.0


def test_the_day_of_the_stop_is_the_first_without_the_drug() -> None:
    found = course(change(day(11), 0.0, "stopped"), until=200)
    assert found.stopped
    assert (found.taken_mg.low, found.planned_mg.low) == (120.0, 120.0)
    assert found.cycles[-1].last_day == day(10)
    assert found.pauses == ()


def test_a_drug_taken_again_after_a_stop_was_paused() -> None:
    found = course(change(day(15), 0.0, "stopped"), change(day(43), 12.0, "planned"), until=63)
    assert [(pause.reason, pause.days) for pause in found.pauses] == [("stopped", 28)]
    assert found.taken_mg.low == 28 * 12.0


def by_each_day(
    changes: Sequence[DrugChange], starts: list[date], stops: list[date]
) -> list[tuple[float, float]]:
    """Planned and taken dose for every pair of a first day and a day of the stop."""
    found = []
    for start in starts:
        for stop in stops:
            if stop > start:
                one = drug_course(
                    [change(start, 12.0, "planned"), *changes, change(stop, 0.0, "stopped")], stop
                )
                found.append((one.planned_mg.low, one.taken_mg.low))
    return found


def test_a_start_and_a_stop_known_to_the_month_give_the_bounds_of_every_pair_of_days() -> None:
    pause = change(date(2026, 4, 10), 0.0, "interrupted", date(2026, 4, 20))
    found = drug_course(
        [change("2026-03", 12.0, "planned"), pause, change("2026-06", 0.0, "stopped")], date(2026, 12, 31)
    )
    march = [date(2026, 3, number) for number in range(1, 32)]
    june = [date(2026, 6, number) for number in range(1, 31)]
    each = by_each_day([pause], march, june)
    assert (found.planned_mg.low, found.planned_mg.high) == (min(p for p, _ in each), max(p for p, _ in each))
    assert (found.taken_mg.low, found.taken_mg.high) == (min(t for _, t in each), max(t for _, t in each))
    ratios = [100 * t / p for p, t in each]
    assert (found.dose_intensity_pct.low, found.dose_intensity_pct.high) == (min(ratios), max(ratios))
    assert found.cycles == ()
    assert "2026-03-01 and 2026-03-31" in found.note
    assert "2026-05-31 and 2026-06-29" in found.note


def test_a_start_and_a_stop_in_the_same_month() -> None:
    found = drug_course(
        [change("2026-03", 12.0, "planned"), change("2026-03", 0.0, "stopped")], date(2026, 9, 1)
    )
    assert (found.taken_mg.low, found.taken_mg.high) == (12.0, 12.0 * (14 + 9))  # one day; days 1 to 30
    assert found.dose_intensity_pct.high == 100.0


@pytest.mark.parametrize("prescribed_mg", [0.0, -12.0, float("nan"), float("inf")])
def test_an_impossible_prescription_is_refused(prescribed_mg: float) -> None:
    with pytest.raises(InputError, match="prescribed dose"):
        drug_course([PLANNED], day(21), prescribed_mg=prescribed_mg)


def test_a_course_that_was_prescribed_at_a_lower_dose_is_measured_by_it() -> None:
    found = drug_course([change(START, 10.0, "planned")], day(21), prescribed_mg=10.0)
    assert (found.planned_mg.low, found.dose_intensity_pct.low) == (140.0, 100.0)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([], "no change"),
        ([change(START, 12.0, "reduced")], "that is 'reduced'"),
        ([PLANNED, change("2026-04", 10.0, "reduced")], "only the start and the stop"),
        (
            [PLANNED, change("2026-04", 0.0, "interrupted"), change("2026-05-03", 12.0, "planned")],
            "only the start",
        ),
        ([PLANNED, change(START, 10.0, "reduced")], "one change a day"),
        ([change("2027-01-01", 12.0, "planned")], "known until"),
        ([change("1876-01-01", 12.0, "planned")], "less than 100 years"),
    ],
)
def test_a_course_that_cannot_be_is_refused(changes: list[DrugChange], said: str) -> None:
    with pytest.raises(InputError, match=said):
        drug_course(changes, date(2026, 12, 31))
