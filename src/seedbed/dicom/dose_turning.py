"""Arrays along the patient axes in any way, turned so that their axes are z, y, x and all rise."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.dicom.files import FloatArray
from seedbed.geometry import VoxelGrid


def turn_to_lps(
    stored: NDArray[Any], first_mm: FloatArray, steps_mm: FloatArray
) -> tuple[NDArray[Any], VoxelGrid]:
    """Turn a volume to the LPS axes.

    Parameters
    ----------
    stored : ndarray, shape (a, b, c)
    first_mm : ndarray, shape (3,)
        Centre of voxel ``[0, 0, 0]``, LPS.
    steps_mm : ndarray, shape (3, 3)
        Step to the next voxel of each array axis, one vector a row, each along a patient axis, either way.

    Returns
    -------
    ndarray, shape ``grid.shape``
        A view of ``stored``.
    VoxelGrid

    Examples
    --------
    >>> feet_first = np.array([[0, 0, -2], [0, 1, 0], [-1, 0, 0]])
    >>> turned, grid = turn_to_lps(np.arange(4).reshape(2, 1, 2), np.array([9, 0, 4]), feet_first)
    >>> turned.tolist(), grid.origin_mm
    ([[[3, 2]], [[1, 0]]], (8.0, 0.0, 2.0))
    """
    along = np.abs(steps_mm).argmax(axis=1).tolist()
    order = [along.index(axis) for axis in (2, 1, 0)]
    turned = stored.transpose(order)
    step_mm = np.array([steps_mm[place][along[place]] for place in order], dtype=float)
    back = step_mm < 0
    turned = np.flip(turned, axis=tuple(np.flatnonzero(back).tolist()))
    corner = np.asarray(first_mm) + np.where(back, step_mm * (np.array(turned.shape) - 1), 0.0)[::-1]
    (x, y, z), (dz, dy, dx) = corner.tolist(), np.abs(step_mm).tolist()
    return turned, VoxelGrid((x, y, z), (dx, dy, dz), (turned.shape[0], turned.shape[1], turned.shape[2]))
