"""What a search for seeds hands over: seeds, how sure each is, and the bright things that were refused."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from seedbed.imaging.seed_model import FloatArray

COUNTED = 0.5
"""From this confidence a candidate is more likely a seed than not, and is counted."""
CERTAIN = 0.8
"""Confidence from which a seed is called certain; the others are for a human to look at."""


@dataclass(frozen=True)
class RefusedBlob:
    """A bright thing that was not counted, but that a human should look at.

    Attributes
    ----------
    position_mm : ndarray, shape (3,)
        Its centre, LPS mm.
    axis : ndarray, shape (3,)
        Unit vector along it; the sign has no meaning.
    confidence : float
        Below 0.5: how likely it is a seed all the same.
    why : str
        One sentence.
    """

    position_mm: FloatArray
    axis: FloatArray
    confidence: float
    why: str


@dataclass(frozen=True)
class FoundSeeds:
    """Seeds found in a CT.

    Attributes
    ----------
    positions_mm : ndarray, shape (n, 3)
        Centres, LPS mm.
    axes : ndarray, shape (n, 3)
        Unit vectors along the seeds; the sign has no meaning.
    confidence : ndarray, shape (n,)
        0.5 to 1: how likely each is a seed, by its metal, its shape and its company.
    axis_sd_deg : ndarray, shape (n,)
        Standard error of the direction; up to 57 where the direction cannot be told.
    position_sd_mm : ndarray, shape (n,)
        Standard error of the centre along one axis (root mean square of the three).
    doubts : tuple of str
        One sentence a seed; empty where nothing is doubtful.
    refused : tuple of RefusedBlob
        Bright things that were not counted, the most seed-like first.
    seed_metal_hu_mm3 : float
        Metal of one seed, learnt from the data.
    level_hu : float
        Lowest level at which the image was cut.

    Examples
    --------
    >>> one, half = np.array([[0.0, 0.0, 1.0]]), np.array([0.5])
    >>> found = FoundSeeds(10 * one, one, half, 16 * half, half, ("little metal",))
    >>> found.count, found.certain.tolist(), found.doubtful.tolist()
    (1, [False], [True])
    """

    positions_mm: FloatArray
    axes: FloatArray
    confidence: FloatArray
    axis_sd_deg: FloatArray
    position_sd_mm: FloatArray
    doubts: tuple[str, ...]
    refused: tuple[RefusedBlob, ...] = field(default=())
    seed_metal_hu_mm3: float = 0.0
    level_hu: float = 0.0

    @classmethod
    def none(cls, seed_metal_hu_mm3: float) -> "FoundSeeds":
        """Hand over nothing, with the metal that was looked for."""
        places, numbers = np.empty((0, 3)), np.empty(0)
        return cls(places, places, numbers, numbers, numbers, (), (), seed_metal_hu_mm3)

    @property
    def count(self) -> int:
        """Number of seeds."""
        return len(self.positions_mm)

    @property
    def certain(self) -> NDArray[np.bool_]:
        """Seeds of good confidence, shape (n,)."""
        return self.confidence >= CERTAIN

    @property
    def doubtful(self) -> NDArray[np.bool_]:
        """Seeds that a human should look at, shape (n,)."""
        return ~self.certain
