"""What the register of a clinic holds, as frozen records that check themselves."""

from collections.abc import Mapping
from types import MappingProxyType

from seedbed.patient.records.base import KeyValues, Plain, Record, partial, plain
from seedbed.patient.records.findings import (
    AdverseEvent,
    LaboratoryValue,
    LesionRecord,
    Measurement,
    Pain,
    PetUptake,
    Progression,
    VisitRecord,
)
from seedbed.patient.records.people import Baseline, Contact, Death, Decision, Patient, ScreeningFacts
from seedbed.patient.records.treatments import DrugCourse, DrugDose, Implantation

KINDS: Mapping[str, type[Record]] = MappingProxyType(
    {
        kind.KIND: kind
        for kind in (
            *(Patient, Baseline, ScreeningFacts, Decision, LesionRecord, Implantation),
            *(DrugCourse, DrugDose, VisitRecord, LaboratoryValue, Measurement, PetUptake),
            *(Pain, AdverseEvent, Progression, Contact, Death),
        )
    }
)
"""The kinds of records by name; a record comes after those that it refers to."""
REFERENCES: Mapping[str, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        "drug dose": ("drug course", ("patient_id", "course")),
        "measurement": ("lesion", ("patient_id", "lesion")),
        "PET uptake": ("lesion", ("patient_id", "lesion")),
    }
)
"""Kinds that refer to another beside the patient, and by which fields: the key of that other."""


def references_of(kind: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the kinds that records of a kind refer to, each with the fields that are its key.

    Examples
    --------
    >>> references_of("measurement")
    (('patient', ('patient_id',)), ('lesion', ('patient_id', 'lesion')))
    >>> references_of("patient")
    ()
    """
    if kind == "patient":
        return ()
    other = REFERENCES.get(kind)
    return (("patient", ("patient_id",)), *((other,) if other else ()))


__all__ = [
    "KINDS",
    "REFERENCES",
    "AdverseEvent",
    "Baseline",
    "Contact",
    "Death",
    "Decision",
    "DrugCourse",
    "DrugDose",
    "Implantation",
    "KeyValues",
    "LaboratoryValue",
    "LesionRecord",
    "Measurement",
    "Pain",
    "Patient",
    "PetUptake",
    "Plain",
    "Progression",
    "Record",
    "ScreeningFacts",
    "VisitRecord",
    "partial",
    "plain",
    "references_of",
]
