"""A CT volume: numbers in Hounsfield units on a grid."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from seedbed.errors import ImageError
from seedbed.geometry import VoxelGrid

AIR_HU = -1000.0


@dataclass(frozen=True)
class CtVolume:
    """A CT in Hounsfield units, indexed ``[z, y, x]`` over its grid."""

    grid: VoxelGrid
    hu: NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.hu.shape != self.grid.shape or not np.isfinite(self.hu).all():
            raise ImageError(
                f"a CT array of shape {self.hu.shape} for a grid of shape {self.grid.shape}",
                "finite Hounsfield units, one for each voxel",
                "read the series again",
            )

    def sample(self, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        """Hounsfield units at points by linear interpolation, shape (n, 3) -> (n,); air outside."""
        found: NDArray[np.float64] = map_coordinates(
            self.hu, self.grid.indices(points_mm).T, order=1, mode="constant", cval=AIR_HU, output=np.float64
        )
        return found
