"""Seeds cannot lie in one another: how near the capsules of two seeds come."""

import numpy as np
from numpy.typing import NDArray

from seedbed.dosimetry import Source
from seedbed.errors import NoPlanError
from seedbed.implant import SeedImplant

FloatArray = NDArray[np.float64]
CONTACT_MM = 1e-6
"""Capsules that touch are allowed; this is the rounding."""


def segment_distance_mm(
    first_mm: FloatArray, first_half: FloatArray, second_mm: FloatArray, second_half: FloatArray
) -> FloatArray:
    """Least distance of pairs of straight segments.

    Parameters
    ----------
    first_mm, second_mm : ndarray, shape (..., 3)
        Middles.
    first_half, second_half : ndarray, shape (..., 3)
        From the middle to an end; zero for a point.

    Returns
    -------
    ndarray, shape (...)
        mm.

    Examples
    --------
    >>> x, z = np.array([2.0, 0.0, 0.0]), np.array([0.0, 0.0, 2.0])
    >>> float(segment_distance_mm(np.zeros(3), z, np.array([5.0, 0.0, 0.0]), x))
    3.0
    """
    apart = np.asarray(first_mm) - np.asarray(second_mm)
    u, v, w = _dot(first_half, first_half), _dot(first_half, second_half), _dot(second_half, second_half)
    p, q = _dot(first_half, apart), _dot(second_half, apart)
    across = u * w - v * v
    s = np.clip(_ratio(v * q - w * p, across), -1, 1)
    t = np.clip(_ratio(v * s + q, w), -1, 1)
    s = np.clip(_ratio(v * t - p, u), -1, 1)
    gap = apart + s[..., None] * first_half - t[..., None] * second_half
    distance: FloatArray = np.sqrt(_dot(gap, gap))
    return distance


def refuse_overlap(source: Source, implant: SeedImplant, changed: list[int]) -> None:
    """Refuse seeds that lie in another seed.

    A capsule is taken as its axis, shortened by its diameter, with half a diameter about it, so that seeds in
    line may touch end to end. A seed whose axis is not known is taken as a ball of that diameter about its
    centre: only what overlaps however it points is refused.

    Parameters
    ----------
    source : Source
        Gives length and diameter of the capsule.
    implant : SeedImplant
    changed : list of int
        Seeds to compare with all others: what was too near before an edit is not the fault of the edit.

    Raises
    ------
    NoPlanError
        Names the two seeds and how near they are.

    Examples
    --------
    >>> from seedbed.dosimetry import load_source
    >>> up = np.tile([[0.0, 0.0, 1.0]], (2, 1))
    >>> refuse_overlap(load_source("6711"), SeedImplant("6711", np.array([[0, 0, 0], [0, 0, 4.0]]), up,
    ...                np.ones(2)), [1])
    Traceback (most recent call last):
    seedbed.errors.NoPlanError: seed 1 overlaps seed 0: their axes come within 0.3 mm; ...
    """
    others = np.setdiff1d(np.arange(implant.count), changed)
    rows = np.array(changed, dtype=np.int64)
    _refuse_pairs(source, implant, np.repeat(rows, len(others)), np.tile(others, len(rows)))
    first, second = np.triu_indices(len(rows), 1)
    _refuse_pairs(source, implant, rows[second], rows[first])


def _refuse_pairs(
    source: Source, implant: SeedImplant, first: NDArray[np.int64], second: NDArray[np.int64]
) -> None:
    if not len(first):
        return
    reach = (source.capsule_length_mm - source.capsule_diameter_mm) / 2
    half = reach * implant.directions
    place = implant.positions_mm
    length, width = source.capsule_length_mm, source.capsule_diameter_mm
    distance = segment_distance_mm(place[first], half[first], place[second], half[second])
    worst = int(distance.argmin())
    if distance[worst] < width - CONTACT_MM:
        raise NoPlanError(
            f"seed {first[worst]} overlaps seed {second[worst]}: their axes come within "
            f"{distance[worst]:.1f} mm",
            f"{width:g} mm or more between capsules of {length:g} x {width:g} mm",
            "put it farther away",
        )


def _dot(one: FloatArray, other: FloatArray) -> FloatArray:
    product: FloatArray = np.sum(np.asarray(one) * other, axis=-1)
    return product


def _ratio(above: FloatArray, below: FloatArray) -> FloatArray:
    """Quotient, zero where there is nothing to divide by: parallel segments or points."""
    sound = below > 1e-12
    ratio: FloatArray = np.where(sound, above / np.where(sound, below, 1.0), 0.0)
    return ratio
