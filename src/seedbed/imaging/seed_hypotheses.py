"""Which bright blobs hold seeds, and how many: hypotheses tried, refused and chosen.

Each limit below is set by the capsule and the scanner, or by bone; none by one image.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from seedbed.geometry import VoxelGrid
from seedbed.imaging.seed_blobs import Blob, measure_blob, pieces_above
from seedbed.imaging.seed_fitting import Hypothesis, fit_capsules, smallest_gap_mm
from seedbed.imaging.seed_model import Patch, SeedLook, blurred_capsule
from seedbed.imaging.volume import CtVolume

LEVEL_SHARE = 0.4
"""First level over the weakest peak expected: half of it, with room for a seed with a fifth less metal."""
LOWEST_LEVEL_HU = 350.0
"""Contrast-filled vessels and soft calcification stay below it, whatever the slice thickness."""
TISSUE_HU = 50.0
"""Soft tissue, on which the levels stand."""
LEVEL_STEP = 1.3
"""Ratio of one level to the one below."""
PEAK_SHARE = 0.8
"""Least excess of a piece over the weakest peak expected: a seed with a fifth less metal passes even where it
is seen weakest, and one with half where it is seen well."""
BRIGHT_REST = 0.3
"""Largest share of the peak that a fifth of the surroundings may exceed. Blur leaves a tenth around metal; a
crest of bone is as bright as that only where more bone surrounds it."""
LARGEST_CLUSTER = 6
"""More seeds than this in one piece are cut at a higher level first."""
LEAST_METAL = 0.40
"""A piece with less metal than this share of one seed is none: twice the spread of the
logarithm below one."""
MOST_METAL = 2.2
"""One capsule with more metal than this is not a seed."""
COUNT_SPREAD = 0.5
"""Counts are tried while the logarithm of metal per seed is this near to that expected: 1.5 times its
spread."""
LEAST_EXPLAINED = 0.8
"""Share of the squares that an accepted fit explains; at least 0.88 in an independent simulation of seeds."""
BONE_HU = 1600.0
"""Cortical bone stays below it at 120 kVp, teeth and metal do not. A piece as dim as bone must look more like
seeds to count as such."""
LEAST_EXPLAINED_DIM = 0.92
"""Share of the squares to be explained in a dim piece, where noise and clipping matter less."""
MOST_DIM = 2
"""Seeds in one dim piece: the blurs of more than two add up to a bright one, and bone is easily mimicked."""
HOPELESS = 0.4
"""Below this explained share the likeliest count is so wrong that other counts are not tried."""
TOUCHING = 0.9
"""Axes of two capsules are at least a diameter apart, since metal does not overlap; a tenth less for the
fit."""
BESIDE_MM = 0.8
"""A voxel this near to a centre along each axis, or the next one, is beside it: the capsule's diameter."""


@dataclass(frozen=True)
class ExplainedBlob:
    """A blob and the hypotheses fitted to it; ``best`` is the index of the one taken."""

    blob: Blob
    hypotheses: tuple[Hypothesis, ...]
    best: int

    @property
    def taken(self) -> Hypothesis:
        """The hypothesis taken."""
        return self.hypotheses[self.best]


def _ceiling_hu(hu: NDArray[np.float32]) -> float:
    """Return the value where an image is cut: its largest, when several voxels share it exactly."""
    top = float(hu.max())
    return top if np.count_nonzero(hu == top) > 2 else float("inf")


@cache
def _weakest_peak_hu(grid: VoxelGrid, look: SeedLook) -> float:
    """Peak of the weakest seed on a grid: one in the plane, on the face between two slices."""
    nx, ny, half = (
        int(np.ceil(size / step)) for size, step in zip((12, 12, 4), grid.spacing_mm, strict=True)
    )
    small = VoxelGrid((0.0, 0.0, 0.0), grid.spacing_mm, (2 * half, ny, nx))
    middle = (small.lower_mm() + small.upper_mm()) / 2
    seen = blurred_capsule(small, middle, axis=np.array([1.0, 0.0, 0.0]), look=look)
    return 0.0 if seen is None else float(seen[1].max())


def first_level_hu(grid: VoxelGrid, look: SeedLook) -> float:
    """Return the lowest level at which an image is cut, HU."""
    return TISSUE_HU + max(LOWEST_LEVEL_HU, LEVEL_SHARE * _weakest_peak_hu(grid, look))


def explain_blobs(ct: CtVolume, look: SeedLook) -> list[ExplainedBlob]:
    """Return every bright blob that a number of seeds explains."""
    level, ceiling = first_level_hu(ct.grid, look), _ceiling_hu(ct.hu)
    return [
        found
        for patch, core in pieces_above(ct.hu, level)
        for found in _explain_piece(ct, patch, core, level=level, look=look, ceiling_hu=ceiling)
    ]


def _explain_piece(
    ct: CtVolume, patch: Patch, core: NDArray[np.bool_], *, level: float, look: SeedLook, ceiling_hu: float
) -> Iterator[ExplainedBlob]:
    """Explain a piece, or cut it at the next level and explain what is left."""
    if core.sum() * ct.grid.voxel_volume_mm3 <= LARGEST_CLUSTER * _seed_volume(ct.grid, look):
        blob = measure_blob(ct.hu, ct.grid, patch=patch, core=core, level_hu=level)
        found = _explain(blob, ct.grid, look=look, ceiling_hu=ceiling_hu)
        if found is not None:
            yield found
            return
    higher = TISSUE_HU + (level - TISSUE_HU) * LEVEL_STEP
    if ct.hu[patch][core].max() <= higher or higher >= ceiling_hu:
        return
    for part, inner in pieces_above(ct.hu, higher, inside=core, patch=patch):
        yield from _explain_piece(ct, part, inner, level=higher, look=look, ceiling_hu=ceiling_hu)


def _seed_volume(grid: VoxelGrid, look: SeedLook) -> float:
    """Bound the volume of a bloomed seed: the capsule, widened by an FWHM and a voxel."""
    wide = np.array([look.psf_fwhm_mm, look.psf_fwhm_mm, look.slice_blur_mm]) + np.asarray(grid.spacing_mm)
    return float((look.length_mm + wide[0]) * (look.diameter_mm + 2 * wide[1]) * (look.diameter_mm + wide[2]))


def _explain(blob: Blob, grid: VoxelGrid, *, look: SeedLook, ceiling_hu: float) -> ExplainedBlob | None:
    amount = blob.metal_hu_mm3(grid) / look.metal_hu_mm3
    if not LEAST_METAL <= amount <= LARGEST_CLUSTER + 1 or not _stands_out(blob, grid, look):
        return None
    most = MOST_DIM if blob.peak_hu + blob.background_hu < BONE_HU else LARGEST_CLUSTER + 1
    good: list[Hypothesis] = []
    for count in _likely_counts(amount, most=most):
        found = fit_capsules(blob, grid, count, look=look, ceiling_hu=ceiling_hu)
        if _believable(found, look, dim=_dimmest_hu(blob, grid, found) < BONE_HU):
            good.append(found)
        elif found.explained < HOPELESS:
            break
    best = min(range(len(good)), key=lambda number: good[number].score, default=None)
    return None if best is None else ExplainedBlob(blob, tuple(good), best)


def _stands_out(blob: Blob, grid: VoxelGrid, look: SeedLook) -> bool:
    """Whether a piece is as bright as metal against surroundings that are not."""
    enough = blob.peak_hu >= PEAK_SHARE * _weakest_peak_hu(grid, look)
    return enough and blob.bright_rest_hu <= BRIGHT_REST * blob.peak_hu


def _likely_counts(amount: float, *, most: int) -> list[int]:
    """Return the counts that a metal amount, in seeds, allows; the likeliest first.

    Examples
    --------
    >>> _likely_counts(0.9, most=7), _likely_counts(2.2, most=7), _likely_counts(5.0, most=2)
    ([1], [2, 3], [])
    """
    away = {count: abs(np.log(amount / count)) for count in range(1, most + 1)}
    near = sorted((count for count in away if away[count] <= COUNT_SPREAD), key=lambda count: away[count])
    return near or ([1] if amount < 1 else [])


def _believable(found: Hypothesis, look: SeedLook, *, dim: bool) -> bool:
    seedlike = (found.mass_ratio >= LEAST_METAL) & (found.mass_ratio <= MOST_METAL)
    apart = smallest_gap_mm(found, look) >= TOUCHING * look.diameter_mm
    enough = found.explained >= (LEAST_EXPLAINED_DIM if dim else LEAST_EXPLAINED)
    return bool(enough and seedlike.all() and apart and not (dim and found.count > MOST_DIM))


def _dimmest_hu(blob: Blob, grid: VoxelGrid, found: Hypothesis) -> float:
    """Return the brightest voxel beside the centre of the dimmest capsule: bone joined to a seed is dim."""
    points, excess = blob.points_and_weights(grid)
    steps = np.abs(points[:, None] - found.centres_mm) / np.maximum(grid.spacing_mm, BESIDE_MM)
    beside = (steps <= 1.0).all(axis=2)
    return blob.background_hu + float(np.where(beside, excess[:, None], 0.0).max(axis=0).min())
