"""The share of each pixel of a plane that lies inside polygons."""

import numpy as np

from seedbed.geometry.compiling import compiled
from seedbed.geometry.grid import FloatArray, VoxelGrid
from seedbed.geometry.scanlines import crossings, edges_of

ROWS_PER_VOXEL = 8
"""Scan lines through each voxel row; along a scan line the covered length is exact."""


def plane_coverage(polygons: list[FloatArray], grid: VoxelGrid) -> FloatArray:
    """Share of each pixel of one grid plane inside polygons, shape (ny, nx), by the even-odd rule.

    Each voxel row is cut by `ROWS_PER_VOXEL` scan lines; along each line the covered length is exact.
    """
    ny, nx = grid.shape[1:]
    first, step = grid.lower_mm()[:2], np.asarray(grid.spacing_mm[:2])
    edges = (edges_of(polygons) - np.tile(first, 2)) / np.tile(step, 2)
    covered = np.zeros((ny, nx))
    fill_shares(edges, ROWS_PER_VOXEL, covered)
    return covered


@compiled
def fill_shares(edges: FloatArray, lines: int, share: FloatArray) -> None:
    """Add the share of each pixel inside polygons, whose edges are in pixels from the outer corner.

    Parameters
    ----------
    edges : ndarray, shape (m, 4)
    lines : int
        Scan lines through each row.
    share : ndarray, shape (ny, nx)
        Changed in place.
    """
    rows, columns = share.shape
    found = np.empty(edges.shape[0])
    for line in range(rows * lines):
        row = line // lines
        count = crossings(edges, (line + 0.5) / lines, found)
        for k in range(0, count, 2):
            start = min(max(found[k], 0.0), float(columns))
            stop = min(max(found[k + 1], 0.0), float(columns))
            for column in range(int(start), int(np.ceil(stop))):
                share[row, column] += (min(stop, column + 1.0) - max(start, float(column))) / lines


def window_of(polygons: list[FloatArray], grid: VoxelGrid) -> tuple[slice, slice, VoxelGrid]:
    """Return the rows and columns of a grid that polygons touch, which may be none, and the grid of these.

    Examples
    --------
    >>> grid = VoxelGrid((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (1, 9, 9))
    >>> rows, columns, part = window_of([np.array([[2.0, 3.0], [4.0, 3.0], [4.0, 5.4]])], grid)
    >>> (rows, columns), part.origin_mm
    ((slice(3, 6, None), slice(2, 5, None)), (2.0, 3.0, 0.0))
    """
    flat = np.concatenate(polygons)
    size, lower = np.asarray(grid.spacing_mm[:2]), grid.lower_mm()[:2]
    most = np.array([grid.shape[2], grid.shape[1]])
    first = np.clip(np.floor((flat.min(axis=0) - lower) / size), 0, most - 1).astype(int)
    last = np.clip(np.ceil((flat.max(axis=0) - lower) / size), first + 1, most).astype(int)
    x, y = (float(grid.axis_mm(axis)[first[axis]]) for axis in (0, 1))
    part = VoxelGrid(
        (x, y, grid.origin_mm[2]), grid.spacing_mm, (1, int(last[1] - first[1]), int(last[0] - first[0]))
    )
    return slice(int(first[1]), int(last[1])), slice(int(first[0]), int(last[0])), part
