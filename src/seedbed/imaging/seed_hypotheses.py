"""Which bright blobs hold seeds, and how many: hypotheses tried, refused and chosen.

Each limit below is set by the seed and the scanner, or by bone; none by one image.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from seedbed.geometry import VoxelGrid
from seedbed.imaging.seed_blobs import Blob, levels_hu, measure_blob, pieces_above
from seedbed.imaging.seed_fitting import Hypothesis, fit_seeds, seen_metal_hu_mm3, smallest_gap_mm, voxels_of
from seedbed.imaging.seed_model import Patch, SeedLook, blurred_capsule
from seedbed.imaging.seed_search import Fit, Voxels
from seedbed.imaging.seed_sight import SeedSight
from seedbed.imaging.volume import CtVolume

LEVEL_SHARE = 0.4
"""First level over the weakest peak expected: half of it, with room for a seed with a fifth less metal."""
LOWEST_LEVEL_HU = 350.0
"""Contrast-filled vessels and soft calcification stay below it, whatever the slice thickness."""
HIGHEST_LEVEL_HU = 1200.0
"""Thin slices show metal brighter than any image can hold; higher levels would cut away its blur."""
SURELY_SEEN_HU = 2000.0
"""No more is asked of the weakest peak: 12 bits hold 3071 HU."""
TISSUE_HU = 50.0
"""Soft tissue, on which the levels stand."""
LEVEL_STEP = 1.3
"""Ratio of one level to the one below."""
PEAK_SHARE = 0.6
"""Least excess of a piece over the weakest peak expected: seeds of less metal pass even where they are seen
weakest."""
METAL_LEARNT = (0.5, 1.4)
"""Levels follow the metal learnt from the seeds within these factors."""
BRIGHT_REST = 0.28
"""Largest share of the peak that a fifth of the surroundings may exceed. Blur leaves a tenth around metal; a
crest of bone is as bright as that only where more bone surrounds it."""
LARGEST_CLUSTER = 6
"""More seeds than this in one piece are cut at a higher level first."""
LEAST_METAL = 0.35
"""A piece with less metal than this share of one seed is none."""
MOST_METAL = 2.2
"""One seed with more metal than this is none."""
COUNT_SPREAD = 0.6
"""Counts are tried while the logarithm of metal per seed is this near to that expected."""
LEAST_EXPLAINED = 0.65
"""Share of the squares that an accepted fit explains."""
BONE_HU = 1600.0
"""Cortical bone stays below it at 120 kVp, teeth and metal do not. A piece as dim as bone must look more like
seeds to count as such."""
LEAST_EXPLAINED_DIM = 0.88
"""Share of the squares to be explained in a dim piece, where noise and clipping matter less."""
MOST_DIM = 2
"""Seeds in one dim piece: the blurs of more than two add up to a bright one, and bone is easily mimicked."""
WELL = 1.0
"""Cost for each independent voxel of a fit so good that other counts need not be tried at once."""
CLUSTER_PEAK = 1.5
"""The blurs of more than two seeds add up to at least so many times the peak of the weakest."""
HOPELESS = 0.6
"""Below this explained share the likeliest count is so wrong that other counts are not tried."""
GAP_ERROR_MM = 0.13
"""Metal does not overlap: axes of two seeds are at least a diameter apart, but for the error of the fit."""
BESIDE_MM = 0.8
"""A voxel this near to a centre along each axis, or the next one, is beside it: the capsule's diameter."""
OUTSIDE_MM = 0.8
"""Spread of a centre beyond the first or last slice: few seeds lie there and show enough metal."""
SCALE_KNOWN = 4.0
"""Misfits of true seeds of one series differ by a factor of two: their usual one is as sure as so many voxels
tell."""
LEAST_USUAL = 0.2
"""The errors of the voxels are not taken for more than twice too large."""
PRICE_OF_A_SEED = 9.0
"""Twice the log of the odds, e to the 4.5, against one more seed than needed: its six unknowns could have
been anything."""


@dataclass(frozen=True)
class Search:
    """What a whole search shares: image and bright pieces, the seed looked for and how it is seen."""

    ct: CtVolume
    ceiling_hu: float
    look: SeedLook
    sight: SeedSight
    one_seed_hu_mm3: float
    level_hu: float
    pieces: tuple[tuple[Patch, NDArray[np.bool_]], ...]
    usual_misfit: float = 1.0
    before: tuple["ExplainedBlob", ...] = ()

    @classmethod
    def of(cls, ct: CtVolume, look: SeedLook) -> "Search":
        """Begin with what is expected."""
        sight, ceiling = SeedSight.expected(look), _ceiling_hu(ct.hu)
        level = first_level_hu(ct.grid, look)
        pieces = tuple(pieces_above(ct.hu, levels_hu(ct.hu, ct.grid, level)))
        return cls(ct, ceiling, look, sight, seen_metal_hu_mm3(ct.grid, sight, ceiling), level, pieces)

    def with_sight(self, sight: SeedSight, before: list["ExplainedBlob"], *, usual_misfit: float) -> "Search":
        """Go on with what was learnt, from the fits that taught it."""
        one = seen_metal_hu_mm3(self.ct.grid, sight, self.ceiling_hu)
        usual = float(np.clip(usual_misfit, LEAST_USUAL, 1.0))
        return replace(self, sight=sight, one_seed_hu_mm3=one, before=tuple(before), usual_misfit=usual)

    def fit_before(self, blob: Blob, count: int) -> Fit | None:
        """Return the fit of so many seeds to the same blob, if there was one."""
        for each in self.before:
            if each.taken.count == count and each.blob.like(blob):
                return each.taken.fit
        return None

    @property
    def grid(self) -> VoxelGrid:
        """Grid of the image."""
        return self.ct.grid


@dataclass(frozen=True)
class ExplainedBlob:
    """A blob and the hypotheses fitted to it.

    ``best`` is the index of the one taken; a blob is settled when every move was tried on it.
    """

    blob: Blob
    voxels: Voxels
    hypotheses: tuple[Hypothesis, ...]
    best: int
    settled: bool = False

    @property
    def taken(self) -> Hypothesis:
        """The hypothesis taken."""
        return self.hypotheses[self.best]


def price(scan: Search, voxels: Voxels, fit: Fit) -> float:
    """Return what a fit costs, with the prices of its seeds, of their overlap and of lying outside the image.

    The scale of the errors is not known for sure: voxels that fit badly do so for every number of seeds. Lone
    seeds say what is usual, s, as well as v voxels would (a scaled inverse chi-square). With the scale
    integrated out, twice the negative log posterior is (n + v) log(1 + cost / (v s)) of n independent voxels.
    """
    overlap = max(0.0, scan.look.diameter_mm - smallest_gap_mm(fit.poses, scan.look)) / GAP_ERROR_MM
    below, above = fit.poses[:, 2] - scan.grid.lower_mm()[2], scan.grid.upper_mm()[2] - fit.poses[:, 2]
    outside = np.maximum(0.0, -np.minimum(below, above)) / OUTSIDE_MM
    misfit = (voxels.independent + SCALE_KNOWN) * np.log1p(fit.cost / (SCALE_KNOWN * scan.usual_misfit))
    return float(misfit + PRICE_OF_A_SEED * fit.count + overlap**2 + (outside**2).sum())


def _ceiling_hu(hu: NDArray[np.float32]) -> float:
    """Return the value where an image is cut: its largest, when several voxels share it exactly."""
    top = float(hu.max())
    return top if np.count_nonzero(hu == top) > 2 else float("inf")


@cache
def weakest_peak_hu(grid: VoxelGrid, look: SeedLook) -> float:
    """Return the peak of the weakest seed on a grid: one in the plane, on the face between two slices."""
    nx, ny, half = (
        int(np.ceil(size / step)) for size, step in zip((12, 12, 4), grid.spacing_mm, strict=True)
    )
    small = VoxelGrid((0.0, 0.0, 0.0), grid.spacing_mm, (2 * half, ny, nx))
    middle = (small.lower_mm() + small.upper_mm()) / 2
    seen = blurred_capsule(small, middle, axis=np.array([1.0, 0.0, 0.0]), look=look)
    return 0.0 if seen is None else float(seen[1].max())


def first_level_hu(grid: VoxelGrid, look: SeedLook) -> float:
    """Return the lowest level at which an image is cut, HU."""
    level = LEVEL_SHARE * weakest_peak_hu(grid, look)
    return TISSUE_HU + float(np.clip(level, LOWEST_LEVEL_HU, HIGHEST_LEVEL_HU))


def _weakest_learnt_hu(scan: Search) -> float:
    """Return the peak of the weakest seed, with the metal that was learnt, within limits."""
    learnt = np.clip(scan.sight.metal_hu_mm3 / scan.look.metal_hu_mm3, *METAL_LEARNT)
    return min(float(learnt) * weakest_peak_hu(scan.grid, scan.look), SURELY_SEEN_HU)


def explain_blobs(scan: Search, *, most: int = LARGEST_CLUSTER + 1) -> list[ExplainedBlob]:
    """Return every bright blob that a number of seeds, at most ``most``, explains."""
    return [
        found
        for patch, core in scan.pieces
        for found in _explain_piece(scan, patch, core, level=scan.level_hu, most=most)
    ]


def _explain_piece(
    scan: Search, patch: Patch, core: NDArray[np.bool_], *, level: float, most: int
) -> Iterator[ExplainedBlob]:
    """Explain a piece, or cut it at the next level and explain what is left."""
    hu = scan.ct.hu
    if core.sum() * scan.grid.voxel_volume_mm3 <= LARGEST_CLUSTER * _seed_volume(scan.grid, scan.look):
        blob = measure_blob(hu, scan.grid, patch=patch, core=core, level_hu=level)
        found = _explain(scan, blob, most=most)
        if found is not None:
            yield found
            return
    higher = TISSUE_HU + (level - TISSUE_HU) * LEVEL_STEP
    if hu[patch][core].max() <= higher or higher >= scan.ceiling_hu:
        return
    for part, inner in pieces_above(hu, higher, inside=core, patch=patch):
        yield from _explain_piece(scan, part, inner, level=higher, most=most)


def _seed_volume(grid: VoxelGrid, look: SeedLook) -> float:
    """Bound the volume of a bloomed seed: the capsule, widened by an FWHM and a voxel."""
    wide = np.array([look.psf_fwhm_mm, look.psf_fwhm_mm, look.slice_blur_mm]) + np.asarray(grid.spacing_mm)
    return float((look.length_mm + wide[0]) * (look.diameter_mm + 2 * wide[1]) * (look.diameter_mm + wide[2]))


def _explain(scan: Search, blob: Blob, *, most: int) -> ExplainedBlob | None:
    amount = blob.metal_hu_mm3(scan.grid) / scan.one_seed_hu_mm3
    if not LEAST_METAL <= amount <= LARGEST_CLUSTER + 1 or not _stands_out(blob, scan):
        return None
    bright = max(BONE_HU, CLUSTER_PEAK * _weakest_learnt_hu(scan))
    most = min(most, MOST_DIM) if blob.peak_hu + blob.background_hu < bright else most
    voxels = voxels_of(blob, scan.grid, look=scan.look, ceiling_hu=scan.ceiling_hu)
    good: list[Hypothesis] = []
    for count in _likely_counts(amount, most=most):
        found = fit_seeds(
            blob,
            voxels,
            grid=scan.grid,
            count=count,
            look=scan.look,
            sight=scan.sight,
            before=scan.fit_before(blob, count),
        )
        if believable(found, dim=_dimmest_hu(blob, scan.grid, found) < BONE_HU):
            good.append(found)
            if found.fit.cost < WELL * voxels.independent:
                break
        elif found.explained < HOPELESS:
            break
    best = min(range(len(good)), key=lambda number: price(scan, voxels, good[number].fit), default=None)
    return None if best is None else ExplainedBlob(blob, voxels, tuple(good), best)


def _stands_out(blob: Blob, scan: Search) -> bool:
    """Whether a piece is as bright as metal against surroundings that are not."""
    enough = blob.peak_hu >= PEAK_SHARE * _weakest_learnt_hu(scan)
    in_lung = max(0.0, TISSUE_HU - blob.background_hu)  # tissue beside lung is bright there, but no bone
    return enough and blob.bright_rest_hu - in_lung <= BRIGHT_REST * blob.peak_hu


def _likely_counts(amount: float, *, most: int) -> list[int]:
    """Return the counts that a metal amount, in seeds, allows; the likeliest first.

    Examples
    --------
    >>> _likely_counts(0.9, most=7), _likely_counts(2.2, most=7), _likely_counts(5.0, most=2)
    ([1], [2, 3, 4], [])
    """
    away = {count: abs(np.log(amount / count)) for count in range(1, most + 1)}
    near = sorted((count for count in away if away[count] <= COUNT_SPREAD), key=lambda count: away[count])
    return near or ([1] if amount < 1 else [])


def believable(found: Hypothesis, *, dim: bool) -> bool:
    """Whether seeds explain enough of a blob, with metal like that of seeds; more where it is dim."""
    metal = found.fit.mass_ratio
    seedlike = (metal >= LEAST_METAL) & (metal <= MOST_METAL)
    enough = found.explained >= (LEAST_EXPLAINED_DIM if dim else LEAST_EXPLAINED)
    return bool(enough and seedlike.all() and not (dim and found.count > MOST_DIM))


def _dimmest_hu(blob: Blob, grid: VoxelGrid, found: Hypothesis) -> float:
    """Return the brightest voxel beside the centre of the dimmest seed: bone joined to a seed is dim."""
    points, excess = blob.points_and_weights(grid)
    steps = np.abs(points[:, None] - found.fit.poses[:, :3]) / np.maximum(grid.spacing_mm, BESIDE_MM)
    beside = (steps <= 1.0).all(axis=2)
    return blob.background_hu + float(np.where(beside, excess[:, None], 0.0).max(axis=0).min())
