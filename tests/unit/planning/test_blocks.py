"""Blocks of voxels: what they hold and where they lie."""

import numpy as np
import pytest

from seedbed.geometry import VoxelGrid
from seedbed.planning.blocks import block_counts, block_means, blocks_within


def whole(grid: VoxelGrid, voxel_mm: float):  # type: ignore[no-untyped-def]
    return blocks_within(grid, grid.lower_mm(), grid.upper_mm(), voxel_mm)


def test_blocks_of_two_are_means_of_eight() -> None:
    grid = VoxelGrid((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (4, 6, 8))
    hu = np.random.default_rng(1).normal(0, 500, grid.shape).astype(np.float32)
    blocks = whole(grid, 2.0)
    expected = hu.reshape(2, 2, 3, 2, 4, 2)
    np.testing.assert_allclose(block_means(hu, blocks), expected.mean(axis=(1, 3, 5)), rtol=1e-4, atol=1e-2)
    dense, airy = block_counts(hu, blocks, dense_hu=300.0, airy_hu=-500.0)
    np.testing.assert_array_equal(dense, (expected > 300).sum(axis=(1, 3, 5)))
    np.testing.assert_array_equal(airy, (expected < -500).any(axis=(1, 3, 5)))
    assert blocks.grid.origin_mm == (0.5, 0.5, 0.5)


def test_thick_slices_are_split_and_keep_their_faces() -> None:
    grid = VoxelGrid((0.0, 0.0, 0.0), (1.0, 1.0, 5.0), (3, 4, 4))
    blocks = whole(grid, 2.0)
    assert blocks.grid.spacing_mm == (2.0, 2.0, 2.5)
    np.testing.assert_allclose(blocks.grid.lower_mm(), grid.lower_mm())
    np.testing.assert_allclose(blocks.grid.upper_mm(), grid.upper_mm())
    hu = np.arange(3, dtype=np.float32)[:, None, None] * np.ones((3, 4, 4), dtype=np.float32)
    assert block_means(hu, blocks)[:, 0, 0].tolist() == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize("spacing", [(0.7, 0.9, 3.3), (2.4, 1.0, 1.0), (4.0, 4.0, 8.0)])
def test_blocks_cover_the_box_and_know_their_voxels(spacing: tuple[float, float, float]) -> None:
    grid = VoxelGrid((-20.0, 3.0, 7.0), spacing, (15, 40, 41))
    lower, upper = grid.lower_mm() + 5.0, grid.upper_mm() - 7.0
    blocks = blocks_within(grid, lower, upper, 2.0)
    assert (blocks.grid.lower_mm() <= lower + 1e-9).all()
    assert (blocks.grid.upper_mm() >= upper - 1e-9).all()
    for axis in range(3):
        first, last = blocks.first[2 - axis], blocks.last[2 - axis]
        low = grid.lower_mm()[axis] + first * spacing[axis]
        high = grid.lower_mm()[axis] + last * spacing[axis]
        centre = blocks.grid.axis_mm(axis)
        assert (low <= centre + 1e-9).all()
        assert (high >= centre - 1e-9).all()
        assert (last <= grid.shape[2 - axis]).all()


def test_a_box_outside_the_image_keeps_its_nearest_voxel() -> None:
    grid = VoxelGrid((0.0, 0.0, 0.0), (2.0, 2.0, 2.0), (5, 5, 5))
    blocks = blocks_within(grid, np.full(3, 50.0), np.full(3, 60.0), 2.0)
    assert blocks.grid.shape == (1, 1, 1)
    assert blocks.grid.origin_mm == (8.0, 8.0, 8.0)
