"""The drug of one patient by the register: what was taken of what was planned, and what breaks a rule."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from seedbed.patient import PartialDate
from seedbed.patient.drug_records import DrugChange, DrugEventSeen
from seedbed.patient.records import AdverseEvent, DrugCourse, DrugDose, Implantation, Progression
from seedbed.protocol import Protocol
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
    """Return the courses of a patient up to a day."""
    only = [patient_id]
    doses = clinic.records(DrugDose, patients=only)
    implanted = [each.on for each in clinic.records(Implantation, patients=only)]
    completed = max((each.earliest for each in implanted if each.day is not None), default=None)
    events = _events(clinic, patient_id, on)
    found = []
    for record in clinic.records(DrugCourse, patients=only):
        if record.start.earliest > on:
            continue
        mine = [each for each in doses if each.course == record.course and each.since.earliest <= on]
        changes = list(_changes(record, mine, protocol))
        course = drug_course(changes, on, protocol=protocol)
        near = completed if completed is not None and _combined(record, completed) else None
        findings = drug_findings(course, events, implanted_on=near, protocol=protocol)
        found.append(CourseReport(record=record, course=course, findings=findings))
    return found


def _combined(record: DrugCourse, completed: date, days: int = 60) -> bool:
    """Whether drug and seeds belong together: a drug that began years from the seeds is another treatment."""
    return abs(record.start.earliest - completed) <= timedelta(days=days)


def _changes(record: DrugCourse, doses: Sequence[DrugDose], protocol: Protocol) -> Iterator[DrugChange]:
    if not doses or record.start.surely_before(doses[0].since):
        yield DrugChange(on=record.start, dose_mg=protocol.drug.schedule.dose_mg, reason="planned")
    before = protocol.drug.schedule.dose_mg
    for each in doses:
        if each.dose_mg == 0:
            last = each.until.day if each.until else None
            missed = each.reason == "missed"
            yield DrugChange(
                on=each.since,
                dose_mg=0.0,
                reason="missed" if missed else "interrupted",
                last_day=last,
                note=each.note,
            )
            continue
        lower = each.dose_mg < before
        before = each.dose_mg
        yield DrugChange(
            on=each.since, dose_mg=each.dose_mg, reason="reduced" if lower else "planned", note=each.note
        )
    if record.end is not None:
        day = record.end.day
        stop = record.end if day is None else PartialDate.of(day + timedelta(days=1))
        yield DrugChange(on=stop, dose_mg=0.0, reason="stopped", note=record.stop_reason or "")


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
