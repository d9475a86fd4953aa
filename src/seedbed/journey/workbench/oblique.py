"""The CT in a plane of any direction, as one looks along a needle or across it."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from seedbed.errors import InputError
from seedbed.geometry import OrientedGrid, VoxelGrid

STEPS_MM: Final = (0.2, 5.0)
MOST_POINTS: Final = 250_000
OUTSIDE_HU: Final = -1024
"""Where the CT has nothing."""
FARTHEST_MM: Final = 10_000.0


def oblique_plane(
    origin_mm: Sequence[float],
    u: Sequence[float],
    v: Sequence[float],
    *,
    shape: tuple[int, int],
    spacing_mm: float,
) -> OrientedGrid:
    """Lay a plane: ``shape`` = (rows, columns) of values, along ``u`` in a row and ``v`` from row to row.

    Raises
    ------
    InputError
        Directions that are not at right angles, a place or spacing out of range, too many values.

    Examples
    --------
    >>> oblique_plane((0, 0, 0), (0, 0, 2), (0, 1, 0), shape=(2, 2), spacing_mm=1.0).points_mm()[1].tolist()
    [0.0, 0.0, 1.0]
    """
    if not STEPS_MM[0] <= spacing_mm <= STEPS_MM[1]:
        raise InputError(
            f"a value every {spacing_mm:g} mm", f"{STEPS_MM[0]:g} to {STEPS_MM[1]:g} mm", "correct it"
        )
    rows, columns = shape
    if min(shape) < 1 or rows * columns > MOST_POINTS:
        raise InputError(
            f"a plane of {columns} by {rows} values", f"1 to {MOST_POINTS} values", "ask for a wider spacing"
        )
    across, down = _unit(u), _unit(v)
    third = np.cross(across, down)
    x, y, z = (float(value) for value in origin_mm)
    if not np.isfinite([x, y, z]).all() or max(abs(x), abs(y), abs(z)) > FARTHEST_MM:
        raise InputError(
            "a plane that begins outside all measure", f"within {FARTHEST_MM:g} mm", "correct it"
        )
    return OrientedGrid(
        (x, y, z),
        (spacing_mm, spacing_mm, spacing_mm),
        (1, rows, columns),
        (_three(across), _three(down), _three(third)),
    )


def _three(values: NDArray[np.float64]) -> tuple[float, float, float]:
    x, y, z = values.tolist()
    return x, y, z


def oblique_dict(plane: OrientedGrid) -> dict[str, Any]:
    """Return a plane for the browser.

    Examples
    --------
    >>> oblique_dict(oblique_plane((0, 0, 5), (1, 0, 0), (0, 1, 0), shape=(3, 4), spacing_mm=1.0))["shape"]
    [3, 4]
    """
    u, v, _ = plane.directions
    return {
        "origin_mm": list(plane.origin_mm),
        "u": list(u),
        "v": list(v),
        "shape": list(plane.shape[1:]),
        "spacing_mm": plane.spacing_mm[0],
    }


def _unit(direction: Sequence[float]) -> NDArray[np.float64]:
    values = np.asarray(direction, dtype=np.float64)
    length = float(np.linalg.norm(values))
    if values.shape != (3,) or not np.isfinite(values).all() or length < 1e-6:
        raise InputError("a direction of no length", "three numbers, not all zero", "correct it")
    return np.asarray(values / length, dtype=np.float64)


def ct_in_plane(hu: NDArray[np.int16], grid: VoxelGrid, plane: OrientedGrid) -> NDArray[np.int16]:
    """Read a CT in a plane, between voxels by straight lines; outside of it it is air.

    Parameters
    ----------
    hu : ndarray of int16, shape ``grid.shape``
    grid : VoxelGrid
    plane : OrientedGrid
        As `oblique_plane` lays it.

    Returns
    -------
    ndarray of int16, shape ``plane.shape``
        HU, rounded; `OUTSIDE_HU` beyond the centres of the outer voxels.

    Examples
    --------
    >>> grid = VoxelGrid((0, 0, 0), (1, 1, 1), (2, 2, 2))
    >>> hu = np.arange(8, dtype=np.int16).reshape(2, 2, 2) * 10
    >>> plane = oblique_plane((0.5, 0, 0), (0, 1, 0), (0, 0, 1), shape=(2, 2), spacing_mm=1.0)
    >>> ct_in_plane(hu, grid, plane).tolist()
    [[[5, 25], [45, 65]]]
    """
    places = grid.indices(plane.points_mm()).T
    values = map_coordinates(hu, places, output=np.float32, order=1, mode="constant", cval=OUTSIDE_HU)
    whole: NDArray[np.int16] = np.rint(values).astype("<i2").reshape(plane.shape)
    return whole
