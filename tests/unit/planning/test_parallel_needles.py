"""What parallel needles must keep, checked with distances calculated here."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from tests.unit.planning.conftest import ball_at, box_at
from tests.unit.planning.needle_phantoms import (
    BONE_HU,
    distance_to_origin,
    gap_to_boxes,
    points_along,
    water_ball,
)

from seedbed.errors import NoPlanError
from seedbed.geometry import Structure, VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.planning.anatomy import read_anatomy
from seedbed.planning.needles import NeedleSet, conflicts, load_needle_rules, parallel_sets
from seedbed.planning.obstacles import Obstacle

Make = Callable[..., Structure]
RULES = load_needle_rules()
ALL = 10**6
SEED_MM = 4.5


def sets_in(
    ct: CtVolume,
    target: Structure,
    obstacles: list[Obstacle] | None = None,
    spacing_mm: float = 10.0,
    keep: int = ALL,
) -> list[NeedleSet]:
    anatomy = read_anatomy(ct, target, obstacles or [], RULES)
    return parallel_sets(anatomy, target, RULES, keep=keep, spacing_mm=spacing_mm)


@pytest.fixture(scope="module")
def open_sets() -> list[NeedleSet]:
    return sets_in(water_ball(), ball_at((4.0, -3.0, 2.0), 14.0), spacing_mm=5.0)


def test_in_open_water_every_direction_reaches_all(open_sets: list[NeedleSet]) -> None:
    angles = {(made.azimuth_deg, made.tilt_deg) for made in open_sets}
    assert angles == {(15.0 * n, tilt) for n in range(24) for tilt in (-30.0, -15.0, 0.0, 15.0, 30.0)}
    assert all(made.mode == "parallel" for made in open_sets)
    assert all(made.reachable >= 0.9 for made in open_sets)  # exact contours take a seat here and there
    assert all(made.to_skin == 1.0 for made in open_sets)


def test_needles_are_parallel_and_their_angles_are_as_said(open_sets: list[NeedleSet]) -> None:
    for made in open_sets[::7]:
        azimuth, tilt = np.radians([made.azimuth_deg, made.tilt_deg])
        expected = [np.cos(azimuth) * np.cos(tilt), np.sin(azimuth) * np.cos(tilt), np.sin(tilt)]
        np.testing.assert_allclose(made.direction, expected, atol=1e-9)
        for track in made.tracks:
            np.testing.assert_allclose(track.needle.direction, expected, atol=1e-6)


def test_needles_stand_on_a_lattice_across_the_push(open_sets: list[NeedleSet]) -> None:
    for made in open_sets[::7]:
        azimuth = np.radians(made.azimuth_deg)
        across = np.array([-np.sin(azimuth), np.cos(azimuth), 0.0])
        up = np.cross(made.direction, across)
        tips = np.array([track.needle.tip_mm for track in made.tracks])
        for axis in (across, up):
            steps = (tips @ axis - (tips @ axis)[0]) / 5.0
            np.testing.assert_allclose(steps, np.rint(steps), atol=1e-6)
        assert not conflicts(made.tracks, RULES).any()


def test_seeds_lie_whole_in_the_target_on_their_needle_deepest_first(open_sets: list[NeedleSet]) -> None:
    target = ball_at((4.0, -3.0, 2.0), 14.0)
    for made in open_sets[::7]:
        for track in made.tracks:
            depth = (track.seats_mm - track.needle.entry_mm) @ made.direction
            np.testing.assert_allclose(
                np.asarray(track.needle.entry_mm) + depth[:, None] * made.direction, track.seats_mm, atol=1e-6
            )
            assert (np.diff(depth) <= -RULES.seat_step_mm + 0.26).all()
            assert depth[0] == pytest.approx(track.needle.length_mm - SEED_MM / 2)
            assert depth[-1] >= SEED_MM / 2 - 1e-6
            for side in (-0.475, 0.0, 0.475):
                assert target.contains(track.seats_mm + side * SEED_MM * made.direction).all()


def test_needles_are_named_apart_from_the_head_down(open_sets: list[NeedleSet]) -> None:
    tracks = open_sets[0].tracks
    assert [track.needle.name for track in tracks] == [f"N{n}" for n in range(1, len(tracks) + 1)]
    height = [track.needle.entry_mm[2] for track in tracks]
    assert height == sorted(height, reverse=True)


def test_the_same_case_gives_the_same_needles(open_sets: list[NeedleSet]) -> None:
    again = sets_in(water_ball(), ball_at((4.0, -3.0, 2.0), 14.0), spacing_mm=5.0, keep=3)
    for one, other in zip(open_sets, again, strict=False):
        assert [track.needle for track in one.tracks] == [track.needle for track in other.tracks]


def test_a_quarter_turn_of_the_patient_turns_the_directions() -> None:
    # An organ to the left (+x) and the same to the back (+y): azimuths turn by 90 degrees.
    target = ball_at((0.0, 0.0, 0.0), 12.0)
    here = Obstacle("O", box_at((20, -9, -30), (34, 13, 30), "O"), 2.0)
    there = Obstacle("O", box_at((-13, 20, -30), (9, 34, 30), "O"), 2.0)
    here_sets, there_sets = (
        {(m.azimuth_deg, m.tilt_deg): m for m in sets_in(water_ball(), target, [organ], spacing_mm=5.0)}
        for organ in (here, there)
    )
    assert len(here_sets) == len(there_sets)
    for (azimuth, tilt), made in here_sets.items():
        turned = there_sets[((azimuth + 90.0) % 360.0, tilt)]
        assert turned.seats == pytest.approx(made.seats, rel=0.15)  # the lattice falls otherwise


def test_moving_the_patient_moves_the_needles() -> None:
    shift = np.array([100.0, -50.0, 30.0])
    ct, target = water_ball(), ball_at((5.0, 0.0, 0.0), 10.0)
    moved = replace(ct, grid=replace(ct.grid, origin_mm=tuple(np.add(ct.grid.origin_mm, shift).tolist())))
    contours = tuple(
        replace(c, z_mm=c.z_mm + 30.0, points_mm=c.points_mm + shift[:2]) for c in target.contours
    )
    here, there = (
        sets_in(ct, target, keep=1)[0],
        sets_in(moved, replace(target, contours=contours), keep=1)[0],
    )
    assert (here.azimuth_deg, here.tilt_deg, here.seats) == (there.azimuth_deg, there.tilt_deg, there.seats)


def test_the_best_direction_comes_first() -> None:
    # All but a quarter is shut by bone, from 25 to 30 mm: the first direction comes from there.
    ct = water_ball()
    x, y = ct.grid.axis_mm(0)[None, None, :], ct.grid.axis_mm(1)[None, :, None]
    r = np.hypot(x, y) + 0 * ct.grid.axis_mm(2)[:, None, None]
    ct.hu[(r > 25.0) & (r < 30.0) & ~((x < 0) & (np.abs(y) < 20.0))] = BONE_HU
    made = sets_in(ct, ball_at((0.0, 0.0, 0.0), 10.0))
    assert made[0].azimuth_deg in (345.0, 0.0, 15.0)  # pushed towards +x from the opening at -x
    shares = [round(found.reachable, 1) for found in made]
    assert shares[0] == max(shares)


boxes = st.tuples(st.integers(-40, 28), st.integers(-40, 28), st.integers(-40, 28), st.integers(6, 16))


@settings(max_examples=6, deadline=None)
@given(st.lists(boxes, min_size=2, max_size=6), st.sampled_from([1.5, 2.0, 2.6]))
def test_no_needle_comes_nearer_to_bone_than_its_margin(
    bones: list[tuple[int, int, int, int]], voxel_mm: float
) -> None:
    ct = water_ball(50.0, voxel_mm)
    bone = np.zeros(ct.grid.shape, dtype=bool)
    points = ct.grid.points_mm().reshape(*ct.grid.shape, 3)
    for x, y, z, size in bones:
        bone |= ((points >= (x, y, z)) & (points <= (x + size, y + size, z + size))).all(axis=-1)
    bone &= distance_to_origin(ct.grid) > 14.0
    ct.hu[bone] = BONE_HU
    try:
        made = sets_in(ct, ball_at((0.0, 0.0, 0.0), 11.0), spacing_mm=5.0, keep=6)
    except NoPlanError:
        return  # to refuse is safe
    label, count = ndimage.label(bone, np.ones((3, 3, 3)))
    cc = ndimage.sum_labels(bone, label, np.arange(count + 1)) * voxel_mm**3 / 1000
    bone &= (cc >= RULES.least_bone_cc)[label]  # smaller specks are no bone
    centres = ct.grid.points_mm()[bone.ravel()]
    tracks = [track for found in made for track in found.tracks[::2]]
    assert (
        not bone.any()
        or gap_to_boxes(points_along(tracks), centres, voxel_mm / 2).min() >= RULES.bone_margin_mm - 1e-4
    )


ORGANS = {
    "beside the target": ((-3.0, 12.0, -30.0), (9.0, 20.0, 30.0)),
    "between target and skin": ((14.0, -6.0, -30.0), (20.0, 6.0, 30.0)),
    "above the target": ((-30.0, -30.0, 11.3), (40.0, 30.0, 20.0)),
    "a thin vessel": ((2.2, -30.0, -30.0), (4.2, 30.0, 30.0)),
}


@pytest.mark.parametrize("margin", [2.0, 5.0])
@pytest.mark.parametrize(("lower", "upper"), ORGANS.values(), ids=ORGANS.keys())
def test_no_needle_comes_nearer_to_an_organ_than_its_margin(
    lower: tuple[float, ...], upper: tuple[float, ...], margin: float
) -> None:
    organ = Obstacle("Organ", box_at(lower, upper, "Organ"), margin)
    made = sets_in(water_ball(50.0), ball_at((0.0, 0.0, 0.0), 10.0), [organ], spacing_mm=5.0, keep=40)
    middle, half = np.add(lower, upper) / 2, np.subtract(upper, lower) / 2
    points = points_along([track for found in made for track in found.tracks[::2]])
    assert gap_to_boxes(points, middle[None], half).min() >= margin - 1e-4


def test_no_needle_enters_from_a_gap_between_two_parts_of_the_body(water: CtVolume, ball: Make) -> None:
    # An arm beside the trunk, joined to it at the lowest planes: a needle cannot be pushed through it unseen.
    water.hu[:, 18:43, 54:60] = 0.0  # x 48 to 58 mm, y -24 to 24 mm; the trunk ends at x = 40
    water.hu[:2, 28:33, 48:56] = 0.0
    for made in sets_in(water, ball((20.0, 0.0, 8.0), 8.0)):
        for track in made.tracks:
            beyond = track.needle.entry_mm - np.arange(6.0, 40.0)[:, None] * track.needle.direction
            index = np.rint(water.grid.indices(beyond)).astype(int)
            index = index[((index >= 0) & (index < np.array(water.grid.shape))).all(axis=1)]
            assert (water.hu[tuple(index.T)] < -900).all(), f"azimuth {made.azimuth_deg}"


def test_no_seat_is_offered_outside_the_patient_where_the_target_reaches_out(
    water: CtVolume, ball: Make
) -> None:
    target = ball((36.0, 0.0, 0.0), 12.0)  # drawn 8 mm beyond the skin
    for made in sets_in(water, target):
        for track in made.tracks:
            depth = (track.seats_mm - track.needle.entry_mm) @ track.needle.direction
            assert (depth >= SEED_MM / 2 - 1e-6).all()


@pytest.mark.parametrize("lower_z", [0.1, 1.0])
def test_thick_slices_do_not_bring_a_needle_to_an_organ(ball: Make, box: Make, lower_z: float) -> None:
    # Slices of 4 mm; the organ fills the slice next to the needle's.
    grid = VoxelGrid((-60.0, -60.0, -13.9), (2.0, 2.0, 4.0), (8, 61, 61))
    ct = CtVolume(grid, np.full(grid.shape, -1000.0, dtype=np.float32))
    ct.hu[:, 8:53, 8:53] = 0.0
    lower, upper = np.array([-58.0, -58.0, lower_z]), np.array([58.0, 58.0, 14.0])
    organ = Obstacle("Organ", box(tuple(lower), tuple(upper), "Organ"), 2.0)
    try:
        made = sets_in(ct, ball((0.0, 0.0, 0.0), 4.5), [organ])
    except NoPlanError:
        return  # to refuse is safe
    points = points_along([track for found in made for track in found.tracks])
    assert gap_to_boxes(points, (lower + upper)[None] / 2, (upper - lower) / 2).min() >= 2.0


@pytest.mark.parametrize("radius_mm", [3.0, 4.0, 5.5, 6.5])
def test_a_small_round_target_in_open_water_can_be_reached(radius_mm: float) -> None:
    assert sets_in(water_ball(), ball_at((0.0, 0.0, 0.0), radius_mm), keep=1)[0].seats >= 1


def test_a_target_smaller_than_a_seed_is_refused() -> None:
    with pytest.raises(NoPlanError, match=r"'GTV' of 0\.0.* cc holds no seed of 4.5 mm"):
        sets_in(water_ball(), ball_at((0.0, 0.0, 0.0), 1.8))
