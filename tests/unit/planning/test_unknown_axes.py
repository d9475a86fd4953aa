"""Seeds whose direction is not known beside seeds whose is, in edits, on a grid and near needles."""

import numpy as np
import pytest

from seedbed.dosimetry import grid_dose, load_source
from seedbed.errors import DoseError, NoPlanError
from seedbed.geometry import VoxelGrid
from seedbed.implant import Needle, SeedImplant
from seedbed.planning.capsules import refuse_overlap
from seedbed.planning.edits import needle_moved, seed_added
from seedbed.planning.grid_editing import GridFollower
from seedbed.planning.needle_rules import load_needle_rules
from seedbed.planning.occupied import free_seats
from seedbed.planning.seed_differences import changed_seeds, differences
from seedbed.planning.tracks import Track

SOURCE, RULES = load_source("6711"), load_needle_rules()
LENGTH, WIDTH = SOURCE.capsule_length_mm, SOURCE.capsule_diameter_mm
UP = np.array([0.0, 0.0, 1.0])


def pair(first: np.ndarray, second: np.ndarray, known: tuple[bool, bool]) -> SeedImplant:
    axes = np.where(np.array(known)[:, None], UP, 0.0)
    return SeedImplant("6711", np.array([first, second]), axes, np.ones(2))


def test_an_unknown_seed_near_a_needle_is_a_ball_of_half_its_length() -> None:
    track = Track(Needle("N1", (0.0, 0.0, 60.0), (0.0, 0.0, -2.25)), np.zeros((1, 3)), True)
    room = LENGTH / 2 + RULES.needle_diameter_mm / 2
    for aside, free in ((room + 0.01, True), (room - 0.01, False)):
        unknown = pair(np.array([aside, 0.0, 20.0]), np.array([50.0, 0.0, 0.0]), (False, True))
        assert free_seats(track, unknown, SOURCE, RULES).tolist() == [free]
    along = pair(np.array([room - 0.01, 0.0, 20.0]), np.array([50.0, 0.0, 0.0]), (True, False))
    assert free_seats(track, along, SOURCE, RULES).tolist() == [True]  # it is known to lie beside the needle


def test_an_unknown_seed_is_refused_only_where_it_overlaps_however_it_points() -> None:
    refuse_overlap(SOURCE, pair(np.zeros(3), np.array([WIDTH, 0.0, 0.0]), (True, False)), [1])
    with pytest.raises(NoPlanError, match="overlaps"):
        refuse_overlap(SOURCE, pair(np.zeros(3), np.array([WIDTH - 0.05, 0.0, 1.0]), (True, False)), [1])


def test_a_planned_seed_beside_known_axes_needs_one() -> None:
    given = pair(np.zeros(3), 9 * UP, (True, False))
    with pytest.raises(DoseError, match="without an axis"):
        seed_added(given, (20.0, 0.0, 0.0), strength_u=0.5)
    more = seed_added(given, (20.0, 0.0, 0.0), strength_u=0.5, axis=(1.0, 0.0, 0.0))
    assert more.axis_known.tolist() == [True, False, True]


def test_a_needle_turns_the_axes_that_are_known() -> None:
    line = Needle("N1", (0.0, 0.0, 50.0), (0.0, 0.0, 0.0))
    on = SeedImplant(
        "6711", np.array([5 * UP, 15 * UP]), np.array([UP, 0 * UP]), np.ones(2), (line,), np.array([0, 0])
    )
    moved = needle_moved(on, 0, (50.0, 0.0, 0.0), (0.0, 0.0, 0.0))
    np.testing.assert_allclose(np.abs(moved.directions), [[1, 0, 0], [0, 0, 0]], atol=1e-12)


def test_a_seed_whose_axis_becomes_known_differs_and_the_grid_follows() -> None:
    before = SeedImplant("6711", np.array([0 * UP, 9 * UP]), None, np.ones(2))
    after = before.with_seed_at(1, 9 * UP, UP)
    assert changed_seeds(before, after) == [1]
    assert differences(before, after) == ([1], [1])
    grid = VoxelGrid((5.0, 0.0, -10.0), (2.0, 2.0, 2.0), (8, 4, 4))
    follower = GridFollower(SOURCE, grid)
    follower.dose_of(before)
    np.testing.assert_allclose(
        follower.dose_of(after).dose_gy, grid_dose(SOURCE, after, grid).dose_gy, rtol=1e-9
    )
