"""The table of identities: which patient is behind which code. Whoever has it can undo everything."""

import csv
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from seedbed.dicom.deidentification.pseudonym import Pseudonym
from seedbed.errors import InputError, OutputError

COLUMNS = (
    "code", "patient_id", "issuer", "patient_name", "birth_date", "date_shift_days", "secret",
    "structure_set", "new_name", "original_name", "check",
)  # fmt: skip
CHECK_LETTERS = str.maketrans("0123456789abcdef", "ABCDEFGHJKLMNPQR")
"""A check is of letters only, since a spreadsheet would change one of digits (local rule)."""
CHECK_LENGTH = 8


@dataclass(frozen=True)
class Patient:
    """A patient as the files name him, and who he becomes."""

    patient_id: str
    issuer: str
    name: str
    birth_date: str
    pseudonym: Pseudonym


@dataclass(frozen=True, order=True)
class RenamedStructure:
    """A structure whose name was replaced; ``structure_set`` is the new SOP instance UID of its file."""

    code: str
    structure_set: str
    new_name: str
    original_name: str


@dataclass(frozen=True)
class KeyTable:
    """All patients and structures that were ever given another name.

    Attributes
    ----------
    patients : tuple of Patient
    structures : tuple of RenamedStructure
    """

    patients: tuple[Patient, ...] = ()
    structures: tuple[RenamedStructure, ...] = ()

    def patient(self, patient_id: str, issuer: str) -> Patient | None:
        """Return the patient of an ID, or None."""
        same = (each for each in self.patients if (each.patient_id, each.issuer) == (patient_id, issuer))
        return next(same, None)

    def pseudonyms(self) -> dict[tuple[str, str], Pseudonym]:
        """Return who becomes whom, by patient ID and issuer."""
        return {(patient.patient_id, patient.issuer): patient.pseudonym for patient in self.patients}

    def codes(self) -> frozenset[str]:
        """Return all codes that are taken."""
        return frozenset(patient.pseudonym.code for patient in self.patients)

    def with_structures(self, structures: set[RenamedStructure]) -> "KeyTable":
        """Return the table with more structures."""
        return replace(self, structures=tuple(sorted({*self.structures, *structures})))


def read_key_table(path: Path) -> KeyTable:
    """Read a table of identities; one that does not exist yet is empty.

    Raises
    ------
    InputError
        Another kind of file, a damaged row, one that was changed since (a spreadsheet changes
        IDs and secrets), one code for two patients or two codes for one.
    """
    if not path.exists():
        return KeyTable()
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
        if any(tuple(row) != COLUMNS or None in row.values() for row in rows) or not rows:
            raise ValueError
        _check_rows(rows, path)
        patients = tuple(_patient(row) for row in rows if row["patient_id"])
        structures = tuple(_structure(row) for row in rows if not row["patient_id"])
    except (OSError, UnicodeDecodeError, ValueError, csv.Error) as error:
        raise InputError(
            f"'{path}' is no table of identities, or is damaged",
            f"a CSV file with the columns {', '.join(COLUMNS)}, as Seedbed wrote it",
            "restore it from a copy; without it the patients would get other codes",
        ) from error
    _check_unique(patients, path)
    return KeyTable(patients, structures)


def _check_rows(rows: list[dict[str, str]], path: Path) -> None:
    changed = [str(number) for number, row in enumerate(rows, start=1) if row["check"] != _check(row)]
    if changed:
        raise InputError(
            f"'{path}' was changed since Seedbed wrote it, in row {', '.join(changed)}",
            "the ID, secret and all else as written, which a spreadsheet does not keep",
            "restore it from a copy; with another ID or secret the patients would get other codes",
        )


def _check(row: dict[str, str]) -> str:
    """Return the check of a row: a change of any cell changes it."""
    said = "\n".join(f"{name}:{len(row[name])}:{row[name]}" for name in COLUMNS[:-1])
    return hashlib.sha256(said.encode()).hexdigest()[:CHECK_LENGTH].translate(CHECK_LETTERS)


def _patient(row: dict[str, str]) -> Patient:
    secret = bytes.fromhex(row["secret"])
    pseudonym = Pseudonym(row["code"], int(row["date_shift_days"]), secret)
    return Patient(row["patient_id"], row["issuer"], row["patient_name"], row["birth_date"], pseudonym)


def _structure(row: dict[str, str]) -> RenamedStructure:
    return RenamedStructure(row["code"], row["structure_set"], row["new_name"], row["original_name"])


def _check_unique(patients: tuple[Patient, ...], path: Path) -> None:
    codes = [patient.pseudonym.code for patient in patients]
    people = [(patient.patient_id, patient.issuer) for patient in patients]
    if len(set(codes)) < len(codes) or len(set(people)) < len(people):
        raise InputError(
            f"'{path}' has one code for two patients or two codes for one",
            "one code for each patient",
            "restore the table from a copy",
        )


def write_key_table(table: KeyTable, path: Path) -> None:
    """Write a table of identities, for its owner's eyes, in one step: the old one stays or the new one.

    When it returns, the table outlasts a loss of power.

    Raises
    ------
    OutputError
        A folder that cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)  # mode 0600
        stage = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as file:
                writer = csv.DictWriter(file, COLUMNS)
                writer.writeheader()
                writer.writerows(_rows(table))
                file.flush()
                os.fsync(file.fileno())
            stage.replace(path)
            _sync_folder(path.parent)
        finally:
            stage.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(
            f"the table of identities '{path}' could not be written ({error.strerror or error})",
            "a folder that can be written",
            "choose another with --key",
        ) from error


def _sync_folder(folder: Path) -> None:
    """Make the name of the table outlast a loss of power; Windows knows no such call."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _rows(table: KeyTable) -> Iterator[dict[str, str]]:
    for cells in (*map(_patient_cells, table.patients), *map(_structure_cells, table.structures)):
        row = dict.fromkeys(COLUMNS, "") | cells
        yield row | {"check": _check(row)}


def _patient_cells(patient: Patient) -> dict[str, str]:
    return {
        "code": patient.pseudonym.code,
        "patient_id": patient.patient_id,
        "issuer": patient.issuer,
        "patient_name": patient.name,
        "birth_date": patient.birth_date,
        "date_shift_days": str(patient.pseudonym.date_shift_days),
        "secret": patient.pseudonym.secret.hex(),
    }


def _structure_cells(structure: RenamedStructure) -> dict[str, str]:
    return {
        "code": structure.code,
        "structure_set": structure.structure_set,
        "new_name": structure.new_name,
        "original_name": structure.original_name,
    }


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other programs from the table meanwhile, so that no patient gets two codes.

    Raises
    ------
    OutputError
        Another program has it, or one was stopped and left its lock.
    """
    lock = path.with_name(path.name + ".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError as error:
        raise OutputError(
            f"the table of identities '{path}' is in use by another run",
            "one run at a time",
            f"wait; where no other runs, a run was stopped: delete '{lock}'",
        ) from error
    except OSError as error:
        raise OutputError(
            f"'{lock}' cannot be written ({error.strerror or error})",
            "a folder that can be written",
            "choose another with --key",
        ) from error
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)
