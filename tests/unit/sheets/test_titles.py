"""Every kind, field and choice is called something in English and Chinese, and nothing means two things."""

import pytest

from seedbed.patient.analytes import find_analyte
from seedbed.patient.fields import Field, fields_of
from seedbed.patient.records import KINDS
from seedbed.sheets.titles import (
    choices_of,
    column_title,
    field_title,
    fields_by_title,
    folded,
    kinds_by_title,
    not_stated,
    same_unit,
    sheet_title,
    split_unit,
)
from seedbed.sheets.visit_columns import AnalyteColumn, analyte_column, analyte_columns, pain_titles

FIELDS = [(kind, known) for kind in KINDS for known in fields_of(KINDS[kind]).values()]
CHOICES = [(kind, known) for kind, known in FIELDS if known.kind in ("choice", "yes or no")]


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= sign <= "\u9fff" for sign in text)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_sheet_in_both_languages(kind: str) -> None:
    title = sheet_title(kind)
    assert is_chinese(title.chinese)
    assert title.english.isascii()
    assert len(title.chinese) <= 31  # characters of a sheet's name in Excel
    assert {kinds_by_title()[folded(each)] for each in title.spellings} == {kind}


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_has_a_title_in_both_languages_and_none_means_two(kind: str) -> None:
    known = fields_by_title(kind)  # refuses a title of two fields
    for name in fields_of(KINDS[kind]):
        title = field_title(kind, name)
        assert title.english.isascii()
        assert {known[folded(each)] for each in (name, *title.spellings)} == {name}
    chinese = [field_title(kind, name).chinese for name in fields_of(KINDS[kind])]
    assert sum(map(is_chinese, chinese)) >= len(chinese) - 1


@pytest.mark.parametrize(("kind", "known"), CHOICES, ids=lambda each: str(getattr(each, "name", each)))
def test_every_choice_is_understood_in_both_languages(kind: str, known: Field) -> None:
    words = choices_of(kind, known)  # refuses a word of two choices
    assert set(words.values()) == ({True, False} if known.kind == "yes or no" else set(known.choices))


@pytest.mark.parametrize(
    ("written", "kind", "field", "value"),
    [
        ("男", "patient", "sex", "male"),
        ("ｆ", "patient", "sex", "female"),
        ("女 ", "patient", "sex", "female"),
        ("是", "patient", "synthetic", True),
        ("０", "patient", "synthetic", False),
        ("N", "lesion", "implanted", False),
        ("靶病灶", "lesion", "role", "target"),
        ("靶", "lesion", "role", "target"),
        ("未见", "measurement", "state", "absent"),
        ("不能耐受", "drug dose", "reason", "not tolerated"),
        ("不耐受", "drug dose", "reason", "not tolerated"),
        ("＜", "laboratory value", "comparator", "<"),
        ("阴性", "screening", "tgab_positive", False),
        ("tt_bclnd_lnd", "baseline", "surgery", "TT + BCLND + LND"),
    ],
)
def test_choices_as_they_are_written(written: str, kind: str, field: str, value: object) -> None:
    assert choices_of(kind, fields_of(KINDS[kind])[field])[folded(written)] == value


def test_a_choice_is_never_read_as_not_stated() -> None:
    words = {word for kind, known in CHOICES for word in choices_of(kind, known)}
    assert words & not_stated() <= {"未做", "未知", "notdone"}  # said of what was not tested, or is not known


@pytest.mark.parametrize(
    "written",
    [
        "最长径 [mm]",
        "最长径（mm）",
        "最长径【mm】",
        "Longest diameter (mm)",
        "LONGEST　DIAMETER［mm］",
        "longest_mm",
    ],
)
def test_titles_as_they_are_written(written: str) -> None:
    name, unit = split_unit(written)
    assert fields_by_title("measurement")[folded(name)] == "longest_mm"
    assert unit in ("mm", "")


def test_the_unit_stands_in_the_title() -> None:
    known = fields_of(KINDS["measurement"])["longest_mm"]
    assert column_title("measurement", known, "en") == "Longest diameter [mm]"
    assert column_title("measurement", known, "zh") == "最长径 [mm]"
    for kind, each in FIELDS:
        assert split_unit(column_title(kind, each, "en"))[1] == each.unit


def test_a_power_of_ten_is_not_another_number() -> None:
    assert same_unit("×10⁹/L", "1e9/L")
    assert not same_unit("10⁶/L", "1e9/L")
    assert not same_unit("cm", "mm")


def test_a_column_of_the_laboratory_is_no_field_of_a_visit() -> None:
    beside = {folded(each) for column in analyte_columns() for each in column.title.spellings} | pain_titles()
    assert not beside & fields_by_title("visit").keys()


@pytest.mark.parametrize("column", analyte_columns(), ids=lambda column: column.analyte)
def test_a_column_of_the_template_means_its_quantity_in_its_unit(column: AnalyteColumn) -> None:
    for language in ("en", "zh"):
        for written in (column.titled(language), column.title.of("zh" if language == "zh" else "en")):
            found = analyte_column(*split_unit(written))  # refuses a unit that does not fit
            assert found is not None
            assert (found.analyte, found.unit) == (column.analyte, column.unit)
            meant = find_analyte(split_unit(written)[0])
            assert meant is not None
            assert meant.code == column.analyte
