"""Whose verification lies in a folder: that of another patient is never replaced."""

import json
from pathlib import Path

from seedbed.dicom import Identity
from seedbed.errors import OutputError
from seedbed.journey.signing.places import changed_files

LIST = "seeds.csv"


def check_owner(record: Path, identity: Identity) -> None:
    """Refuse to replace the verification of another patient: by patient ID, else by study (local rule).

    Parameters
    ----------
    record : Path
        ``verify.json``; need not be there.
    identity : Identity
        Of the CT.

    Raises
    ------
    OutputError
        It is of another patient, or nobody can tell.

    Examples
    --------
    >>> check_owner(Path("no such folder/verify.json"), None)
    """
    if not record.is_file():
        return
    try:
        there = json.loads(record.read_text(encoding="utf-8"))["patient"]
        patient_id, study_uid = str(there["id"]), str(there["study_uid"])
    except (OSError, ValueError, KeyError, TypeError):
        patient_id = study_uid = ""
    same = patient_id == identity.patient_id if patient_id else study_uid == identity.study_uid
    if not same:
        raise OutputError(
            f"'{record.parent}' holds the verification of another patient, '{patient_id or '(no ID)'}', "
            f"not of '{identity.patient_id or '(no ID)'}'",
            "a new or empty folder, or an earlier verification of the same patient",
            "choose another with --out",
        )


def check_list_kept(record: Path, seeds_file: Path | None) -> None:
    """Refuse to write over a list of seeds that a person corrected, where it is not given.

    Parameters
    ----------
    record : Path
        ``verify.json``; need not be there.
    seeds_file : Path or None
        The list that was given with ``--seeds``.

    Raises
    ------
    OutputError
        The list in the folder was corrected, before or after the verification was written.

    Examples
    --------
    >>> check_list_kept(Path("no such folder/verify.json"), None)
    """
    if seeds_file is not None or not record.is_file():
        return
    try:
        said = json.loads(record.read_text(encoding="utf-8"))
        corrected = bool(said.get("edits")) or LIST in changed_files(record.parent, said)
    except (OSError, ValueError, AttributeError):
        return  # whose it is, is asked elsewhere
    if corrected:
        raise OutputError(
            f"'{record.parent / LIST}' holds corrections by hand, which would be lost",
            f"that list with --seeds {LIST}, or another folder",
            "give the one or the other",
        )
