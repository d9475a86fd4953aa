"""Slices in patient space: in order, evenly spaced, along the LPS axes or tilted by a known angle."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seedbed.dicom.files import FloatArray
from seedbed.dicom.slices import Slice
from seedbed.errors import ImageError
from seedbed.geometry import VoxelGrid

AXIS_TOLERANCE = 1e-3
"""Largest component of a direction across its axis: 0.06 degrees."""
SHIFT_TOLERANCE_MM = 0.1
DRIFT_TOLERANCE = 0.05
"""Of the slice distance: how far small differences may add up; local rule."""
SPACING_TOLERANCE = 0.02
SAME_PLACE_MM = 1e-3
LARGEST_TILT_DEG = 30.0
"""Scanners tilt no further; local rule."""
COMPARED = {
    "Rows and Columns": "shape",
    "PixelSpacing": "spacing_mm",
    "ImageOrientationPatient": "cosines",
    "FrameOfReferenceUID": "frame_uid",
}


@dataclass(frozen=True)
class Stack:
    """Slices in the order of their places, and the directions in which their voxels follow each other.

    Attributes
    ----------
    slices : tuple of Slice
    steps_mm : ndarray, shape (3, 3)
        Steps to the next slice, row and column, one vector a row, LPS. Along the axes they are exactly that.
    axes : (int, int, int)
        Patient axis, x (0), y (1) or z (2), nearest to each step.
    place_mm : ndarray, shape (n,)
        Position of each slice along the slice normal.
    is_axial : bool
        Slices along the patient axes that are stacked straight: no voxel needs to be resampled.
    """

    slices: tuple[Slice, ...]
    steps_mm: FloatArray
    axes: tuple[int, int, int]
    place_mm: FloatArray
    is_axial: bool

    @property
    def first(self) -> Slice:
        """Slice that lies first along the normal."""
        return self.slices[0]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Numbers of slices, rows and columns."""
        return len(self.slices), *self.first.shape

    @property
    def turn_deg(self) -> float:
        """Largest angle between a direction of the slices and its patient axis."""
        sides = self.steps_mm[1:] / np.linalg.norm(self.steps_mm[1:], axis=1)[:, None]
        unit = np.array([np.cross(sides[1], sides[0]), *sides])
        along = np.abs([direction[axis] for direction, axis in zip(unit, self.axes, strict=True)])
        return float(np.degrees(np.arccos(np.clip(along, 0, 1)).max()))

    @property
    def lean_deg(self) -> float:
        """Angle between the way from slice to slice and the slice normal: the tilt of the gantry."""
        normal = np.cross(self.steps_mm[2], self.steps_mm[1])
        across = np.linalg.norm(np.cross(normal, self.steps_mm[0]))
        return float(np.degrees(np.arctan2(across, normal @ self.steps_mm[0])))


def stacked(slices: list[Slice], folder: Path) -> Stack:
    """Put slices in order by their position and find how they follow each other.

    Raises
    ------
    ImageError
        Slices of different geometry; a single one, two at one place, one missing, uneven distances; slices
        shifted against each other other than by a tilt; directions that are none, or more than 30 degrees off
        the patient axes.
    """
    for one in slices:
        _check_same_geometry(one, slices[0])
    row, column, nearest = _directions(slices[0])
    normal = np.cross(row, column)
    place = np.array([np.dot(one.corner_mm, normal) for one in slices])
    order = np.argsort(place, kind="stable")
    slices, place = [slices[k] for k in order], place[order]
    distance = _slice_distance(place, slices, folder)
    corners = np.array([one.corner_mm for one in slices])
    between_rows, between_columns = slices[0].spacing_mm
    axes = (3 - nearest[0] - nearest[1], nearest[1], nearest[0])
    straight = np.abs((corners - corners[0]) - np.outer(place - place[0], normal)).max() <= SHIFT_TOLERANCE_MM
    step = distance * normal if straight else _even_step(corners, slices)
    steps = np.array([step, between_rows * column, between_columns * row])
    on_axis = bool((np.count_nonzero(steps, axis=1) == 1).all())
    stack = Stack(tuple(slices), steps, axes, place, straight and on_axis)
    _check_tilt(stack)
    return stack


def _check_same_geometry(one: Slice, first: Slice) -> None:
    """Refuse a slice of another size, spacing, orientation or frame of reference than the first."""
    for keyword, attribute in COMPARED.items():
        came, expected = getattr(one, attribute), getattr(first, attribute)
        if not _equal(came, expected):
            raise ImageError(
                f"{one.kind.name} slice '{one.path.name}' has {keyword} {came}",
                f"{expected} as in '{first.path.name}'",
                "export one consistent series",
            )


def _equal(one: object, other: object) -> bool:
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return np.allclose(one, other, atol=1e-4)
    return one == other


def _directions(one: Slice) -> tuple[FloatArray, FloatArray, tuple[int, int]]:
    """Return unit vectors along a row and a column, and the patient axes nearest to them.

    Those that lie along the axes but for rounding are made to lie there exactly.
    """
    given = one.cosines.reshape(2, 3)
    axes = np.rint(given)
    if np.abs(given - axes).max() <= AXIS_TOLERANCE:
        given = axes
    at_right_angles = np.allclose(given @ given.T, np.eye(2), rtol=0, atol=AXIS_TOLERANCE)
    nearest = np.abs(given).argmax(axis=1)
    if not at_right_angles or nearest[0] == nearest[1]:
        raise ImageError(
            f"{one.kind.name} slice '{one.path.name}' has ImageOrientationPatient "
            f"{np.round(one.cosines, 4).tolist()}",
            "two directions of length 1 at right angles, each nearest to another patient axis",
            "export the series again",
        )
    row = given[0] / np.linalg.norm(given[0])
    column = given[1] - (given[1] @ row) * row
    return row, column / np.linalg.norm(column), (int(nearest[0]), int(nearest[1]))


def _slice_distance(place: FloatArray, slices: list[Slice], folder: Path) -> float:
    """Return the one distance between slices at rising places along their normal, mm."""
    if len(place) < 2:
        raise ImageError(
            f"folder '{folder}' holds a single {slices[0].kind.name} slice, {slices[0].called}",
            "at least two",
            "export the whole series",
        )
    gaps = np.diff(place)
    if gaps.min() < SAME_PLACE_MM:
        at = int(gaps.argmin())
        raise ImageError(
            f"two {slices[0].kind.name} slices lie at the same place ({place[at]:.2f} mm along the slice "
            f"normal): {slices[at].called} and {slices[at + 1].called}",
            "one slice at each place",
            "export one series without duplicates",
        )
    _check_even(place, slices)
    return float(np.mean(gaps))


def _check_even(place: FloatArray, slices: list[Slice]) -> None:
    gaps = np.diff(place)
    usual = float(gaps.min())
    wide = np.flatnonzero(gaps > usual * (1 + SPACING_TOLERANCE))
    if wide.size:
        at = int(wide[0])
        missing = gaps[wide].max() > 1.5 * usual
        kind = slices[0].kind.name
        raise ImageError(
            f"{f'a {kind} slice is missing' if missing else f'the {kind} slices are uneven'} between "
            f"{place[at]:.2f} and {place[at + 1]:.2f} mm along the slice normal (ImagePositionPatient; "
            f"{wide.size} of {len(gaps)} gaps are wider than {usual:.2f} mm), between {slices[at].called} "
            f"and {slices[at + 1].called}",
            "evenly spaced slices",
            "export the complete series" if missing else "reconstruct the series with one slice distance",
        )
    off = np.abs(place - np.linspace(place[0], place[-1], len(place)))
    if off.max() > max(SHIFT_TOLERANCE_MM, DRIFT_TOLERANCE * usual):
        raise ImageError(
            f"the {slices[0].kind.name} slices are uneven: {slices[int(off.argmax())].called} lies "
            f"{off.max():.2f} mm from its place in an even stack (ImagePositionPatient)",
            "evenly spaced slices",
            "reconstruct the series with one slice distance",
        )


def _even_step(corners: FloatArray, slices: list[Slice]) -> FloatArray:
    """Return the step from slice to slice where each is shifted by the same against the one before."""
    step: FloatArray = (corners[-1] - corners[0]) / (len(corners) - 1)
    off = np.abs(corners - corners[0] - np.arange(len(corners))[:, None] * step).max(axis=1)
    if off.max() > SHIFT_TOLERANCE_MM:
        raise ImageError(
            f"the {slices[0].kind.name} slices are shifted against each other by up to {off.max():.2f} mm "
            f"and not as by a tilt (ImagePositionPatient of {slices[int(off.argmax())].called})",
            "slices stacked straight",
            "reconstruct the series in one field of view",
        )
    return step


def _check_tilt(stack: Stack) -> None:
    largest = max(stack.turn_deg, stack.lean_deg)
    if largest > LARGEST_TILT_DEG:
        raise ImageError(
            f"the {stack.first.kind.name} slices are turned or tilted by {largest:.1f} degrees "
            f"(ImageOrientationPatient and ImagePositionPatient, '{stack.first.path.name}')",
            f"slices within {LARGEST_TILT_DEG:.0f} degrees of the patient axes",
            "reconstruct the series along the patient axes",
        )


def axial_array(stack: Stack) -> tuple[VoxelGrid, NDArray[np.float32], NDArray[np.float32]]:
    """Return the LPS grid of a straight stack, an empty array over it, and that array by slice, row, column.

    What is written into the second array, indexed ``[slice, row, column]``, stands at its place in the first,
    indexed ``[z, y, x]``: nothing is copied.
    """
    origin, spacing, counts = stack.first.corner_mm.copy(), np.zeros(3), np.zeros(3, dtype=int)
    for step, axis, count in zip(stack.steps_mm, stack.axes, stack.shape, strict=True):
        spacing[axis], counts[axis] = abs(step[axis]), count
        origin += np.minimum(step, 0) * (count - 1)
    grid = grid_of(origin, spacing, counts)
    values = room_for(stack, grid.shape)
    by_slice = np.transpose(values, [2 - axis for axis in stack.axes])
    falling = [n for n, step in enumerate(stack.steps_mm) if step.min() < 0]
    return grid, values, np.flip(by_slice, axis=tuple(falling))


def room_for(stack: Stack, shape: tuple[int, int, int]) -> NDArray[np.float32]:
    """Return an array without values, or refuse slices that are larger than memory."""
    try:
        return np.empty(shape, dtype=np.float32)
    except MemoryError as error:
        rows, columns = stack.first.shape
        raise ImageError(
            f"{len(stack.slices)} {stack.first.kind.name} slices, as '{stack.first.path.name}', have Rows "
            f"{rows} and Columns {columns}",
            "a volume that memory can hold",
            "export the series again",
        ) from error


def grid_of(origin: FloatArray, spacing: FloatArray, counts: NDArray[np.int_]) -> VoxelGrid:
    """Return a grid from arrays over x, y and z."""
    x, y, z = (float(value) for value in origin)
    dx, dy, dz = (float(value) for value in spacing)
    nx, ny, nz = (int(value) for value in counts)
    return VoxelGrid((x, y, z), (dx, dy, dz), (nz, ny, nx))
