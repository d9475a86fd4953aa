"""The drug of one patient by the register: what was taken of what was planned, and what breaks a rule."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from seedbed.patient import PartialDate
from seedbed.patient.drug_records import DrugChange, DrugEventSeen
from seedbed.patient.records import AdverseEvent, DrugCourse, DrugDose, Implantation, Progression
from seedbed.protocol import Protocol, is_protocol_drug
from seedbed.protocol.drug_course import DrugCourse as Course
from seedbed.protocol.drug_course import drug_course
from seedbed.protocol.drug_findings import DrugFinding, drug_findings
from seedbed.registry.clinic import ClinicRegister

FROM_DRUG = ("drug", "drug and seeds")
REDUCING = (3, 4)


@dataclass(frozen=True, kw_only=True)
class CourseReport:
    """One course of a drug.

    Attributes
    ----------
    record : DrugCourse
        As the register has it.
    course : Course
        Cycles, doses, pauses, dose intensity.
    findings : tuple of DrugFinding
        Where it departs from the rules.
    """

    record: DrugCourse
    course: Course
    findings: tuple[DrugFinding, ...]


def course_reports(
    clinic: ClinicRegister, patient_id: str, *, on: date, protocol: Protocol
) -> list[CourseReport]:
    """Return the courses of the protocol's drug up to a day, the latest last; others have other rules."""
    only = [patient_id]
    doses = clinic.records(DrugDose, patients=only)
    implanted = [each.on for each in clinic.records(Implantation, patients=only)]
    completed = max((each.earliest for each in implanted if each.day is not None), default=None)
    events = _events(clinic, patient_id, on)
    found = []
    courses = sorted(clinic.records(DrugCourse, patients=only), key=lambda each: each.start.earliest)
    for record in courses:
        if record.start.earliest > on or not is_protocol_drug(record.drug, protocol):
            continue
        mine = [each for each in doses if each.course == record.course and each.since.earliest <= on]
        changes = list(_changes(record, mine, on=on, protocol=protocol))
        course = drug_course(changes, on, protocol=protocol)
        near = completed if completed is not None and _combined(record, completed) else None
        seen = sorted([*events, *_not_tolerated(mine)], key=lambda each: each.on)
        findings = drug_findings(course, seen, implanted_on=near, protocol=protocol)
        found.append(CourseReport(record=record, course=course, findings=findings))
    return found


def _combined(record: DrugCourse, completed: date, days: int = 60) -> bool:
    """Whether drug and seeds belong together: a drug that began years from the seeds is another treatment."""
    return abs(record.start.earliest - completed) <= timedelta(days=days)


def _changes(
    record: DrugCourse, doses: Sequence[DrugDose], *, on: date, protocol: Protocol
) -> Iterator[DrugChange]:
    schedule = protocol.drug.schedule
    before: float | None = None
    if not doses or record.start.surely_before(doses[0].since):
        before = schedule.dose_mg
        yield DrugChange(on=record.start, dose_mg=before, reason="planned")
    for number, each in enumerate(doses):
        later = doses[number + 1].since.day if number + 1 < len(doses) else None
        last = each.until.day if each.until else None
        if each.dose_mg == 0:
            yield DrugChange(
                on=each.since,
                dose_mg=0.0,
                reason="missed" if each.reason == "missed" else "interrupted",
                last_day=last,
                note=each.note or each.reason or "",
            )
            continue
        reduced = before is not None and each.dose_mg < before
        before = each.dose_mg
        yield DrugChange(
            on=each.since,
            dose_mg=each.dose_mg,
            reason="reduced" if reduced else "planned",
            note=each.note or each.reason or "",
        )
        longest = timedelta(days=schedule.cycle_days - schedule.days_on + 1)
        if last is not None and record.end is None and (later or on) - last > longest:
            begin = PartialDate.of(last + timedelta(days=1))
            end = None if later is None else later - timedelta(days=1)
            yield DrugChange(
                on=begin, dose_mg=0.0, reason="interrupted", last_day=end, note="no dose recorded"
            )
    if record.end is not None:
        day = record.end.day
        stop = record.end if day is None else PartialDate.of(day + timedelta(days=1))
        yield DrugChange(on=stop, dose_mg=0.0, reason="stopped", note=record.stop_reason or "")


def _not_tolerated(doses: Sequence[DrugDose]) -> Iterator[DrugEventSeen]:
    """Give an event for each dose that was given up because the one before was not tolerated."""
    for each in doses:
        if each.reason == "not tolerated":
            yield DrugEventSeen(on=each.since.earliest, event="not tolerated", note=each.note)


def _events(clinic: ClinicRegister, patient_id: str, on: date) -> list[DrugEventSeen]:
    """Adverse events from the drug that lower its dose, and progression."""
    seen = [
        DrugEventSeen(on=each.start.earliest, event=f"grade {each.grade}", note=each.term)
        for each in clinic.records(AdverseEvent, patients=[patient_id])
        if each.grade in REDUCING and each.attribution in FROM_DRUG
    ]
    seen += [
        DrugEventSeen(on=each.on.earliest, event="progression", note=each.where)
        for each in clinic.records(Progression, patients=[patient_id])
    ]
    return sorted((each for each in seen if each.on <= on), key=lambda each: each.on)
