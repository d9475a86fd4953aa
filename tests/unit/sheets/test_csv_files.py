import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import TableError
from seedbed.sheets import write_csv
from seedbed.sheets.csv_files import as_number, read_csv


def cells(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_excel_is_told_that_it_is_utf_8_and_chinese_comes_back(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "new" / "针.csv", ["针", "剂量 (Gy)"], [("右颈", 100.5)])
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert cells(path) == [["针", "剂量 (Gy)"], ["右颈", "100.5"]]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1+2", "@SUM(A1)", "\tx", "\r=1", "=cmd|' /C calc'!A0", "＝1+1", "＋1", "－1", "＠x"],
)
def test_text_is_never_a_formula(tmp_path: Path, text: str) -> None:
    # OWASP, CSV Injection: = + - @ tab and carriage return, and the full-width forms.
    (row,) = cells(write_csv(tmp_path / "a.csv", ["=h"], [[text]]))[1:]
    assert row == ["'" + text]


def test_a_heading_is_never_a_formula(tmp_path: Path) -> None:
    assert cells(write_csv(tmp_path / "a.csv", ["=1+1"], []))[0] == ["'=1+1"]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), min_size=1, max_size=3))
def test_other_text_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, row: list[str]) -> None:
    path = write_csv(tmp_path_factory.getbasetemp() / "t.csv", ["h"] * len(row), [row])
    for found, given_ in zip(cells(path)[1], row, strict=True):
        assert found.removeprefix("'") == given_.removeprefix("'") or found == given_


@pytest.mark.parametrize("value", [-12.5, 0.0, 1e6, 100.25, -3])
def test_numbers_stay_numbers_with_their_sign(tmp_path: Path, value: float) -> None:
    for kind in (type(value), np.float64):
        assert float(cells(write_csv(tmp_path / "a.csv", ["h"], [[kind(value)]]))[1][0]) == value


@pytest.mark.parametrize("value", [1.23456e-5, -4.2e-7, 3.3e-12])
def test_a_small_number_is_not_nothing(tmp_path: Path, value: float) -> None:
    found = float(cells(write_csv(tmp_path / "a.csv", ["h"], [[value]]))[1][0])
    assert found == pytest.approx(value, rel=0.01)


def test_days_whole_numbers_and_holes(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ["h"] * 4, [(date(2026, 3, 1), 7, None, True)])
    assert cells(path)[1] == ["2026-03-01", "7", "", "True"]


def test_a_table_for_programs_has_no_byte_order_mark_and_keeps_every_digit(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ["x_mm"], [[Decimal("-1234.567")]], byte_order_mark=False)
    assert path.read_bytes() == b"x_mm\r\n-1234.567\r\n"


PLAIN = "x_mm,note\r\n-1.5,\u9488\r\n\r\n2.25,\r\n"
SPELLINGS = {
    "plain": PLAIN.encode(),
    "byte order mark": PLAIN.encode("utf-8-sig"),
    "Unicode text of Excel": PLAIN.replace(",", "\t").encode("utf-16"),
    "UTF-16, big end first": b"\xfe\xff" + PLAIN.encode("utf-16-be"),
    "Chinese Windows": PLAIN.encode("gbk"),
    "German Windows": PLAIN.replace(",", ";").replace(".", ",").encode("utf-8-sig"),
    "every cell in quotes": b'"x_mm","note"\n"-1.5","\xe9\x92\x88"\n"",""\n"2.25",""\n',
    "a line for Excel": b"sep=;\r\n" + PLAIN.replace(",", ";").encode(),
    "capital letters, spaces, empty columns": b" X_mm , note,,\n -1.5 ,\xe9\x92\x88,,\n,,,\n2.25,,,\n,\n",
    "columns in another order, lines of old Macintoshes": "note,x_mm\r\u9488,-1.5\r\r,2.25\r".encode(),
}


@pytest.mark.parametrize("content", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_a_table_is_read_however_a_spreadsheet_wrote_it(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(content)
    rows = read_csv(file, needs=["x_mm"]).rows
    assert [(number, as_number(cells["x_mm"]), cells["note"]) for number, cells in rows] == [
        (2, -1.5, "\u9488"),
        (4, 2.25, ""),
    ]


def test_the_number_of_a_row_is_that_of_the_spreadsheet_under_a_broken_cell(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text('note,x_mm\n"two\nlines",1\n,2\n')
    assert [number for number, _ in read_csv(file, needs=["x_mm"]).rows] == [2, 3]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\r\n,,\r\n", "is empty"),
        (b"PK\x03\x04 and more", "is a workbook.*save it as CSV"),
        (b"\xd0\xcf\x11\xe0 and more", "is a workbook.*save it as CSV"),
        (b"y_mm\n1\n", "has no column 'x_mm'"),
        (b"x_mm,X_mm\n1,2\n", "has two columns 'x_mm'"),
        (b"x_mm,y\n1,5,2,5\n", "has 4 cells in row 2, and 2 columns"),
        (b"x_mm\n\0\0\0", "is damaged or no text"),
        (b"\xff\xfex", "is damaged or no text"),
        (b"x_mm\n" + b"1" * 200_000, "is no CSV file"),
        (b"x_mm\n" + b"1\n" * 3_000_000, "is longer than"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(content)
    with pytest.raises(TableError, match=said):
        read_csv(file, needs=["x_mm"])


def test_no_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="there is no file"):
        read_csv(tmp_path / "a.csv", needs=["x_mm"])
    with pytest.raises(TableError, match="cannot be read"):
        read_csv(tmp_path, needs=["x_mm"])


@given(st.floats(-1e6, 1e6), st.sampled_from([".", ","]))
def test_a_number_is_read_with_either_decimal_sign(value: float, sign: str) -> None:
    assert as_number(f"{value:.6f}".replace(".", sign)) == pytest.approx(value, abs=5e-7)


FULL_WIDTH, MINUS = "\uff0d\uff11\uff0e\uff15", "\u2212"
OTHER_KEYBOARDS = {FULL_WIDTH: -1.5, f"{MINUS}2": -2, "'+3": 3, " .5 ": 0.5, "4.": 4, "1E-3": 0.001}


@pytest.mark.parametrize(("text", "value"), OTHER_KEYBOARDS.items())
def test_signs_and_digits_of_other_keyboards_are_read(text: str, value: float) -> None:
    assert as_number(text) == value


NO_NUMBERS = (
    "",
    "-",
    "nan",
    "inf",
    "1e999",
    "1,234.5",
    "1.234,5",
    "1,2,3",
    "1_000",
    "1 000",
    "0x10",
    "#REF!",
    "1mm",
)


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_or_could_be_two_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the caller says which cell it is
        as_number(text)
