"""The course of a drug as it was: cycles, dose planned and taken, dose intensity, pauses, reductions."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

import numpy as np

from seedbed.errors import InputError
from seedbed.patient.drug_records import DrugChange
from seedbed.protocol.drug_course_parts import (
    CourseCycle,
    Pause,
    Reduction,
    cycles_of,
    pauses_of,
    reductions_of,
)
from seedbed.protocol.drug_days import DrugDays, FloatArray, drug_days
from seedbed.protocol.models import DrugSchedule, Protocol
from seedbed.protocol.rules import load_rules

LONGEST_COURSE_DAYS: Final = 36_600
"""A longer course is a slip in a date."""


@dataclass(frozen=True, order=True)
class Span:
    """A number that lies between two bounds; they are equal where it is known.

    Examples
    --------
    >>> Span(2.0, 2.0).known, str(Span(2.0, 3.5))
    (True, '2 to 3.5')
    """

    low: float
    high: float

    @property
    def known(self) -> bool:
        """Whether the bounds are equal."""
        return self.low == self.high

    def __str__(self) -> str:
        return f"{self.low:.6g}" if self.known else f"{self.low:.6g} to {self.high:.6g}"


@dataclass(frozen=True, kw_only=True)
class DrugCourse:
    """A course of a drug as it was.

    Attributes
    ----------
    drug : str
        Name of the drug.
    changes : tuple of DrugChange
        What it was computed from, in the order of time.
    until : date
        Last day that is known of; a course that was stopped ends before.
    stopped : bool
        Whether it was stopped.
    cycles : tuple of CourseCycle
        Empty where the start or the stop is not known to the day.
    planned_mg, taken_mg : Span
        Dose by the schedule at the prescribed dose and without delay, from the first day to the last;
        dose that was taken.
    dose_intensity_pct : Span
        Relative dose intensity: taken over planned, in the same days (Hryniuk and Bush, J Clin Oncol
        2:1281, 1984, doi 10.1200/JCO.1984.2.11.1281).
    pauses : tuple of Pause
        Interruptions, missed days.
    reductions : tuple of Reduction
        When the dose went down.
    rule_ids : tuple of str
        The rules used.
    days : DrugDays
        The course day by day, from its earliest first day to its latest last.
    note : str
        What is not known; empty where all is.
    """

    drug: str
    changes: tuple[DrugChange, ...]
    until: date
    stopped: bool
    cycles: tuple[CourseCycle, ...]
    planned_mg: Span
    taken_mg: Span
    dose_intensity_pct: Span
    pauses: tuple[Pause, ...]
    reductions: tuple[Reduction, ...]
    rule_ids: tuple[str, ...]
    days: DrugDays = field(compare=False, repr=False)
    note: str = ""


def drug_course(
    changes: Sequence[DrugChange],
    until: date,
    *,
    prescribed_mg: float | None = None,
    protocol: Protocol | None = None,
) -> DrugCourse:
    """Compute a course of a drug from its start, changes and stop.

    Parameters
    ----------
    changes : sequence of DrugChange
        Start, reductions, interruptions and stop. A first or last change that is known only to the month
        or year gives bounds.
    until : date
        Last day that is known of; it ends a course that was not stopped.
    prescribed_mg : float, optional
        Daily dose that was prescribed at the start; by default that of the schedule.
    protocol : Protocol, optional
        The shipped one by default (rules DRUG-SCHEDULE, DRUG-REDUCE).

    Raises
    ------
    InputError
        No start with a dose, a change in between that is not known to the day, dates that cannot be in
        order, two changes on one day, or a course of more than 100 years.

    Examples
    --------
    >>> from seedbed.patient import PartialDate
    >>> changes = [
    ...     DrugChange(on=PartialDate("2026-03-02"), dose_mg=12.0, reason="planned"),
    ...     DrugChange(on=PartialDate("2026-03-23"), dose_mg=10.0, reason="reduced"),
    ... ]
    >>> course = drug_course(changes, date(2026, 4, 12))
    >>> [(cycle.number, cycle.doses_mg) for cycle in course.cycles]
    [(1, ((12.0, 14),)), (2, ((10.0, 14),))]
    >>> str(course.planned_mg), str(course.taken_mg), round(course.dose_intensity_pct.low, 1)
    ('336', '308', 91.7)
    """
    rules = protocol or load_rules()
    schedule = rules.drug.schedule
    ordered = _ordered(changes, until)
    prescribed = schedule.dose_mg if prescribed_mg is None else prescribed_mg
    if not 0 < prescribed < np.inf:
        raise InputError(f"a prescribed dose of {prescribed} mg", "a dose above 0 mg", "correct it")
    firsts, lasts = course_bounds(ordered, until)
    laid = _laid_out(ordered, firsts, last=lasts[1], schedule=schedule, prescribed_mg=prescribed)
    totals = np.concatenate([_totals(each, lasts) for each in laid])
    known = firsts[0] == firsts[1] and lasts[0] == lasts[1]
    return DrugCourse(
        drug=rules.drug.name,
        changes=ordered,
        until=until,
        stopped=ordered[-1].reason == "stopped",
        cycles=cycles_of(laid[0], schedule) if known else (),
        planned_mg=_span(totals[:, 0]),
        taken_mg=_span(totals[:, 1]),
        dose_intensity_pct=_span(100.0 * totals[:, 1] / totals[:, 0]),
        pauses=pauses_of(ordered, lasts[1]),
        reductions=reductions_of(ordered),
        rule_ids=(schedule.id, rules.drug.reduction.id),
        days=laid[0],
        note="" if known else _not_known(firsts, lasts),
    )


def course_bounds(changes: Sequence[DrugChange], until: date) -> tuple[tuple[date, date], tuple[date, date]]:
    """Earliest and latest first day, and earliest and latest last day, of a course in the order of time."""
    one_day = timedelta(days=1)
    start, end = changes[0].on, changes[-1]
    firsts = (start.earliest, min(start.latest, until))
    if len(changes) > 1:
        firsts = (firsts[0], min(firsts[1], changes[1].on.latest - one_day))
    if end.reason != "stopped":
        return firsts, (until, until)
    before = changes[-2].on.earliest + one_day
    lasts = (max(end.on.earliest, before) - one_day, min(end.on.latest, until + one_day) - one_day)
    firsts = (firsts[0], min(firsts[1], lasts[1]))
    return firsts, (max(lasts[0], firsts[0]), lasts[1])


def _ordered(changes: Sequence[DrugChange], until: date) -> tuple[DrugChange, ...]:
    ordered = tuple(sorted(changes, key=lambda change: (change.on.earliest, change.on.latest)))
    if not ordered or ordered[0].reason != "planned":
        came = f"a first change that is '{ordered[0].reason}'" if ordered else "no change"
        raise InputError(f"{came} of a course", "a 'planned' dose first", "state when the drug was started")
    for change in ordered[1:-1]:
        _known_day(change)
    if ordered[-1].reason != "stopped" and len(ordered) > 1:
        _known_day(ordered[-1])
    for earlier, later in pairwise(ordered):
        if later.on.latest <= earlier.on.earliest:
            raise InputError(
                f"changes of the drug on {earlier.on} and on {later.on}",
                "one change a day, each after the one before",
                "correct the dates",
            )
    if ordered[-1].on.earliest > until or (until - ordered[0].on.earliest).days > LONGEST_COURSE_DAYS:
        raise InputError(
            f"changes of the drug from {ordered[0].on} to {ordered[-1].on}, known until {until}",
            "changes up to that day, over less than 100 years",
            "correct the dates",
        )
    return ordered


def _known_day(change: DrugChange) -> None:
    if change.on.day is None:
        raise InputError(
            f"the drug was '{change.reason}' in {change.on}",
            "a day; only the start and the stop may be a month or a year",
            "state the day",
        )


def _laid_out(
    changes: tuple[DrugChange, ...],
    firsts: tuple[date, date],
    *,
    last: date,
    schedule: DrugSchedule,
    prescribed_mg: float,
) -> list[DrugDays]:
    """Lay the course out for every first day that it can have."""
    running = changes[:-1] if changes[-1].reason == "stopped" else changes
    return [
        drug_days(
            first, running, days=last.toordinal() - first + 1, schedule=schedule, prescribed_mg=prescribed_mg
        )
        for first in range(firsts[0].toordinal(), firsts[1].toordinal() + 1)
    ]


def _totals(laid: DrugDays, lasts: tuple[date, date]) -> FloatArray:
    """Planned and taken dose up to each day on which the course may have ended, shape (days, 2)."""
    sums = np.column_stack([np.cumsum(laid.planned_mg), np.cumsum(laid.taken_mg)])
    return sums[max(lasts[0].toordinal() - laid.first, 0) :]


def _span(values: FloatArray) -> Span:
    return Span(float(values.min()), float(values.max()))


def _not_known(firsts: tuple[date, date], lasts: tuple[date, date]) -> str:
    parts = [
        f"{name} is known only to lie between {low} and {high}"
        for name, (low, high) in (("the first day", firsts), ("the last day", lasts))
        if low != high
    ]
    return " and ".join(parts) + ": doses are bounds, and cycles are not numbered"
