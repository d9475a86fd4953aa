"""How far a needle is from what it must not touch: exact distances to voxels, never too large.

The distance from a grid's node to the nearest forbidden voxel, taken as a box, is separable: its square is
the least sum of three squares, one along each axis. Each axis is one pass; distances end at a reach, so that
a pass only looks at near neighbours.

Between nodes the distance is interpolated linearly. Let d be the true distance of a point, q the nearest
point of the obstacle. The interpolated distance is at most the root of the interpolated squared distance to
q's voxel, and that is at most the root of d^2 + (h_x^2 + h_y^2 + h_z^2) / 4 with the spacings h. Along a path
that is looked at every s mm, the least distance between two places is d with d^2 at least that of the nearer
place less s^2 / 4. So a path whose interpolated distance is at least the root of m^2 + (h^2 + s^2) / 4 keeps
the margin m everywhere. That root is what `allowance` gives; the clearance is the distance less it.
"""

import numpy as np
from numpy.typing import NDArray

from seedbed.geometry import VoxelGrid
from seedbed.geometry.compiling import compiled
from seedbed.planning.blocks import in_slices

FloatArray = NDArray[np.float64]
Distances = NDArray[np.float32]
Labels = NDArray[np.uint16]
REACH_MM = 6.0
"""Clearances are told apart up to here; further away is as good."""
PATH_STEP_MM = 1.0
"""Paths are looked at so often; local rule."""


def allowance(
    margin_mm: float, spacing_mm: tuple[float, float, float], step_mm: float = PATH_STEP_MM
) -> float:
    """Interpolated distance that proves a margin, mm.

    Examples
    --------
    >>> allowance(2.0, (1.0, 1.0, 1.0), step_mm=1.0)  # sqrt(4 + 3/4 + 1/4)
    2.23606797749979
    """
    return float(np.sqrt(margin_mm**2 + (np.square(spacing_mm).sum() + step_mm**2) / 4))


def clearances(labels: Labels, grid: VoxelGrid, margins_mm: FloatArray) -> Distances:
    """Clearance at each node: distance to the nearest labelled voxel less its `allowance`, the least of all.

    Parameters
    ----------
    labels : ndarray of uint16, shape ``grid.shape``
        0 is free; other numbers are obstacles.
    grid : VoxelGrid
    margins_mm : ndarray, shape (k,)
        Margin of each number; that of 0 is not used.

    Returns
    -------
    ndarray of float32, shape ``grid.shape``
        At most `REACH_MM`; zero or more where the margins are kept.

    Examples
    --------
    >>> labels = np.zeros((1, 1, 9), dtype=np.uint16)
    >>> labels[0, 0, 0] = 1
    >>> grid = VoxelGrid((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (1, 1, 9))
    >>> clearances(labels, grid, np.array([0.0, 2.0]))[0, 0, 4].round(2)  # 3.5 - sqrt(5)
    np.float32(1.26)
    """
    clearance = np.full(grid.shape, REACH_MM, dtype=np.float32)
    present = np.unique(labels[labels > 0])
    for margin in np.unique(margins_mm[present]):
        belongs = np.isclose(margins_mm, margin)
        belongs[0] = False
        _lower_to(clearance, labels, belongs, grid, allowance(float(margin), grid.spacing_mm))
    return clearance


def _lower_to(
    clearance: Distances, labels: Labels, belongs: NDArray[np.bool_], grid: VoxelGrid, allowed_mm: float
) -> None:
    """Lower the clearance to that of the obstacles of one margin, in their box and its surroundings."""
    reach = REACH_MM + allowed_mm
    box = _box(belongs[labels], [int(reach / h) + 1 for h in grid.spacing_mm[::-1]])
    part, marked = clearance[box], labels[box]
    hx, hy, hz = (np.float32(h) for h in grid.spacing_mm)
    along_x, along_y = np.empty(part.shape, dtype=np.float32), np.empty(part.shape, dtype=np.float32)
    far = np.float32(reach**2)
    in_slices(
        lambda low, high: _two_axes(marked, belongs, hx, hy, far, low, high, along_x, along_y), len(part)
    )
    in_slices(
        lambda low, high: _last_axis(along_y, hz, far, np.float32(allowed_mm), low, high, part), len(part)
    )


def _box(mask: NDArray[np.bool_], around: list[int]) -> tuple[slice, ...]:
    """Smallest box that holds a mask, and so many voxels around it."""
    slices = []
    for axis, more in enumerate(around):
        others = tuple(other for other in range(3) if other != axis)
        found = np.flatnonzero(mask.any(axis=others))
        slices.append(slice(max(int(found[0]) - more, 0), int(found[-1]) + more + 1))
    return tuple(slices)


@compiled(fastmath=True)  # type: ignore[untyped-decorator]
def _two_axes(
    labels: Labels,
    belongs: NDArray[np.bool_],
    hx: float,
    hy: float,
    far: float,
    low: int,
    high: int,
    along_x: Distances,
    along_y: Distances,
) -> None:
    """Squared distance within each plane to the boxes that belong, up to ``far``."""
    ny, nx = labels.shape[1:]
    near = int(np.sqrt(far) / hy) + 1
    used = np.empty(ny, dtype=np.bool_)
    for z in range(low, high):
        for y in range(ny):
            used[y] = _row(labels[z, y], belongs, hx, far, along_x[z, y])
        for y in range(ny):
            out = along_y[z, y]
            out[:] = far
            for other in range(max(0, y - near), min(ny, y + near + 1)):
                if used[other]:
                    gap = max(abs(other - y) * hy - hy / np.float32(2.0), np.float32(0.0))
                    more, row = gap * gap, along_x[z, other]
                    for x in range(nx):
                        out[x] = min(out[x], row[x] + more)


@compiled(fastmath=True)  # type: ignore[untyped-decorator]
def _row(labels: Labels, belongs: NDArray[np.bool_], hx: float, far: float, out: Distances) -> bool:
    """Squared distance along one row; whether there is anything in it."""
    count, last, found = len(labels), -1, False
    for x in range(count):
        if belongs[labels[x]]:
            last, found = x, True
        out[x] = far
        if last >= 0:
            gap = max((x - last) * hx - hx / np.float32(2.0), np.float32(0.0))
            if gap * gap < far:
                out[x] = gap * gap
    if not found:
        return False
    last = -1
    for x in range(count - 1, -1, -1):
        if belongs[labels[x]]:
            last = x
        if last >= 0:
            gap = max((last - x) * hx - hx / np.float32(2.0), np.float32(0.0))
            out[x] = min(out[x], gap * gap)
    return True


@compiled(fastmath=True)  # type: ignore[untyped-decorator]
def _last_axis(
    planes: Distances, hz: float, far: float, allowed: float, low: int, high: int, clearance: Distances
) -> None:
    """Lower clearances to the distance over all planes, less what is allowed for."""
    nz, ny, nx = planes.shape
    near = int(np.sqrt(far) / hz) + 1
    best = np.empty(nx, dtype=np.float32)
    for z in range(low, high):
        for y in range(ny):
            best[:] = far
            for other in range(max(0, z - near), min(nz, z + near + 1)):
                gap = max(abs(other - z) * hz - hz / np.float32(2.0), np.float32(0.0))
                more, row = gap * gap, planes[other, y]
                for x in range(nx):
                    best[x] = min(best[x], row[x] + more)
            out = clearance[z, y]
            for x in range(nx):
                out[x] = min(out[x], np.sqrt(best[x]) - allowed)
