"""Methods in words: who, by which rules, with what."""

import platform
from dataclasses import replace

import numpy
import statsmodels
from tests.unit.cohort.analysis_sets import analysis_set

from seedbed.cohort.analysis_rules import analysis_rules
from seedbed.cohort.competing_table import competing_table
from seedbed.cohort.paper_tables import characteristics_table
from seedbed.cohort.tables import Cell, Row, Table
from seedbed.journey.analysis.describing import Origin, methods, used_estimates, used_tests, versions

DATA = analysis_set(["A", "A", "A", "B"], sex=["male", "female", "male", "male"])
TABLES = [characteristics_table(DATA, analysis_rules())]
REGISTER = Origin(name="r.sqlite", what="register", hash="ab" * 32, change_set=7)


def test_people_rules_tests_and_versions() -> None:
    people, rules, run = methods(
        DATA, analysis_rules(), tables=TABLES, origin=REGISTER, criteria="RECIST 1.1"
    )
    assert people.startswith("4 patients in 2 groups by arm (A 3, B 1) were analysed as of 2026-01-01;")
    assert f"register r.sqlite, change set 7, hash {'ab' * 32}." in people
    assert all(f"[{rule.id}]" in rules for rule in analysis_rules().every)
    assert run.startswith("Tests that were run: Fisher's exact test. Computed with seedbed ")
    assert f"numpy {numpy.__version__}" in run


def test_only_tests_with_a_result_are_named() -> None:
    assert used_tests(TABLES) == ["Fisher's exact test"]
    assert used_tests([characteristics_table(analysis_set(["A"]), analysis_rules())]) == []


def competing(*causes: str) -> Table:
    labels = [("A", "B")[at % 2] for at in range(len(causes))]
    data = analysis_set(labels, lpfs_months=[float(5 + at) for at in range(len(causes))], lpfs_cause=causes)
    found = competing_table(data)
    assert found is not None
    return found


def test_estimates_are_told_where_they_were_made() -> None:
    both = competing(
        "local progression", "local progression", "death", "death", "local progression", "censored"
    )
    none = competing("local progression", "censored", "local progression", "censored")
    told, untold = used_estimates([both]), used_estimates([none])
    assert any("Aalen and Johansen" in each for each in told)
    assert any("Fine and Gray" in each for each in told)
    assert any("Aalen and Johansen" in each for each in untold)
    assert not any("Fine and Gray" in each for each in untold)


def test_errors_of_weighted_groups_are_those_under_their_table() -> None:
    row = Row("orr_6", "ORR", (Cell("20", {"value": 20.0}),))
    notes = ("Of some.", "Errors by the jackknife: each patient was left out once.")
    weighted = Table(id="weighted", title="Weighted", columns=("", "A"), rows=(row,), footnotes=notes)
    assert "errors by the jackknife" in used_estimates([weighted])[0]
    assert used_estimates([replace(weighted, rows=())]) == []


def test_versions() -> None:
    assert versions()["python"] == platform.python_version()
    assert versions()["statsmodels"] == statsmodels.__version__
