"""Masks by voxel centre: the same answer as point by point, whatever the grid."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.geometry.masks import structure_mask

GRID = VoxelGrid((-10.3, -8.2, -6.1), (1.1, 0.9, 2.0), (7, 19, 20))


def star(x: float, y: float, radius: float, seed: int) -> np.ndarray:
    """An uneven outline, without points that share a coordinate with a voxel centre."""
    turn = 2 * np.pi * np.arange(25) / 25
    reach = radius * (0.4 + 0.6 * np.random.default_rng(seed).random(25))
    return np.stack([x + reach * np.cos(turn), y + reach * np.sin(turn)], axis=1)


def made(*polygons: np.ndarray, z: tuple[float, ...] = (-2.0, 0.0, 2.0)) -> Structure:
    return Structure("made", tuple(PlanarContour(plane, p) for plane in z for p in polygons), 2.0)


@settings(max_examples=40, deadline=None)
@given(st.floats(-12, 12), st.floats(-12, 12), st.floats(0.3, 14), st.integers(0, 999))
def test_a_voxel_is_inside_when_its_centre_is(x: float, y: float, radius: float, seed: int) -> None:
    shape = made(star(x, y, radius, seed), star(x + 1, y, radius / 2, seed + 1))
    expected = shape.contains(GRID.points_mm()).reshape(GRID.shape)
    np.testing.assert_array_equal(structure_mask(shape, GRID), expected)


@settings(max_examples=25, deadline=None)
@given(st.floats(-9, 9), st.integers(0, 99))
def test_the_direction_of_tracing_does_not_matter(x: float, seed: int) -> None:
    outline = star(x, 0.0, 8.0, seed)
    turned = made(np.roll(outline[::-1], 7, axis=0))
    np.testing.assert_array_equal(structure_mask(made(outline), GRID), structure_mask(turned, GRID))
    np.testing.assert_allclose(made(outline).coverage(GRID), turned.coverage(GRID), atol=1e-12)


@settings(max_examples=25, deadline=None)
@given(st.floats(-8, 8), st.floats(-1, 1))
def test_neighbours_share_no_voxel_and_leave_none_out(x: float, tilt: float) -> None:
    left = np.array([[-30.0, -30.0], [x - tilt, -30.0], [x + tilt, 30.0], [-30.0, 30.0]])
    right = np.array([[30.0, -30.0], [x - tilt, -30.0], [x + tilt, 30.0], [30.0, 30.0]])
    one, other = (
        structure_mask(made(half, z=(-6.0, -4.0, -2.0, 0, 2.0, 4.0, 6.0)), GRID) for half in (left, right)
    )
    assert (one ^ other).all()


def test_a_hole_and_a_keyhole_leave_the_same_voxels() -> None:
    square = np.array([[-6.0, -6.0], [6.0, -6.0], [6.0, 6.0], [-6.0, 6.0]])
    hole = square / 3
    keyhole = np.vstack([square, square[:1], hole[:1], hole[:0:-1], hole[:1]])
    ring = structure_mask(made(square, hole), GRID)
    np.testing.assert_array_equal(ring, structure_mask(made(keyhole), GRID))
    assert not ring[3, 9, 9]
    assert ring[3, 9, 5]


def test_a_centre_on_an_outline_counts_on_one_side_only() -> None:
    grid = VoxelGrid((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (1, 4, 4))
    square = np.array([[1.0, 1.0], [3.0, 1.0], [3.0, 3.0], [1.0, 3.0]])
    mask = structure_mask(Structure("s", (PlanarContour(0.0, square),), 1.0), grid)
    assert mask.sum() == 4


@pytest.mark.parametrize("shift", [(100.0, 0.0), (0.0, 100.0)])
def test_what_lies_outside_the_grid_is_not_counted(shift: tuple[float, float]) -> None:
    shape = made(star(*shift, 8.0, 1))
    assert not structure_mask(shape, GRID).any()
    assert shape.coverage(GRID).sum() == 0
    assert not structure_mask(made(star(0, 0, 8.0, 1), z=(90.0,)), GRID).any()
