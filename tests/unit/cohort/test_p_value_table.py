"""Every p-value of every table stands in one list, with the test that gave it."""

from collections import Counter

import numpy as np
import pytest
from scipy import stats
from tests.unit.cohort.analysis_sets import analysis_set

from seedbed.cohort.analysis_rules import analysis_rules
from seedbed.cohort.frame import AnalysisSet
from seedbed.cohort.p_value_table import p_value_table
from seedbed.cohort.table_sets import further_tables, paper_tables
from seedbed.cohort.tables import Table


def made_up(count: int = 60) -> AnalysisSet:
    """Patients drawn by chance in three groups; nobody in them is a patient."""
    rng = np.random.default_rng(4)
    months = {name: rng.exponential(20, count) + 0.1 for name in ("lpfs", "pfs", "os")}
    events = {f"{name}_event": (rng.random(count) < 0.6).tolist() for name in months}
    cause = np.where(events["lpfs_event"], rng.choice(["local progression", "death"], count), "censored")
    return analysis_set(
        [("A", "B", "C")[at % 3] for at in range(count)],
        sex=list(rng.choice(["male", "female"], count)),
        age_years=list(rng.normal(60, 9, count)),
        response_6=list(rng.choice(["CR", "PR", "SD", "PD"], count)),
        response_12=list(rng.choice(["CR", "PR", "SD", "PD"], count)),
        vrr_6=list(rng.normal(30, 20, count)),
        vrr_12=list(rng.normal(40, 20, count)),
        d90_gy=list(rng.normal(110, 15, count)),
        lpfs_cause=cause.tolist(),
        **{f"{name}_months": list(values) for name, values in months.items()},
        **events,
    )


@pytest.fixture(scope="module")
def tables() -> tuple[Table, ...]:
    data, rules = made_up(), analysis_rules()
    paper = paper_tables(data, rules)
    return (*paper, *further_tables(data, rules, tested=paper))


def test_every_p_value_of_a_table_has_its_test(tables: tuple[Table, ...]) -> None:
    tested = [table for table in tables if table.id not in ("holm", "tests")]
    for table in tested:
        for row in table.rows:
            shown = [p for cell in row.cells if (p := cell.numbers.get("p_value")) is not None]
            given = [test.p_value for test in row.tests if test.p_value is not None]
            assert sorted(shown) == sorted(given), (table.id, row.id)
    with_any = {table.id for table in tested for row in table.rows if row.tests}
    assert {"restricted_means", "hazard_ratios", "competing_risks", "dose_response", "rates"} <= with_any


def test_every_p_value_is_listed_once(tables: tuple[Table, ...]) -> None:
    (listed,) = (table for table in tables if table.id == "tests")
    every = [
        test.p_value
        for table in tables
        for row in table.rows
        for test in row.tests
        if test.p_value is not None
    ]
    assert Counter(row.cells[3].numbers["p_value"] for row in listed.rows) == Counter(every)
    assert max(Counter(row.id for row in listed.rows).values()) == 1
    assert max(Counter(row.label for row in listed.rows).values()) <= 2
    assert all(row.cells[4].text for row in listed.rows)


def test_a_statistic_gives_its_p_value(tables: tuple[Table, ...]) -> None:
    """By the distribution that the name says: z two-sided, t, else chi-squared or F."""
    checked = set()
    for table in tables:
        for test in (test for row in table.rows for test in row.tests):
            if test.p_value is None or test.statistic is None or test.test.startswith("Wilcoxon"):
                continue
            if not test.df:
                p = 2 * stats.norm.sf(abs(test.statistic))
            elif test.test.startswith("t test"):
                p = 2 * stats.t.sf(abs(test.statistic), *test.df)
            elif len(test.df) == 2:
                p = stats.f.sf(test.statistic, *test.df)
            else:
                p = stats.chi2.sf(test.statistic, *test.df)
            assert p == pytest.approx(test.p_value, abs=1e-9), test.test
            checked.add(test.test)
    assert len(checked) >= 7


def test_no_p_value_is_said() -> None:
    table = p_value_table(())
    assert table.grid() == [["No p-value in any table", "", "", "", "", ""]]
