"""Edema and shrinkage: how the target's volume changed between two CTs, by contours and by the seeds.

After prostate implants the volume on MRI was 1.18 (sd 0.14) times that before on the day of the implantation
and 1.01 a month later, and it grew unequally by direction (Sloboda et al., Brachytherapy 9 (2010) 354,
PubMed 20116344). No figures were found for the neck.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import InputError
from seedbed.geometry import Structure
from seedbed.implant import SeedImplant
from seedbed.units import CC_PER_MM3
from seedbed.verification.drift import (
    LEAST_GROUPS,
    TAKEN_BY_FIT,
    fit_motion,
    own_groups,
    shift_words,
    tells_turn,
)
from seedbed.verification.matching import Match, checked_points, places_and_needles
from seedbed.verification.place import DIRECTIONS

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

CONTOUR_SD = 0.08
"""One sd of a contoured volume, as a part of it: five observers' bladders on cone-beam CT; prostates on the
same images had 0.20 (Nishioka et al., Radiat Oncol 8 (2013) 185). The better figure is taken, as one observer
draws both volumes; local rule."""
SD_TOLD = 2.0
"""A change within this many sd is not told from none (95 %)."""


@dataclass(frozen=True)
class VolumeChange:
    """Change of a structure between two CTs.

    Attributes
    ----------
    before_cc, after_cc : float
    before_mm, after_mm : ndarray, shape (3,)
        Extents right-left, anterior-posterior and inferior-superior.
    centre_shift_mm : ndarray, shape (3,)
        Of the centre of the volume, after minus before.
    uncertainty_pct : float
        Changes of volume up to this are within the uncertainty of contours.
    """

    before_cc: float
    after_cc: float
    before_mm: FloatArray
    after_mm: FloatArray
    centre_shift_mm: FloatArray
    uncertainty_pct: float

    @property
    def ratio_pct(self) -> float:
        """Volume after in percent of that before."""
        return 100.0 * self.after_cc / self.before_cc

    @property
    def change_pct(self) -> float:
        """Change of volume, percent of that before; positive is edema."""
        return self.ratio_pct - 100.0

    @property
    def linear_pct(self) -> float:
        """Change of length that would change the volume so, the same in all directions, percent."""
        return float(100.0 * (np.cbrt(self.after_cc / self.before_cc) - 1.0))

    @property
    def kind(self) -> str:
        """Either "edema", "shrinkage" or "no change"."""
        return _kind(self.change_pct, self.uncertainty_pct)

    @property
    def sentence(self) -> str:
        """All of it in words."""
        volumes = f"{self.before_cc:.1f} cc before, {self.after_cc:.1f} cc after ({self.change_pct:+.0f} %"
        extents = ", ".join(
            f"{'-'.join(names)} {was:.0f} to {now:.0f} mm"
            for names, was, now in zip(DIRECTIONS, self.before_mm, self.after_mm, strict=True)
        )
        within = f"within the {self.uncertainty_pct:.0f} % that contours leave uncertain"
        verdict = f"No change {within}" if self.kind == "no change" else self.kind.capitalize()
        return (
            f"{verdict}: {volumes}, {self.linear_pct:+.0f} % in length); {extents}; its centre lies "
            f"{shift_words(self.centre_shift_mm)} of where it was."
        )


@dataclass(frozen=True)
class CloudScale:
    """How much the found seeds lie wider apart than the planned ones: edema without a contour.

    Attributes
    ----------
    scale : float
        Ratio of lengths, the same in all directions.
    scale_se : float
        Its standard error; seeds of one needle taken as displaced together where the needles are known.
    pairs : int
    """

    scale: float
    scale_se: float
    pairs: int

    @property
    def volume_pct(self) -> float:
        """Change of volume that goes with it, percent."""
        return float(100.0 * (self.scale**3 - 1.0))

    @property
    def volume_se_pct(self) -> float:
        """Standard error of the change of volume, percent points."""
        return float(300.0 * self.scale**2 * self.scale_se)

    @property
    def kind(self) -> str:
        """Either "edema", "shrinkage" or "no change"."""
        return _kind(self.volume_pct, SD_TOLD * self.volume_se_pct)

    @property
    def sentence(self) -> str:
        """The change in words."""
        figure = f"{self.volume_pct:+.0f} % in volume (standard error {self.volume_se_pct:.0f})"
        words = {"edema": "wider apart than planned, as after edema", "shrinkage": "closer than planned"}
        verdict = words.get(self.kind, "as wide apart as planned")
        return f"The seeds lie {verdict}: {figure}, by {self.pairs} pairs."


def volume_change(
    before: Structure, after: Structure, *, uncertainty_pct: float | None = None
) -> VolumeChange:
    """Compare a structure on two CTs in one coordinate system.

    Parameters
    ----------
    before, after : Structure
        Both drawn, not one carried over from the other: a copy does not swell.
    uncertainty_pct : float, optional
        Changes of volume up to this are not told from none; by default two contours of `CONTOUR_SD` each.

    Raises
    ------
    InputError
        A structure without a volume; an uncertainty that is negative or not finite.

    Examples
    --------
    >>> from seedbed.geometry import PlanarContour
    >>> def box(side):
    ...     square = side / 2 * np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    ...     return Structure("box", tuple(PlanarContour(z, square) for z in np.arange(0.0, 20.0, 2.0)), 2.0)
    >>> change = volume_change(box(20.0), box(24.0))
    >>> change.kind, round(change.change_pct), change.after_mm.tolist()
    ('edema', 44, [24.0, 24.0, 20.0])
    """
    limit = 100.0 * SD_TOLD * np.sqrt(2) * CONTOUR_SD if uncertainty_pct is None else uncertainty_pct
    if not (np.isfinite(limit) and limit >= 0):
        raise InputError(f"an uncertainty of {limit} %", "zero or a percentage", "leave it out")
    for structure in (before, after):
        if not structure.volume_mm3 > 0:
            raise InputError(f"'{structure.name}' without a volume", "a closed volume", "draw it again")
    return VolumeChange(
        before_cc=before.volume_mm3 * CC_PER_MM3,
        after_cc=after.volume_mm3 * CC_PER_MM3,
        before_mm=np.subtract(*before.bounds_mm[::-1]),
        after_mm=np.subtract(*after.bounds_mm[::-1]),
        centre_shift_mm=_centre(after) - _centre(before),
        uncertainty_pct=float(limit),
    )


def seed_cloud_scale(
    planned: SeedImplant | FloatArray, found_mm: FloatArray, match: Match
) -> CloudScale | None:
    """Estimate how much the seed cloud grew, from the pairs, after the best shift and turn.

    Parameters
    ----------
    planned : SeedImplant or ndarray, shape (n, 3)
        An implant tells which seeds share a needle, for the standard error.
    found_mm : ndarray, shape (m, 3)
    match : Match
        Of a `DriftedMatch` its ``match``.

    Returns
    -------
    CloudScale or None
        None where the pairs are too few, or lie on one line: spacers hold the distances along a needle.

    Raises
    ------
    InputError
        Positions that are not finite.

    References
    ----------
    Umeyama, IEEE Trans Pattern Anal Mach Intell 13 (1991) 376, doi 10.1109/34.88573.

    Examples
    --------
    >>> from seedbed.verification import match_seeds
    >>> plan = 10.0 * np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0], [1, 0, 1], [1, 1, 1]])
    >>> grown = seed_cloud_scale(plan, 1.1 * plan, match_seeds(plan, 1.1 * plan))
    >>> round(grown.scale, 6), round(grown.volume_pct, 1)
    (1.1, 33.1)
    """
    every, needles = places_and_needles(planned)
    places = every[match.planned]
    seen = checked_points(found_mm, "found")[match.found]
    if not tells_turn(places):
        return None
    arms = fit_motion(places, seen).turn(places - places.mean(axis=0))
    wide = seen - seen.mean(axis=0)
    squared = float((arms**2).sum())
    scale = float((arms * wide).sum()) / squared
    group = own_groups(None if needles is None else needles[match.planned], len(places))
    return CloudScale(scale, _scale_error(arms, wide - scale * arms, group), len(places))


def _scale_error(arms: FloatArray, residual: FloatArray, group: IntArray) -> float:
    """Return the standard error from groups that move together, or pooled where there are few groups."""
    squared = float((arms**2).sum())
    names, number = np.unique(group, return_inverse=True)
    if len(names) < LEAST_GROUPS:
        return float(np.sqrt((residual**2).sum() / (residual.size - 7) / squared))  # shift, turn and scale
    sums = np.bincount(number, weights=(arms * residual).sum(axis=1))
    return float(np.sqrt((sums**2).sum() * len(names) / (len(names) - TAKEN_BY_FIT)) / squared)


def _kind(change_pct: float, limit_pct: float) -> str:
    if abs(change_pct) <= limit_pct:
        return "no change"
    return "edema" if change_pct > 0 else "shrinkage"


def _centre(structure: Structure) -> FloatArray:
    """Centre of the volume: each slab's middle by its area and its height."""
    middles, weights = [], []
    for plane, bottom, top in structure.slabs:
        region = structure.regions[plane]
        if region.area > 0:
            middles.append([region.centroid.x, region.centroid.y, (bottom + top) / 2])
            weights.append(region.area * (top - bottom))
    centre: FloatArray = np.average(middles, axis=0, weights=weights)
    return centre
