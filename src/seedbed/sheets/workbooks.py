"""Workbooks of Excel: their sheets as grids, every cell as it is shown.

What is looked after: dates of both calendars, months, errors of formulas, formulas that were never worked out
(written by a program and not opened since), percent, numbers filled up with zeros, merged cells.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from seedbed.errors import TableError
from seedbed.sheets.cells import Raw, Unreadable, raw_of
from seedbed.sheets.dates import EPOCH_1900, EPOCH_1904
from seedbed.sheets.grids import HEADER_WITHIN, Grid, grid_of_rows, header_of, letters
from seedbed.sheets.workbook_marks import Marks, read_marks

YEARS: Final = range(1900, 2101)


def read_workbook(path: Path, called: str = "") -> Iterator[tuple[str, Grid | None]]:
    """Give the sheets in which anything stands; None for one that is hidden or names no patient.

    Parameters
    ----------
    path : Path
    called : str
        What sentences call it, where that is not its name.

    Raises
    ------
    TableError
        No workbook of this kind, or one that is damaged or has a password.
    """
    called = called or path.name
    marks = read_marks(path, called)
    epoch = EPOCH_1904 if marks.counts_from_1904 else EPOCH_1900
    try:
        with CalamineWorkbook.from_path(path) as book:
            hidden = {each.name for each in book.sheets_metadata if each.visible != SheetVisibleEnum.Visible}
            for name in marks.sheets:
                sheet = book.get_sheet_by_name(name)
                rows = _rows(sheet, marks.sheets[name], epoch)
                if rows:
                    is_shown = name not in hidden
                    yield name, _grid(called, name, rows, sheet, epoch) if is_shown else None
    except CalamineError as error:
        raise TableError(
            f"'{called}' cannot be read as a workbook ({error})",
            "an .xlsx file without a password",
            "open it in a spreadsheet program and save it as .xlsx",
        ) from error


def _grid(
    file: str, name: str, rows: list[tuple[int, list[Raw]]], sheet: CalamineSheet, epoch: date
) -> Grid | None:
    at = header_of([cells for _, cells in rows[:HEADER_WITHIN]])
    if at is None:
        return None
    _mark_merged(rows, sheet.merged_cell_ranges or ())
    return grid_of_rows(file, name, rows, at=at, epoch=epoch)


def _rows(sheet: CalamineSheet, marks: Marks, epoch: date) -> list[tuple[int, list[Raw]]]:
    """Return the rows in which anything stands, with their numbers; all of the same length."""
    found: list[tuple[int, list[Raw]]] = []
    marked = {place[0] for place in (*marks.unreadable, *marks.shown)}
    table: list[list[Any]] = sheet.to_python(skip_empty_area=False)
    width = max((place[1] + 1 for place in marks.unreadable), default=0)
    width = max(width, len(table[0]) if table else 0)
    table += [[] for _ in range(len(table), 1 + max((place[0] for place in marks.unreadable), default=-1))]
    for number, cells in enumerate(table):
        plain = [
            cell.strip() if type(cell) is str else cell if type(cell) is float else _raw(cell, epoch)
            for cell in cells
        ]
        plain += [""] * (width - len(plain))
        if number in marked:
            plain = [_marked(cell, (number, column), marks) for column, cell in enumerate(plain)]
        if any(cell != "" for cell in plain):
            found.append((number + 1, plain))
    return found


def _raw(cell: object, epoch: date) -> Raw:
    """Return a cell, but for a date that comes of a year that was typed into a cell for dates."""
    raw = raw_of(cell)
    if isinstance(raw, date) and (raw - epoch).days in YEARS:
        return Unreadable(f"the date {raw}, which a spreadsheet makes of the year {(raw - epoch).days}")
    return raw


def _marked(cell: Raw, place: tuple[int, int], marks: Marks) -> Raw:
    """Return a cell as it is shown."""
    if place in marks.unreadable:
        return Unreadable(marks.unreadable[place])
    how = marks.shown.get(place, "")
    if isinstance(cell, float) and how == "%":
        return f"{cell * 100:.12g}%"
    if isinstance(cell, date) and how == "month" and cell.day == 1:
        return cell.isoformat()[:7]
    if isinstance(cell, float) and how.startswith("0") and cell == int(cell):
        return f"{int(cell):0{len(how)}d}"
    return cell


def _mark_merged(
    rows: list[tuple[int, list[Raw]]], merged: Sequence[tuple[tuple[int, int], tuple[int, int]]]
) -> None:
    """Mark the cells that a merged cell covers: whether its value is theirs, only a person knows."""
    by_number = {number - 1: cells for number, cells in rows}
    last = max(by_number, default=-1)
    for (top, left), (bottom, right) in merged:
        what = Unreadable(f"part of the merged cell {letters(left)}{top + 1}")
        for row in range(top, min(bottom, last) + 1):
            cells = by_number.get(row, [])
            for column in range(left, min(right + 1, len(cells))):
                if (row, column) != (top, left):
                    cells[column] = what
