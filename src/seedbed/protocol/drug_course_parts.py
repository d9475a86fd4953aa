"""Parts of a course of a drug: its cycles, its pauses, its reductions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from seedbed.patient.drug_records import WITHOUT_DRUG, DrugChange
from seedbed.protocol.drug_days import DrugDays
from seedbed.protocol.models import DrugSchedule


@dataclass(frozen=True, kw_only=True)
class CourseCycle:
    """One cycle as it was.

    Attributes
    ----------
    number : int
        1 for the first.
    first_day, last_day : date
        First day, and the day before the next cycle or the last of the course.
    doses_mg : tuple of (float, int)
        Each daily dose and on how many days it was taken, in the order of first use.
    taken_mg : float
        Sum over the cycle.
    late_days : int
        Days by which it began later (negative: earlier) than the schedule after the cycle before; 0 for
        the first.
    """

    number: int
    first_day: date
    last_day: date
    doses_mg: tuple[tuple[float, int], ...]
    taken_mg: float
    late_days: int


@dataclass(frozen=True, kw_only=True)
class Pause:
    """Days without the drug that the schedule did not ask for.

    Attributes
    ----------
    first_day, last_day : date
        From and to, both included; before a stop that is not known to the day, the latest it can be.
    days : int
        Calendar days.
    reason : str
        ``interrupted``, ``missed``, or ``stopped`` where the drug was taken again later.
    note : str
        Why, in the words that were given.
    """

    first_day: date
    last_day: date
    days: int
    reason: str
    note: str


@dataclass(frozen=True, kw_only=True)
class Reduction:
    """A step down.

    Attributes
    ----------
    on : date
        First day at the lower dose.
    from_mg, to_mg : float
        Daily doses.
    """

    on: date
    from_mg: float
    to_mg: float


def cycles_of(laid: DrugDays, schedule: DrugSchedule) -> tuple[CourseCycle, ...]:
    """Return the cycles of a course that is laid out day by day."""
    ends = [*laid.cycle_starts[1:], len(laid.taken_mg)]
    found = []
    for number, (begin, end) in enumerate(zip(laid.cycle_starts, ends, strict=True)):
        taken = laid.taken_mg[begin:end]
        doses = dict.fromkeys(float(dose) for dose in taken if dose > 0)
        due = laid.cycle_starts[number - 1] + schedule.cycle_days if number else begin
        found.append(
            CourseCycle(
                number=number + 1,
                first_day=date.fromordinal(laid.first + begin),
                last_day=date.fromordinal(laid.first + end - 1),
                doses_mg=tuple((dose, int(np.count_nonzero(taken == dose))) for dose in doses),
                taken_mg=float(taken.sum()),
                late_days=begin - due,
            )
        )
    return tuple(found)


def pauses_of(changes: Sequence[DrugChange], last_day: date) -> tuple[Pause, ...]:
    """Return the pauses among changes in the order of time; an open one lasts until the last day."""
    found = []
    for number, change in enumerate(changes):
        if change.reason not in WITHOUT_DRUG or (change.reason == "stopped" and number == len(changes) - 1):
            continue
        first = change.on.earliest
        resumed = next((each.on.earliest for each in changes[number + 1 :] if each.dose_mg > 0), None)
        last = change.last_day or (first if change.reason == "missed" else None)
        if last is None:
            last = last_day if resumed is None else resumed - timedelta(days=1)
        days = (last - first).days + 1
        found.append(Pause(first_day=first, last_day=last, days=days, reason=change.reason, note=change.note))
    return tuple(found)


def reductions_of(changes: Sequence[DrugChange]) -> tuple[Reduction, ...]:
    """Return the steps down among changes in the order of time."""
    doses = [change for change in changes if change.dose_mg > 0]
    return tuple(
        Reduction(on=later.on.earliest, from_mg=earlier.dose_mg, to_mg=later.dose_mg)
        for earlier, later in pairwise(doses)
        if later.dose_mg < earlier.dose_mg
    )
