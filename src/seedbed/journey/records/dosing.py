"""The drug of one patient from now on: the dose by rule after what happened, and the next cycles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from seedbed.errors import InputError
from seedbed.journey.records.courses import FROM_DRUG, CourseReport, course_reports
from seedbed.journey.records.plain import as_plain
from seedbed.patient.records import AdverseEvent, DrugDose, Progression
from seedbed.protocol import DoseDecision, DrugCalendar, Protocol, drug_calendar, load_rules, next_dose
from seedbed.protocol.safety import SafetyRule
from seedbed.registry.clinic import ClinicRegister, open_clinic
from seedbed.response.toxicity import AdverseEvent as GradedEvent
from seedbed.response.toxicity import drug_action, find_term

UNNAMED = "General disorders and administration site conditions - Other, specify"
"""Term of CTCAE under which an event counts, by its grade, whose own name is no term."""


@dataclass(frozen=True, kw_only=True)
class DrugNow:
    """The running course of a patient and what follows by rule.

    Attributes
    ----------
    patient_id : str
    on : date
    report : CourseReport
        The course so far.
    current_mg : float
        Dose that holds: the lowest so far, as it never rises again.
    since : date
        First day of that dose; what happened after it decides.
    events : tuple of AdverseEvent
        Those from the drug, or of unknown cause, since then.
    decision : DoseDecision or None
        None where the drug has been stopped already.
    suggestions : tuple of SafetyRule
        What labels and consensus papers suggest; for the doctor to weigh.
    calendar : DrugCalendar or None
        The next cycles at the new dose.
    """

    patient_id: str
    on: date
    report: CourseReport
    current_mg: float
    since: date
    events: tuple[AdverseEvent, ...]
    decision: DoseDecision | None
    suggestions: tuple[SafetyRule, ...]
    calendar: DrugCalendar | None

    @property
    def unnamed(self) -> tuple[str, ...]:
        """Names of events that are no terms of CTCAE; they count by their grade alone."""
        return tuple(each.term for each in self.events if find_term(each.term) is None)

    @property
    def interrupted_since(self) -> date | None:
        """First day of an interruption that nobody has ended; None where the drug is taken."""
        pauses = self.report.course.pauses
        still = [
            each.first_day
            for each in pauses
            if each.reason == "interrupted" and each.first_day <= self.on <= each.last_day
        ]
        return still[-1] if still and self.decision is not None else None

    def to_dict(self) -> dict[str, Any]:
        """Return it for machines."""
        return {
            **as_plain(self),
            "unnamed_events": list(self.unnamed),
            "interrupted_since": as_plain(self.interrupted_since),
        }


def drug_now(
    where: Path | str, patient_id: str, *, on: date, cycles: int = 3, rules_file: Path | None = None
) -> DrugNow:
    """Decide the next dose by rule from what the register holds, and write the calendar of the next cycles.

    Raises
    ------
    InputError
        No such register, or no course of the protocol's drug by that day.
    UndecidedError
        Nobody has said whether the worst event comes from the drug.
    """
    protocol = load_rules(rules_file)
    with open_clinic(where) as clinic:
        reports = course_reports(clinic, patient_id, on=on, protocol=protocol)
        if not reports:
            raise InputError(
                f"there is no course of {protocol.drug.name} of '{patient_id}' by {on}",
                "a patient with a course of the protocol's drug in the register",
                "check the identifier, or add the course",
            )
        report = reports[-1]
        doses = [
            each
            for each in clinic.records(DrugDose, patients=[patient_id])
            if each.course == report.record.course and each.since.earliest <= on
        ]
        current_mg, since = _current(report, doses, protocol)
        given_up = any(
            each.reason == "not tolerated" and each.dose_mg == 0 and each.since.earliest > since
            for each in doses
        )
        events = _since(clinic, patient_id, since, on)
        progressed = any(
            report.record.start.earliest <= each.on.latest and each.on.earliest <= on
            for each in clinic.records(Progression, patients=[patient_id])
        )
    ended = report.record.end is not None and report.record.end.latest <= on
    decision, suggestions = (
        (None, ())
        if ended
        else _decide(
            events, current_mg, protocol, also=("progression",) * progressed + ("not tolerated",) * given_up
        )
    )
    calendar = None
    if decision is not None and decision.dose_mg is not None:
        calendar = drug_calendar(
            _next_cycle(report, on, protocol),
            cycles,
            dose_mg=decision.dose_mg,
            first_number=len(report.course.cycles) + 1,
            protocol=protocol,
        )
    return DrugNow(
        patient_id=patient_id,
        on=on,
        report=report,
        current_mg=current_mg,
        since=since,
        events=tuple(events),
        decision=decision,
        suggestions=suggestions,
        calendar=calendar,
    )


def _current(report: CourseReport, doses: Sequence[DrugDose], protocol: Protocol) -> tuple[float, date]:
    taken = [each for each in doses if each.dose_mg > 0]
    if not taken:
        return protocol.drug.schedule.dose_mg, report.record.start.earliest
    lowest = min(each.dose_mg for each in taken)
    first = next(each for each in taken if each.dose_mg == lowest)
    return lowest, first.since.earliest


def _since(clinic: ClinicRegister, patient_id: str, since: date, on: date) -> list[AdverseEvent]:
    return [
        each
        for each in clinic.records(AdverseEvent, patients=[patient_id])
        if since < each.start.latest
        and each.start.earliest <= on
        and (each.attribution is None or each.attribution in (*FROM_DRUG, "unknown"))
    ]


def _decide(
    events: Sequence[AdverseEvent], current_mg: float, protocol: Protocol, *, also: Sequence[str]
) -> tuple[DoseDecision, tuple[SafetyRule, ...]]:
    """Decide by the adverse events and by what else happened; the lowest dose holds, none is lowest."""
    graded = [
        GradedEvent(
            term=each.term if find_term(each.term) else UNNAMED,
            grade=each.grade,
            related=None if each.attribution in (None, "unknown") else True,
        )
        for each in events
    ]
    found = drug_action(graded, current_mg, protocol=protocol)
    decisions = [found.decision, *(next_dose(current_mg, event, protocol=protocol) for event in also)]
    return min(decisions, key=lambda each: each.dose_mg or 0.0), found.suggestions


def _next_cycle(report: CourseReport, on: date, protocol: Protocol) -> date:
    """Return the first day of the cycle after the one that runs on a day."""
    length = timedelta(days=protocol.drug.schedule.cycle_days)
    last = report.course.cycles[-1].first_day if report.course.cycles else report.record.start.earliest
    while last <= on:
        last += length
    return last
