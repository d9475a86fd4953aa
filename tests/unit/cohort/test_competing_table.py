"""Local progression and death as competing risks: closed forms of small cohorts, and what cannot be told."""

import numpy as np
import pytest
from tests.unit.cohort.analysis_sets import analysis_set

from seedbed.cohort.competing_table import CauseTimes, competing_table, incidence_cell

LOCAL, DEATH, NONE = "local progression", "death", "censored"


def rows_of(groups, months, causes):
    table = competing_table(analysis_set(groups, lpfs_months=months, lpfs_cause=causes))
    assert table is not None
    return {row.id: row for row in table.rows}


def test_without_censoring_the_incidence_is_the_share() -> None:
    """Four patients: one local progression and two deaths by 12 months, another progression by 24."""
    rows = rows_of(["A"] * 4, [3.0, 5.0, 9.0, 20.0], [LOCAL, DEATH, DEATH, LOCAL])
    found = {name: rows[f"competing.{name}"].cells[0].numbers for name in rows_names()}
    assert found["local_progression.at_12"]["incidence"] == pytest.approx(0.25)
    assert found["local_progression.at_24"]["incidence"] == pytest.approx(0.5)
    assert found["death.at_12"]["incidence"] == pytest.approx(0.5)
    assert found["local_progression.events"]["events"] == 2


def rows_names() -> list[str]:
    return [
        f"{cause}.{line}" for cause in ("local_progression", "death") for line in ("events", "at_12", "at_24")
    ]


def test_incidences_and_survival_add_up_to_one() -> None:
    rng = np.random.default_rng(1)
    months, causes = rng.exponential(15, 200), rng.integers(0, 3, 200)
    shares = [incidence_cell(months, causes, cause=each, month=12).numbers["incidence"] for each in (1, 2)]
    at_risk, survival = 200, 1.0
    for at in np.argsort(months):
        if months[at] <= 12 and causes[at]:
            survival *= 1 - 1 / at_risk
        at_risk -= 1
    assert sum(shares) + survival == pytest.approx(1.0)


def test_alike_groups_do_not_differ() -> None:
    months, causes = [2.0, 4.0, 6.0, 8.0, 30.0], [LOCAL, DEATH, LOCAL, NONE, NONE]
    rows = rows_of(["A"] * 5 + ["B"] * 5, months * 2, causes * 2)
    assert rows["competing.local_progression"].tests[0].p_value == pytest.approx(1.0, abs=1e-9)
    ratio = rows["competing.local_progression.ratio.B"].cells[1].numbers
    assert ratio["hazard_ratio"] == pytest.approx(1.0)


def test_a_group_without_the_event_has_no_ratio() -> None:
    rows = rows_of(["A", "A", "B", "B"], [2.0, 30.0, 3.0, 30.0], [LOCAL, NONE, DEATH, NONE])
    assert rows["competing.local_progression.ratio"].cells[0].text == "not estimable: no such event in B"
    assert rows["competing.local_progression.at_24"].cells[1].text == "0% (no limits: none)"


def test_nobody_followed_so_long_is_said() -> None:
    rows = rows_of(["A", "A"], [2.0, 15.0], [LOCAL, NONE])
    assert rows["competing.local_progression.at_12"].cells[0].numbers["incidence"] == pytest.approx(0.5)
    said = rows["competing.local_progression.at_24"].cells[0].text
    assert said == "not estimable: nobody was followed for 24 months"


@pytest.mark.parametrize("months", [0.0, 10.0])
@pytest.mark.parametrize("cause", [LOCAL, DEATH, NONE, None])
@pytest.mark.parametrize("groups", [["A"], ["A", "B"], ["A", "A", "B", "B", "C"]])
def test_hard_cohorts_have_an_answer_or_a_sentence(groups, cause, months) -> None:
    rows = rows_of(groups, [months] * len(groups), [cause] * len(groups))
    for row in rows.values():
        assert len(row.cells) == len(set(groups)) + 1
        assert all("nan" not in cell.text for cell in row.cells)
        assert all(test.p_value is not None or test.note for test in row.tests)


def test_patients_without_a_cause_are_left_out() -> None:
    data = analysis_set(["A", "A"], lpfs_months=[3.0, None], lpfs_cause=[LOCAL, None])
    assert len(CauseTimes.of(data).months) == 1
