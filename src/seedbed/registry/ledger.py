"""Every change, kept in a chain of hashes: who changed is changed itself, and all after it no longer fits.

The hash of a set of changes is SHA-256 over lines of UTF-8 text, each ended by a line feed: first the JSON
array ``[previous hash, number, at, who, why]``, without spaces, nothing escaped that need not be; then
for each change its position (from 0), kind, key, action, old and new, as the table has them, parted by tabs,
nothing where there is none. Any other program can recompute it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Literal

from sqlalchemy import Connection, Table, func, insert, select

from seedbed.patient.records import KeyValues, Plain
from seedbed.registry.clinic_tables import CHANGE, CHANGE_SET

Action = Literal["added", "changed", "voided", "restored"]
FIRST = "0" * 64
"""What the first set of changes takes for the hash before it."""
_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False
)


@dataclass(frozen=True)
class Change:
    """One record added, changed, voided or restored.

    Attributes
    ----------
    kind, patient_id : str
    key : str
        The key of the record, as JSON.
    action : {"added", "changed", "voided", "restored"}
    old, new : str or None
        What was stated before and after, as JSON; None where there was or is nothing.
    """

    kind: str
    patient_id: str
    key: str
    action: Action
    old: str | None
    new: str | None

    def line(self, position: int) -> str:
        """Write the line that is hashed."""
        return f"{position}\t{self.kind}\t{self.key}\t{self.action}\t{self.old or ''}\t{self.new or ''}\n"


@dataclass(frozen=True, kw_only=True)
class ChangeSet:
    """What was written at once.

    Attributes
    ----------
    number : int
        From 1, without gaps.
    at : str
        UTC, ISO 8601.
    who, why : str
    hash : str
        Of this set and all before it.
    """

    number: int
    at: str
    who: str
    why: str
    hash: str


def as_json(value: Any) -> str:
    """Write a value as JSON in the one way that is hashed.

    Examples
    --------
    >>> as_json({"nrs": 4.0, "analyte": "Tg"})
    '{"analyte":"Tg","nrs":4.0}'
    """
    return _ENCODER.encode(value)


def key_json(key: KeyValues) -> str:
    """Write the key of a record."""
    return as_json(list(key))


def chained_hash(previous: str, head: Sequence[Plain], changes: Iterable[Change]) -> str:
    """Return the hash of a set of changes.

    Parameters
    ----------
    previous : str
        Hash of the set before, `FIRST` for the first.
    head : sequence
        Number, at, who, why.
    changes : iterable of Change
        In their order.

    Examples
    --------
    >>> chained_hash(FIRST, [1, "2026-01-01T00:00:00Z", "S", "test"], [])[:8]
    '918c3797'
    """
    digest = sha256(f"{as_json([previous, *head])}\n".encode())
    for position, change in enumerate(changes):
        digest.update(change.line(position).encode())
    return digest.hexdigest()


def append(connection: Connection, changes: Sequence[Change], *, who: str, why: str) -> ChangeSet:
    """Write a set of changes after all others; the caller holds the lock of writers."""
    number, previous = last(connection)
    at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    head: list[Plain] = [number + 1, at, who, why]
    appended = ChangeSet(
        number=number + 1, at=at, who=who, why=why, hash=chained_hash(previous, head, changes)
    )
    insert_rows(connection, CHANGE_SET, [vars(appended)])
    insert_rows(
        connection,
        CHANGE,
        (
            {"change_set": number + 1, "position": position, **vars(each)}
            for position, each in enumerate(changes)
        ),
    )
    return appended


def insert_rows(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Insert rows that name every column, without what SQLAlchemy does for each, which takes longest."""
    compiled = insert(table).compile(dialect=connection.dialect)
    names = compiled.positiontup
    given = [tuple(row[name] for name in names) for row in rows] if names else list(rows)
    connection.exec_driver_sql(str(compiled), given)


def last(connection: Connection) -> tuple[int, str]:
    """Return the number and the hash of the latest set; 0 and `FIRST` where there is none."""
    newest = select(CHANGE_SET.c.number, CHANGE_SET.c.hash).where(
        CHANGE_SET.c.number == select(func.max(CHANGE_SET.c.number)).scalar_subquery()
    )
    found = connection.execute(newest).first()
    return (found[0], found[1]) if found else (0, FIRST)
