"""Seeds and needles: where they lie, how they point, how strong they are."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import DoseError

Vector = tuple[float, float, float]
FloatArray = NDArray[np.float64]
UNIT_TOLERANCE = 1e-3
"""Axes written with four decimals are unit vectors still; the dose uses them as given, scaled to length 1."""


@dataclass(frozen=True)
class Needle:
    """A straight needle from the skin to its deepest point, LPS mm."""

    name: str
    entry_mm: Vector
    tip_mm: Vector

    @property
    def direction(self) -> FloatArray:
        """Unit vector from entry to tip, shape (3,)."""
        along: FloatArray = np.subtract(self.tip_mm, self.entry_mm, dtype=float)
        return along / np.linalg.norm(along)

    @property
    def length_mm(self) -> float:
        """Distance from entry to tip."""
        return float(np.linalg.norm(np.subtract(self.tip_mm, self.entry_mm)))


@dataclass(frozen=True)
class SeedImplant:
    """Seeds of one source model at one reference time.

    Attributes
    ----------
    source : str
        Name of the source model, as `seedbed.dosimetry.load_source` knows it.
    positions_mm : ndarray, shape (n, 3)
        Seed centres, LPS mm.
    axes : ndarray, shape (n, 3), or None
        Unit vectors along the seeds, and a row of zeros for a seed whose orientation is not known. None where
        that of no seed is known; zeros for all become None.
    strengths_u : ndarray, shape (n,)
        Air-kerma strength of each seed at the time of implantation, U (not negative).
    needles : tuple of Needle
        Needles used; empty when not known (seeds found on a CT).
    needle_index : ndarray of int, shape (n,)
        Needle of each seed; -1 when not known. Without needles the numbers only say which seeds belong
        together.

    Examples
    --------
    >>> SeedImplant("6711", np.zeros((1, 3)), np.array([[0.0, 0.0, 1.0]]), np.array([0.889])).count
    1

    The second seed was found on a CT, its orientation was not:

    >>> axes = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
    >>> SeedImplant("6711", np.zeros((2, 3)), axes, np.ones(2)).axis_known
    array([ True, False])
    """

    source: str
    positions_mm: FloatArray
    axes: FloatArray | None
    strengths_u: FloatArray
    needles: tuple[Needle, ...] = ()
    needle_index: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __post_init__(self) -> None:
        for name in ("positions_mm", "axes", "strengths_u"):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, np.asarray(getattr(self, name), dtype=float))
        check_seeds(self.positions_mm, self.axes, self.strengths_u)
        if self.count and not self.axis_known.any():
            object.__setattr__(self, "axes", None)
        if self.needle_index.size == 0:
            object.__setattr__(self, "needle_index", np.full(self.count, -1, dtype=np.int64))
        self._check_needles()

    def _check_needles(self) -> None:
        last = len(self.needles) - 1 if self.needles else np.iinfo(np.int64).max
        index = np.asarray(self.needle_index)
        if index.shape != (self.count,) or (index < -1).any() or (index > last).any():
            raise DoseError(
                f"needle numbers {index.tolist()} for {self.count} seeds on {len(self.needles)} needles",
                "one number for each seed, that of a needle in the list or -1",
                "correct the list of needles",
            )

    @property
    def count(self) -> int:
        """Number of seeds."""
        return len(self.positions_mm)

    @property
    def axis_known(self) -> NDArray[np.bool_]:
        """Whether the orientation of each seed is known, shape (n,)."""
        return known_axes(self.axes, self.count)

    @property
    def directions(self) -> FloatArray:
        """Axis of each seed, shape (n, 3); zeros where it is not known."""
        return np.zeros((self.count, 3)) if self.axes is None else self.axes

    def only(self, seeds: Sequence[int]) -> "SeedImplant":
        """Return the implant of some of the seeds, by their numbers from 0; the needles stay.

        Raises
        ------
        DoseError
            No seed of one of the numbers.

        Examples
        --------
        >>> SeedImplant("6711", np.zeros((3, 3)), None, np.array([0.5, 0.6, 0.7])).only([2]).strengths_u
        array([0.7])
        """
        for seed in seeds:
            self._check_number(seed)
        pick = np.asarray(seeds, dtype=np.int64)
        return replace(
            self,
            positions_mm=self.positions_mm[pick],
            axes=None if self.axes is None else self.axes[pick],
            strengths_u=self.strengths_u[pick],
            needle_index=self.needle_index[pick],
        )

    def without_seed(self, seed: int) -> "SeedImplant":
        """Return the implant without one seed."""
        self._check_number(seed)
        return self.only([other for other in range(self.count) if other != seed])

    def with_seed(self, position_mm: FloatArray, axis: FloatArray | None, strength_u: float) -> "SeedImplant":
        """Return the implant with one more seed, which is the last; it is on no needle.

        Parameters
        ----------
        position_mm : ndarray, shape (3,)
        axis : ndarray, shape (3,), or None
            None where its orientation is not known.
        strength_u : float

        Raises
        ------
        DoseError
            A seed without meaning.

        Examples
        --------
        >>> one = SeedImplant("6711", np.zeros((1, 3)), None, np.ones(1))
        >>> one.with_seed(np.array([0.0, 0.0, 9.0]), np.array([0.0, 0.0, 1.0]), 0.7).axis_known
        array([False,  True])
        """
        return replace(
            self,
            positions_mm=np.vstack([self.positions_mm, np.asarray(position_mm, dtype=float)]),
            axes=np.vstack([self.directions, np.zeros(3) if axis is None else axis]),
            strengths_u=np.append(self.strengths_u, strength_u),
            needle_index=np.append(self.needle_index, -1),
        )

    def with_seed_at(
        self, seed: int, position_mm: FloatArray, axis: FloatArray | None = None
    ) -> "SeedImplant":
        """Return the implant with one seed elsewhere, turned to ``axis`` where one is given."""
        self._check_number(seed)
        positions, axes = self.positions_mm.copy(), self.directions.copy()
        positions[seed] = position_mm
        if axis is not None:
            axes[seed] = axis
        return replace(self, positions_mm=positions, axes=axes)

    def joined(self, other: "SeedImplant") -> "SeedImplant":
        """Return the implant with the seeds and needles of another one beside it.

        Raises
        ------
        DoseError
            Another source model.

        Examples
        --------
        >>> one = SeedImplant("6711", np.zeros((1, 3)), None, np.ones(1))
        >>> one.joined(one).count
        2
        """
        if other.source != self.source:
            raise DoseError(
                f"seeds '{other.source}' beside seeds '{self.source}'", "one seed model", "plan with that"
            )
        return SeedImplant(
            self.source,
            np.vstack([self.positions_mm, other.positions_mm]),
            np.vstack([self.directions, other.directions]),
            np.concatenate([self.strengths_u, other.strengths_u]),
            needles=self.needles + other.needles,
            needle_index=_shifted(self, other),
        )

    def _check_number(self, seed: int) -> None:
        if not 0 <= seed < self.count:
            raise DoseError(
                f"seed number {seed}", f"a number from 0 to {self.count - 1}", "count the seeds from 0"
            )


def _shifted(first: SeedImplant, second: SeedImplant) -> NDArray[np.int64]:
    """Needle numbers of two implants in one list; numbers without needles are dropped beside needles."""
    if first.needles or second.needles:
        kept = [each.needle_index if each.needles else np.full(each.count, -1) for each in (first, second)]
        offset = len(first.needles)
    else:
        kept, offset = [first.needle_index, second.needle_index], int(first.needle_index.max(initial=-1)) + 1
    return np.concatenate([kept[0], np.where(kept[1] >= 0, kept[1] + offset, -1)]).astype(np.int64)


def check_seeds(positions_mm: FloatArray, axes: FloatArray | None, strengths_u: FloatArray) -> None:
    """Refuse seeds that have no physical meaning.

    Raises
    ------
    DoseError
        Wrong shapes, NaN, a negative strength, or an axis that is neither a unit vector nor three zeros.

    Examples
    --------
    >>> check_seeds(np.zeros((1, 3)), np.zeros((1, 3)), np.ones(1))  # its orientation is not known
    """
    count = len(positions_mm)
    if np.shape(positions_mm) != (count, 3) or not np.isfinite(positions_mm).all():
        raise DoseError(
            f"seed positions of shape {np.shape(positions_mm)}",
            "finite numbers of shape (n, 3) in mm",
            "check the list of seeds",
        )
    if np.shape(strengths_u) != (count,):
        raise DoseError(
            f"strengths of shape {np.shape(strengths_u)} for {count} seeds",
            f"shape ({count},)",
            "give one air-kerma strength in U for each seed",
        )
    wrong = np.flatnonzero(~(np.isfinite(strengths_u) & (np.asarray(strengths_u) >= 0)))
    if wrong.size:
        raise DoseError(
            f"seed {wrong[0] + 1} has an air-kerma strength of {strengths_u[wrong[0]]} U",
            "a finite strength, zero or more",
            "correct the assay value",
        )
    if axes is not None:
        _check_axes(axes, count)


def _check_axes(axes: FloatArray, count: int) -> None:
    if np.shape(axes) != (count, 3):
        raise DoseError(
            f"seed axes of shape {np.shape(axes)} for {count} seeds",
            f"shape ({count}, 3)",
            "give one unit vector for each seed, three zeros where its orientation is not known",
        )
    length = np.linalg.norm(axes, axis=1)
    wrong = np.flatnonzero(known_axes(axes, count) & ~(np.abs(length - 1) <= UNIT_TOLERANCE))
    if wrong.size:
        raise DoseError(
            f"the axis of seed {wrong[0] + 1} has the length {length[wrong[0]]:.6g}",
            "a unit vector, or three zeros where the orientation is not known",
            "divide it by its length",
        )


def known_axes(axes: FloatArray | None, count: int) -> NDArray[np.bool_]:
    """Tell which of ``count`` seeds have an axis: a row that is not three zeros; shape (count,).

    Examples
    --------
    >>> known_axes(np.array([[0.0, 0.0, 0.0], [0.0, 1.0, 0.0]]), 2), known_axes(None, 1)
    (array([False,  True]), array([False]))
    """
    if axes is None:
        return np.zeros(count, dtype=bool)
    known: NDArray[np.bool_] = (np.asarray(axes) != 0).any(axis=1)
    return known
