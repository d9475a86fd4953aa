"""Records of patients: what a form asks for, what was typed checked, saved and voided."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import Field, StringConstraints

from seedbed.journey.records.keeping import known_kind
from seedbed.journey.workbench.clinic.entering import Typed, enter
from seedbed.journey.workbench.clinic.forms import kinds_described
from seedbed.journey.workbench.clinic.saving import Save, records_of_kind, save_record, void_entered
from seedbed.journey.workbench.refusals import NotFoundError
from seedbed.patient.records import KINDS, Record
from seedbed.web.routes.patients import PatientId, check_patient
from seedbed.web.shapes import Asked
from seedbed.web.visit import Admitted

router = APIRouter(tags=["records"])
Kind = Annotated[str, Path(min_length=1, max_length=40)]
Version = Annotated[int, Field(ge=0, le=2**31)]
FieldName = Annotated[str, StringConstraints(max_length=60)]
Text = Annotated[str, StringConstraints(max_length=4000)]
Why = Annotated[str, StringConstraints(max_length=500)]
Sentence = Annotated[str, StringConstraints(max_length=2000)]
KeyValue = Annotated[str, StringConstraints(max_length=2000)] | Annotated[int, Field(ge=-(2**31), le=2**31)]


class TypedRecord(Asked):
    """A form as it stands; ``version`` is that of the record which is changed, 0 for a new one."""

    record: Annotated[dict[FieldName, Text], Field(max_length=100)]
    version: Version = 0


class SavedRecord(TypedRecord):
    """A form to be saved, with the sentences of what is asked about and true."""

    why: Why = ""
    confirmed: Annotated[tuple[Sentence, ...], Field(max_length=50)] = ()


class Voided(Asked):
    """A record to be voided, and why."""

    key: Annotated[list[KeyValue], Field(min_length=1, max_length=6)]
    version: Version
    why: Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
    dependents: bool = False


@router.get("/records/kinds")
def kinds(visit: Admitted) -> dict[str, Any]:
    """Describe the kinds of records and their fields."""
    del visit
    return {"kinds": list(kinds_described())}


@router.get("/patients/{patient}/records/{kind}")
def records(visit: Admitted, patient: PatientId, kind: Kind) -> dict[str, Any]:
    """Return the records of a kind with their versions and every change."""
    found = _kind(kind)
    visit.viewed("records", patient_id=patient, detail=found.KIND)
    return records_of_kind(visit.workplace.clinic, patient, found)


@router.post("/patients/{patient}/records/{kind}/check")
def check(visit: Admitted, patient: PatientId, kind: Kind, typed: TypedRecord) -> dict[str, Any]:
    """Check what is typed; nothing is written."""
    found = _kind(kind)
    visit.viewed("records", patient_id=patient, detail=found.KIND)
    asked = _typed(patient, found, typed)
    return enter(visit.workplace.clinic, asked, today=date.today()).to_dict()


@router.put("/patients/{patient}/records/{kind}")
def save(visit: Admitted, patient: PatientId, kind: Kind, typed: SavedRecord) -> dict[str, Any]:
    """Save a record, new or changed."""
    found = _kind(kind)
    asked = Save(
        typed=_typed(patient, found, typed),
        who=visit.person.name,
        why=typed.why.strip() or ("corrected" if typed.version else "entered"),
        today=date.today(),
        confirmed=typed.confirmed,
    )
    saved = save_record(visit.workplace.clinic, asked)
    visit.note("record saved", patient_id=patient, detail=f"{found.KIND}, version {saved['version']}")
    return saved


@router.post("/patients/{patient}/records/{kind}/void")
def void(visit: Admitted, patient: PatientId, kind: Kind, asked: Voided) -> dict[str, Any]:
    """Void a record: it counts no more, and is not lost."""
    found = _kind(kind)
    check_patient(visit, patient)
    if asked.key[0] != patient:
        raise NotFoundError("the key of another patient", f"one of '{patient}'", "load the list again")
    change = void_entered(
        visit.workplace.clinic,
        (found, asked.key),
        version=asked.version,
        who=visit.person.name,
        why=asked.why,
        dependents=asked.dependents,
    )
    visit.note("record voided", patient_id=patient, detail=f"{found.KIND}, version {change.number}")
    return {"version": change.number, "at": change.at}


def _kind(name: str) -> type[Record]:
    if name.replace("-", " ").casefold() not in {kind.casefold() for kind in KINDS}:
        raise NotFoundError(f"no kind of records '{name}'", "one of /records/kinds", "choose one of them")
    return known_kind(name)


def _typed(patient: str, kind: type[Record], typed: TypedRecord) -> Typed:
    texts: Mapping[str, str] = {name: text for name, text in typed.record.items() if name != "patient_id"}
    return Typed(patient_id=patient, kind=kind, texts=texts, version=typed.version)
