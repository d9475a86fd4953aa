"""ORR and DCR with exact limits, differences and Holm's steps."""

import pytest
from scipy import stats
from tests.unit.cohort.analysis_sets import analysis_set

from seedbed.cohort.analysis_rules import analysis_rules
from seedbed.cohort.rate_tables import imputed_rate_table, rate_cell, rate_table

DATA = analysis_set(
    ["A"] * 4 + ["B"] * 5,
    response_6=["CR", "PR", "SD", None, "PD", "PD", "SD", "PR", None],
)


@pytest.mark.parametrize(("events", "patients"), [(0, 5), (3, 14), (5, 5)])
def test_limits_are_those_of_scipy(events: int, patients: int) -> None:
    limits = stats.binomtest(events, patients).proportion_ci(method="exact")
    numbers = rate_cell(events, patients).numbers
    assert numbers["low"] == pytest.approx(limits.low)
    assert numbers["high"] == pytest.approx(limits.high)


def test_of_the_assessed_and_of_everybody() -> None:
    for table, ending, patients in (
        (rate_table(DATA, analysis_rules()), "", (3, 4)),
        (imputed_rate_table(DATA, analysis_rules()), "_everyone", (4, 5)),
    ):
        rows = {row.id: row for row in table.rows}
        orr, dcr = rows[f"orr_6{ending}"], rows[f"dcr_6{ending}"]
        assert tuple(cell.numbers["patients"] for cell in orr.cells[:2]) == patients
        assert tuple(cell.numbers["events"] for cell in orr.cells[:2]) == (2, 1)
        assert tuple(cell.numbers["events"] for cell in dcr.cells[:2]) == (3, 2)
        difference = rows[f"orr_6{ending}.A_B"].cells[2].numbers["difference"]
        assert difference == pytest.approx(2 / patients[0] - 1 / patients[1])


def test_a_visit_that_nobody_had() -> None:
    rows = {row.id: row for row in rate_table(DATA, analysis_rules()).rows}
    assert rows["orr_12"].cells[0].text == "not estimable: nobody was assessed"
    assert not [name for name in rows if name.startswith("orr_12.")]


def test_holm_multiplies_the_smallest_by_the_number_of_pairs() -> None:
    data = analysis_set(
        ["A"] * 8 + ["B"] * 8 + ["C"] * 8, response_6=["PR"] * 8 + ["SD"] * 8 + ["PR"] * 4 + ["SD"] * 4
    )
    rows = {row.id: row for row in rate_table(data, analysis_rules()).rows}
    plain, adjusted = (rows["orr_6.A_B"].cells[at].numbers for at in (4, 5))
    assert plain["p_value"] == pytest.approx(stats.fisher_exact([[8, 0], [0, 8]]).pvalue)
    assert adjusted["p_holm"] == pytest.approx(3 * plain["p_value"])
