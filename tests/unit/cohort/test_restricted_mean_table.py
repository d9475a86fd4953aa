"""Restricted means: areas by hand, limits that a mean can have, few events told."""

import numpy as np
import pytest
from tests.unit.cohort.analysis_sets import analysis_set

from seedbed.cohort.frame import AnalysisSet
from seedbed.cohort.restricted_mean_table import FEWEST_EVENTS, restricted_mean_table


def test_the_restricted_mean_is_the_area_under_the_curve() -> None:
    """Group A: 1 until 2, 0.5 until 4, so 3 months of 4; group B: 1 until 3, so 3.5."""
    data = analysis_set(["A", "A", "B", "B"], os_months=[2, 4, 3, 4], os_event=[True, False, True, False])
    rows = {row.id: row for row in restricted_mean_table(data).rows}
    assert [cell.numbers["mean"] for cell in rows["os"].cells[:2]] == pytest.approx([3.0, 3.5])
    assert rows["os.A_B"].cells[2].numbers["difference"] == pytest.approx(-0.5)


def late(first: int, second: int) -> AnalysisSet:
    """Make two groups of 12 who were followed for 12 months, so many of whom died, all in the last month."""
    months = [*np.linspace(11.0, 11.9, first), *[12.0] * (12 - first)]
    months += [*np.linspace(11.0, 11.9, second), *[12.0] * (12 - second)]
    events = [at < first for at in range(12)] + [at < second for at in range(12)]
    return analysis_set(["A"] * 12 + ["B"] * 12, os_months=months, os_event=events)


def test_no_limit_lies_beyond_the_horizon() -> None:
    table = restricted_mean_table(late(6, 5))
    rows = {row.id: row for row in table.rows}
    for cell in rows["os"].cells[:2]:
        assert 0 <= cell.numbers["low"] < cell.numbers["mean"] < cell.numbers["high"] <= 12.0
    assert rows["os"].label.endswith("up to 12.0 months")
    assert any(note.startswith("Limits are cut at 0 and at the horizon") for note in table.footnotes)
    assert not any(note.startswith("Warning") for note in table.footnotes)


def test_a_high_limit_is_cut_at_the_horizon() -> None:
    (cell, _) = {row.id: row for row in restricted_mean_table(late(1, 6)).rows}["os"].cells[:2]
    assert cell.numbers["high"] == 12.0
    assert cell.text.endswith("to 12.00)")


def test_few_events_are_told_by_group() -> None:
    (note,) = [
        each
        for each in restricted_mean_table(late(FEWEST_EVENTS - 1, FEWEST_EVENTS)).footnotes
        if each.startswith("Warning")
    ]
    assert note.startswith("Warning: fewer than 5 events up to the horizon in: Overall survival, A (4). ")


def test_a_difference_of_means_stays_within_the_horizon() -> None:
    data = analysis_set(
        ["A"] * 4 + ["B"] * 4,
        os_months=[0.1, 0.2, 0.3, 12.0, 0.1, 0.2, 0.3, 12.0],
        os_event=[True, True, True, False] * 2,
    )
    pair = {row.id: row for row in restricted_mean_table(data).rows}["os.A_B"].cells[2].numbers
    assert pair["difference"] == pytest.approx(0.0, abs=1e-12)
    assert -12.0 <= pair["low"] < 0 < pair["high"] <= 12.0


def test_a_difference_has_its_test() -> None:
    data = analysis_set(["A", "A", "B", "B"], os_months=[2, 4, 3, 4], os_event=[True, False, True, False])
    (row,) = (each for each in restricted_mean_table(data).rows if each.id == "os.A_B")
    (test,) = row.tests
    # variances by hand: A (4 - 2)(1/2) = 1, squared, times 1/2; B (4 - 3)(1/2) = 1/2, squared, times 1/2
    assert test.statistic == pytest.approx(-0.5 / (1.0 / 2 + 0.25 / 2) ** 0.5)
    assert test.p_value == row.cells[3].numbers["p_value"]
    assert (test.test, test.n) == ("Wald test, difference of restricted means", (2, 2))


def test_a_mean_without_error_is_told_by_its_group() -> None:
    data = analysis_set(
        ["A"] * 2 + ["B"] * 2 + ["C"], os_months=[2, 4, 5, 6, 9], os_event=[True, False, False, False, True]
    )
    rows = {row.id: row for row in restricted_mean_table(data).rows}
    assert rows["os.A_B"].cells[3].text == (
        "not estimable: no event up to 4.0 months in B, or all at one time"
    )
    assert rows["os.A_C"].tests[0].note == "not estimable: one patient only in C"
