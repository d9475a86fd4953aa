"""Implants shifted and turned as a whole, with the pairs known."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from seedbed.errors import InputError
from seedbed.geometry import RigidTransform
from seedbed.implant import SeedImplant
from seedbed.verification import match_seeds, match_with_drift

SEEDS = st.integers(0, 2**32 - 1)


def needles(rng: np.random.Generator, count: int = 8, spacing: float = 8.0) -> tuple[np.ndarray, np.ndarray]:
    """Parallel needles on a 10 mm template, of 4 to 6 seeds each: places, and the needle of each."""
    corners = np.stack(np.meshgrid(np.arange(4) * 10.0, np.arange(3) * 10.0), axis=-1).reshape(-1, 2)
    chosen = corners[rng.permutation(12)[:count]]
    sizes = rng.integers(4, 7, count)
    needle = np.repeat(np.arange(count), sizes)
    depth = np.concatenate([np.arange(size) for size in sizes]) * spacing
    return np.column_stack([chosen[needle], depth]), needle


def motion_about(
    centre: np.ndarray, rng: np.random.Generator, shift: float, turn_deg: float
) -> RigidTransform:
    way, axis = rng.normal(size=3), rng.normal(size=3)
    turn = Rotation.from_rotvec(turn_deg * axis / np.linalg.norm(axis), degrees=True).as_matrix()
    return RigidTransform(turn, centre - turn @ centre + shift * way / np.linalg.norm(way))


@settings(max_examples=12, deadline=None)
@given(SEEDS, st.floats(0, 15), st.floats(0, 10))
def test_a_whole_implant_shifted_and_turned_is_matched_right(seed: int, shift: float, turn: float) -> None:
    rng = np.random.default_rng(seed)
    places, _ = needles(rng)
    motion = motion_about(places.mean(axis=0), rng, shift, turn)
    order = rng.permutation(len(places))
    seen = match_with_drift(places, motion.apply(places)[order])
    assert order[seen.match.found].tolist() == seen.match.planned.tolist() == list(range(len(places)))
    np.testing.assert_allclose(seen.drift.rotation, motion.rotation, atol=1e-6)
    np.testing.assert_allclose(seen.drift.shift_mm, motion.shift_mm, atol=1e-4)
    assert seen.residual_mm.max() < 1e-4
    np.testing.assert_allclose(
        seen.match.displacement_mm, motion.apply(places) - places, atol=1e-9
    )  # raw displacements stay raw


def test_where_the_plain_gate_fails_the_drift_does_not() -> None:
    rng = np.random.default_rng(11)
    right = np.zeros(2)
    total = 0
    for _ in range(6):
        places, _ = needles(rng, count=10)
        moved = motion_about(places.mean(axis=0), rng, 15.0, 10.0).apply(places)
        moved += rng.normal(0, 1.5, moved.shape)
        kept = np.delete(np.arange(len(places)), rng.integers(0, len(places), 3))
        found = np.vstack([moved[kept], moved.mean(axis=0) + rng.uniform(-20, 20, (3, 3))])
        truth = np.concatenate([kept, [-1, -1, -1]])
        for way, match in enumerate((match_seeds(places, found), match_with_drift(places, found).match)):
            right[way] += (truth[match.found] == match.planned).sum()
        total += len(kept)
    assert right[0] / total < 0.3
    assert right[1] / total > 0.95


@settings(max_examples=8, deadline=None)
@given(SEEDS)
def test_residuals_do_not_depend_on_where_the_patient_lies(seed: int) -> None:
    rng = np.random.default_rng(seed)
    places, _ = needles(rng)
    found = places + rng.normal(0, 0.8, places.shape) + [6.0, -4.0, 3.0]
    room = motion_about(np.zeros(3), rng, 200.0, 170.0)
    here, there = match_with_drift(places, found), match_with_drift(room.apply(places), room.apply(found))
    assert here.match.found.tolist() == there.match.found.tolist()
    np.testing.assert_allclose(here.residual_mm, there.residual_mm, atol=1e-6)
    np.testing.assert_allclose(room.turn(here.beyond_drift_mm), there.beyond_drift_mm, atol=1e-6)
    np.testing.assert_allclose(here.systematic.shift_chance, there.systematic.shift_chance, rtol=1e-4)


@settings(max_examples=8, deadline=None)
@given(SEEDS)
def test_the_order_of_the_seeds_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    places, _ = needles(rng)
    found = places[3:] + rng.normal(0, 1.0, places[3:].shape) + 5.0
    one, other = rng.permutation(len(places)), rng.permutation(len(found))
    here, there = match_with_drift(places, found), match_with_drift(places[one], found[other])
    pairs = set(zip(here.match.planned.tolist(), here.match.found.tolist(), strict=True))
    again = zip(one[there.match.planned].tolist(), other[there.match.found].tolist(), strict=True)
    assert pairs == set(again)


@settings(max_examples=8, deadline=None)
@given(SEEDS)
def test_a_seed_far_away_changes_no_pair(seed: int) -> None:
    rng = np.random.default_rng(seed)
    places, _ = needles(rng)
    found = places + rng.normal(0, 1.0, places.shape) + [0.0, 9.0, 0.0]
    way = rng.normal(size=3)
    far = found.mean(axis=0) + 200.0 * way / np.linalg.norm(way)
    alone, beside = match_with_drift(places, found), match_with_drift(places, np.vstack([found, far]))
    assert alone.match.planned.tolist() == beside.match.planned.tolist()
    assert alone.match.found.tolist() == beside.match.found.tolist()
    assert beside.match.extra.tolist() == [*alone.match.extra, len(found)]


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.integers(4, 6))
def test_pairs_of_few_seeds_are_the_best_of_all_after_the_drift(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    places = 12.0 * np.array([[0, 0, 0], [1, 0, 0], [0, 2, 0], [0, 0, 3], [2, 1, 0], [1, 0, 2.0]])[:count]
    found = places[rng.permutation(count)] + rng.normal(0, 1.0, (count, 3)) + [3.0, 0.0, 0.0]
    seen = match_with_drift(places, found)
    squared = ((seen.drift.apply(places)[:, None] - found[None]) ** 2).sum(axis=2)
    best = min(permutations(range(count)), key=lambda order: sum(squared[k, order[k]] for k in range(count)))
    assert seen.match.found.tolist() == list(best)


def test_one_seed_lost_on_a_needle_does_not_pull_the_others_on() -> None:
    places, _ = needles(np.random.default_rng(1), spacing=5.0)
    lost = 1
    stray = places[0] - [0.0, 0.0, 6.0]
    seen = match_with_drift(places, np.vstack([np.delete(places, lost, axis=0), stray]))
    planned, found = seen.match.planned[seen.regular], seen.match.found[seen.regular]
    np.testing.assert_array_equal(np.delete(places, lost, axis=0)[found], places[planned])
    assert seen.regular.sum() == len(places) - 1


def test_an_extra_seed_near_a_missing_one_is_its_pair_but_does_not_set_the_drift() -> None:
    places, _ = needles(np.random.default_rng(2), spacing=10.0)
    found = places.copy()
    found[5] += [0.0, 0.0, 4.9]  # beyond four times the scatter, within the gate
    seen = match_with_drift(places, found)
    assert seen.match.found.tolist() == list(range(len(places)))
    assert np.flatnonzero(~seen.regular).tolist() == [5]
    assert seen.drift.angle_deg < 1e-6
    np.testing.assert_allclose(seen.residual_mm[5], 4.9)


def test_a_plan_that_fits_one_place_on_as_well_is_called_ambiguous() -> None:
    places = np.array([[x, y, z] for x in (0.0, 10) for y in (0.0, 10) for z in np.arange(6) * 5.0])
    lowest_lost = places[places[:, 2] > 0]
    seen = match_with_drift(places, lowest_lost)
    assert seen.ambiguous
    assert "5.0 mm superior" in seen.sentence
    assert np.abs(seen.match.displacement_mm).max() < 1e-9  # the smaller motion is taken
    assert seen.match.missing.tolist() == np.flatnonzero(places[:, 2] == 0).tolist()
    whole = match_with_drift(places, places + np.array([0.0, 0.0, 5.0]))
    assert not whole.ambiguous
    np.testing.assert_allclose(whole.drift.shift_mm, [0.0, 0.0, 5.0], atol=1e-6)


def test_an_implant_upside_down_is_not_turned_over() -> None:
    places, _ = needles(np.random.default_rng(4))
    centre = places.mean(axis=0)
    over = RigidTransform(np.diag([1.0, -1.0, -1.0]), centre - np.diag([1.0, -1.0, -1.0]) @ centre)
    assert match_with_drift(places, over.apply(places)).drift.angle_deg <= 30.0


@pytest.mark.parametrize(("planned", "found"), [(0, 0), (5, 0), (0, 5), (1, 1), (3, 9), (9, 3)])
def test_few_seeds_are_matched_as_they_lie_and_no_drift_is_told(planned: int, found: int) -> None:
    rng = np.random.default_rng(planned + found)
    one, other = rng.uniform(0, 20, (planned, 3)), rng.uniform(0, 20, (found, 3))
    seen, plain = match_with_drift(one, other), match_seeds(one, other)
    assert (seen.systematic, seen.ambiguous, seen.drift.angle_deg) == (None, False, 0.0)
    assert seen.match.planned.tolist() == plain.planned.tolist()
    assert seen.match.missing.tolist() == plain.missing.tolist()
    assert "no drift" in seen.sentence
    assert np.isfinite(seen.scatter_mm)


def test_seeds_on_one_needle_tell_a_shift_alone() -> None:
    line = np.outer(np.arange(8.0), [0.0, 3.0, 4.0])
    seen = match_with_drift(line, line + np.array([2.0, 0.0, 0.0]))
    assert seen.systematic.turn_deg is None
    np.testing.assert_allclose(seen.drift.shift_mm, [2.0, 0.0, 0.0], atol=1e-9)
    assert "near one line" in seen.sentence


def test_seeds_all_at_one_place_are_no_trouble() -> None:
    seen = match_with_drift(np.zeros((6, 3)), np.ones((7, 3)))
    assert len(seen.match.planned) == 6
    assert len(seen.match.extra) == 1
    np.testing.assert_allclose(seen.drift.shift_mm, [1.0, 1.0, 1.0])


def test_an_implant_gives_its_needles_to_the_standard_errors() -> None:
    rng = np.random.default_rng(9)
    places, needle = needles(rng)
    plan = SeedImplant("6711", places, None, np.ones(len(places)), needle_index=needle)
    found = places + rng.normal(0, 1.5, (8, 3))[needle]
    held, loose = match_with_drift(plan, found), match_with_drift(places, found)
    assert held.match.found.tolist() == loose.match.found.tolist()
    assert (held.systematic.shift_se_mm > loose.systematic.shift_se_mm).all()


@settings(max_examples=10, deadline=None)
@given(SEEDS, st.integers(0, 12), st.integers(0, 12), st.floats(0, 20))
def test_each_seed_is_in_one_pair_or_left_over(seed: int, planned: int, found: int, gate: float) -> None:
    rng = np.random.default_rng(seed)
    one, other = rng.uniform(0, 30, (planned, 3)), rng.uniform(0, 30, (found, 3))
    seen = match_with_drift(one, other, gate_mm=gate)
    assert sorted([*seen.match.planned, *seen.match.missing]) == list(range(planned))
    assert sorted([*seen.match.found, *seen.match.extra]) == list(range(found))
    np.testing.assert_allclose(seen.match.displacement_mm, other[seen.match.found] - one[seen.match.planned])
    np.testing.assert_allclose(
        seen.beyond_drift_mm, other[seen.match.found] - seen.drift.apply(one[seen.match.planned])
    )
    assert len(seen.regular) == len(seen.residual_mm) == len(seen.match.planned)


def test_places_too_near_for_the_scatter_are_remarked_on() -> None:
    rng = np.random.default_rng(6)
    for spacing, said in ((4.0, True), (10.0, False)):
        places, _ = needles(rng, count=10, spacing=spacing)
        seen = match_with_drift(places, places + rng.normal(0, 1.6, places.shape))
        assert ("paired with a neighbour's place" in seen.sentence) == said


def test_seeds_of_another_plan_are_remarked_on_and_those_of_this_one_are_not() -> None:
    rng = np.random.default_rng(7)
    places, _ = needles(rng, count=10)
    other = rng.uniform(places.min(axis=0), places.max(axis=0), places.shape)
    assert "check that plan and CT belong together" in match_with_drift(places, other).sentence
    own = places + rng.normal(0, 1.5, places.shape) + 8.0
    assert "belong together" not in match_with_drift(places, own).sentence
    partly = np.vstack([places[:12], places[12:] + rng.normal(0, 60, places[12:].shape)])
    assert "check that plan and CT belong together" in match_with_drift(places, partly).sentence


def test_positions_that_are_not_finite_are_refused() -> None:
    with pytest.raises(InputError, match="not finite"):
        match_with_drift(np.full((5, 3), np.nan), np.zeros((5, 3)))
    with pytest.raises(InputError, match="not finite"):
        match_with_drift(np.zeros((5, 3)), np.full((5, 3), np.nan))
