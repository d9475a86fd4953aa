"""Topping up: nothing where nothing lacks, few seeds where little does, and never a seed in a seed."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from tests.unit.planning.test_planner import DRAWN, GOALS, REQUEST, SOURCE, TARGET, hard_goals_are_met

from seedbed.dosimetry import structure_dvh
from seedbed.errors import NoPlanError
from seedbed.implant import SeedImplant
from seedbed.planning.capsules import refuse_overlap
from seedbed.planning.planner import plan_implant
from seedbed.planning.top_up import TopUp, top_up


@pytest.fixture(scope="module")
def whole() -> SeedImplant:
    return plan_implant(REQUEST).plan.implant


@pytest.fixture(scope="module")
def mended(whole: SeedImplant) -> TopUp:
    return top_up(replace(REQUEST, given=whole.only(range(whole.count - 2))))


def test_an_implant_that_lacks_nothing_gets_nothing(whole: SeedImplant) -> None:
    found = top_up(replace(REQUEST, given=whole))
    assert found.planned is None
    assert found.extra == 0
    assert found.after == found.before
    assert found.cold_after_cc == found.cold_before_cc


def test_two_seeds_that_lack_are_made_up_by_two(mended: TopUp) -> None:
    assert any(not result.met and result.goal.hard for result in mended.before)
    assert 1 <= mended.extra <= 2
    assert hard_goals_are_met(mended.implant)
    assert mended.implant.count == mended.given.count + mended.extra


def test_the_cold_volume_is_that_of_the_dvh(mended: TopUp) -> None:
    for implant, cold in ((mended.given, mended.cold_before_cc), (mended.implant, mended.cold_after_cc)):
        dvh = structure_dvh(SOURCE, implant, TARGET)
        assert cold == pytest.approx(dvh.total_cc * (1 - dvh.volume_pct(100.0) / 100), abs=1e-6)
    assert mended.cold_after_cc < mended.cold_before_cc


def test_no_extra_seed_lies_in_a_seed(mended: TopUp) -> None:
    new = list(range(mended.given.count, mended.implant.count))
    refuse_overlap(SOURCE, mended.implant, new)


def test_a_seed_counts_ten_times_a_needle(mended: TopUp) -> None:
    assert mended.planned is not None
    plan = mended.planned.plan
    assert plan.cost == pytest.approx(plan.implant.count + 0.1 * len(plan.implant.needles))


def test_seeds_found_on_an_image_need_no_axes_and_no_needles(whole: SeedImplant) -> None:
    part = whole.only(range(whole.count - 2))
    found = SeedImplant("6711", part.positions_mm, None, part.strengths_u, (), np.arange(part.count))
    mended = top_up(replace(REQUEST, given=found))
    assert mended.planned is not None
    assert not mended.planned.plan.missed


def test_weaker_seeds_need_more_beside_them(whole: SeedImplant, mended: TopUp) -> None:
    part = mended.given
    weak = replace(part, strengths_u=part.strengths_u / 2)
    assert top_up(replace(REQUEST, given=weak)).extra > mended.extra


def test_the_extra_seeds_are_the_fewest_of_all_on_drawn_needles() -> None:
    request = replace(REQUEST, mode="fixed", needles=DRAWN)
    part = plan_implant(request).plan.implant
    found = top_up(replace(request, given=part.only(range(2))))
    assert found.planned is not None
    seats = np.concatenate([track.seats_mm for track in found.planned.plan.needles.tracks])
    assert len(seats) <= 12
    assert not any_fewer(found.given, seats, found.extra)
    refuse_overlap(SOURCE, found.implant, list(range(2, found.implant.count)))


def any_fewer(given: SeedImplant, seats: np.ndarray, count: int) -> bool:
    """Whether fewer seeds on these seats meet the hard goals, by looking at all of them."""
    axis, strength = DRAWN[0].direction, GOALS.strengths_u[0]
    for fewer in range(count):
        for chosen in combinations(range(len(seats)), fewer):
            extra = SeedImplant(
                "6711", seats[list(chosen)], np.tile(axis, (fewer, 1)), np.full(fewer, strength)
            )
            if hard_goals_are_met(given.joined(extra)):
                return True
    return False


@pytest.mark.parametrize("given", [None, SeedImplant("6711", np.empty((0, 3)), None, np.empty(0))])
def test_without_an_implant_there_is_nothing_to_top_up(given: SeedImplant | None) -> None:
    with pytest.raises(NoPlanError, match="no seed lies in the patient; expected an implant to top up"):
        top_up(replace(REQUEST, given=given))
