"""Goals met and missed, and by how much."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.dosimetry import Dvh
from seedbed.errors import StructureError
from seedbed.planning.goals import Goal, PlanGoals, judge_goal, judge_goals, judged_metric, parse_goal

# Ten parts of 1 cc: 10, 20, ... 100 Gy; a prescription of 80 Gy.
DVH = Dvh.of("GTV", np.arange(10.0, 101.0, 10.0), np.ones(10))
RX = 80.0

BY_HAND = {
    "target:V100>=25": (30.0, "%", 5.0),
    "target:V100>=30": (30.0, "%", 0.0),
    "target:V100>=35": (30.0, "%", -5.0),
    "target:V100<=35": (30.0, "%", 5.0),
    "target:V100[cc]<=2": (3.0, "cc", -1.0),
    "target:D90>=15": (20.0, "Gy", 5.0),
    "target:D90[%]>=30": (25.0, "%", -5.0),
    "target:D2cc<=85": (90.0, "Gy", -5.0),
    "target:Dmax<=100": (100.0, "Gy", 0.0),
    "target:Dmin>=5": (10.0, "Gy", 5.0),
    "target:Dmean<=60": (55.0, "Gy", 5.0),
}


@pytest.mark.parametrize("text", BY_HAND)
def test_values_and_slack_by_hand(text: str) -> None:
    value, unit, by = BY_HAND[text]
    found = judge_goal(parse_goal(text), DVH, RX)
    assert (found.value, found.unit, found.by) == (pytest.approx(value), unit, pytest.approx(by))
    assert found.met is (by >= 0)


@pytest.mark.parametrize(
    ("total_cc", "judged"), [(0.5, "Dmax"), (1.999, "Dmax"), (2.0, "D2cc"), (5.0, "D2cc")]
)
def test_an_organ_smaller_than_the_volume_asked_for_does_not_pass_on_its_coldest_corner(
    total_cc: float, judged: str
) -> None:
    # Nine tenths of it get 200 Gy, its coldest tenth gets 1 Gy.
    small = Dvh.of("Nerve", np.array([200.0, 1.0]), np.array([0.9, 0.1]) * total_cc)
    found = judge_goal(parse_goal("Nerve:D2cc<=60!"), small, RX)
    assert found.judged_on == judged
    if judged == "Dmax":
        assert not found.met
        assert str(found) == "Nerve:D2cc<=60! missed as Dmax by 140 Gy: 200 Gy"


def test_a_small_target_is_judged_on_its_least_dose() -> None:
    small = Dvh.of("GTV", np.array([200.0, 1.0]), np.array([0.9, 0.1]))
    found = judge_goal(parse_goal("target:D2cc>=60"), small, RX)
    assert (found.value, found.met, found.judged_on) == (1.0, False, "D2cc")


def test_the_unit_of_a_small_organ_stays() -> None:
    assert judged_metric(parse_goal("Nerve:D2cc[%]<=60"), 1.0).name == "Dmax[%]"


def test_rounding_alone_misses_no_limit() -> None:
    thirds = Dvh.of("GTV", np.full(3, 0.1 + 0.2), np.full(3, 0.1))
    assert judge_goal(parse_goal("target:D90>=0.3"), thirds, RX).by == 0.0
    assert judge_goal(parse_goal("target:Dmax<=0.3"), thirds, RX).met
    nearly = Dvh.of("GTV", np.array([100.0 - 1e-5]), np.array([1.0]))
    assert not judge_goal(parse_goal("target:Dmin>=100"), nearly, RX).met


@given(value=st.floats(0, 300), first=st.floats(0, 300), second=st.floats(0, 300), least=st.booleans())
def test_a_stricter_limit_is_never_met_where_an_easier_one_is_missed(
    value: float, first: float, second: float, least: bool
) -> None:
    dvh = Dvh.of("X", np.array([value]), np.array([1.0]))
    easy, strict = sorted((first, second), reverse=not least)
    sense = "at least" if least else "at most"
    results = [
        judge_goal(Goal("X", "Dmax", sense, limit, False, "user"), dvh, RX)  # type: ignore[arg-type]
        for limit in (easy, strict)
    ]
    assert results[0].met or not results[1].met
    assert results[0].by >= results[1].by
    assert all(result.met == (result.by >= 0) for result in results)


def test_all_goals_are_judged_in_their_order_and_none_is_passed_over() -> None:
    goals = PlanGoals(RX, (parse_goal("target:V100>=25!"), parse_goal("Cord:Dmax<=50!")), (0.5,))
    cord = Dvh.of("Cord", np.array([45.0]), np.array([1.0]))
    assert [result.by for result in judge_goals(goals, {"Cord": cord, "target": DVH})] == [5.0, 5.0]
    with pytest.raises(StructureError, match="'Cord', which has no DVH"):
        judge_goals(goals, {"target": DVH})
