"""Records saved and voided one by one, on the version that was seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from seedbed.errors import InputError
from seedbed.journey.records.keeping import past_as_dict
from seedbed.journey.workbench.clinic.entering import Entered, Typed, enter, latest_change, referring
from seedbed.journey.workbench.refusals import BusyError, ChangedElsewhereError, NotFoundError, check_version
from seedbed.patient.records import Patient, Plain, Record
from seedbed.registry.clinic import ClinicRegister, Written
from seedbed.registry.history import PastChange, history
from seedbed.registry.ledger import ChangeSet

ATTEMPTS = 8
"""How often a save is checked again where others write to the register at the same time; local rule."""


@dataclass(frozen=True, kw_only=True)
class Save:
    """What is to be saved, on whose word.

    Attributes
    ----------
    typed : Typed
    who, why : str
    today : date
    confirmed : tuple of str
        Sentences of what was asked about and is true.
    """

    typed: Typed
    who: str
    why: str
    today: date
    confirmed: tuple[str, ...] = ()


def save_record(clinic: ClinicRegister, save: Save) -> dict[str, Any]:
    """Write a record as it was typed; what the form leaves empty is not stated any more.

    Raises
    ------
    InputError
        Something is wrong, lacks, or is asked about and was not confirmed.
    ChangedElsewhereError
        Somebody saved the record since.
    BusyError
        Others write all the time.
    """
    for _ in range(ATTEMPTS):
        entered = enter(clinic, save.typed, today=save.today)
        _check_there(entered, save)
        record = _without_faults(entered, save)
        try:
            written = clinic.replace(
                record, who=save.who, why=save.why, restore=entered.voided, after=entered.number
            )
        except InputError:
            if clinic.head()[0] == entered.number:
                raise
            continue  # somebody wrote to the register between: look at it again
        return _saved(clinic, record, written)
    raise BusyError("others write to the register all the time", "a moment without a change", "save it again")


def void_entered(
    clinic: ClinicRegister,
    record_of: tuple[type[Record], Sequence[Plain]],
    *,
    version: int,
    who: str,
    why: str,
    dependents: bool = False,
) -> ChangeSet:
    """Void the record with a key: it counts no more, and is not lost.

    Raises
    ------
    NotFoundError
        There is none, or it is voided already.
    ChangedElsewhereError
        Somebody saved it since.
    InputError
        Others refer to it.
    """
    kind, key = record_of
    every = clinic.everything(patients=[str(key[0])])
    record = next((each for each in every if type(each) is kind and [*each.key] == [*key]), None)
    last = None if record is None else latest_change(clinic, kind, record.key)
    if record is None or last is None:
        raise NotFoundError(f"no {kind.KIND} with this key", "one that counts", "load the list again")
    check_version(record.name, version, last.number, who=last.who, at=last.at)
    others = referring(every, record)
    if others and not dependents:
        raise _referred_to(record, others)
    return clinic.void(record, who=who, why=why, dependents=dependents)


def _referred_to(record: Record, others: Sequence[Record]) -> InputError:
    if len(others) == 1:
        came = f"1 record refers to {record.name}, the {others[0].name}"
        return InputError(came, "none", "void it first, or say that it is voided with it")
    came = f"{len(others)} records refer to {record.name}, such as the {others[0].name}"
    return InputError(came, "none", "void them first, or say that they are voided with it")


def records_of_kind(clinic: ClinicRegister, patient_id: str, kind: type[Record]) -> dict[str, Any]:
    """Return the records of a kind, each with its version, and every change of them, the latest first."""
    past = history(clinic, patient_id=patient_id, kind=kind.KIND)
    last: dict[tuple[Plain, ...], PastChange] = {each.key: each for each in past}
    return {
        "kind": kind.KIND,
        "records": [
            _listed(each, last.get(each.key)) for each in clinic.records(kind, patients=[patient_id])
        ],
        "history": [past_as_dict(each) for each in reversed(past)],
    }


def _listed(record: Record, last: PastChange | None) -> dict[str, Any]:
    return {
        "key": list(record.key),
        "record": record.stated(),
        "version": last.number if last else 0,
        "who": last.who if last else "",
        "at": last.at if last else "",
        "why": last.why if last else "",
    }


def _check_there(entered: Entered, save: Save) -> None:
    """Refuse a change of another version, and a new record under a key that is taken."""
    if entered.record is None:
        return
    last, name = entered.last, entered.record.name
    if entered.old is None and save.typed.version:
        by = f" by {last.who} at {last.at}" if last else ""
        raise ChangedElsewhereError(f"{name} was voided{by}", "a record that counts", "load it again")
    if entered.old is not None and last is not None:
        check_version(name, save.typed.version, last.number, who=last.who, at=last.at)


def _without_faults(entered: Entered, save: Save) -> Record:
    barring = [
        fault
        for fault in entered.faults
        if fault.severity != "ask" or fault.sentence not in save.confirmed
    ]  # fmt: skip
    if barring:
        first = barring[0]
        asked = first.severity == "ask"
        raise InputError(
            f"{first.sentence} (and {len(barring) - 1} more)" if len(barring) > 1 else first.sentence,
            "what is asked about confirmed" if asked else "a record in which everything is right",
            "say that it is true, or correct it" if asked else "correct it",
        )
    if entered.record is None:
        raise AssertionError("a record that cannot be read has faults")
    return entered.record


def _saved(clinic: ClinicRegister, record: Record, written: Written) -> dict[str, Any]:
    last = latest_change(clinic, type(record), record.key)
    change = written.change_set
    return {
        "changed": change is not None,
        "patient": isinstance(record, Patient),
        **_listed(record, last),
    }
