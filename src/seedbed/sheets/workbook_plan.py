"""What the sheets of a workbook hold: their columns, with hints and choices, and their rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from seedbed.patient.analytes import analyte
from seedbed.patient.fields import Field, fields_of
from seedbed.patient.records import KINDS, LaboratoryValue, Pain, Record, VisitRecord
from seedbed.sheets.by_kind import by_kind
from seedbed.sheets.text_cells import shown_choice
from seedbed.sheets.titles import DATA, NO, YES, Language, choice_title, column_title, sheet_title
from seedbed.sheets.visit_columns import PAIN, AnalyteColumn, analyte_columns
from seedbed.tables import read_toml

NOT_BY_HAND: Final = ("decision",)
"""Kinds that the program records; their sheets are there only with records."""
VISIT_OF: Final = ("patient_id", "on")


@dataclass(frozen=True)
class SheetColumn:
    """A column of a sheet.

    Attributes
    ----------
    title, meaning, expected : str
    choices : tuple of str
        As shown, where only these may be chosen.
    low, high : float or None
        Plausible range of a number.
    is_number : bool
    needed : bool
    """

    title: str
    meaning: str
    expected: str
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    is_number: bool = False
    needed: bool = False


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook.

    Attributes
    ----------
    name : str
    columns : tuple of SheetColumn
    rows : sequence of sequence
        Values as shown; dates as `PartialDate`.
    key_columns : int
        Columns that stay in sight.
    """

    name: str
    columns: tuple[SheetColumn, ...]
    rows: Sequence[Sequence[object]]
    key_columns: int = 1


def sheets_of(records: Iterable[Record], language: Language, *, empty: bool) -> Iterator[Sheet]:
    """Give the sheets for records; where `empty`, also those without a row that the clinic fills by hand."""
    groups = by_kind(records)
    wide, long = _parted(groups)
    for kind in KINDS:
        found: list[Any] = long.get(kind, groups.get(kind, []))
        if not found and (not empty or kind in NOT_BY_HAND):
            continue
        fields = fields_of(KINDS[kind]).values()
        rows = [[shown_choice(kind, each, getattr(r, each.name), language) for each in fields] for r in found]
        columns = tuple(_column(kind, each, language) for each in fields)
        if kind == VisitRecord.KIND:
            columns += (*(_of_analyte(each, language) for each in analyte_columns()), _of_pain(language))
            for record, row in zip(found, rows, strict=True):
                row += _beside(wide.get((record.patient_id, record.on), {}))
        yield Sheet(sheet_title(kind).of(language), columns, rows)


Beside = Mapping[str, object]


def _parted(
    groups: Mapping[str, list[Record]],
) -> tuple[dict[tuple[Any, Any], dict[str, object]], dict[str, list[Any]]]:
    """Part laboratory values and pain into those that the row of a visit holds wholly, and the others."""
    visits = {(each.patient_id, getattr(each, "on")) for each in groups.get(VisitRecord.KIND, [])}  # noqa: B009
    standard = {each.analyte: each.unit for each in analyte_columns()}
    wide: dict[tuple[Any, Any], dict[str, object]] = {}
    long: dict[str, list[Any]] = {LaboratoryValue.KIND: [], Pain.KIND: []}
    for kind in long:
        for record in groups.get(kind, []):
            place = (record.patient_id, getattr(record, "on"))  # noqa: B009
            cell = _wide_cell(record, standard)
            if cell is not None and place in visits:
                wide.setdefault(place, {})[cell[0]] = cell[1]
            else:
                long[kind].append(record)
    return wide, long


def _wide_cell(record: Record, standard: Mapping[str, str]) -> tuple[str, object] | None:
    """Return the column and the cell that say all that a record says; None where they cannot."""
    if isinstance(record, Pain):
        return (PAIN, record.nrs) if record.site == "" and record.opioid_mg_per_day is None else None
    if not isinstance(record, LaboratoryValue) or standard.get(record.analyte) != record.unit:
        return None
    if record.low is not None or record.high is not None or record.assay:
        return None
    shown = f"{record.comparator}{record.value!r}" if record.comparator else record.value
    return record.analyte, shown


def _beside(cells: Beside) -> list[object]:
    return [cells.get(name) for name in (*(each.analyte for each in analyte_columns()), PAIN)]


def _column(kind: str, known: Field, language: Language) -> SheetColumn:
    values = (YES, NO) if known.kind == "yes or no" else known.choices
    choices = tuple(choice_title(kind, known.name, value).of(language) for value in values)
    is_reading = kind == LaboratoryValue.KIND and known.name == "value"
    expected = expected_words("reading" if is_reading else known.kind, language).format(
        low=known.low, high=known.high, unit=known.unit or "-", choices=", ".join(choices)
    )
    is_number = known.kind in ("number", "whole number") and not is_reading
    return SheetColumn(
        title=column_title(kind, known, language),
        meaning=known.meaning,
        expected=expected.rstrip(" -"),
        choices=choices,
        low=known.low,
        high=known.high,
        is_number=is_number,
        needed=known.needed,
    )


def _of_analyte(column: AnalyteColumn, language: Language) -> SheetColumn:
    expected = expected_words("reading", language).format(unit=column.unit)
    return SheetColumn(column.titled(language), f"{analyte(column.analyte).name} at this visit", expected)


def _of_pain(language: Language) -> SheetColumn:
    return _column(Pain.KIND, fields_of(Pain)[PAIN], language)


def expected_words(what: str, language: Language) -> str:
    """Return how a sheet says what a cell may hold."""
    return str(readme()["expected"][what][language])


@cache
def readme() -> Mapping[str, Any]:
    """Return the words of the first sheet."""
    return MappingProxyType(read_toml(DATA / "readme.toml"))
