"""CT series: read by geometry, never by file name or instance number."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seedbed.dicom.decoding import lossy_notes, stored_pixels
from seedbed.dicom.files import FloatArray, number, reading
from seedbed.dicom.identity import Identity
from seedbed.dicom.image_folder import find_series
from seedbed.dicom.rescaling import hounsfield_notes, rescaled
from seedbed.dicom.slices import CT, Slice
from seedbed.dicom.stack import Stack, axial_array, room_for, stacked
from seedbed.dicom.tilt import TILT_DEG, refuse_tilt, untilted
from seedbed.errors import ImageError
from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.imaging.volume import AIR_HU


@dataclass(frozen=True)
class CtSeries:
    """A CT volume along the LPS axes, and what links other objects to it.

    Attributes
    ----------
    volume : CtVolume
    identity : Identity
    series_uid : str
    instance_uids : tuple of str
        SOP instance UIDs in the order of the slices, from the first to the last plane.
    plane_mm : ndarray, shape (n,)
        Position of each slice along the slice normal, in the same order.
    notes : tuple of str
        A sentence on everything that was corrected, passed over or is unusual.
    image_of_plane : tuple of (str or None), one for each plane of the volume from feet to head
        SOP instance UID of the image that shows it; None where no image lies in it, since the slices run
        across the planes or were resampled. Empty where no images are known.
    number_of_plane : tuple of int, one for each plane of the volume from feet to head
        Instance Number of that image, by which a workstation counts; 1, 2, 3, ... from the feet where any
        plane has none or two have the same.
    numbered_by_images : bool
        Which of the two it is.
    """

    volume: CtVolume
    identity: Identity
    series_uid: str
    instance_uids: tuple[str, ...]
    plane_mm: FloatArray
    notes: tuple[str, ...] = ()
    image_of_plane: tuple[str | None, ...] = ()
    number_of_plane: tuple[int, ...] = ()
    numbered_by_images: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        planes = self.volume.grid.shape[0]
        object.__setattr__(self, "numbered_by_images", bool(self.number_of_plane))
        if not self.number_of_plane:
            object.__setattr__(self, "number_of_plane", tuple(range(1, planes + 1)))
        if len(self.image_of_plane) not in (0, planes):
            raise ImageError(
                f"images of {len(self.image_of_plane)} planes for a volume of {planes}",
                "one for each plane",
                "read the series again",
            )


def read_ct_series(
    folder: Path | str, *, series: str | int | None = None, correct_tilt: bool = False
) -> CtSeries:
    """Read one CT series in a folder.

    Files that are no DICOM or no CT image are passed over, unless their name says that they should be. Axial,
    sagittal and coronal series of any patient position are turned to the LPS axes.

    Parameters
    ----------
    folder : Path or str
        With its subfolders.
    series : str or int, optional
        Which series, where there are several: Series Instance UID, Series Number, or a part of the Series
        Description that only one has.
    correct_tilt : bool
        Resample slices that a tilted gantry left shifted or turned, up to 30 degrees, onto the LPS axes; they
        are refused otherwise.

    Raises
    ------
    ImageError
        No CT, several series and no word on which, several patients, a missing or doubled slice, slices of
        different geometry, a tilt, an attribute that is missing or malformed, other values than Hounsfield
        units, pixels that cannot be decoded.
    """
    folder = Path(folder)
    slices, notes = find_series(folder, CT, series)
    stack = stacked(slices, folder)
    if not correct_tilt:
        refuse_tilt(stack)
    notes += hounsfield_notes(stack.slices) + lossy_notes(stack.slices)
    if stack.is_axial:
        grid, hu, by_slice = axial_array(stack)
        _fill(by_slice, stack)
        volume = CtVolume(grid, hu)
        notes += _tilt_notes(stack)
    else:
        by_slice = room_for(stack, stack.shape)
        _fill(by_slice, stack)
        volume, note = untilted(by_slice, stack)
        notes += (note,)
    first = stack.first
    uids = tuple(one.instance_uid for one in stack.slices)
    shown = _image_of_plane(stack, volume.grid)
    numbers = _number_of_plane(stack) if None not in shown else ()
    return CtSeries(volume, first.identity, first.series_uid, uids, stack.place_mm, notes, shown, numbers)


def _image_of_plane(stack: Stack, grid: VoxelGrid) -> tuple[str | None, ...]:
    """Image that lies in each plane, from feet to head; none where slices run across the planes."""
    if not stack.is_axial or stack.axes[0] != 2:
        return (None,) * grid.shape[0]
    return tuple(one.instance_uid for one in _upwards(stack))


def _number_of_plane(stack: Stack) -> tuple[int, ...]:
    """Instance numbers from feet to head; none where one is missing, is no number, or stands twice."""
    stated = [one.word("InstanceNumber").strip() for one in _upwards(stack)]
    numbers = tuple(int(text) for text in stated if text.isascii() and text.isdigit())
    return numbers if len(set(numbers)) == len(stated) else ()


def _upwards(stack: Stack) -> list[Slice]:
    """Slices from feet to head."""
    return list(stack.slices if stack.steps_mm[0, 2] > 0 else stack.slices[::-1])


def _fill(by_slice: NDArray[np.float32], stack: Stack) -> None:
    """Put the Hounsfield units of each slice in their place; padding is air."""
    for plane, one, stored in zip(by_slice, stack.slices, stored_pixels(stack.slices), strict=True):
        hu, padding = rescaled(one, stored)
        hu[padding] = AIR_HU
        plane[...] = hu


def _tilt_notes(stack: Stack) -> tuple[str, ...]:
    """Note a Gantry/Detector Tilt that position and orientation do not show."""
    one = stack.first
    if not one.word("GantryDetectorTilt"):
        return ()
    with reading(one.path, ImageError):
        tilt = number(one.dataset, "GantryDetectorTilt", name=one.path.name, refusal=ImageError)
    note = (
        f"GantryDetectorTilt is {tilt:g} degrees in '{one.path.name}', but orientation and positions of the "
        f"slices show none: these were used"
    )
    return (note,) if abs(tilt) >= TILT_DEG else ()
