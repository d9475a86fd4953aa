"""Workbooks for the clinic: the empty template, and the register as Excel."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from seedbed.errors import OutputError
from seedbed.patient.partial_dates import PartialDate
from seedbed.patient.records import Record
from seedbed.sheets.csv_files import FORMULA_STARTS
from seedbed.sheets.grids import letters
from seedbed.sheets.titles import Language, readme_name
from seedbed.sheets.workbook_plan import Sheet, SheetColumn, expected_words, readme, sheets_of

LAST_ROW: Final = 1_048_576
"""Rows of a sheet (ECMA-376; Excel specifications and limits)."""
FIRST_YEAR: Final = 1910
"""Dates before it are texts: a spreadsheet has none before 1900, and makes days of 1905 of years."""
TEXT_FORMAT: Final = "@"
WIDEST: Final = 40
LIKE_ERRORS: Final = ("#",)


def write_template(path: Path, language: Language = "en", *, records: Iterable[Record] = ()) -> Path:
    """Write a workbook to fill: a sheet for each kind of records, with drop-down lists and hints.

    Parameters
    ----------
    path : Path
    language : {'en', 'zh'}
    records : iterable of Record
        Rows that are filled already.

    Raises
    ------
    OutputError
        More rows than a sheet has, or a text with a sign that no workbook can hold.

    Examples
    --------
    >>> import tempfile
    >>> from openpyxl import load_workbook
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_template(Path(folder) / "t.xlsx", "zh")
    ...     load_workbook(path).sheetnames[:3]
    ['说明', '患者', '基线']
    """
    return _write(path, list(sheets_of(records, language, empty=True)), language)


def write_workbook(path: Path, records: Iterable[Record], *, language: Language = "en") -> Path:
    """Write records as a workbook, with sheets for the kinds that there are; reading it back gives the same.

    Raises
    ------
    OutputError
        As `write_template`.
    """
    return _write(path, list(sheets_of(records, language, empty=False)), language)


def _write(path: Path, sheets: list[Sheet], language: Language) -> Path:
    for sheet in sheets:
        _check(sheet)
    book = Workbook(write_only=True)
    _write_readme(book, sheets, language)
    for sheet in sheets:
        _write_sheet(book, sheet, language)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return path


def _write_readme(book: Any, sheets: list[Sheet], language: Language) -> None:
    page = book.create_sheet(readme_name(language))
    for letter, width in zip("ABCD", (18, 36, 48, 60), strict=True):
        page.column_dimensions[letter].width = width
    for line in readme()["lines"][language]:
        page.append([line])
    page.append([])
    page.append([_bold(page, word) for word in readme()["table"][language]])
    must = expected_words("needed", language)
    for sheet in sheets:
        for column in sheet.columns:
            expected = f"{column.expected}; {must}" if column.needed else column.expected
            page.append([sheet.name, column.title, column.meaning, expected])


def _write_sheet(book: Any, sheet: Sheet, language: Language) -> None:
    page = book.create_sheet(sheet.name)
    page.freeze_panes = f"{letters(sheet.key_columns)}2"
    for place, column in enumerate(sheet.columns):
        dimension = page.column_dimensions[letters(place)]
        dimension.width = min(WIDEST, max(10, 2 + sum(2 if ord(each) > 255 else 1 for each in column.title)))
        if not column.is_number and not column.choices:
            dimension.number_format = TEXT_FORMAT
        _validate(page, letters(place), column)
    page.append([_header(page, column, language) for column in sheet.columns])
    for row in sheet.rows:
        page.append([_cell(page, value) for value in row])


def _check(sheet: Sheet) -> None:
    """Refuse what a sheet cannot hold, before anything is written."""
    if len(sheet.rows) >= LAST_ROW:
        raise OutputError(
            f"{len(sheet.rows)} rows for the sheet '{sheet.name}'",
            f"at most {LAST_ROW - 1}, which a sheet of Excel has",
            "write CSV or Parquet files",
        )
    for number, row in enumerate(sheet.rows, start=2):
        if any(isinstance(value, str) and ILLEGAL_CHARACTERS_RE.search(value) for value in row):
            raise OutputError(
                f"row {number} of the sheet '{sheet.name}' has a sign that no workbook can hold",
                "texts without control characters",
                "correct the record, or write CSV or Parquet files",
            )


def _header(page: Any, column: SheetColumn, language: Language) -> Any:
    cell = _bold(page, column.title)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.fill = PatternFill("solid", fgColor="FFF2CC" if column.needed else "DDEBF7")
    must = f"\n{expected_words('needed', language)}" if column.needed else ""
    cell.comment = Comment(f"{column.meaning}\n{column.expected}{must}", "Seedbed", height=120, width=260)
    return cell


def _bold(page: Any, text: str) -> Any:
    cell = WriteOnlyCell(page, text)
    cell.font = Font(bold=True)
    return cell


def _validate(page: Any, letter: str, column: SheetColumn) -> None:
    """Offer the choices of a column; warn of a number that is not plausible."""
    where = f"{letter}2:{letter}{LAST_ROW}"
    if column.choices:
        # A list in the rule itself: Excel takes 255 signs at most.
        rule = DataValidation(type="list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
    elif column.is_number and column.low is not None:
        rule = DataValidation(
            type="decimal", operator="between", formula1=column.low, formula2=column.high, allow_blank=True
        )
        rule.errorStyle = "warning"
    else:
        return
    rule.error = column.expected[:250]
    rule.add(where)
    page.data_validations.append(rule)


def _cell(page: Any, value: object) -> Any:
    if isinstance(value, PartialDate):
        day = value.day
        return day if day is not None and day.year >= FIRST_YEAR else value.text
    if isinstance(value, date):
        return value if value.year >= FIRST_YEAR else value.isoformat()
    if isinstance(value, str) and value.startswith((*FORMULA_STARTS, *LIKE_ERRORS)):
        return _plain_text(page, value)
    return value if value != "" else None


def _plain_text(page: Any, text: str) -> Any:
    """Return a cell whose text is never a formula or an error, also after it is edited."""
    cell = WriteOnlyCell(page, text)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell
