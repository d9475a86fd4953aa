"""Where a fit of capsules to a blob may start: clusters of its voxels and their moments."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from seedbed.geometry import VoxelGrid
from seedbed.imaging.seed_blobs import Blob
from seedbed.imaging.seed_model import FloatArray, SeedLook

Start = tuple[FloatArray, FloatArray]


def starting_poses(blob: Blob, grid: VoxelGrid, count: int, *, look: SeedLook) -> Iterator[Start]:
    """Yield centres and axes, each of shape (count, 3), from which a fit of that many capsules may start.

    One capsule starts at the centroid along every direction of a coarse set. More start from clusters that
    are strung along each principal direction in turn, with the axes of the clusters or a common one.
    """
    points, weights = blob.points_and_weights(grid)
    blur = np.diag(look.sigma_mm**2 + np.asarray(grid.spacing_mm) ** 2 / 12)
    middle = np.average(points, axis=0, weights=weights)
    spread = np.cov(points.T, aweights=weights + 1e-9) if len(points) > 1 else blur
    _, principal = np.linalg.eigh(spread - blur)
    if count == 1:
        for axis in (*principal.T, *_directions()):
            yield middle[None, :], axis[None, :]
        return
    for along in principal.T:
        cut = _clustered(points, weights, _strung(points, weights, along, count))
        axes = np.array([_moment_axis(points[cut == k], weights[cut == k], blur) for k in range(count)])
        centres = np.array([_centroid(points, weights * (cut == k), middle) for k in range(count)])
        yield centres, axes
        for common in principal.T:
            yield centres, np.repeat(common[None, :], count, axis=0)


def _directions() -> FloatArray:
    """Return the axes and diagonals of a cube, one of each pair, as unit vectors, shape (13, 3)."""
    grid = np.array([(x, y, z) for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1)], dtype=float)
    half = grid[14:]
    directions: FloatArray = half / np.linalg.norm(half, axis=1, keepdims=True)
    return directions


def _centroid(points: FloatArray, weights: FloatArray, otherwise: FloatArray) -> FloatArray:
    return np.average(points, axis=0, weights=weights) if weights.sum() > 0 else otherwise


def _moment_axis(points: FloatArray, weights: FloatArray, blur: FloatArray) -> FloatArray:
    """Return the direction of the largest second moment that the blur and the voxel do not explain."""
    if weights.sum() <= 0 or len(points) < 3:
        return np.array([0.0, 0.0, 1.0])
    spread = np.cov(points.T, aweights=weights + 1e-9)
    longest: FloatArray = np.linalg.eigh(spread - blur)[1][:, -1]
    return longest


def _strung(points: FloatArray, weights: FloatArray, along: FloatArray, count: int) -> FloatArray:
    """Place cluster centres at equal shares of the weight along a direction."""
    order = np.argsort(points @ along)
    share = np.cumsum(weights[order]) / max(weights.sum(), 1e-9)
    label = np.minimum((share * count).astype(int), count - 1)
    middle = np.average(points, axis=0, weights=weights)
    return np.array([_centroid(points[order], weights[order] * (label == k), middle) for k in range(count)])


def _clustered(
    points: FloatArray, weights: FloatArray, centres: FloatArray, rounds: int = 8
) -> NDArray[np.intp]:
    """Run weighted k-means from given centres; return the cluster of each point."""
    nearest = np.zeros(len(points), dtype=np.intp)
    for _ in range(rounds):
        nearest = np.argmin(((points[:, None] - centres) ** 2).sum(axis=2), axis=1)
        centres = np.array(
            [_centroid(points, weights * (nearest == k), centre) for k, centre in enumerate(centres)]
        )
    return nearest
