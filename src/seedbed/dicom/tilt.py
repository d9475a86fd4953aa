"""Tilted and oblique stacks: refused, or resampled onto the patient axes where that is asked for."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import affine_transform

from seedbed.dicom.files import FloatArray
from seedbed.dicom.slices import CT
from seedbed.dicom.stack import Stack, grid_of
from seedbed.errors import ImageError
from seedbed.imaging import CtVolume
from seedbed.imaging.volume import AIR_HU

EDGE = 1e-3
"""How far outside the outermost voxel centre a place still counts as at it, in voxels; local rule."""
TILT_DEG = 0.05
"""From here on an angle is named; local rule."""


def tilt_of(stack: Stack) -> str:
    """Say how a stack is tilted or turned, with the angles in degrees."""
    said = []
    if stack.lean_deg >= TILT_DEG:
        said.append(f"tilted by {stack.lean_deg:.2f} degrees against the way from slice to slice")
    if stack.turn_deg >= TILT_DEG or not said:
        said.append(f"turned by {stack.turn_deg:.2f} degrees against the patient axes")
    return " and ".join(said)


def refuse_tilt(stack: Stack) -> None:
    """Refuse a stack that is not along the patient axes.

    Raises
    ------
    ImageError
        With the tilt in degrees and the option that corrects it.
    """
    if stack.is_axial:
        return
    first, last = stack.slices[0], stack.slices[-1]
    raise ImageError(
        f"the {first.kind.name} slices are oblique or {tilt_of(stack)} (ImageOrientationPatient "
        f"{np.round(first.cosines, 4).tolist()}; ImagePositionPatient from {first.corner_mm.tolist()} in "
        f"'{first.path.name}' to {last.corner_mm.tolist()} in '{last.path.name}')",
        "slices along the patient axes, stacked straight",
        "reconstruct the series along the patient axes"
        + (", or ask for it to be resampled (correct_tilt)" if first.kind is CT else ""),
    )


def untilted(hu: NDArray[np.float32], stack: Stack) -> tuple[CtVolume, str]:
    """Resample a tilted or oblique stack onto the LPS axes by linear interpolation.

    The grid covers all voxel centres of the slices; its spacing along an axis is that of the slices along it.

    Parameters
    ----------
    hu : ndarray, shape (slices, rows, columns)
        Hounsfield units.
    stack : Stack

    Returns
    -------
    volume : CtVolume
        Air where no slice reaches.
    note : str
        What was done, with the angle.
    """
    steps = stack.steps_mm
    ends = np.array(np.meshgrid(*[(0, count - 1) for count in stack.shape], indexing="ij")).reshape(3, -1).T
    corners = stack.first.corner_mm + ends @ steps
    spacing = np.zeros(3)
    for step, axis in zip(steps, stack.axes, strict=True):
        spacing[axis] = abs(step[axis])
    lower, upper = corners.min(axis=0), corners.max(axis=0)
    counts = np.ceil((upper - lower) / spacing - 1e-6).astype(int) + 1
    grid = grid_of(lower, spacing, counts)
    to_slices = np.linalg.inv(steps.T)  # mm to fractional slice, row and column
    matrix = (to_slices * spacing)[:, ::-1]  # of z, y, x indices of the grid
    offset = to_slices @ (lower - stack.first.corner_mm)
    found = np.empty(grid.shape, dtype=np.float32)
    affine_transform(hu, matrix, offset, output=found, order=1, mode="nearest")
    share = _set_air(found, matrix, offset, hu.shape)
    note = (
        f"the slices are {tilt_of(stack)}: corrected by linear interpolation onto the patient axes; "
        f"{100 * share:.1f} % of the voxels lie outside the slices and are air ({AIR_HU:.0f} HU)"
    )
    return CtVolume(grid, found), note


def _set_air(
    found: NDArray[np.float32], matrix: FloatArray, offset: FloatArray, shape: tuple[int, ...]
) -> float:
    """Make voxels air that lie outside the slices, and return their share."""
    last = np.array(shape) - 1
    in_plane = np.indices(found.shape[1:]).reshape(2, -1)
    across = matrix[:, 1:] @ in_plane + offset[:, None]
    outside = 0
    for number, plane in enumerate(found):
        index = across + matrix[:, :1] * number
        beyond = ((index < -EDGE) | (index > last[:, None] + EDGE)).any(axis=0)
        plane[beyond.reshape(plane.shape)] = AIR_HU
        outside += int(beyond.sum())
    return outside / found.size
