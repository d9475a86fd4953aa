"""How likely each candidate is a seed: by its metal, its shape, its brightness, its place and its company."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from seedbed.imaging.seed_candidates import Candidate, candidates
from seedbed.imaging.seed_hypotheses import BONE_HU, ExplainedBlob, Search
from seedbed.imaging.seed_model import FloatArray

HOPELESS = 1e-4
"""Below this likelihood a blob is not looked at again: bone, mostly."""
SURE = 5.0
"""Log odds of a candidate with just the metal and the shape of a seed."""
FEW, ENOUGH = 2, 6
"""Lone candidates alike that are no company yet, and that make each as likely as can be (a local rule).
Clips, calcifications and needle pieces of scans without seeds (simulated) make up to two."""
ALONE_MISFIT, FOR_FIT, LEAST_FOR_FIT = 0.35, 2.0, 2.0
"""Cost of a fit for each independent voxel that makes a thing without company as likely a seed as not; log
odds for each e-fold; most log odds lost."""
MOST_UNLIKE = 8.0
"""Most standard deviations of the metal that are counted."""
WELL_SHAPED, PER_SHAPE = 0.90, 16.0
"""Share of the squares near a seed that a seed explains at least; log odds lost for each unit below."""
PER_DIM = 4.0
"""Log odds lost by a candidate no brighter than bone without brighter ones in its company; a fifth with
them."""
PER_DIM_PAIR = 1.5
"""Log odds lost by each of two that are one dim piece: the blurs of two seeds add up, and bone is easily
mimicked."""
USUAL_MISFIT, LEAST_MISFIT = 0.6, 0.4
"""Cost of a fit for each independent voxel: of lone seeds, where there are none to learn it from; and the
least that is called usual."""
PER_MISFIT, WORSE = 3.5, (0.8, 0.2)
"""Log odds lost for each e-fold by which a fit is worse than usual, beyond what seeds differ: bright as
metal, and no brighter than bone."""
SOUND_SHAPE, SOUND_METAL, METAL_PEAK_HU, MOST_FOR_MISFIT = 0.94, 0.35, 2200.0, 3.0
"""Shape, logarithm of metal and brightness of a candidate in company whose misfit, by bone beside it or by
streaks of others, takes no more log odds than this."""
SOFT_HU, HARD_HU, PER_BONE = 100.0, 700.0, 4.0
"""Brightest soft tissue; compact bone or a tooth, where metal is a filling; log odds lost there, and in
proportion between."""
PER_TOUCH = 1.5
"""Log odds lost by each of two seeds that touch: one thing of another shape may look like two seeds."""
LINK_MM = 5.9
"""Seeds end to end are 4.5 mm apart; by the error of the fits, or in a thin needle, pieces of its metal
are more."""
LONG_LINK_MM, METAL_HU = 11.0, 600.0
"""A link as long as two such holds where the image is nowhere darker than this: between seeds it is
tissue."""
MOST_IN_A_LINE, LONGEST_ROW_MM = 4, 17.0
"""More seeds in an unbroken line, first centre to last, are a needle or a wire (a local rule)."""
OFF_THE_LINE_MM = 1.0
"""Most distance from a line; a fit may be off sideways, and more so in thick slices."""
CLEAR_SHAPE, CLEAR_MISFIT = 0.985, 0.6
"""A candidate no brighter than bone is as good company as a bright one if seeds explain it so well: bone, in
real scans without seeds, is not explained by half as well."""
ALIKE, ALIKE_SHAPE, ALIKE_MISFIT = 0.25, 0.94, 1.8
"""Logarithm of the metal over that of one seed, shape and misfit within which candidates are alike."""
APART_MM = 2.5
"""Seeds of one blob whose axes are further apart are nearly as good as lone ones; legs of clips are
nearer."""


def confidences(scan: Search, found: list[Candidate]) -> FloatArray:
    """Return how likely each candidate is a seed, 0 to 1, by its metal, its shape and its company.

    In the company of lone seeds that are all alike the log odds start from `SURE`. Without it, a thing must
    fit as only seeds do: clips, fillings and bone are explained by some number of seeds too, but not so
    well, and never all alike. Metal, shape, brightness or a place unlike those of seeds take from the log
    odds.
    """
    if not found:
        return np.empty(0)
    traits = _Traits.of(scan, found)
    company = traits.company
    fits = FOR_FIT * np.log(ALONE_MISFIT / np.maximum(traits.misfit, 1e-3))
    odds = SURE * company + (1 - company) * np.clip(fits, -LEAST_FOR_FIT, SURE)
    unlike = np.minimum(np.abs(traits.metal) / (1.3 * scan.sight.spreads[0]), MOST_UNLIKE)
    odds -= unlike**2 / 2 + PER_SHAPE * np.maximum(0.0, WELL_SHAPED - traits.shape)
    worse = np.log(np.maximum(traits.misfit, 1e-3) / max(traits.usual_misfit, LEAST_MISFIT))
    most = np.where(traits.sound & (company == 1.0), MOST_FOR_MISFIT, np.inf)
    odds -= np.minimum(PER_MISFIT * np.maximum(0.0, worse - np.where(traits.bright, *WORSE)), most)
    dim, cluster = ~traits.bright, traits.together > 1
    odds -= PER_DIM * dim * (1.25 - company) + PER_DIM_PAIR * (dim & cluster)
    hard = (traits.background_hu - SOFT_HU) / (HARD_HU - SOFT_HU)
    odds -= PER_BONE * np.clip(hard, 0.0, 1.0)
    odds -= PER_TOUCH * np.where(traits.touching, 1.0, (1 - company) * cluster)
    odds -= SURE * (traits.aside + 1.0 * traits.lump + 2.0 * traits.line)
    confidence: FloatArray = 1 / (1 + np.exp(-odds))
    return confidence


@dataclass(frozen=True)
class _Traits:
    """What is judged of all candidates, one number each."""

    metal: FloatArray
    shape: FloatArray
    misfit: FloatArray
    background_hu: FloatArray
    together: NDArray[np.int64]
    gap_mm: FloatArray
    peak_hu: FloatArray
    touching: NDArray[np.bool_]
    aside: NDArray[np.bool_]
    lump: NDArray[np.bool_]
    line: NDArray[np.bool_]

    @classmethod
    def of(cls, scan: Search, found: list[Candidate]) -> "_Traits":
        together = np.array([each.together for each in found])
        touches = np.array([each.touches for each in found])
        return cls(
            metal=np.array([each.pose[6] for each in found]),
            shape=np.array([each.shape for each in found]),
            misfit=np.array([each.misfit for each in found]),
            background_hu=np.array([each.background_hu for each in found]),
            together=together,
            gap_mm=np.array([each.gap_mm for each in found]),
            peak_hu=np.array([each.peak_hu for each in found]),
            touching=touches > 0,
            aside=np.array([each.edge == "side" for each in found]),
            lump=(touches > 2) | ((together > 4) & (touches > 1)),
            line=in_a_line(
                np.array([each.pose[:3] for each in found]),
                scan.grid.spacing_mm[2],
                lambda points: bool(scan.ct.sample(points).min() > METAL_HU),
            ),
        )

    @property
    def bright(self) -> NDArray[np.bool_]:
        """Candidates brighter than bone."""
        bright: NDArray[np.bool_] = self.peak_hu >= BONE_HU
        return bright

    @property
    def sound(self) -> NDArray[np.bool_]:
        """Candidates brighter than any bone, with about the metal and the shape of a seed."""
        sound: NDArray[np.bool_] = (self.shape > SOUND_SHAPE) & (np.abs(self.metal) < SOUND_METAL)
        return sound & (self.peak_hu > METAL_PEAK_HU)

    @property
    def alike(self) -> NDArray[np.bool_]:
        """Candidates that are most like each other and like seeds."""
        well = (np.abs(self.metal) < ALIKE) & (self.shape > ALIKE_SHAPE) & (self.misfit < ALIKE_MISFIT)
        clear = (self.shape > CLEAR_SHAPE) & (self.misfit < CLEAR_MISFIT)
        alone = (self.together == 1) | (self.gap_mm > APART_MM)
        good: NDArray[np.bool_] = well & (self.bright | clear) & alone & ~self.aside & ~self.line
        return good

    @property
    def company(self) -> float:
        """How much a population of seeds there is, 0 to 1; one in a cluster speaks half."""
        count = float((self.alike * np.where(self.together > 1, 0.5, 1.0)).sum())
        return min(max((count - FEW) / (ENOUGH - FEW), 0.0), 1.0)

    @property
    def usual_misfit(self) -> float:
        """What seeds of this series cost a voxel."""
        return float(np.median(self.misfit[self.alike])) if self.alike.any() else USUAL_MISFIT


def hopeful(scan: Search, blobs: list[ExplainedBlob]) -> list[ExplainedBlob]:
    """Leave out blobs of which no part can become a seed any more; they are not worth more fits."""
    parts = [candidates(scan, blob) for blob in blobs]
    likely = confidences(scan, [each for part in parts for each in part])
    ends = np.cumsum([0, *(len(part) for part in parts)])
    best = [likely[start:end].max(initial=0.0) for start, end in pairwise(ends)]
    return [blob for blob, most in zip(blobs, best, strict=True) if most >= HOPELESS]


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
    for one, other in np.argwhere((apart > 0.7 * LONGEST_ROW_MM) & (apart <= 1.5 * LONGEST_ROW_MM)):
        along = (places_mm[other] - places_mm[one]) / apart[one, other]
        away = places_mm - places_mm[one]
        at = away @ along
        off = away - at[:, None] * along
        off[:, 2] = np.maximum(0.0, np.abs(off[:, 2]) - slice_mm / 2)
        near = np.flatnonzero(np.linalg.norm(off, axis=1) <= OFF_THE_LINE_MM)
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
    if bright is None or length > LONG_LINK_MM:
        return length <= LINK_MM
    return bright(one + np.linspace(0, 1, 25)[:, None] * (other - one))
