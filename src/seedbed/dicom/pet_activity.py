"""PET series in Bq/mL, where no SUV can be had; and what was injected, to compare two."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seedbed.dicom.decoding import lossy_notes
from seedbed.dicom.files import number, reading, text
from seedbed.dicom.identity import Identity
from seedbed.dicom.image_folder import find_series
from seedbed.dicom.pet import decoded, pet_stack
from seedbed.dicom.slices import PET
from seedbed.dicom.suv import shared
from seedbed.errors import ImageError
from seedbed.geometry import VoxelGrid


@dataclass(frozen=True)
class PetActivity:
    """Activity concentrations along the LPS axes.

    Attributes
    ----------
    grid : VoxelGrid
    bq_per_ml : ndarray, shape (nz, ny, nx)
        As stored; padding is 0.
    identity : Identity
    series_uid : str
    notes : tuple of str
    """

    grid: VoxelGrid
    bq_per_ml: NDArray[np.float32]
    identity: Identity
    series_uid: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tracer:
    """What a PET series says was injected.

    Attributes
    ----------
    name : str
        Radiopharmaceutical, empty where it is missing.
    half_life_s : float or None
    """

    name: str
    half_life_s: float | None


def read_pet_activity(folder: Path | str, *, series: str | int | None = None) -> PetActivity:
    """Read one PET series in a folder in Bq/mL; neither weight nor injection is needed.

    Parameters
    ----------
    folder : Path or str
        With its subfolders.
    series : str or int, optional
        Which series, where there are several; see `seedbed.dicom.read_ct_series`.

    Raises
    ------
    ImageError
        What is refused of a CT; pixels in another unit, or not corrected for attenuation and decay.

    Examples
    --------
    >>> read_pet_activity("no such folder")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    seedbed.errors.ImageError: there is no folder 'no such folder'; expected a folder with a PET series; ...
    """
    stack, notes = pet_stack(Path(folder), series)
    units = shared(stack.slices, "Units")
    corrected = {*shared(stack.slices, "CorrectedImage").split("\\")}
    if units != "BQML" or "ATTN" not in corrected or not corrected & {"DECY", "DECAY"}:
        raise ImageError(
            f"PET slice '{stack.first.path.name}' has Units (0054,1001) {units!r} and CorrectedImage "
            f"(0028,0051) {sorted(corrected)}",
            "'BQML', corrected for attenuation (ATTN) and decay (DECY)",
            "export the corrected series in Bq/mL",
        )
    grid, values = decoded(stack, [1.0] * len(stack.slices))
    first = stack.first
    return PetActivity(grid, values, first.identity, first.series_uid, notes + lossy_notes(stack.slices))


def read_pet_tracer(folder: Path | str, *, series: str | int | None = None) -> Tracer:
    """Read what was injected from the first slice of a PET series; nothing is refused for being missing.

    Raises
    ------
    ImageError
        No such series, a half-life that is no number.
    """
    one = find_series(Path(folder), PET, series)[0][0]
    with reading(one.path, ImageError):
        found = list(one.dataset.get("RadiopharmaceuticalInformationSequence") or [])
        if not found:
            return Tracer("", None)
        stated = text(found[0], "RadionuclideHalfLife").strip()
        half_life = (
            number(found[0], "RadionuclideHalfLife", name=one.path.name, refusal=ImageError)
            if stated
            else None
        )
        return Tracer(text(found[0], "Radiopharmaceutical").strip(), half_life)
