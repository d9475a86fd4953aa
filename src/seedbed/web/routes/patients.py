"""Patients: the list with what is due, one patient, and what the rules say of them."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import StringConstraints

from seedbed.errors import InputError
from seedbed.journey.records.deciding import DecisionQuestion, prescribe_dose, screen_patient
from seedbed.journey.workbench.clinic.listed import Filter
from seedbed.journey.workbench.clinic.overview import ListQuestion, Sort, patient_list
from seedbed.journey.workbench.clinic.patient import patient_page
from seedbed.journey.workbench.refusals import NotFoundError
from seedbed.patient.records import Patient
from seedbed.web.addresses import identifier
from seedbed.web.shapes import Asked
from seedbed.web.visit import Admitted, Visit

router = APIRouter(tags=["patients"])
MOST_PAGES = 1_000_000


def patient_named(patient: Annotated[str, Path(min_length=1, max_length=600)]) -> str:
    """Read an identifier from an address, which is still encoded here."""
    named = identifier(patient)
    if "\0" in named or not named.strip():
        raise InputError("an identifier without a sign", "the identifier of a patient", "correct it")
    return named


PatientId = Annotated[str, Depends(patient_named)]


class Question(Asked):
    """What the rules are asked; ``keep`` writes the decision into the register."""

    on: date | None = None
    keep: bool = False


class ScreeningQuestion(Question):
    """Screening, all criteria or those of an arm."""

    arm: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None


class PrescriptionQuestion(Question):
    """Prescription, with the activity of the seeds where the site is stated."""

    site: Annotated[str, StringConstraints(min_length=1, max_length=100)] | None = None


@router.get("/patients")
def patients(
    visit: Admitted,
    search: Annotated[str, Query(max_length=200)] = "",
    due: Filter = "all",
    arm: Annotated[str | None, Query(max_length=200)] = None,
    sort: Sort = "patient_id",
    descending: bool = False,
    page: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1,
    per_page: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """List the patients of the register with what is due today."""
    question = ListQuestion(
        search=search, part=due, arm=arm, sort=sort, descending=descending, page=page, per_page=per_page
    )
    found = patient_list(visit.workplace.clinic, question, on=date.today())
    visit.viewed("patient list", patient_id="", detail=search)
    return found


@router.get("/patients/{patient}")
def one_patient(visit: Admitted, patient: PatientId) -> dict[str, Any]:
    """Return all that is known of a patient."""
    visit.viewed("patient", patient_id=patient)
    return patient_page(visit.workplace.clinic, patient, on=date.today())


@router.post("/patients/{patient}/screen")
def screen(visit: Admitted, patient: PatientId, asked: ScreeningQuestion) -> dict[str, Any]:
    """Hold a patient against the criteria."""
    question = _question(visit, patient, asked)
    found = screen_patient(DecisionQuestion(**question, arm=asked.arm)).to_dict()
    _noted(visit, patient, asked, f"screening: {found['decision']}")
    return found


@router.post("/patients/{patient}/prescribe")
def prescribe(visit: Admitted, patient: PatientId, asked: PrescriptionQuestion) -> dict[str, Any]:
    """Choose dose and activity by rule."""
    question = _question(visit, patient, asked)
    found = prescribe_dose(DecisionQuestion(**question), site=asked.site).to_dict()
    _noted(visit, patient, asked, f"prescription: {found['dose_gy']:g} Gy")
    return found


def _question(visit: Visit, patient: str, asked: Question) -> dict[str, Any]:
    check_patient(visit, patient)
    return {
        "register": visit.workplace.address.where,
        "patient_id": patient,
        "on": asked.on or date.today(),
        "who": visit.person.name if asked.keep else "",
    }


def check_patient(visit: Visit, patient: str) -> None:
    """Refuse a patient whom the register does not know.

    Raises
    ------
    NotFoundError
    """
    if not visit.workplace.clinic.records(Patient, patients=[patient]):
        raise NotFoundError(f"there is no patient '{patient}'", "one of the list", "look at the list")


def _noted(visit: Visit, patient: str, asked: Question, what: str) -> None:
    if asked.keep:
        visit.note("decision kept", patient_id=patient, detail=what)
    else:
        visit.viewed("rules", patient_id=patient, detail=what)
