import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.imaging.ct_simulation.attenuation import MATERIALS
from seedbed.imaging.ct_simulation.phantom import Part, Substance, across, cylinder, ellipsoid
from seedbed.imaging.ct_simulation.rays import add_paths, faded, part_arrays, path_mm

WATER = Substance("water", 1.0)
WATER_AT = MATERIALS.index("water")


def path(part, point, turn):
    """Path of the ray of one view through a point given from the part's centre."""
    arrays = part_arrays([part])
    return path_mm(arrays.shape[0], arrays.inverse[0], tuple(point), np.cos(turn), np.sin(turn))


def paths(parts, z, turn, first, step, count):
    out = np.zeros((count, len(MATERIALS) + 1))
    add_paths(part_arrays(parts).rows(), z, turn, first, step, out)
    return out


@given(turn=st.floats(0, np.pi), distance=st.floats(0, 9.9))
def test_a_chord_of_a_ball_is_pythagoras(turn, distance):
    ball = ellipsoid((0, 0, 0), half_mm=(10, 10, 10), substance=WATER)
    point = (distance * np.cos(turn), distance * np.sin(turn), 0.0)
    assert path(ball, point, turn) == pytest.approx(2 * np.sqrt(100 - distance**2), rel=1e-9)


@given(lean=st.floats(0.1, np.pi / 2))
def test_a_leaning_cylinder_is_crossed_over_its_width_by_the_sine(lean):
    # the ray runs along y, the axis lies in the plane of y and z
    axis = (0.0, np.cos(lean), np.sin(lean))
    rod = cylinder((0, 0, 0), axis=axis, radius_mm=2.0, length_mm=1e4, substance=WATER)
    assert path(rod, (0.0, 0.0, 0.0), 0.0) == pytest.approx(4.0 / np.sin(lean), rel=1e-9)


def test_along_its_axis_a_cylinder_is_crossed_over_its_length():
    rod = cylinder((0, 0, 0), axis=(0, 1, 0), radius_mm=2.0, length_mm=7.0, substance=WATER)
    assert path(rod, (0.5, 3.0, 0.5), 0.0) == pytest.approx(7.0)
    assert path(rod, (2.5, 0.0, 0.0), 0.0) == 0.0


def test_a_box_is_crossed_over_its_diagonal():
    box = Part("box", (0, 0, 0), ((2.0, 0, 0), (0, 2.0, 0), (0, 0, 1.0)), WATER)
    assert path(box, (0.0, 0.0, 0.5), np.pi / 4) == pytest.approx(4 * np.sqrt(2))
    assert path(box, (0.0, 0.0, 1.5), np.pi / 4) == 0.0
    assert path(box, (1.0, 0.0, 0.0), 0.0) == pytest.approx(4.0)


directions = st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda v: np.linalg.norm(v) > 0.1)


@settings(max_examples=60)
@given(
    shape=st.sampled_from(["ellipsoid", "cylinder", "box"]),
    axis=directions,
    turn=st.floats(0, np.pi),
    s=st.floats(-3, 3),
    z=st.floats(-3, 3),
)
def test_paths_agree_with_walking_along_the_ray(shape, axis, turn, s, z):
    along = np.asarray(axis) / np.linalg.norm(axis)
    first, second = across(along)
    part = Part(shape, (0, 0, 0), tuple(map(tuple, (1.5 * first, 2.5 * second, 4.0 * along))), WATER)
    steps = np.linspace(-8, 8, 16001)
    ray = np.array([s * np.cos(turn), s * np.sin(turn), z])
    ray = ray + steps[:, None] * [-np.sin(turn), np.cos(turn), 0.0]
    walked = part.contains(ray).sum() * 0.001
    assert path(part, tuple(ray[8000]), turn) == pytest.approx(walked, abs=0.003)


@given(turn=st.floats(0, np.pi))
def test_in_every_view_the_rays_add_up_to_the_area_of_the_section(turn):
    part = Part("cylinder", (5.0, -3.0, 0), ((4.0, 0, 0), (0, 2.0, 0), (0, 0, 50.0)), WATER)
    seen = paths([part], 0.0, turn, -20.0, 0.02, 2001)[:, WATER_AT]
    assert seen.sum() * 0.02 == pytest.approx(np.pi * 4 * 2, rel=1e-3)
    centre = (seen * (-20.0 + 0.02 * np.arange(2001))).sum() / seen.sum()
    assert centre == pytest.approx(5 * np.cos(turn) - 3 * np.sin(turn), abs=0.01)


def test_a_part_takes_the_place_of_its_host():
    bone = Substance("bone", 1.9)
    body = ellipsoid((0, 0, 0), half_mm=(10, 10, 10), substance=WATER)
    pit = ellipsoid((0, 0, 0), half_mm=(4, 4, 4), substance=bone, host=WATER)
    middle = paths([body, pit], 0.0, 0.3, 0.0, 1.0, 1)[0]
    assert middle[WATER_AT] == pytest.approx(20 - 8)
    assert middle[MATERIALS.index("bone")] == pytest.approx(8 * 1.9)
    assert middle[-1] == 2  # parts met


def test_a_part_above_or_beside_the_rays_is_not_met():
    ball = ellipsoid((0, 0, 5.0), half_mm=(3, 3, 3), substance=WATER)
    out = np.zeros((5, len(MATERIALS) + 1))
    begin, end = add_paths(part_arrays([ball]).rows(), 0.0, 0.0, 0.0, 1.0, out)
    assert begin >= end
    assert not out.any()


@given(st.floats(0, 50))
def test_the_fast_exponential_is_the_exponential(x):
    assert faded(x) == pytest.approx(np.exp(-x), rel=1e-7)
