"""What is body, bone and air in volumes whose truth is known."""

from collections.abc import Callable

import numpy as np
import pytest

from seedbed.geometry import Structure, VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.planning.anatomy import Anatomy, find_body, find_bone, read_anatomy

Radius = Callable[[CtVolume], np.ndarray]
Make = Callable[..., Structure]


def test_the_body_is_the_water_and_nothing_else(water: CtVolume, radius: Radius) -> None:
    body, r = find_body(water), radius(water)
    assert body[r < 36.0].all()
    assert not body[r > 44.0].any()


def test_a_table_under_the_patient_is_not_body(water: CtVolume, radius: Radius) -> None:
    water.hu[:, -4:, :] = 100.0
    body = find_body(water)
    assert not body[:, -4:, :].any()
    assert body[radius(water) < 36.0].all()


def test_an_airway_is_inside_the_body(water: CtVolume, radius: Radius) -> None:
    water.hu[radius(water) < 8.0] = -1000.0
    assert find_body(water)[radius(water) < 36.0].all()


def test_an_image_of_air_has_no_body(water: CtVolume) -> None:
    water.hu[:] = -1000.0
    assert not find_body(water).any()


def test_an_image_within_the_body_is_all_body(water: CtVolume) -> None:
    water.hu[:] = 0.0
    assert find_body(water).all()


def test_bone_is_found_and_contrast_and_specks_are_not(water: CtVolume) -> None:
    water.hu[8:12, 20:24, 30:34] = 900.0  # 4 x 8 x 8 mm and more: 0.5 cc
    water.hu[8:12, 30:34, 30:34] = 250.0  # a vessel with contrast
    water.hu[3, 40, 30] = 900.0  # one voxel: 0.008 cc
    bone = find_bone(water)
    expected = np.zeros(bone.shape, dtype=bool)
    expected[8:12, 20:24, 30:34] = True
    np.testing.assert_array_equal(bone, expected)


def clearance(anatomy: Anatomy, *points: tuple[float, float, float]) -> np.ndarray:
    return anatomy.clearance_at(np.array(points, dtype=float))


def test_the_air_around_the_patient_is_not_forbidden_but_the_airway_is(
    water: CtVolume, radius: Radius, ball: Make
) -> None:
    water.hu[radius(water) < 8.0] = -1000.0
    anatomy = read_anatomy(water, ball((20.0, 0.0, 0.0), 6.0), [])
    assert (clearance(anatomy, (0, 0, 0), (6, 0, 0), (0, -6, 4)) <= 0).all()
    assert (clearance(anatomy, (38, 0, 0), (45, 0, 0), (0, 50, 0)) > 20.0).all()


def test_an_airway_is_forbidden_too_where_the_image_holds_no_room_air(water: CtVolume, ball: Make) -> None:
    water.hu[:] = 0.0
    water.hu[:, 2:6, 2:6] = -800.0  # x and y from -57 to -49 mm
    anatomy = read_anatomy(water, ball((20.0, 0.0, 0.0), 6.0), [])
    assert (clearance(anatomy, (-53, -53, 0), (-55, -51, 4)) <= 0).all()


def test_a_clearance_is_never_too_large_and_not_much_too_small(
    water: CtVolume, ball: Make, box: Make
) -> None:
    lower, upper = (-10.0, -10.0, -8.0), (10.0, 10.0, 8.0)
    anatomy = read_anatomy(water, ball((30.0, 0.0, 0.0), 4.0), [box(lower, upper, "Cord")])
    points = np.random.default_rng(1).uniform((-50, -50, -10), (50, 50, 10), (400, 3))
    beyond = np.maximum(np.maximum(np.array(lower) - points, points - np.array(upper)), 0.0)
    gap = np.linalg.norm(beyond, axis=1)
    found = anatomy.clearance_at(points)
    assert (found <= gap).all()
    assert (found >= gap - 2.5).all()


def test_nothing_forbidden_is_endlessly_far(water: CtVolume, ball: Make) -> None:
    assert np.isinf(read_anatomy(water, ball((0.0, 0.0, 0.0), 6.0), []).clearance_mm).all()


def test_calcification_of_the_target_is_no_obstacle(water: CtVolume, ball: Make) -> None:
    water.hu[8:13, 28:33, 28:33] = 900.0
    assert np.isinf(read_anatomy(water, ball((0.0, 0.0, 0.0), 12.0), []).clearance_mm).all()


def test_marks_are_those_of_the_nearest_voxel(water: CtVolume, ball: Make) -> None:
    anatomy = read_anatomy(water, ball((0.0, 0.0, 0.0), 6.0), [])
    mask = np.zeros(anatomy.grid.shape, dtype=bool)
    mask[3, 5, 7] = True
    centre = anatomy.grid.axis_mm(0)[7], anatomy.grid.axis_mm(1)[5], anatomy.grid.axis_mm(2)[3]
    points = np.add(centre, [[0, 0, 0], [0.4, -0.4, 0.4], [0.6, 0, 0], [500, 0, 0]])
    assert anatomy.marked(mask, points).tolist() == [True, True, False, False]


@pytest.mark.parametrize("spacing", [(1.0, 1.0, 3.0), (3.0, 2.0, 1.0)])
def test_clearances_are_millimetres_along_every_axis(
    spacing: tuple[float, float, float], ball: Make, box: Make
) -> None:
    grid = VoxelGrid((-12.0, -12.0, -12.0), spacing, (int(24 / spacing[2]) + 1, 25, 25))
    ct = CtVolume(grid, np.zeros(grid.shape, dtype=np.float32))
    target = ball((6.0, 6.0, 0.0), 3.0)
    anatomy = read_anatomy(ct, target, [box((-1, -1, -1), (1, 1, 1), "dot")])
    found = clearance(anatomy, (9, 0, 0), (0, 9, 0), (0, 0, 9))
    assert (found <= 8.0).all()
    assert (found >= 8.0 - 2.5).all()
