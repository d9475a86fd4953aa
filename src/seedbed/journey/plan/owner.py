"""Whose plan lies in a folder: that of another patient is never replaced."""

from pathlib import Path

from seedbed.dicom import Identity, identity_of
from seedbed.dicom.files import read_dataset, reading
from seedbed.errors import OutputError
from seedbed.journey.one_patient import same_name
from seedbed.journey.plan.objects import RTPLAN


def check_owner(out: Path, identity: Identity) -> None:
    """Refuse to replace the plan of another patient.

    Parameters
    ----------
    out : Path
        Folder for the results.
    identity : Identity
        Of the patient who is planned.

    Raises
    ------
    OutputError
        ``plan.dcm`` in it is of another patient.
    InputError
        It cannot be read.
    """
    if not (out / RTPLAN).is_file():
        return
    with reading(out / RTPLAN):
        there = identity_of(read_dataset(out / RTPLAN))
    if not of_one_patient(there, identity):
        raise OutputError(
            f"'{out}' holds the plan of another patient, {_who(there)}, not of {_who(identity)}",
            "a new or empty folder, or an earlier plan of the same patient",
            "choose another with --out",
        )


def of_one_patient(one: Identity, other: Identity) -> bool:
    """Whether two objects are of one patient: by ID, else by name, else by study (local rule)."""
    if one.patient_id and other.patient_id:
        return one.patient_id == other.patient_id
    if one.patient_name and other.patient_name:
        return same_name(one.patient_name, other.patient_name)
    return one.study_uid == other.study_uid


def _who(identity: Identity) -> str:
    return f"'{identity.patient_id or identity.patient_name or '(no name)'}'"
