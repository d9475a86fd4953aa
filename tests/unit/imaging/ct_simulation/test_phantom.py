import numpy as np
import pytest

from seedbed.errors import InputError
from seedbed.imaging.ct_simulation.phantom import (
    NOTHING,
    Part,
    Phantom,
    Substance,
    across,
    cylinder,
    ellipsoid,
    plate,
)

WATER = Substance("water", 1.0)
BONE = Substance("bone", 1.9)
SLANTED = np.array([1.0, 2.0, 2.0]) / 3


def test_a_cylinder_holds_what_lies_within_its_radius_and_length():
    rod = cylinder((1.0, 2.0, 3.0), axis=tuple(SLANTED), radius_mm=2.0, length_mm=10.0, substance=WATER)
    side, _ = across(SLANTED)
    middle = np.array([1.0, 2.0, 3.0])
    inside = middle + np.array([4.9 * SLANTED, 1.9 * side, 4.9 * SLANTED + 1.9 * side])
    outside = middle + np.array([5.1 * SLANTED, 2.1 * side, -5.1 * SLANTED])
    assert rod.contains(inside).all()
    assert not rod.contains(outside).any()


def test_reach_is_the_largest_distance_of_the_surface_along_a_direction():
    ball = ellipsoid((0, 0, 0), half_mm=(3.0, 2.0, 1.0), substance=WATER)
    rod = cylinder((0, 0, 0), axis=(0, 0, 1), radius_mm=2.0, length_mm=10.0, substance=WATER)
    box = Part("box", (0, 0, 0), ((1.0, 0, 0), (0, 2.0, 0), (0, 0, 3.0)), WATER)
    diagonal = np.array([1.0, 0.0, 1.0]) / np.sqrt(2)
    assert ball.reach_mm(diagonal) == pytest.approx(np.sqrt((9 + 1) / 2))
    assert rod.reach_mm(diagonal) == pytest.approx((2 + 5) / np.sqrt(2))
    assert box.reach_mm(diagonal) == pytest.approx((1 + 3) / np.sqrt(2))


@pytest.mark.parametrize("shape", ["ellipsoid", "cylinder", "box"])
def test_points_of_the_surface_lie_in_the_part_and_a_little_further_out_none_of_an_ellipsoid(shape):
    part = Part(shape, (5.0, 0, 0), ((3.0, 0, 0), (0, 2.0, 0), (0, 0, 4.0)), WATER)
    points = part.surface_mm()
    assert points.shape == (26, 3)
    assert part.contains(part.centre_mm + 0.999 * (points - part.centre_mm)).all()
    if shape == "ellipsoid":
        assert not part.contains(part.centre_mm + 1.001 * (points - part.centre_mm)).any()


def test_the_substance_at_a_point_is_that_of_the_innermost_part():
    body = ellipsoid((0, 0, 0), half_mm=(50, 50, 50), substance=WATER)
    flake = plate((10, 0, 0), normal=(0, 1, 0), half_mm=(4, 4, 1), substance=BONE, host=WATER)
    phantom = Phantom((flake, body))
    assert phantom.at(np.array([10.0, 0.5, 0])) == BONE
    assert phantom.at(np.array([10.0, 2.0, 0])) == WATER
    assert phantom.at(np.array([60.0, 0, 0])) == NOTHING


def test_the_radius_holds_a_part_off_the_middle():
    rod = cylinder((30.0, 40.0, 0), axis=(0, 0, 1), radius_mm=5.0, length_mm=10.0, substance=WATER)
    assert Phantom((rod,)).radius_mm == pytest.approx(55.0, abs=0.1)


def test_moving_moves_the_centre_only():
    ball = ellipsoid((1, 2, 3), half_mm=(3, 2, 1), substance=WATER)
    moved = ball.moved(np.array([1.0, 0, -1]))
    assert moved.centre_mm == (2.0, 2.0, 2.0)
    assert moved.half_axes_mm == ball.half_axes_mm


def test_half_axes_must_be_at_right_angles():
    with pytest.raises(InputError, match="right angles"):
        Part("ellipsoid", (0, 0, 0), ((1.0, 0, 0), (1.0, 1.0, 0), (0, 0, 1.0)), WATER)


def test_an_unknown_shape_is_refused():
    with pytest.raises(InputError, match="'cylinder'"):
        Part("cylindre", (0, 0, 0), ((1.0, 0, 0), (0, 1.0, 0), (0, 0, 1.0)), WATER)


@pytest.mark.parametrize(("material", "density"), [("wood", 1.0), ("water", -1.0), ("water", np.inf)])
def test_a_substance_must_be_known_and_have_a_density(material, density):
    with pytest.raises(InputError):
        Substance(material, density)
