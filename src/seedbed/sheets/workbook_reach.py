"""How far the sheets of a workbook reach: who reads them makes room for all cells up to the last.

One stray cell in the last corner of a sheet makes that room 17 000 million cells, and ends the program.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Final
from xml.parsers import expat

from seedbed.errors import TableError
from seedbed.sheets.grids import letters

MOST_CELLS: Final = 25_000_000
"""Rows times columns: all rows that a sheet can have, of the widest kind of records (local rule)."""
AT_ONCE: Final = 2**20
REFERENCE: Final = re.compile(r"([A-Z]{1,7})([0-9]{1,10})")
Place = tuple[int, int]
"""Row and column, from 1."""


@dataclass
class _Reach:
    """Where the parser is, the lowest cell with something in it, and the rightmost."""

    row: int = 0
    column: int = 0
    lowest: Place = (0, 0)
    rightmost: Place = (0, 0)

    def begins(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Hear of the beginning of an element (ECMA-376 part 1, 18.3.1)."""
        name = tag.rpartition(":")[2]
        if name == "c":
            self._to_cell(attributes.get("r"))
        elif name in ("v", "f", "is") and self.column:
            if self.row > self.lowest[0]:
                self.lowest = self.row, self.column
            if self.column > self.rightmost[1]:
                self.rightmost = self.row, self.column
        elif name == "row":
            self.row, self.column = int(attributes.get("r", self.row + 1)), 0

    def _to_cell(self, reference: str | None) -> None:
        """Go to a cell; one without its place follows the one before."""
        if reference is None:
            self.column += 1
            return
        found = REFERENCE.fullmatch(reference)
        if found is None:
            raise ValueError(f"a cell '{reference}'")
        self.row, self.column = int(found[2]), column_of(found[1])


def column_of(name: str) -> int:
    """Return the number of a column, counted from 1.

    Examples
    --------
    >>> column_of("A"), column_of("AA"), column_of("XFD")
    (1, 27, 16384)
    """
    column = 0
    for letter in name:
        column = column * 26 + ord(letter) - 64
    return column


def check_reach(part: IO[bytes], file: str, sheet: str) -> None:
    """Refuse a sheet that reaches too far, read piece by piece.

    Parameters
    ----------
    part : file
        The XML of the sheet.
    file, sheet : str
        What sentences call them.

    Raises
    ------
    TableError
        More rows times columns than `MOST_CELLS`, blank ones counted up to the last that is not.
    ValueError
        No XML of a sheet, or one that declares entities.
    """
    reach = _Reach()
    parser = expat.ParserCreate()
    parser.StartElementHandler = reach.begins
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        while piece := part.read(AT_ONCE):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise ValueError(f"a sheet that is no XML ({error})") from error
    rows, columns = reach.lowest[0], reach.rightmost[1]
    if rows * columns > MOST_CELLS:
        raise _too_far(file, sheet, reach)


def _no_doctype(*_: object) -> None:
    raise ValueError("a sheet that declares entities")


def _too_far(file: str, sheet: str, reach: _Reach) -> TableError:
    rows, columns = reach.lowest[0], reach.rightmost[1]
    places = dict.fromkeys(f"{letters(column - 1)}{row}" for row, column in (reach.lowest, reach.rightmost))
    return TableError(
        f"the sheet '{sheet}' of '{file}' has {rows} rows and {columns} columns, "
        f"by what stands in {', '.join(places)}",
        f"at most {MOST_CELLS} cells, blank ones among them",
        "delete what stands there if it is stray, or part the sheet into several files",
    )
