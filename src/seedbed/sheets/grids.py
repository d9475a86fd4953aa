"""A table as it stands in a file: titles, columns of raw cells, and the names of its cells."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from seedbed.sheets.addresses import BadCell, CellAddress
from seedbed.sheets.cells import Raw
from seedbed.sheets.dates import EPOCH_1900
from seedbed.sheets.titles import fields_by_title, folded, split_unit

HEADER_WITHIN: Final = 20
"""Rows in which the titles of a sheet must come (local rule)."""


@dataclass(frozen=True)
class Grid:
    """A table as it stands in a file.

    Attributes
    ----------
    file, sheet : str
    titles : tuple of str
    columns : tuple of sequence
        The cells below each title, as many as there are ``rows``.
    places : tuple of str
        What the address of a cell of each column begins with: ``C``, or ``longest_mm:``.
    rows : sequence of int
        The row of each cell, as the file's program counts.
    header : int
        The row of the titles.
    kind : str
        Kind of its records, where the file states it.
    epoch : date
        Day 0 of dates that are numbers.
    bad : tuple of BadCell
        What could not be read at all.
    remarks : tuple of str
    """

    file: str
    sheet: str
    titles: tuple[str, ...]
    columns: tuple[Sequence[Raw], ...]
    places: tuple[str, ...]
    rows: Sequence[int]
    header: int = 1
    kind: str = ""
    epoch: date = EPOCH_1900
    bad: tuple[BadCell, ...] = ()
    remarks: tuple[str, ...] = ()

    def address(self, column: int, row: int) -> CellAddress:
        """Return the address of a cell; `row` is the row of the file."""
        return CellAddress(self.file, self.sheet, f"{self.places[column]}{row}")

    def part(self, titles: Mapping[int, str], rows: Sequence[int], **changes: Any) -> "Grid":
        """Return some columns, under other titles, and some rows, both by their place in this grid."""
        return replace(
            self,
            titles=tuple(titles.values()),
            columns=tuple([self.columns[column][row] for row in rows] for column in titles),
            places=tuple(self.places[column] for column in titles),
            rows=[self.rows[row] for row in rows],
            **{"bad": (), "remarks": (), **changes},
        )

    def with_columns(self, columns: Sequence[Sequence[Raw]]) -> "Grid":
        """Return the grid with other cells."""
        return replace(self, columns=tuple(columns))

    def of_row(self, row: int) -> CellAddress:
        """Return the address of the first cell of a row."""
        return self.address(0, row)


def letters(column: int) -> str:
    """Return the letters of a column, counted from 0.

    Examples
    --------
    >>> letters(0), letters(25), letters(26), letters(701), letters(702)
    ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def header_of(rows: Sequence[Sequence[Raw]], *, patient: Collection[str] = ()) -> int | None:
    """Return the place of the row with the titles: the first that names the patient.

    Parameters
    ----------
    rows : sequence of sequence
    patient : collection of str
        Titles of the column with the patients, beside those of the table of titles.

    Examples
    --------
    >>> header_of([["Follow-up 2026"], ["患者编号", "日期"], ["S-01", "2026"]])
    1
    """
    known = {title for title, name in fields_by_title("patient").items() if name == "patient_id"}
    known |= {folded(each) for each in patient}
    for place, row in enumerate(rows[:HEADER_WITHIN]):
        if any(isinstance(cell, str) and folded(split_unit(cell)[0]) in known for cell in row):
            return place
    return None


def grid_of_rows(
    file: str,
    sheet: str,
    numbered: Sequence[tuple[int, Sequence[Raw]]],
    *,
    at: int,
    epoch: date = EPOCH_1900,
) -> Grid:
    """Return the grid of rows in which anything stands.

    Parameters
    ----------
    file, sheet : str
    numbered : sequence of (int, sequence)
        Number and cells of the rows; from the titles on they have the same number of cells.
    at : int
        Place of the titles among them.
    epoch : date
    """
    header, titles = numbered[at]
    body = numbered[at + 1 :]
    above = (f"{sheet}: what stands above the titles in row {header} was not read",) if at else ()
    return Grid(
        file=file,
        sheet=sheet,
        titles=tuple(str(each) if isinstance(each, str | float) else "" for each in titles),
        columns=tuple(zip(*(cells for _, cells in body), strict=True)) or tuple(() for _ in titles),
        places=tuple(letters(column) for column in range(len(titles))),
        rows=[number for number, _ in body],
        header=header,
        epoch=epoch,
        remarks=above,
    )
