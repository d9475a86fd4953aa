"""The numbers by which a CT counts its slices."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import InputError, StructureError

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class PlaneNumbers:
    """Numbers of the slices of a CT by their height.

    Attributes
    ----------
    z_mm : ndarray, shape (n,)
        Height of each slice, mm, all different, in any order.
    numbers : sequence of int, length n
        As the CT counts them: instance numbers, or 1, 2, 3, ...

    Raises
    ------
    InputError
        No slice, two at one height, or not one number each.

    Examples
    --------
    >>> planes = PlaneNumbers(np.array([-5.0, -2.5, 0.0]), (43, 42, 41))
    >>> planes(-2.9)
    42
    """

    z_mm: FloatArray
    numbers: Sequence[int]

    def __post_init__(self) -> None:
        heights = np.asarray(self.z_mm, dtype=float)
        object.__setattr__(self, "z_mm", heights)
        sound = heights.ndim == 1 and heights.size and np.isfinite(heights).all()
        if not sound or len(np.unique(heights)) < heights.size or len(self.numbers) != heights.size:
            raise InputError(
                f"{heights.size} heights of slices with {len(self.numbers)} numbers",
                "one number for each slice, no two slices at one height",
                "check the series",
            )

    def __call__(self, z_mm: float) -> int:
        """Return the number of the slice nearest to a height.

        Raises
        ------
        StructureError
            A height that lies farther beyond the slices than two neighbours are apart.
        """
        apart = float(np.diff(np.sort(self.z_mm)).max()) if self.z_mm.size > 1 else np.inf
        nearest = int(np.abs(self.z_mm - z_mm).argmin())
        if not abs(self.z_mm[nearest] - z_mm) <= apart:
            raise StructureError(
                f"the height z {z_mm:.1f} mm",
                f"one within the slices, from {self.z_mm.min():.1f} to {self.z_mm.max():.1f} mm",
                "take the contours of this CT",
            )
        return int(self.numbers[nearest])
