"""Visits: what was measured of all lesions at one time, and the order of such times."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from seedbed.errors import InputError
from seedbed.patient.lesions import LesionMeasurement
from seedbed.patient.partial_dates import PartialDate


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What was measured at one visit.

    Attributes
    ----------
    on : date
        First day of the visit; of a date that is known in part the first day that it can be.
    measurements : tuple of LesionMeasurement
        At most one for each lesion.
    new_lesion : bool
        Whether a lesion is seen that was not there at the first visit.
    label : str
        Name of the visit, such as ``month 2``.
    stated : PartialDate or None
        The date as far as it is known; None where it is known to the day.
    until : date or None
        Last day, where the images of the visit were taken on several days.
    number : float or None
        Number of the visit; tells the order where dates that are known in part do not.

    undated : bool
        Whether no date is known: ``on`` is then only its place among the other visits, and nothing may have
        been evaluable at it.

    Raises
    ------
    InputError
        A lesion that is measured twice, a date that does not begin with the day stated, or something that was
        evaluable at a visit without a date.

    Examples
    --------
    >>> Visit(on=date(2026, 1, 5), label="baseline").measurement("T1") is None
    True
    >>> str(Visit(on=date(2026, 2, 1), stated=PartialDate("2026-02")).when)
    '2026-02'
    """

    on: date
    measurements: tuple[LesionMeasurement, ...] = ()
    new_lesion: bool = False
    label: str = ""
    stated: PartialDate | None = None
    until: date | None = None
    number: float | None = None
    undated: bool = False

    def __post_init__(self) -> None:
        names = [each.lesion for each in self.measurements]
        if len({*names}) < len(names):
            twice = sorted({name for name in names if names.count(name) > 1})
            raise InputError(
                f"lesion '{twice[0]}' is measured {names.count(twice[0])} times at the visit of {self.on}",
                "one measurement of a lesion at a visit",
                "keep the one that counts",
            )
        if self.undated and any(each.state != "not evaluable" for each in self.measurements):
            raise InputError(
                f"visit '{self.label}' has no date and something was measured at it",
                "a date of every visit at which something was evaluable",
                "add the date",
            )
        if self.stated is not None and self.stated.earliest != self.on:
            raise InputError(
                f"the visit of {self.on} is stated as {self.stated}",
                "the first day that the stated date can be",
                "correct one of them",
            )

    @property
    def when(self) -> PartialDate:
        """The date as far as it is known."""
        return self.stated or _of_day(self.on)

    @property
    def name(self) -> tuple[str, float | None]:
        """Label and number: several visits may be called UNSCHEDULED."""
        return self.label, self.number

    def measurement(self, lesion: str) -> LesionMeasurement | None:
        """Return the measurement of one lesion; None when there is none."""
        for each in self.measurements:
            if each.lesion == lesion:
                return each
        return None


@lru_cache(maxsize=10_000)
def _of_day(on: date) -> PartialDate:
    return PartialDate.of(on)


def visits_in_order(visits: Sequence[Visit]) -> tuple[Visit, ...]:
    """Put visits in the order of time.

    A date that is surely before another decides; where two dates that are known in part leave it open, the
    visit numbers do, then the first days, then the order given.

    Examples
    --------
    >>> february = Visit(on=date(2026, 2, 1), stated=PartialDate("2026-02"), number=3)
    >>> earlier = Visit(on=date(2026, 2, 5), number=2)
    >>> [visit.number for visit in visits_in_order([february, earlier])]
    [2, 3]
    """
    if all(visit.when.day for visit in visits):
        return tuple(sorted(visits, key=lambda visit: (visit.on, _number(visit))))
    left = sorted(visits, key=lambda visit: (_number(visit), visit.on))
    ordered: list[Visit] = []
    while left:
        free = next(
            visit for visit in left if not any(other.when.surely_before(visit.when) for other in left)
        )
        left.remove(free)
        ordered.append(free)
    return tuple(ordered)


def _number(visit: Visit) -> float:
    return float("inf") if visit.number is None else visit.number


def visits_from_measurements(
    measurements: Sequence[LesionMeasurement],
    *,
    new_lesion_dates: Sequence[date] = (),
    within_days: int = 0,
) -> tuple[Visit, ...]:
    """Gather single measurements into visits, in the order of time.

    Parameters
    ----------
    measurements : sequence of LesionMeasurement
        In any order.
    new_lesion_dates : sequence of date
        Days on which a new lesion was seen; a day without a measurement makes a visit of its own.
    within_days : int
        Days after the first image of a visit that still belong to it.

    Examples
    --------
    >>> rows = [LesionMeasurement(lesion=name, on=date(2026, 1, day), longest_mm=20.0)
    ...         for name, day in (("T1", 5), ("T2", 7))]
    >>> [len(visit.measurements) for visit in visits_from_measurements(rows, within_days=3)]
    [2]
    """
    days = sorted({each.on for each in measurements} | set(new_lesion_dates))
    first_days: list[date] = []
    for day in days:
        if not first_days or (day - first_days[-1]).days > within_days:
            first_days.append(day)

    def belongs(day: date, first: date) -> bool:
        return 0 <= (day - first).days <= within_days

    return tuple(
        Visit(
            on=first,
            measurements=tuple(each for each in measurements if belongs(each.on, first)),
            new_lesion=any(belongs(day, first) for day in new_lesion_dates),
        )
        for first in first_days
    )
