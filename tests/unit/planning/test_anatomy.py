"""What is body, bone and air in volumes whose truth is known."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from seedbed.errors import NoPlanError
from seedbed.geometry import Structure, VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.planning.anatomy import FREE, SOLID, Anatomy, read_anatomy
from seedbed.planning.body import find_body, find_bone
from seedbed.planning.clearance import REACH_MM, allowance
from seedbed.planning.needle_rules import load_needle_rules
from seedbed.planning.obstacles import AIRWAY, BONE, Obstacle

Radius = Callable[[CtVolume], np.ndarray]
Make = Callable[..., Structure]
RULES = load_needle_rules()
OUTSIDE_HU = RULES.outside_hu


def clearance(anatomy: Anatomy, *points: tuple[float, float, float]) -> np.ndarray:
    return anatomy.clearance_at(np.array(points, dtype=float))


def label_at(anatomy: Anatomy, point: tuple[float, float, float]) -> str:
    index = np.rint(anatomy.grid.indices(np.array([point]))[0]).astype(int)
    return anatomy.names[anatomy.label[tuple(index)]]


def test_the_body_is_the_water_and_nothing_else(water: CtVolume, radius: Radius) -> None:
    body, r = find_body(water.hu, OUTSIDE_HU), radius(water)
    assert body[r < 36.0].all()
    assert not body[r > 44.0].any()


def test_a_table_under_the_patient_is_not_body(water: CtVolume, radius: Radius) -> None:
    water.hu[:, -4:, :] = 100.0
    body = find_body(water.hu, OUTSIDE_HU)
    assert not body[:, -4:, :].any()
    assert body[radius(water) < 36.0].all()


def test_an_airway_is_inside_the_body(water: CtVolume, radius: Radius) -> None:
    water.hu[radius(water) < 8.0] = -1000.0
    assert find_body(water.hu, OUTSIDE_HU)[radius(water) < 36.0].all()


def test_an_image_of_air_has_no_body(water: CtVolume) -> None:
    water.hu[:] = -1000.0
    assert not find_body(water.hu, OUTSIDE_HU).any()


def test_an_image_within_the_body_is_all_body(water: CtVolume) -> None:
    water.hu[:] = 0.0
    assert find_body(water.hu, OUTSIDE_HU).all()


def test_bone_is_kept_and_specks_are_not() -> None:
    dense = np.zeros((12, 40, 40), dtype=np.uint16)
    dense[8:10, 20:22, 30:32] = 1  # 8 voxels
    dense[10, 22, 32] = 1  # joined at a corner
    dense[3, 30, 30] = 4  # a speck of 4 voxels in one block
    dense[3, 10, 10] = 9  # as large as the first, in one block
    expected = dense > 0
    expected[3, 30, 30] = False
    np.testing.assert_array_equal(find_bone(dense, 9.0), expected)


def test_bone_is_told_from_contrast_by_its_hu(water: CtVolume, ball: Make) -> None:
    water.hu[8:12, 20:24, 30:34] = 900.0
    water.hu[8:12, 36:40, 30:34] = 250.0  # a vessel with contrast
    anatomy = read_anatomy(water, ball((20.0, 0.0, 0.0), 6.0), [], RULES)
    assert label_at(anatomy, (3.0, -17.0, -1.0)) == BONE
    assert label_at(anatomy, (3.0, 15.0, -1.0)) == ""
    assert set(np.unique(anatomy.label)) == {0, 1}


def test_the_air_around_the_patient_is_not_forbidden_but_the_airway_is(
    water: CtVolume, radius: Radius, ball: Make
) -> None:
    water.hu[radius(water) < 8.0] = -1000.0
    anatomy = read_anatomy(water, ball((20.0, 0.0, 0.0), 6.0), [], RULES)
    assert label_at(anatomy, (0.0, 0.0, 0.0)) == AIRWAY
    assert (clearance(anatomy, (38.0, 0.0, 0.0), (39.5, 0.0, 0.0), (0.0, -39.0, 5.0)) >= REACH_MM).all()
    assert (clearance(anatomy, (0.0, 0.0, 0.0), (8.5, 0.0, 0.0)) < 0).all()


def test_an_airway_is_forbidden_too_where_the_image_holds_no_room_air(water: CtVolume, ball: Make) -> None:
    water.hu[:] = 0.0
    water.hu[:, 2:6, 2:6] = -800.0  # x and y from -57 to -49 mm
    anatomy = read_anatomy(water, ball((20.0, 0.0, 0.0), 6.0), [], RULES)
    assert (clearance(anatomy, (-53, -53, 0), (-55, -51, 4)) < 0).all()


def test_a_clearance_is_never_too_large_and_not_much_too_small(
    water: CtVolume, ball: Make, box: Make
) -> None:
    lower, upper = (-10.0, -10.0, -8.0), (10.0, 10.0, 8.0)
    organ = Obstacle("Cord", box(lower, upper, "Cord"), 5.0)
    anatomy = read_anatomy(water, ball((30.0, 0.0, 0.0), 4.0), [organ], RULES)
    points = np.random.default_rng(1).uniform((-35, -35, -18), (35, 35, 18), (2000, 3))
    points = points[np.hypot(*points[:, :2].T) < 36.0]
    beyond = np.maximum(np.maximum(np.array(lower) - points, points - np.array(upper)), 0.0)
    true = np.linalg.norm(beyond, axis=1) - 5.0
    found = anatomy.clearance_at(points)
    kept = found >= 0
    assert (found[kept] <= true[kept] + 1e-4).all()
    # What it may lose: the allowance beyond the margin, and voxels that the box only touches.
    spacing = anatomy.grid.spacing_mm
    lost = allowance(5.0, spacing) - 5.0 + float(np.linalg.norm(spacing))
    assert (found >= np.minimum(true, REACH_MM) - lost).all()


def test_each_organ_has_its_own_margin(water: CtVolume, ball: Make, box: Make) -> None:
    def with_margin(margin: float) -> Anatomy:
        organ = Obstacle("Organ", box((-10, -10, -8), (10, 10, 8), "Organ"), margin)
        return read_anatomy(water, ball((30.0, 0.0, 0.0), 4.0), [organ], RULES)

    near, far = with_margin(2.0), with_margin(5.0)
    point = (0.0, 17.0, 0.0)
    spacing = near.grid.spacing_mm
    expected = allowance(5.0, spacing) - allowance(2.0, spacing)
    assert (clearance(near, point) - clearance(far, point))[0] == pytest.approx(expected, abs=1e-3)


def test_where_two_organs_meet_the_larger_margin_counts(water: CtVolume, ball: Make, box: Make) -> None:
    cord = Obstacle("Cord", box((-4, -4, -8), (4, 4, 8), "Cord"), 5.0)
    canal = Obstacle("Canal", box((-6, -6, -8), (6, 6, 8), "Canal"), 2.0)
    target = ball((30.0, 0.0, 0.0), 4.0)
    one, other = (read_anatomy(water, target, pair, RULES) for pair in ([cord, canal], [canal, cord]))
    np.testing.assert_array_equal(one.clearance_mm, other.clearance_mm)
    assert label_at(one, (0.0, 0.0, 0.0)) == "Cord"


def test_calcification_of_the_target_is_no_obstacle(water: CtVolume, ball: Make) -> None:
    water.hu[8:13, 28:33, 28:33] = 900.0
    anatomy = read_anatomy(water, ball((0.0, 0.0, 0.0), 14.0), [], RULES)
    assert (anatomy.clearance_mm == REACH_MM).all()


def test_a_couch_is_solid_and_room_air_is_free(water: CtVolume, ball: Make) -> None:
    water.hu[:, -4:, :] = 100.0  # y from 53 mm
    anatomy = read_anatomy(water, ball((0.0, 0.0, 0.0), 6.0), [], RULES)
    points = np.array([[0.0, 57.0, 0.0], [0.0, 48.0, 0.0], [0.0, 0.0, 0.0], [500.0, 0.0, 0.0]])
    assert anatomy.place_at(points).tolist() == [SOLID, FREE, 1, FREE]


@pytest.mark.parametrize("spacing", [(1.0, 1.0, 3.0), (3.0, 2.0, 1.0)])
def test_clearances_are_millimetres_along_every_axis(
    spacing: tuple[float, float, float], ball: Make, box: Make
) -> None:
    grid = VoxelGrid((-12.0, -12.0, -12.0), spacing, (int(24 / spacing[2]) + 1, 25, 25))
    ct = CtVolume(grid, np.zeros(grid.shape, dtype=np.float32))
    organ = Obstacle("dot", box((-1, -1, -1), (1, 1, 1), "dot"), 2.0)
    anatomy = read_anatomy(ct, ball((6.0, 6.0, 0.0), 3.0), [organ], RULES)
    found = clearance(anatomy, (7, 0, 0), (0, 7, 0), (0, 0, 7))
    lost = allowance(2.0, anatomy.grid.spacing_mm) - 2.0 + max(anatomy.grid.spacing_mm)
    assert (found <= 4.0).all()
    assert (found >= 4.0 - lost).all()


def test_only_what_a_needle_can_pass_is_looked_at(water: CtVolume, ball: Make) -> None:
    rules = replace(RULES, most_depth_mm=20.0)
    anatomy = read_anatomy(water, ball((0.0, 0.0, 0.0), 6.0), [], rules)
    np.testing.assert_allclose(anatomy.grid.upper_mm()[:2], 26.0, atol=3.0)  # 6 + 20
    np.testing.assert_allclose(anatomy.grid.upper_mm()[2], 6.0 + 20.0 / 2 + 5.0, atol=3.0)  # sin 30 = 1/2


@pytest.mark.parametrize("centre", [(200.0, 0.0, 0.0), (0.0, 0.0, 39.0)])
def test_a_target_outside_the_image_is_refused(
    water: CtVolume, ball: Make, centre: tuple[float, float, float]
) -> None:
    with pytest.raises(NoPlanError, match="'GTV' lies outside the CT"):
        read_anatomy(water, ball(centre, 8.0), [], RULES)


def test_a_target_in_the_air_beside_the_patient_is_refused(water: CtVolume, ball: Make) -> None:
    with pytest.raises(NoPlanError, match="100 % of target 'GTV' lie outside the body"):
        read_anatomy(water, ball((52.0, 0.0, 0.0), 5.0), [], RULES)
    read_anatomy(water, ball((38.0, 0.0, 0.0), 6.0), [], RULES)  # reaches out a little: allowed


def test_a_scan_of_air_is_refused(water: CtVolume, ball: Make) -> None:
    water.hu[:] = -1000.0
    with pytest.raises(NoPlanError, match="in air"):
        read_anatomy(water, ball((0.0, 0.0, 0.0), 5.0), [], RULES)
