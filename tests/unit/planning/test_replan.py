"""Planning anew around needles where they really lie: plan, displace, plan the rest, take it back."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.planning.test_planner import GOALS, REQUEST, SOURCE, TARGET, hard_goals_are_met

from seedbed.errors import DoseError, NoPlanError
from seedbed.implant import SeedImplant
from seedbed.planning.capsules import refuse_overlap
from seedbed.planning.editing import PlanEditor
from seedbed.planning.planner import plan_implant
from seedbed.planning.replan import Replanned, replan


@pytest.fixture(scope="module")
def plan() -> SeedImplant:
    return plan_implant(REQUEST).plan.implant


@pytest.fixture
def displaced(plan: SeedImplant) -> PlanEditor:
    """A plan of which two needles went 4 mm beside their places."""
    editor = PlanEditor(SOURCE, plan, TARGET, goals=GOALS, samples=3000)
    for number, shift in ((0, [4.0, 0.0, 0.0]), (1, [0.0, 0.0, -4.0])):
        needle = plan.needles[number]
        editor.move_needle(number, np.add(needle.entry_mm, shift), np.add(needle.tip_mm, shift))
    return editor


def kept(implant: SeedImplant) -> list[str]:
    return [needle.name for needle in implant.needles[:2]]


def hard_goals_hold(editor: PlanEditor) -> bool:
    return all(result.met for result in editor.state.results if result.goal.hard)


def test_the_rest_planned_anew_meets_the_goals_again_and_can_be_taken_back(displaced: PlanEditor) -> None:
    before = displaced.state
    assert not hard_goals_hold(displaced)
    found = replan(REQUEST, before.implant, keep=kept(before.implant))
    displaced.adopt(found.implant)
    assert hard_goals_hold(displaced)
    assert hard_goals_are_met(found.implant)
    assert displaced.undo().implant is before.implant
    assert displaced.redo().implant is found.implant


def test_needles_in_the_patient_stay_where_they_lie(displaced: PlanEditor) -> None:
    implant = displaced.state.implant
    found = replan(REQUEST, implant, keep=kept(implant))
    assert found.implant.needles[:2] == implant.needles[:2]
    assert len({needle.name for needle in found.implant.needles}) == len(found.implant.needles)


def test_delivered_seeds_stay_and_new_ones_keep_clear_of_them(displaced: PlanEditor) -> None:
    implant = displaced.state.implant
    there = np.flatnonzero(np.isin(implant.needle_index, [0, 1]))[[0, -1]].tolist()
    found = replan(REQUEST, implant, keep=kept(implant), delivered=there)
    assert found.delivered == 2
    np.testing.assert_array_equal(found.implant.positions_mm[:2], implant.positions_mm[there])
    assert found.implant.needle_index[:2].tolist() == implant.needle_index[there].tolist()
    refuse_overlap(SOURCE, found.implant, list(range(2, found.implant.count)))
    assert hard_goals_are_met(found.implant)
    for needle in (0, 1):  # no needle goes back past a seed that it left behind
        seeds = np.flatnonzero(found.implant.needle_index == needle)
        line = found.implant.needles[needle]
        depth = (found.implant.positions_mm[seeds] - line.entry_mm) @ line.direction
        assert (depth[seeds >= 2] < depth[seeds < 2].min(initial=np.inf)).all()


def test_seeds_stay_where_their_needle_was_drawn_back(displaced: PlanEditor) -> None:
    implant = displaced.state.implant
    there = np.flatnonzero(implant.needle_index == 0).tolist()
    found = replan(REQUEST, implant, delivered=there)
    assert found.implant.needles[0] == implant.needles[0]
    assert set(found.implant.needle_index[len(there) :].tolist()) >= {1}
    assert 0 not in found.implant.needle_index[len(there) :]


def test_only_the_needles_in_the_patient_are_used_where_no_others_are_wanted(plan: SeedImplant) -> None:
    names = [needle.name for needle in plan.needles]
    found = replan(replace(REQUEST, mode="fixed"), plan, keep=names)
    assert set(found.implant.needles) == set(plan.needles)
    assert found.planned is not None
    assert found.planned.plan.cost == found.extra


def test_where_the_delivered_seeds_are_enough_nothing_is_added(plan: SeedImplant) -> None:
    found = replan(REQUEST, plan, delivered=range(plan.count))
    assert found == Replanned(None, found.implant, plan.count)
    assert found.extra == 0
    np.testing.assert_array_equal(found.implant.positions_mm, plan.positions_mm)


def test_a_needle_that_is_not_there_is_refused(plan: SeedImplant) -> None:
    with pytest.raises(
        NoPlanError, match=r"needle 'X' is to be kept, which is not in the plan; expected one of"
    ):
        replan(REQUEST, plan, keep=["X"])
    twice = replace(plan, needles=tuple(replace(needle, name="N") for needle in plan.needles))
    with pytest.raises(NoPlanError, match="needle 'N' is to be kept, of which there are"):
        replan(REQUEST, twice, keep=["N"])
    with pytest.raises(DoseError, match="seed number 99"):
        replan(REQUEST, plan, delivered=[99])
