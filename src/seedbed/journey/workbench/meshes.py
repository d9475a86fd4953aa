"""Surfaces of structures and of dose for the view in three dimensions; for looking at, not for measuring."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from skimage.measure import marching_cubes

from seedbed.errors import InputError
from seedbed.geometry import Structure, VoxelGrid

FloatArray = NDArray[np.float64]
FINEST_MM, MOST_VOXELS, MOST_DOSE_VOXELS = 1.0, 600_000, 300_000
"""Local rule: a surface then comes in about a second."""
MARGIN_MM: Final = 20.0
"""Around the target, for surfaces of dose (local rule)."""
FINEST_DOSE_MM: Final = 1.5
HALF: Final = 0.5


@dataclass(frozen=True)
class SurfaceMesh:
    """A closed surface of triangles.

    Attributes
    ----------
    vertices_mm : ndarray of float32, shape (n, 3)
        LPS.
    faces : ndarray of uint32, shape (m, 3)
        Numbers of vertices, counter-clockwise from outside.
    """

    vertices_mm: NDArray[np.float32]
    faces: NDArray[np.uint32]

    def octets(self) -> bytes:
        """Vertices, then faces, little-endian."""
        return self.vertices_mm.astype("<f4").tobytes() + self.faces.astype("<u4").tobytes()

    def counts(self) -> dict[str, int]:
        """How many of each there are."""
        return {"vertices": len(self.vertices_mm), "faces": len(self.faces)}


def structure_mesh(structure: Structure) -> SurfaceMesh:
    """Lay a surface around a structure, its steps from slice to slice smoothed for the eye.

    Examples
    --------
    >>> from seedbed.geometry import PlanarContour
    >>> square = np.array([[0.0, 0.0], [20.0, 0.0], [20.0, 20.0], [0.0, 20.0]])
    >>> box = Structure("box", tuple(PlanarContour(z, square) for z in (0.0, 5.0, 10.0)), 5.0)
    >>> mesh = structure_mesh(box)
    >>> bool(abs(np.ptp(mesh.vertices_mm, axis=0) - [20, 20, 15]).max() < 1)
    True
    """
    lower, upper = structure.bounds_mm
    room = structure.plane_distance_mm + 2 * FINEST_MM  # so that smoothing finds nothing beyond the surface
    grid = _box(lower - room, upper + room, finest_mm=FINEST_MM, most=MOST_VOXELS)
    share = structure.coverage(grid)
    step = grid.spacing_mm[0]
    smooth = gaussian_filter(
        share, sigma=(structure.plane_distance_mm / (2 * step), HALF, HALF), mode="constant"
    )
    return _surface(smooth if smooth.max() > HALF else share, min(HALF, float(share.max()) / 2), grid)


def dose_grid(target: Structure) -> VoxelGrid:
    """Voxels around a target for surfaces of dose."""
    lower, upper = target.bounds_mm
    return _box(lower - MARGIN_MM, upper + MARGIN_MM, finest_mm=FINEST_DOSE_MM, most=MOST_DOSE_VOXELS)


def dose_mesh(dose_gy: FloatArray, level_gy: float, grid: VoxelGrid) -> SurfaceMesh:
    """Lay a surface where a dose has a level; no triangle where it is nowhere so high.

    Where the dose is higher at the edge of the grid the surface is closed there.

    Parameters
    ----------
    dose_gy : ndarray, shape ``grid.shape``
    level_gy : float
        Above 0.
    grid : VoxelGrid

    Raises
    ------
    InputError
        A level that is not above 0.

    Examples
    --------
    >>> grid = VoxelGrid((-2, -2, -2), (1, 1, 1), (5, 5, 5))
    >>> dose = 10.0 - np.linalg.norm(grid.points_mm(), axis=1).reshape(grid.shape)
    >>> dose_mesh(dose, 8.5, grid).counts()["vertices"] > 0, dose_mesh(dose, 11.0, grid).counts()
    (True, {'vertices': 0, 'faces': 0})
    """
    if not level_gy > 0 or not np.isfinite(level_gy):
        raise InputError(f"a surface of {level_gy:g} Gy", "more than 0 Gy", "correct it")
    return _surface(dose_gy, level_gy, grid)


def _box(lower: FloatArray, upper: FloatArray, *, finest_mm: float, most: int) -> VoxelGrid:
    size = np.maximum(upper - lower, finest_mm)
    step = max(finest_mm, float(np.cbrt(np.prod(size) / most)))
    return VoxelGrid.around(lower, upper, step)


def _surface(values: NDArray[np.floating], level: float, grid: VoxelGrid) -> SurfaceMesh:
    """Triangles where values cross a level; a layer of less lies around the grid, so that it is closed."""
    if not values.size or float(values.max()) <= level:
        return SurfaceMesh(np.empty((0, 3), np.float32), np.empty((0, 3), np.uint32))
    closed = np.pad(values.astype(np.float32), 1, constant_values=min(0.0, float(values.min())))
    vertices, faces, *_ = marching_cubes(  # type: ignore[no-untyped-call]
        closed, level, gradient_direction="descent", allow_degenerate=False
    )
    spacing = np.asarray(grid.spacing_mm)
    places = np.asarray(grid.origin_mm) + (vertices[:, ::-1] - 1.0) * spacing
    return SurfaceMesh(places.astype(np.float32), faces.astype(np.uint32))
