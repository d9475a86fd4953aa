"""Workbooks, read back."""

from pathlib import Path

from openpyxl import load_workbook
from tests.unit.report.analysis_reports import TABLE, report

from seedbed.report.tables_xlsx import write_tables_xlsx


def test_texts_stay_texts_and_numbers_are_numbers(tmp_path: Path) -> None:
    book = load_workbook(write_tables_xlsx(tmp_path / "t.xlsx", report()))
    assert book.sheetnames == ["About", "table_1", "Numbers"]
    sheet = book["table_1"]
    assert sheet["A1"].value == TABLE.title
    assert [cell.value for cell in sheet[2]] == list(TABLE.columns)
    assert (sheet["A3"].data_type, sheet["A3"].value[:4]) == ("s", "=1+1")
    numbers = [[cell.value for cell in row] for row in book["Numbers"]]
    assert numbers[0] == ["table", "row", "column", "quantity", "value"]
    assert numbers[2][3:] == ["sd", 2.25]
    assert numbers[-1][3:] == ["n", None]
