"""Where a course of a drug departs from its rules: each finding with the rule, the days and a sentence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import get_args

import numpy as np

from seedbed.errors import InputError, one_of
from seedbed.patient.drug_records import DrugEventSeen
from seedbed.protocol.drug import drug_start
from seedbed.protocol.drug_course import DrugCourse
from seedbed.protocol.models import DrugEvent, Protocol
from seedbed.protocol.rules import load_rules


@dataclass(frozen=True, kw_only=True)
class DrugFinding:
    """One departure from a rule.

    Attributes
    ----------
    rule_id : str
        The rule.
    on : tuple of str
        The days it is about, as far as they are known.
    text : str
        What was found, as a sentence.
    """

    rule_id: str
    on: tuple[str, ...]
    text: str


def drug_findings(
    course: DrugCourse,
    events: Sequence[DrugEventSeen] = (),
    *,
    implanted_on: date | None = None,
    protocol: Protocol | None = None,
) -> tuple[DrugFinding, ...]:
    """Say where a course departs from the rules.

    Parameters
    ----------
    course : DrugCourse
        As `drug_course` gives it.
    events : sequence of DrugEventSeen
        Adverse events of grade 3 and 4, doses that were not tolerated, progression, intolerable toxicity.
    implanted_on : date, optional
        Day on which the implantation was completed, for a patient who also receives seeds.
    protocol : Protocol, optional
        The shipped one by default (rules DRUG-SCHEDULE, DRUG-START, DRUG-REDUCE, DRUG-STOP).

    Raises
    ------
    InputError
        An event the protocol does not know.

    Examples
    --------
    >>> from seedbed.patient import PartialDate
    >>> from seedbed.patient.drug_records import DrugChange
    >>> from seedbed.protocol.drug_course import drug_course
    >>> start = DrugChange(on=PartialDate("2026-03-05"), dose_mg=12.0, reason="planned")
    >>> course = drug_course([start], date(2026, 4, 30))
    >>> for finding in drug_findings(course, implanted_on=date(2026, 3, 2)):
    ...     print(finding.rule_id, finding.text)
    DRUG-START anlotinib began 3 days late: on 2026-03-05, and the implantation was completed on 2026-03-02
    """
    rules = protocol or load_rules()
    for event in events:
        if event.event not in get_args(DrugEvent):
            raise InputError(
                f"the drug event '{event.event}'",
                one_of(get_args(DrugEvent), event.event),
                "say what happened",
            )
    return (
        *_start(course, implanted_on, rules),
        *_doses(course, rules),
        *_cycles(course, rules),
        *(each for event in events for each in _after(course, event, rules)),
    )


def _start(course: DrugCourse, implanted_on: date | None, rules: Protocol) -> Iterator[DrugFinding]:
    if implanted_on is None:
        return
    began, wanted = course.changes[0].on, drug_start(implanted_on, rules)
    low, high = (began.earliest - wanted).days, (began.latest - wanted).days
    if low <= 0 <= high:
        if low == high:
            return
        text = f"whether {course.drug} began on {wanted} cannot be told: its start is known as {began}"
    else:
        side = "late" if low > 0 else "early"
        least, most = sorted((abs(low), abs(high)))
        days = f"{least}" if least == most else f"{least} to {most}"
        unit = "day" if most == 1 else "days"
        text = f"{course.drug} began {days} {unit} {side}: on {began}"
        text += f", and the implantation was completed on {implanted_on}"
    yield DrugFinding(rule_id=rules.drug.start.id, on=(str(began), str(implanted_on)), text=text)


def _doses(course: DrugCourse, rules: Protocol) -> Iterator[DrugFinding]:
    reduction = rules.drug.reduction
    doses = [change for change in course.changes if change.dose_mg > 0]
    schedule = rules.drug.schedule
    if doses[0].dose_mg != schedule.dose_mg:
        text = f"{course.drug} began at {doses[0].dose_mg:g} mg, and the protocol at {schedule.dose_mg:g} mg"
        yield DrugFinding(rule_id=schedule.id, on=(str(doses[0].on),), text=text)
    known = ", ".join(f"{step:g}" for step in reduction.steps_mg)
    for change in doses:
        if change.dose_mg not in reduction.steps_mg:
            text = f"{change.dose_mg:g} mg on {change.on} is no dose of the protocol ({known} mg)"
            yield DrugFinding(rule_id=reduction.id, on=(str(change.on),), text=text)
    for earlier, later in pairwise(doses):
        days = (str(earlier.on), str(later.on))
        if later.dose_mg > earlier.dose_mg:
            text = f"the dose rose from {earlier.dose_mg:g} to {later.dose_mg:g} mg on {later.on}"
            yield DrugFinding(
                rule_id=reduction.id, on=days, text=text + "; a lowered dose is not raised again"
            )
        elif later.reason == "reduced" and later.dose_mg == earlier.dose_mg:
            text = f"the dose of {later.dose_mg:g} mg is called reduced on {later.on} and was the same before"
            yield DrugFinding(rule_id=reduction.id, on=days, text=text)
    for number, change in enumerate(course.changes[:-1]):
        again = next((each for each in course.changes[number + 1 :] if each.dose_mg > 0), None)
        if change.reason == "stopped" and again is not None:
            text = f"{course.drug} was stopped on {change.on} and taken again on {again.on}"
            yield DrugFinding(rule_id=rules.drug.stop.id, on=(str(change.on), str(again.on)), text=text)


def _cycles(course: DrugCourse, rules: Protocol) -> Iterator[DrugFinding]:
    for cycle in course.cycles:
        paused = any(pause.last_day == cycle.first_day - timedelta(days=1) for pause in course.pauses)
        if cycle.late_days and not paused:
            side = "late" if cycle.late_days > 0 else "early"
            days = abs(cycle.late_days)
            text = (
                f"cycle {cycle.number} began {days} day{'s' if days > 1 else ''} {side}, on {cycle.first_day}"
            )
            yield DrugFinding(rule_id=rules.drug.schedule.id, on=(str(cycle.first_day),), text=text)


def _after(course: DrugCourse, event: DrugEventSeen, rules: Protocol) -> Iterator[DrugFinding]:
    """Tell whether what an event asks for was done."""
    taken = [each for each in course.changes if each.on.earliest <= event.on and each.dose_mg > 0]
    # A dose that begins on the day of the event is what followed from it, but for the first.
    before = [each for each in taken if each.on.earliest < event.on] or taken[:1]
    if not before:
        return
    dose = before[-1].dose_mg
    lowest = event.event in rules.drug.reduction.events and dose <= min(rules.drug.reduction.steps_mg)
    if event.event in rules.drug.stop.events or lowest:
        yield from _must_stop(course, event, rules)
    elif event.event in rules.drug.reduction.events:
        yield from _must_fall(course, event, dose, rules)


def _must_stop(course: DrugCourse, event: DrugEventSeen, rules: Protocol) -> Iterator[DrugFinding]:
    days = _taken_after(course, event.on, at_least_mg=0.0)
    if days:
        text = f"{_named(event)}, and {course.drug} was still taken{_when(days)}; it is stopped then"
        yield _found(rules.drug.stop.id, event, days, text + _unsure(course))


def _must_fall(
    course: DrugCourse, event: DrugEventSeen, dose_mg: float, rules: Protocol
) -> Iterator[DrugFinding]:
    days = _taken_after(course, event.on, at_least_mg=dose_mg)
    if not days:
        return
    lowered = next((each.on for each in course.reductions if each.on > event.on), None)
    done = "was not lowered" if lowered is None else f"was lowered only on {lowered}"
    text = f"{_named(event)} at {dose_mg:g} mg, and the dose {done}: {dose_mg:g} mg or more{_when(days)}"
    yield _found(rules.drug.reduction.id, event, days, text + _unsure(course))


def _found(rule_id: str, event: DrugEventSeen, days: list[date], text: str) -> DrugFinding:
    return DrugFinding(rule_id=rule_id, on=(str(event.on), str(days[0]), str(days[-1])), text=text)


def _named(event: DrugEventSeen) -> str:
    return f"{event.event}{f' ({event.note})' if event.note else ''} on {event.on}"


def _when(days: list[date]) -> str:
    count = f"{len(days)} day{'s' if len(days) > 1 else ''}"
    return f" on {count}, from {days[0]} to {days[-1]}"


def _unsure(course: DrugCourse) -> str:
    return f" (as for the earliest start and the latest stop: {course.note})" if course.note else ""


def _taken_after(course: DrugCourse, day: date, *, at_least_mg: float) -> list[date]:
    """Days after a day on which the drug was taken at some dose or more."""
    days, after = course.days, day.toordinal() - course.days.first + 1
    taken = (days.taken_mg > 0) & (days.taken_mg >= at_least_mg)
    return [date.fromordinal(days.first + int(each)) for each in np.flatnonzero(taken) if each >= after]
