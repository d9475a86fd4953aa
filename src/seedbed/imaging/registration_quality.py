"""How well two CTs lie on each other, and whether a registration may be used at all.

Each number fails for another reason. Correlation is high only where tissues meet their like; two
registrations, there and back, end where they began only where the images themselves decide; bone lies on
bone; and a scan that shows little of what was to be matched proves little. The worst of them is the grade.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from seedbed.geometry.grid import FloatArray
from seedbed.imaging.matching_sight import Sight, pearson, seen_at

WINDOW_HU = (-200.0, 250.0)
"""Window of the correlation (local rule): fat, muscle and vessels count, the step to air or bone little."""
BONE_HU = 200.0
LEAST_BONE = 0.01
"""Bone is compared where it is at least this share of what is matched in both scans (local rule)."""
LEAST_SEEN = 500
"""Fewer voxels seen in both scans compare nothing."""

GOOD, DOUBTFUL, BAD = "good", "look closely", "not usable"


class Rule(NamedTuple):
    """Bounds of one number: beyond the first a registration is not good, beyond the second not usable."""

    what: str
    good: float
    usable: float


RULES = {
    "correlation": Rule("correlation of soft tissue", 0.8, 0.65),
    "bone": Rule("overlap of bone", 0.6, 0.4),
    "shared": Rule("part seen in both scans", 0.7, 0.4),
    "inverse": Rule("error there and back, mm", 1.5, 4.0),
    "turn": Rule("turn, degrees", 20.0, 40.0),
}
"""Local rules. Scans of one body registered right reach a correlation of 0.85 and more, those of different
bodies 0.5 and less."""


@dataclass(frozen=True)
class RegistrationQuality:
    """How far a registration can be trusted.

    Attributes
    ----------
    correlation_before, correlation_after : float or None
        Pearson correlation of Hounsfield units in the body, without metal, in `WINDOW_HU`, -1 to 1; None
        where the scans do not overlap.
    bone_overlap_before, bone_overlap_after : float or None
        Dice coefficient of voxels above 200 HU without metal, 0 to 1; None where there is too little bone.
    shared_part : float
        Share of what was matched that the post-implant CT shows, 0 to 1.
    inverse_consistency_mm : float
        Mean distance, at the target, between points and where they come back to by a second registration in
        the other direction, which does not know of the first.
    shift_mm : ndarray, shape (3,)
        Rigid shift of the centre of the target, LPS.
    turn_deg : ndarray, shape (3,)
        Rotation vector.

    Examples
    --------
    >>> still = np.zeros(3)
    >>> quality = RegistrationQuality(0.2, 0.4, None, None, 1.0, 0.5, still, still)
    >>> quality.grade, quality.usable, quality.words
    ('not usable', False, 'not usable: the correlation of soft tissue is 0.40, at least 0.65 needed')
    """

    correlation_before: float | None
    correlation_after: float | None
    bone_overlap_before: float | None
    bone_overlap_after: float | None
    shared_part: float
    inverse_consistency_mm: float
    shift_mm: FloatArray
    turn_deg: FloatArray

    @property
    def grade(self) -> str:
        """``"good"``, ``"look closely"`` or ``"not usable"``."""
        if self._complaints(usable=True):
            return BAD
        return DOUBTFUL if self._complaints(usable=False) else GOOD

    @property
    def usable(self) -> bool:
        """Whether contours may be carried over at all."""
        return self.grade != BAD

    @property
    def words(self) -> str:
        """The grade, and why it is no better."""
        why = self._complaints(usable=self.grade == BAD)
        return ": ".join([self.grade, "; ".join(why)]) if why else self.grade

    def _complaints(self, *, usable: bool) -> list[str]:
        """Say what lies beyond the bounds of a usable registration, or else of a good one."""
        least = {
            "correlation": -1.0 if self.correlation_after is None else self.correlation_after,
            "bone": self.bone_overlap_after,
            "shared": self.shared_part,
        }
        most = {"inverse": self.inverse_consistency_mm, "turn": float(np.linalg.norm(self.turn_deg))}
        bounds = {name: rule.usable if usable else rule.good for name, rule in RULES.items()}
        low = [
            f"the {RULES[name].what} is {value:.2f}, at least {bounds[name]:g} needed"
            for name, value in least.items()
            if value is not None and value < bounds[name]
        ]
        high = [
            f"the {RULES[name].what} is {value:.1f}, at most {bounds[name]:g} allowed"
            for name, value in most.items()
            if value > bounds[name]
        ]
        return low + high


class Likeness(NamedTuple):
    """How alike two scans are at moved points: correlation, overlap of bone, and the part seen in both."""

    correlation: float | None
    bone_overlap: float | None
    shared_part: float


def likeness(hu: NDArray[np.float64], moving: Sight, moved_mm: FloatArray) -> Likeness:
    """Compare Hounsfield units with those of another CT at moved points.

    Parameters
    ----------
    hu : ndarray, shape (n,)
        Of one CT at its points.
    moving : Sight
        The other.
    moved_mm : ndarray, shape (n, 3)
        Where the points lie in it.
    """
    seen = seen_at(moving, moved_mm)
    part = float(seen.mean()) if seen.size else 0.0
    if seen.sum() < LEAST_SEEN:
        return Likeness(None, None, part)
    here, there = hu[seen], moving.ct.sample(moved_mm[seen])
    return Likeness(pearson(here.clip(*WINDOW_HU), there.clip(*WINDOW_HU)), _bone_overlap(here, there), part)


def _bone_overlap(here: FloatArray, there: FloatArray) -> float | None:
    one, other = here > BONE_HU, there > BONE_HU
    if min(one.mean(), other.mean()) < LEAST_BONE:
        return None
    return float(2 * (one & other).sum() / (one.sum() + other.sum()))
