"""The register as a folder of CSV files, one for each kind of records."""

from collections.abc import Iterable
from pathlib import Path

from seedbed.patient.fields import Field, fields_of
from seedbed.patient.records import KINDS, Record, plain
from seedbed.sheets.by_kind import by_kind
from seedbed.sheets.csv_files import write_csv
from seedbed.sheets.text_cells import csv_cell, shown_choice
from seedbed.sheets.titles import Language, column_title, sheet_title


def write_csv_folder(folder: Path, records: Iterable[Record], *, language: Language = "en") -> list[Path]:
    """Write one CSV file for each kind of records, named like its sheet.

    Reading the folder back gives the same records, but for texts that mean "not stated", such as ``-``.

    Examples
    --------
    >>> import tempfile
    >>> from seedbed.patient.records import Patient
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     (path,) = write_csv_folder(Path(folder), [Patient(patient_id="S-01", sex="male")], language="zh")
    ...     path.name, path.read_text(encoding="utf-8-sig").splitlines()[1][:8]
    ('患者.csv', 'S-01,,男,')
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(folder, kind, found, language) for kind, found in by_kind(records).items()]


def _write(folder: Path, kind: str, records: list[Record], language: Language) -> Path:
    fields = fields_of(KINDS[kind]).values()
    header = [column_title(kind, known, language) for known in fields]
    rows = (
        [_cell(kind, known, getattr(record, known.name), language) for known in fields] for record in records
    )
    return write_csv(folder / f"{sheet_title(kind).of(language)}.csv", header, rows)


def _cell(kind: str, known: Field, value: object, language: Language) -> object:
    shown = shown_choice(kind, known, value, language)
    return csv_cell(None if shown is None else plain(shown))
