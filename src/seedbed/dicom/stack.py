"""Slices in patient space: they must stack straight and evenly along the LPS axes, and are turned to them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset

from seedbed.dicom.files import FloatArray
from seedbed.dicom.identity import Identity
from seedbed.errors import ImageError
from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume

Directions = tuple[FloatArray, FloatArray, FloatArray]
AXIS_TOLERANCE = 1e-3
"""Largest component of a direction across its axis: 0.06 degrees."""
SHIFT_TOLERANCE_MM = 0.1
SPACING_TOLERANCE = 0.02
COMPARED = {
    "Rows and Columns": "shape",
    "PixelSpacing": "spacing_mm",
    "ImageOrientationPatient": "cosines",
    "FrameOfReferenceUID": "frame_uid",
}


@dataclass(frozen=True)
class Slice:
    """One CT slice: its numbers, and the dataset that holds its pixels.

    Attributes
    ----------
    path : Path
    dataset : Dataset
    identity : Identity
    series_uid, instance_uid : str
    corner_mm : ndarray, shape (3,)
        Centre of the first pixel, LPS.
    cosines : ndarray, shape (6,)
        Directions along a row and along a column.
    spacing_mm : ndarray, shape (2,)
        Between rows, between columns.
    shape : (rows, columns)
    """

    path: Path
    dataset: Dataset
    identity: Identity
    series_uid: str
    instance_uid: str
    corner_mm: FloatArray
    cosines: FloatArray
    spacing_mm: FloatArray
    shape: tuple[int, int]

    @property
    def frame_uid(self) -> str:
        """Frame of reference."""
        return self.identity.frame_uid


def directions(cosines: FloatArray) -> Directions:
    """Return unit vectors along a row, along a column and across the slice, each along a patient axis.

    Raises
    ------
    ImageError
        Oblique or tilted slices, or cosines that are none.
    """
    axes = np.rint(cosines).reshape(2, 3)
    straight = np.abs(cosines - axes.ravel()).max() <= AXIS_TOLERANCE
    if not straight or not np.array_equal(axes @ axes.T, np.eye(2)):
        raise ImageError(
            f"the CT slices are oblique or tilted (ImageOrientationPatient {np.round(cosines, 4).tolist()})",
            "slices along the patient axes",
            "reconstruct the series without gantry tilt",
        )
    return axes[0], axes[1], np.cross(axes[0], axes[1])


def check_same_geometry(one: Slice, first: Slice) -> None:
    """Refuse a slice of another size, spacing, orientation or frame of reference than the first."""
    for keyword, attribute in COMPARED.items():
        came, expected = getattr(one, attribute), getattr(first, attribute)
        if not _equal(came, expected):
            raise ImageError(
                f"CT slice '{one.path.name}' has {keyword} {came}",
                f"{expected} as in '{first.path.name}'",
                "export one consistent series",
            )


def _equal(one: object, other: object) -> bool:
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return np.allclose(one, other, atol=1e-4)
    return one == other


def check_straight(slices: list[Slice], normal: FloatArray) -> None:
    """Refuse slices that are shifted against each other, as a tilted gantry leaves them."""
    corners = np.array([one.corner_mm for one in slices])
    drift = np.abs(corners - corners[0]) * (1 - np.abs(normal))
    if drift.max() > SHIFT_TOLERANCE_MM:
        raise ImageError(
            f"the CT slices are shifted against each other by up to {drift.max():.2f} mm",
            "slices stacked straight along the patient axis",
            "reconstruct the series without gantry tilt and in one field of view",
        )


def slice_distance(place: FloatArray, folder: Path) -> float:
    """Return the one distance between slices at rising places along their normal, mm.

    Raises
    ------
    ImageError
        A single slice, two at one place, one missing, or uneven distances.
    """
    if len(place) < 2:
        raise ImageError(
            f"folder '{folder}' holds a single CT slice", "at least two", "export the whole series"
        )
    gaps = np.diff(place)
    if gaps.min() < 1e-3:
        at = place[int(gaps.argmin())]
        raise ImageError(
            f"two CT slices lie at the same place ({at:.2f} mm along the slice normal)",
            "one slice at each place",
            "export one series without duplicates",
        )
    _check_even(place, gaps)
    return float(np.mean(gaps))


def _check_even(place: FloatArray, gaps: FloatArray) -> None:
    usual = float(gaps.min())
    wide = np.flatnonzero(gaps > usual * (1 + SPACING_TOLERANCE))
    if wide.size:
        lower, upper = place[wide[0]], place[wide[0] + 1]
        missing = gaps[wide].max() > 1.5 * usual
        raise ImageError(
            f"{'a CT slice is missing' if missing else 'the CT slices are uneven'} between {lower:.2f} and "
            f"{upper:.2f} mm along the slice normal ({wide.size} of {len(gaps)} gaps are wider than "
            f"{usual:.2f} mm)",
            "evenly spaced slices",
            "export the complete series" if missing else "reconstruct the series with one slice distance",
        )


def to_lps(stack: NDArray[np.float32], first: Slice, along: Directions, distance_mm: float) -> CtVolume:
    """Turn a stack indexed [slice, row, column] so that its axes are z, y, x and all rise."""
    row, column, normal = along
    by_index = [normal, column, row]  # patient direction of each array axis
    sizes = [distance_mm, *first.spacing_mm.tolist()]
    origin = first.corner_mm
    axes = [int(np.abs(direction).argmax()) for direction in by_index]
    for number, (direction, axis) in enumerate(zip(by_index, axes, strict=True)):
        if direction[axis] < 0:
            stack = np.flip(stack, axis=number)
            origin = origin + direction * sizes[number] * (stack.shape[number] - 1)
    turned = np.transpose(stack, [axes.index(2), axes.index(1), axes.index(0)])
    spacing = [float(sizes[axes.index(axis)]) for axis in range(3)]
    grid = VoxelGrid(
        (float(origin[0]), float(origin[1]), float(origin[2])),
        (spacing[0], spacing[1], spacing[2]),
        (turned.shape[0], turned.shape[1], turned.shape[2]),
    )
    return CtVolume(grid, np.ascontiguousarray(turned))
