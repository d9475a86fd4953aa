"""A register with one made-up patient, for tests of what is read from it."""

from seedbed.patient import PartialDate
from seedbed.patient.records import Patient, Record
from seedbed.registry.clinic import ClinicRegister

WHO = {"who": "A. Tester", "why": "synthetic"}


def on(day: str) -> PartialDate:
    return PartialDate(day)


def hold(clinic: ClinicRegister, *records: Record) -> ClinicRegister:
    """Write a patient with these records."""
    clinic.write([Patient(patient_id="S-01"), *records], **WHO)
    return clinic
