"""Tables of the clinic's records, one for each kind, and of every change that was made to them.

A record is never deleted: it is voided, and its row stays. `migrations` builds the tables.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    false,
)

from seedbed.patient.fields import Field, fields_of
from seedbed.patient.records import KINDS, Record, references_of
from seedbed.registry.schema import HASH_LENGTH, Base

TYPES: Mapping[str, Any] = MappingProxyType(
    {
        "text": Text,
        "choice": Text,
        "date": Text,
        "partial date": Text,
        "number": Double,
        "whole number": Integer,
        "yes or no": Boolean,
    }
)
"""Dates are ISO texts, so that a partial one keeps its precision."""


def table_name(kind: str) -> str:
    """Name of the table of a kind of records.

    Examples
    --------
    >>> table_name("PET uptake")
    'pet_uptake'
    """
    return kind.lower().replace(" ", "_")


def _table(kind: type[Record]) -> Table:
    columns = [_column(each, key=each.name in kind.KEY) for each in fields_of(kind).values()]
    return Table(
        table_name(kind.KIND),
        Base.metadata,
        *sorted(columns, key=lambda column: _place(kind, column.name)),
        Column("voided", Boolean, nullable=False, server_default=false()),
        *_references(kind),
        sqlite_with_rowid=False,
    )


def _column(each: Field, *, key: bool) -> Column[Any]:
    return Column(each.name, TYPES[each.kind], primary_key=key, nullable=not key, autoincrement=False)


def _place(kind: type[Record], column: str) -> int:
    """Keys come first, in their order."""
    return kind.KEY.index(column) if column in kind.KEY else len(kind.KEY)


def _references(kind: type[Record]) -> list[ForeignKeyConstraint]:
    return [
        ForeignKeyConstraint(columns, [f"{table_name(other)}.{column}" for column in columns])
        for other, columns in references_of(kind.KIND)
    ]


TABLES: Mapping[str, Table] = MappingProxyType({name: _table(kind) for name, kind in KINDS.items()})
"""The table of each kind of records."""

CHANGE_SET = Table(
    "change_set",
    Base.metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("hash", String(HASH_LENGTH), nullable=False),
)
"""What was written at once: when (UTC), by whom, why, and the hash of it and all before."""

CHANGE = Table(
    "change",
    Base.metadata,
    Column("change_set", Integer, ForeignKey("change_set.number"), primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("patient_id", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("old", Text),
    Column("new", Text),
    Index("ix_change_patient_id", "patient_id"),
    sqlite_with_rowid=False,
)
"""One record added, changed, voided or restored: its key, and its values before and after, as JSON."""
