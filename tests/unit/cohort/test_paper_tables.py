"""The tables of the paper from small sets: denominators, missing values, tests named in the methods line."""

from dataclasses import replace

import numpy as np
from tests.unit.cohort.analysis_sets import analysis_set

from seedbed.cohort.analysis_rules import analysis_rules
from seedbed.cohort.courses import Courses, Findings
from seedbed.cohort.paper_tables import changes_table, characteristics_table, response_table

RULES = analysis_rules()


def rows_of(table) -> dict[str, list[str]]:
    return {row.id: [cell.text for cell in row.cells] for row in table.rows}


def test_percentages_are_of_those_who_are_known() -> None:
    data = analysis_set(["A"] * 4 + ["B"] * 2, sex=["male", "male", "female", None, "female", "female"])
    table = characteristics_table(data, RULES)
    rows = rows_of(table)
    assert rows["sex.male"] == ["2 (67%)", "0 (0%)", ""]
    assert rows["sex.missing"] == ["1", "0", ""]
    (test,) = next(row for row in table.rows if row.id == "sex").tests
    assert (test.n, test.missing) == ((3, 2), (1, 0))
    assert "Fisher's exact test: Gender" in table.methods


def test_classes_that_nobody_has_have_no_row() -> None:
    data = analysis_set(["A", "B"], ecog=[0, 4])
    assert [name for name in rows_of(characteristics_table(data, RULES)) if name.startswith("ecog.")] == [
        "ecog.0",
        "ecog.4",
    ]


def test_response_rates_are_those_of_section_2_4() -> None:
    data = analysis_set(["A"] * 5, response_6=["CR", "PR", "SD", "PD", None])
    table = response_table(data, RULES)
    rows = rows_of(table)
    assert rows["response_6.A"] == ["1 (25%)"] * 4 + ["", "50% (2/4)", "75% (3/4)"]
    assert "6 months, not assessed or not evaluable, and not in N: A 1." in table.footnotes


def test_changes_within_a_group_are_of_those_with_every_value() -> None:
    data = analysis_set(
        ["A"] * 4, nrs_0=[4, 5, 6, 7], nrs_6=[1, 2, None, 3], volume_0=[1, 2, 3, 4], volume_6=[1, 1, 1, 1]
    )
    table = changes_table(data, RULES)
    rows = rows_of(table)
    assert rows["nrs.within"][0].endswith("(n=3)")
    assert rows["nrs_6.missing"][0] == "1"
    assert rows["volume.within"][0].startswith("not estimable")
    (test,) = next(row for row in table.rows if row.id == "nrs.within").tests
    assert (test.n, test.missing, test.about) == ((3,), (1,), "NRS pain scores within A")


def test_vrr_is_not_compared_with_itself() -> None:
    assert "vrr.within" not in rows_of(changes_table(analysis_set(["A", "B"]), RULES))


def test_a_group_without_implants_says_so() -> None:
    data = analysis_set(["A", "A", "B", "B"], seeds=[10, 20, None, None])
    bare = replace(data.column("seeds"), sources=[("implantation",), ("implantation",), (), ()])
    rows = rows_of(characteristics_table(replace(data, columns={**data.columns, "seeds": bare}), RULES))
    assert rows["seeds.summary"][1] == "no implant"
    assert rows["seeds"][-1] == "not estimable: values are known in one group only"
    not_stated = rows_of(characteristics_table(data, RULES))
    assert not_stated["seeds.summary"][1] == "not estimable: no value is known"


def test_a_median_of_tg_below_the_limit_is_printed_as_such() -> None:
    data = analysis_set(["A"] * 3, tg_0=[0.04, 0.04, 5.0])
    tg = Findings(
        patients=np.arange(3),
        days=np.zeros(3, dtype=int),
        values=np.array([0.04, 0.04, 5.0]),
        words=np.array(["<", "<", ""]),
        due_months=np.zeros(3, dtype=int),
    )
    table = changes_table(replace(data, courses=Courses(tg_ng_ml=tg)), RULES)
    assert rows_of(table)["tg_0"][0] == "<0.04 (<0.04,5.00)"
    assert any(note.startswith("< or > before a median") for note in table.footnotes)
    assert not any(note.startswith("< or >") for note in changes_table(data, RULES).footnotes)
