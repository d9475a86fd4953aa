"""Found seeds against planned seeds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

GATE_MM = 12.0
"""A found seed further than this from a planned place is not called the same seed; local rule."""


@dataclass(frozen=True)
class Match:
    """One-to-one match of found to planned seeds.

    Attributes
    ----------
    planned, found : ndarray of int, shape (k,)
        Indices of the pairs.
    displacement_mm : ndarray, shape (k, 3)
        Found minus planned.
    missing, extra : ndarray of int
        Planned seeds without a partner; found seeds without one.
    """

    planned: IntArray
    found: IntArray
    displacement_mm: FloatArray
    missing: IntArray
    extra: IntArray

    @property
    def distance_mm(self) -> FloatArray:
        """Length of each displacement, shape (k,)."""
        squared: FloatArray = (self.displacement_mm**2).sum(axis=1)
        return np.sqrt(squared)


def match_seeds(planned_mm: FloatArray, found_mm: FloatArray, *, gate_mm: float = GATE_MM) -> Match:
    """Match as many found to planned seeds as the gate allows, with the least sum of distances.

    Parameters
    ----------
    planned_mm : ndarray, shape (n, 3)
    found_mm : ndarray, shape (m, 3)
    gate_mm : float
        Pairs further apart are not made.

    Examples
    --------
    >>> match = match_seeds(np.array([[0.0, 0, 0], [10, 0, 0]]), np.array([[11.0, 0, 0]]))
    >>> match.planned.tolist(), match.missing.tolist(), match.distance_mm.tolist()
    ([1], [0], [1.0])
    """
    distance = cdist(planned_mm.reshape(-1, 3), found_mm.reshape(-1, 3))
    beyond = 2 * gate_mm * (1 + min(distance.shape))  # no saving of distance is worth one pair less
    rows, columns = linear_sum_assignment(np.where(distance <= gate_mm, distance, beyond))
    near = distance[rows, columns] <= gate_mm
    rows, columns = rows[near].astype(np.int64), columns[near].astype(np.int64)
    return Match(
        rows,
        columns,
        found_mm[columns] - planned_mm[rows],
        np.setdiff1d(np.arange(len(planned_mm)), rows),
        np.setdiff1d(np.arange(len(found_mm)), columns),
    )
