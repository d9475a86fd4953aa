"""Patients that a question names."""

from seedbed.errors import InputError
from seedbed.patient.records import Patient
from seedbed.registry.clinic import ClinicRegister


def check_known(clinic: ClinicRegister, patient_id: str) -> None:
    """Refuse an identifier that no patient of the register has.

    Raises
    ------
    InputError
    """
    if not clinic.records(Patient, patients=[patient_id]):
        raise InputError(
            f"there is no patient '{patient_id}' in the register", "the identifier of a patient", "check it"
        )
