"""Dose between the centres of a dose grid."""

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import DoseError
from seedbed.geometry import VoxelGrid
from seedbed.geometry.compiling import compiled

FloatArray = NDArray[np.float64]


def interpolate_dose(dose_gy: FloatArray, grid: VoxelGrid, points_mm: FloatArray) -> FloatArray:
    """Dose at points by trilinear interpolation between voxel centres.

    Between the outermost centres and the outer faces of the grid the dose of the nearest centre (across that
    face) holds; beyond the faces there is none.

    Parameters
    ----------
    dose_gy : ndarray, shape ``grid.shape``
    grid : VoxelGrid
    points_mm : ndarray, shape (n, 3)

    Returns
    -------
    ndarray, shape (n,)
        Gy; NaN outside the grid.

    Raises
    ------
    DoseError
        Another shape than the grid; a dose that is negative or no number.

    Examples
    --------
    >>> grid = VoxelGrid((0, 0, 0), (2, 2, 2), (1, 1, 2))
    >>> interpolate_dose(np.array([[[10.0, 30.0]]]), grid, np.array([[0.5, 0, 0], [2.9, 0, 0], [3.1, 0, 0]]))
    array([15., 30., nan])
    """
    dose = check_dose(dose_gy, grid)
    lower, spacing = np.asarray(grid.origin_mm, dtype=float), np.asarray(grid.spacing_mm, dtype=float)
    result: FloatArray = _trilinear(dose, lower, spacing, np.ascontiguousarray(points_mm, dtype=float))
    return result


def check_dose(dose_gy: FloatArray, grid: VoxelGrid) -> FloatArray:
    """Return a dose grid as an array of floats.

    Raises
    ------
    DoseError
        Another shape than the grid; a dose that is negative or no number.

    Examples
    --------
    >>> check_dose(np.zeros((1, 1, 1)), VoxelGrid((0, 0, 0), (1, 1, 1), (1, 1, 2)))
    Traceback (most recent call last):
    seedbed.errors.DoseError: a dose of shape (1, 1, 1); expected the shape (1, 1, 2) of its grid, ...
    """
    dose = np.ascontiguousarray(dose_gy, dtype=float)
    if dose.shape != grid.shape:
        came = f"a dose of shape {dose.shape}"
        raise DoseError(came, f"the shape {grid.shape} of its grid, [z, y, x]", "give the grid of the dose")
    least, most = float(dose.min()), float(dose.max())
    if not (least >= 0 and most < np.inf):
        came = f"a dose grid with doses from {least:g} to {most:g} Gy"
        raise DoseError(came, "finite doses that are not negative", "calculate or export it again")
    return dose


@compiled
def _cell(place: float, count: int) -> tuple[int, float]:
    """Voxel below a place along one axis, and the share of the next one; (-1, 0) outside the faces."""
    if not -0.5 <= place <= count - 0.5:
        return -1, 0.0
    held = min(max(place, 0.0), count - 1.0)
    below = min(int(held), max(count - 2, 0))
    return below, held - below


@compiled
def _trilinear(dose: FloatArray, origin: FloatArray, spacing: FloatArray, points: FloatArray) -> FloatArray:
    nz, ny, nx = dose.shape
    result = np.empty(len(points))
    for n in range(len(points)):
        x, fx = _cell((points[n, 0] - origin[0]) / spacing[0], nx)
        y, fy = _cell((points[n, 1] - origin[1]) / spacing[1], ny)
        z, fz = _cell((points[n, 2] - origin[2]) / spacing[2], nz)
        if x < 0 or y < 0 or z < 0:
            result[n] = np.nan
            continue
        x1, y1, z1 = min(x + 1, nx - 1), min(y + 1, ny - 1), min(z + 1, nz - 1)
        front = dose[z, y, x] * (1 - fx) + dose[z, y, x1] * fx
        back = dose[z, y1, x] * (1 - fx) + dose[z, y1, x1] * fx
        low = front * (1 - fy) + back * fy
        front = dose[z1, y, x] * (1 - fx) + dose[z1, y, x1] * fx
        back = dose[z1, y1, x] * (1 - fx) + dose[z1, y1, x1] * fx
        result[n] = low * (1 - fz) + (front * (1 - fy) + back * fy) * fz
    return result
