"""The register kept: proved, looked back on, and a record voided."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seedbed.errors import InputError, one_of
from seedbed.journey.counted_notes import noted
from seedbed.patient.fields import fields_of
from seedbed.patient.records import KINDS, Record
from seedbed.registry.accounts.trail import TrailProof, prove_trail
from seedbed.registry.clinic import open_clinic
from seedbed.registry.history import PastChange, history
from seedbed.registry.ledger import ChangeSet
from seedbed.registry.proof import Proof, prove

SHORTEST_HASH = 8


@dataclass(frozen=True)
class RegisterProof:
    """What a check of a whole register found.

    Attributes
    ----------
    records : Proof
        Of the records and their changes.
    trail : TrailProof
        Of who saw or did what in the workbench.
    """

    records: Proof
    trail: TrailProof

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return self.records.sound and self.trail.sound

    def to_dict(self) -> dict[str, Any]:
        """Return it for machines."""
        trail = {"sound": self.trail.sound, **vars(self.trail)}
        return {"sound": self.sound, **vars(self.records), "trail": trail}


def check_register(
    where: Path | str, *, head: str | None = None, trail_head: str | None = None
) -> RegisterProof:
    """Prove that no change of a record, and no entry of the access trail, was lost or altered.

    Parameters
    ----------
    where : Path or str
    head, trail_head : str, optional
        Hashes that were written down before, at least their first 8 signs: of a set of changes, and of an
        entry of the trail.

    Raises
    ------
    InputError
        No such register, or a hash that is too short to tell anything.
    """
    for given in (head, trail_head):
        if given is not None and len(given) < SHORTEST_HASH:
            raise InputError(
                f"the hash '{given}'", f"at least its first {SHORTEST_HASH} signs", "write more of it"
            )
    with open_clinic(where) as clinic:
        trail = clinic.read(lambda connection: prove_trail(connection, head=trail_head))
        return RegisterProof(prove(clinic, head=head), trail)


def refuse_unsound(proof: RegisterProof) -> None:
    """Leave with an error where a register is not sound.

    Raises
    ------
    InputError
    """
    parts = {"the register": proof.records, "its access trail": proof.trail}
    wrong = {name: len(each.faults) + each.more_faults for name, each in parts.items() if not each.sound}
    if wrong:
        first = [*proof.records.faults, *proof.trail.faults][0].rstrip(".")
        told = [
            note
            for name, count in wrong.items()
            for note in noted(count, f"fault of {name}", f"faults of {name}")
        ]
        raise InputError(
            f"{' and '.join(told)}, the first: {first}",
            "a register that was changed by Seedbed alone",
            "keep it as it is, restore a copy, and find out who wrote to it",
        )


def patient_history(where: Path | str, patient_id: str, *, kind: str | None = None) -> list[PastChange]:
    """Return every change of the records of a patient.

    Raises
    ------
    InputError
        No such register, patient or kind.
    """
    known = None if kind is None else known_kind(kind).KIND
    with open_clinic(where) as clinic:
        found = history(clinic, patient_id=patient_id, kind=known)
        if not found and not history(clinic, patient_id=patient_id):
            raise InputError(
                f"there was never a patient '{patient_id}' in the register",
                "the identifier of a patient",
                "check it",
            )
    return found


def past_as_dict(change: PastChange) -> dict[str, Any]:
    """Return a change for machines."""
    differences = {name: list(pair) for name, pair in change.differences.items()}
    return {**vars(change), "key": list(change.key), "differences": differences}


def void_by_key(
    where: Path | str,
    kind: str,
    key: Sequence[str],
    *,
    who: str,
    why: str,
    dependents: bool = False,
) -> ChangeSet:
    """Void the record with a key.

    Raises
    ------
    InputError
        No such kind or record, or others refer to it.
    """
    found = known_kind(kind)
    with open_clinic(where) as clinic:
        records = clinic.records(found, patients=key[:1])
        record = next((each for each in records if _same(each, key)), None)
        if record is None:
            raise InputError(
                f"there is no {found.KIND} {', '.join(key)}",
                f"its key: {', '.join(found.KEY)}",
                "look it up with 'seedbed registry history'",
            )
        return clinic.void(record, who=who, why=why, dependents=dependents)


def restore_by_key(where: Path | str, kind: str, key: Sequence[str], *, who: str, why: str) -> ChangeSet:
    """Let the voided record with a key count again.

    Raises
    ------
    InputError
        No such kind or record, one that is not voided, or one of a patient that is.
    """
    found = known_kind(kind)
    fields = fields_of(found)
    given = [*key, *[""] * (len(found.KEY) - len(key))]
    whole = [fields[name].kind == "whole number" for name in found.KEY]
    values = tuple(
        int(value) if number and value.isdecimal() else value
        for value, number in zip(given, whole, strict=False)
    )
    with open_clinic(where) as clinic:
        return clinic.restore(found, values[: len(found.KEY)], who=who, why=why)


def known_kind(name: str) -> type[Record]:
    """Return a kind of records by its name.

    Raises
    ------
    InputError
        There is none.

    Examples
    --------
    >>> known_kind("Adverse-Event").KIND
    'adverse event'
    """
    by_name = {kind.casefold(): found for kind, found in KINDS.items()}
    wanted = name.casefold().replace("-", " ").replace("_", " ")
    if wanted not in by_name:
        raise InputError(f"the kind of records '{name}'", one_of(KINDS, name), "correct it")
    return by_name[wanted]


def _same(record: Record, key: Sequence[str]) -> bool:
    values = [str(value) for value in record.key]
    given = [*key, *[""] * (len(values) - len(key))]
    return values == given
