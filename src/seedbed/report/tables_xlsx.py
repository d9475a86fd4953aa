"""Tables as a workbook: one sheet a table, and one with every number in full."""

from pathlib import Path
from typing import Any

from seedbed.cohort.tables import Table
from seedbed.report.analysis_report import AnalysisReport, shown_text
from seedbed.report.tables_csv import NUMBER_COLUMNS, number_rows, text_rows

FIRST_WIDTH, OTHER_WIDTH = 46, 26
LONGEST_NAME = 31


def write_tables_xlsx(path: Path, report: AnalysisReport) -> Path:
    """Write the tables of a report as a workbook.

    Parameters
    ----------
    path : Path
    report : AnalysisReport
    """
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    _write_about(book.create_sheet("About"), report)
    for table in report.tables:
        _write_table(book.create_sheet(table.id[:LONGEST_NAME]), table)
    numbers = book.create_sheet("Numbers")
    _append(numbers, NUMBER_COLUMNS)
    for table in report.tables:
        for row in number_rows(table):
            numbers.append([*map(_plain, row[:-1]), None if row[-1] == "" else float(row[-1])])
    _finish(numbers)
    book.save(path)
    return path


def _write_about(sheet: Any, report: AnalysisReport) -> None:
    _append(sheet, (report.title,))
    for fact in report.facts:
        _append(sheet, fact)
    for line in (*report.methods, *report.notes):
        _append(sheet, (line,))
    _finish(sheet)


def _write_table(sheet: Any, table: Table) -> None:
    _append(sheet, (table.title,))
    _append(sheet, table.columns)
    for row in text_rows(table):
        _append(sheet, row)
    _finish(sheet)
    _bold(sheet, 2)
    sheet.freeze_panes = "B3"


def _append(sheet: Any, row: Any) -> None:
    """Append texts; none of them is run as a formula."""
    sheet.append([_plain(text) for text in row])
    for cell in sheet[sheet.max_row]:
        if isinstance(cell.value, str):
            cell.data_type = "s"


def _plain(text: Any) -> Any:
    return shown_text(text) if isinstance(text, str) else text


def _finish(sheet: Any) -> None:
    from openpyxl.utils import get_column_letter

    for number in range(1, sheet.max_column + 1):
        width = FIRST_WIDTH if number == 1 else OTHER_WIDTH
        sheet.column_dimensions[get_column_letter(number)].width = width
    _bold(sheet, 1)


def _bold(sheet: Any, row: int) -> None:
    from openpyxl.styles import Font

    for cell in sheet[row]:
        cell.font = Font(bold=True)
