"""Straight paths from a tip in the target out to the skin and beyond: which are free, what is in the way."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.geometry.compiling import compiled
from seedbed.planning.anatomy import BODY, FREE, Anatomy
from seedbed.planning.blocks import in_slices
from seedbed.planning.clearance import PATH_STEP_MM
from seedbed.planning.needle_rules import NeedleRules

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
OPEN, OBSTACLE, TOO_DEEP, SOMETHING_OUTSIDE, NOT_IN_BODY, GANTRY = range(6)
SKIN_STEP_MM = 0.25
"""The skin is looked for in such steps."""


@dataclass(frozen=True)
class Paths:
    """What n paths meet.

    Attributes
    ----------
    status : ndarray of int, shape (n,)
        `OPEN`, or the first thing that forbids the path: `OBSTACLE`, `TOO_DEEP`, `SOMETHING_OUTSIDE`,
        `NOT_IN_BODY`, `GANTRY`.
    entry_mm : ndarray, shape (n, 3)
        Where an open path meets the skin, or the image's edge.
    stop_mm : ndarray, shape (n, 3)
        Where an obstacle, or something outside, is met.
    skin_seen : ndarray of bool, shape (n,)
        False where the image ends before the skin does.
    """

    status: IntArray
    entry_mm: FloatArray
    stop_mm: FloatArray
    skin_seen: NDArray[np.bool_]

    @property
    def open(self) -> NDArray[np.bool_]:
        """Paths that a needle can take."""
        is_open: NDArray[np.bool_] = self.status == OPEN
        return is_open

    def only(self, which: NDArray[np.bool_] | IntArray) -> "Paths":
        """Pick some of the paths."""
        return Paths(*(array[which] for array in vars(self).values()))


def follow_paths(anatomy: Anatomy, tips_mm: FloatArray, along: FloatArray, rules: NeedleRules) -> Paths:
    """Follow needles from their tips outwards.

    A path is looked at every `PATH_STEP_MM` up to the skin, and outside it as far as the rules ask for free
    room. The part outside, up to the hub, must stay within the bore of the gantry.

    Parameters
    ----------
    anatomy : Anatomy
    tips_mm, along : ndarray, shape (n, 3)
        Deepest points and unit vectors of push, from the skin to the tip.
    rules : NeedleRules

    Returns
    -------
    Paths
    """
    count = len(tips_mm)
    found = Paths(
        np.empty(count, dtype=np.int64), np.full((count, 3), np.nan), np.full((count, 3), np.nan),
        np.zeros(count, dtype=np.bool_),
    )  # fmt: skip
    tips, pushes = np.ascontiguousarray(tips_mm, dtype=float), np.ascontiguousarray(along, dtype=float)
    grids = np.array(
        [[*grid.origin_mm, *grid.spacing_mm] for grid in (anatomy.grid, anatomy.body_grid, anatomy.ct.grid)]
    )
    limits = np.array([rules.most_depth_mm, rules.room_outside_mm, rules.skin_fold_mm, rules.solid_hu])
    in_slices(
        lambda low, high: _follow(
            tips, pushes, anatomy.clearance_mm, anatomy.place, anatomy.ct.hu, grids, limits, low, high,
            found.status, found.entry_mm, found.stop_mm, found.skin_seen,
        ),
        count,
    )  # fmt: skip
    hub = tips - rules.needle_length_mm * pushes
    beside = np.hypot(*(hub[:, :2] - anatomy.bore_mm).T) > rules.bore_radius_mm
    found.status[found.open & beside] = GANTRY
    return found


def blame(anatomy: Anatomy, points_mm: FloatArray) -> IntArray:
    """Which obstacle forbids points most: number in ``anatomy.names``, shape (n, 3) -> (n,); 0 for none near.

    The obstacle whose distance less its margin is least.
    """
    found = np.zeros(len(points_mm), dtype=np.int64)
    for n, point in enumerate(_distances(anatomy, points_mm)):
        if np.isfinite(point).any():
            found[n] = int((point - anatomy.margins_mm).argmin())
    return found


def nearest_of_each(anatomy: Anatomy, points_mm: FloatArray) -> FloatArray:
    """Least distance of points to each obstacle of ``anatomy.names``, mm; infinite where it is far.

    To the voxels that an obstacle touches, so never too large.
    """
    found = _distances(anatomy, points_mm)
    nearest: FloatArray = found.min(axis=0, initial=np.inf)
    return nearest


def _distances(anatomy: Anatomy, points_mm: FloatArray) -> FloatArray:
    """Distance of each point to the voxels of each obstacle near it, shape (n, k), infinite where far."""
    found = np.full((len(points_mm), len(anatomy.names)), np.inf)
    grid = anatomy.grid
    near = anatomy.margins_mm.max() + sum(grid.spacing_mm)
    window = np.ceil(near / np.array(grid.spacing_mm[::-1])).astype(np.int64)
    index = np.ascontiguousarray(grid.indices(points_mm))
    spacing = np.array(grid.spacing_mm[::-1])
    in_slices(
        lambda low, high: _search(index, anatomy.label, spacing, window, low, high, found), len(points_mm)
    )
    return found


@compiled
def interpolated(array: NDArray[np.float32], grid: FloatArray, x: float, y: float, z: float) -> float:
    """Value of an array between its nodes; at and beyond its edge that of the edge."""
    nz, ny, nx = array.shape
    u = min(max((x - grid[0]) / grid[3], 0.0), nx - 1.0)
    v = min(max((y - grid[1]) / grid[4], 0.0), ny - 1.0)
    w = min(max((z - grid[2]) / grid[5], 0.0), nz - 1.0)
    i, j, k = int(u), int(v), int(w)
    i1, j1, k1 = min(i + 1, nx - 1), min(j + 1, ny - 1), min(k + 1, nz - 1)
    u, v, w = u - i, v - j, w - k
    low = (array[k, j, i] * (1 - u) + array[k, j, i1] * u) * (1 - v)
    low += (array[k, j1, i] * (1 - u) + array[k, j1, i1] * u) * v
    high = (array[k1, j, i] * (1 - u) + array[k1, j, i1] * u) * (1 - v)
    high += (array[k1, j1, i] * (1 - u) + array[k1, j1, i1] * u) * v
    return float(low * (1 - w) + high * w)


@compiled
def _place(place: NDArray[np.uint8], grid: FloatArray, x: float, y: float, z: float) -> int:
    """Tell what the nearest voxel is; -1 outside the image."""
    i, j = int(np.floor((x - grid[0]) / grid[3] + 0.5)), int(np.floor((y - grid[1]) / grid[4] + 0.5))
    k = int(np.floor((z - grid[2]) / grid[5] + 0.5))
    nz, ny, nx = place.shape
    if 0 <= i < nx and 0 <= j < ny and 0 <= k < nz:
        return int(place[k, j, i])
    return -1


@compiled
def _within(array: NDArray[np.float32], grid: FloatArray, x: float, y: float, z: float) -> bool:
    """Whether a point lies within the outer nodes of a grid, give or take half a voxel."""
    nz, ny, nx = array.shape
    u, v, w = (x - grid[0]) / grid[3], (y - grid[1]) / grid[4], (z - grid[2]) / grid[5]
    across = -0.5 <= u <= nx - 0.5 and -0.5 <= v <= ny - 0.5
    return bool(across and -0.5 <= w <= nz - 0.5)


@compiled
def _follow(
    tips: FloatArray,
    along: FloatArray,
    clearance: NDArray[np.float32],
    place: NDArray[np.uint8],
    hu: NDArray[np.float32],
    grids: FloatArray,
    limits: FloatArray,
    low: int,
    high: int,
    status: IntArray,
    entry: FloatArray,
    stop: FloatArray,
    seen: NDArray[np.bool_],
) -> None:
    """Follow paths number ``low`` to ``high``; see `follow_paths`."""
    deepest, room, fold, solid_hu = limits[0], limits[1], limits[2], limits[3]
    beyond = deepest + 4 * (grids[1, 3] + grids[1, 4] + grids[1, 5])  # the skin lies within the body's voxels
    for n in range(low, high):
        tx, ty, tz = tips[n, 0], tips[n, 1], tips[n, 2]
        ax, ay, az = along[n, 0], along[n, 1], along[n, 2]
        status[n], t, where = OPEN, 0.0, BODY
        if _place(place, grids[1], tx, ty, tz) != BODY:
            status[n] = NOT_IN_BODY
            continue
        while where == BODY and status[n] == OPEN:
            x, y, z = tx - t * ax, ty - t * ay, tz - t * az
            where = _place(place, grids[1], x, y, z)
            if where != BODY:
                break
            if _within(clearance, grids[0], x, y, z) and interpolated(clearance, grids[0], x, y, z) < 0.0:
                status[n] = OBSTACLE
                stop[n] = x, y, z
            elif t > beyond:
                status[n] = TOO_DEEP
            t += PATH_STEP_MM
        if status[n] != OPEN:
            continue
        seen[n] = where >= 0
        depth = _skin_depth(hu, grids[2], tx, ty, tz, ax, ay, az, t - PATH_STEP_MM * (not seen[n]), solid_hu)
        entry[n] = tx - depth * ax, ty - depth * ay, tz - depth * az
        if depth > deepest:
            status[n] = TOO_DEEP
            continue
        end = t + room
        t += fold
        while t <= end:
            x, y, z = tx - t * ax, ty - t * ay, tz - t * az
            if _place(place, grids[1], x, y, z) > FREE:
                status[n] = SOMETHING_OUTSIDE
                stop[n] = x, y, z
                break
            t += PATH_STEP_MM


@compiled
def _skin_depth(
    hu: NDArray[np.float32],
    grid: FloatArray,
    tx: float,
    ty: float,
    tz: float,
    ax: float,
    ay: float,
    az: float,
    start: float,
    solid_hu: float,
) -> float:
    """Distance from the tip to the outermost tissue, looked for from ``start`` inwards; 0 without any."""
    t = start
    while t > 0.0 and interpolated(hu, grid, tx - t * ax, ty - t * ay, tz - t * az) <= solid_hu:
        t -= SKIN_STEP_MM
    return max(t, 0.0)


@compiled
def _search(
    index: FloatArray,
    label: NDArray[np.uint16],
    spacing: FloatArray,
    window: IntArray,
    low: int,
    high: int,
    found: FloatArray,
) -> None:
    """Lower distances to those of labelled voxels near points; index, spacing and window along z, y, x."""
    nz, ny, nx = label.shape
    for n in range(low, high):
        k0, j0, i0 = int(index[n, 0]), int(index[n, 1]), int(index[n, 2])
        for k in range(max(0, k0 - window[0]), min(nz, k0 + window[0] + 2)):
            dz = max(abs(k - index[n, 0]) - 0.5, 0.0) * spacing[0]
            for j in range(max(0, j0 - window[1]), min(ny, j0 + window[1] + 2)):
                dy = max(abs(j - index[n, 1]) - 0.5, 0.0) * spacing[1]
                for i in range(max(0, i0 - window[2]), min(nx, i0 + window[2] + 2)):
                    number = label[k, j, i]
                    if number:
                        dx = max(abs(i - index[n, 2]) - 0.5, 0.0) * spacing[2]
                        distance = np.sqrt(dx * dx + dy * dy + dz * dz)
                        found[n, number] = min(found[n, number], distance)
