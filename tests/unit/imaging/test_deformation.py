import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.errors import ImageError
from seedbed.geometry import VoxelGrid
from seedbed.imaging import Deformation

GRID = VoxelGrid((-20.0, -20.0, -20.0), (4.0, 4.0, 4.0), (11, 11, 11))


def field(move):
    """Shifts of each point of the grid by a function of its place."""
    return move(GRID.points_mm()).reshape(*GRID.shape, 3)


def test_no_shift_moves_nothing_and_keeps_volume():
    still = Deformation(GRID, np.zeros((*GRID.shape, 3)))
    points = np.array([[0.3, -4.0, 90.0]])
    np.testing.assert_array_equal(still.apply(points), points)
    assert still.least_stretch == pytest.approx(1.0)
    assert still.largest_shift_mm == 0.0


def test_a_linear_field_is_exact_and_its_jacobian_is_that_of_its_matrix():
    slope = np.array([[0.1, 0.05, 0.0], [0.0, -0.1, 0.02], [0.03, 0.0, 0.2]])
    bent = Deformation(GRID, field(lambda points: points @ slope.T))
    points = np.random.default_rng(1).uniform(-19, 19, (50, 3))
    np.testing.assert_allclose(bent.apply(points), points + points @ slope.T, atol=1e-12)
    assert bent.least_stretch == pytest.approx(np.linalg.det(np.eye(3) + slope))


def test_beyond_the_grid_the_shift_of_the_nearest_face_holds():
    bent = Deformation(
        GRID, field(lambda points: np.stack([points[:, 0] / 10, *np.zeros((2, len(points)))], 1))
    )
    assert bent.apply(np.array([[100.0, 0.0, 0.0]]))[0].tolist() == [102.0, 0.0, 0.0]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(-2.0, 2.0), min_size=6, max_size=6))
def test_undo_leads_back(numbers):
    wave = np.array(numbers[:3])
    bent = Deformation(GRID, field(lambda p: np.sin(p / 12.0 + np.array(numbers[3:])) * wave))
    points = np.random.default_rng(3).uniform(-25, 25, (40, 3))
    np.testing.assert_allclose(bent.apply(bent.undo(points)), points, atol=2e-3)


def test_a_field_that_folds_is_refused():
    with pytest.raises(ImageError, match=r"folds.*Jacobian determinant is -0\.20"):
        Deformation(GRID, field(lambda points: points * [-1.2, 0.0, 0.0]))


@pytest.mark.parametrize("shift", [np.zeros((11, 11, 3)), np.full((11, 11, 11, 3), np.nan)])
def test_another_shape_or_nan_is_refused(shift):
    with pytest.raises(ImageError, match="finite shift"):
        Deformation(GRID, shift)


def test_a_field_too_steep_to_follow_back_is_said_so():
    steep = Deformation(GRID, field(lambda points: points * [3.0, 0.0, 0.0]))
    with pytest.raises(ImageError, match="too steep"):
        steep.undo(np.array([[10.0, 0.0, 0.0]]))
