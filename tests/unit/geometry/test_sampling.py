"""Samples by scan lines against exact volumes, moments and symmetries."""

from math import pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.errors import StructureError
from seedbed.geometry import PlanarContour, Structure
from seedbed.geometry.sampling import contour_points, surface_points, volume_samples

OFFSET = st.floats(-200, 200)


def rectangle(x: float, y: float, width: float, height: float) -> np.ndarray:
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]])


def circle(x: float, y: float, radius: float, corners: int = 90) -> np.ndarray:
    angle = 2 * pi * np.arange(corners) / corners
    return np.stack([x + radius * np.cos(angle), y + radius * np.sin(angle)], axis=1)


def stack(*polygons: np.ndarray, z: tuple[float, ...] = (0.0,), distance: float = 2.0) -> Structure:
    return Structure("made", tuple(PlanarContour(plane, p) for plane in z for p in polygons), distance)


SHAPES = {
    "disc": stack(circle(3, -2, 7.0), z=(0.0, 2.0)),
    "ring": stack(rectangle(-10, -10, 20, 20), rectangle(-4, -4, 8, 8)),
    "island in a hole": stack(rectangle(-10, -10, 20, 20), rectangle(-6, -6, 12, 12), circle(0, 0, 2)),
    "two parts on a plane": stack(circle(-9, 0, 3), circle(30, 40, 5), z=(0.0, 3.0), distance=3.0),
    "one plane": stack(circle(0, 0, 3.0), distance=3.0),
    "parts far apart": stack(circle(0, 0, 3.0), z=(0.0, 2.0, 30.0, 32.0)),
    "sliver": stack(np.array([[0.0, 0.0], [40.0, 0.001], [40.0, 0.002]])),
    "thin speck far from a large part": stack(circle(0, 0, 20.0), rectangle(300, 300, 0.01, 0.01)),
}


@pytest.mark.parametrize("cell", [0.01, 0.3, 5.0, 500.0])
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_samples_add_up_to_the_volume_and_lie_inside(shape: Structure, cell: float) -> None:
    points, volume = volume_samples(shape, cell_mm3=max(cell, shape.volume_mm3 / 1e5))
    assert volume.sum() == pytest.approx(shape.volume_mm3, rel=1e-9)
    assert (volume > 0).all()
    if shape is not SHAPES["sliver"]:  # thinner than numbers can tell
        assert shape.contains(points).all()


@settings(max_examples=25, deadline=None)
@given(st.floats(0, 2 * pi), OFFSET, OFFSET, st.floats(0.2, 20))
def test_moments_of_a_turned_box(turn: float, x: float, y: float, size: float) -> None:
    rotate = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    flat = size * (rectangle(-1, -0.5, 2, 1) @ rotate.T) + [x, y]
    box = stack(flat, z=(-size / 2, size / 2), distance=size)
    points, volume = volume_samples(box, cell_mm3=box.volume_mm3 / 60_000)
    own = (points - [x, y, 0]) / size
    own[:, :2] = own[:, :2] @ rotate  # back along the axes of the box: 2 x 1 x 2
    share = volume / volume.sum()
    np.testing.assert_allclose(share @ own, 0, atol=1e-3)
    np.testing.assert_allclose(share @ own**2, [1 / 3, 1 / 12, 1 / 3], rtol=2e-3)


@settings(max_examples=20, deadline=None)
@given(OFFSET, OFFSET, st.integers(-50, 50))
def test_moving_a_structure_moves_its_samples(x: float, y: float, z: int) -> None:
    still = stack(circle(0, 0, 6.0), circle(1, 1, 2.0), z=(0.0, 2.0))
    moved = stack(circle(x, y, 6.0), circle(1 + x, 1 + y, 2.0), z=(z, 2.0 + z))
    points, volume = volume_samples(still, cell_mm3=0.1)
    points_there, volume_there = volume_samples(moved, cell_mm3=0.1)
    if len(points) == len(points_there):  # a stretch as long as a whole number of cells may get one more
        np.testing.assert_allclose(points_there - [x, y, z], points, atol=1e-6)
    assert volume_there.sum() == pytest.approx(volume.sum())


def test_volumes_of_parts_add_up() -> None:
    left, right = circle(-20, 0, 5.0), circle(20, 3, 7.0)
    whole = volume_samples(stack(left, right), cell_mm3=0.1)[1].sum()
    parts = [volume_samples(stack(part), cell_mm3=0.1)[1].sum() for part in (left, right)]
    assert whole == pytest.approx(sum(parts))


def test_smaller_cells_make_more_samples() -> None:
    disc = stack(circle(0, 0, 10.0))
    few, many = (len(volume_samples(disc, cell_mm3=cell)[1]) for cell in (0.8, 0.1))
    assert few == pytest.approx(disc.volume_mm3 / 0.8, rel=0.2)
    assert many == pytest.approx(disc.volume_mm3 / 0.1, rel=0.1)


@pytest.mark.parametrize("cell", [0.0, -1.0, float("nan"), float("inf")])
def test_cells_without_volume_are_refused(cell: float) -> None:
    with pytest.raises(StructureError, match="'made'"):
        volume_samples(SHAPES["disc"], cell_mm3=cell)


def test_contours_that_enclose_nothing_have_no_samples() -> None:
    points, volume = volume_samples(stack(np.array([[0.0, 0], [5, 0], [2, 0]])), cell_mm3=1.0)
    assert (points.shape, volume.shape) == ((0, 3), (0,))


@pytest.mark.parametrize(("cap", "volume"), [(None, 600.0), (1.0, 600.0), (0.25, 450.0), (0.0, 400.0)])
def test_end_caps_as_stated(cap: float | None, volume: float) -> None:
    square = rectangle(0, 0, 10, 10)
    box = Structure("b", tuple(PlanarContour(z, square) for z in (0.0, 2.0, 4.0)), 2.0, end_cap_mm=cap)
    assert box.volume_mm3 == pytest.approx(volume)
    assert volume_samples(box, cell_mm3=1.0)[1].sum() == pytest.approx(volume)
    assert box.within_sphere((5, 5, 2), 100.0).volume_mm3 == pytest.approx(volume)


@pytest.mark.parametrize("cap", [-1.0, float("nan"), float("inf")])
def test_end_caps_without_meaning_are_refused(cap: float) -> None:
    with pytest.raises(StructureError, match="end caps"):
        Structure("b", (PlanarContour(0.0, rectangle(0, 0, 1, 1)),), 2.0, end_cap_mm=cap)


def test_the_surface_of_a_box() -> None:
    box = stack(rectangle(0, 0, 10, 6), z=(0.0, 2.0))
    points = surface_points(box, spacing_mm=0.5)
    on_x, on_y = np.isin(points[:, 0], [0, 10]), np.isin(points[:, 1], [0, 6])
    assert (on_x | on_y | np.isin(points[:, 2], [-1, 3])).all()
    assert (points.min(axis=0).tolist(), points.max(axis=0).tolist()) == ([0, 0, -1], [10, 6, 3])
    caps = points[~on_x & ~on_y]
    assert set(caps[:, 2]) == {-1.0, 3.0}
    np.testing.assert_allclose(caps[:, :2].mean(axis=0), [5, 3], atol=0.1)


def test_the_inner_faces_of_slabs_are_not_surface_but_each_part_has_its_caps() -> None:
    points = surface_points(stack(rectangle(0, 0, 4, 4), z=(0.0, 2.0, 20.0)), spacing_mm=0.5)
    inner = points[(points[:, :2] > 0.01).all(axis=1) & (points[:, :2] < 3.99).all(axis=1)]
    assert set(inner[:, 2]) == {-1.0, 3.0, 19.0, 21.0}


def test_corners_of_contours_lie_on_both_faces_of_their_slab() -> None:
    corners = contour_points(stack(rectangle(0, 0, 4, 4), z=(0.0, 2.0)))
    assert sorted(set(corners[:, 2])) == [-1.0, 1.0, 3.0]
    assert len(corners) == 2 * 2 * 4
