"""A user's own copy of CTCAE, as CSV and as a workbook. The sentences here are made up."""

from pathlib import Path
from typing import Any

import pytest

from seedbed.errors import TableError
from seedbed.sheets.ctcae_file import read_ctcae

NCI = [
    "MedDRA Code",
    "MedDRA SOC",
    "CTCAE Term",
    "Grade 1  ",
    "Grade 2  ",
    "Grade 3  ",
    "Grade 4  ",
    "Grade 5  ",
]
NCI += ["Definition", "Navigational Note"]
ROW = ["0", "Class", "Term", "a little", "more", "much", "-", None, "What it is", "-"]


def csv_file(folder: Path, text: str) -> Path:
    file = folder / "own.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_csv_with_short_titles(tmp_path: Path) -> None:
    text = "soc,term,grade1,grade2,grade3,grade4,grade5,definition\nC,T,a,b,,,Death,d\n"
    (term,) = read_ctcae(csv_file(tmp_path, text))
    assert (term.organ_class, term.term, term.definition) == ("C", "T", "d")
    assert term.grades == ("a", "b", "", "", "Death")


def test_a_csv_with_the_titles_of_the_workbook_and_semicolons(tmp_path: Path) -> None:
    text = ";".join(NCI) + "\n" + ";".join(cell or "" for cell in ROW) + "\n"
    (term,) = read_ctcae(csv_file(tmp_path, text))
    assert term.grades == ("a little", "more", "much", "", "")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name,grade\nx,1\n", "no column 'term'"),
        ("term,grade1,grade2,grade3,grade4,grade5\n", "no term"),
        ("", "empty"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(TableError, match=says):
        read_ctcae(csv_file(tmp_path, text))


def test_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="there is no file"):
        read_ctcae(tmp_path / "none.csv")


class Sheet:
    def __init__(self, rows: list[list[Any]]) -> None:
        self.rows = rows

    def iter_rows(self, values_only: bool) -> Any:
        assert values_only
        return iter(self.rows)


def workbook(monkeypatch: pytest.MonkeyPatch, *sheets: list[list[Any]]) -> None:
    """Stand in for openpyxl with a workbook of some sheets."""

    class Book:
        worksheets = [Sheet(rows) for rows in sheets]  # noqa: RUF012

        def close(self) -> None:
            pass

    class Openpyxl:
        @staticmethod
        def load_workbook(_path: Path, **_options: bool) -> Book:
            return Book()

    monkeypatch.setattr("seedbed.sheets.ctcae_file.importlib.import_module", lambda _: Openpyxl)


def test_a_workbook_is_read_from_the_sheet_that_has_the_titles(monkeypatch: pytest.MonkeyPatch) -> None:
    workbook(monkeypatch, [["About"]], [["CTCAE v5.0"], NCI, ROW, [None] * 10])
    (term,) = read_ctcae(Path("own.xlsx"))
    assert (term.term, term.organ_class, term.grades[:3]) == ("Term", "Class", ("a little", "more", "much"))


def test_a_workbook_without_the_titles_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    workbook(monkeypatch, [["About"]])
    with pytest.raises(TableError, match="CTCAE Term"):
        read_ctcae(Path("own.xlsx"))


def test_without_openpyxl_a_workbook_is_refused_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr("seedbed.sheets.ctcae_file.importlib.import_module", absent)
    with pytest.raises(TableError, match="save the sheet as CSV"):
        read_ctcae(Path("own.xlsx"))
