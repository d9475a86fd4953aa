"""Where something stands in a spreadsheet, what was read there, and what could not be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from seedbed.patient.records import Record


@dataclass(frozen=True, slots=True)
class CellAddress:
    """A cell of a file.

    Attributes
    ----------
    file : str
        Name of the file.
    sheet : str
        Name of the sheet; of a file without sheets its name without the ending.
    cell : str
        ``C14``; in a file whose columns have names and no letters ``longest_mm:14``.

    Examples
    --------
    >>> str(CellAddress("register.xlsx", "Visits", "C14"))
    'Visits!C14'
    """

    file: str
    sheet: str
    cell: str

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell}"


@dataclass(frozen=True, slots=True)
class RowCells(Mapping[str, str]):
    """The cells that a record was read from, by field; the rows of a sheet share the columns.

    Examples
    --------
    >>> dict(RowCells({"patient_id": "A", "nrs": "C"}, 14))
    {'patient_id': 'A14', 'nrs': 'C14'}
    """

    columns: Mapping[str, str]
    row: int

    def __getitem__(self, field: str) -> str:
        return f"{self.columns[field]}{self.row}"

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)


@dataclass(frozen=True, slots=True)
class Placed:
    """A record and where it stands.

    Attributes
    ----------
    record : Record
    address_of_row : CellAddress
        The first cell of its row.
    cells : Mapping
        The cell of each field that has a column, such as ``{"weight_kg": "C14"}``.
    """

    record: Record
    address_of_row: CellAddress
    cells: Mapping[str, str]

    def cell(self, field: str) -> CellAddress:
        """Return the address of a field; that of the row where the field has no column."""
        row = self.address_of_row
        return CellAddress(row.file, row.sheet, self.cells[field]) if field in self.cells else row


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell, or with its key a row, that was not taken.

    Attributes
    ----------
    address : CellAddress
    sentence : str
        What came and what was expected.
    """

    address: CellAddress
    sentence: str

    def __str__(self) -> str:
        return f"{self.address}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class SheetContent:
    """What a spreadsheet holds.

    Attributes
    ----------
    records : tuple of Placed
        In the order of the file. A record whose optional cell is bad is here without that field.
    bad : tuple of BadCell
        What was not taken. A row whose key is bad gives no record.
    remarks : tuple of str
        What was left unread or read in a way that should be known: columns, sheets, serial dates.
    """

    records: tuple[Placed, ...]
    bad: tuple[BadCell, ...]
    remarks: tuple[str, ...] = ()

    def __add__(self, other: "SheetContent") -> "SheetContent":
        return SheetContent(self.records + other.records, self.bad + other.bad, self.remarks + other.remarks)
