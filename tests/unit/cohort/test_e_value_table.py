"""E-values in a table: the formula of the paper, what is rare, and what has none."""

from math import sqrt

import pytest
from tests.unit.cohort.analysis_sets import analysis_set

from seedbed.cohort.analysis_rules import analysis_rules
from seedbed.cohort.e_value_table import e_value_table
from seedbed.cohort.frame import AnalysisSet
from seedbed.cohort.further_tables import hazard_table
from seedbed.cohort.tables import Row


def rows_of(data: AnalysisSet) -> dict[str, Row]:
    table = e_value_table(data, analysis_rules(), hazards=hazard_table(data))
    assert all(len(row.cells) == len(table.columns) - 1 for row in table.rows)
    return {row.id: row for row in table.rows}


def survival(events: int, of: int = 40) -> dict[str, list]:
    """Groups A and B by turns; so many events, the first ones of A, one of B for three of A."""
    had = [at % 4 != 3 for at in range(events)]
    group = ["A" if first else "B" for first in had]
    group += ["A"] * (of // 2 - group.count("A")) + ["B"] * (of // 2 - group.count("B"))
    months = [float(1 + at) for at in range(events)] + [50.0] * (of - events)
    return {"groups": group, "months": months, "event": [True] * events + [False] * (of - events)}


def with_os(events: int, of: int = 40) -> AnalysisSet:
    made = survival(events, of)
    return analysis_set(made["groups"], os_months=made["months"], os_event=made["event"])


def test_a_rate_has_the_e_value_of_its_ratio() -> None:
    # rates 8/10 against 4/10: ratio 2, E-value 2 + sqrt(2)
    data = analysis_set(["A"] * 10 + ["B"] * 10, response_6=["PR"] * 4 + ["SD"] * 6 + ["PR"] * 8 + ["SD"] * 2)
    row = rows_of(data)["orr_6.B"]
    assert row.label == "ORR at 6 months: B against A"
    assert row.cells[0].numbers["risk_ratio"] == pytest.approx(2)
    assert row.cells[2].numbers["e_value"] == pytest.approx(2 + sqrt(2))
    assert rows_of(data)["dcr_6.B"].cells[2].numbers["e_value"] == pytest.approx(1)


def test_a_rare_event_reads_the_hazard_ratio_as_a_risk_ratio() -> None:
    row = rows_of(with_os(7, 100))["os.B"]  # 6 of 50 in A, 1 of 50 in B
    assert row.cells[1].text == "risk ratio (up to 12% have the event)"
    ratio = 1 / row.cells[0].numbers["hazard_ratio"]
    assert ratio > 1
    assert row.cells[2].numbers["e_value"] == pytest.approx(ratio + sqrt(ratio * (ratio - 1)))


def test_a_common_event_is_converted_first() -> None:
    row = rows_of(with_os(4))["os.B"]  # 3 of 20 in A, 15 %: not below; 1 of 20 in B, 10 % of both
    assert row.cells[1].text == "hazard ratio, common (up to 15% have the event)"
    hazard = 1 / row.cells[0].numbers["hazard_ratio"]
    ratio = (1 - 0.5 ** sqrt(hazard)) / (1 - 0.5 ** sqrt(1 / hazard))  # VanderWeele and Ding 2017, table 2
    assert row.cells[2].numbers["e_value"] == pytest.approx(ratio + sqrt(ratio * (ratio - 1)))


def test_censoring_hides_no_event() -> None:
    """A: 2 of 20, but 10 were censored before: 1 - (9/10)(8/9) = 20 %; B: 1 of 20."""
    months = [1.0] * 10 + [5.0, 6.0] + [50.0] * 8 + [7.0] + [50.0] * 19
    event = [False] * 10 + [True, True] + [False] * 8 + [True] + [False] * 19
    row = rows_of(analysis_set(["A"] * 20 + ["B"] * 20, os_months=months, os_event=event))["os.B"]
    assert row.cells[1].numbers["share"] == pytest.approx(0.2)
    assert row.cells[1].text == "hazard ratio, common (up to 20% have the event)"


def test_what_has_none_says_why() -> None:
    data = analysis_set(["A"] * 5 + ["B"] * 5, response_6=["PD"] * 5 + ["PR"] * 5)
    rows = rows_of(data)
    assert rows["os"].cells[0].text.startswith("not estimable")
    assert rows["orr_6.B"].cells[0].text == "not estimable: nobody had it in a group"
    assert rows["orr_12.B"].cells[0].text == "not estimable: nobody was assessed in a group"


def test_one_group_has_nothing_to_compare() -> None:
    assert rows_of(analysis_set(["A"] * 3))["e_values"].cells[0].text == "one group only: nothing to compare"


def test_groups_whose_names_begin_alike_are_not_mixed() -> None:
    made = survival(12)
    names = ["A", "A.B"]
    group = [names[0] if each == "A" else names[1] for each in made["groups"]]
    rows = rows_of(analysis_set(group, os_months=made["months"], os_event=made["event"]))
    assert rows["os.A.B"].label == "Overall survival: A.B against A"
    assert "os.A" not in rows
