"""Workbooks of another program and what goes wrong in them: each cell is read as a person sees it."""

import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from seedbed.errors import InputError
from seedbed.patient.partial_dates import PartialDate
from seedbed.patient.records import Contact, Implantation, Patient, Record, VisitRecord
from seedbed.sheets.addresses import SheetContent
from seedbed.sheets.reader import read_records


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., SheetContent]:
    def written(
        rows: list[list[Any]], *, sheet: str = "Visits", change: Callable[[Any], None] = lambda _: None
    ) -> SheetContent:
        book = Workbook()
        page = book.active
        page.title = sheet
        for row in rows:
            page.append(row)
        change(page)
        book.save(tmp_path / "a.xlsx")
        return read_records(tmp_path / "a.xlsx")

    return written


Read = Callable[..., SheetContent]
HEAD = ["Patient", "Date of visit", "Weight [kg]", "KPS"]


def records(content: SheetContent) -> list[Record]:
    return [placed.record for placed in content.records]


def bad(content: SheetContent) -> dict[str, str]:
    return {str(each.address): each.sentence for each in content.bad}


def test_dates_numbers_and_numbers_typed_as_text(read: Read) -> None:
    content = read(
        [HEAD, ["S-01", date(2024, 2, 5), "70,5", 80], [7, datetime(2024, 2, 5, 14, 30), 70.5, "８０"]]
    )
    seen = {"on": PartialDate("2024-02-05"), "weight_kg": 70.5, "kps": 80}
    assert records(content) == [VisitRecord(patient_id="S-01", **seen), VisitRecord(patient_id="7", **seen)]
    assert not content.bad


@pytest.mark.parametrize("error", ["#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?"])
def test_an_error_of_the_spreadsheet_is_not_an_empty_cell(read: Read, error: str) -> None:
    content = read([HEAD, ["S-01", date(2024, 2, 5), error, 80]])
    assert error in bad(content)["Visits!C2"]
    assert records(content) == [VisitRecord(patient_id="S-01", on=PartialDate("2024-02-05"), kps=80)]


def test_a_formula_that_was_never_worked_out_is_not_an_empty_cell(read: Read) -> None:
    content = read([HEAD, ["S-01", date(2024, 2, 5), "=70+1", 80], ["S-02", "=TODAY()", 70, 80]])
    assert "never worked out" in bad(content)["Visits!C2"]
    assert "never worked out" in bad(content)["Visits!B3"]
    assert [each.patient_id for each in records(content)] == ["S-01"]


def test_a_last_row_of_formulas_is_not_missed(read: Read) -> None:
    content = read([HEAD, ["S-01", date(2024, 2, 5), 70, 80], [None, None, "=C2", "=D2"]])
    assert bad(content).keys() == {"Visits!A3", "Visits!B3", "Visits!C3", "Visits!D3"}


def test_a_year_that_became_a_day_is_refused(read: Read) -> None:
    # 2024 in a cell for dates is the 2024th day: Excel shows 1905-07-16.
    content = read([["Patient", "Date"], ["S-01", date(1905, 7, 16)]], sheet="Contacts")
    assert "the year 2024" in bad(content)["Contacts!B2"]


def test_the_value_of_a_formula_that_was_worked_out_is_read(read: Read, tmp_path: Path) -> None:
    read([HEAD, ["S-01", date(2024, 2, 5), "=70+1", 80]])
    inside(
        tmp_path / "a.xlsx",
        "xl/worksheets/sheet1.xml",
        rb"<f>70\+1</f><v.*?>(</v>)?(?=</c>)",
        b"<f>70+1</f><v>71</v>",
    )
    (visit,) = records(read_records(tmp_path / "a.xlsx"))
    assert isinstance(visit, VisitRecord)
    assert visit.weight_kg == 71.0


def inside(path: Path, part: str, old: bytes, new: bytes) -> None:
    """Change a part of a workbook as the spreadsheet program would."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part], changes = re.subn(old, new, parts[part])
    assert changes == 1
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


@pytest.mark.parametrize("number_format", ["0%", "0.00%", '0.0"  "%'])
def test_percent_is_read_as_it_is_shown(read: Read, number_format: str) -> None:
    def shown(page: Any) -> None:
        page["E2"].number_format = page["F2"].number_format = number_format

    head = ["Patient", "Implant", "Session", "Date of session", "V100", "D90"]
    content = read([head, ["S-01", "1", 1, "2024-02", 0.95, 1.2]], sheet="Implantations", change=shown)
    (implant,) = records(content)
    assert isinstance(implant, Implantation)
    assert implant.v100_pct == 95.0
    assert implant.d90_gy is None
    assert "120%" in bad(content)["Implantations!F2"]


@pytest.mark.parametrize("number_format", ["mmm-yy", "yyyy-mm", 'yyyy"年"m"月"', "[$-804]yyyy/m"])
def test_a_month_has_no_first_day(read: Read, number_format: str) -> None:
    # Excel makes the first of February of a typed 2024-02 and shows the month.
    def shown(page: Any) -> None:
        page["B2"].number_format = number_format

    content = read([["Patient", "Date"], ["S-01", date(2024, 2, 1)]], sheet="Contacts", change=shown)
    assert records(content) == [Contact(patient_id="S-01", on=PartialDate("2024-02"))]


@pytest.mark.parametrize("number_format", ["yyyy-mm-dd", 'yyyy"年"m"月"d"日"', "d-mmm-yy", "m/d/yyyy h:mm"])
def test_the_first_day_of_a_month_is_a_day(read: Read, number_format: str) -> None:
    def shown(page: Any) -> None:
        page["B2"].number_format = number_format

    content = read([["Patient", "Date"], ["S-01", date(2024, 2, 1)]], sheet="Contacts", change=shown)
    assert records(content) == [Contact(patient_id="S-01", on=PartialDate("2024-02-01"))]


def test_numbers_that_are_shown_with_zeros_in_front_keep_them(read: Read) -> None:
    def shown(page: Any) -> None:
        page["A2"].number_format = "00000"

    assert records(read([["Patient"], [42]], sheet="Patients", change=shown)) == [Patient(patient_id="00042")]


def test_a_number_of_18_digits_is_refused(read: Read) -> None:
    content = read([["Patient"], [110101199001011234]], sheet="Patients")
    assert "15 digits" in bad(content)["Patients!A2"]


def test_merged_cells_are_not_empty_and_not_repeated(read: Read) -> None:
    rows = [HEAD, ["S-01", "2024-02-05", 70, 80], [None, "2024-04-05", 71, 80]]
    content = read(rows, change=lambda page: page.merge_cells("A2:A3"))
    assert "part of the merged cell A2" in bad(content)["Visits!A3"]
    assert len(content.records) == 1


def test_dates_of_both_calendars(tmp_path: Path) -> None:
    for name, epoch in (("1900", None), ("1904", CALENDAR_MAC_1904)):
        book = Workbook()
        if epoch is not None:
            book.epoch = epoch
        page = book.active
        page.title = "Contacts"
        page.append(["Patient", "Date"])
        page.append(["S-01", date(2011, 7, 5)])
        page.append(["S-02", 39267 if epoch else 40729])
        book.save(tmp_path / f"{name}.xlsx")
        content = read_records(tmp_path / f"{name}.xlsx")
        assert {str(each.key[1]) for each in records(content)} == {"2011-07-05"}
        assert len(content.records) == 2
        assert "days counted from" in content.remarks[0]


def test_truth_and_cells_of_time(read: Read) -> None:
    content = read(
        [["Patient", "Synthetic", "Date of birth"], ["S-01", True, datetime(2024, 1, 1).time()]], sheet="患者"
    )
    assert records(content) == [Patient(patient_id="S-01", synthetic=True)]
    assert "the time" in bad(content)["患者!C2"]


def test_sheets_that_are_not_known_or_hidden_are_named(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["Patient", "Milk"])
    page = book.create_sheet("Visits")
    page.append(HEAD)
    page.append(["S-01", "2024"])
    page.sheet_state = "hidden"
    book.save(tmp_path / "a.xlsx")
    content = read_records(tmp_path / "a.xlsx")
    assert not content.records
    assert "'Sheet' is not known" in content.remarks[0]
    assert "not hidden" in bad(content)["Visits!A1"]


def test_addresses_count_rows_and_columns_of_the_sheet(read: Read) -> None:
    content = read([[], [], [None, *HEAD], [], [None, "S-01", "2024-02-05", "x", 80]])
    assert bad(content).keys() == {"Visits!D5"}
    assert str(content.records[0].cell("kps")) == "Visits!E5"


LAST = b'<row r="1048576"><c r="XFD1048576"{}</c></row>'
FILLED = [b' t="inlineStr"><is><t>x</t></is>', b' t="e"><v>#N/A</v>', b"><f>NOW()</f>"]


@pytest.mark.parametrize("inner", FILLED)
@pytest.mark.parametrize("apart", [False, True])
def test_a_stray_cell_far_out_is_refused_and_named(
    read: Read, tmp_path: Path, inner: bytes, *, apart: bool
) -> None:
    # 2^34 cells: to make room for them ends the program, whatever it is written in.
    read([HEAD, ["S-01", date(2024, 2, 5), 70, 80]])
    far = LAST.replace(b"{}", inner)
    if apart:
        far = b'<row r="3"><c r="XFD3"' + inner + b'</c></row><row r="1048576"><c r="B1048576"' + inner
        far += b"</c></row>"
    inside(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml", b"</sheetData>", far + b"</sheetData>")
    with pytest.raises(InputError) as refused:
        read_records(tmp_path / "a.xlsx", called="mine.xlsx")
    places = "B1048576, XFD3" if apart else "XFD1048576"
    assert refused.value.came == (
        f"the sheet 'Visits' of 'mine.xlsx' has 1048576 rows and 16384 columns, by what stands in {places}"
    )


def test_cells_that_do_not_say_where_they_are_follow_each_other(read: Read, tmp_path: Path) -> None:
    read([HEAD, ["S-01", date(2024, 2, 5), 70, 80]])
    far = b'<row r="1048576">' + b"<c/>" * 99 + b"<c><v>1</v></c></row>"
    inside(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml", b"</sheetData>", far + b"</sheetData>")
    with pytest.raises(InputError, match=r"1048576 rows and 100 columns, by what stands in CV1048576"):
        read_records(tmp_path / "a.xlsx")


@pytest.mark.parametrize("far", [b"/>", b' s="0"></c>'])
def test_a_blank_cell_far_out_and_a_size_that_is_only_said_are_nothing(
    read: Read, tmp_path: Path, far: bytes
) -> None:
    read([HEAD, ["S-01", date(2024, 2, 5), 70, 80]])
    blank = b'<row r="1048576"><c r="XFD1048576"' + far + b"</row></sheetData>"
    inside(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml", b"</sheetData>", blank)
    said = b'<dimension ref="A1:XFD1048576"'
    inside(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml", rb'<dimension ref="[^"]*"', said)
    content = read_records(tmp_path / "a.xlsx")
    assert (len(content.records), content.bad) == (1, ())


def test_a_merged_cell_as_large_as_the_sheet_takes_no_time(read: Read, tmp_path: Path) -> None:
    read([HEAD, ["S-01", "2024-02-05", 70, 80]])
    merged = b'</sheetData><mergeCells count="1"><mergeCell ref="C2:XFD1048576"/></mergeCells>'
    inside(tmp_path / "a.xlsx", "xl/worksheets/sheet1.xml", b"</sheetData>", merged)
    content = read_records(tmp_path / "a.xlsx")
    assert "part of the merged cell C2" in bad(content)["Visits!D2"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04rubbish", b"\xd0\xcf\x11\xe0" + b"\0" * 600])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.xlsx").write_bytes(content)
    with pytest.raises(InputError, match=r"expected an \.xlsx file"):
        read_records(tmp_path / "a.xlsx")


def test_entities_in_a_workbook_are_refused(read: Read, tmp_path: Path) -> None:
    read([HEAD])
    inside(tmp_path / "a.xlsx", "xl/workbook.xml", b"<workbook ", b'<!DOCTYPE x [<!ENTITY a "b">]><workbook ')
    with pytest.raises(InputError):
        read_records(tmp_path / "a.xlsx")
