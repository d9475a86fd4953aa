import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.sheets import write_csv


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
