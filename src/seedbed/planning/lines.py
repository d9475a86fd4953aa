"""Lattices of lines through a target: for each direction four, shifted by half a spacing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.planning.anatomy import Anatomy
from seedbed.planning.needle_rules import NeedleRules
from seedbed.planning.paths import Paths, follow_paths
from seedbed.planning.seats import TargetVoxels, seat_offsets

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
SHIFTS = ((0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5))


@dataclass(frozen=True)
class Lines:
    """Lines with seats on them.

    Attributes
    ----------
    direction : ndarray of int, shape (n,)
        Number of the direction that a line belongs to.
    lattice : ndarray of int, shape (n,)
        Which of the lattices of its direction.
    feet_mm, along : ndarray, shape (n, 3)
        A point of each line, and the unit vector of push.
    offsets : ndarray, shape (n, k)
        Seats as distances from the foot along the push, deepest first, NaN beyond the last.
    count : ndarray of int, shape (n,)
        Seats of each line, at least one.
    """

    direction: IntArray
    lattice: IntArray
    feet_mm: FloatArray
    along: FloatArray
    offsets: FloatArray
    count: IntArray

    def only(self, which: NDArray[np.bool_] | IntArray) -> "Lines":
        """Pick some of the lines."""
        return Lines(*(array[which] for array in vars(self).values()))

    def tips_mm(self, rules: NeedleRules) -> FloatArray:
        """Deepest end of the deepest seed of each line, shape (n, 3)."""
        return self.feet_mm + (self.offsets[:, :1] + rules.seed_half_mm) * self.along

    def seats_mm(self) -> list[FloatArray]:
        """Seed centres of each line, shape (k, 3)."""
        return [
            foot + offsets[:count, None] * along
            for foot, offsets, count, along in zip(
                self.feet_mm, self.offsets, self.count, self.along, strict=True
            )
        ]

    def follow(self, anatomy: Anatomy, rules: NeedleRules) -> Paths:
        """Follow a needle along each line."""
        return follow_paths(anatomy, self.tips_mm(rules), self.along, rules)

    def seats_by(self, what: IntArray, count: int, which: NDArray[np.bool_] | None = None) -> IntArray:
        """Sum of seats by a number of each line, of all or of some lines, shape (count,)."""
        weights = self.count if which is None else self.count * which
        return np.bincount(what, weights, minlength=count).astype(np.int64)


def joined(parts: Sequence[Lines]) -> Lines:
    """Join lines through one target; the numbers of directions and lattices are those of their parts."""
    return Lines(*(np.concatenate(arrays) for arrays in zip(*(vars(p).values() for p in parts), strict=True)))


def lines_through(
    voxels: TargetVoxels,
    directions: FloatArray,
    rules: NeedleRules,
    *,
    spacing_mm: float,
    shifts: tuple[tuple[float, float], ...] = SHIFTS,
) -> Lines:
    """All lines of some lattices along each direction that hold a seed.

    Parameters
    ----------
    voxels : TargetVoxels
    directions : ndarray, shape (n, 3)
        Unit vectors of push; none along z.
    rules : NeedleRules
    spacing_mm : float
        Distance of neighbouring lines.
    shifts : tuple of pairs
        How far each lattice is shifted along its columns and rows, in spacings.
    """
    feet, direction, lattice = [], [], []
    for number, along in enumerate(directions):
        for shift, places in enumerate(_feet(voxels, along, spacing_mm, shifts)):
            feet.append(places)
            direction.append(np.full(len(places), number))
            lattice.append(np.full(len(places), shift))
    points, numbers = np.concatenate(feet), np.concatenate(direction)
    offsets, count = seat_offsets(voxels, points, directions[numbers], rules)
    lines = Lines(numbers, np.concatenate(lattice), points, directions[numbers], offsets, count)
    return lines.only(count > 0)


def across_and_up(along: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Directions of a lattice's columns (in the axial plane) and rows, at right angles to the push.

    Examples
    --------
    >>> across, up = across_and_up(np.array([1.0, 0.0, 0.0]))
    >>> across.tolist(), up.tolist()
    ([0.0, 1.0, 0.0], [0.0, 0.0, 1.0])
    """
    across = np.array([-along[1], along[0], 0.0]) / np.hypot(along[0], along[1])
    return across + 0.0, np.cross(along, across) + 0.0


def _feet(
    voxels: TargetVoxels, along: FloatArray, spacing_mm: float, shifts: tuple[tuple[float, float], ...]
) -> list[FloatArray]:
    """Points of lattices through the middle of the target, each of shape (n, 3)."""
    across, up = across_and_up(along)
    lower, upper = voxels.structure.bounds_mm
    half = (upper - lower) / 2
    wide, high = float(np.abs(across) @ half), float(np.abs(up) @ half)
    lattices = []
    for shift_across, shift_up in shifts:
        columns, rows = _places(wide, shift_across, spacing_mm), _places(high, shift_up, spacing_mm)
        flat = rows[:, None, None] * up + columns[None, :, None] * across
        lattices.append(voxels.middle_mm + flat.reshape(-1, 3))
    return lattices


def _places(reach_mm: float, shift: float, spacing_mm: float) -> FloatArray:
    """Multiples of the spacing, shifted by a share of it, within the reach on both sides of zero."""
    count = int(reach_mm / spacing_mm) + 1
    places = (np.arange(-count, count + 1, dtype=float) + shift) * spacing_mm
    return places[np.abs(places) <= reach_mm]
