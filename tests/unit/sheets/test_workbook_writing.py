"""The template of the clinic, as another program sees it."""

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from seedbed.errors import OutputError
from seedbed.patient.fields import fields_of
from seedbed.patient.partial_dates import PartialDate
from seedbed.patient.records import KINDS, LaboratoryValue, Pain, Patient, VisitRecord
from seedbed.sheets.reader import read_records
from seedbed.sheets.titles import Language, column_title, sheet_title
from seedbed.sheets.workbook_writing import write_template, write_workbook

LANGUAGES: tuple[Language, ...] = ("en", "zh")
ON = PartialDate("2024-02-05")
LAB = {"patient_id": "S-01", "on": ON, "analyte": "tg", "unit": "ng/mL"}


@pytest.fixture(params=LANGUAGES)
def template(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Language, Any]:
    return request.param, load_workbook(write_template(tmp_path / "t.xlsx", request.param))


def test_a_sheet_for_every_kind_that_is_filled_by_hand(template: tuple[Language, Any]) -> None:
    language, book = template
    names = [sheet_title(kind).of(language) for kind in KINDS if kind != "decision"]
    assert book.sheetnames == [{"en": "Read me", "zh": "说明"}[language], *names]


def test_every_field_has_its_column_with_a_hint_and_choices_a_list(template: tuple[Language, Any]) -> None:
    language, book = template
    for kind in KINDS:
        if kind == "decision":
            continue
        page = book[sheet_title(kind).of(language)]
        cells = {cell.value: cell for cell in page[1]}
        lists = {
            str(rule.sqref)[0]: rule.formula1
            for rule in page.data_validations.dataValidation
            if rule.type == "list"
        }
        for known in fields_of(KINDS[kind]).values():
            cell = cells[column_title(kind, known, language)]
            assert known.meaning in cell.comment.text
            if known.kind in ("choice", "yes or no"):
                listed = lists[cell.column_letter].strip('"').split(",")
                assert len(listed) == (len(known.choices) or 2)
        assert page.freeze_panes == "B2"
        assert all(
            len(text) <= 257 for text in lists.values()
        )  # 255 signs between the quotes, a limit of Excel


def test_an_empty_template_holds_nothing(tmp_path: Path) -> None:
    for language in LANGUAGES:
        content = read_records(write_template(tmp_path / "t.xlsx", language))
        assert (content.records, content.bad, content.remarks) == ((), (), ())


def test_cells_of_texts_and_dates_are_texts_so_that_nothing_is_made_of_what_is_typed(tmp_path: Path) -> None:
    page = load_workbook(write_template(tmp_path / "t.xlsx"))["Visits"]
    formats = {cell.value: page.column_dimensions[cell.column_letter].number_format for cell in page[1]}
    assert formats["Patient"] == formats["Date of visit"] == "@"
    assert formats["Weight [kg]"] == "General"


def test_visits_laboratory_values_and_pain_stand_in_one_row_where_it_says_all(tmp_path: Path) -> None:
    found = [
        VisitRecord(patient_id="S-01", on=ON),
        LaboratoryValue(**LAB, value=0.04, comparator="<"),
        LaboratoryValue(**{**LAB, "analyte": "tsh", "unit": "mU/L"}, value=0.1, high=4.0),
        LaboratoryValue(**{**LAB, "analyte": "ft4", "unit": "ng/dL"}, value=1.1),
        LaboratoryValue(**{**LAB, "on": PartialDate("2024")}, value=2.0),
        Pain(patient_id="S-01", on=ON, nrs=3.0),
        Pain(patient_id="S-01", on=ON, site="neck", nrs=5.0),
    ]
    book = load_workbook(write_workbook(tmp_path / "a.xlsx", found))
    visit = dict(
        zip(
            [cell.value for cell in book["Visits"][1]],
            [cell.value for cell in book["Visits"][2]],
            strict=True,
        )
    )
    assert visit["Tg [ng/mL]"] == "<0.04"
    assert visit["Pain NRS"] == 3
    assert visit["TSH [mU/L]"] is None
    assert book["Laboratory"].max_row == 4
    assert book["Pain"].max_row == 2
    assert {each.record for each in read_records(tmp_path / "a.xlsx").records} == set(found)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+2", "@SUM(A1)", "＝1", "=cmd|' /C calc'!A0", "#N/A"])
def test_no_text_is_a_formula(tmp_path: Path, text: str) -> None:
    path = write_workbook(tmp_path / "a.xlsx", [Patient(patient_id="S-01", person=text)])
    cell = load_workbook(path)["Patients"]["B2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


def test_a_sign_that_no_workbook_holds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="row 2 of the sheet 'Patients'"):
        write_workbook(tmp_path / "a.xlsx", [Patient(patient_id="S-01", note="a\x07b")])
