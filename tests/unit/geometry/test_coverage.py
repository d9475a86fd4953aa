"""Contours against exact areas and volumes."""

from math import pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.errors import StructureError
from seedbed.geometry import PlanarContour, Structure, VoxelGrid

GRID = VoxelGrid((-20.0, -20.0, -8.0), (1.0, 1.0, 2.0), (9, 41, 41))
OFFSET = st.floats(-8, 8)
SIZE = st.floats(0.5, 10)


def rectangle(x: float, y: float, width: float, height: float) -> np.ndarray:
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]])


def circle(x: float, y: float, radius: float, corners: int = 180) -> np.ndarray:
    angle = 2 * pi * np.arange(corners) / corners
    return np.stack([x + radius * np.cos(angle), y + radius * np.sin(angle)], axis=1)


def stack(*polygons: np.ndarray, z: tuple[float, ...] = (0.0,), distance: float = 2.0) -> Structure:
    return Structure("made", tuple(PlanarContour(plane, p) for plane in z for p in polygons), distance)


def covered_mm3(structure: Structure, grid: VoxelGrid = GRID) -> float:
    return float(structure.coverage(grid).sum() * grid.voxel_volume_mm3)


@settings(max_examples=60)
@given(OFFSET, OFFSET, SIZE, SIZE)
def test_a_rectangle_anywhere_has_its_volume(x: float, y: float, width: float, height: float) -> None:
    box = stack(rectangle(x, y, width, height), z=(-2.0, 0.0, 2.0))
    assert box.volume_mm3 == pytest.approx(width * height * 6.0, rel=1e-9)
    # Exact along x and z; along y each end is off by up to half a scan line of an eighth of a voxel.
    assert covered_mm3(box) == pytest.approx(width * height * 6.0, abs=width * 6.0 / 8 + 1e-9)


@settings(max_examples=40)
@given(st.floats(-3, 3), st.integers(-32, 32), SIZE, st.integers(1, 64))
def test_a_rectangle_with_edges_between_scan_lines_is_exact(
    x: float, y8: int, width: float, height8: int
) -> None:
    box = stack(rectangle(x, y8 / 8, width, height8 / 8))
    grid = VoxelGrid((-19.5, -19.5, -8.0), (1.0, 1.0, 2.0), (9, 41, 41))
    assert covered_mm3(box, grid) == pytest.approx(width * height8 / 8 * 2.0, rel=1e-9)


@settings(max_examples=25)
@given(OFFSET, OFFSET, st.floats(4, 10))
def test_a_circle_covers_its_area_within_half_a_percent(x: float, y: float, radius: float) -> None:
    disc = stack(circle(x, y, radius))
    assert disc.volume_mm3 == pytest.approx(2 * pi * radius**2, rel=0.005)
    assert covered_mm3(disc) == pytest.approx(2 * pi * radius**2, rel=0.005)


def test_each_voxel_of_a_box_between_voxels_has_its_share() -> None:
    grid = VoxelGrid((0.5, 0.5, 1.0), (1.0, 1.0, 2.0), (1, 2, 3))
    share = stack(rectangle(0.25, 0.5, 2.0, 1.0), z=(1.0,)).coverage(grid)
    np.testing.assert_allclose(share[0], [[0.375, 0.5, 0.125], [0.375, 0.5, 0.125]], atol=1e-12)


def test_the_end_caps_reach_half_a_plane_distance() -> None:
    grid = VoxelGrid((0.5, 0.5, 0.0), (1.0, 1.0, 1.0), (7, 1, 1))
    share = stack(rectangle(0, 0, 1, 1), z=(1.0, 4.0), distance=3.0).coverage(grid)
    # slabs from -0.5 to 2.5 and 2.5 to 5.5; voxel k reaches from k - 0.5 to k + 0.5
    np.testing.assert_allclose(share[:, 0, 0], [1, 1, 1, 1, 1, 1, 0])


@settings(max_examples=25)
@given(st.sampled_from([0.7, 1.0, 1.9, 3.3]), st.sampled_from([0.5, 1.0, 2.7]), OFFSET)
def test_the_volume_does_not_depend_on_the_grid(step: float, depth: float, shift: float) -> None:
    ball = stack(circle(0.3, -0.2, 9.0), z=(-2.0, 0.0, 2.0))
    grid = VoxelGrid((-20 + shift / 8, -20.0, -9.0), (step, step, depth), (40, 60, 60))
    assert covered_mm3(ball, grid) == pytest.approx(6 * pi * 81, rel=0.005)


def test_a_contour_inside_another_is_a_hole() -> None:
    ring = stack(rectangle(-10, -10, 20, 20), rectangle(-4, -4, 8, 8))
    assert ring.volume_mm3 == pytest.approx((400 - 64) * 2)
    assert covered_mm3(ring) == pytest.approx((400 - 64) * 2, rel=1e-9)
    assert ring.contains(np.array([[0.0, 0, 0], [-7.0, 0, 0], [0, 9, 0.9], [0, 9, 1.1]])).tolist() == [
        False, True, True, False,
    ]  # fmt: skip


def test_an_island_in_a_hole_counts_again() -> None:
    nested = stack(rectangle(-10, -10, 20, 20), rectangle(-6, -6, 12, 12), rectangle(-2, -2, 4, 4))
    assert nested.volume_mm3 == pytest.approx((400 - 144 + 16) * 2)
    assert covered_mm3(nested) == pytest.approx((400 - 144 + 16) * 2, rel=1e-9)


def test_a_keyhole_is_the_same_as_a_hole() -> None:
    outer = [[-10, -10], [10, -10], [10, 10], [-10, 10], [-10, 0], [-4, 0]]
    inner = [[-4, 4], [4, 4], [4, -4], [-4, -4], [-4, 0], [-10, 0]]
    keyhole = stack(np.array(outer + inner, dtype=float))
    assert keyhole.volume_mm3 == pytest.approx((400 - 64) * 2)
    assert covered_mm3(keyhole) == pytest.approx((400 - 64) * 2, rel=1e-9)
    assert keyhole.contains(np.array([[0.0, 0, 0], [-7.0, 3, 0]])).tolist() == [False, True]
    assert keyhole.shell(1.0).volume_mm3 < keyhole.volume_mm3
    assert keyhole.within_sphere((0, 0, 0), 40.0).volume_mm3 == pytest.approx((400 - 64) * 2)


def test_a_figure_of_eight_counts_both_loops() -> None:
    eight = stack(np.array([[0.0, 0.0], [8.0, 8.0], [8.0, 0.0], [0.0, 8.0]]))
    assert eight.volume_mm3 == pytest.approx(2 * 32.0)
    assert covered_mm3(eight) == pytest.approx(2 * 32.0, rel=0.01)


def test_two_separate_contours_on_a_plane_add_up() -> None:
    pair = stack(rectangle(-9, -9, 4, 4), rectangle(3, 3, 5, 2))
    assert pair.volume_mm3 == pytest.approx((16 + 10) * 2)
    assert covered_mm3(pair) == pytest.approx((16 + 10) * 2, rel=1e-9)


@settings(max_examples=20)
@given(st.permutations(range(4)), st.booleans())
def test_neither_the_first_corner_nor_the_sense_nor_the_order_of_planes_matters(
    order: list[int], reverse: bool
) -> None:
    outline = np.array([[0.0, 0.0], [7.0, 1.0], [9.0, 6.0], [2.0, 8.0]])
    turned = np.roll(outline, order[0], axis=0)[:: -1 if reverse else 1]
    planes = [PlanarContour(2.0 * k, turned + k) for k in order]
    plain = Structure("a", tuple(PlanarContour(2.0 * k, outline + k) for k in range(4)), 2.0)
    mixed = Structure("b", tuple(planes), 2.0)
    assert mixed.volume_mm3 == pytest.approx(plain.volume_mm3)
    np.testing.assert_allclose(mixed.coverage(GRID), plain.coverage(GRID), atol=1e-12)


def test_a_closing_point_given_twice_changes_nothing() -> None:
    square = rectangle(-5, -5, 10, 10)
    closed = stack(np.vstack([square, square[:1]]))
    assert closed.volume_mm3 == pytest.approx(200.0)
    assert covered_mm3(closed) == pytest.approx(200.0)


def test_one_plane_left_out_is_bridged_and_a_wide_gap_is_not() -> None:
    square = rectangle(0, 0, 10, 10)
    assert stack(square, z=(0.0, 4.0), distance=2.0).volume_mm3 == pytest.approx(100 * 6.0)
    assert stack(square, z=(0.0, 2.0, 20.0, 22.0), distance=2.0).volume_mm3 == pytest.approx(100 * 8.0)
    assert not stack(square, z=(0.0, 20.0)).contains(np.array([[5.0, 5.0, 10.0]])).any()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**31))
def test_contains_agrees_with_coverage(seed: int) -> None:
    shape = stack(circle(1.2, 0.7, 8.0, 40), rectangle(0, 0, 3, 3), z=(-3.0, -1.0, 2.0, 4.0))
    share = shape.coverage(GRID)
    points = np.random.default_rng(seed).uniform(GRID.lower_mm(), GRID.upper_mm(), (400, 3))
    inside = shape.contains(points)
    of_voxel = share[tuple(np.rint(GRID.indices(points)).astype(int).T)]
    assert inside[of_voxel > 1 - 1e-12].all()
    # a voxel without a scan line inside may still hold a corner: an eighth of a row at most
    assert not inside[of_voxel == 0].any() or inside[of_voxel == 0].mean() < 0.02


def test_the_share_of_random_points_inside_is_the_volume() -> None:
    shape = stack(circle(1.2, 0.7, 8.0), z=(-3.0, -1.0, 2.0, 4.0))
    points = np.random.default_rng(1).uniform(GRID.lower_mm(), GRID.upper_mm(), (40_000, 3))
    box = np.prod(GRID.upper_mm() - GRID.lower_mm())
    share = shape.volume_mm3 / box
    error = np.sqrt(share * (1 - share) / len(points))
    assert abs(shape.contains(points).mean() - share) < 4 * error


@settings(max_examples=20)
@given(st.tuples(OFFSET, OFFSET, OFFSET))
def test_moving_a_structure_moves_its_coverage(shift: tuple[float, float, float]) -> None:
    outline, z = circle(0, 0, 6.0, 30), (-2.0, 0.0, 2.0)
    moved = stack(outline + shift[:2], z=tuple(plane + shift[2] for plane in z))
    grid = VoxelGrid(tuple(np.add(GRID.origin_mm, shift)), GRID.spacing_mm, GRID.shape)  # type: ignore[arg-type]
    np.testing.assert_allclose(moved.coverage(grid), stack(outline, z=z).coverage(GRID), atol=1e-6)


def test_parts_outside_the_grid_are_not_counted() -> None:
    grid = VoxelGrid((0.5, 0.5, 0.0), (1.0, 1.0, 2.0), (1, 4, 4))
    assert covered_mm3(stack(rectangle(-50, -50, 100, 100)), grid) == pytest.approx(32.0)
    assert covered_mm3(stack(rectangle(50, 50, 5, 5)), grid) == 0.0
    assert covered_mm3(stack(rectangle(0, 0, 4, 4), z=(100.0,)), grid) == 0.0


def test_the_box_around_a_structure_holds_its_caps() -> None:
    lower, upper = stack(rectangle(-3, 2, 5, 6), z=(0.0, 2.0)).bounds_mm
    assert (lower.tolist(), upper.tolist()) == ([-3, 2, -1], [2, 8, 3])


def test_a_structure_without_a_contour_is_refused() -> None:
    with pytest.raises(StructureError, match="'GTV' has no contour"):
        Structure("GTV", (), 2.0)
