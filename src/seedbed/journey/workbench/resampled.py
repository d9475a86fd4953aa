"""A CT on the voxels of another: whole HU, and a value of its own where it shows nothing."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import ImageError
from seedbed.geometry import OrientedGrid, VoxelGrid

WHOLE_HU: Final = np.iinfo(np.int16)
NOTHING: Final = WHOLE_HU.min
"""Stored where a CT shows nothing of a place."""
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
    """Round HU to whole numbers slice by slice; NaN becomes `NOTHING`.

    Raises
    ------
    ImageError
        NaN alone.

    Examples
    --------
    >>> stored(np.array([[[-1000.4, np.nan]]], dtype=np.float32)).tolist()
    [[[-1000, -32768]]]
    """
    whole: Stored = np.full(hu.shape, NOTHING, dtype="<i2")
    seen = False
    for plane, given in zip(whole, hu, strict=True):
        there = np.isfinite(given)
        plane[there] = _rounded(given[there], NOTHING + 1)
        seen = seen or bool(there.any())
    if not seen:
        raise ImageError(
            "two CTs that have no place in common",
            "two CTs that show the same place",
            "choose another series",
        )
    return whole


def whole_hu(hu: NDArray[np.float32]) -> Stored:
    """Round a CT to whole HU, slice by slice: the whole at once takes three times its room and as long.

    Examples
    --------
    >>> whole_hu(np.array([[-1024.4, 0.5, 1.5, 1e6]], dtype=np.float32)).tolist()
    [[-1024, 0, 2, 32767]]
    """
    found: Stored = np.empty(hu.shape, dtype="<i2")
    for plane, given in zip(found, hu, strict=True):
        plane[...] = _rounded(given, WHOLE_HU.min)
    return found


def _rounded(hu: NDArray[np.float32], lowest: int) -> NDArray[np.float32]:
    rounded: NDArray[np.float32] = np.clip(np.rint(hu), lowest, WHOLE_HU.max)
    return rounded
