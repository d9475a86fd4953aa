"""How the seeds of one implant are seen by one scanner: what is expected at first, and learnt from the seeds.

A fit of one lone seed says something about its metal, the length of its marker, the blur and the starvation.
These are the same for all seeds of a series, so what all lone seeds say is put together (a normal model: the
information matrices add up), with what is expected beforehand.
"""

from dataclasses import dataclass, replace

import numpy as np

from seedbed.imaging.seed_kernels import NUMBERS_OF_SIGHT
from seedbed.imaging.seed_model import FloatArray, SeedLook

MARKER_SHARE = 0.75
"""Length of the metal that counts over that of the capsule: silver rods are 3.0 mm of 4.5 mm, titanium
adds."""
STARVED = 0.5
"""Half-way between no starvation and an opaque rod."""
EXPECTED_SPREADS = np.array([0.45, 0.15, 0.25, 0.5, 0.35, 0.1])
"""Standard deviations before any seed was seen: logarithms of metal, length, blur in the plane (kernels of
0.8 to 2 mm) and along z (overlapping slices); starvation; overshoot."""
LEARNT_SPREADS = np.array([0.10, 0.08, 0.06, 0.12, 0.15, 0.05])
"""The same from seed to seed of one series: they differ in surroundings and sampling."""
BACKGROUND_SPREAD_HU = 25.0
"""Error of the median of the surroundings as the background of a seed."""
SEED_TO_SEED = np.array([2, 3, 2, 2, 2, 2]) * LEARNT_SPREADS
"""Spread with which one seed speaks for the others; twice the above, since a few pieces are no seeds;
more for the length, which one seed can hardly tell from its tilt."""
FAINT = 1e-3
"""Share of what is believed beforehand that keeps apart what one seed cannot tell."""
UNLIKE = 0.5
"""A lone piece whose logarithm of metal is further from the median teaches nothing."""


@dataclass(frozen=True)
class SeedSight:
    """How a seed is seen.

    Attributes
    ----------
    metal_hu_mm3 : float
        Integral over the image of one seed, HU mm3, of a scanner that does not starve and has no ceiling.
    numbers : ndarray, shape (5,)
        Length, mm; blur (sigma) in the plane and along z, mm; starvation, 0 to 1; overshoot.
    spreads : ndarray, shape (6,)
        Standard deviations from seed to seed: of the logarithm of the metal, then of the five numbers
        (logarithms for the first three).

    Examples
    --------
    >>> sight = SeedSight.expected(SeedLook())
    >>> round(float(sight.numbers[0]), 2), round(sight.metal_hu_mm3)
    (3.38, 54287)
    """

    metal_hu_mm3: float
    numbers: FloatArray
    spreads: FloatArray

    @classmethod
    def expected(cls, look: SeedLook) -> "SeedSight":
        """Return what a kind of seed and a scanner let expect."""
        plane, _, along = np.hypot(look.sigma_mm, look.diameter_mm / 8)
        numbers = np.array([MARKER_SHARE * look.length_mm, plane, along, STARVED, 0.0])
        return cls(look.metal_hu_mm3, numbers, EXPECTED_SPREADS)

    def moved(self, deviations: FloatArray) -> FloatArray:
        """Return the five numbers moved by deviations (logarithms for the first three)."""
        out = self.numbers + deviations[:5]
        out[:3] = self.numbers[:3] * np.exp(deviations[:3])
        return out


def learnt_sight(sight: SeedSight, seen: list[tuple[FloatArray, FloatArray]]) -> SeedSight:
    """Put together what lone seeds say of metal, length, blur, starvation and overshoot.

    Parameters
    ----------
    sight : SeedSight
        What was expected; also the belief beforehand.
    seen : list of (deviations, information)
        Of each seed: six deviations from what was expected, as fitted with that belief, and the information
        of the voxels about them without it, shape (6, 6).
    """
    before = np.diag(1 / sight.spreads**2)
    about, wished = before.copy(), np.zeros(1 + NUMBERS_OF_SIGHT)
    for deviations, information in _alike(seen):
        alone = information + FAINT * before
        says = np.linalg.solve(alone, (information + before) @ deviations)
        counts = np.linalg.inv(np.linalg.inv(alone) + np.diag(SEED_TO_SEED**2))
        about += counts
        wished += counts @ says
    change = np.linalg.solve(about, wished)
    few = sight.spreads**2 / (1 + len(seen))
    return replace(
        sight,
        metal_hu_mm3=sight.metal_hu_mm3 * float(np.exp(change[0])),
        numbers=np.concatenate([sight.numbers[:3] * np.exp(change[1:4]), sight.numbers[3:] + change[4:]]),
        spreads=np.minimum(np.hypot(LEARNT_SPREADS, np.sqrt(few)), sight.spreads),
    )


def _alike(seen: list[tuple[FloatArray, FloatArray]]) -> list[tuple[FloatArray, FloatArray]]:
    """Leave out what has much less or more metal than most: bone, calcification, a pair."""
    if not seen:
        return []
    usual = np.median([deviations[0] for deviations, _ in seen])
    return [each for each in seen if abs(each[0][0] - usual) <= UNLIKE]
