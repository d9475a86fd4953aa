"""What a needle may pass: the body, and the distance to everything that it must not touch."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from seedbed.errors import NoPlanError
from seedbed.geometry import Structure, VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.planning.blocks import Blocks, block_counts, block_means, blocks_within
from seedbed.planning.body import beneath_skin, find_body, find_bone, find_solid_outside
from seedbed.planning.clearance import clearances
from seedbed.planning.needle_rules import NeedleRules
from seedbed.planning.obstacles import AIRWAY, BONE, Obstacle

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
FREE, BODY, SOLID = 0, 1, 2
"""What a voxel of the coarse grid is: room air, patient, something solid outside."""
INSIDE_SHARE = 0.5
"""At least so much of the target lies in the body, or it is not the patient's; local rule."""


@dataclass(frozen=True)
class Anatomy:
    """What decides where a needle may go.

    Attributes
    ----------
    ct : CtVolume
        The CT it was read from.
    target : Structure
    obstacles : tuple of Obstacle
        The named ones.
    rules : NeedleRules
    grid : VoxelGrid
        All that a needle could pass, no further, on voxels of about ``rules.voxel_mm``.
    clearance_mm : ndarray of float32, shape ``grid.shape``
        Distance, never too large, to the nearest forbidden thing less its margin; see `clearances`.
    label : ndarray of uint16, shape ``grid.shape``
        Which obstacle fills a voxel: the place of its name in ``names``.
    names : tuple of str
        Obstacles by number; number 0 is nothing.
    margins_mm : ndarray, shape ``(len(names),)``
    body_grid : VoxelGrid
        The full image in its planes, on voxels of about ``rules.body_voxel_mm``.
    place : ndarray of uint8, shape ``body_grid.shape``
        `FREE`, `BODY` or `SOLID`.
    bore_mm : ndarray, shape (2,)
        Axis of the gantry's bore in x and y: the middle of the image field.
    """

    ct: CtVolume
    target: Structure
    obstacles: tuple[Obstacle, ...]
    rules: NeedleRules
    grid: VoxelGrid
    clearance_mm: NDArray[np.float32]
    label: NDArray[np.uint16]
    names: tuple[str, ...]
    margins_mm: FloatArray
    body_grid: VoxelGrid
    place: NDArray[np.uint8]
    bore_mm: FloatArray

    @property
    def body(self) -> BoolArray:
        """Inside the patient, shape ``body_grid.shape``."""
        body: BoolArray = self.place == BODY
        return body

    def clearance_at(self, points_mm: FloatArray) -> FloatArray:
        """Clearance at points, mm, shape (n, 3) -> (n,); infinite outside the grid."""
        found: FloatArray = ndimage.map_coordinates(
            self.clearance_mm, self.grid.indices(points_mm).T, order=1, mode="nearest", output=np.float64
        )
        return np.where(self.grid.contains(points_mm), found, np.inf)

    def place_at(self, points_mm: FloatArray) -> NDArray[np.uint8]:
        """Return what the nearest voxels of points are, (n, 3) -> (n,); `FREE` outside the image."""
        return _nearest(self.place, self.body_grid, np.asarray(points_mm, dtype=float))


def read_anatomy(
    ct: CtVolume, target: Structure, obstacles: Sequence[Obstacle], rules: NeedleRules
) -> Anatomy:
    """Find the body and what is forbidden in it: bone by HU, airway and lung by HU, and named organs.

    Dense voxels of the target itself (calcification, tumour bone) do not count as bone.

    Parameters
    ----------
    ct : CtVolume
    target : Structure
    obstacles : sequence of Obstacle
        See `obstacles_of`.
    rules : NeedleRules

    Raises
    ------
    NoPlanError
        The target lies outside the CT, or mostly outside the body.
    """
    _check_inside(ct, target)
    lower, upper = _reach(target, rules)
    outline = _planes(ct, lower[2], upper[2], rules)
    mean = block_means(ct.hu, outline)
    body = find_body(mean, rules.outside_hu)
    _check_in_body(body, outline.grid, target)
    place = body.astype(np.uint8) * BODY
    place[find_solid_outside(mean, body, rules)] = SOLID
    low, high = _box_of(body, outline.grid)
    blocks = blocks_within(ct.grid, np.maximum(lower, low), np.minimum(upper, high), rules.voxel_mm)
    deep = beneath_skin(body, outline.grid, rules.skin_depth_mm)
    label = _by_density(ct, blocks, target, rules, _on(blocks.grid, outline.grid, deep))
    margins = _draw(label, blocks.grid, obstacles, rules)
    return Anatomy(
        ct, target, tuple(obstacles), rules, blocks.grid, clearances(label, blocks.grid, margins), label,
        ("", BONE, AIRWAY, *(obstacle.name for obstacle in obstacles)), margins, outline.grid, place,
        (ct.grid.lower_mm() + ct.grid.upper_mm())[:2] / 2,
    )  # fmt: skip


def _check_inside(ct: CtVolume, target: Structure) -> None:
    lower, upper = target.bounds_mm
    if not ct.grid.contains((lower[None] + upper[None]) / 2).all():
        raise NoPlanError(
            f"target '{target.name}' lies outside the CT",
            "a target inside the image",
            "choose the matching CT",
        )


def _check_in_body(body: BoolArray, grid: VoxelGrid, target: Structure) -> None:
    part, box = _part(grid, *target.bounds_mm)
    share = target.coverage(part)
    inside = float((share * body[box]).sum() / max(share.sum(), 1e-9))
    if inside < INSIDE_SHARE:
        raise NoPlanError(
            f"{100 * (1 - inside):.0f} % of target '{target.name}' lie outside the body, in air",
            "a target in the patient",
            "check that contours and CT belong together",
        )


def _reach(target: Structure, rules: NeedleRules) -> tuple[FloatArray, FloatArray]:
    """Corners of all that a needle into the target can pass within the body."""
    lower, upper = target.bounds_mm
    up = rules.most_depth_mm * np.sin(np.radians(rules.most_tilt_deg))
    margin = np.array([rules.most_depth_mm, rules.most_depth_mm, up + rules.seat_step_mm])
    return lower - margin, upper + margin


def _planes(ct: CtVolume, low_mm: float, high_mm: float, rules: NeedleRules) -> Blocks:
    """Coarse blocks over the whole image between two heights: body and couch are told by their edges.

    The room outside the skin is looked at, too: up or down as far as a tilted needle reaches there.
    """
    room = rules.room_outside_mm * np.sin(np.radians(rules.most_tilt_deg))
    lower, upper = ct.grid.lower_mm(), ct.grid.upper_mm()
    lower[2], upper[2] = low_mm - room, high_mm + room
    return blocks_within(ct.grid, lower, upper, rules.body_voxel_mm)


def _box_of(body: BoolArray, grid: VoxelGrid) -> tuple[FloatArray, FloatArray]:
    """Corners of the body."""
    places = [np.flatnonzero(body.any(axis=tuple({0, 1, 2} - {2 - axis}))) for axis in range(3)]
    spacing = np.asarray(grid.spacing_mm)
    first, last = np.array([place[0] for place in places]), np.array([place[-1] for place in places])
    return grid.lower_mm() + first * spacing, grid.lower_mm() + (last + 1) * spacing


def _part(
    grid: VoxelGrid, lower_mm: FloatArray, upper_mm: FloatArray
) -> tuple[VoxelGrid, tuple[slice, slice, slice]]:
    """Part of a grid that holds a box, at least one voxel, and where it lies."""
    first = np.floor((lower_mm - grid.lower_mm()) / grid.spacing_mm).astype(int)
    last = np.ceil((upper_mm - grid.lower_mm()) / grid.spacing_mm).astype(int)
    count = np.array(grid.shape[::-1])
    first = np.clip(first, 0, count - 1)
    last = np.clip(last, first + 1, count)
    x, y, z = (float(value) for value in np.asarray(grid.origin_mm) + first * grid.spacing_mm)
    nx, ny, nz = (int(value) for value in last - first)
    box = tuple(slice(int(a), int(b)) for a, b in zip(first[::-1], last[::-1], strict=True))
    return VoxelGrid((x, y, z), grid.spacing_mm, (nz, ny, nx)), (box[0], box[1], box[2])


def _by_density(
    ct: CtVolume, blocks: Blocks, target: Structure, rules: NeedleRules, deep: BoolArray
) -> NDArray[np.uint16]:
    """Label bone and airway by HU; not what lies in the target, not the blurred skin."""
    dense, airy = block_counts(ct.hu, blocks, dense_hu=rules.bone_hu, airy_hu=rules.airway_hu)
    least = rules.least_bone_cc * 1000.0 / min(ct.grid.voxel_volume_mm3, blocks.grid.voxel_volume_mm3)
    bone = find_bone(dense, least)
    part, box = _part(blocks.grid, *target.bounds_mm)
    bone[box] &= target.coverage(part) < INSIDE_SHARE
    label = bone.astype(np.uint16)
    label[airy & deep] = 2
    return label


def _draw(
    label: NDArray[np.uint16], grid: VoxelGrid, obstacles: Sequence[Obstacle], rules: NeedleRules
) -> FloatArray:
    """Label every voxel that an obstacle touches; where two meet, that of the larger margin wins."""
    margins = np.array(
        [0.0, rules.bone_margin_mm, rules.airway_margin_mm, *(found.margin_mm for found in obstacles)]
    )
    for number, obstacle in enumerate(obstacles, start=3):
        part, box = _part(grid, *obstacle.structure.bounds_mm)
        here = label[box]
        wins = (here == 0) | (margins[here] <= margins[number])
        here[wins & (obstacle.structure.coverage(part) > 0)] = number
    return margins


def _on(grid: VoxelGrid, coarse: VoxelGrid, mask: BoolArray) -> BoolArray:
    """Values of a coarse grid's nearest voxels on another grid."""
    pick = []
    for axis in (2, 1, 0):
        place = np.rint((grid.axis_mm(axis) - coarse.origin_mm[axis]) / coarse.spacing_mm[axis]).astype(int)
        pick.append(np.clip(place, 0, coarse.shape[2 - axis] - 1))
    return mask[np.ix_(*pick)]


def _nearest(array: NDArray[np.uint8], grid: VoxelGrid, points_mm: FloatArray) -> NDArray[np.uint8]:
    index = np.rint(grid.indices(points_mm)).astype(int)
    inside = ((index >= 0) & (index < np.array(grid.shape))).all(axis=1)
    found = np.zeros(len(points_mm), dtype=array.dtype)
    found[inside] = array[tuple(index[inside].T)]
    return found
