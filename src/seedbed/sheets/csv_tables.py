"""The tables of the register as CSV files: read as a spreadsheet may have saved them."""

import csv
import io
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Final

from seedbed.errors import TableError
from seedbed.sheets.addresses import BadCell, CellAddress
from seedbed.sheets.cells import Raw
from seedbed.sheets.csv_files import DELIMITERS, FORMULA_STARTS, SEPARATOR_LINE, csv_text
from seedbed.sheets.grids import HEADER_WITHIN, Grid, grid_of_rows, header_of

MOST_BYTES: Final = 1_000_000_000
"""A longer table of records is refused (local rule)."""
ENCODINGS: Final = ("utf-8", "gb18030")
"""A wrong letter in a name is worse than a file that is refused: no encoding that fits everything."""


def read_csv_table(path: Path, *, most_bytes: int = MOST_BYTES, patient: Collection[str] = ()) -> Grid:
    r"""Read a CSV file in UTF-8, UTF-16 with a byte order mark, or GB18030.

    Parameters
    ----------
    path : Path
    most_bytes : int
        A longer file is refused.
    patient : collection of str
        Titles of the column with the patients, beside those of the table of titles.

    Raises
    ------
    TableError
        No file, a workbook, no text, no row that names the patient.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "疼痛.csv"
    ...     _ = file.write_text("患者编号;日期;NRS\nS-01;2026-03;4,5\n", encoding="gb18030")
    ...     grid = read_csv_table(file)
    >>> grid.titles, grid.columns
    (('患者编号', '日期', 'NRS'), (('S-01',), ('2026-03',), ('4,5',)))
    """
    text = csv_text(path, most_bytes=most_bytes, encodings=ENCODINGS)
    separated = SEPARATOR_LINE.match(text)
    text = text[separated.end() :] if separated else text
    rows = _rows(text, separated[1] if separated else _delimiter(text, patient), path)
    at = header_of([cells for _, cells in rows[:HEADER_WITHIN]], patient=patient)
    if at is None:
        raise TableError(
            f"'{path.name}' has no row of titles with the patient among its first rows",
            "titles such as 'Patient' or '患者编号' above the columns",
            "give the columns the titles of the template",
        )
    width = len(rows[at][1])
    bad = tuple(_too_long(path, number, cells, width) for number, cells in rows[at:] if len(cells) > width)
    fitting = rows[:at] + [
        (number, cells + [""] * (width - len(cells))) for number, cells in rows[at:] if len(cells) <= width
    ]
    return replace(grid_of_rows(path.name, path.stem, fitting, at=at), bad=bad)


def escaped(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula; `unescaped` takes the apostrophe away.

    Examples
    --------
    >>> escaped("=1+1"), escaped("'=1+1"), escaped("S-01"), unescaped("'=1+1")
    ("'=1+1", "''=1+1", 'S-01', '=1+1')
    """
    return f"'{text}" if text.lstrip("'").startswith(FORMULA_STARTS) else text


def unescaped(text: str) -> str:
    """Return a text without the apostrophe that keeps it from being a formula."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(FORMULA_STARTS) else text


def _delimiter(text: str, patient: Collection[str]) -> str:
    """Return what parts the cells: the sign by which the first rows name the patient in most columns."""
    start = text[:100_000].splitlines(keepends=True)[:HEADER_WITHIN]
    found = dict.fromkeys(DELIMITERS, 0)
    for sign in DELIMITERS:
        rows = list(csv.reader(start, delimiter=sign))
        at = header_of(rows, patient=patient)
        found[sign] = 0 if at is None else len(rows[at])
    return max(found, key=lambda sign: found[sign])


def _rows(text: str, delimiter: str, path: Path) -> list[tuple[int, list[Raw]]]:
    """Return the rows in which anything stands, without empty cells at their ends, and their numbers."""
    try:
        numbered: list[tuple[int, list[Raw]]] = []
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        for number, cells in enumerate(reader, start=1):
            stripped: list[Raw] = [cell.strip() for cell in cells]
            while stripped and not stripped[-1]:
                stripped.pop()
            if stripped:
                numbered.append((number, stripped))
    except csv.Error as error:
        raise TableError(
            f"'{path}' is no CSV file ({error})", "a CSV file", "save it as CSV again"
        ) from error
    if "'" in text:
        return [(n, [unescaped(str(cell)) for cell in cells]) for n, cells in numbered]
    return numbered


def _too_long(path: Path, number: int, cells: list[Raw], width: int) -> BadCell:
    return BadCell(
        CellAddress(path.name, path.stem, f"A{number}"),
        f"the row has {len(cells)} cells and the table {width} columns; expected no more cells than columns, "
        "with numbers written with a point where commas part the cells",
    )
