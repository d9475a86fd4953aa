"""The arrays of the search: possible seeds, a plan in the making, and what is asked of the dose."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Int = NDArray[np.int64]


class Rows(NamedTuple):
    """All possible seeds and where their dose goes.

    Attributes
    ----------
    dose : ndarray of float32, shape (rows, points)
        Dose in units of the prescription.
    needle, slot : ndarray of int, shape (rows,)
        Needle of each row; rows of one slot exclude each other (strengths of one position).
    first, length : ndarray of int, shape (needles,)
        First row of each needle and how many it has; they lie together.
    near : ndarray of int, shape (rows, k)
        Rows whose positions are nearest.
    clash : ndarray of bool, shape (needles, needles)
        Needles that cannot both be used.
    fixed : ndarray of bool, shape (rows,)
        Rows that stay as they are at the start.
    free : ndarray of bool, shape (needles,)
        Needles that cost nothing: they are in the body already.
    """

    dose: Float32
    needle: Int
    slot: Int
    first: Int
    length: Int
    near: Int
    clash: NDArray[np.bool_]
    fixed: NDArray[np.bool_]
    free: NDArray[np.bool_]


class State(NamedTuple):
    """A plan during the search; changed in place.

    Attributes
    ----------
    on : ndarray of bool, shape (rows,)
    used : ndarray of bool, shape (slots,)
    seeds_on : ndarray of int, shape (needles,)
        Seeds on each needle.
    chosen : ndarray of int, shape (rows,)
        The rows that are on and may be changed come first.
    number : ndarray of int, shape (3,)
        Rows in ``chosen``, seeds in all, needles that cost something.
    """

    on: NDArray[np.bool_]
    used: NDArray[np.bool_]
    seeds_on: Int
    chosen: Int
    number: Int


class Terms(NamedTuple):
    """What the energy asks of the dose, one entry a term; terms of one structure lie together.

    Attributes
    ----------
    start : ndarray of int, shape (structures + 1,)
        First point of each structure, the target first, and the number of points.
    first : ndarray of int, shape (structures + 1,)
        First term of each structure, and the number of terms.
    level : ndarray of float32
        Dose, in units of the prescription.
    sense : ndarray of int
        1: at least ``limit`` percent of the structure get ``level``; -1: at most; 0: as little as possible.
    limit, weight : ndarray of float32
        Percent of the structure, and energy for each percent missed; not negative.
    shortfall_limit, shortfall_weight : float
        Of the mean shortfall of the target, percent of the prescription.
    """

    start: Int
    first: Int
    level: Float32
    sense: Int
    limit: Float32
    weight: Float32
    shortfall_limit: float
    shortfall_weight: float
