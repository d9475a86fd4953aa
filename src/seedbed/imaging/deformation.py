"""How tissue is bent between two scans: a shift at each point of a coarse grid, which never folds."""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import map_coordinates

from seedbed.errors import ImageError
from seedbed.geometry import VoxelGrid
from seedbed.geometry.grid import FloatArray

UNDONE_MM = 1e-3
"""The way back is followed until it changes by less than this."""
MOST_STEPS = 200


@dataclass(frozen=True)
class Deformation:
    """Points shifted by a smooth field: ``x -> x + u(x)``.

    Between the points of the grid the shift is linear; beyond its faces it goes on as at the nearest face.

    Attributes
    ----------
    grid : VoxelGrid
        At least two points along each axis.
    shift_mm : ndarray, shape ``(*grid.shape, 3)``
        Shift ``(x, y, z)`` of each point, LPS mm.

    Raises
    ------
    ImageError
        Another shape, numbers that are not finite, or a field that folds: one whose Jacobian determinant is
        zero or negative somewhere, so that two places would become one.

    Examples
    --------
    >>> grid = VoxelGrid((0.0, 0.0, 0.0), (10.0, 10.0, 10.0), (2, 2, 2))
    >>> field = np.zeros((2, 2, 2, 3))
    >>> field[..., 1, 0] = 4.0
    >>> stretched = Deformation(grid, field)
    >>> stretched.apply(np.array([[5.0, 5.0, 5.0]])).tolist(), round(stretched.least_stretch, 6)
    ([[7.0, 5.0, 5.0]], 1.4)
    >>> stretched.undo(np.array([[7.0, 5.0, 5.0]])).round(2).tolist()
    [[5.0, 5.0, 5.0]]
    """

    grid: VoxelGrid
    shift_mm: FloatArray

    def __post_init__(self) -> None:
        shift = np.asarray(self.shift_mm, dtype=float)
        if min(self.grid.shape) < 2 or shift.shape != (*self.grid.shape, 3) or not np.isfinite(shift).all():
            raise ImageError(
                f"shifts of shape {shift.shape} for a grid of shape {self.grid.shape}",
                "a finite shift of three numbers for each of at least two points along each axis",
                "register the images again",
            )
        object.__setattr__(self, "shift_mm", shift)
        if self.least_stretch <= 0:
            raise ImageError(
                f"the deformation folds: its smallest Jacobian determinant is {self.least_stretch:.2f}",
                "above 0 everywhere",
                "use the rigid registration, or draw the contours on the post-implant CT",
            )

    @property
    def least_stretch(self) -> float:
        """Smallest Jacobian determinant on the grid: what the most squeezed tissue keeps of its volume."""
        return float(self._stretch().min())

    @property
    def largest_shift_mm(self) -> float:
        """Longest shift on the grid, mm."""
        return float(np.linalg.norm(self.shift_mm, axis=-1).max())

    def apply(self, points_mm: FloatArray) -> FloatArray:
        """Shift points, shape (n, 3) -> (n, 3), mm."""
        points = np.asarray(points_mm, dtype=float)
        shifted: FloatArray = points + self._shift_at(points)
        return shifted

    def undo(self, points_mm: FloatArray) -> FloatArray:
        """Return the points that are shifted to these, shape (n, 3) -> (n, 3), mm.

        Raises
        ------
        ImageError
            The field is too steep to be followed back.
        """
        wanted = np.asarray(points_mm, dtype=float)
        found = wanted.copy()
        for _ in range(MOST_STEPS):
            last, found = found, wanted - self._shift_at(found)
            if np.abs(found - last).max(initial=0.0) < UNDONE_MM:
                return found
        raise ImageError(
            "the deformation is too steep to be followed back",
            "one that changes by less than 1 mm in each mm",
            "use the rigid registration",
        )

    def _shift_at(self, points_mm: FloatArray) -> FloatArray:
        places = self.grid.indices(points_mm).T
        parts = [map_coordinates(self.shift_mm[..., k], places, order=1, mode="nearest") for k in range(3)]
        return np.stack(parts, axis=-1)

    def _stretch(self) -> FloatArray:
        steps = self.grid.spacing_mm[::-1]
        slopes = [np.gradient(self.shift_mm[..., k], *steps)[::-1] for k in range(3)]
        jacobian = np.eye(3) + np.moveaxis(np.array(slopes), (0, 1), (-2, -1))
        found: FloatArray = np.linalg.det(jacobian)
        return found
