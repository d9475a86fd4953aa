"""The register proved: the chain of changes holds, and the records are what the changes say."""

import json
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select

from seedbed.patient.fields import fields_of
from seedbed.patient.records import KINDS
from seedbed.registry.chain_proof import ChainProof
from seedbed.registry.clinic import ClinicRegister
from seedbed.registry.clinic_tables import CHANGE, CHANGE_SET, TABLES
from seedbed.registry.ledger import Change, as_json, chained_hash, key_json

AT_ONCE = 10_000


@dataclass(kw_only=True)
class Proof(ChainProof):
    """What a check of the records and their changes found; a link of the chain is a set of changes.

    Attributes
    ----------
    change_sets, changes, records : int
        How many were looked at.
    """

    change_sets: int = 0
    changes: int = 0
    records: int = 0


_State = dict[tuple[str, str], tuple[str, bool]]
"""By kind and key: what is stated, as JSON, and whether it is voided."""


def prove(clinic: ClinicRegister, *, head: str | None = None) -> Proof:
    """Recompute the chain of hashes, replay all changes, and compare with the records.

    Parameters
    ----------
    clinic : ClinicRegister
    head : str, optional
        A hash of the register that was written down before, at least its first 8 signs: it must be in the
        chain.
    """
    return clinic.read(lambda connection: _prove(connection, head))


def _prove(connection: Connection, head: str | None) -> Proof:
    proof, state = Proof(), _State()
    sets = {row.number: row for row in connection.execute(select(*CHANGE_SET.columns))}
    hashes = {row.hash for row in sets.values()}
    for number, changes in groupby(_changes(connection), key=lambda change: change[0]):
        found = sets.pop(number, None)
        if found is None:
            proof.fault(f"There are changes of a set {number} that does not exist.")
            deque(changes, maxlen=0)
        else:
            _check_set(proof, found, _in_place(proof, state, changes))
    for number in sets:
        proof.fault(f"The changes of set {number} are gone.")
    proof.expect(head, found=any(each.startswith((head or "").lower()) for each in hashes))
    _compare(connection, proof, state)
    return proof


def _in_place(proof: Proof, state: _State, changes: Iterable[tuple[int, int, Change]]) -> Iterator[Change]:
    for place, (number, position, change) in enumerate(changes):
        if position != place:
            proof.fault(f"Change {place} of set {number} stands as number {position}.")
        yield _replayed(proof, state, number, change)


def _changes(connection: Connection) -> Iterator[tuple[int, int, Change]]:
    query = select(*CHANGE.columns).order_by(CHANGE.c.change_set, CHANGE.c.position)
    for row in connection.execution_options(yield_per=AT_ONCE).execute(query):
        yield row[0], row[1], Change(*row[2:])


def _check_set(proof: Proof, found: Any, changes: Iterator[Change]) -> None:
    number, at, who, why, stored = found
    if number != proof.number + 1:
        proof.fault(f"After set {proof.number} comes set {number}: one is missing.")
    if chained_hash(proof.head, [number, at, who, why], changes) != stored:
        proof.fault(f"The hash of set {number} ({at}, {who}) does not fit what it holds.")
    proof.change_sets += 1
    proof.number, proof.head = number, stored


def _replayed(proof: Proof, state: _State, number: int, change: Change) -> Change:
    """Apply a change to what was there before; the chain alone would not tell that it fits."""
    if json.loads(change.key)[0] != change.patient_id:
        proof.fault(f"Set {number} has {change.kind} {change.key} filed under another patient.")
    place = (change.kind, change.key)
    before = state.get(place)
    current = None if before is None or before[1] else before[0]
    if change.old != current or (change.action == "added") != (before is None):
        proof.fault(f"Set {number} has {change.kind} {change.key} {change.action} from what it was not.")
    state[place] = (change.old or "", True) if change.new is None else (change.new, False)
    proof.changes += 1
    return change


def _compare(connection: Connection, proof: Proof, state: _State) -> None:
    for name, kind in KINDS.items():
        table, names = TABLES[name], tuple(fields_of(kind))
        query = select(*(table.c[each] for each in names), table.c.voided)
        for *values, voided in connection.execution_options(yield_per=AT_ONCE).execute(query):
            row = dict(zip(names, values, strict=True))
            key = key_json(tuple(row[each] for each in kind.KEY))
            stated = as_json(
                {each: value for each, value in row.items() if value is not None and value != ""}
            )
            said = state.pop((name, key), None)
            proof.records += 1
            if said is None:
                proof.fault(f"There is a {name} {key} that no change made.")
            elif said != (stated, voided):
                proof.fault(f"The {name} {key} is not what the changes say.")
    for name, key in state:
        proof.fault(f"The {name} {key} is gone; the changes say that it is there.")
