"""The register of a clinic: records written, voided and read; every change is kept with who, when and why."""

import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Select, select

from seedbed.errors import InputError, OutputError
from seedbed.patient.fields import fields_of
from seedbed.patient.records import KINDS, KeyValues, Record
from seedbed.registry.clinic_tables import TABLES
from seedbed.registry.ledger import Change, ChangeSet, last
from seedbed.registry.register import is_url, open_register, said, shown_place
from seedbed.registry.writing import (
    Counts,
    Writing,
    apply_records,
    restore_record,
    void_record,
    write_records,
)

Found = TypeVar("Found")
AnyRecord = TypeVar("AnyRecord", bound=Record)
MOST_NAMED = 10_000
"""Patients asked for by name in one query; beyond, all are read and the others left out."""


@dataclass(frozen=True)
class Written:
    """What a call wrote.

    Attributes
    ----------
    counts : Counts
        Records added, changed, restored, and those that were there already.
    change_set : ChangeSet or None
        None where there was nothing to change.
    """

    counts: Counts
    change_set: ChangeSet | None


@dataclass(frozen=True)
class Planned:
    """What a call would write.

    Attributes
    ----------
    counts : Counts
    changes : tuple of Change
    number : int
        Of the latest change set of the register as it is now.
    """

    counts: Counts
    changes: tuple[Change, ...]
    number: int


class ClinicRegister:
    """An open register; for any number of threads and processes at once.

    `open_clinic` opens one.
    """

    def __init__(self, engine: Engine, where: Path | str) -> None:
        self.where, self._engine = where, engine

    @property
    def place(self) -> str:
        """Where it is, without a password."""
        return shown_place(self.where)

    def write(
        self,
        records: Sequence[Record],
        *,
        who: str,
        why: str,
        new_identity: bool = False,
        restore: bool = False,
        after: int | None = None,
        settled: Callable[[], None] = lambda: None,
    ) -> Written:
        """Add records, and change those that are there; all of them, or none.

        What a record does not state stays as it was in the register, but for what belongs together
        (`Record.over`). Voided records, and all of voided patients, stay voided.

        Parameters
        ----------
        records : sequence of Record
        who, why : str
            Who writes, and why; neither is empty.
        new_identity : bool
            Whether name, sex and date of birth of a patient may change.
        restore : bool
            Whether voided records that come again count again.
        after : int, optional
            Number of the latest change set that the records were checked against.
        settled : callable
            Called last before all is kept; what it raises leaves the register as it was.

        Raises
        ------
        InputError
            Nobody or no reason, a register that was changed after ``after``, a patient, lesion or course that
            is not there, two different records with one key, or a patient of another identity.
        OutputError
            The register could not be written.
        """
        writing = Writing(who=who, why=why, new_identity=new_identity, restore=restore)
        return self._write(records, writing, after, settled)

    def planned(
        self, records: Sequence[Record], *, new_identity: bool = False, restore: bool = False
    ) -> Planned:
        """Tell what `write` would do; the register stays as it is.

        Parameters
        ----------
        records, new_identity, restore
            As of `write`.

        Raises
        ------
        InputError, OutputError
            As of `write`.
        """
        writing = Writing(who="", why="", new_identity=new_identity, restore=restore)
        alone = self._engine.execution_options(alone=True)
        with said(self.where), alone.connect() as connection:
            try:
                counts, changes = apply_records(connection, records, writing)
                return Planned(counts, tuple(changes), last(connection)[0])
            finally:
                connection.rollback()

    def replace(
        self, record: Record, *, who: str, why: str, restore: bool = False, after: int | None = None
    ) -> Written:
        """Write one record as a whole, as a form shows it: what it does not state is not stated any more.

        It is one change set, also where others refer to the record. Name, sex and birth of a patient may
        change.

        Parameters
        ----------
        record : Record
            New, or in the place of the one with its key.
        who, why : str
        restore : bool
            Whether a voided record counts again.
        after : int, optional
            Number of the latest change set that the record was checked against.

        Raises
        ------
        InputError
            As of `write`.
        OutputError
            The register could not be written.
        """
        writing = Writing(who=who, why=why, new_identity=True, restore=restore, whole=True)
        return self._write([record], writing, after)

    def _write(
        self,
        records: Sequence[Record],
        writing: Writing,
        after: int | None,
        settled: Callable[[], None] = lambda: None,
    ) -> Written:
        _check_said(writing.who, writing.why)
        with self._alone() as connection:
            if after is not None and last(connection)[0] != after:
                raise InputError(
                    "somebody else wrote to the register while this was checked",
                    "a register that stays as it was checked against",
                    "do it again",
                )
            counts, change_set = write_records(connection, records, writing)
            settled()
        return Written(counts, change_set)

    def void(self, record: Record, *, who: str, why: str, dependents: bool = False) -> ChangeSet:
        """Void a record: it is no longer read, and never lost.

        Parameters
        ----------
        record : Record
            As it is in the register; its key counts.
        dependents : bool
            Whether records that refer to it are voided with it; else they are a reason to refuse.

        Raises
        ------
        InputError
            No such record, or others refer to it.
        OutputError
            The register could not be written.
        """
        _check_said(who, why)
        with self._alone() as connection:
            return void_record(connection, record, who=who, why=why, dependents=dependents)

    def restore(self, kind: type[Record], key: KeyValues, *, who: str, why: str) -> ChangeSet:
        """Let a voided record count again, as it was.

        Raises
        ------
        InputError
            No such record, one that is not voided, or one of a patient, lesion or course that is.
        OutputError
            The register could not be written.
        """
        _check_said(who, why)
        with self._alone() as connection:
            return restore_record(connection, kind, key, who=who, why=why)

    def records(self, kind: type[AnyRecord], *, patients: Collection[str] | None = None) -> list[AnyRecord]:
        """Return the records of a kind that are not voided, in the order of their keys."""
        table, names = TABLES[kind.KIND], tuple(fields_of(kind))
        query = select(*(table.c[name] for name in names)).where(~table.c.voided)
        if patients is not None and len(patients) <= MOST_NAMED:
            query = query.where(table.c.patient_id.in_(patients))
        rows = self.read(lambda connection: connection.execute(query).all())
        wanted = None if patients is None else {*patients}
        found = [
            kind.from_plain(dict(zip(names, row, strict=True)), where="a row of the register")
            for row in rows
            if wanted is None or row[names.index("patient_id")] in wanted
        ]
        return sorted(found, key=lambda record: record.key)

    def everything(self, *, patients: Collection[str] | None = None) -> list[Record]:
        """Return all records that are not voided, kind by kind."""
        return [each for kind in KINDS.values() for each in self.records(kind, patients=patients)]

    def rows(self, query: Select[Any]) -> list[Any]:
        """Return the rows of a query, for lists that need no records."""
        return self.read(lambda connection: list(connection.execute(query).all()))

    def head(self) -> tuple[int, str]:
        """Return the number and the hash of the latest change set."""
        return self.read(last)

    def read(self, reading: Callable[[Connection], Found]) -> Found:
        """Read with one connection; what is read belongs together."""
        with said(self.where), self._engine.connect() as connection:
            if is_url(self.where):
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            return reading(connection)

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        alone = self._engine.execution_options(alone=True)
        with said(self.where), alone.begin() as connection:
            yield connection


@contextmanager
def open_clinic(where: Path | str, *, create: bool = False) -> Iterator[ClinicRegister]:
    """Open the register of a clinic.

    Parameters
    ----------
    where : Path or str
        A file, or the URL of a PostgreSQL database.
    create : bool
        Whether a file that does not exist is made.

    Raises
    ------
    InputError
        No such file, a file that is no register, a register of a newer version.
    OutputError
        A register that cannot be used.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from seedbed.patient.records import Patient
    >>> with TemporaryDirectory() as folder, open_clinic(Path(folder) / "r.sqlite", create=True) as clinic:
    ...     written = clinic.write([Patient(patient_id="S-01")], who="S", why="synthetic")
    ...     len(clinic.records(Patient)), written.counts.added
    (1, 1)
    """
    new = not is_url(where) and _check_file(Path(where), create=create)
    try:
        engine = open_register(where, durable=True, create=create)
        try:
            yield ClinicRegister(engine, where)
        finally:
            engine.dispose()
    except BaseException:
        if new:
            _take_back(Path(where))
        raise


def _check_file(path: Path, *, create: bool) -> bool:
    """Make a new file that its owner alone can read, where there is none; tells whether it did."""
    if path.is_dir():
        raise InputError(f"'{path}' is a folder", "the file of a register", "name the file with --register")
    if not path.exists() and not create:
        raise InputError(
            f"there is no register '{path}'",
            "the file of a register",
            "check the name, or make one with 'seedbed registry import'",
        )
    if path.exists():
        return False
    try:
        path.touch(mode=0o600, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"the register '{path}' cannot be made ({error.strerror or error})",
            "a folder that is there and may be written",
            "make the folder, or choose another with --register",
        ) from error
    return True


def _take_back(path: Path) -> None:
    """Remove a new register in which nothing was ever written."""
    with closing(sqlite3.connect(path)) as connection, suppress(sqlite3.Error):
        if connection.execute("SELECT count(*) FROM change_set").fetchone()[0]:
            return
    for file in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
        file.unlink(missing_ok=True)


def _check_said(who: str, why: str) -> None:
    for name, value in (("who writes", who), ("why", why)):
        if not value.strip():
            raise InputError(f"nobody said {name}", "a name and a reason for every change", "say it")
