"""Regular voxel grids: along the patient axes, or turned in any direction."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import InputError

Vector = tuple[float, float, float]
FloatArray = NDArray[np.float64]
RIGHT_ANGLED = 1e-6


@dataclass(frozen=True)
class VoxelGrid:
    """A regular grid along the DICOM LPS axes: x to the patient's left, y to the back, z to the head.

    Arrays over the grid are indexed ``[z, y, x]``; vectors are written ``(x, y, z)``.

    Attributes
    ----------
    origin_mm : (x, y, z)
        Centre of voxel ``[0, 0, 0]``.
    spacing_mm : (x, y, z)
        Distance between voxel centres, all positive.
    shape : (nz, ny, nx)
        Number of voxels.

    Examples
    --------
    >>> grid = VoxelGrid(origin_mm=(0, 0, 0), spacing_mm=(1, 1, 2), shape=(3, 4, 5))
    >>> grid.voxel_volume_mm3
    2.0
    >>> grid.points_mm()[-1]
    array([4., 3., 4.])
    """

    origin_mm: Vector
    spacing_mm: Vector
    shape: tuple[int, int, int]

    def __post_init__(self) -> None:
        numbers = np.array([*self.origin_mm, *self.spacing_mm], dtype=float)
        if not np.isfinite(numbers).all() or min(self.spacing_mm) <= 0 or min(self.shape) < 1:
            raise InputError(
                f"a grid with origin {self.origin_mm}, spacing {self.spacing_mm} mm, shape {self.shape}",
                "finite numbers, positive spacings and at least one voxel along each axis",
                "check the image geometry",
            )

    @property
    def steps_mm(self) -> FloatArray:
        """Steps to the next voxel along x, y and z, shape (3, 3), one vector a row, mm."""
        return np.diag(np.asarray(self.spacing_mm, dtype=float))

    @property
    def voxel_volume_mm3(self) -> float:
        """Volume of one voxel."""
        return float(np.prod(self.spacing_mm))

    def axis_mm(self, axis: int) -> FloatArray:
        """Voxel centres along x (0), y (1) or z (2), shape (n,), mm."""
        count = self.shape[2 - axis]
        return self.origin_mm[axis] + self.spacing_mm[axis] * np.arange(count, dtype=float)

    def points_mm(self) -> FloatArray:
        """All voxel centres, shape (nz*ny*nx, 3), x fastest, mm."""
        z, y, x = np.meshgrid(self.axis_mm(2), self.axis_mm(1), self.axis_mm(0), indexing="ij")
        return np.stack([x.ravel(), y.ravel(), z.ravel()], axis=1)

    def indices(self, points_mm: FloatArray) -> FloatArray:
        """Fractional array indices ``(z, y, x)`` of points, shape (n, 3) -> (n, 3)."""
        relative = (np.asarray(points_mm, dtype=float) - self.origin_mm) / self.spacing_mm
        return relative[:, ::-1]

    def contains(self, points_mm: FloatArray) -> NDArray[np.bool_]:
        """Whether points lie inside the outer faces of the grid, shape (n, 3) -> (n,)."""
        indices = self.indices(points_mm)
        inside: NDArray[np.bool_] = ((indices >= -0.5) & (indices <= np.array(self.shape) - 0.5)).min(axis=1)
        return inside

    def lower_mm(self) -> FloatArray:
        """Outer corner of the first voxel, shape (3,), mm."""
        return np.asarray(self.origin_mm, dtype=float) - np.asarray(self.spacing_mm) / 2

    def upper_mm(self) -> FloatArray:
        """Outer corner of the last voxel, shape (3,), mm."""
        size: FloatArray = np.asarray(self.spacing_mm, dtype=float) * self.shape[::-1]
        return self.lower_mm() + size

    @classmethod
    def around(cls, lower_mm: FloatArray, upper_mm: FloatArray, spacing_mm: float) -> "VoxelGrid":
        """Cover a box with cubic voxels, their centres on multiples of the spacing.

        Examples
        --------
        >>> VoxelGrid.around(np.array([0., 0., 0.]), np.array([4., 2., 2.]), 2.0).shape
        (2, 2, 3)
        """
        first = np.floor(np.asarray(lower_mm) / spacing_mm)
        last = np.ceil(np.asarray(upper_mm) / spacing_mm)
        nx, ny, nz = (int(count) for count in last - first + 1)
        x, y, z = (float(value) for value in first * spacing_mm)
        return cls((x, y, z), (spacing_mm, spacing_mm, spacing_mm), (nz, ny, nx))


@dataclass(frozen=True)
class OrientedGrid:
    """A regular grid turned in any direction, as a plane across needles or an oblique CT.

    Attributes
    ----------
    origin_mm : (x, y, z)
        Centre of voxel ``[0, 0, 0]``, LPS.
    spacing_mm : (a, b, c)
        Distance between voxel centres along the three directions, all positive.
    shape : (nc, nb, na)
        Number of voxels; arrays over the grid are indexed ``[c, b, a]``.
    directions : three unit vectors (x, y, z)
        Directions of a, b and c, at right angles to each other.

    Examples
    --------
    >>> plane = OrientedGrid((0, 0, 0), (1, 1, 1), (1, 2, 2), ((0, 1, 0), (0, 0, 1), (1, 0, 0)))
    >>> plane.points_mm()[-1]
    array([0., 1., 1.])
    """

    origin_mm: Vector
    spacing_mm: Vector
    shape: tuple[int, int, int]
    directions: tuple[Vector, Vector, Vector]

    def __post_init__(self) -> None:
        VoxelGrid(self.origin_mm, self.spacing_mm, self.shape)  # refuses what is no grid
        turn = np.asarray(self.directions, dtype=float)
        if turn.shape != (3, 3) or not np.allclose(turn @ turn.T, np.eye(3), rtol=0, atol=RIGHT_ANGLED):
            raise InputError(
                f"a grid with the directions {self.directions}",
                "three unit vectors at right angles",
                "check the image orientation",
            )

    @property
    def steps_mm(self) -> FloatArray:
        """Steps to the next voxel along a, b and c, shape (3, 3), one vector a row, mm."""
        steps: FloatArray = np.asarray(self.directions, dtype=float) * np.asarray(self.spacing_mm)[:, None]
        return steps

    def points_mm(self) -> FloatArray:
        """All voxel centres, shape (nc*nb*na, 3), a fastest, mm."""
        counts = VoxelGrid((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), self.shape).points_mm()
        places: FloatArray = np.asarray(self.origin_mm) + counts @ self.steps_mm
        return places
