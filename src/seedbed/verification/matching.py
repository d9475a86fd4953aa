"""Found seeds against planned seeds."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from seedbed.errors import InputError
from seedbed.implant import SeedImplant

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
        Pairs further apart are not made; zero or more.

    Raises
    ------
    InputError
        Positions that are not finite or not of shape (n, 3); a gate that is no length.

    Examples
    --------
    >>> match = match_seeds(np.array([[0.0, 0, 0], [10, 0, 0]]), np.array([[11.0, 0, 0]]))
    >>> match.planned.tolist(), match.missing.tolist(), match.distance_mm.tolist()
    ([1], [0], [1.0])
    """
    planned_mm, found_mm = checked_points(planned_mm, "planned"), checked_points(found_mm, "found")
    check_gate(gate_mm)
    distance = cdist(planned_mm, found_mm)
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


def checked_points(points_mm: FloatArray, what: str) -> FloatArray:
    """Return positions as an array of shape (n, 3), n from zero.

    Raises
    ------
    InputError
        Another shape, or a number that is not finite.

    Examples
    --------
    >>> checked_points(np.empty(0), "found").shape
    (0, 3)
    """
    points = np.asarray(points_mm, dtype=float)
    if points.size == 0:
        return np.empty((0, 3))
    if points.ndim != 2 or points.shape[1] != 3 or not np.isfinite(points).all():
        raise InputError(
            f"{what} seeds of shape {points.shape} with {(~np.isfinite(points)).sum()} numbers not finite",
            "finite positions of shape (n, 3), mm",
            "correct the list of seeds",
        )
    return points


def places_and_needles(planned: SeedImplant | FloatArray) -> tuple[FloatArray, IntArray | None]:
    """Return planned places, shape (n, 3), and the needle of each where an implant tells; None otherwise.

    Raises
    ------
    InputError
        Positions that are not finite or not of shape (n, 3).

    Examples
    --------
    >>> places_and_needles(np.zeros((2, 3)))[1] is None
    True
    """
    if not isinstance(planned, SeedImplant):
        return checked_points(planned, "planned"), None
    known = bool((planned.needle_index >= 0).any())
    return checked_points(planned.positions_mm, "planned"), planned.needle_index if known else None


def check_gate(gate_mm: float) -> None:
    """Refuse a gate that is no length.

    Raises
    ------
    InputError
        A negative gate, or one that is not finite.
    """
    if not (np.isfinite(gate_mm) and gate_mm >= 0):
        raise InputError(
            f"a gate of {gate_mm} mm", "zero or a length", f"state it in mm, {GATE_MM:g} is usual"
        )
