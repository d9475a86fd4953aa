"""Times from the start of treatment to an event, with what decided each.

Chen et al. 2025, doi 10.3389/fendo.2025.1587412, section 2.4. A month is 365.25 / 12 days.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from seedbed.errors import InputError
from seedbed.patient.partial_dates import PartialDate

DAYS_A_MONTH: Final = 365.25 / 12


@dataclass(frozen=True, kw_only=True)
class DiseaseCourse:
    """What became of one patient, as far as endpoints need it.

    Attributes
    ----------
    patient_id : str
    started : PartialDate
        First day of treatment.
    progressions : tuple of (PartialDate, str)
        Each with where it was: ``local``, ``distant`` or ``local and distant``.
    died : PartialDate or None
    last_seen : PartialDate
        Last day on which the patient is known to have been alive.
    last_assessed : PartialDate
        Last day on which the disease was looked at; progression is censored there.
    """

    patient_id: str
    started: PartialDate
    progressions: tuple[tuple[PartialDate, str], ...] = ()
    died: PartialDate | None = None
    last_seen: PartialDate
    last_assessed: PartialDate


@dataclass(frozen=True, kw_only=True)
class TimeToEvent:
    """One endpoint of one patient.

    Attributes
    ----------
    endpoint : str
        Id of the rule: END-LPFS, END-OS, END-PFS.
    patient_id : str
    start, end : date
        Days that were taken; of a partial date the first day that it can be, but not before the start, and
        of a death not before the patient was last known to be alive, as `death_day` takes it.
    event : bool
        False where the time is censored.
    what : str
        The event, or why it is censored.
    exact : bool
        Whether both dates are known to the day.
    """

    endpoint: str
    patient_id: str
    start: date
    end: date
    event: bool
    what: str
    exact: bool

    @property
    def days(self) -> int:
        """Time in days."""
        return (self.end - self.start).days

    @property
    def months(self) -> float:
        """Time in months."""
        return self.days / DAYS_A_MONTH


def death_day(course: DiseaseCourse) -> date | None:
    """Return the day that death counts from; None where the patient has not died.

    Of a date that is known in part it is the first day that it can be and that is neither before the start of
    treatment nor before a day on which the patient is known to have been alive: when last seen, or when the
    disease progressed. A day after all that the date can be contradicts it and is not taken.

    Examples
    --------
    >>> course = DiseaseCourse(patient_id="S-01", started=PartialDate("2022-06-01"), died=PartialDate("2023"),
    ...                        last_seen=PartialDate("2023-03-09"), last_assessed=PartialDate("2022-12-01"))
    >>> death_day(course).isoformat()
    '2023-03-09'
    """
    if course.died is None:
        return None
    alive = (course.started, course.last_seen, *(when for when, _ in course.progressions))
    possible = [when.earliest for when in alive if when.earliest <= course.died.latest]
    return max([course.died.earliest, *possible])


def overall_survival(course: DiseaseCourse) -> TimeToEvent:
    """Return the time to death from any cause, censored on the last day known to be alive.

    Examples
    --------
    >>> course = DiseaseCourse(patient_id="S-01", started=PartialDate("2024-01-01"),
    ...                        last_seen=PartialDate("2025-01-01"), last_assessed=PartialDate("2024-12-01"))
    >>> found = overall_survival(course)
    >>> found.days, found.event, found.what
    (366, False, 'alive when last seen')
    """
    if course.died is not None:
        return _died("END-OS", course, course.died)
    return _time("END-OS", course, course.last_seen, "alive when last seen", event=False)


def local_progression_free_survival(course: DiseaseCourse) -> TimeToEvent:
    """Return the time to the first local progression or death; distant progression alone is no event."""
    return _progression_free("END-LPFS", course, {"local", "local and distant"}, "local progression")


def progression_free_survival(course: DiseaseCourse) -> TimeToEvent:
    """Return the time to the first progression anywhere or death."""
    return _progression_free("END-PFS", course, {"local", "distant", "local and distant"}, "progression")


def _progression_free(rule_id: str, course: DiseaseCourse, counted: set[str], name: str) -> TimeToEvent:
    seen = [when for when, where in course.progressions if where in counted]
    if seen:
        return _time(rule_id, course, min(seen, key=lambda when: when.earliest), name)
    if course.died is not None:
        return _died(rule_id, course, course.died)
    return _time(rule_id, course, course.last_assessed, f"no {name} when last assessed", event=False)


def _died(rule_id: str, course: DiseaseCourse, died: PartialDate) -> TimeToEvent:
    found = _time(rule_id, course, died, "death")
    return replace(found, end=death_day(course) or found.end)


def _time(
    rule_id: str, course: DiseaseCourse, when: PartialDate, what: str, *, event: bool = True
) -> TimeToEvent:
    start = course.started.earliest
    if when.latest < start:
        raise InputError(
            f"{what} of {course.patient_id} on {when}, before the treatment of {course.started}",
            "a day on or after the start of treatment",
            "correct one of the two dates",
        )
    return TimeToEvent(
        endpoint=rule_id,
        patient_id=course.patient_id,
        start=start,
        end=max(when.earliest, start),
        event=event,
        what=what,
        exact=when.day is not None and course.started.day is not None,
    )
