"""Whether objects are of one patient: one ID, one name however it is written, one birth date."""

from collections.abc import Iterator, Mapping, Sequence

from seedbed.errors import InputError
from seedbed.imaging.instance import InstanceFacts


def same_name(one: str, other: str) -> bool:
    """Whether two person names (PS3.5 section 6.2) are one name written differently (local rule).

    Case, spaces, carets and empty parts do not count. One script of several is enough.

    Examples
    --------
    >>> same_name("WANG^XIAODONG", "Wang^XiaoDong^^=王^小东")
    True
    >>> same_name("Wang^XiaoDong", "Wang^XiaoHong")
    False
    """
    return bool(_scripts(one) & _scripts(other))


def check_one_patient(facts: Sequence[InstanceFacts]) -> None:
    """Refuse objects of several patients, or of one whose name or birth date differs from object to object.

    An object without a name goes with the others of its ID.

    Raises
    ------
    InputError
        With all patients that were found.
    """
    fault = _fault(facts)
    if fault:
        raise InputError(
            f"the files are of {fault}: {_patients(facts)}",
            "files of one patient",
            "take the files of each patient by themselves, or correct the patient at its source",
        )


def check_patients(facts: Sequence[InstanceFacts]) -> None:
    """Refuse objects of several patients where it is not certain which are whose.

    Each ID must be of one patient, as of `check_one_patient`. A name or a study under two IDs may be one
    patient written wrong, and so may objects without an ID beside others (local rule).

    Raises
    ------
    InputError
        With all patients that were found.
    """
    of_patient: dict[str, list[InstanceFacts]] = {}
    for one in facts:
        of_patient.setdefault(one.patient_id, []).append(one)
    for held in of_patient.values():
        check_one_patient(held)
    fault = _shared(of_patient)
    if fault:
        raise InputError(
            f"the files are of {fault}: {_patients(facts)}",
            "files of patients with an ID, a name and studies of their own",
            "take the files of each patient by themselves, or correct the patient at its source",
        )


def _shared(of_patient: Mapping[str, Sequence[InstanceFacts]]) -> str:
    """Say what several patients share; empty for one patient."""
    if len(of_patient) == 1:
        return ""
    if not all(patient_id.strip() for patient_id in of_patient):
        return "patients with and without an ID"
    names = [{name for one in held for name in _scripts(one.patient_name)} for held in of_patient.values()]
    if len(set().union(*names)) < sum(map(len, names)):
        return "one name under several patient IDs"
    studies = [{one.study_uid for one in held} for held in of_patient.values()]
    if len(set().union(*studies)) < sum(map(len, studies)):
        return "one study under several patient IDs"
    return ""


def other_names(held: Sequence[InstanceFacts]) -> Iterator[str]:
    """Say where the store holds one patient ID under several names, birth dates or issuers, or no ID."""
    fault = _fault(held) if held else ""
    if not fault and any(not one.patient_id.strip() for one in held):
        fault = "objects without a patient ID"
    if fault:
        yield f"The store now holds {fault}: {_patients(held)}. Is it one patient?"


def _fault(facts: Sequence[InstanceFacts]) -> str:
    first = facts[0]
    if len({one.patient_id for one in facts}) > 1:
        return "one name under several patient IDs" if _one_name(facts) else "several patients"
    if len({one.issuer_of_patient_id for one in facts} - {""}) > 1:
        return f"patient ID '{first.patient_id}' from several issuers"
    if not _one_name([one for one in facts if _scripts(one.patient_name)]):
        return f"patient ID '{first.patient_id}' with different names"
    if len({one.patient_birth_date for one in facts} - {""}) > 1:
        return f"patient ID '{first.patient_id}' with different birth dates"
    return ""


def _one_name(facts: Sequence[InstanceFacts]) -> bool:
    """Whether all names are that which is written in the most scripts."""
    names = sorted({one.patient_name for one in facts}, key=lambda name: len(_scripts(name)))
    return all(same_name(name, names[-1]) for name in names)


def _patients(facts: Sequence[InstanceFacts]) -> str:
    found = {(one.patient_id, one.patient_name, one.patient_birth_date) for one in facts}
    return ", ".join(
        f"'{patient_id}' ({name or 'no name'}{', born ' + born if born else ''})"
        for patient_id, name, born in sorted(found)
    )


def _scripts(name: str) -> set[str]:
    groups = ("".join(group.replace("^", " ").split()).casefold() for group in name.split("="))
    return {group for group in groups if group}
