"""Spreadsheets as CSV files that Excel opens by a double click, Chinese text included, and reading them back.

What a spreadsheet makes of a CSV file depends on the country that its computer is set to: semicolons or tabs
between the cells, commas in the numbers, a byte order mark, UTF-16 or GBK text, empty rows and columns at the
end. All of these are read; what could be meant in two ways is refused.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from seedbed.errors import TableError

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
SIGNIFICANT_DIGITS = 6
DELIMITERS = (",", ";", "\t")
MOST_BYTES = 5_000_000
"""A longer file is no table that a person edits (local rule)."""
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How .xlsx and .ods, and the older .xls, begin."""
MARKED = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
TRIED = ("utf-8", "gb18030", "latin-1")
"""Encodings of a file without a byte order mark, in this order; the last fits every file (local rule)."""
SEPARATOR_LINE = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)


def write_csv(
    path: Path,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    byte_order_mark: bool = True,
) -> Path:
    """Write a table as UTF-8 CSV.

    Text that a spreadsheet would run as a formula is made plain with a leading apostrophe; numbers stay. A
    float is written with 6 significant digits, a `decimal.Decimal` as it is.

    Parameters
    ----------
    path : Path
    header : sequence of str
    rows : iterable of sequence
    byte_order_mark : bool
        Excel needs it to show Chinese text; programs that read a plain table stumble over it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig" if byte_order_mark else "utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([_cell(title) for title in header])
        writer.writerows([_cell(value) for value in row] for row in rows)
    return path


def _cell(value: object) -> object:
    if isinstance(value, float):
        return float(f"{value:.{SIGNIFICANT_DIGITS}g}")
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


@dataclass(frozen=True)
class CsvSheet:
    """A table read from a CSV file: texts, without the spaces around them.

    Attributes
    ----------
    columns : tuple of str
        In small letters, in the order of the file.
    rows : tuple of (int, dict of str to str)
        The row's number, counted as a spreadsheet counts, and its cells; rows without any text are left out.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]


def read_csv(path: Path, *, needs: Sequence[str], most_bytes: int = MOST_BYTES) -> CsvSheet:
    r"""Read a CSV file that a spreadsheet may have written anew.

    Parameters
    ----------
    path : Path
        UTF-8 with or without byte order mark, UTF-16 with one, or GB18030 (GBK); cells parted by commas,
        semicolons or tabs; columns in any order.
    needs : sequence of str
        Names of columns that must be there, in small letters.
    most_bytes : int
        A longer file is refused.

    Raises
    ------
    TableError
        No file, a workbook, an empty or damaged file, a column that lacks or stands there twice, a row with
        more cells than the header.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "a.csv"
    ...     _ = file.write_text("Z_mm;x_mm\n1,5;2\n;\n", encoding="utf-16")
    ...     sheet = read_csv(file, needs=["x_mm", "z_mm"])
    >>> sheet.rows
    ((2, {'z_mm': '1,5', 'x_mm': '2'}),)
    """
    text = csv_text(path, most_bytes=most_bytes)
    separated = SEPARATOR_LINE.match(text)
    delimiters = (separated[1],) if separated else DELIMITERS
    text = text[separated.end() :] if separated else text
    tables = [list(_records(text, delimiter, path)) for delimiter in delimiters]
    table = max(tables, key=lambda records: _known(records, needs))
    if not table:
        raise TableError(f"'{path}' is empty", f"a table with the columns {', '.join(needs)}", _AGAIN)
    (_, titles), *records = table
    columns = _columns(titles, needs, path)
    return CsvSheet(columns, tuple(_row(number, cells, columns, path) for number, cells in records))


def as_number(text: str) -> float:
    """Return the number that a cell shows: decimal point or comma, plain or full-width digits and signs.

    Raises
    ------
    ValueError
        Anything else: text, not-a-number, infinity, digits in groups.

    Examples
    --------
    >>> as_number("-12,5"), as_number("\u22120.25"), as_number("1e-3")
    (-12.5, -0.25, 0.001)
    """
    plain = unicodedata.normalize("NFKC", text).strip().removeprefix("'").replace("\u2212", "-")
    if plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    if not NUMBER.fullmatch(plain):
        raise ValueError(text)
    value = float(plain)
    if value in (float("inf"), -float("inf")):
        raise ValueError(text)
    return value


_AGAIN = "write it again with Seedbed, edit it, and save it as CSV"


def csv_text(path: Path, *, most_bytes: int, encodings: Sequence[str] = TRIED) -> str:
    """Return what a file says, whichever of the usual encodings it is in.

    Parameters
    ----------
    path : Path
    most_bytes : int
        A longer file is refused.
    encodings : sequence of str
        Tried one after the other on a file without a byte order mark.

    Raises
    ------
    TableError
        No file, a workbook, a file that is too long or no text.
    """
    content = _content(path, most_bytes)
    for mark, encoding in MARKED:
        if content.startswith(mark):
            return _decoded(content, (encoding,), path)
    return _decoded(content, encodings, path)


def _content(path: Path, most_bytes: int) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(most_bytes + 1)
    except FileNotFoundError as error:
        raise TableError(f"there is no file '{path}'", "a CSV file", "check the name") from error
    except OSError as error:
        raise TableError(
            f"file '{path}' cannot be read ({error.strerror or error})",
            "a CSV file",
            "check the name and the permissions, or close the program that has the file open",
        ) from error
    if content.startswith(WORKBOOKS):
        raise TableError(
            f"'{path}' is a workbook of a spreadsheet program",
            "a CSV file",
            "open it there and save it as CSV",
        )
    if len(content) > most_bytes:
        raise TableError(f"'{path}' is longer than {most_bytes} bytes", "a table edited by hand", _AGAIN)
    return content


def _decoded(content: bytes, encodings: Sequence[str], path: Path) -> str:
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        if "\0" not in text:
            return text
    raise TableError(f"'{path}' is damaged or no text", "a CSV file, in UTF-8 if in doubt", _AGAIN)


def _records(text: str, delimiter: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """Give the rows in which anything stands, counted from 1 with the others, and their cells."""
    try:
        for number, cells in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), start=1
        ):
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield number, stripped
    except csv.Error as error:
        raise TableError(f"'{path}' is no CSV file ({error})", "a CSV file", _AGAIN) from error


def _known(records: Sequence[tuple[int, list[str]]], needs: Sequence[str]) -> int:
    return len({cell.casefold() for cell in records[0][1]} & {*needs}) if records else 0


def _columns(titles: Sequence[str], needs: Sequence[str], path: Path) -> tuple[str, ...]:
    columns = tuple(title.casefold() for title in titles)
    lacking = [name for name in needs if name not in columns]
    if lacking:
        raise TableError(
            f"'{path}' has no column {' and no column '.join(repr(name) for name in lacking)}",
            f"the columns {', '.join(needs)} named in the first row",
            "give the columns their names, or " + _AGAIN,
        )
    twice = [name for name in columns if name and columns.count(name) > 1]
    if twice:
        raise TableError(f"'{path}' has two columns '{twice[0]}'", "each column once", "take one of them out")
    return columns


def _row(
    number: int, cells: Sequence[str], columns: Sequence[str], path: Path
) -> tuple[int, Mapping[str, str]]:
    if any(cells[len(columns) :]):
        raise TableError(
            f"'{path}' has {len(cells)} cells in row {number}, and {len(columns)} columns",
            "no more cells than columns",
            "write numbers with a point where commas part the cells, and take out what is too much",
        )
    filled = [*cells, *[""] * (len(columns) - len(cells))]
    return number, {name: cell for name, cell in zip(columns, filled, strict=False) if name}
