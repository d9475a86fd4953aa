"""SPSS files (.sav): one for each kind of records, with labels of variables and values."""

from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pyreadstat

from seedbed.patient.fields import Field, fields_of
from seedbed.patient.partial_dates import PartialDate
from seedbed.patient.records import KINDS, Record
from seedbed.sheets.by_kind import by_kind
from seedbed.sheets.grids import Grid
from seedbed.sheets.sav_apart import read_apart
from seedbed.sheets.titles import (
    NO,
    YES,
    Language,
    choice_title,
    column_title,
    fields_by_title,
    folded,
    kinds_by_title,
    slug,
    split_unit,
)
from seedbed.sheets.visit_columns import pain_titles

RESERVED: Final = ("all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with")
"""Words that SPSS keeps for itself (IBM SPSS Statistics, Command Syntax Reference, variable names)."""


def write_sav_folder(folder: Path, records: Iterable[Record], *, language: Language = "en") -> list[Path]:
    """Write one .sav file for each kind of records: names of fields as variables, titles as labels.

    A choice is a number with a label, yes and no are 1 and 0. Dates are dates where all of a variable are
    known to the day, else texts. Reading the folder back gives the same records.

    Examples
    --------
    >>> import tempfile
    >>> from seedbed.patient.records import Patient
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     (path,) = write_sav_folder(Path(folder), [Patient(patient_id="S-01", sex="male")])
    ...     grid = read_sav(path)
    >>> path.name, grid.titles[:3], grid.columns[2]
    ('patient.sav', ('Patient', 'Name', 'Sex'), ['male'])
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(folder, kind, found, language) for kind, found in by_kind(records).items()]


def _write(folder: Path, kind: str, records: list[Record], language: Language) -> Path:
    path = folder / f"{slug(kind)}.sav"
    fields = fields_of(KINDS[kind])
    columns = {_variable(name): _values(known, records) for name, known in fields.items()}
    labels = {_variable(name): _labels(kind, known, language) for name, known in fields.items()}
    frame = import_module("pandas").DataFrame(columns)
    pyreadstat.write_sav(
        frame,
        str(path),
        file_label=kind,
        column_labels=[column_title(kind, known, language) for known in fields.values()],
        variable_value_labels={name: {**found} for name, found in labels.items() if found},
    )
    return path


def _variable(name: str) -> str:
    return f"{name}_" if name in RESERVED else name


def _values(known: Field, records: list[Record]) -> list[Any]:
    values = [getattr(record, known.name) for record in records]
    if known.kind == "choice":
        codes = {value: float(code) for code, value in enumerate(known.choices, start=1)}
        return [codes.get(value, float("nan")) for value in values]
    if known.kind in ("number", "whole number", "yes or no"):
        return [float("nan") if value is None else float(value) for value in values]
    if known.kind == "text":
        return values
    if all(value is None or not isinstance(value, PartialDate) or value.day for value in values):
        days = [value.day if isinstance(value, PartialDate) else value for value in values]
        return days if any(days) else [float("nan")] * len(days)
    return ["" if value is None else str(value) for value in values]


def _labels(kind: str, known: Field, language: Language) -> dict[int | float, str]:
    if known.kind == "yes or no":
        return {
            0.0: choice_title(kind, known.name, NO).of(language),
            1.0: choice_title(kind, known.name, YES).of(language),
        }
    return {
        float(code): choice_title(kind, known.name, value).of(language)
        for code, value in enumerate(known.choices, start=1)
    }


def read_sav(path: Path) -> Grid:
    """Read a .sav file; values that have a label are given by it.

    Raises
    ------
    TableError
        No SPSS file, or a damaged one.
    """
    content = read_apart(path)
    kind = kinds_by_title().get(folded(content.label), "") or kinds_by_title().get(folded(path.stem), "")
    return Grid(
        file=path.name,
        sheet=path.stem,
        titles=tuple(_title(kind, name, content.labels.get(name, "")) for name in content.columns),
        columns=tuple(content.columns.values()),
        places=tuple(f"{name}:" for name in content.columns),
        rows=range(1, 1 + max((len(cells) for cells in content.columns.values()), default=0)),
        header=0,
        kind=kind,
    )


def _title(kind: str, name: str, label: str) -> str:
    """Return the label of a variable where it is a known title or states a unit; else the name."""
    known = {*fields_by_title(kind), *pain_titles()} if kind else set()
    return label if folded(split_unit(label)[0]) in known or split_unit(label)[1] else name
