import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.geometry import VoxelGrid

COORDINATE = st.floats(-500, 500)
STEP = st.floats(0.1, 10)
VECTORS = st.tuples(COORDINATE, COORDINATE, COORDINATE)
GRIDS = st.builds(
    VoxelGrid,
    origin_mm=VECTORS,
    spacing_mm=st.tuples(STEP, STEP, STEP),
    shape=st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 5)),
)


@settings(max_examples=50)
@given(GRIDS)
def test_indices_of_voxel_centres_are_their_array_indices(grid: VoxelGrid) -> None:
    expected = np.array(list(np.ndindex(grid.shape)), dtype=float)
    np.testing.assert_allclose(grid.indices(grid.points_mm()), expected, atol=1e-9 * 1e4)


@settings(max_examples=50)
@given(GRIDS)
def test_points_follow_the_order_of_a_raveled_array(grid: VoxelGrid) -> None:
    k, j, i = (size - 1 for size in grid.shape)
    number = np.ravel_multi_index((k, j, i), grid.shape)
    expected = np.array(grid.origin_mm) + np.array([i, j, k]) * grid.spacing_mm
    np.testing.assert_allclose(grid.points_mm()[number], expected)


@settings(max_examples=50)
@given(GRIDS)
def test_the_outer_faces_lie_half_a_voxel_outside_and_enclose_all_voxels(grid: VoxelGrid) -> None:
    size = grid.upper_mm() - grid.lower_mm()
    assert np.prod(size) == pytest.approx(grid.voxel_volume_mm3 * np.prod(grid.shape))
    np.testing.assert_allclose(
        (grid.upper_mm() + grid.lower_mm()) / 2, grid.points_mm().mean(axis=0), atol=1e-9
    )


@settings(max_examples=50)
@given(GRIDS)
def test_a_grid_contains_its_centres_and_nothing_beyond_its_faces(grid: VoxelGrid) -> None:
    assert grid.contains(grid.points_mm()).all()
    for axis in range(3):
        step = np.eye(3)[axis] * grid.spacing_mm[axis]
        middle = (grid.upper_mm() + grid.lower_mm()) / 2
        reach = (grid.upper_mm() - grid.lower_mm())[axis] / 2 * np.eye(3)[axis]
        beyond = np.array([middle + reach + 0.01 * step, middle - reach - 0.01 * step])
        assert not grid.contains(beyond).any()


def test_no_points_are_no_trouble() -> None:
    assert VoxelGrid((0, 0, 0), (1, 1, 1), (2, 2, 2)).contains(np.empty((0, 3))).shape == (0,)


@settings(max_examples=50)
@given(VECTORS, st.tuples(STEP, STEP, STEP), st.floats(0.3, 5))
def test_a_grid_around_a_box_covers_it_with_less_than_one_voxel_to_spare(
    lower: tuple[float, ...], size: tuple[float, ...], step: float
) -> None:
    low = np.array(lower)
    high = low + np.array(size)
    grid = VoxelGrid.around(low, high, step)
    assert grid.spacing_mm == (step, step, step)
    centres = grid.points_mm()
    assert (centres[0] <= low + 1e-9).all()
    assert (centres[-1] >= high - 1e-9).all()
    assert (low - centres[0] <= step * (1 + 1e-9)).all()
    assert (centres[-1] - high <= step * (1 + 1e-9)).all()


NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("origin", "spacing", "shape"),
    [
        ((NAN, 0, 0), (1, 1, 1), (1, 1, 1)),
        ((0, INF, 0), (1, 1, 1), (1, 1, 1)),
        ((0, 0, 0), (1, NAN, 1), (1, 1, 1)),
        ((0, 0, 0), (1, 0, 1), (1, 1, 1)),
        ((0, 0, 0), (1, 1, -2), (1, 1, 1)),
        ((0, 0, 0), (1, 1, 1), (1, 0, 1)),
        ((0, 0, 0), (1, 1, 1), (-1, 1, 1)),
    ],
)
def test_a_grid_without_meaning_is_refused(
    origin: tuple[float, float, float], spacing: tuple[float, float, float], shape: tuple[int, int, int]
) -> None:
    with pytest.raises(InputError, match="grid with origin"):
        VoxelGrid(origin, spacing, shape)
