"""Received DICOM objects: kept once each, durable when `keep` returns, found again by patient and study."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, Integer, func, literal_column, select

from seedbed.errors import InputError
from seedbed.imaging.instance import InstanceFacts
from seedbed.registry.objects import ObjectFolder, sha256_of
from seedbed.registry.queries import (
    PatientRow,
    SeriesRow,
    StoredInstance,
    StudyRow,
    instance_rows,
    patient_rows,
    series_rows,
    study_rows,
)
from seedbed.registry.register import said
from seedbed.registry.rows import Rows
from seedbed.registry.schema import DicomInstance

Found = TypeVar("Found")
REGISTER = "register.sqlite"
Same = Callable[[bytes, bytes], bool]


@dataclass(frozen=True)
class Kept:
    """Where an object lies now.

    Attributes
    ----------
    sha256 : str
        Hash of the file that the store holds of this object.
    path : Path
    new : bool
        False where the store held it already.
    """

    sha256: str
    path: Path
    new: bool


class Store:
    """A folder of DICOM objects and the register that indexes them; safe for threads and processes.

    `seedbed.registry.opening.open_store` opens one.

    Parameters
    ----------
    files : ObjectFolder
    engine : Engine
        The register.
    same : callable
        Whether the bytes of two files are the same object, written differently.
    """

    def __init__(self, files: ObjectFolder, engine: Engine, *, same: Same) -> None:
        self.files, self.folder, self.register = files, files.folder, files.folder / REGISTER
        self.notes: tuple[str, ...] = ()
        self._engine, self._same, self._rows = engine, same, Rows(engine, self.register)

    def close(self) -> None:
        """Let go of the register."""
        self._rows.close()
        self._engine.dispose()

    def keep(self, content: bytes, facts: InstanceFacts, *, origin: str = "") -> Kept:
        """Keep one object; when this returns, its file outlasts a crash, and the register knows it.

        The same object again, byte for byte or written differently, is not kept twice: the first file stays.

        Parameters
        ----------
        content : bytes
            The whole file.
        facts : InstanceFacts
            Of this content.
        origin : str
            Where it came from, in words.

        Raises
        ------
        InputError
            Another object with the same SOP Instance UID is there. This one is put into ``conflicts``.
        OutputError
            It could not be written.
        """
        sha256, new = sha256_of(content), False
        held = self._rows.hash_of(facts.instance_uid)
        if held is None:
            path = self.files.place(sha256, content)
            if self.index(sha256, len(content), facts, origin=origin):
                return Kept(sha256, path, True)
            held = self._rows.hash_of(facts.instance_uid)
            if held is None:
                raise _not_of(facts, sha256)
            if held != sha256:  # two that differ came at the same time, and the other was faster
                self.files.withdraw(sha256)
            else:  # another process opened the store between file and row, and found the file
                new = self._rows.claim(sha256, origin)
        if held == sha256:
            self._heal(sha256, content)
        elif not self._same_as(held, content):
            raise self._conflict(facts, self.files.set_aside(sha256, content))
        self._rows.sighted(held, origin)
        return Kept(held, self.files.path(held), new)

    def index(self, sha256: str, size_bytes: int, facts: InstanceFacts, *, origin: str) -> bool:
        """Add a placed file to the register; False where its hash or its UID is there already."""
        return self._rows.add(sha256, size_bytes, facts, origin=origin)

    def instances(
        self,
        *,
        study_uid: str | None = None,
        series_uid: str | None = None,
        patient_id: str | None = None,
        instance_uid: str | None = None,
    ) -> list[StoredInstance]:
        """Return objects with their files, all or those that match."""
        wanted = {
            "study_uid": study_uid,
            "series_uid": series_uid,
            "patient_id": patient_id,
            "instance_uid": instance_uid,
        }
        return self._read(lambda connection: instance_rows(connection, self.files.path, wanted))

    def state(self) -> tuple[int, str]:
        """Return number and hash of the object that was added last; cheap to ask, however many there are.

        Rows are added and never changed or taken away, so that the same state is the same rows.
        """
        number = literal_column("rowid", Integer)
        last = select(number, DicomInstance.sha256).order_by(number.desc()).limit(1)
        found = self._read(lambda connection: connection.execute(last).first())
        return (0, "") if found is None else (int(found[0]), str(found[1]))

    def state_of_series(self, series_uid: str, *, patient_id: str) -> tuple[int, str]:
        """Return how many files a series has, and when the last one was kept; cheap to ask."""
        of = (DicomInstance.series_uid == series_uid, DicomInstance.patient_id == patient_id)
        wanted = select(func.count(), func.coalesce(func.max(DicomInstance.kept_at), "")).where(*of)
        count, last = self._read(lambda connection: connection.execute(wanted).one())
        return int(count), str(last)

    def patients(self) -> list[PatientRow]:
        """Return patients; one ID under two names is two rows."""
        return self._read(patient_rows)

    def studies(self, *, patient_id: str | None = None) -> list[StudyRow]:
        """Return studies, all or those of a patient ID."""
        return self._read(lambda connection: study_rows(connection, patient_id))

    def series(self, *, study_uid: str | None = None) -> list[SeriesRow]:
        """Return series, all or those of a study."""
        return self._read(lambda connection: series_rows(connection, study_uid))

    def instance_uids(self, study_uid: str) -> set[str]:
        """Return the SOP Instance UIDs of a study."""
        wanted = select(DicomInstance.instance_uid).where(DicomInstance.study_uid == study_uid)
        return self._read(lambda connection: set(connection.scalars(wanted)))

    def hashes(self) -> set[str]:
        """Return the hashes of all files that the register knows."""
        return self._read(lambda connection: set(connection.scalars(select(DicomInstance.sha256))))

    def _read(self, rows: Callable[[Connection], Found]) -> Found:
        with said(self.register), self._engine.connect() as connection:
            return rows(connection)

    def _heal(self, sha256: str, content: bytes) -> None:
        """Put a file back that the folder has lost."""
        if not self.files.path(sha256).is_file():
            self.files.place(sha256, content)

    def _same_as(self, held: str, content: bytes) -> bool:
        path = self.files.path(held)
        return path.is_file() and self._same(path.read_bytes(), content)

    def _conflict(self, facts: InstanceFacts, aside: Path) -> InputError:
        held = self.instances(instance_uid=facts.instance_uid)[0]
        there, here = (f"'{one.patient_id}' ({one.patient_name})" for one in (held.facts, facts))
        patients = f"patient {there}" if there == here else f"patient {there} there, patient {here} here"
        return InputError(
            f"object {facts.instance_uid} is in the store with other content ({patients})",
            "one content for one SOP Instance UID (0008,0018)",
            f"compare '{held.path}' with '{aside}', where this one was put, and ask which system changed it",
        )


def _not_of(facts: InstanceFacts, sha256: str) -> InputError:
    return InputError(
        f"the file {sha256} is in the store under another SOP Instance UID than {facts.instance_uid}",
        "facts that were read from this file",
        "open the store with the version of Seedbed that wrote it",
    )
