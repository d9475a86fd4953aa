"""Displacement needle by needle: how far, how much deeper, how much tilted."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import InputError
from seedbed.geometry import RigidTransform
from seedbed.implant import SeedImplant
from seedbed.verification.drift import shift_words
from seedbed.verification.matching import Match

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

LEAST_FOR_TILT = 3
"""Two seeds always lie on a line: their tilt would be no more than their scatter."""
DEPTH_TOLD_MM = 0.5
"""Smaller depth errors are called none: the error of a found position at 2.5 mm slices; local rule."""
POINT_MM = 1e-6


@dataclass(frozen=True)
class NeedleDisplacement:
    """How the seeds of one needle lie against their planned places.

    Attributes
    ----------
    name : str
        As in the plan; "needle 3" where needles only have numbers (counted from 1).
    planned, found : int
        Planned seeds; those of them that were found.
    missing : tuple of int
        Numbers (from 0) of the planned seeds not found.
    mean_mm : ndarray, shape (3,), or None
        Mean displacement, found minus planned; None without a seed found.
    beyond_drift_mm : ndarray, shape (3,), or None
        The same beyond the drift of the implant; None without a drift or a seed found.
    along_mm : float or None
        Component of the mean along the needle, positive deeper; None where the direction is not known.
    across_mm : float or None
        Length of what is left of it, at right angles to the needle.
    spread_mm : float or None
        Root mean square distance of the displacements from their mean; None with fewer than two seeds.
    tilt_deg : float or None
        Angle between the lines through the found and through the planned seeds; None with fewer than three.
    depth_known : bool
        Whether the needle's tip is known; otherwise the sign of ``along_mm`` has no meaning.
    """

    name: str
    planned: int
    found: int
    missing: tuple[int, ...]
    mean_mm: FloatArray | None
    beyond_drift_mm: FloatArray | None
    along_mm: float | None
    across_mm: float | None
    spread_mm: float | None
    tilt_deg: float | None
    depth_known: bool

    @property
    def depth(self) -> str:
        """The depth error in words: "3.1 mm deeper", "2.0 mm shallower", "as deep as planned"."""
        if self.along_mm is None:
            return "depth not known"
        if abs(self.along_mm) < DEPTH_TOLD_MM:
            return "as deep as planned"
        if not self.depth_known:
            return f"{abs(self.along_mm):.1f} mm along the needle, its tip not known"
        return f"{abs(self.along_mm):.1f} mm {'deeper' if self.along_mm > 0 else 'shallower'}"

    @property
    def sentence(self) -> str:
        """All of it in words."""
        start = f"{self.name}: {self.found} of {self.planned} seeds found"
        if self.mean_mm is None:
            return f"{start}."
        across = "" if self.across_mm is None else f", {self.across_mm:.1f} mm across"
        tilt = "" if self.tilt_deg is None else f", tilted by {self.tilt_deg:.0f} degrees"
        return f"{start}, {self.depth}{across}{tilt}; on average {shift_words(self.mean_mm)} of their places."


def by_needle(
    implant: SeedImplant, match: Match, *, drift: RigidTransform | None = None
) -> tuple[NeedleDisplacement, ...]:
    """Describe the displacement of each needle that has planned seeds, in the order of the plan.

    Parameters
    ----------
    implant : SeedImplant
        As planned. Seeds of no needle (-1) are left out: nothing holds them together.
    match : Match
        Of this implant's seeds; of a `DriftedMatch` its ``match``.
    drift : RigidTransform, optional
        Of a `DriftedMatch`, to state the displacement beyond it.

    Raises
    ------
    InputError
        A match of another number of planned seeds.

    Examples
    --------
    >>> from seedbed.implant import Needle
    >>> from seedbed.verification import match_seeds
    >>> places = np.array([[0.0, 0.0, 10.0], [0.0, 0.0, 20.0], [0.0, 0.0, 30.0]])
    >>> needle = Needle("A", (0.0, 0.0, -40.0), (0.0, 0.0, 32.0))
    >>> plan = SeedImplant("6711", places, None, np.ones(3), (needle,), np.zeros(3, dtype=int))
    >>> (seen,) = by_needle(plan, match_seeds(places, places + [1.0, 0.0, 3.0]))
    >>> seen.depth, seen.across_mm, seen.tilt_deg
    ('3.0 mm deeper', 1.0, 0.0)
    """
    matched = len(match.planned) + len(match.missing)
    if matched != implant.count:
        raise InputError(
            f"a match of {matched} planned seeds for a plan of {implant.count}",
            "a match of the same plan",
            "match the seeds again",
        )
    numbers = np.unique(implant.needle_index[implant.needle_index >= 0])
    return tuple(_needle(implant, match, int(number), drift) for number in numbers)


def _needle(
    implant: SeedImplant, match: Match, number: int, drift: RigidTransform | None
) -> NeedleDisplacement:
    mine = implant.needle_index == number
    places = implant.positions_mm[mine]
    pairs = np.flatnonzero(mine[match.planned])
    moves, at = match.displacement_mm[pairs], implant.positions_mm[match.planned[pairs]]
    direction = _direction(implant, number, places)
    mean = moves.mean(axis=0) if len(pairs) else None
    along, across = _components(mean, direction)
    return NeedleDisplacement(
        name=implant.needles[number].name if implant.needles else f"needle {number + 1}",
        planned=len(places),
        found=len(pairs),
        missing=tuple(int(seed) for seed in match.missing[mine[match.missing]]),
        mean_mm=mean,
        beyond_drift_mm=(at + moves - drift.apply(at)).mean(axis=0) if drift and len(pairs) else None,
        along_mm=along,
        across_mm=across,
        spread_mm=float(np.sqrt(moves.var(axis=0).sum())) if len(pairs) > 1 else None,
        tilt_deg=_tilt(direction, at + moves),
        depth_known=_length_mm(implant, number) > POINT_MM,
    )


def _length_mm(implant: SeedImplant, number: int) -> float:
    return implant.needles[number].length_mm if implant.needles else 0.0


def _direction(implant: SeedImplant, number: int, places: FloatArray) -> FloatArray | None:
    """Entry to tip where the needle is known, else the line through its planned seeds."""
    if _length_mm(implant, number) > POINT_MM:
        return implant.needles[number].direction
    return _line(places)


def _line(points: FloatArray) -> FloatArray | None:
    """Return the unit vector of the line that fits points best; None where they are one point."""
    _, spread, axes = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)
    axis: FloatArray = axes[0]
    return axis if spread[0] > POINT_MM else None


def _components(mean: FloatArray | None, direction: FloatArray | None) -> tuple[float | None, float | None]:
    if mean is None or direction is None:
        return None, None
    along = float(mean @ direction)
    return along, float(np.linalg.norm(mean - along * direction))


def _tilt(direction: FloatArray | None, found: FloatArray) -> float | None:
    """Angle between lines: 0 to 90 degrees."""
    line = _line(found) if len(found) >= LEAST_FOR_TILT else None
    if direction is None or line is None:
        return None
    across = np.linalg.norm(np.cross(direction, line))
    return float(np.degrees(np.arctan2(across, abs(direction @ line))))
