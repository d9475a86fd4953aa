"""A problem as arrays: rows are seeds, doses are those of the seeds, goals become limits on volumes."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.planning.conftest import ball_at

from seedbed.dosimetry import load_source, total_dose
from seedbed.implant import Needle, SeedImplant
from seedbed.planning.goals import Goal, PlanGoals
from seedbed.planning.needle_rules import load_needle_rules
from seedbed.planning.problem import (
    HARD_WEIGHT,
    HOT_LEVELS,
    ORGAN_CC,
    ORGAN_WEIGHT_CC,
    ZERO_WEIGHT,
    Candidates,
    Samples,
    make_problem,
    make_terms,
)
from seedbed.planning.tracks import NeedleSet, Track

SOURCE, RULES = load_source("6711"), load_needle_rules()
TARGET, ORGAN = ball_at((0.0, 0.0, 0.0), 10.0), ball_at((0.0, 22.0, 0.0), 9.0, "Cord")
STOCK = (0.5, 0.8)


def needles() -> NeedleSet:
    """Three needles from the front: 3, 2 and 1 seats."""
    tracks = []
    for n, x in enumerate((0.0, 3.0, 8.0)):
        seats = np.array([[x, 5.0 - 5.0 * k, 0.0] for k in range(3 - n)])
        tracks.append(Track(Needle(f"N{n + 1}", (x, -40.0, 0.0), (x, 7.25, 0.0)), seats, True))
    return NeedleSet("parallel", 90.0, 0.0, np.array([0.0, 1.0, 0.0]), tuple(tracks), 6)


def goals(*more: Goal, prescription: float = 100.0) -> PlanGoals:
    return PlanGoals(prescription, (Goal("target", "V100", "at least", 95.0, True, "test"), *more), STOCK)


@pytest.fixture(scope="module")
def samples() -> Samples:
    return Samples.of(TARGET, [ORGAN], count=200)


@pytest.fixture(scope="module")
def candidates() -> Candidates:
    return Candidates.of(needles(), STOCK, RULES)


def test_each_position_offers_each_strength_in_stock(candidates: Candidates) -> None:
    assert candidates.strengths_u.tolist() == [0.5, 0.8] * 6
    assert candidates.slot.tolist() == np.repeat(np.arange(6), 2).tolist()
    assert candidates.needle.tolist() == [0] * 6 + [1] * 4 + [2] * 2
    assert candidates.clash[0, 1]  # 3 mm apart
    assert not candidates.clash[0, 2]
    np.testing.assert_array_equal(candidates.axes, np.tile([0.0, 1.0, 0.0], (12, 1)))


def test_rows_become_seeds_on_the_needles_that_carry_them(candidates: Candidates) -> None:
    on = np.zeros(12, dtype=bool)
    on[[1, 4, 10]] = True
    implant = candidates.implant(SOURCE, on)
    assert [needle.name for needle in implant.needles] == ["N1", "N2"]  # numbered anew
    kept = Candidates.of(needles(), STOCK, RULES, kept=["N3"]).implant(SOURCE, on)
    assert [needle.name for needle in kept.needles] == ["N1", "N3"]
    np.testing.assert_allclose(implant.needles[0].direction, kept.needles[0].direction)
    assert implant.needle_index.tolist() == [0, 0, 1]
    assert implant.strengths_u.tolist() == [0.8, 0.5, 0.5]
    np.testing.assert_allclose(implant.positions_mm, [[0, 5, 0], [0, -5, 0], [8, 5, 0]])


def test_rows_give_the_dose_of_their_seeds(candidates: Candidates, samples: Samples) -> None:
    lies = SeedImplant("6711", np.array([[0.0, 0.0, 9.0]]), None, np.array([0.6]))
    problem = make_problem(candidates, samples, SOURCE, goals(prescription=80.0), given=lies)
    points = np.concatenate(samples.points_mm)
    for row in (0, 3, 11):
        seed = candidates.positions_mm[[row]], candidates.axes[[row]], candidates.strengths_u[[row]]
        np.testing.assert_allclose(
            problem.rows.dose[row] * 80.0, total_dose(SOURCE, *seed, points), rtol=1e-5
        )
    there = total_dose(SOURCE, lies.positions_mm, None, lies.strengths_u, points)
    np.testing.assert_allclose(problem.given * 80.0, there, rtol=1e-5)
    assert problem.rows.first.tolist() == [0, 6, 10]
    assert problem.rows.length.tolist() == [6, 4, 2]
    assert problem.target_points == len(samples.points_mm[0])


def test_near_rows_are_no_farther_than_all_others(candidates: Candidates, samples: Samples) -> None:
    rows = make_problem(candidates, samples, SOURCE, goals()).rows
    places = candidates.positions_mm
    for row in range(len(places)):
        away = np.sort(np.linalg.norm(places - places[row], axis=1))
        farthest = np.linalg.norm(places[rows.near[row]] - places[row], axis=1).max()
        assert farthest <= away[rows.near.shape[1]] + 1e-9


def test_samples_stand_for_the_whole_target_and_the_near_part_of_an_organ() -> None:
    organ = replace(ORGAN, contours=ball_at((0.0, 40.0, 0.0), 18.0).contours)
    samples = Samples.of(TARGET, [organ], count=300)
    assert samples.names == ("target", "Cord")
    assert samples.volume_pct[0].sum() == pytest.approx(100.0)
    kept_cc = samples.volume_pct[1].sum() / 100 * samples.whole_cc[1]
    assert ORGAN_CC <= kept_cc < samples.whole_cc[1]
    assert samples.whole_cc[1] == pytest.approx(organ.volume_mm3 / 1000, rel=1e-6)
    near = Samples.of(TARGET, [ORGAN], count=300)  # 3 cc: all of it
    assert near.volume_pct[1].sum() == pytest.approx(100.0)


def test_goals_become_volumes_that_get_a_dose(samples: Samples) -> None:
    cc = samples.whole_cc[1]
    asked = goals(
        Goal("target", "D90[%]", "at least", 105.0, True, "test"),
        Goal("target", "V150", "at most", 60.0, False, "test"),
        Goal("Cord", "D1cc", "at most", 40.0, True, "test"),
        Goal("Cord", "Dmax", "at most", 50.0, True, "test"),
        Goal("Cord", "V30Gy[cc]", "at most", 0.5, True, "test"),
        Goal("Nobody", "Dmax", "at most", 50.0, True, "test"),
    )
    terms = make_terms(asked, samples, margin=0.0)
    hot = len(HOT_LEVELS)
    assert terms.first.tolist() == [0, hot + 3, hot + 6]
    np.testing.assert_allclose(terms.level[hot:], [1.0, 1.05, 1.5, 0.4, 0.5, 0.3], rtol=1e-6)
    assert terms.sense[hot:].tolist() == [1, 1, -1, -1, -1, -1]
    np.testing.assert_allclose(terms.limit[hot:], [95, 90, 60, 100 / cc, 0, 50 / cc], rtol=1e-5)
    per_cc = np.array([HARD_WEIGHT, ZERO_WEIGHT]) / ORGAN_WEIGHT_CC
    assert terms.weight[hot] == HARD_WEIGHT
    np.testing.assert_allclose(
        terms.weight[hot + 3 : hot + 5], per_cc * cc, rtol=1e-5
    )  # the same for each cc
    assert terms.weight[hot + 2] < HARD_WEIGHT  # an aim weighs less


def test_a_margin_asks_for_more(samples: Samples) -> None:
    limit = Goal("Cord", "D1cc", "at most", 40.0, True, "test")
    asked = goals(limit, Goal("target", "D90", "at least", 100.0, True, "test"))
    exact, wide = (make_terms(asked, samples, margin=margin) for margin in (0.0, 2.0))
    lower = exact.sense > 0
    assert (wide.limit[lower] > exact.limit[lower]).all()
    assert (wide.level[lower] >= exact.level[lower]).all()
    assert (wide.level[exact.sense < 0] <= exact.level[exact.sense < 0]).all()
    assert wide.limit.max() <= 100.0


def test_mean_and_least_doses_are_judged_but_not_searched_for(samples: Samples) -> None:
    asked = goals(
        Goal("Cord", "Dmean", "at most", 20.0, True, "test"),
        Goal("target", "Dmin", "at least", 50.0, False, "test"),
    )
    assert len(make_terms(asked, samples).level) == len(make_terms(goals(), samples).level)


def test_a_volume_that_an_organ_does_not_have_is_read_as_its_highest_dose(samples: Samples) -> None:
    """As it is judged: else any dose would pass."""
    large = Goal("Cord", "D9cc", "at most", 40.0, True, "test")
    highest = Goal("Cord", "Dmax", "at most", 40.0, True, "test")
    assert samples.whole_cc[1] < 9.0
    for one, other in zip(*(make_terms(goals(goal), samples) for goal in (large, highest)), strict=True):
        np.testing.assert_array_equal(one, other)
