"""Best response, time to response, duration: counts by hand, closed forms, and what cannot be told."""

from dataclasses import replace

import pytest
from tests.unit.cohort.analysis_sets import analysis_set

from seedbed.cohort.analysis_rules import analysis_rules
from seedbed.cohort.response_time_tables import response_time_table, response_times

RULES = analysis_rules()
FOUR = analysis_set(
    ["A"] * 5,
    best_response=["CR", "PR", "SD", "PD", None],
    ttr_months=[2.0, 6.0, None, None, None],
    dor_months=[10.0, 30.0, None, None, None],
    dor_event=[True, False, None, None, None],
    pfs_months=[12.0, 36.0, 20.0, 4.0, None],
    pfs_event=[True, False, False, True, None],
)


def rows_of(data):
    table = response_time_table(data, RULES)
    assert table is not None
    return {row.id: row for row in table.rows}


def test_rates_are_of_those_whose_best_response_is_known() -> None:
    rows = rows_of(FOUR)
    assert rows["best_response.orr"].cells[0].text == "50.0% (6.8 to 93.2), 2/4"
    assert rows["best_response.dcr"].cells[0].numbers["events"] == 3
    assert rows["best_response.missing"].cells[0].text == "1"


def test_time_to_response_is_of_responders() -> None:
    rows = rows_of(FOUR)
    assert rows["ttr.median"].cells[0].numbers["median"] == 4.0
    assert rows["ttr.range"].cells[0].text == "2.0 to 6.0"


def test_the_incidence_counts_everybody() -> None:
    """At risk 4, 3, 2: 1/4 at 2 months; progression at 4; 1/4 more at 6, as nobody was censored before."""
    times = response_times(FOUR)
    assert times.causes.tolist() == [1, 1, 0, 2]
    assert rows_of(FOUR)["response.at_9"].cells[0].numbers["incidence"] == pytest.approx(0.5)


def test_duration_is_by_kaplan_and_meier() -> None:
    """Two responders: one ends at 10 months, the other goes on at 30."""
    rows = rows_of(FOUR)
    assert rows["dor.events"].cells[0].text == "1 / 2"
    assert rows["dor.median"].cells[0].numbers["median"] == 10.0
    assert rows["dor.at_24"].cells[0].numbers["share"] == pytest.approx(0.5)


def test_without_the_columns_there_is_no_table() -> None:
    columns = {name: each for name, each in FOUR.columns.items() if name != "dor_event"}
    assert response_time_table(replace(FOUR, columns=columns), RULES) is None


@pytest.mark.parametrize("groups", [["A"], ["A", "B"], ["A", "A", "B", "C"]])
@pytest.mark.parametrize("best", ["CR", "SD", None])
def test_hard_cohorts_have_an_answer_or_a_sentence(groups, best) -> None:
    count = len(groups)
    responded = best == "CR"
    data = analysis_set(
        groups,
        best_response=[best] * count,
        ttr_months=[0.0 if responded else None] * count,
        dor_months=[0.0 if responded else None] * count,
        dor_event=[False if responded else None] * count,
        pfs_months=[0.0] * count,
        pfs_event=[False] * count,
    )
    rows = rows_of(data)
    for row in rows.values():
        assert all("nan" not in cell.text for cell in row.cells)
        assert all(test.p_value is not None or test.note for test in row.tests)
    if not responded:
        assert rows["dor.median"].cells[0].text == "not estimable: nobody responded"
