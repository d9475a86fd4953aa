"""Straight, unbroken lines of more seeds than are put end to end: needles and wires."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from seedbed.imaging.seed_model import FloatArray
from seedbed.imaging.volume import CtVolume

LINK_MM = 5.9
"""Seeds end to end are 4.5 mm apart; by the error of the fits, or in a thin needle, pieces of its metal
are more."""
OVERLAP_MM = 4.2
"""Two whose centres are nearer along a line hold the same metal, bright between them or not."""
LONG_LINK_MM, METAL_HU = 25.0, 600.0
"""A link as long as this holds where the image is nowhere darker than that: between seeds it is tissue."""
MOST_IN_A_LINE, LONGEST_ROW_MM = 4, 17.0
"""More seeds in an unbroken line, first centre to last, are a needle or a wire (a local rule)."""
OFF_THE_LINE_MM = 1.0
"""Most distance from a line; a fit may be off sideways, and more so in thick slices."""


def lines_of_metal(ct: CtVolume, places_mm: FloatArray) -> NDArray[np.bool_]:
    """Tell which places of a CT belong to a needle or a wire: see `in_a_line`."""
    return in_a_line(
        places_mm, ct.grid.spacing_mm[2], lambda points: bool(ct.sample(points).min() > METAL_HU)
    )


def in_a_line(
    places_mm: FloatArray, slice_mm: float = 0.0, bright: Callable[[FloatArray], bool] | None = None
) -> NDArray[np.bool_]:
    """Tell which places belong to a straight, unbroken line of more seeds than are put end to end.

    A needle or a wire is explained by such a line. Thick slices leave heights open, so links may be longer
    by half a slice along z. A longer link holds where the image is bright all along it.

    Parameters
    ----------
    places_mm : ndarray, shape (n, 3)
        Centres.
    slice_mm : float
        Distance of slices.
    bright : callable (points_mm) -> bool, optional
        Whether the image is bright as metal at all these points.

    Examples
    --------
    >>> row = np.array([[4.5 * number, 0.1, 0.0] for number in range(6)])
    >>> [bool(in_a_line(places).any()) for places in (row, row[:4], 2 * row)]
    [True, False, False]
    """
    found = np.zeros(len(places_mm), dtype=bool)
    apart = np.linalg.norm(places_mm[:, None] - places_mm, axis=2)
    apart_so = (apart > 0.7 * LONGEST_ROW_MM) & (apart <= 1.5 * LONGEST_ROW_MM)
    for one, other in np.argwhere(np.triu(apart_so)):
        along = (places_mm[other] - places_mm[one]) / apart[one, other]
        away = places_mm - places_mm[one]
        at = away @ along
        off = away - at[:, None] * along
        off[:, 2] = np.maximum(0.0, np.abs(off[:, 2]) - slice_mm / 2)
        near = np.flatnonzero(np.linalg.norm(off, axis=1) <= OFF_THE_LINE_MM)
        if len(near) <= MOST_IN_A_LINE:
            continue
        near = near[np.argsort(at[near])]
        broken = [
            not _linked(places_mm[first], places_mm[second], slice_mm, bright)
            for first, second in pairwise(near)
        ]
        for run in np.split(near, np.flatnonzero(broken) + 1):
            if len(run) > MOST_IN_A_LINE and np.ptp(at[run]) > LONGEST_ROW_MM:
                found[run] = True
    return found


def _linked(
    one: FloatArray, other: FloatArray, slice_mm: float, bright: Callable[[FloatArray], bool] | None
) -> bool:
    step = np.abs(other - one)
    step[2] = max(0.0, step[2] - slice_mm / 2)
    length = float(np.linalg.norm(step))
    if length <= OVERLAP_MM:
        return True
    if bright is None or length > LONG_LINK_MM:
        return length <= LINK_MM
    return bright(one + np.linspace(0, 1, 25)[:, None] * (other - one))
