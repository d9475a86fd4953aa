"""What is body, bone and air in volumes whose truth is known."""

from collections.abc import Callable

import numpy as np
import pytest

from seedbed.geometry import Structure, VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.planning.anatomy import find_body, find_bone, read_anatomy

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


def test_the_air_around_the_patient_is_not_forbidden_but_the_airway_is(
    water: CtVolume, radius: Radius, ball: Make
) -> None:
    r = radius(water)
    water.hu[r < 8.0] = -1000.0
    anatomy = read_anatomy(water, ball((20.0, 0.0, 0.0), 6.0), [])
    assert (anatomy.clearance_mm[r < 7.0] == 0).all()
    assert (anatomy.clearance_mm[r > 38.0] > 20.0).all()


def test_an_airway_is_forbidden_too_where_the_image_holds_no_room_air(
    water: CtVolume, radius: Radius, ball: Make
) -> None:
    water.hu[:] = 0.0
    water.hu[:, 2:6, 2:6] = -800.0
    anatomy = read_anatomy(water, ball((20.0, 0.0, 0.0), 6.0), [])
    assert (anatomy.clearance_mm[:, 2:6, 2:6] == 0).all()


def test_distances_are_those_to_the_nearest_forbidden_voxel(water: CtVolume, ball: Make, box: Make) -> None:
    organ = box((-10.0, -10.0, -8.0), (10.0, 10.0, 8.0), "Cord")
    anatomy = read_anatomy(water, ball((30.0, 0.0, 0.0), 4.0), [organ])
    inside = organ.coverage(water.grid) >= 0.5
    centres = water.grid.points_mm()
    chosen = np.random.default_rng(1).choice(len(centres), 60, replace=False)
    gap = np.linalg.norm(centres[chosen][:, None] - centres[inside.ravel()][None], axis=2).min(axis=1)
    np.testing.assert_allclose(anatomy.clearance_mm.ravel()[chosen], gap, atol=1e-9)


def test_nothing_forbidden_is_endlessly_far(water: CtVolume, ball: Make) -> None:
    assert np.isinf(read_anatomy(water, ball((0.0, 0.0, 0.0), 6.0), []).clearance_mm).all()


def test_calcification_of_the_target_is_no_obstacle(water: CtVolume, ball: Make) -> None:
    water.hu[8:13, 28:33, 28:33] = 900.0
    assert np.isinf(read_anatomy(water, ball((0.0, 0.0, 0.0), 12.0), []).clearance_mm).all()


def test_samples_are_those_of_the_nearest_voxel(water: CtVolume, ball: Make) -> None:
    anatomy = read_anatomy(water, ball((0.0, 0.0, 0.0), 6.0), [])
    array = np.arange(np.prod(water.grid.shape), dtype=float).reshape(water.grid.shape)
    points = water.grid.points_mm()[[0, 5, -1]] + 0.9
    assert anatomy.sample(array, points, -1.0).tolist() == [0.0, 5.0, float(array.size - 1)]
    assert anatomy.sample(array, np.array([[500.0, 0, 0]]), -1.0).tolist() == [-1.0]


@pytest.mark.parametrize("spacing", [(1.0, 1.0, 3.0), (3.0, 2.0, 1.0)])
def test_distances_are_millimetres_along_every_axis(
    spacing: tuple[float, float, float], ball: Make, box: Make
) -> None:
    grid = VoxelGrid((0.0, 0.0, 0.0), spacing, (9, 9, 9))
    ct = CtVolume(grid, np.zeros(grid.shape, dtype=np.float32))
    x, y, z = np.array(spacing) / 2
    anatomy = read_anatomy(ct, ball((100.0, 100.0, 0.0), 3.0), [box((-x, -y, -z), (x, y, z), "dot")])
    found = [anatomy.clearance_mm[k] for k in ((0, 0, 4), (0, 4, 0), (4, 0, 0))]
    assert found == pytest.approx([4 * step for step in spacing])
