"""A CT on coarser or evener voxels: each is a block of the CT's voxels, or a share of one.

A voxel of the new grid is made of whole CT voxels, or lies wholly in one, so that what is said of all CT
voxels holds of every point in it.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.dosimetry.kernel import threads
from seedbed.geometry import VoxelGrid
from seedbed.geometry.compiling import compiled

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
SPLIT_ABOVE = 1.5
"""CT voxels longer than so many wanted voxels are split."""


@dataclass(frozen=True)
class Blocks:
    """A grid whose voxels are blocks of another grid's voxels.

    Attributes
    ----------
    grid : VoxelGrid
    first, last : three arrays of int, along z, y and x
        CT voxels of each block: from ``first`` up to, not including, ``last``.
    """

    grid: VoxelGrid
    first: tuple[IntArray, IntArray, IntArray]
    last: tuple[IntArray, IntArray, IntArray]


def blocks_within(ct: VoxelGrid, lower_mm: FloatArray, upper_mm: FloatArray, voxel_mm: float) -> Blocks:
    """Cover the part of a grid in a box with blocks of about ``voxel_mm``.

    Parameters
    ----------
    ct : VoxelGrid
    lower_mm, upper_mm : ndarray, shape (3,)
        Corners ``(x, y, z)``; what lies outside the grid is left out, and at least one voxel is kept.
    voxel_mm : float

    Examples
    --------
    >>> ct = VoxelGrid((0.0, 0.0, 0.0), (1.0, 1.0, 4.0), (5, 40, 40))
    >>> found = blocks_within(ct, np.full(3, 4.0), np.full(3, 11.0), 2.0)
    >>> found.grid.spacing_mm, found.grid.shape
    ((2.0, 2.0, 2.0), (6, 4, 4))
    """
    rows = [_axis_blocks(ct, axis, lower_mm[axis], upper_mm[axis], voxel_mm) for axis in range(3)]
    origin, spacing = [row[0] for row in rows], [row[1] for row in rows]
    shape = len(rows[2][2]), len(rows[1][2]), len(rows[0][2])
    grid = VoxelGrid((origin[0], origin[1], origin[2]), (spacing[0], spacing[1], spacing[2]), shape)
    return Blocks(grid, (rows[2][2], rows[1][2], rows[0][2]), (rows[2][3], rows[1][3], rows[0][3]))


def _axis_blocks(
    ct: VoxelGrid, axis: int, lower: float, upper: float, voxel_mm: float
) -> tuple[float, float, IntArray, IntArray]:
    """Centre of the first block, distance of blocks, first and last CT voxel of each along one axis."""
    count, step, start = ct.shape[2 - axis], ct.spacing_mm[axis], float(ct.lower_mm()[axis])
    a = min(max(int(np.floor((lower - start) / step + 1e-6)), 0), count - 1)
    b = max(min(int(np.ceil((upper - start) / step - 1e-6)), count), a + 1)
    if step > SPLIT_ABOVE * voxel_mm:
        parts = round(step / voxel_mm)
        first = np.repeat(np.arange(a, b), parts)
        return start + a * step + step / parts / 2, step / parts, first, first + 1
    joined = max(1, min(round(voxel_mm / step), count))
    first = np.arange(a, b, joined)
    return start + (a + joined / 2) * step, step * joined, first, np.minimum(first + joined, count)


def block_means(hu: NDArray[np.float32], blocks: Blocks) -> NDArray[np.float32]:
    """Mean HU of each block, shape ``blocks.grid.shape``."""
    mean = np.empty(blocks.grid.shape, dtype=np.float32)
    in_slices(lambda low, high: _means(hu, *blocks.first, *blocks.last, low, high, mean), len(mean))
    return mean


def block_counts(
    hu: NDArray[np.float32], blocks: Blocks, *, dense_hu: float, airy_hu: float
) -> tuple[NDArray[np.uint16], NDArray[np.bool_]]:
    """Count CT voxels above one density in each block, and say whether one lies below another."""
    dense = np.zeros(blocks.grid.shape, dtype=np.uint16)
    airy = np.zeros(blocks.grid.shape, dtype=np.bool_)
    limits = np.float32(dense_hu), np.float32(airy_hu)
    in_slices(
        lambda low, high: _counts(hu, *blocks.first, *blocks.last, low, high, *limits, dense, airy),
        len(dense),
    )
    return dense, airy


def in_slices(call: Callable[[int, int], object], count: int) -> None:
    """Call with ranges of ``range(count)``, on all processors; the ranges share nothing.

    Examples
    --------
    >>> seen = []
    >>> in_slices(lambda low, high: seen.extend(range(low, high)), 5)
    >>> sorted(seen)
    [0, 1, 2, 3, 4]
    """
    parts = min(threads(), count)
    cuts = np.linspace(0, count, parts + 1).astype(int).tolist()
    if parts < 2:
        call(0, count)
        return
    with ThreadPoolExecutor(parts) as pool:
        list(pool.map(call, cuts[:-1], cuts[1:]))


@compiled
def _means(
    hu: NDArray[np.float32],
    z0: IntArray,
    y0: IntArray,
    x0: IntArray,
    z1: IntArray,
    y1: IntArray,
    x1: IntArray,
    low: int,
    high: int,
    mean: NDArray[np.float32],
) -> None:
    """Write the mean of each block of slices ``low`` to ``high``."""
    for i in range(low, high):
        for j in range(len(y0)):
            for k in range(len(x0)):
                total = np.float32(0.0)
                for z in range(z0[i], z1[i]):
                    for y in range(y0[j], y1[j]):
                        for x in range(x0[k], x1[k]):
                            total += hu[z, y, x]
                count = (z1[i] - z0[i]) * (y1[j] - y0[j]) * (x1[k] - x0[k])
                mean[i, j, k] = total / np.float32(count)


@compiled
def _counts(
    hu: NDArray[np.float32],
    z0: IntArray,
    y0: IntArray,
    x0: IntArray,
    z1: IntArray,
    y1: IntArray,
    x1: IntArray,
    low: int,
    high: int,
    dense_hu: float,
    airy_hu: float,
    dense: NDArray[np.uint16],
    airy: NDArray[np.bool_],
) -> None:
    """Write how many voxels of each block are dense, and whether one is airy."""
    for i in range(low, high):
        for j in range(len(y0)):
            for k in range(len(x0)):
                many, light = 0, False
                for z in range(z0[i], z1[i]):
                    for y in range(y0[j], y1[j]):
                        for x in range(x0[k], x1[k]):
                            value = hu[z, y, x]
                            if value > dense_hu:
                                many += 1
                            elif value < airy_hu:
                                light = True
                dense[i, j, k] = many
                airy[i, j, k] = light
