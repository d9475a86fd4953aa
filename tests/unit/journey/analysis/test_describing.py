"""Methods in words: who, by which rules, with what."""

import platform

import numpy
from tests.unit.cohort.analysis_sets import analysis_set

from seedbed.cohort.analysis_rules import analysis_rules
from seedbed.cohort.paper_tables import characteristics_table
from seedbed.journey.analysis.describing import Origin, methods, used_tests, versions

DATA = analysis_set(["A", "A", "A", "B"], sex=["male", "female", "male", "male"])
TABLES = [characteristics_table(DATA, analysis_rules())]
REGISTER = Origin(name="r.sqlite", what="register", hash="ab" * 32, change_set=7)


def test_people_rules_tests_and_versions() -> None:
    people, rules, run = methods(
        DATA, analysis_rules(), tables=TABLES, origin=REGISTER, criteria="RECIST 1.1"
    )
    assert people.startswith("4 patients in 2 group(s) by arm (A 3, B 1) were analysed as of 2026-01-01;")
    assert f"register r.sqlite, change set 7, hash {'ab' * 32}." in people
    assert all(f"[{rule.id}]" in rules for rule in analysis_rules().every)
    assert run.startswith("Tests that were run: Fisher's exact test. Computed with seedbed ")
    assert f"numpy {numpy.__version__}" in run


def test_only_tests_with_a_result_are_named() -> None:
    assert used_tests(TABLES) == ["Fisher's exact test"]
    assert used_tests([characteristics_table(analysis_set(["A"]), analysis_rules())]) == []


def test_versions() -> None:
    assert versions()["python"] == platform.python_version()
