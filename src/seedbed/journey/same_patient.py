"""Files that are used together are of one patient."""

from collections.abc import Mapping

from seedbed.errors import InputError


def check_same_patient(ids: Mapping[str, str]) -> None:
    """Refuse files of several patients; a file that names none goes with the others.

    Parameters
    ----------
    ids : mapping of str to str
        Patient ID by what it stands in, in words.

    Raises
    ------
    InputError
        Two that differ.

    Examples
    --------
    >>> check_same_patient({"CT 'ct'": "17", "structure set 'rs.dcm'": "17 ", "dose 'd.dcm'": ""})
    """
    stated = {of: text.strip() for of, text in ids.items() if text.strip()}
    if len(set(stated.values())) > 1:
        raise InputError(
            " and ".join(f"{of} has the PatientID '{text}'" for of, text in stated.items()),
            "files of one patient",
            "choose files that belong together, or correct the patient at its source",
        )
