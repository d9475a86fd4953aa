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
        Unit vectors along the seeds; None where the orientation is not known.
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

        Raises
        ------
        DoseError
            A seed without meaning; an axis where the others have none, or none where they have one.
        """
        if self.count and (axis is None) != (self.axes is None):
            raise DoseError(
                f"a seed {'without' if axis is None else 'with'} an axis",
                f"one {'without' if self.axes is None else 'with'}, as the other seeds",
                "give all seeds an axis, or none",
            )
        axes = None if axis is None else np.vstack([*(() if self.axes is None else self.axes), axis])
        return replace(
            self,
            positions_mm=np.vstack([self.positions_mm, np.asarray(position_mm, dtype=float)]),
            axes=axes,
            strengths_u=np.append(self.strengths_u, strength_u),
            needle_index=np.append(self.needle_index, -1),
        )

    def with_seed_at(
        self, seed: int, position_mm: FloatArray, axis: FloatArray | None = None
    ) -> "SeedImplant":
        """Return the implant with one seed elsewhere, turned to ``axis`` where one is given."""
        self._check_number(seed)
        positions, axes = self.positions_mm.copy(), None if self.axes is None else self.axes.copy()
        positions[seed] = position_mm
        if axis is not None:
            if axes is None:
                raise DoseError("an axis for a seed", "none, as the other seeds", "leave it out")
            axes[seed] = axis
        return replace(self, positions_mm=positions, axes=axes)

    def joined(self, other: "SeedImplant") -> "SeedImplant":
        """Return the implant with the seeds and needles of another one beside it.

        Raises
        ------
        DoseError
            Another source model; axes in one and none in the other.

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
        if not self.count or not other.count:
            return replace(self if self.count else other, needles=self.needles + other.needles,
                           needle_index=_shifted(self, other))  # fmt: skip
        if (self.axes is None) != (other.axes is None):
            raise DoseError(
                "seeds with axes beside seeds without", "all or none with axes", "leave the axes out"
            )
        return SeedImplant(
            self.source,
            np.vstack([self.positions_mm, other.positions_mm]),
            None if self.axes is None or other.axes is None else np.vstack([self.axes, other.axes]),
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
        Wrong shapes, NaN, a negative strength or an axis that is not a unit vector.
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
            "give one unit vector for each seed, or None when the orientation is not known",
        )
    length = np.linalg.norm(axes, axis=1)
    wrong = np.flatnonzero(~(np.abs(length - 1) <= UNIT_TOLERANCE))
    if wrong.size:
        raise DoseError(
            f"the axis of seed {wrong[0] + 1} has the length {length[wrong[0]]:.6g}",
            "a unit vector",
            "divide it by its length, or give None when the orientation is not known",
        )
