"""Weights, balance and weighted outcomes in tables; where nothing can be weighted, why."""

import json
from dataclasses import replace

import numpy as np
import pytest
from tests.unit.cohort.analysis_sets import analysis_set

from seedbed.cohort.analysis_rules import AnalysisRules, analysis_rules
from seedbed.cohort.frame import AnalysisSet
from seedbed.cohort.tables import Cell, Row, Table, with_significance
from seedbed.cohort.weighted_tables import weighted_tables

RULES = analysis_rules()


def strata(**values: list) -> AnalysisSet:
    """Make two groups in two strata of volume: 8 and 4 of the first, 6 and 12 of the second."""
    volume = [1.0] * 8 + [9.0] * 4 + [1.0] * 6 + [9.0] * 12
    response = ["PR"] * 4 + ["SD"] * 4 + ["PR"] * 1 + ["SD"] * 3
    response += ["PR"] * 3 + ["SD"] * 3 + ["PR"] * 6 + ["SD"] * 6
    given = {"volume_0": volume, "response_6": response, **values}
    return analysis_set(["A"] * 12 + ["B"] * 18, **given)


def rows_of(table: Table) -> dict[str, Row]:
    return {row.id: row for row in table.rows}


def numbers(cell: Cell) -> list[float | None]:
    return list(cell.numbers.values())


def large(rules: AnalysisRules) -> AnalysisRules:
    """The same rules, in which every cohort is a large one."""
    return rules.model_copy(update={"weights": rules.weights.model_copy(update={"leave_out_up_to": 0})})


@pytest.mark.parametrize("rules", [RULES, large(RULES)])
def test_the_closed_form_of_two_strata(rules: AnalysisRules) -> None:
    # strata weigh n_A n_B / n: 8 * 6 / 14 and 4 * 12 / 16; rates 1/2 and 1/4 against 1/2 and 1/2
    weights, balance, weighted = weighted_tables(strata(), rules)
    low, high = 48 / 14, 48 / 16
    first = (low / 2 + high / 4) / (low + high)
    rows = rows_of(weighted)
    assert rows["weighted.orr_6"].cells[0].numbers["value"] == pytest.approx(first, abs=1e-6)
    assert rows["weighted.orr_6"].cells[1].numbers["value"] == pytest.approx(0.5, abs=1e-6)
    pair = rows["weighted.orr_6.A_B"]
    assert pair.cells[2].numbers["difference"] == pytest.approx(first - 0.5, abs=1e-6)
    assert pair.cells[3].numbers["unweighted_difference"] == pytest.approx(5 / 12 - 1 / 2)
    (line,) = balance.rows
    assert line.cells[0].numbers["after"] == pytest.approx(0, abs=1e-6)
    assert line.cells[0].numbers["before"] > 0.5
    assert line.cells[2].text == "yes"
    # weights of the first group: 6/14 for 8 patients, 12/16 for 4
    sizes = (8 * 6 / 14 + 4 * 12 / 16) ** 2 / (8 * (6 / 14) ** 2 + 4 * (12 / 16) ** 2)
    assert rows_of(weights)["effective"].cells[0].numbers["effective_n"] == pytest.approx(sizes, abs=1e-5)
    assert rows_of(weights)["largest"].cells[0].numbers["largest_share"] == pytest.approx(
        (12 / 16) / (8 * 6 / 14 + 4 * 12 / 16), abs=1e-6
    )


def test_everything_a_reader_must_know_is_said() -> None:
    weights, balance, weighted = weighted_tables(strata(sex=["male", None] * 15), RULES)
    assert any("could have been in any of the groups" in note for note in weighted.footnotes)
    assert any("confounding by that remains" in note for note in weighted.footnotes)
    assert any("jackknife" in note for note in weighted.footnotes)
    assert any("In the model: log(1 + Volume" in note for note in weights.footnotes)
    assert any("left out, known in 0 of 30 patients" in note for note in balance.footnotes)


def test_what_weights_cannot_mend_is_named() -> None:
    pain = [0.0, 1.0] * 6 + [5.0, 6.0] * 9  # the groups do not overlap in it, and it finds no room
    rules = RULES.weights.model_copy(update={"patients_for_each": 12})
    weighted = weighted_tables(strata(nrs_0=pain), RULES.model_copy(update={"weights": rules}))[2]
    assert any(
        note.startswith("After weighting the groups still differ by more than 0.1 in: NRS before treatment (")
        for note in weighted.footnotes
    )


def test_weights_that_fail_in_the_model_open_the_outcomes_with_a_warning() -> None:
    # separated: a ridge penalty leaves the covariate of the model apart
    volume = [1.0] * 12 + [1.0] * 9 + [9.0] * 9
    response = ["PR"] * 11 + ["SD"] + ["SD"] * 17 + ["PR"]
    _, balance, weighted = weighted_tables(strata(volume_0=volume, response_6=response), RULES)
    (line,) = balance.rows
    assert line.cells[2].text == "yes"
    assert line.cells[1].numbers["after"] > 0.1
    assert weighted.rows[0].label == "Warning: the weights did not make the groups alike"
    assert weighted.footnotes[0].startswith("Warning: the weights did not make the groups alike: ")
    assert f"{line.label} ({line.cells[1].numbers['after']:.2f})" in weighted.footnotes[0]
    shown = with_significance(weighted, 0.05)
    p_values = [cell.numbers.get("p_value") for row in shown.rows for cell in row.cells]
    assert any(p is not None and p < 0.05 for p in p_values)
    assert not any(cell.strong for row in shown.rows for cell in row.cells)


def test_weights_that_do_their_work_bring_no_warning() -> None:
    weighted = weighted_tables(strata(), RULES)[2]
    assert not weighted.plain
    assert not any("Warning" in text for text in (*weighted.footnotes, weighted.rows[0].label))


def followed(first: int, second: int) -> AnalysisSet:
    """The two strata, followed for 12 months; so many of each group died, all in the last month."""
    months = [*np.linspace(11.0, 11.9, first), *[12.0] * (12 - first)]
    months += [*np.linspace(11.0, 11.9, second), *[12.0] * (18 - second)]
    return strata(
        os_months=months, os_event=[at < first for at in range(12)] + [at < second for at in range(18)]
    )


@pytest.mark.parametrize("rules", [RULES, large(RULES)])
def test_no_limit_of_a_mean_lies_beyond_the_horizon(rules: AnalysisRules) -> None:
    rows = rows_of(weighted_tables(followed(5, 9), rules)[2])
    for cell in rows["weighted.os"].cells[:2]:
        assert 0 <= cell.numbers["low"] < cell.numbers["value"] < cell.numbers["high"] <= 12.0
    assert rows["weighted.os.A_B"].cells[2].numbers["low"] >= -12.0


def test_a_mean_of_few_events_has_no_limits_and_no_test() -> None:
    rows = rows_of(weighted_tables(followed(4, 9), RULES)[2])
    assert rows["weighted.os"].cells[0].text.endswith("(no limits: fewer than 5 events)")
    assert rows["weighted.os"].cells[1].numbers["low"] is not None
    pair = rows["weighted.os.A_B"]
    assert pair.cells[2].text.endswith("(no limits: fewer than 5 events)")
    assert pair.tests[0].p_value is None


def test_a_group_in_which_all_or_none_responded_has_no_limits() -> None:
    rows = rows_of(weighted_tables(strata(response_6=["PR"] * 12 + ["PR", "SD"] * 9), RULES)[2])
    assert rows["weighted.orr_6"].cells[0].text == "100.0% (no limits: all or none responded)"
    pair = rows["weighted.orr_6.A_B"]
    assert "no limits" in pair.cells[2].text
    assert pair.cells[2].numbers["low"] is None
    assert pair.tests[0].p_value is None


def test_an_outcome_that_nobody_has_is_said() -> None:
    rows = rows_of(weighted_tables(strata(), RULES)[2])
    assert rows["weighted.orr_12"].cells[0].text == "not estimable: nobody was assessed"
    assert rows["weighted.orr_12.A_B"].cells[2].text == "not estimable: nobody was assessed"
    assert rows["weighted.os"].cells[0].text == "not estimable: a group was not followed at all"


def test_a_separated_class_is_penalised_and_told() -> None:
    volume = [1.0] * 12 + [1.0] * 9 + [9.0] * 9
    weights = weighted_tables(strata(volume_0=volume), RULES)[0]
    assert any("separation" in note and "ridge penalty of weight 1" in note for note in weights.footnotes)


HARD = {
    "one group only: nothing to compare": analysis_set(["A"] * 10, age_years=list(range(10))),
    "fewer than two groups of 5 patients or more": analysis_set(["A"] * 10 + ["B"]),
    "no covariate of the rules differs, is known and finds room": analysis_set(["A"] * 10 + ["B"] * 10),
    "covariates that tell groups A and B apart in every patient": strata(
        volume_0=list(np.linspace(1, 9, 12)) + list(np.linspace(20, 90, 18))
    ),
}


@pytest.mark.parametrize("said", HARD)
def test_where_nothing_can_be_weighted_each_table_says_why(said: str) -> None:
    for table in weighted_tables(HARD[said], RULES):
        (row,) = table.rows
        assert said in row.cells[0].text
        assert len(row.cells) == len(table.columns) - 1


def test_small_and_empty_groups_are_left_out_and_named() -> None:
    data = strata()
    small = analysis_set(
        ["A"] * 12 + ["B"] * 18 + ["C"],
        volume_0=[*data.column("volume_0").values.tolist(), 3.0],
        response_6=[*data.column("response_6").plain(), "PR"],
    )
    empty = replace(small, groups=("A", "B", "C", "D"))
    weights, balance, weighted = weighted_tables(empty, RULES)
    assert [cell.text for cell in rows_of(weights)["patients"].cells] == ["12", "18", "left out", "left out"]
    assert "Group C: left out, 1 patients, fewer than 5." in balance.footnotes
    assert "Group D: left out, 0 patients, fewer than 5." in balance.footnotes
    alone = rows_of(weighted_tables(data, RULES)[2])["weighted.orr_6.A_B"].cells[2]
    assert numbers(rows_of(weighted)["weighted.orr_6.A_B"].cells[4]) == pytest.approx(numbers(alone))


@pytest.mark.parametrize("seed", range(4))
def test_never_nan_whatever_is_unknown(seed: int) -> None:
    rng = np.random.default_rng(seed)

    def holes(values: list) -> list:
        return [None if rng.random() < 0.4 else value for value in values]

    count = 24
    data = analysis_set(
        rng.choice(["A", "B", "C"], count, p=[0.5, 0.25, 0.25]).tolist(),
        volume_0=holes(rng.integers(0, 3, count).tolist()),
        age_years=holes(rng.integers(30, 80, count).tolist()),
        metastasis=holes(rng.choice(["bone only", "lung only"], count).tolist()),
        response_6=holes(rng.choice(["PR", "PD"], count).tolist()),
        vrr_6=holes(rng.normal(30, 20, count).tolist()),
        lpfs_months=(months := rng.integers(0, 20, count).tolist()),
        lpfs_event=rng.choice([True, False], count).tolist(),
        os_months=months,
        os_event=[False] * count,
    )
    for table in weighted_tables(data, RULES):
        json.dumps(table.to_dict(), allow_nan=False)
        assert all(len(row.cells) == len(table.columns) - 1 for row in table.rows)
        assert not any("nan" in cell.text.casefold() for row in table.rows for cell in row.cells)
