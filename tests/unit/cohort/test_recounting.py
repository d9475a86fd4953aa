"""Printed numbers recomputed from printed counts; parts of the tables are typed here again from the paper."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from seedbed.cohort import Cell, PublishedPaper, read_published
from seedbed.cohort.auditing import audit_study, read_study
from seedbed.cohort.recounting import NumberRow, recount

FOUND = recount()
ROWS = {row.id: row for row in FOUND.rows}
EXAMPLE = Path(__file__).parents[3] / "examples" / "founding-paper.toml"

# Table, line, group; count, patients and percentage as printed; the exact percentage by hand.
TYPED = [
    ("Table 1", "gender.Male.B", "8 of 25", "32", 32.0, True),
    ("Table 1", "gender.Female.C", "9 of 13", "69", 69.2308, True),
    ("Table 1", "surgery.TT + BCLND+LND.A", "11 of 14", "77", 78.5714, False),
    ("Table 1", "surgery.TT + BCLND+LND.C", "6 of 13", "48", 46.1538, False),
    ("Table 1", "metastasis.Lung only.C", "5 of 13", "39", 38.4615, False),
    ("Table 1", "mutations.Negative.C", "3 of 13", "23", 23.0769, True),
    ("Table 2", "response_6_months.PR.A", "3 of 14", "22", 21.4286, False),
    ("Table 2", "response_12_months.CR.A", "1 of 9", "12", 11.1111, False),
    ("Table 2", "response_12_months.CR.C", "4 of 13", "30", 30.7692, False),
    ("Table 2", "orr_12_months.ORR.B", "10 of 18", "56", 55.5556, True),
    ("Table 2", "dcr_12_months.DCR.C", "12 of 13", "92", 92.3077, True),
    ("Table 3", "adverse_events.0.A", "9 of 14", "64.28", 64.2857, False),
    ("Table 3", "adverse_events.1.C", "5 of 13", "38.46", 38.4615, True),
    ("Table 3", "adverse_events.3.C", "0 of 13", "0", 0.0, True),
]
RATES = {
    "orr_6_months": {"A": "0 + 3 = 3", "B": "0 + 8 = 8", "C": "0 + 10 = 10"},
    "dcr_6_months": {"A": "0 + 3 + 10 = 13", "B": "0 + 8 + 17 = 25", "C": "0 + 10 + 3 = 13"},
    "orr_12_months": {"A": "1 + 2 = 3", "B": "4 + 6 = 10", "C": "4 + 7 = 11"},
    "dcr_12_months": {"A": "1 + 2 + 4 = 7", "B": "4 + 6 + 7 = 17", "C": "4 + 7 + 1 = 12"},
}


@pytest.mark.parametrize(("place", "id", "counted", "printed", "exact", "agrees"), TYPED)
def test_percentages_typed_again(
    place: str, id: str, counted: str, printed: str, exact: float, agrees: bool
) -> None:
    row = ROWS[f"{id}.percentage"]
    assert (row.place, row.published_text, row.agrees) == (place, printed, agrees)
    assert row.recomputed == pytest.approx(exact, abs=5e-5)
    assert row.recomputed_text.startswith(f"{counted} = ")
    assert row.reason == ("" if agrees else f"{row.recomputed_text}; the paper says {printed} %")


def test_seven_percentages_do_not_match_and_nothing_else() -> None:
    wrong = [row for row in FOUND.rows if row.agrees is False]
    assert len(wrong) == 7
    assert {row.id for row in wrong} == {f"{id}.percentage" for _, id, *_, agrees in TYPED if not agrees}


def test_the_audit_of_the_paper_finds_the_same_percentages() -> None:
    findings = [one for one in audit_study(read_study(EXAMPLE)).findings if one.kind == "percentage"]
    printed = sorted((one.where.place, one.text.split(" %")[0], one.where.column) for one in findings)
    wrong = [row for row in FOUND.rows if row.agrees is False]
    assert printed == sorted((row.place, row.published_text, row.group) for row in wrong)


def test_groups_add_up_and_make_the_study() -> None:
    assert ROWS["patients"].recomputed_text == "14 + 25 + 13 = 52"
    sums = [row for row in FOUND.rows if row.kind == "group sum"]
    assert len(sums) == 3 * 11  # eight lines of Table 1 less age, BMI and KPS; response twice; adverse events
    assert all(row.agrees for row in sums)
    assert ROWS["response_12_months.B.sum"].recomputed_text == "4 + 6 + 7 + 1 = 18"


def test_rates_of_response_are_counted_from_the_classes() -> None:
    for line, groups in RATES.items():
        for group, text in groups.items():
            row = ROWS[f"{line}.{line[:3].upper()}.{group}.rate"]
            assert (row.recomputed_text, row.agrees) == (text, True)


def test_values_of_single_patients_are_listed_and_not_counted_as_agreeing() -> None:
    left = [row for row in FOUND.rows if row.agrees is None]
    assert {row.kind for row in left} == {"values"}
    assert len(left) == 3 + 3 + 2 + 5 + 2  # age, BMI, KPS; size; VRR; Tg; pain
    assert ROWS["age.values"].published_text == "52.79 ± 17.27; 60.60 ± 15.07; 57.85 ± 15.61"
    reduction = ROWS["vrr_6_months.values"]
    assert "both volumes of each patient" in reduction.reason
    # (10.54 - 5.06) / 10.54, (78.73 - 38.99) / 78.73, (34.99 - 16.21) / 34.99
    assert reduction.note.endswith("another number: A 52.0 %, B 50.5 %, C 53.7 %")


def test_every_printed_percentage_and_count_is_in_a_row() -> None:
    cells = read_published().cells
    percents = [cell for cell in cells if cell.statistic == "percent"]
    assert len([row for row in FOUND.rows if row.kind == "percentage"]) == len(percents) == 111
    numbers = {(cell.id, cell.group) for cell in cells if cell.statistic in ("median", "mean")}
    assert {name for name, _ in numbers} == {row.id[:-7] for row in FOUND.rows if row.kind == "values"}


def test_each_row_is_judged_or_explained_and_the_summary_counts_them() -> None:
    assert len(ROWS) == len(FOUND.rows)
    for row in FOUND.rows:
        assert (row.recomputed is None) == (row.agrees is None)
        assert bool(row.reason) is (row.agrees is not True)
    assert FOUND.summary == {"recomputed": 157, "agree": 150, "disagree": 7, "not_recomputable": 15}
    assert FOUND.summary["recomputed"] + FOUND.summary["not_recomputable"] == len(FOUND.rows)
    plain = FOUND.to_list()
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain


def cell(level: str, count: str, *, statistic: str = "count", id: str = "line", size: int = 8) -> Cell:
    line = {"label": "Line", "scale": "nominal", "group": "A", "note": "", "place": "Table 9"}
    return Cell(id=id, level=level, size=size, statistic=statistic, text=count, **line)


def rows_of(*cells: Cell) -> dict[str, NumberRow]:
    return {row.id: row for row in recount(PublishedPaper("a paper", "", cells, ())).rows}


def test_a_half_may_be_rounded_up_or_down() -> None:
    for text, agrees in (("12", True), ("13", True), ("12.5", True), ("14", False), ("12.4", False)):
        found = rows_of(cell("x", "1"), cell("x", text, statistic="percent"))
        assert found["line.x.A.percentage"].agrees is agrees


def test_counts_that_do_not_add_up_are_named() -> None:
    row = rows_of(cell("x", "3"), cell("y", "4"))["line.A.sum"]
    assert (row.agrees, row.reason) == (False, "3 + 4 = 7; the paper says 8")


def test_what_lacks_its_counts_is_not_guessed() -> None:
    alone = rows_of(cell("x", "12", statistic="percent"))["line.x.A.percentage"]
    assert (alone.recomputed, alone.reason) == (None, "no count is printed beside it")
    nobody = rows_of(cell("x", "0", size=0), cell("x", "0", statistic="percent", size=0))
    assert nobody["line.x.A.percentage"].agrees is None
    rate = cell("ORR", "3", id="orr_6")
    lacks = rows_of(rate, cell("CR", "1", id="response_6"))["orr_6.ORR.A.rate"]
    assert (lacks.agrees, lacks.recomputed) == (None, None)
    assert "CR, PR" in lacks.reason
    others = [replace(cell(name, "1", id="response_6"), size=9) for name in ("CR", "PR")]
    assert rows_of(rate, *others)["orr_6.ORR.A.rate"].agrees is None
