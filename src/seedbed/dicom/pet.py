"""PET series: read as CT series are, in standardised uptake values."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seedbed.dicom.decoding import lossy_notes, stored_pixels
from seedbed.dicom.files import FloatArray
from seedbed.dicom.identity import Identity
from seedbed.dicom.image_folder import find_series
from seedbed.dicom.rescaling import rescaled
from seedbed.dicom.slices import PET
from seedbed.dicom.stack import Stack, axial_array, stacked
from seedbed.dicom.suv import BODY_WEIGHT, suv_factors
from seedbed.dicom.tilt import refuse_tilt
from seedbed.geometry import VoxelGrid


@dataclass(frozen=True)
class PetSeries:
    """SUV along the LPS axes, and what links other objects to it.

    Attributes
    ----------
    grid : VoxelGrid
    suv : ndarray, shape (nz, ny, nx)
        g/mL; padding is 0.
    weighting : str
        ``"BW"``, ``"LBMJAMES128"`` or ``"LBMJANMA"``: SUV Type (0054,1006).
    identity : Identity
    series_uid : str
    instance_uids : tuple of str
        SOP instance UIDs in the order of the slices.
    plane_mm : ndarray, shape (n,)
        Position of each slice along the slice normal, in the same order.
    notes : tuple of str
        A sentence on everything that was assumed, passed over or is unusual.
    """

    grid: VoxelGrid
    suv: NDArray[np.float32]
    weighting: str
    identity: Identity
    series_uid: str
    instance_uids: tuple[str, ...]
    plane_mm: FloatArray
    notes: tuple[str, ...] = ()


def read_pet_series(
    folder: Path | str, *, series: str | int | None = None, weighting: str = BODY_WEIGHT
) -> PetSeries:
    """Read one PET series in a folder as standardised uptake values.

    Parameters
    ----------
    folder : Path or str
        With its subfolders.
    series : str or int, optional
        Which series, where there are several; see `seedbed.dicom.read_ct_series`.
    weighting : str
        ``"BW"``: by body weight. ``"LBMJAMES128"`` or ``"LBMJANMA"``: by lean body mass, see
        `seedbed.dicom.suv.lean_body_mass_kg`.

    Raises
    ------
    ImageError
        What is refused of a CT; pixels without correction of attenuation and decay; weight, dose, half-life
        or a time that is missing, contradicts another or cannot be: none is guessed.
    """
    stack, notes = pet_stack(Path(folder), series)
    factors, more = suv_factors(stack.slices, weighting)
    grid, suv = decoded(stack, factors)
    first = stack.first
    uids = tuple(one.instance_uid for one in stack.slices)
    notes += more + lossy_notes(stack.slices)
    return PetSeries(grid, suv, weighting, first.identity, first.series_uid, uids, stack.place_mm, notes)


def pet_stack(folder: Path, series: str | int | None) -> tuple[Stack, tuple[str, ...]]:
    """Read the slices of one PET series in a folder, and sentences on what was passed over.

    Raises
    ------
    ImageError
        What is refused of a CT.
    """
    slices, notes = find_series(folder, PET, series)
    stack = stacked(slices, folder)
    refuse_tilt(stack)
    return stack, notes


def decoded(stack: Stack, factors: Sequence[float] | FloatArray) -> tuple[VoxelGrid, NDArray[np.float32]]:
    """Return the values of a series along the LPS axes, each slice by its factor; padding is 0."""
    grid, values, by_slice = axial_array(stack)
    pixels = stored_pixels(stack.slices)
    for plane, one, stored, factor in zip(by_slice, stack.slices, pixels, factors, strict=True):
        activity, padding = rescaled(one, stored)
        activity[padding] = 0.0
        plane[...] = activity * factor
    return grid, values
