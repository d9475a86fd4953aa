"""What was looked at at each visit, by the items that the protocol asks for."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from seedbed.patient import PartialDate
from seedbed.patient.analytes import find_analyte
from seedbed.patient.records import (
    AdverseEvent,
    Baseline,
    LaboratoryValue,
    Measurement,
    Pain,
    VisitRecord,
)
from seedbed.protocol import Protocol
from seedbed.registry.clinic import ClinicRegister

NEAR_DAYS = 14
"""Laboratory, images and pain within so many days of a visit belong to it (local rule)."""
BONE = ("bone only", "lung and bone")
Visits = dict[tuple[str, str], set[str]]


def items_at_visits(clinic: ClinicRegister, protocol: Protocol, *, patients: Sequence[str]) -> Visits:
    """Return the ids of the items that were looked at, by patient and day of the visit."""
    visits: dict[str, list[PartialDate]] = defaultdict(list)
    done: Visits = {}
    for each in clinic.records(VisitRecord, patients=patients):
        visits[each.patient_id].append(each.on)
        done[each.patient_id, each.on.text] = {
            item
            for item, stated in (
                ("ITEM-DRUG", each.drug_use),
                ("ITEM-SYMPTOMS", each.symptoms),
                ("ITEM-ADVERSE", each.adverse_events_asked),
            )
            if stated
        }
    for patient_id, on, item in _beside(clinic, protocol, patients):
        for visit in visits.get(patient_id, ()):
            if abs(visit.earliest - on) <= timedelta(days=NEAR_DAYS):
                done[patient_id, visit.text].add(item)
    return done


def items_not_asked(clinic: ClinicRegister, patient_id: str, protocol: Protocol) -> tuple[str, ...]:
    """Return the ids of the items that this patient does not need: pain, where no bone is known to hurt."""
    baseline = clinic.records(Baseline, patients=[patient_id])
    hurts = any(each.nrs > 0 for each in clinic.records(Pain, patients=[patient_id]))
    sites = baseline[0].metastasis if baseline else None
    known = {item.id for item in protocol.visits.item}
    no_bone = sites is not None and sites not in BONE and not hurts
    return ("ITEM-PAIN",) if no_bone and "ITEM-PAIN" in known else ()


def _beside(
    clinic: ClinicRegister, protocol: Protocol, patients: Sequence[str]
) -> Iterator[tuple[str, date, str]]:
    for patient_id, on, analytes in _sampled(clinic, patients):
        for item in protocol.visits.item:
            if item.analytes and {*item.analytes} <= analytes:
                yield patient_id, on, item.id
    for image in clinic.records(Measurement, patients=patients):
        yield image.patient_id, image.on.earliest, "ITEM-IMAGING"
    for pain in clinic.records(Pain, patients=patients):
        yield pain.patient_id, pain.on.earliest, "ITEM-PAIN"
    for event in clinic.records(AdverseEvent, patients=patients):
        yield event.patient_id, event.start.earliest, "ITEM-ADVERSE"


def _sampled(clinic: ClinicRegister, patients: Sequence[str]) -> Iterator[tuple[str, date, set[str]]]:
    """Analytes of each patient and day, by their code."""
    found: dict[tuple[str, date], set[str]] = defaultdict(set)
    for each in clinic.records(LaboratoryValue, patients=patients):
        known = find_analyte(each.analyte)
        found[each.patient_id, each.on.earliest].add(known.code if known else each.analyte)
    for (patient_id, on), analytes in found.items():
        yield patient_id, on, analytes
