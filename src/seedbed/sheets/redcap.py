"""REDCap: reading its flat CSV export, and writing a CSV that its data import tool takes."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from seedbed.patient.fields import fields_of
from seedbed.patient.records import KINDS, Patient, Record
from seedbed.sheets.addresses import SheetContent
from seedbed.sheets.by_kind import by_kind
from seedbed.sheets.cells import Raw, is_blank
from seedbed.sheets.csv_files import write_csv
from seedbed.sheets.grids import Grid
from seedbed.sheets.reading import content_of
from seedbed.sheets.redcap_mapping import EVENT, INSTANCE, INSTRUMENT, RECORD_ID, RedcapMapping
from seedbed.sheets.text_cells import csv_cell
from seedbed.sheets.titles import slug

BOX: Final = re.compile(r"(.+?)___(.+)")
OWN: Final = re.compile(r"redcap_\w+|.+_complete|.+_timestamp")
"""Columns that REDCap adds itself."""
CODES: Final = {"<": "lt", ">": "gt"}
"""Codes of choices that have no letter."""


def is_redcap(titles: Sequence[str]) -> bool:
    """Tell whether a table is a flat export of REDCap.

    Examples
    --------
    >>> is_redcap(["record_id", "redcap_event_name", "sex"]), is_redcap(["Patient", "Sex"])
    (True, False)
    """
    return any(title in (EVENT, INSTRUMENT) or BOX.fullmatch(title) for title in titles)


def redcap_content(grid: Grid, mapping: RedcapMapping) -> SheetContent:
    """Read the table of an export: the records of each kind from the rows that state some of its fields."""
    grid = _decoded(grid, mapping)
    patient = next((n for n, title in enumerate(grid.titles) if title in (mapping.id, RECORD_ID)), 0)
    content = SheetContent((), grid.bad, (*grid.remarks, *_unknown(grid, mapping, patient)))
    meanings = {n: mapping.meaning(title) for n, title in enumerate(grid.titles) if n != patient}
    for kind in KINDS:
        titles = {n: meant[1] for n, meant in meanings.items() if meant is not None and meant[0] == kind}
        rows = [at for at in range(len(grid.rows)) if any(not is_blank(grid.columns[n][at]) for n in titles)]
        if kind == Patient.KIND:
            rows = _every_patient(grid.columns[patient], rows)
        if rows:
            events = _events(grid, kind, titles, mapping)
            content += content_of(grid.part({patient: "patient_id", **titles, **events}, rows), kind)
    return content


def _every_patient(patients: Sequence[Raw], rows: Sequence[int]) -> list[int]:
    """Return the rows with fields of a patient, and the first row of each patient without any."""
    known = {patients[at] for at in rows}
    others = {patients[at]: at for at in reversed(range(len(patients))) if patients[at] not in known}
    return sorted((*rows, *others.values()))


def _events(grid: Grid, kind: str, titles: Mapping[int, str], mapping: RedcapMapping) -> dict[int, str]:
    """Return the column of events as that of the names of visits, where the mapping names them."""
    if kind != "visit" or "label" in titles.values() or not mapping.events:
        return {}
    return {number: "label" for number, title in enumerate(grid.titles) if title == EVENT}


def _unknown(grid: Grid, mapping: RedcapMapping, patient: int) -> Iterator[str]:
    for number, title in enumerate(grid.titles):
        if number != patient and mapping.meaning(title) is None and not OWN.fullmatch(title):
            place = grid.address(number, grid.header)
            yield f"{place}: the field '{title}' is not known and was not read"


def _decoded(grid: Grid, mapping: RedcapMapping) -> Grid:
    """Return the grid with the boxes of one field in one column, and codes as what they mean."""
    boxes: dict[str, list[int]] = {}
    for number, title in enumerate(grid.titles):
        box = BOX.fullmatch(title)
        boxes.setdefault(box[1] if box else title, []).append(number)
    columns: list[Sequence[Raw]] = []
    for name, numbers in boxes.items():
        cells = grid.columns[numbers[0]]
        if BOX.fullmatch(grid.titles[numbers[0]]):
            codes = [grid.titles[number].partition("___")[2] for number in numbers]
            cells = [_ticked(codes, row) for row in zip(*(grid.columns[n] for n in numbers), strict=True)]
        meant = mapping.events if name == EVENT else mapping.codes.get(name, {})
        columns.append([meant.get(str(cell), cell) for cell in cells] if meant else cells)
    first = {numbers[0]: name for name, numbers in boxes.items()}
    part = grid.part(first, range(len(grid.rows)), bad=grid.bad, remarks=grid.remarks)
    return part.with_columns(columns)


def _ticked(codes: Sequence[str], row: Sequence[Raw]) -> str:
    return "+".join(code for code, cell in zip(codes, row, strict=True) if cell in ("1", "Checked"))


def write_redcap(path: Path, records: Iterable[Record]) -> Path:
    """Write a CSV for REDCap's data import tool.

    Fields are named ``KIND_FIELD``. Kinds of which a patient has one record stand in the patient's first row;
    the others are repeating instruments named after the kind. Choices are codes in small letters, yes and no
    1 and 0, dates Y-M-D; a date that is known in part needs a text field in the project.

    Examples
    --------
    >>> import tempfile
    >>> from seedbed.patient.records import Patient
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_redcap(Path(folder) / "r.csv", [Patient(patient_id="S-01", sex="male")])
    ...     print(path.read_text(encoding="utf-8").splitlines())
    ['record_id,redcap_repeat_instrument,redcap_repeat_instance,patient_sex', 'S-01,,,male']
    """
    groups = by_kind(records)
    once = {kind: group for kind, group in groups.items() if KINDS[kind].KEY == ("patient_id",)}
    rows: dict[tuple[object, ...], dict[str, object]] = {}
    for group in once.values():
        for record in group:
            rows.setdefault((record.patient_id, "", ""), {}).update(_cells(record))
    for kind, group in groups.items():
        if kind not in once:
            numbers: Counter[str] = Counter()
            for record in group:
                numbers[record.patient_id] += 1
                rows[record.patient_id, slug(kind), numbers[record.patient_id]] = _cells(record)
    names = list(dict.fromkeys(name for cells in rows.values() for name in cells))
    header = [RECORD_ID, INSTRUMENT, INSTANCE, *names]
    table = (
        [csv_cell(key[0]), *key[1:], *(cells.get(name, "") for name in names)] for key, cells in rows.items()
    )
    return write_csv(path, header, table, byte_order_mark=False)


def _cells(record: Record) -> dict[str, object]:
    """Return what is stated, by the name of the field in REDCap."""
    known = fields_of(type(record))
    return {
        f"{slug(record.KIND)}_{name}": _code(value)
        if known[name].kind in ("choice", "yes or no")
        else csv_cell(value)
        for name, value in record.stated().items()
        if name != "patient_id"
    }


def _code(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return CODES.get(str(value), slug(str(value)))
