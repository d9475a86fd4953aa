"""A course of a drug laid out day by day: which cycle it is, what was planned and what was taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from seedbed.patient.drug_records import DrugChange
from seedbed.protocol.models import DrugSchedule

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class DrugDays:
    """Each day of a course from its first.

    Attributes
    ----------
    first : int
        Ordinal of the first day.
    cycle_starts : tuple of int
        Days, counted from the first, on which a cycle began.
    planned_mg, taken_mg : ndarray, shape (days,)
        What the schedule asks for at the prescribed dose and without delay; what was taken.
    """

    first: int
    cycle_starts: tuple[int, ...]
    planned_mg: FloatArray
    taken_mg: FloatArray


def drug_days(
    first: int, changes: Sequence[DrugChange], *, days: int, schedule: DrugSchedule, prescribed_mg: float
) -> DrugDays:
    """Lay a course out day by day.

    Cycles follow each other by the schedule. A ``planned`` dose, and any dose after an interruption, begins
    a new cycle; a cycle of the schedule that nothing tells of and that would have been running then had not
    begun: the cycle came late.

    Parameters
    ----------
    first : int
        Ordinal of the first day.
    changes : sequence of DrugChange
        In the order of time, the first on the first day, each other known to the day; without the stop
        that ends the course.
    days : int
        How many days, at least 1.
    schedule : DrugSchedule
        Days of a cycle (Chen et al. 2025, doi 10.3389/fendo.2025.1587412, section 2.3: 14 of 21).
    prescribed_mg : float
        Daily dose that was prescribed at the start.

    Examples
    --------
    >>> from seedbed.patient import PartialDate
    >>> from seedbed.protocol import load_rules
    >>> start = DrugChange(on=PartialDate("2026-03-02"), dose_mg=12.0, reason="planned")
    >>> first, schedule = start.on.earliest.toordinal(), load_rules().drug.schedule
    >>> course = drug_days(first, [start], days=42, schedule=schedule, prescribed_mg=12.0)
    >>> course.cycle_starts, float(course.taken_mg.sum())
    ((0, 21), 336.0)
    """
    level = np.zeros(days)
    for number, change in enumerate(changes):
        begin = _begin(number, change, first)
        level[begin : _end(change, first, days)] = change.dose_mg
    starts = _cycle_starts(first, changes, days=days, schedule=schedule)
    day = np.arange(days)
    since = day - np.array(starts)[np.searchsorted(starts, day, side="right") - 1]
    return DrugDays(
        first=first,
        cycle_starts=starts,
        planned_mg=np.where(day % schedule.cycle_days < schedule.days_on, prescribed_mg, 0.0),
        taken_mg=np.where(since < schedule.days_on, level, 0.0),
    )


def anchors(changes: Sequence[DrugChange]) -> tuple[DrugChange, ...]:
    """Return the changes on which a cycle begins: planned doses, and any dose after an open interruption."""
    found: list[DrugChange] = []
    waiting = False
    for change in changes:
        if change.reason == "planned" or (change.reason == "reduced" and (waiting or not found)):
            found.append(change)
        if change.reason != "missed":
            waiting = _is_open_pause(change)
    return tuple(found)


def _begin(number: int, change: DrugChange, first: int) -> int:
    return 0 if number == 0 else change.on.earliest.toordinal() - first


def _end(change: DrugChange, first: int, days: int) -> int:
    """Day after the last for which a change holds, unless another comes before."""
    last: date | None = change.last_day
    if change.reason == "missed" and last is None:
        last = change.on.earliest
    return days if last is None else last.toordinal() - first + 1


def _cycle_starts(
    first: int, changes: Sequence[DrugChange], *, days: int, schedule: DrugSchedule
) -> tuple[int, ...]:
    told = [_begin(number, change, first) for number, change in enumerate(changes)]
    pauses = [day for day, change in zip(told, changes, strict=True) if _is_open_pause(change)]
    marks = [0, *(each.on.earliest.toordinal() - first for each in anchors(changes)[1:]), days]
    starts: list[int] = []
    for mark, following in pairwise(marks):
        paused = next((day for day in pauses if mark <= day < following), following)
        run = [mark, *range(mark + schedule.cycle_days, min(paused, days), schedule.cycle_days)]
        untold = not any(run[-1] <= day < following for day in told)
        if following < days and untold and following - run[-1] < schedule.days_on:
            run.pop()
        starts += run
    return tuple(starts)


def _is_open_pause(change: DrugChange) -> bool:
    return change.reason in ("interrupted", "stopped") and change.last_day is None
