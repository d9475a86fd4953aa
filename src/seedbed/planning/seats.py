"""Where seeds can lie on a line: centres at one step, with both ends of each seed in the target."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.geometry import Structure, VoxelGrid
from seedbed.geometry.compiling import compiled
from seedbed.planning.blocks import in_slices
from seedbed.planning.needle_rules import NeedleRules

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
FINEST_MM, MOST_VOXELS = 0.5, 4e6
"""The target is kept on voxels of this size, or larger where there would be too many."""
LOOK_MM = 0.25
"""A line is looked at so often, and the first seat is shifted by so much."""


@dataclass(frozen=True)
class TargetVoxels:
    """The target on fine voxels, to test many points fast.

    Attributes
    ----------
    structure : Structure
    grid : VoxelGrid
    inside : ndarray of bool, shape ``grid.shape``
        More than half of the voxel is in the target.
    """

    structure: Structure
    grid: VoxelGrid
    inside: NDArray[np.bool_]

    @property
    def middle_mm(self) -> FloatArray:
        """Middle of the target's box, shape (3,)."""
        lower, upper = self.structure.bounds_mm
        return (lower + upper) / 2

    @property
    def half_diagonal_mm(self) -> float:
        """Half the diagonal of the target's box."""
        lower, upper = self.structure.bounds_mm
        return float(np.linalg.norm(upper - lower)) / 2


def voxels_of(target: Structure) -> TargetVoxels:
    """Put a target on fine voxels."""
    lower, upper = target.bounds_mm
    spacing = max(FINEST_MM, float(np.cbrt(np.prod(upper - lower) / MOST_VOXELS)))
    grid = VoxelGrid.around(lower, upper, spacing)
    return TargetVoxels(target, grid, target.coverage(grid) >= 0.5)


def seat_offsets(
    voxels: TargetVoxels,
    feet_mm: FloatArray,
    along: FloatArray,
    rules: NeedleRules,
    *,
    ends_mm: FloatArray | None = None,
) -> tuple[FloatArray, IntArray]:
    """Seed centres on lines, as distances from a foot along the line, deepest first.

    The first seat is shifted so that the line holds as many seats as it can, and then so that what is left
    over is shared by both ends.

    Parameters
    ----------
    voxels : TargetVoxels
    feet_mm, along : ndarray, shape (n, 3)
        The point of each line next to the middle of the target's box, and unit vectors of push.
    rules : NeedleRules
    ends_mm : ndarray, shape (n, 2), optional
        Between which distances from the foot the seeds of each line must lie, outer end first.

    Returns
    -------
    offsets : ndarray, shape (n, k)
        Mm along the push; NaN beyond the seats that there are.
    count : ndarray of int, shape (n,)
    """
    reach = voxels.half_diagonal_mm + LOOK_MM
    most = int(2 * reach / rules.seat_step_mm) + 1
    offsets, count = np.full((len(feet_mm), most), np.nan), np.zeros(len(feet_mm), dtype=np.int64)
    grid = np.array([*voxels.grid.origin_mm, *voxels.grid.spacing_mm])
    numbers = np.array([reach, rules.seat_step_mm, rules.seed_half_mm * rules.seed_inside_share])
    feet, pushes = np.ascontiguousarray(feet_mm, dtype=float), np.ascontiguousarray(along, dtype=float)
    anywhere = np.tile([-reach, reach], (len(feet), 1))
    ends = anywhere if ends_mm is None else np.clip(ends_mm, -reach, reach)
    in_slices(
        lambda low, high: _seats(
            voxels.inside, grid, feet, pushes, ends, numbers, low, high, offsets, count
        ),
        len(feet),
    )  # fmt: skip
    return offsets, count


def whole_seeds(
    target: Structure, centres_mm: FloatArray, along: FloatArray, rules: NeedleRules
) -> NDArray[np.bool_]:
    """Which seeds lie in the target with their middle and both ends, shape (n, 3) -> (n,)."""
    if not len(centres_mm):
        return np.zeros(0, dtype=bool)
    reach = rules.seed_half_mm * rules.seed_inside_share
    ends = [target.contains(centres_mm + side * reach * along) for side in (-1, 0, 1)]
    return ends[0] & ends[1] & ends[2]


@compiled
def _sample(
    mask: NDArray[np.bool_],
    start: FloatArray,
    step: FloatArray,
    most: int,
    inside: NDArray[np.bool_],
) -> tuple[int, int]:
    """Write which of the points up to ``most`` lie inside; return the first and the last, or 0, -1."""
    nz, ny, nx = mask.shape
    u, v, w, du, dv, dw = start[0], start[1], start[2], step[0], step[1], step[2]
    first, last = 0, -1
    for n in range(len(inside)):
        i, j, k = int(np.floor(u + n * du)), int(np.floor(v + n * dv)), int(np.floor(w + n * dw))
        here = n <= most and 0 <= i < nx and 0 <= j < ny and 0 <= k < nz and mask[k, j, i]
        inside[n] = here
        if here:
            first = n if last < 0 else first
            last = n
    return first, last


@compiled
def _put_seats(
    inside: NDArray[np.bool_], start: int, last: int, step: float, half: int, places: IntArray
) -> int:
    """Write the places of whole seeds from ``start`` on in steps; return how many."""
    count, n = 0, 0
    place = start
    while place + half <= last and count < len(places):
        if inside[place - half] and inside[place] and inside[place + half]:
            places[count] = place
            count += 1
        n += 1
        place = start + int(np.floor(n * step + 0.5))
    return count


@compiled
def _seats(
    mask: NDArray[np.bool_],
    grid: FloatArray,
    feet: FloatArray,
    along: FloatArray,
    ends: FloatArray,
    numbers: FloatArray,
    low: int,
    high: int,
    offsets: FloatArray,
    count: IntArray,
) -> None:
    """Write the seats of lines number ``low`` to ``high``; see `seat_offsets`."""
    reach, step, half = numbers[0], numbers[1] / LOOK_MM, int(np.ceil(numbers[2] / LOOK_MM))
    inside = np.empty(2 * int(reach / LOOK_MM) + 3, dtype=np.bool_)
    places = np.empty(offsets.shape[1], dtype=np.int64)
    start, move = np.empty(3), np.empty(3)
    for n in range(low, high):
        deepest = ends[n, 1]
        for axis in range(3):
            outermost = feet[n, axis] + deepest * along[n, axis]
            start[axis] = (outermost - grid[axis]) / grid[3 + axis] + 0.5
            move[axis] = -LOOK_MM * along[n, axis] / grid[3 + axis]
        first, last = _sample(mask, start, move, int((deepest - ends[n, 0]) / LOOK_MM), inside)
        best, shift, run = 0, 0, 0
        for other in range(int(np.ceil(step))):
            here = _put_seats(inside, first + half + other, last, step, half, places)
            if here > best:
                best, shift, run = here, other, 1
            elif here == best and other == shift + run:
                run += 1
        if best:
            middle = first + half + shift + (run - 1) // 2
            count[n] = _put_seats(inside, middle, last, step, half, places)
            for seat in range(count[n]):
                offsets[n, seat] = deepest - places[seat] * LOOK_MM
