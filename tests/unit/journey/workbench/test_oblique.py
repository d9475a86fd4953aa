"""The CT in planes of any direction, against a CT whose HU are a plane themselves."""

import numpy as np
import pytest

from seedbed.errors import InputError
from seedbed.geometry import VoxelGrid
from seedbed.journey.workbench.oblique import OUTSIDE_HU, ct_in_plane, oblique_dict, oblique_plane

GRID = VoxelGrid((-40.0, -30.0, -20.0), (2.0, 1.5, 2.5), (17, 41, 41))
SLOPE = np.array([3.0, -4.0, 5.0])
PLACES = GRID.points_mm()
HU = np.rint(PLACES @ SLOPE).astype(np.int16).reshape(GRID.shape)


def test_between_voxels_a_linear_ct_stays_linear() -> None:
    """Straight lines between voxels give a linear field exactly; what remains is the rounding to whole HU."""
    plane = oblique_plane((-5, -4, -6), (0.6, 0.8, 0), (-0.8, 0.6, 1), shape=(15, 20), spacing_mm=0.7)
    found = ct_in_plane(HU, GRID, plane)
    assert found.shape == (1, 15, 20)
    assert found.dtype == np.dtype("<i2")
    assert np.abs(found.ravel() - plane.points_mm() @ SLOPE).max() <= 1.01


def test_an_axial_plane_is_the_slice() -> None:
    plane = oblique_plane((-40, -30, -20 + 4 * 2.5), (1, 0, 0), (0, 1, 0), shape=(1, 41), spacing_mm=2.0)
    np.testing.assert_array_equal(ct_in_plane(HU, GRID, plane)[0, 0], HU[4, 0])


def test_outside_of_the_ct_is_air() -> None:
    plane = oblique_plane((500, 0, 0), (1, 0, 0), (0, 0, 1), shape=(3, 3), spacing_mm=1.0)
    assert (ct_in_plane(HU, GRID, plane) == OUTSIDE_HU).all()


def test_what_is_told_of_a_plane_lays_it_again() -> None:
    plane = oblique_plane((1, 2, 3), (0, 3, 0), (0, 0, -2), shape=(4, 5), spacing_mm=0.5)
    told = oblique_dict(plane)
    again = oblique_plane(
        told["origin_mm"], told["u"], told["v"], shape=tuple(told["shape"]), spacing_mm=told["spacing_mm"]
    )
    assert again == plane


@pytest.mark.parametrize(
    ("u", "v", "shape", "spacing"),
    [
        ((1, 0, 0), (1, 0, 0), (3, 3), 1.0),
        ((0, 0, 0), (0, 1, 0), (3, 3), 1.0),
        ((float("nan"), 0, 0), (0, 1, 0), (3, 3), 1.0),
        ((1, 0, 0), (0, 1, 0), (0, 3), 1.0),
        ((1, 0, 0), (0, 1, 0), (3000, 3000), 1.0),
        ((1, 0, 0), (0, 1, 0), (3, 3), 0.01),
        ((1, 0, 0), (0, 1, 0), (3, 3), float("nan")),
    ],
)
def test_a_plane_that_is_none_is_refused(
    u: tuple[float, ...], v: tuple[float, ...], shape: tuple[int, int], spacing: float
) -> None:
    with pytest.raises(InputError):
        oblique_plane((0, 0, 0), u, v, shape=shape, spacing_mm=spacing)


def test_a_plane_that_begins_nowhere_is_refused() -> None:
    with pytest.raises(InputError):
        oblique_plane((0, float("inf"), 0), (1, 0, 0), (0, 1, 0), shape=(2, 2), spacing_mm=1.0)
