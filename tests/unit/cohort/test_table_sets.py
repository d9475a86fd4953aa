"""Every table where one patient, no event, nothing known or no spread is all there is: never NaN."""

import json
import math

import pytest
from tests.unit.cohort.analysis_sets import analysis_set

from seedbed.cohort.analysis_rules import analysis_rules
from seedbed.cohort.frame import AnalysisSet
from seedbed.cohort.table_sets import further_tables, paper_tables
from seedbed.cohort.tables import Table

NUMBERS = (
    *("age_years", "bmi_kg_m2", "kps", "seeds", "volume_0", "volume_6", "volume_12", "vrr_6", "vrr_12"),
    *("tg_0", "tg_2", "tg_4", "tg_6", "tg_12", "nrs_0", "nrs_6", "d90_gy"),
)
CLASSES = {
    "sex": "male",
    "ecog": "0",
    "pathology": "PTC",
    "response_6": "PR",
    "response_12": "SD",
    "worst_grade": 0,
}


def alike(groups: list[str], *, months: float = 10.0, event: bool = False) -> AnalysisSet:
    """All patients have the same of everything."""
    count = len(groups)
    times = {f"{name}_months": [months] * count for name in ("lpfs", "pfs", "os")}
    events = {f"{name}_event": [event] * count for name in ("lpfs", "pfs", "os")}
    numbers = {name: [50.0] * count for name in NUMBERS}
    classes = {name: [value] * count for name, value in CLASSES.items()}
    return analysis_set(groups, **times, **events, **numbers, **classes)


HARD = {
    "nothing known": analysis_set(["A", "A", "B", "B", "C"]),
    "all alike, no event": alike(["A", "A", "A", "B", "B", "B"]),
    "all alike, all events": alike(["A", "A", "A", "B", "B", "B"], event=True),
    "one patient in each group": alike(["A", "B", "C"], event=True),
    "one patient": alike(["A"]),
    "one group": alike(["A", "A", "A"], event=True),
    "no time": alike(["A", "A", "B"], months=0.0),
    "one has nothing": analysis_set(
        ["A", "A", "B", "C"],
        age_years=[40, 50, 60, None],
        response_6=["PR", "SD", "CR", None],
        lpfs_months=[4.0, 8.0, 9.0, None],
        lpfs_event=[True, False, True, None],
    ),
}


def tables(data: AnalysisSet) -> tuple[Table, ...]:
    paper = paper_tables(data, analysis_rules())
    return (*paper, *further_tables(data, analysis_rules(), tested=paper))


@pytest.mark.parametrize("name", HARD)
def test_no_table_holds_nan_or_an_empty_answer(name: str) -> None:
    for table in tables(HARD[name]):
        json.dumps(table.to_dict(), allow_nan=False)
        for row in table.rows:
            assert len(row.cells) == len(table.columns) - 1
            for cell in row.cells:
                assert not {"nan", "inf", "none"} & set(cell.text.casefold().replace("(", " ").split())
            for test in row.tests:
                assert test.p_value is not None or test.note
                assert test.p_value is None or (0 <= test.p_value <= 1 and not math.isnan(test.p_value))


def found(data: AnalysisSet, table: str, row: str) -> list[str]:
    (wanted,) = [each for each in tables(data) if each.id == table]
    (line,) = [each for each in wanted.rows if each.id == row]
    return [cell.text for cell in line.cells]


def test_nothing_known_is_said() -> None:
    data = HARD["nothing known"]
    assert found(data, "table_1", "age_years.summary")[:3] == ["not estimable: no value is known"] * 3
    assert found(data, "table_1", "age_years.missing")[:3] == ["2", "2", "1"]
    assert found(data, "table_2", "response_6.A")[-1] == "not estimable: nobody was assessed"


def test_no_event_is_said() -> None:
    data = HARD["all alike, no event"]
    assert found(data, "survival", "os")[-1].startswith("not estimable: groups of which fewer than two")
    assert found(data, "survival", "os.events")[:2] == ["0 / 3", "0 / 3"]
    assert found(data, "survival", "os.median")[0].startswith("not reached")


def test_no_spread_is_said() -> None:
    data = HARD["all alike, no event"]
    assert found(data, "table_1", "sex")[-1] == "not estimable: all are in one class"
    assert found(data, "table_1", "age_years")[-1].startswith("not estimable")
    assert found(data, "table_3", "nrs.within")[0] == "not estimable: 3 pairs without any difference"


def test_one_group_is_not_compared() -> None:
    for row in ("sex", "age_years", "kps"):
        assert found(HARD["one group"], "table_1", row)[-1] == "one group only: nothing to compare"
    assert found(HARD["one group"], "survival", "os")[-1] == "one group only: nothing to compare"


MESSAGES_OF_PROGRAMS = (
    "a table of counts",
    "of shape",
    "standard deviations and sizes",
    "(s)",
    "has no error",
)


@pytest.mark.parametrize("name", HARD)
def test_no_cell_holds_the_message_of_a_program(name: str) -> None:
    texts = [cell.text for table in tables(HARD[name]) for row in table.rows for cell in row.cells]
    texts += [note for table in tables(HARD[name]) for note in table.footnotes]
    assert not [text for text in texts if any(said in text for said in MESSAGES_OF_PROGRAMS)]
