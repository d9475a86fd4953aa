"""Doses of a drug that do not fit their course or each other."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from seedbed.patient.doubts import Finding
from seedbed.patient.records import DrugCourse, DrugDose, Record


def odd_doses(records: Sequence[Record]) -> Iterator[Finding]:
    """Find doses before or after their course, and doses that overlap.

    A dose outside its course cannot be true; an interruption, or an end that is only too late, is asked
    about.

    Examples
    --------
    >>> from seedbed.patient.partial_dates import PartialDate
    >>> course = DrugCourse(patient_id="S-01", course="1", drug="anlotinib", start=PartialDate("2026-03-02"))
    >>> early = DrugDose(patient_id="S-01", course="1", since=PartialDate("2026-02-20"), dose_mg=12.0)
    >>> print(next(odd_doses([course, early])).sentence)
    drug dose S-01, 1, 2026-02-20 is before its course begins on 2026-03-02
    """
    courses = {each.course: each for each in records if isinstance(each, DrugCourse)}
    doses: dict[str, list[DrugDose]] = {}
    for each in records:
        if isinstance(each, DrugDose):
            doses.setdefault(each.course, []).append(each)
    for name, given in doses.items():
        given.sort(key=lambda each: each.since)
        if name in courses:
            for dose in given:
                yield from _outside(dose, courses[name])
        yield from _overlapping(given)


def _outside(dose: DrugDose, course: DrugCourse) -> Iterator[Finding]:
    end = course.end
    if dose.since.surely_before(course.start):
        why = f"{dose.name} is before its course begins on {course.start}"
        yield Finding("wrong" if dose.dose_mg else "ask", dose, "since", why)
    elif end is not None and end.surely_before(dose.since):
        why = f"{dose.name} is after its course ends on {end}"
        yield Finding("wrong" if dose.dose_mg else "ask", dose, "since", why)
    elif end is not None and dose.until is not None and end.surely_before(dose.until):
        why = f"{dose.name} ends on {dose.until}, after its course ends on {end}"
        yield Finding("ask", dose, "until", why)


def _overlapping(doses: Sequence[DrugDose]) -> Iterator[Finding]:
    for dose, after in pairwise(doses):
        if dose.until is not None and after.since.latest <= dose.until.earliest:
            why = f"{dose.name} ends on {dose.until}, the next dose begins on {after.since}: which counts?"
            yield Finding("ask", dose, "until", why)
