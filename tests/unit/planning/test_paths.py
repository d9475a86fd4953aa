"""What single paths meet, by closed form."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from tests.unit.planning.needle_phantoms import water_ball

from seedbed.geometry import Structure
from seedbed.planning.anatomy import Anatomy, read_anatomy
from seedbed.planning.needle_rules import NeedleRules, load_needle_rules
from seedbed.planning.obstacles import Obstacle
from seedbed.planning.paths import (
    GANTRY,
    NOT_IN_BODY,
    OBSTACLE,
    OPEN,
    SOMETHING_OUTSIDE,
    TOO_DEEP,
    Paths,
    blame,
    follow_paths,
    nearest_of_each,
)

Make = Callable[..., Structure]
RULES = load_needle_rules()
RADIUS_MM = 60.0
X, Y, Z = np.eye(3)


@pytest.fixture(scope="module")
def target(make_ball: Make) -> Structure:
    return make_ball((0.0, 0.0, 0.0), 10.0)


@pytest.fixture(scope="module")
def open_water(target: Structure) -> Anatomy:
    return read_anatomy(water_ball(RADIUS_MM), target, [], RULES)


def follow(anatomy: Anatomy, tips: np.ndarray, along: np.ndarray, rules: NeedleRules = RULES) -> Paths:
    return follow_paths(anatomy, np.atleast_2d(tips), np.atleast_2d(along), rules)


def directions(count: int, most_z: float = 0.5) -> np.ndarray:
    rng = np.random.default_rng(7)
    z, turn = rng.uniform(-most_z, most_z, count), rng.uniform(0, 2 * np.pi, count)
    flat = np.sqrt(1 - z**2)
    return np.stack([flat * np.cos(turn), flat * np.sin(turn), z], axis=1)


def test_entries_lie_on_the_skin(open_water: Anatomy) -> None:
    along = directions(200)
    tips = np.random.default_rng(3).uniform(-6, 6, (200, 3))
    found = follow(open_water, tips, along)
    assert found.open.all()
    assert found.skin_seen.all()
    # Voxels of 2 mm, the skin half-way between water and air: within one voxel of the sphere.
    np.testing.assert_allclose(np.linalg.norm(found.entry_mm, axis=1), RADIUS_MM, atol=2.0)
    beside = np.cross(found.entry_mm - tips, along)
    np.testing.assert_allclose(beside, 0.0, atol=1e-9)


@pytest.mark.parametrize("offset", [0.0, 15.0, -20.0])
def test_depth_is_counted_from_the_skin(open_water: Anatomy, offset: float) -> None:
    depth = RADIUS_MM + offset  # the tip lies on the axis of push, beyond or before the middle
    for limit, status in ((depth + 3.0, OPEN), (depth - 3.0, TOO_DEEP)):
        found = follow(open_water, offset * X, X, replace(RULES, most_depth_mm=limit))
        assert found.status.tolist() == [status]


def test_a_tip_outside_the_body_is_no_needle(open_water: Anatomy) -> None:
    assert follow(open_water, 66.0 * X, X).status.tolist() == [NOT_IN_BODY]


@pytest.mark.parametrize("margin", [2.0, 5.0])
def test_a_slab_blocks_what_comes_nearer_than_its_margin(target: Structure, box: Make, margin: float) -> None:
    slab = Obstacle("Slab", box((-70, -70, -70), (70, 70, -20), "Slab"), margin)
    anatomy = read_anatomy(water_ball(RADIUS_MM), target, [slab], replace(RULES, most_tilt_deg=80.0))
    height = np.arange(-25.0, -8.0, 0.5)
    tips = np.stack([np.zeros_like(height), np.zeros_like(height), height], axis=1)
    found = follow(anatomy, tips, np.tile(X, (len(tips), 1)))
    gap = height + 20.0
    assert (found.status[gap < margin] == OBSTACLE).all()
    assert found.open[gap >= margin + 2.7].all()  # a voxel of 2 mm that is only touched, and the allowance
    assert (blame(anatomy, found.stop_mm[found.status == OBSTACLE]) == 3).all()


def test_a_tilted_path_meets_a_slab_where_geometry_says(target: Structure, box: Make) -> None:
    # A slab above z = 30: a needle pushed down from the head side at 30 degrees passes z = 30 - 2 where
    # it is (28 - z_tip) / sin 30 above its tip, and the skin lies beyond; from the feet side it is free.
    slab = Obstacle("Slab", box((-70, -70, 30), (70, 70, 70), "Slab"), 2.0)
    anatomy = read_anatomy(water_ball(RADIUS_MM), target, [slab], replace(RULES, most_tilt_deg=80.0))
    down = np.array([np.cos(np.radians(40)), 0.0, -np.sin(np.radians(40))])
    found = follow(anatomy, np.zeros((2, 3)), np.array([down, [down[0], 0.0, -down[2]]]))
    assert found.status.tolist() == [OBSTACLE, OPEN]
    assert 30.0 - 2.0 - 2.7 - 1.0 <= found.stop_mm[0, 2] <= 28.0


def test_the_hub_must_stay_in_the_bore(open_water: Anatomy) -> None:
    rules = replace(RULES, bore_radius_mm=190.0)
    along, tips = directions(400), np.random.default_rng(5).uniform(-9, 9, (400, 3))
    found = follow(open_water, tips, along, rules)
    hub = tips - 200.0 * along
    expected = np.where(np.hypot(hub[:, 0], hub[:, 1]) > 190.0, GANTRY, OPEN)
    np.testing.assert_array_equal(found.status, expected)
    assert 0 < (expected == GANTRY).sum() < 400


def test_something_solid_outside_the_skin_is_in_the_way(target: Structure) -> None:
    ct = water_ball(RADIUS_MM)
    ct.hu[:, -2:, :] = 500.0  # a couch from y = 70 mm on
    anatomy = read_anatomy(ct, target, [], RULES)
    found = follow(anatomy, np.zeros((3, 3)), np.array([-Y, Y, X]))
    assert found.status.tolist() == [SOMETHING_OUTSIDE, OPEN, OPEN]
    assert found.stop_mm[0, 1] == pytest.approx(70.0, abs=3.0)
    without_room = replace(RULES, room_outside_mm=5.0)
    assert follow(anatomy, np.zeros(3), -Y, without_room).status.tolist() == [OPEN]


def test_where_the_image_ends_first_no_skin_is_seen(target: Structure) -> None:
    ct = water_ball(RADIUS_MM)
    ct.hu[:] = 0.0
    found = follow(read_anatomy(ct, target, [], RULES), np.zeros(3), X)
    assert found.status.tolist() == [OPEN]
    assert not found.skin_seen[0]
    assert found.entry_mm[0, 0] == pytest.approx(ct.grid.lower_mm()[0], abs=1.5)


def test_the_nearest_of_each_obstacle_is_known(target: Structure, box: Make) -> None:
    obstacles = [
        Obstacle("Low", box((-70, -70, -70), (70, 70, -8), "Low"), 2.0),
        Obstacle("High", box((-70, -70, 6), (70, 70, 70), "High"), 5.0),
    ]
    anatomy = read_anatomy(water_ball(RADIUS_MM), target, obstacles, RULES)
    near = nearest_of_each(anatomy, np.array([[0.0, 0.0, 0.0], [5.0, 0.0, 1.0]]))
    assert np.isinf(near[:3]).all()
    assert 8.0 - 2.0 <= near[3] <= 8.0
    assert 5.0 - 2.0 <= near[4] <= 5.0
    assert blame(anatomy, np.zeros((1, 3))).tolist() == [4]  # 6 - 5 is less than 8 - 2
