"""Everything that the page of one patient shows, in one answer."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta

from seedbed.errors import InputError
from seedbed.journey.records.following import FollowQuestion, follow_patient
from seedbed.journey.records.patient_due import patient_due
from seedbed.journey.workbench.clinic.timeline import timeline
from seedbed.journey.workbench.clinic.trends import trends
from seedbed.journey.workbench.refusals import NotFoundError
from seedbed.patient import PartialDate
from seedbed.patient.records import Baseline, Death, Decision, LesionRecord, Patient, Record
from seedbed.registry.clinic import ClinicRegister

PARTS = ("drug", "adverse_events", "laboratory_grades", "pet")


def patient_page(clinic: ClinicRegister, patient_id: str, *, on: date) -> dict[str, Any]:
    """Gather who a patient is, what happened, what is due, and how the disease answered, up to a day.

    Raises
    ------
    NotFoundError
        There is no such patient.
    """
    records = clinic.everything(patients=[patient_id])
    patient = next((each for each in records if isinstance(each, Patient)), None)
    if patient is None:
        raise NotFoundError(
            f"there is no patient '{patient_id}' in the register", "one of the list", "look at the list"
        )
    died = next((each.on for each in records if isinstance(each, Death)), None)
    follow = follow_patient(FollowQuestion(register=clinic.where, patient_id=patient_id, on=on))
    due, why_not_due = _due(clinic, patient_id, on)
    return {
        "on": on.isoformat(),
        "identity": {**patient.stated(), "age_years": _age(patient.born, died, on)},
        "baseline": _baseline(records),
        "treatment_started": follow["treatment_started"],
        "died_on": str(died) if died else None,
        "due": due,
        "why_not_due": why_not_due,
        "timeline": timeline(records, follow),
        "trends": trends(follow),
        "decisions": [each.stated() for each in _of(records, Decision)],
        "lesions": [each.stated() for each in _of(records, LesionRecord)],
        "counts": _counts(records),
        "problems": follow["problems"],
        **{name: follow[name] for name in PARTS},
    }


def _due(clinic: ClinicRegister, patient_id: str, on: date) -> tuple[dict[str, Any] | None, str]:
    """Return the visits, or the sentence that says why there are none yet."""
    try:
        return patient_due(clinic.where, patient_id, on=on).to_dict(), ""
    except InputError as error:
        return None, error.came


def _baseline(records: Iterable[Record]) -> dict[str, Any] | None:
    found = next((each for each in records if isinstance(each, Baseline)), None)
    return None if found is None else {**found.stated(), "bmi_kg_m2": found.bmi_kg_m2}


def _age(born: PartialDate | None, died: PartialDate | None, on: date) -> list[int] | None:
    """Return the whole years of life, at least and at most; they differ where a date is partial."""
    if born is None:
        return None
    first, last = (died.earliest, died.latest) if died else (on, on)
    return [relativedelta(first, born.latest).years, relativedelta(last, born.earliest).years]


def _of(records: Iterable[Record], kind: type[Record]) -> list[Record]:
    return [each for each in records if type(each) is kind]


def _counts(records: Sequence[Record]) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in records:
        found[each.KIND] = found.get(each.KIND, 0) + 1
    return found
