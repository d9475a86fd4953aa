"""Rows of received objects, written through one connection; threads that wait share a transaction."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Engine, bindparam, select
from sqlalchemy.dialects import sqlite

from seedbed.imaging.instance import InstanceFacts
from seedbed.registry.register import said
from seedbed.registry.schema import FACTS, DicomInstance, DicomSource


class Statement:
    """SQL that is compiled once and run without SQLAlchemy, which costs as much as all the rest of a row."""

    def __init__(self, clause: Any) -> None:
        compiled = clause.compile(dialect=sqlite.dialect())
        self.sql, self.names = str(compiled), tuple(compiled.positiontup)

    def run(self, connection: sqlite3.Connection, values: Mapping[str, object]) -> sqlite3.Cursor:
        """Run it with these values."""
        return connection.execute(self.sql, [values[name] for name in self.names])


ADD_INSTANCE, ADD_SOURCE = (
    Statement(sqlite.insert(table).on_conflict_do_nothing()) for table in (DicomInstance, DicomSource)
)
HASH_OF = Statement(select(DicomInstance.sha256).where(DicomInstance.instance_uid == bindparam("uid")))
SEEN = Statement(
    select(DicomSource.sha256).where(
        DicomSource.sha256 == bindparam("sha256"), DicomSource.origin == bindparam("origin")
    )
)


@dataclass(frozen=True)
class Row:
    """One object for the register.

    Attributes
    ----------
    sha256 : str
    size_bytes : int
    facts : InstanceFacts
    origin : str
        Where it came from, in words.
    """

    sha256: str
    size_bytes: int
    facts: InstanceFacts
    origin: str


@dataclass(eq=False)
class _Waiting:
    """A row whose thread waits; ``new`` is known when it is written."""

    row: Row
    new: bool | None = field(default=None)


class Rows:
    """Writes rows to the register; for any number of threads, beside any number of processes.

    Parameters
    ----------
    engine : Engine
        The register.
    register : Path
        What the sentences call it.
    """

    def __init__(self, engine: Engine, register: Path) -> None:
        self.register, self._pooled = register, engine.raw_connection()
        self._connection: Any = self._pooled.driver_connection
        self._using, self._waiting = Lock(), list[_Waiting]()

    def close(self) -> None:
        """Give the connection back."""
        self._pooled.close()

    def hash_of(self, instance_uid: str) -> str | None:
        """Return the hash of the file that holds an object; None where the register does not know it."""
        with said(self.register), self._using:
            found = HASH_OF.run(self._connection, {"uid": instance_uid}).fetchone()
        return found[0] if found else None

    def add(self, row: Row) -> bool:
        """Write a row, together with all that wait; False where its hash or its UID is there already.

        Raises
        ------
        OutputError
            The register could not be written.
        """
        mine = _Waiting(row)
        self._waiting.append(mine)
        with said(self.register), self._using:
            try:
                if mine.new is None:
                    self._write(mine)
            finally:
                self._waiting.remove(mine)
        return bool(mine.new)

    def sighted(self, sha256: str, origin: str) -> None:
        """Note that an object that is there also came from ``origin``.

        Raises
        ------
        OutputError
            The register could not be written.
        """
        source = {"sha256": sha256, "origin": origin, "first_at": _now()}
        with said(self.register), self._using:
            if SEEN.run(self._connection, source).fetchone() is None:
                with self._transaction():
                    ADD_SOURCE.run(self._connection, source)

    def _write(self, mine: _Waiting) -> None:
        """Write all that wait, or else this one alone: no row fails for another's sake."""
        together = list(self._waiting)
        try:
            self._commit(together)
        except Exception:
            if len(together) == 1:
                raise
            self._commit([mine])

    def _commit(self, together: list[_Waiting]) -> None:
        with self._transaction():
            new = [self._insert(waiting.row) for waiting in together]
        for waiting, is_new in zip(together, new, strict=True):
            waiting.new = is_new

    def _insert(self, row: Row) -> bool:
        now = _now()
        facts = {name: getattr(row.facts, name) for name in FACTS}
        values = {"sha256": row.sha256, "size_bytes": row.size_bytes, "kept_at": now, **facts}
        if ADD_INSTANCE.run(self._connection, values).rowcount == 0:
            return False
        ADD_SOURCE.run(self._connection, {"sha256": row.sha256, "origin": row.origin, "first_at": now})
        return True

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise


def _now() -> str:
    """UTC, as SQLAlchemy writes and reads it."""
    return datetime.now(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
