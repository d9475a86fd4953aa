"""What is judged of all candidates of a scan: each against what a seed of this series shows on this grid."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from seedbed.imaging.seed_candidates import Candidate
from seedbed.imaging.seed_hypotheses import BONE_HU, Search
from seedbed.imaging.seed_lines import lines_of_metal
from seedbed.imaging.seed_model import FloatArray
from seedbed.tables import read_table

FEW, ENOUGH = 2, 6
"""Lone candidates alike that are no company yet, and that make each as likely as can be (a local rule).
Clips, calcifications and needle pieces of scans without seeds (simulated) make up to two."""
LEAST_USUAL_MISFIT = 0.4
"""Cost of a fit for each independent voxel: the least that is called usual, and that of seeds without
company."""
MOST_FOR_FIT = 2.5
"""Most e-folds that count by which a fit is better than the usual."""
METAL_SPREAD, MOST_SPREADS = 0.10, 6.0
"""Standard deviation of the logarithm of the metal of seeds of one series; most of these that are counted."""
PER_SHAPE, MOST_UNSHAPED = 10.0, 3.0
"""A tenth of the squares near a seed that it does not explain is one; most that are counted."""
METAL_HU = 2200.0
"""What is brighter than this is metal; dim is what is no brighter than bone, and in proportion between. It
counts without company only: among seeds, one that lies between two slices is dim, too."""
MOST_ODD = 6.0
"""Most standard deviations from how seeds are seen that are counted."""
DIAMETER_MM, HALF = 0.8, 2.0
"""Axes nearer than a diameter overlap; half a millimetre is one."""
MOST_TOGETHER = 3
"""Most other seeds of the same blob, beyond those that touch, that are counted."""
CLEAR_SHAPE, CLEAR_MISFIT = 0.985, 0.6
"""A candidate no brighter than bone is as good company as a bright one if seeds explain it so well: bone, in
real scans without seeds, is not explained by half as well."""
ALIKE, ALIKE_SHAPE, ALIKE_MISFIT = 0.25, 0.94, 1.8
"""Logarithm of the metal over that of one seed, shape and misfit within which candidates are alike."""
APART_MM = 2.5
"""Seeds of one blob whose axes are further apart are nearly as good as lone ones; legs of clips are
nearer."""


@dataclass(frozen=True)
class Traits:
    """What is judged of all candidates, one number each."""

    metal: FloatArray
    shape: FloatArray
    misfit: FloatArray
    own_misfit: FloatArray
    odd_sight: FloatArray
    background_hu: FloatArray
    together: NDArray[np.int64]
    touches: NDArray[np.int64]
    beside: NDArray[np.int64]
    gap_mm: FloatArray
    peak_hu: FloatArray
    aside: NDArray[np.bool_]
    line: NDArray[np.bool_]

    @classmethod
    def of(cls, scan: Search, found: list[Candidate]) -> "Traits":
        """Gather the traits of some candidates, one at least."""

        def each(name: str) -> FloatArray:
            return np.array([getattr(one, name) for one in found], dtype=float)

        return cls(
            metal=np.array([one.pose[6] for one in found]),
            shape=each("shape"),
            misfit=each("misfit"),
            own_misfit=each("own_misfit"),
            odd_sight=each("odd_sight"),
            background_hu=each("background_hu"),
            together=each("together").astype(np.int64),
            touches=each("touches").astype(np.int64),
            beside=each("beside").astype(np.int64),
            gap_mm=each("gap_mm"),
            peak_hu=each("peak_hu"),
            aside=np.array([one.edge == "side" for one in found]),
            line=lines_of_metal(scan.ct, np.array([one.pose[:3] for one in found])),
        )

    @property
    def dim(self) -> NDArray[np.bool_]:
        """Candidates no brighter than bone."""
        dim: NDArray[np.bool_] = self.peak_hu < BONE_HU
        return dim

    @property
    def lump(self) -> NDArray[np.bool_]:
        """Candidates of a lump of metal that as many seeds would hardly make."""
        lump: NDArray[np.bool_] = (self.touches > 2) | ((self.together > 4) & (self.touches > 1))
        return lump

    @property
    def alike(self) -> NDArray[np.bool_]:
        """Candidates that are most like each other and like seeds."""
        well = (np.abs(self.metal) < ALIKE) & (self.shape > ALIKE_SHAPE) & (self.misfit < ALIKE_MISFIT)
        clear = (self.shape > CLEAR_SHAPE) & (self.misfit < CLEAR_MISFIT)
        alone = (self.together == 1) | (self.gap_mm > APART_MM)
        good: NDArray[np.bool_] = well & (~self.dim | clear) & alone & ~self.aside & ~self.line
        return good

    @property
    def company(self) -> float:
        """How much a population of seeds there is, 0 to 1; one in a cluster speaks half."""
        count = float((self.alike * np.where(self.together > 1, 0.5, 1.0)).sum())
        return min(max((count - FEW) / (ENOUGH - FEW), 0.0), 1.0)

    @property
    def usual_misfit(self) -> float:
        """What seeds of this series cost a voxel; what is expected, as far as there is no company."""
        usual = float(np.median(self.misfit[self.alike])) if self.alike.any() else LEAST_USUAL_MISFIT
        share: float = (max(usual, LEAST_USUAL_MISFIT) / LEAST_USUAL_MISFIT) ** self.company
        return LEAST_USUAL_MISFIT * share

    def terms(self) -> FloatArray:
        """Return what is weighed, shape (n, terms), in the order of `TERMS`: none is negative.

        The first is one for all, the second speaks for a seed, all others against it.
        """
        worse = np.log(np.maximum(self.misfit, 1e-3) / self.usual_misfit)
        own_worse = np.log(np.maximum(self.own_misfit, 1e-3) / self.usual_misfit)
        return np.column_stack(
            [
                np.ones(len(self.metal)),
                np.clip(-worse, 0.0, MOST_FOR_FIT),
                np.minimum(np.abs(self.metal) / METAL_SPREAD, MOST_SPREADS),
                np.maximum(0.0, worse),
                np.maximum(0.0, own_worse),
                np.minimum((1 - self.shape) * PER_SHAPE, MOST_UNSHAPED),
                (1 - self.company) * np.clip((METAL_HU - self.peak_hu) / (METAL_HU - BONE_HU), 0.0, 1.0),
                np.minimum(self.odd_sight, MOST_ODD),
                (self.touches > 0) & (self.beside == 0),
                self.beside > 0,
                self.touches > 1,
                np.clip(DIAMETER_MM - self.gap_mm, 0.0, DIAMETER_MM) * HALF,
                np.minimum(self.together - 1 - self.touches, MOST_TOGETHER),
            ]
        )


TERMS = (
    "seed",
    "fits well",
    "metal",
    "misfit",
    "own misfit",
    "shape",
    "dim",
    "sight",
    "end to end",
    "side by side",
    "touches several",
    "overlap",
    "others",
)
"""Names of the terms, in their order."""


@cache
def weights() -> FloatArray:
    """Return the log odds of each term, shape (2, terms): in the company of other seeds, and alone.

    Examples
    --------
    >>> in_company, alone = weights()
    >>> bool((in_company[2:] <= 0).all()), bool(in_company[0] > alone[0])
    (True, True)
    """
    table = read_table(files("seedbed.imaging") / "seed_weights.csv")
    place = [[row["term"] for row in table.rows].index(name) for name in TERMS]
    return np.array([table.numbers("in_company"), table.numbers("alone")])[:, place]
