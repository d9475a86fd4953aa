"""One cell: what is read is what a person meant, and what can be meant twice is refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.patient.fields import fields_of
from seedbed.patient.partial_dates import PartialDate
from seedbed.patient.records import KINDS
from seedbed.sheets.cells import Raw, Reader, Refused, Unreadable, read_all, read_reading, reader_of


def reader(kind: str, name: str, *, is_key: bool = False) -> Reader:
    return reader_of(kind, fields_of(KINDS[kind])[name], is_key=is_key)


READING = read_reading(fields_of(KINDS["laboratory value"])["value"])
NOTHING = ("", "NA", "N/A", "n/a", "-", "—", "不详", "未查", " NA ", "/")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("12.5", 12.5),
        ("12,5", 12.5),
        ("0,125", 0.125),
        ("１２．５", 12.5),
        ("12 mm", 12.0),
        ("12毫米", 12.0),
        ("1e2", 100.0),
        (12.5, 12.5),
        (".5", 0.5),
    ],
)
def test_numbers_as_they_are_written(written: Raw, value: float) -> None:
    assert reader("measurement", "longest_mm")(written) == value


@pytest.mark.parametrize(
    "written",
    [
        "1,234",
        "1.234,5",
        "12 cm",
        "7o",
        "12.5²",
        "1e999",
        "inf",
        "501",
        "-1",
        "12 13",
        "50%",
        "<12",
        "十二",
    ],
)
def test_what_is_no_number_or_two_is_refused(written: str) -> None:
    assert isinstance(reader("measurement", "longest_mm")(written), Refused)


def test_a_refusal_says_what_came_and_what_was_expected() -> None:
    refused = reader("visit", "weight_kg")("7o")
    assert isinstance(refused, Refused)
    assert refused.sentence == "'weight_kg' is '7o'; expected a number from 10 to 400 kg"
    refused = reader("visit", "on")("5/2/2024")
    assert isinstance(refused, Refused)
    assert "2024-02-05 or 2024-05-02" in refused.sentence


@pytest.mark.parametrize("written", NOTHING)
@pytest.mark.parametrize(
    ("kind", "name"), [("visit", "weight_kg"), ("visit", "note"), ("patient", "sex"), ("visit", "on")]
)
def test_nothing_is_nothing_in_every_field(kind: str, name: str, written: str) -> None:
    assert reader(kind, name)(written) is None


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("<0.04", (0.04, "<", "")),
        ("＜０．０４", (0.04, "<", "")),
        ("> 500", (500.0, ">", "")),
        ("3,5↑", (3.5, None, "")),
        (2.0, (2.0, None, "")),
        ("3.2mmol/L", (3.2, None, "mmol/L")),
        ("3.2 mmol/L ↑", (3.2, None, "mmol/L")),
        ("180×10^9/L", (180.0, None, "×10^9/L")),
        ("<20 10⁹/L", (20.0, "<", "10⁹/L")),
        ("45%", (45.0, None, "%")),
    ],
)
def test_laboratory_values(written: Raw, value: tuple[float, str | None, str]) -> None:
    assert READING(written) == value


@pytest.mark.parametrize("written", ["≤0.04", "<", "阴性", "<1,234", "ND", "0.04-0.08"])
def test_what_is_no_laboratory_value_is_refused(written: str) -> None:
    assert isinstance(READING(written), Refused)


def test_percent_is_percent_where_the_unit_is_and_nowhere_else() -> None:
    assert reader("implantation", "v100_pct")("95%") == 95.0
    assert isinstance(reader("screening", "pt_ratio")("95%"), Refused)


@pytest.mark.parametrize(("written", "text"), [(7.0, "7"), (7.5, "7.5"), ("007", "007"), ("Ｓ１", "S1")])
def test_the_name_of_a_patient(written: Raw, text: str) -> None:
    assert reader("patient", "patient_id", is_key=True)(written) == text


def test_other_texts_keep_their_letters() -> None:
    assert reader("patient", "note")("Ｓ－０１，①") == "Ｓ－０１，①"
    assert reader("patient", "note")("one\r\ntwo") == "one\ntwo"


@pytest.mark.parametrize("written", [date(2026, 3, 2), 1.1010119900101e17, Unreadable("#N/A")])
def test_what_a_spreadsheet_spoiled_is_no_name(written: Raw) -> None:
    # A name 2-3 becomes a date, of a citizen's number of 18 digits a spreadsheet keeps 15.
    assert isinstance(reader("patient", "patient_id")(written), Refused)


def test_whole_numbers() -> None:
    assert reader("visit", "kps")("80") == reader("visit", "kps")(80.0) == 80
    assert type(reader("visit", "kps")(80.0)) is int
    assert isinstance(reader("visit", "kps")("80.5"), Refused)


def test_a_day_must_be_known_where_a_day_is_asked_for() -> None:
    assert reader("screening", "treatment_date")("2026年3月2日") == date(2026, 3, 2)
    assert isinstance(reader("screening", "treatment_date")("2026-03"), Refused)
    assert reader("screening", "on")("2026-03") == PartialDate("2026-03")


@given(st.floats(0, 500))
def test_every_number_that_fits_comes_back(value: float) -> None:
    read = reader("measurement", "longest_mm")
    assert read(repr(value)) == read(value) == value


@given(st.lists(st.sampled_from(["1", "2", "x", "", 3.0])))
def test_a_column_is_read_as_its_cells_are(column: list[Raw]) -> None:
    read = reader("measurement", "longest_mm")
    values, refused = read_all(column, read)
    assert values == [read(cell) for cell in column]
    assert refused == [place for place, cell in enumerate(column) if cell == "x"]


@pytest.mark.parametrize("written", ["3.2 furlongs", "1 000", "2 to 3", "3.2 (high)", "10^9/L"])
def test_what_is_no_number_with_a_unit_is_no_laboratory_value(written: str) -> None:
    assert isinstance(READING(written), Refused)


@pytest.mark.parametrize("written", ["合计", "总计：", "Total", "SUM", "无"])
def test_a_total_is_no_patient(written: str) -> None:
    read = reader_of("visit", fields_of(KINDS["visit"])["patient_id"], is_key=True)
    refused = read(written)
    assert isinstance(refused, Refused)
    assert "no patient but a total" in refused.came
    assert read("Summer-01") == "Summer-01"
