"""Distances to boxes, against their definition."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import map_coordinates
from tests.unit.planning.needle_phantoms import gap_to_boxes

from seedbed.geometry import VoxelGrid
from seedbed.planning.clearance import PATH_STEP_MM, REACH_MM, allowance, clearances

SPACINGS = st.sampled_from([(1.0, 1.0, 1.0), (2.0, 2.0, 2.0), (1.6, 1.6, 2.5), (2.3, 1.1, 0.9)])
MARGINS = np.array([0.0, 2.0, 5.0, 3.0])


def made(spacing: tuple[float, float, float], seed: int, count: int):  # type: ignore[no-untyped-def]
    """Labelled voxels at random in a grid."""
    rng = np.random.default_rng(seed)
    grid = VoxelGrid((3.0, -4.0, 5.0), spacing, (14, 15, 16))
    labels = np.zeros(grid.shape, dtype=np.uint16)
    labels.ravel()[rng.choice(labels.size, count, replace=False)] = rng.integers(1, 4, count)
    return grid, labels, rng


@settings(max_examples=25, deadline=None)
@given(SPACINGS, st.integers(0, 10**6), st.integers(1, 6))
def test_clearances_at_nodes_are_distances_to_boxes(
    spacing: tuple[float, float, float], seed: int, count: int
) -> None:
    grid, labels, _ = made(spacing, seed, count)
    expected = np.full(labels.size, REACH_MM)
    for number in (1, 2, 3):
        centres = grid.points_mm()[labels.ravel() == number]
        if len(centres):
            gap = gap_to_boxes(grid.points_mm(), centres, np.array(spacing) / 2)
            expected = np.minimum(expected, gap - allowance(MARGINS[number], spacing))
    found = clearances(labels, grid, MARGINS)
    np.testing.assert_allclose(found.ravel(), expected, atol=1e-4)


@settings(max_examples=25, deadline=None)
@given(SPACINGS, st.integers(0, 10**6), st.integers(1, 40))
def test_a_clearance_of_zero_proves_the_margin_on_the_way_too(
    spacing: tuple[float, float, float], seed: int, count: int
) -> None:
    grid, labels, rng = made(spacing, seed, count)
    field = clearances(labels, grid, MARGINS)
    size = np.array(grid.shape[::-1]) - 1
    start = np.asarray(grid.origin_mm) + rng.uniform(0.2, 0.8, (300, 3)) * size * spacing
    push = rng.normal(size=(300, 3))
    end = start + PATH_STEP_MM * push / np.linalg.norm(push, axis=1, keepdims=True)
    free = np.ones(300, dtype=bool)
    for points in (start, end):
        value = map_coordinates(field, grid.indices(points).T, order=1, mode="nearest", output=float)
        free &= (value >= 0) & grid.contains(points)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        points = start[free] + share * (end - start)[free]
        for number in (1, 2, 3):
            centres = grid.points_mm()[labels.ravel() == number]
            if len(centres) and len(points):
                gap = gap_to_boxes(points, centres, np.array(spacing) / 2)
                assert (gap >= MARGINS[number] - 1e-4).all()


def test_nothing_forbidden_is_as_far_as_it_is_looked() -> None:
    grid = VoxelGrid((0.0, 0.0, 0.0), (2.0, 2.0, 2.0), (3, 3, 3))
    found = clearances(np.zeros(grid.shape, dtype=np.uint16), grid, MARGINS)
    assert (found == REACH_MM).all()
