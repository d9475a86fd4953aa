"""Goals as data: what is a goal and what is none."""

from math import inf, nan

import pytest

from seedbed.errors import DoseError
from seedbed.planning.goals import Goal, PlanGoals


def goal(metric: str, limit: float, sense: str = "at most", structure: str = "Cord") -> Goal:
    return Goal(structure, metric, sense, limit, False, "user")  # type: ignore[arg-type]


def test_a_metric_is_kept_as_it_is_usually_written() -> None:
    assert goal("d 2 CC", 60.0) == goal("D2cc", 60.0)
    assert goal("D90[%]", 105.0).reading.unit == "%"


@pytest.mark.parametrize(
    ("metric", "limit", "words"),
    [
        ("D9O", 100.0, "D90"),
        ("MPD", 100.0, "minimum peripheral"),
        ("V100", 100.1, "at most 100 %"),
        ("V100", -1.0, "zero or more"),
        ("Dmax", -0.1, "zero or more"),
        ("Dmax", nan, "finite"),
        ("Dmax", inf, "finite"),
    ],
)
def test_a_goal_without_meaning_is_refused(metric: str, limit: float, words: str) -> None:
    with pytest.raises(DoseError, match=words):
        goal(metric, limit)


def test_a_percentage_of_the_prescription_may_exceed_100() -> None:
    assert goal("D90[%]", 130.0, "at least").limit == 130.0
    assert goal("V100[cc]", 130.0).limit == 130.0


def test_another_sense_and_no_structure_are_refused() -> None:
    with pytest.raises(DoseError, match="'at least'"):
        goal("D90", 100.0, "atleast")
    with pytest.raises(DoseError, match="a structure"):
        goal("D90", 100.0, structure=" ")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"prescription_gy": 0.0}, "prescription of 0.0 Gy"),
        ({"prescription_gy": nan}, "prescription of nan Gy"),
        ({"strengths_u": ()}, "stock"),
        ({"strengths_u": (0.5, -0.5)}, "-0.5 U"),
        ({"needle_cost": -1.0}, "for a needle"),
        ({"seed_cost": inf}, "for a seed"),
    ],
)
def test_goals_without_meaning_are_refused(changes: dict[str, object], words: str) -> None:
    sound: dict[str, object] = {"prescription_gy": 120.0, "goals": (), "strengths_u": (0.5,)}
    with pytest.raises(DoseError, match=words):
        PlanGoals(**{**sound, **changes})  # type: ignore[arg-type]


def test_goals_are_found_by_structure_in_their_order() -> None:
    mine = (goal("Dmax", 50.0), goal("V100", 95.0, structure="target"), goal("D2cc", 40.0))
    goals = PlanGoals(120.0, mine, (0.5,))
    assert goals.of("Cord") == (mine[0], mine[2])
    assert goals.structures == ("Cord", "target")
