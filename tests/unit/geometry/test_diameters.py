"""Axial diameters against closed forms and symmetries."""

from math import cos, hypot, pi, sin

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.errors import StructureError
from seedbed.geometry import PlanarContour, Structure
from seedbed.geometry.diameters import AxialDiameters, axial_diameters

SIZE = st.floats(1, 80)
L_SHAPE = np.array([[0, 0], [40, 0], [40, 10], [10, 10], [10, 30], [0, 30]], dtype=float)
T_SHAPE = np.array([[0, 0], [40, 0], [40, 5], [25, 5], [25, 20], [15, 20], [15, 5], [0, 5]], dtype=float)


def measured(*outlines: np.ndarray, z: float = 0.0) -> AxialDiameters:
    return axial_diameters(Structure("made", tuple(PlanarContour(z, each) for each in outlines), 2.0))


def rectangle(width: float, height: float, x: float = 0.0, y: float = 0.0) -> np.ndarray:
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]])


def ellipse(a: float, b: float, corners: int = 400) -> np.ndarray:
    angle = 2 * pi * np.arange(corners) / corners
    return np.stack([a * np.cos(angle), b * np.sin(angle)], axis=1)


@pytest.mark.parametrize("radius", [3.0, 25.0])
def test_a_circle_has_its_diameter_twice(radius: float) -> None:
    found = measured(ellipse(radius, radius))
    assert found.longest_mm == pytest.approx(2 * radius, rel=1e-9)
    assert found.short_axis_mm == pytest.approx(2 * radius, rel=1e-3)  # a polygon of 400 corners


@given(SIZE, st.floats(0.2, 0.99))
@settings(max_examples=20, deadline=None)
def test_an_ellipse_has_its_axes(a: float, flat: float) -> None:
    found = measured(ellipse(a, a * flat))
    assert found.longest_mm == pytest.approx(2 * a)
    assert found.short_axis_mm == pytest.approx(2 * a * flat)


@given(SIZE, SIZE)
@settings(deadline=None)
def test_a_rectangle_has_its_diagonal_and_the_longest_chord_across_it(width: float, height: float) -> None:
    # A chord at right angles to the diagonal d rises by the short side b over b^2 / a: it is b d / a long.
    a, b = max(width, height), min(width, height)
    found = measured(rectangle(width, height))
    assert found.longest_mm == pytest.approx(hypot(a, b))
    assert found.short_axis_mm == pytest.approx(b * hypot(a, b) / a)


def test_end_points_lie_on_the_outline_though_the_line_leaves_the_lesion() -> None:
    found = measured(L_SHAPE)  # from (40, 0) or its neighbour to (0, 30): 50, across the notch
    assert found.longest_mm == pytest.approx(50)
    ends = {tuple(end) for end in found.long_mm.round(6).tolist()}
    assert ends == {(40.0, 0.0), (0.0, 30.0)}


def test_the_short_axis_of_a_t_is_measured_at_its_stem_and_not_as_its_breadth() -> None:
    # Longest from (0, 0) to (40, 5); across it, from the foot of the stem to the line at y = 0.
    found = measured(T_SHAPE)
    assert found.longest_mm == pytest.approx(hypot(40, 5))
    along = np.array([40, 5]) / hypot(40, 5)
    start = np.array([15.0, 20.0])  # the corner of the stem that reaches further down
    down = np.array([along[1], -along[0]])
    reach = [corner[1] / -down[1] for corner in (start, np.array([25.0, 20.0]))]
    assert found.short_axis_mm == pytest.approx(max(reach))


@given(st.floats(0, 2 * pi), st.floats(-200, 200), st.floats(-200, 200), st.floats(0.1, 5))
@settings(max_examples=40, deadline=None)
@pytest.mark.parametrize("shape", [L_SHAPE, T_SHAPE, ellipse(20, 11, 36), rectangle(30, 12)])
def test_turned_and_moved_a_lesion_measures_the_same_and_scaled_in_proportion(
    shape: np.ndarray, angle: float, x: float, y: float, scale: float
) -> None:
    turn = np.array([[cos(angle), -sin(angle)], [sin(angle), cos(angle)]])
    first, other = measured(shape), measured(scale * shape @ turn.T + [x, y])
    assert other.longest_mm == pytest.approx(scale * first.longest_mm, rel=1e-6)
    # Where several diagonals are of one length, symmetry gives each the same short axis.
    assert other.short_axis_mm == pytest.approx(scale * first.short_axis_mm, rel=1e-6)


@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), min_size=3, max_size=12, unique=True))
@settings(max_examples=60, deadline=None)
def test_of_any_convex_outline_no_two_points_are_further_apart(points: list[tuple[float, float]]) -> None:
    from shapely import MultiPoint, Polygon

    hull = MultiPoint(points).convex_hull
    if not isinstance(hull, Polygon) or hull.area < 1:
        return
    corners = np.array(hull.exterior.coords)[:-1]
    found = measured(corners)
    apart = np.linalg.norm(corners[:, None] - corners, axis=2).max()
    assert found.longest_mm == pytest.approx(apart)
    long, short = (np.diff(line, axis=0)[0] for line in (found.long_mm, found.short_mm))
    assert long @ short == pytest.approx(0, abs=1e-6 * apart**2)
    assert 0 < found.short_axis_mm <= found.longest_mm * (1 + 1e-9)
    area = hull.area  # the outline lies between its two triangles and its box
    assert found.longest_mm * found.short_axis_mm / 2 <= area * (1 + 1e-9)


def test_parts_that_lie_apart_are_not_measured_together() -> None:
    found = measured(rectangle(3, 4), rectangle(6, 8, x=50))
    assert found.longest_mm == pytest.approx(10)


def test_a_hole_changes_nothing() -> None:
    assert measured(rectangle(30, 40), rectangle(10, 10, x=10, y=10)).longest_mm == pytest.approx(50)


def test_the_plane_with_the_longest_diameter_is_taken() -> None:
    contours = [PlanarContour(z, rectangle(size, size)) for z, size in ((0.0, 5.0), (2.0, 9.0), (4.0, 7.0))]
    found = axial_diameters(Structure("made", tuple(contours), 2.0))
    assert found.z_mm == 2.0
    assert found.longest_mm == pytest.approx(9 * 2**0.5)


def test_a_structure_without_area_is_refused() -> None:
    with pytest.raises(StructureError, match="expected"):
        measured(np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 0.0]]))
