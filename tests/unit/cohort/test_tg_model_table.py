"""Thyroglobulin by a mixed model: closed forms of complete data, laws, and what cannot be told."""

import json
from dataclasses import replace

import numpy as np
import pytest
from tests.unit.cohort.analysis_sets import analysis_set

from seedbed.cohort.courses import Courses, Findings
from seedbed.cohort.frame import AnalysisSet
from seedbed.cohort.tg_model_table import tg_model_table
from seedbed.cohort.tg_visits import MONTHS, tg_visits


def course(groups, values, words=None) -> AnalysisSet:
    """Make a set of patients with a value at every visit; nobody in them is a patient."""
    table = np.asarray(values, dtype=float)
    patients, visits = np.nonzero(~np.isnan(table))
    said = np.full(table.shape, "") if words is None else np.asarray(words)
    found = Findings(
        patients=patients,
        days=np.array(MONTHS)[visits] * 30,
        values=table[patients, visits],
        words=said[patients, visits],
        due_months=np.array(MONTHS)[visits],
    )
    return replace(analysis_set(groups), courses=Courses(tg_ng_ml=found))


def made_up(patients: int, *, seed: int = 1):
    rng = np.random.default_rng(seed)
    logs = 4 - 0.5 * np.arange(5) + rng.normal(size=(patients, 1)) + 0.5 * rng.normal(size=(patients, 5))
    return [("A", "B")[at % 2] for at in range(patients)], np.exp(logs)


def rows_of(data: AnalysisSet):
    table = tg_model_table(data)
    json.dumps(table.to_dict(), allow_nan=False)
    assert all(len(row.cells) == len(table.columns) - 1 for row in table.rows)
    return {row.id: row for row in table.rows}


def test_of_complete_values_the_ratios_are_those_of_geometric_means() -> None:
    groups, values = made_up(30)
    rows = rows_of(course(groups, values))
    for month, visit in ((6, 3), (12, 4)):
        logs = np.log(values[:, visit] / values[:, 0])
        means = [logs[place::2].mean() for place in (0, 1)]
        found = rows[f"tg_model.ratio_{month}"].cells
        assert [cell.numbers["ratio"] for cell in found[:2]] == pytest.approx(np.exp(means), rel=1e-6)
        apart = rows[f"tg_model.ratio_{month}.A_B"].cells[2].numbers["ratio"]
        assert apart == pytest.approx(np.exp(means[0] - means[1]), rel=1e-6)
    assert rows["tg_model.ratio"].tests[0].df == (4,)


def test_another_unit_changes_the_baseline_only() -> None:
    groups, values = made_up(30)
    words = np.where(values < 4.0, "<", "")
    values = np.maximum(values, 4.0)
    one, two = rows_of(course(groups, values, words)), rows_of(course(groups, values * 1000, words))
    for row in ("tg_model.ratio_6", "tg_model.ratio_12"):
        assert one[row].cells[0].text == two[row].cells[0].text
    base = [each["tg_model.baseline"].cells[0].numbers["geometric_mean"] for each in (one, two)]
    assert base[1] == pytest.approx(1000 * base[0], rel=1e-4)


def test_values_below_the_limit_mean_a_deeper_fall_than_the_limit() -> None:
    groups, values = made_up(60)
    words = np.where(values < 8.0, "<", "")
    values = np.maximum(values, 8.0)
    as_limits = rows_of(course(groups, values, words))["tg_model.ratio_12"].cells[0].numbers["ratio"]
    as_values = rows_of(course(groups, values))["tg_model.ratio_12"].cells[0].numbers["ratio"]
    assert as_limits < 0.9 * as_values
    below = int((words[::2] == "<").sum())
    assert rows_of(course(groups, values, words))["tg_model.values"].cells[0].numbers["below"] == below


def test_a_visit_with_nothing_but_limits_is_told() -> None:
    groups, values = made_up(20)
    words = np.full(values.shape, "")
    words[::2, 4] = "<"
    rows = rows_of(course(groups, values, words))
    assert rows["tg_model.ratio_12"].cells[0].text == "not estimable: no value within what can be measured"
    assert rows["tg_model.ratio_12"].cells[1].numbers["ratio"] > 0
    assert rows["tg_model.ratio"].tests[0].note.startswith("not estimable: all values of a group at a visit")


def test_a_visit_that_a_group_did_not_have_is_told() -> None:
    groups, values = made_up(20)
    values[::2, 4] = np.nan
    rows = rows_of(course(groups, values))
    assert rows["tg_model.ratio_12"].cells[0].text == "not estimable: no value at this visit"
    assert rows["tg_model.ratio"].tests[0].df == (3,)


@pytest.mark.parametrize(
    ("values", "word", "said"),
    [
        (np.full((4, 5), np.nan), "", "no value of Tg within what can be measured"),
        (np.full((4, 5), 0.04), "<", "no value of Tg within what can be measured"),
        (np.full((4, 5), 5.0), "", "values without any spread within patients"),
        (np.zeros((4, 5)), "", "no value of Tg within what can be measured"),
    ],
)
def test_what_cannot_be_told_is_a_sentence(values, word: str, said: str) -> None:
    data = course(["A", "A", "B", "B"], values, np.full(values.shape, word))
    assert rows_of(data)["tg_model"].cells[0].text == f"not estimable: {said}"


def test_one_patient_and_one_group() -> None:
    _, values = made_up(20)
    assert rows_of(course(["A"], values[:1]))["tg_model"].cells[0].text == "not estimable: one patient only"
    assert rows_of(course(["A"] * 20, values))["tg_model.ratio"].tests[0].note.startswith("one group only")


def test_zeros_are_left_out_and_told() -> None:
    groups, values = made_up(20)
    values[0, 1] = 0.0
    assert any(
        each.startswith("1 values of zero") for each in tg_model_table(course(groups, values)).footnotes
    )


def test_columns_without_a_course_are_not_taken_as_measured() -> None:
    data = analysis_set(["A"], tg_0=[4.0])
    assert (
        rows_of(data)["tg_model"].cells[0].text.startswith("not estimable: values of Tg of which it is not")
    )
    assert np.isnan(tg_visits(analysis_set(["A"])).logs).all()
