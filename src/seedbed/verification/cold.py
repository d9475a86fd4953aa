"""Cold regions: connected parts of the target that get less than a dose.

Parts that touch only along an edge or at a corner count as two, so that a thin cold rind falls into places.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from seedbed.geometry import Structure, VoxelGrid
from seedbed.units import CC_PER_MM3

FloatArray = NDArray[np.float64]

GRID_MM = 2.0
LEAST_CC = 0.05
"""Smaller regions are below what contours and seed positions can tell; local rule."""
DIRECTIONS = (("right", "left"), ("anterior", "posterior"), ("inferior", "superior"))


@dataclass(frozen=True)
class ColdRegion:
    """A connected part of the target under a dose.

    Attributes
    ----------
    below_gy : float
    volume_cc : float
    least_gy : float
        Lowest dose in it.
    centre_mm, coldest_mm : ndarray, shape (3,)
        Centre of the region, and the point with the lowest dose.
    lower_z_mm, upper_z_mm : float
        Axial planes between which it lies.
    place : str
        Where the coldest point lies from the centre of the target, in words.
    """

    below_gy: float
    volume_cc: float
    least_gy: float
    centre_mm: FloatArray
    coldest_mm: FloatArray
    lower_z_mm: float
    upper_z_mm: float
    place: str


def cold_regions(
    target: Structure, dose_at: Callable[[FloatArray], FloatArray], *, below_gy: float
) -> list[ColdRegion]:
    """Find the cold regions of a target, largest first.

    Parameters
    ----------
    target : Structure
    dose_at : callable
        Dose (Gy) at points, shape (n, 3) -> (n,).
    below_gy : float
        Usually the prescription dose.

    Returns
    -------
    list of ColdRegion
        Those of at least `LEAST_CC`.
    """
    grid = VoxelGrid.around(*target.bounds_mm, GRID_MM)
    index, points, share = target.samples(grid)
    dose = dose_at(points)
    cold = np.zeros(grid.shape, dtype=bool)
    cold.ravel()[index] = dose < below_gy
    labels, count = ndimage.label(cold)
    label_of = labels.ravel()[index]
    middle = _centroid(points, share)
    regions = []
    for number in range(1, count + 1):
        members = np.flatnonzero(label_of == number)
        regions.append(_region(points[members], share[members], dose[members], middle, below_gy))
    kept = [region for region in regions if region.volume_cc >= LEAST_CC]
    return sorted(kept, key=lambda region: -region.volume_cc)


def describe_place(offset_mm: FloatArray) -> str:
    """Say in words where a point lies from the centre of the target.

    Examples
    --------
    >>> describe_place(np.array([-6.2, 8.4, 0.3]))
    '6 mm right and 8 mm posterior of the centre'
    >>> describe_place(np.array([0.2, 0.1, 0.3]))
    'at the centre'
    """
    parts = [
        f"{abs(step):.0f} mm {names[int(step > 0)]}"
        for step, names in zip(offset_mm, DIRECTIONS, strict=True)
        if abs(step) >= 1.0
    ]
    return f"{' and '.join(parts)} of the centre" if parts else "at the centre"


def _region(
    points: FloatArray, share: FloatArray, dose: FloatArray, middle: FloatArray, below_gy: float
) -> ColdRegion:
    coldest = points[int(dose.argmin())]
    return ColdRegion(
        below_gy=below_gy,
        volume_cc=float(share.sum() * GRID_MM**3 * CC_PER_MM3),
        least_gy=float(dose.min()),
        centre_mm=_centroid(points, share),
        coldest_mm=coldest,
        lower_z_mm=float(points[:, 2].min()),
        upper_z_mm=float(points[:, 2].max()),
        place=describe_place(coldest - middle),
    )


def _centroid(points: FloatArray, share: FloatArray) -> FloatArray:
    weighted: FloatArray = (points * share[:, None]).sum(axis=0) / share.sum()
    return weighted
