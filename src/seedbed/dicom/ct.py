"""CT series: read by geometry, never by file name or instance number."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import FileDataset
from pydicom.misc import is_dicom
from pydicom.uid import CTImageStorage

from seedbed.dicom.files import FloatArray, number, numbers, pixels, read_dataset, reading, require
from seedbed.dicom.identity import Identity, identity_of
from seedbed.dicom.stack import (
    Slice,
    check_same_geometry,
    check_straight,
    directions,
    slice_distance,
    to_lps,
)
from seedbed.errors import ImageError
from seedbed.imaging import CtVolume

NEEDED = (
    "SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID", "FrameOfReferenceUID", "RescaleSlope",
    "RescaleIntercept", "PixelData",
)  # fmt: skip
AIR_HU = -1000.0


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
    """

    volume: CtVolume
    identity: Identity
    series_uid: str
    instance_uids: tuple[str, ...]
    plane_mm: FloatArray


def read_ct_series(folder: Path) -> CtSeries:
    """Read the one CT series in a folder.

    Files that are no DICOM or no CT image are passed over. Axial, sagittal and coronal series of any patient
    position are turned to the LPS axes; oblique or tilted ones are refused.

    Raises
    ------
    ImageError
        No CT, several series or patients, a missing or doubled slice, slices of different geometry, an
        oblique orientation, an attribute that is missing or malformed, pixels that cannot be decoded.
    """
    slices = _ct_slices(folder)
    _check_one([one.series_uid for one in slices], "CT series")
    _check_one([one.identity.patient_id for one in slices], "patients")
    for one in slices:
        check_same_geometry(one, slices[0])
    along = directions(slices[0].cosines)
    place = np.array([np.dot(one.corner_mm, along[2]) for one in slices])
    order = np.argsort(place)
    slices, place = [slices[k] for k in order], place[order]
    check_straight(slices, along[2])
    distance = slice_distance(place, folder)
    stack = np.stack([_hounsfield(one) for one in slices])
    first = slices[0]
    uids = tuple(one.instance_uid for one in slices)
    return CtSeries(to_lps(stack, first, along, distance), first.identity, first.series_uid, uids, place)


def _ct_slices(folder: Path) -> list[Slice]:
    if not folder.is_dir():
        raise ImageError(f"there is no folder '{folder}'", "a folder with a CT series", "check the path")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    found = [one for path in files if (one := _ct_slice(path)) is not None]
    if not found:
        raise ImageError(
            f"folder '{folder}' holds {len(files)} files and no CT image among them",
            "a DICOM CT series",
            "choose the folder that holds the CT slices",
        )
    return found


def _ct_slice(path: Path) -> Slice | None:
    """Read a file if it is a CT slice; None for other files, localisers and other DICOM objects."""
    with reading(path, ImageError):
        if not is_dicom(path):
            return None
        dataset = read_dataset(path)
        return _slice(dataset, path) if _is_ct(dataset) else None


def _is_ct(dataset: FileDataset) -> bool:
    kind = dataset.get("SOPClassUID") or dataset.file_meta.get("MediaStorageSOPClassUID")
    return kind == CTImageStorage and "LOCALIZER" not in (dataset.get("ImageType") or ())


def _slice(dataset: FileDataset, path: Path) -> Slice:
    for keyword in NEEDED:
        require(dataset, keyword, name=path.name, refusal=ImageError)

    def several(keyword: str, count: int) -> FloatArray:
        return numbers(dataset, keyword, count=count, name=path.name, refusal=ImageError)

    rows, columns = (int(several(keyword, 1)[0]) for keyword in ("Rows", "Columns"))
    spacing = several("PixelSpacing", 2)
    if spacing.min() <= 0:
        raise ImageError(
            f"CT slice '{path.name}' has PixelSpacing {spacing.tolist()}",
            "two positive numbers",
            "export again",
        )
    return Slice(
        path, dataset, identity_of(dataset), str(dataset.SeriesInstanceUID), str(dataset.SOPInstanceUID),
        several("ImagePositionPatient", 3), several("ImageOrientationPatient", 6), spacing, (rows, columns),
    )  # fmt: skip


def _check_one(values: list[str], what: str) -> None:
    different = sorted(set(values))
    if len(different) > 1:
        listed = ", ".join(different[:4]) + (", ..." if len(different) > 4 else "")
        raise ImageError(
            f"the folder holds {len(different)} {what} ({listed})",
            "one CT series of one patient",
            "move the wanted series into a folder of its own",
        )


def _hounsfield(one: Slice) -> NDArray[np.float32]:
    """Rescale the stored pixels; padding is air."""
    with reading(one.path, ImageError):
        stored = pixels(one.dataset, one.shape, name=one.path.name, refusal=ImageError)
        slope, intercept = (
            number(one.dataset, keyword, name=one.path.name, refusal=ImageError)
            for keyword in ("RescaleSlope", "RescaleIntercept")
        )
        with np.errstate(over="ignore"):
            hu = stored * slope + intercept
        hu[_padding(one, stored)] = AIR_HU
    if np.abs(hu).max() > np.finfo(np.float32).max:
        raise ImageError(
            f"CT slice '{one.path.name}' has RescaleSlope {slope:g} and RescaleIntercept {intercept:g}",
            "a rescaling to Hounsfield units",
            "export the series again",
        )
    return hu.astype(np.float32)


def _padding(one: Slice, stored: NDArray[Any]) -> NDArray[np.bool_]:
    """Pixels from Pixel Padding Value to Pixel Padding Range Limit (PS3.3 C.7.5.1.1.2)."""
    value = one.dataset.get("PixelPaddingValue")
    if value is None:
        return np.zeros(stored.shape, dtype=bool)
    limit = one.dataset.get("PixelPaddingRangeLimit")
    low, high = sorted((float(value), float(value if limit is None else limit)))
    return np.asarray((stored >= low) & (stored <= high))
