"""Parts of structures (sphere, shell) and diameters against closed forms."""

from math import hypot, pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.errors import StructureError
from seedbed.geometry import PlanarContour, Structure, measure_diameters


def box(half: float = 30.0, step: float = 1.0, planes: int = 61) -> Structure:
    square = np.array([[-half, -half], [half, -half], [half, half], [-half, half]])
    middle = (planes - 1) / 2
    return Structure("box", tuple(PlanarContour(step * (k - middle), square) for k in range(planes)), step)


def disc(radius: float, planes: tuple[float, ...] = (0.0, 2.0)) -> Structure:
    angle = 2 * pi * np.arange(360) / 360
    circle = radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return Structure("disc", tuple(PlanarContour(z, circle) for z in planes), 2.0)


@settings(max_examples=15, deadline=None)
@given(st.floats(8, 25), st.floats(-3, 3))
def test_a_sphere_inside_a_box_keeps_its_volume(radius: float, shift: float) -> None:
    part = box().within_sphere((shift, -shift, shift / 2), radius)
    assert part.volume_mm3 == pytest.approx(4 / 3 * pi * radius**3, rel=0.01)


def test_a_sphere_about_a_face_of_a_box_keeps_its_half() -> None:
    assert box().within_sphere((30.0, 0.0, 0.0), 20.0).volume_mm3 == pytest.approx(
        2 / 3 * pi * 20.0**3, rel=0.01
    )


def test_a_sphere_about_an_edge_of_a_box_keeps_its_quarter() -> None:
    assert box().within_sphere((30.0, 30.0, 0.0), 20.0).volume_mm3 == pytest.approx(
        1 / 3 * pi * 20.0**3, rel=0.01
    )


def test_a_sphere_about_the_whole_structure_keeps_all() -> None:
    whole = box(half=5.0, planes=5)
    assert whole.within_sphere((0, 0, 0), 50.0).volume_mm3 == pytest.approx(whole.volume_mm3)


def test_a_hole_stays_a_hole_within_a_sphere() -> None:
    outer, inner = disc(20.0, (0.0,)), disc(5.0, (0.0,))
    ring = Structure("ring", outer.contours + inner.contours, 2.0)
    assert ring.within_sphere((0, 0, 0), 10.0).volume_mm3 == pytest.approx(2 * pi * (100 - 25), rel=0.005)


@pytest.mark.parametrize(
    ("centre", "radius"), [((100.0, 0, 0), 5.0), ((0, 0, 100.0), 5.0), ((0, 0, 0), 0.0), ((0, 0, 0), -5.0)]
)
def test_a_sphere_that_misses_is_refused(centre: tuple[float, float, float], radius: float) -> None:
    with pytest.raises(StructureError, match="holds nothing of 'box'"):
        box().within_sphere(centre, radius)


def test_a_sphere_without_a_number_is_refused() -> None:
    with pytest.raises(StructureError):
        box().within_sphere((0, 0, 0), float("nan"))


@settings(max_examples=20)
@given(st.floats(5, 40), st.floats(0.5, 4.5))
def test_a_shell_of_a_disc_is_an_annulus(radius: float, depth: float) -> None:
    expected = 4 * pi * (radius**2 - (radius - depth) ** 2)
    assert disc(radius).shell(depth).volume_mm3 == pytest.approx(expected, rel=0.005)


def test_a_shell_deeper_than_the_structure_is_the_structure() -> None:
    whole = disc(5.0)
    assert whole.shell(8.0).volume_mm3 == pytest.approx(whole.volume_mm3)


def test_a_shell_lies_at_the_outline() -> None:
    ring = disc(20.0).shell(3.0)
    assert ring.contains(np.array([[18.5, 0, 1.0], [0, -19.5, 1.0], [15.0, 0, 1.0], [0, 0, 0]])).tolist() == [
        True, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize("depth", [0.0, -1.0, float("nan")])
def test_a_shell_without_depth_is_refused(depth: float) -> None:
    with pytest.raises(StructureError, match="shell"):
        disc(5.0).shell(depth)


@settings(max_examples=30)
@given(st.floats(5, 60), st.floats(5, 60), st.floats(0, 180))
def test_diameters_of_a_turned_ellipse(a: float, b: float, angle_deg: float) -> None:
    turn, t = np.radians(angle_deg), 2 * pi * np.arange(720) / 720
    flat = np.stack([a * np.cos(t), b * np.sin(t)])
    points = (np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ flat).T
    found = measure_diameters(Structure("ellipse", (PlanarContour(0.0, points),), 3.0))
    assert found.longest_mm == pytest.approx(2 * max(a, b), rel=2e-3)
    if max(a, b) > 1.05 * min(a, b):  # of a circle no diameter is the longest
        assert found.short_axis_mm == pytest.approx(2 * min(a, b), rel=0.01)
    assert found.transverse_mm == pytest.approx(2 * hypot(a * np.cos(turn), b * np.sin(turn)), rel=2e-3)
    assert found.ap_mm == pytest.approx(2 * hypot(a * np.sin(turn), b * np.cos(turn)), rel=2e-3)
    assert found.cc_mm == 3.0


def test_the_longest_diameter_of_a_rectangle_is_its_diagonal_and_the_largest_plane_counts() -> None:
    small = np.array([[0.0, 0], [3, 0], [3, 4], [0, 4]])
    large = 2 * small
    found = measure_diameters(Structure("a", (PlanarContour(0.0, small), PlanarContour(2.0, large)), 2.0))
    assert found.longest_mm == pytest.approx(10.0)
    assert found.short_axis_mm == pytest.approx(6 * 10 / 8)  # from a corner at right angles to the diagonal


def test_a_line_drawn_as_a_contour_has_no_diameter() -> None:
    line = np.array([[0.0, 0], [3, 3], [1, 1]])
    with pytest.raises(StructureError, match="no outline with an area"):
        measure_diameters(Structure("line", (PlanarContour(0.0, line),), 2.0))
