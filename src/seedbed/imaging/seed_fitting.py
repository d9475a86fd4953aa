"""Explain a bright blob by a number of seeds: the voxels that count, their errors, and the starts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.geometry import VoxelGrid
from seedbed.imaging.seed_blobs import Blob
from seedbed.imaging.seed_model import FloatArray, SeedLook
from seedbed.imaging.seed_search import Fit, Voxels, search, seed_images
from seedbed.imaging.seed_sight import SeedSight
from seedbed.imaging.seed_starts import starting_poses

LEAST_NOISE_HU, MOST_NOISE_HU = 8.0, 120.0
"""Noise of a voxel is taken from the surroundings, within what scanners show."""
OF_VALUE, OF_SLICE, OF_PEAK = 0.10, 0.05, 0.02
"""Errors of the model: shares of the value itself, of the brightest voxel of the slice (streaks) and of the
blob (slice profile). Seeds of an independent simulation (XCIST/CatSim) are off by as much."""
FIRST_ROUNDS, LAST_ROUNDS = 3, 20
"""Steps of a search from many starts, and of the few best to the end."""
LOOKED_AT, BEST_STARTS = 7, 2
"""Starts searched a few steps, and to the end."""
NEAR = 1.7
"""A start that costs so much more than the best after a few steps is not searched to the end."""


@dataclass(frozen=True)
class Hypothesis:
    """So many seeds, as they fit best.

    Attributes
    ----------
    fit : Fit
        Where they lie.
    explained : float
        Share of the sum of squares of the voxels that the seeds explain; at most 1.
    mirror : ndarray, shape (n, 2)
        What mirror images that fit nearly as well add to the errors of axis, degrees, and place, mm.
    """

    fit: Fit
    explained: float
    mirror: FloatArray

    @property
    def count(self) -> int:
        """Number of seeds."""
        return self.fit.count


def voxels_of(blob: Blob, grid: VoxelGrid, *, look: SeedLook, ceiling_hu: float) -> Voxels:
    """Return the voxels that a blob of seeds must explain, and how well each is known.

    Parameters
    ----------
    blob : Blob
        A bright piece.
    grid : VoxelGrid
        The image's grid.
    look : SeedLook
        Its blur says how many neighbouring voxels tell the same.
    ceiling_hu : float
        Where the image is cut, HU; infinite when it is not.
    """
    index = np.argwhere(blob.near)
    bright = np.maximum(blob.excess_hu, 0.0)
    by_slice = np.where(blob.near, bright, 0.0).max(axis=(1, 2))[index[:, 0]]
    noise = np.clip(blob.noise_hu, LEAST_NOISE_HU, MOST_NOISE_HU)
    value = bright[blob.near]
    error = np.sqrt(
        noise**2 + (OF_VALUE * value) ** 2 + (OF_SLICE * by_slice) ** 2 + (OF_PEAK * value.max()) ** 2
    )
    start = np.array([window.start for window in blob.patch])
    return Voxels(
        index=np.ascontiguousarray((index + start)[:, ::-1], dtype=np.int64),
        frame=np.array([*grid.origin_mm, *grid.spacing_mm], dtype=float),
        excess_hu=blob.excess_hu[blob.near],
        weight=1 / error / np.sqrt(_voxels_alike(grid, look)),
        ceiling_hu=ceiling_hu - blob.background_hu,
        others_hu=np.zeros(len(index)),
        independent=len(index) / _voxels_alike(grid, look),
    )


def _voxels_alike(grid: VoxelGrid, look: SeedLook) -> float:
    """Return how many voxels share one error: those within the blur."""
    blur = np.hypot(look.sigma_mm, np.asarray(grid.spacing_mm) / np.sqrt(12.0))
    return float(np.prod(np.maximum(np.sqrt(4 * np.pi) * blur / grid.spacing_mm, 1.0)))


def fit_seeds(
    blob: Blob,
    voxels: Voxels,
    *,
    grid: VoxelGrid,
    count: int,
    look: SeedLook,
    sight: SeedSight,
    before: Fit | None = None,
) -> Hypothesis:
    """Fit a number of seeds to a blob; return the best.

    The search starts from many poses, which are looked at briefly, or from a fit of as many seeds made
    before.
    """
    if before is not None:
        tried = [before]
    else:
        starts = [
            np.column_stack([centres, axes, np.zeros(count)])
            for centres, axes in starting_poses(blob, grid, count, look=look)
        ]
        starts = _nearest(voxels, starts, sight=sight)
        tried = [search(voxels, start, sight=sight, rounds=FIRST_ROUNDS, still=True) for start in starts]
        tried.sort(key=lambda fit: fit.cost)
    fits = [
        finished(voxels, fit, sight=sight) for fit in tried[:BEST_STARTS] if fit.cost <= NEAR * tried[0].cost
    ]
    best = min(fits, key=lambda fit: fit.cost)
    return Hypothesis(best, explained_share(voxels, best, sight=sight), np.zeros((count, 2)))


def _nearest(voxels: Voxels, starts: list[FloatArray], *, sight: SeedSight) -> list[FloatArray]:
    """Keep the starts that come nearest to the voxels as they are."""
    count, still = len(starts[0]), np.zeros(6)
    images = seed_images(voxels, np.concatenate(starts), sight=sight, shared=still)
    models = images.reshape(len(starts), count, -1).sum(axis=1) + voxels.others_hu
    left = (
        np.minimum(models, voxels.ceiling_hu) - np.minimum(voxels.excess_hu, voxels.ceiling_hu)
    ) * voxels.weight
    order = np.argsort((left**2).sum(axis=1), kind="stable")
    return [starts[number] for number in order[:LOOKED_AT]]


def finished(voxels: Voxels, fit: Fit, *, sight: SeedSight) -> Fit:
    """Search on from where a fit ended."""
    return search(voxels, fit.poses, sight=sight, rounds=LAST_ROUNDS, shared=fit.shared)


def explained_share(voxels: Voxels, fit: Fit, *, sight: SeedSight) -> float:
    """Return the share of the sum of squares of the voxels that a fit explains."""
    model = seed_images(voxels, fit.poses, sight=sight, shared=fit.shared).sum(axis=0)
    left = np.minimum(model + voxels.others_hu + fit.shared[-1], voxels.ceiling_hu) - voxels.excess_hu
    own = voxels.excess_hu - np.minimum(voxels.others_hu, voxels.excess_hu)
    return 1 - float(left @ left / max(own @ own, 1e-9))


def smallest_gap_mm(poses: FloatArray, look: SeedLook) -> float:
    """Return the smallest distance between the axes of two capsules, mm; infinite for one capsule.

    The axis of a capsule is the line between the centres of its round ends: capsules that touch, side by
    side or end to end, are one diameter apart.

    Examples
    --------
    >>> beside = np.array([[0.0, 0, 0, 1, 0, 0, 0], [1.0, 2.0, 0, 1, 0, 0, 0]])
    >>> round(smallest_gap_mm(beside, SeedLook()), 2)
    2.0
    """
    piece = np.linspace(-0.5, 0.5, 25) * (look.length_mm - look.diameter_mm)
    lines = poses[:, None, :3] + piece[:, None] * poses[:, None, 3:6]
    gaps = [
        float(np.linalg.norm(lines[one][:, None] - lines[other], axis=2).min())
        for one in range(len(poses))
        for other in range(one)
    ]
    return min(gaps, default=float("inf"))


def seen_metal_hu_mm3(grid: VoxelGrid, sight: SeedSight, ceiling_hu: float) -> float:
    """Return the metal of one seed that an image with a ceiling shows: the mean over three directions."""
    steps = np.asarray(grid.spacing_mm)
    reach = np.ceil((sight.numbers[0] / 2 + 4 * sight.numbers[1]) / steps).astype(int) + 1
    index = np.stack(np.meshgrid(*(np.arange(-n, n + 1) for n in reach), indexing="ij"), axis=-1).reshape(
        -1, 3
    )
    blank: NDArray[np.float64] = np.zeros(len(index))
    voxels = Voxels(index.astype(np.int64), np.array([0, 0, 0, *steps]), blank, blank, ceiling_hu, blank, 1.0)
    poses = np.column_stack([np.zeros((3, 3)), np.eye(3), np.zeros(3)])
    images = seed_images(voxels, poses, sight=sight, shared=np.zeros(6))
    return float(np.minimum(images, ceiling_hu).sum() / 3 * grid.voxel_volume_mm3)
