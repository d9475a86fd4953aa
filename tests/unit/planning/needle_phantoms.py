"""Water phantoms for needles, and distances calculated without the planner."""

from collections.abc import Sequence

import numpy as np

from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.planning.needles import Track

AIR_HU, WATER_HU, BONE_HU = -1000.0, 0.0, 900.0


def water_ball(radius_mm: float = 60.0, voxel_mm: float = 2.0) -> CtVolume:
    """A ball of water in room air, about the origin, on a grid that a quarter turn maps onto itself."""
    half = int(np.ceil((radius_mm + 14.0) / voxel_mm))
    first = -(half - 0.5) * voxel_mm
    grid = VoxelGrid((first, first, first), (voxel_mm, voxel_mm, voxel_mm), (2 * half, 2 * half, 2 * half))
    hu = np.where(distance_to_origin(grid) < radius_mm, WATER_HU, AIR_HU)
    return CtVolume(grid, hu.astype(np.float32))


def distance_to_origin(grid: VoxelGrid) -> np.ndarray:
    return np.linalg.norm(grid.points_mm(), axis=1).reshape(grid.shape)


def gap_to_boxes(points: np.ndarray, centres: np.ndarray, half_mm: np.ndarray | float) -> np.ndarray:
    """Distance of each point to the nearest of boxes about centres, shape (n, 3) -> (n,)."""
    gaps = np.full(len(points), np.inf)
    for start in range(0, len(centres), 2000):
        beyond = np.abs(points[:, None] - centres[None, start : start + 2000]) - half_mm
        gaps = np.minimum(gaps, np.linalg.norm(np.maximum(beyond, 0.0), axis=2).min(axis=1))
    return gaps


def points_along(tracks: Sequence[Track], step_mm: float = 0.5) -> np.ndarray:
    """Points on all needles from tip to entry."""
    needles = [track.needle for track in tracks]
    return np.concatenate(
        [np.linspace(n.tip_mm, n.entry_mm, int(n.length_mm / step_mm) + 2) for n in needles]
    )
