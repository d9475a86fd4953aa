"""What became of the patients by the register, as endpoints need it."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from seedbed.cohort.endpoints import (
    DiseaseCourse,
    TimeToEvent,
    local_progression_free_survival,
    overall_survival,
    progression_free_survival,
)
from seedbed.journey.records.treatment import treatment_starts
from seedbed.patient import PartialDate
from seedbed.patient.records import Contact, Death, Measurement, Progression, VisitRecord
from seedbed.registry.clinic import ClinicRegister
from seedbed.sheets.cdisc_adtte import TimeToEvent as AdtteRow

NAMES = {
    "END-LPFS": ("LPFS", "Local progression-free survival (days)"),
    "END-PFS": ("PFS", "Progression-free survival (days)"),
    "END-OS": ("OS", "Overall survival (days)"),
}
STUDY = "SEEDBED"


def disease_courses(
    clinic: ClinicRegister, *, patients: Collection[str] | None = None
) -> list[DiseaseCourse]:
    """Gather what became of every patient whose treatment has begun.

    A progression surely before the treatment, such as the one that made it necessary, is no event of the
    endpoints and is left out; :func:`earlier_progressions` tells which.
    """
    starts = treatment_starts(clinic, patients=patients)
    progressions = defaultdict(list)
    for each in clinic.records(Progression, patients=patients):
        if not _before(each, starts.get(each.patient_id)):
            progressions[each.patient_id].append((each.on, each.where))
    deaths = {each.patient_id: each.on for each in clinic.records(Death, patients=patients)}
    assessed = _last(clinic, (Measurement,), patients)
    seen = _last(clinic, (VisitRecord, Contact, Measurement), patients)
    return [
        DiseaseCourse(
            patient_id=patient_id,
            started=started,
            progressions=tuple(progressions[patient_id]),
            died=deaths.get(patient_id),
            last_seen=_not_before(seen.get(patient_id), started),
            last_assessed=_not_before(assessed.get(patient_id), started),
        )
        for patient_id, started in sorted(starts.items())
    ]


def earlier_progressions(
    clinic: ClinicRegister, *, patients: Collection[str] | None = None
) -> list[Progression]:
    """Return the progressions before the treatment, which endpoints leave out, by patient and time."""
    starts = treatment_starts(clinic, patients=patients)
    found = [
        each
        for each in clinic.records(Progression, patients=patients)
        if _before(each, starts.get(each.patient_id))
    ]
    return sorted(found, key=lambda each: (each.patient_id, each.on.earliest))


def _before(progression: Progression, started: PartialDate | None) -> bool:
    return started is not None and progression.on.latest < started.earliest


def adtte_rows(clinic: ClinicRegister, *, patients: Collection[str] | None = None) -> list[AdtteRow]:
    """Return the endpoints of every patient, as CDISC's ADTTE wants them."""
    endpoints = (local_progression_free_survival, progression_free_survival, overall_survival)
    return [
        _row(endpoint(course))
        for course in disease_courses(clinic, patients=patients)
        for endpoint in endpoints
    ]


def _row(found: TimeToEvent) -> AdtteRow:
    code, parameter = NAMES[found.endpoint]
    return AdtteRow(
        study=STUDY,
        subject=found.patient_id,
        code=code,
        parameter=parameter,
        start=found.start,
        end=found.end,
        censored=0 if found.event else 1,
        event=found.what,
        censored_on="" if found.event else "last day on which it was looked for",
        source="REGISTER",
    )


def _last(
    clinic: ClinicRegister,
    kinds: tuple[type[Measurement] | type[VisitRecord] | type[Contact], ...],
    patients: Collection[str] | None,
) -> dict[str, PartialDate]:
    last: dict[str, PartialDate] = {}
    for kind in kinds:
        for each in clinic.records(kind, patients=patients):
            known = last.get(each.patient_id, each.on)
            last[each.patient_id] = max(known, each.on, key=_first_day)
    return last


def _not_before(last: PartialDate | None, started: PartialDate) -> PartialDate:
    return started if last is None else max(last, started, key=_first_day)


def _first_day(when: PartialDate) -> date:
    return when.earliest
