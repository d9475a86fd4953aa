"""A CT on the voxels of another: whole HU, and a value of its own where it shows nothing."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import ImageError
from seedbed.geometry import OrientedGrid, VoxelGrid

NOTHING: Final = -32768
"""Stored where a CT shows nothing of a place."""
HIGHEST_HU: Final = 32767
Stored = NDArray[np.int16]


def upright(grid: VoxelGrid) -> OrientedGrid:
    """Return a grid along the LPS axes as one that may be turned.

    Examples
    --------
    >>> upright(VoxelGrid((0.0, 0.0, 5.0), (1.0, 1.0, 3.0), (2, 4, 4))).points_mm()[-1].tolist()
    [3.0, 3.0, 8.0]
    """
    axes = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    return OrientedGrid(grid.origin_mm, grid.spacing_mm, grid.shape, axes)


def stored(hu: NDArray[np.float32]) -> Stored:
    """Round HU to whole numbers; NaN becomes `NOTHING`.

    Raises
    ------
    ImageError
        NaN alone.

    Examples
    --------
    >>> stored(np.array([[[-1000.4, np.nan]]], dtype=np.float32)).tolist()
    [[[-1000, -32768]]]
    """
    there = np.isfinite(hu)
    if not there.any():
        raise ImageError(
            "two CTs that have no place in common",
            "two CTs that show the same place",
            "choose another series",
        )
    whole: Stored = np.full(hu.shape, NOTHING, dtype="<i2")
    whole[there] = np.clip(np.rint(hu[there]), NOTHING + 1, HIGHEST_HU)
    return whole
