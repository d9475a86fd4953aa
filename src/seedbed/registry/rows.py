"""Rows of received objects, looked up and written through one connection in few and compiled statements."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Engine, bindparam, delete, select
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
FOUND = "found in the store"
"""Origin of a file that the opening of a store found and indexed."""
OF_SOURCE = (DicomSource.sha256 == bindparam("sha256"), DicomSource.origin == bindparam("origin"))
SEEN = Statement(select(DicomSource.sha256).where(*OF_SOURCE))
CLAIM = Statement(delete(DicomSource).where(*OF_SOURCE))


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
        self._using = Lock()

    def close(self) -> None:
        """Give the connection back."""
        self._pooled.close()

    def hash_of(self, instance_uid: str) -> str | None:
        """Return the hash of the file that holds an object; None where the register does not know it."""
        with said(self.register), self._using:
            found = HASH_OF.run(self._connection, {"uid": instance_uid}).fetchone()
        return found[0] if found else None

    def add(self, sha256: str, size_bytes: int, facts: InstanceFacts, *, origin: str) -> bool:
        """Write a row for an object; False where its hash or its UID is there already.

        Raises
        ------
        OutputError
            The register could not be written.
        """
        now = _now()
        said_by_file = {name: getattr(facts, name) for name in FACTS}
        values = {"sha256": sha256, "size_bytes": size_bytes, "kept_at": now, **said_by_file}
        source = {"sha256": sha256, "origin": origin, "first_at": now}
        with self._transaction():
            new = ADD_INSTANCE.run(self._connection, values).rowcount == 1
            if new:
                ADD_SOURCE.run(self._connection, source)
        return new

    def claim(self, sha256: str, origin: str) -> bool:
        """Whether an opening found a file that was being kept; then ``origin`` is where it came from.

        One keeper alone is told so.

        Raises
        ------
        OutputError
            The register could not be written.
        """
        with self._transaction():
            claimed = CLAIM.run(self._connection, {"sha256": sha256, "origin": FOUND}).rowcount == 1
            if claimed:
                source = {"sha256": sha256, "origin": origin, "first_at": _now()}
                ADD_SOURCE.run(self._connection, source)
        return claimed

    def sighted(self, sha256: str, origin: str) -> None:
        """Note that an object that is there also came from ``origin``.

        Raises
        ------
        OutputError
            The register could not be written.
        """
        source = {"sha256": sha256, "origin": origin, "first_at": _now()}
        with said(self.register), self._using:
            seen = SEEN.run(self._connection, source).fetchone()
        if seen is None:
            with self._transaction():
                ADD_SOURCE.run(self._connection, source)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with said(self.register), self._using:
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
