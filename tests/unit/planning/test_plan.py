"""What a plan says of itself."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.planning.conftest import ball_at

from seedbed.dosimetry import load_source, structure_dvh
from seedbed.implant import Needle, SeedImplant
from seedbed.planning.bound import Bound
from seedbed.planning.goals import Goal, PlanGoals, judge_goals
from seedbed.planning.plan import Plan, judged, samples_of_record
from seedbed.planning.tracks import NeedleSet, Track

SOURCE, TARGET = load_source("6711"), ball_at((0.0, 0.0, 0.0), 5.0)
NEEDLES = tuple(Needle(f"N{n}", (6.0 * n, 0.0, 60.0), (6.0 * n, 0.0, -2.25)) for n in range(3))
TRACKS = tuple(
    Track(each, np.array([[each.tip_mm[0], 0.0, 0.0]]), seen)
    for each, seen in zip(NEEDLES, (True, False, True), strict=True)
)
GOALS = PlanGoals(
    100.0,
    (
        Goal("target", "V100", "at least", 99.0, True, "test"),
        Goal("target", "V150", "at most", 1.0, False, "test"),
        Goal("Cord", "Dmax", "at most", 500.0, True, "test"),
    ),
    (1.0,),
)


def plan_on(*needles: int) -> Plan:
    seeds = np.array([[6.0 * n, 0.0, 0.0] for n in needles])
    implant = SeedImplant(
        "6711", seeds, np.tile([0.0, 0.0, -1.0], (len(needles), 1)), np.ones(len(needles)),
        tuple(NEEDLES[n] for n in needles), np.arange(len(needles)),
    )  # fmt: skip
    dvhs, results = judged(
        GOALS, SOURCE, implant, samples_of_record(TARGET, [ball_at((0.0, 20.0, 0.0), 4.0, "Cord")])
    )
    offered = NeedleSet("parallel", 0.0, -90.0, NEEDLES[0].direction, TRACKS, 3)
    return Plan("test", implant, GOALS, offered, dvhs, results, 4.0, None, 0, 0.1)


def test_only_hard_goals_that_are_not_met_are_missed() -> None:
    plan = plan_on(0)
    assert [str(result.goal) for result in plan.missed] == ["target:V100>=99!"]
    assert any(not result.met and not result.goal.hard for result in plan.results)


def test_the_goals_are_judged_by_the_dvh_of_record() -> None:
    plan = plan_on(0, 2)
    dvh = structure_dvh(SOURCE, plan.implant, TARGET)
    np.testing.assert_array_equal(plan.target_dvh.dose_gy, dvh.dose_gy)
    assert set(plan.dvhs) == {"target", "Cord"}
    assert plan.results == tuple(judge_goals(GOALS, plan.dvhs))


def test_the_skin_is_seen_where_every_needle_in_use_enters() -> None:
    assert plan_on(0, 2).skin_seen
    assert not plan_on(0, 1).skin_seen


def test_the_gap_is_what_the_plan_costs_beyond_the_bound() -> None:
    plan = plan_on(0)
    assert plan.gap_pct is None
    bound = Bound(3.2, False, 3.0, 0.4, 10, 100, 5, 0.1)
    assert replace(plan, bound=bound).gap_pct == pytest.approx(25.0)
