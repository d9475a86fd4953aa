"""Read a user's own copy of CTCAE v5.0: a CSV file, or the workbook of the US National Cancer Institute.

The sentences that define the grades are not part of Seedbed; they stay in a folder of the user.
"""

import importlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from seedbed.errors import TableError
from seedbed.sheets.csv_files import read_csv

TITLES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "term": ("term", "ctcae term", "ctcae v5.0 term"),
        **{f"grade{grade}": (f"grade{grade}", f"grade {grade}") for grade in range(1, 6)},
        "organ_class": ("soc", "meddra soc", "organ_class", "ctcae soc"),
        "definition": ("definition", "ctcae v5.0 ae term definition"),
        "note": ("navigational_note", "navigational note"),
    }
)
"""How the columns are titled, in small letters."""
NEEDED: Final = ("term", "grade1", "grade2", "grade3", "grade4", "grade5")
NOTHING: Final = ("-", "\u2013", "\u2014")
ROWS_BEFORE: Final = 20
"""Rows of a workbook that may stand above the titles (local rule)."""
_AGAIN: Final = "take the file 'CTCAE v5.0' of the US National Cancer Institute"


@dataclass(frozen=True)
class TermText:
    """What the publication says of one term.

    Attributes
    ----------
    term, organ_class, definition, note : str
    grades : tuple of str
        Sentences of grade 1 to 5; empty where there is no such grade.
    """

    term: str
    organ_class: str
    grades: tuple[str, ...]
    definition: str
    note: str


def read_ctcae(path: Path) -> tuple[TermText, ...]:
    r"""Read the terms and their sentences.

    Parameters
    ----------
    path : Path
        A CSV file with the columns term and grade1 to grade5, or CTCAE Term and Grade 1 to Grade 5; or an
        Excel workbook with these titles on one of its sheets. Columns of codes are left out.

    Raises
    ------
    TableError
        No such file or columns, no terms, or a workbook where openpyxl is not installed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "own.csv"
    ...     _ = file.write_text("CTCAE Term,Grade 1  ,Grade 2,Grade 3,Grade 4,Grade 5\nX,a,b,-,-,-\n")
    ...     read_ctcae(file)[0].grades
    ('a', 'b', '', '', '')
    """
    rows = _from_workbook(path) if path.suffix.casefold() in (".xlsx", ".xlsm") else _from_csv(path)
    terms = tuple(_term(row) for row in rows if row.get("term"))
    if not terms:
        raise TableError(f"'{path}' holds no term", "the terms of CTCAE v5.0", _AGAIN)
    return terms


def _from_csv(path: Path) -> list[Mapping[str, str]]:
    first: TableError | None = None
    for form in range(2):
        needs = [TITLES[name][form] for name in NEEDED]
        try:
            sheet = read_csv(path, needs=needs)
        except TableError as error:
            first = first or error
            continue
        columns = _known(sheet.columns)
        return [{name: row.get(title, "") for name, title in columns.items()} for _, row in sheet.rows]
    raise first or TableError(f"'{path}'", "a table", _AGAIN)


def _from_workbook(path: Path) -> list[Mapping[str, str]]:
    for rows in _sheets(path):
        table = list(rows)
        for number, cells in enumerate(table[:ROWS_BEFORE]):
            titles = tuple(_text(cell).casefold() for cell in cells)
            columns = _known(titles)
            if all(name in columns for name in NEEDED):
                places = {name: titles.index(title) for name, title in columns.items()}
                return [
                    {name: _text(row[place]) for name, place in places.items()} for row in table[number + 1 :]
                ]
    raise TableError(
        f"'{path}' has no sheet with the columns CTCAE Term and Grade 1 to Grade 5", "one", _AGAIN
    )


def _sheets(path: Path) -> Iterator[Iterator[Sequence[object]]]:
    try:
        openpyxl: Any = importlib.import_module("openpyxl")
    except ImportError as error:
        raise TableError(
            f"'{path}' is a workbook, and openpyxl is not installed",
            "openpyxl, or a CSV file",
            "install it with 'pip install openpyxl', or save the sheet as CSV (UTF-8)",
        ) from error
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except FileNotFoundError as error:
        raise TableError(f"there is no file '{path}'", "a workbook", "check the name") from error
    except Exception as error:  # a damaged workbook raises anything
        raise TableError(
            f"'{path}' cannot be read as a workbook ({error})", "an .xlsx file", _AGAIN
        ) from error
    try:
        for sheet in book.worksheets:
            yield sheet.iter_rows(values_only=True)
    finally:
        book.close()


def _known(titles: Sequence[str]) -> dict[str, str]:
    """Return the title of each column that is there."""
    found = {}
    for name, spellings in TITLES.items():
        title = next((each for each in spellings if each in titles), None)
        if title is not None:
            found[name] = title
    return found


def _text(cell: object) -> str:
    return "" if cell is None else " ".join(str(cell).split())


def _term(row: Mapping[str, str]) -> TermText:
    said = {name: "" if text in NOTHING else text for name, text in row.items()}
    return TermText(
        term=" ".join(row["term"].split()),
        organ_class=said.get("organ_class", ""),
        grades=tuple(said.get(f"grade{grade}", "") for grade in range(1, 6)),
        definition=said.get("definition", ""),
        note=said.get("note", ""),
    )
