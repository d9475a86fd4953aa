"""CT series: read by geometry, never by file name or instance number; written slice by slice."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, dcmread
from pydicom.errors import InvalidDicomError
from pydicom.uid import CTImageStorage

from seedbed.dicom.files import Identity, content_uid, decimal, identity_of, lenient, new_dataset, save
from seedbed.errors import ImageError
from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume

FloatArray = NDArray[np.float64]
AXIS_TOLERANCE = 1e-3
"""Largest component of a direction across its axis: 0.06 degrees."""
SHIFT_TOLERANCE_MM = 0.1
SPACING_TOLERANCE = 0.02
NEEDED = (
    "SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID", "FrameOfReferenceUID", "ImagePositionPatient",
    "ImageOrientationPatient", "PixelSpacing", "Rows", "Columns", "PixelData",
)  # fmt: skip


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
        oblique orientation, pixels that cannot be decoded.
    """
    slices = _ct_slices(folder)
    _one("SeriesInstanceUID", slices, "CT series")
    _one("PatientID", slices, "patients")
    first = slices[0][1]
    row, column = _directions(first)
    for path, dataset in slices:
        _same_geometry(path, dataset, first)
    normal = np.cross(row, column)
    place = np.array([np.dot(_vector(d, "ImagePositionPatient"), normal) for _, d in slices])
    order = np.argsort(place)
    slices, place = [slices[i] for i in order], place[order]
    _check_stack(slices, np.rint(normal))
    distance = _slice_distance(place, folder)
    stack = np.stack([_hounsfield(path, dataset) for path, dataset in slices])
    volume = _to_lps(stack, slices[0][1], (row, column, normal), distance)
    return CtSeries(
        volume,
        identity_of(first, str(first.FrameOfReferenceUID)),
        str(first.SeriesInstanceUID),
        tuple(str(dataset.SOPInstanceUID) for _, dataset in slices),
        place,
    )


def write_ct_series(volume: CtVolume, folder: Path, identity: Identity, *, series: str) -> CtSeries:
    """Write a volume as an axial CT series, one file a slice, 16 bit, and return it as it would be read."""
    content = content_uid(series, identity.study_uid, np.rint(volume.hu).astype(np.int16).tobytes().hex())
    series_uid = content_uid(content, "series")
    uids = [content_uid(content, number) for number in range(volume.grid.shape[0])]
    for number, uid in enumerate(uids):
        dataset = new_dataset(identity, CTImageStorage, "CT", instance_uid=uid, series=series)
        dataset.SeriesInstanceUID, dataset.InstanceNumber = series_uid, number + 1
        _fill_slice(dataset, volume, number)
        save(dataset, folder / f"ct_{number + 1:04d}.dcm")
    return CtSeries(volume, identity, str(series_uid), tuple(map(str, uids)), volume.grid.axis_mm(2))


def _ct_slices(folder: Path) -> list[tuple[Path, Dataset]]:
    if not folder.is_dir():
        raise ImageError(f"there is no folder '{folder}'", "a folder with a CT series", "check the path")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    found = [(path, dataset) for path in files if (dataset := _ct_slice(path)) is not None]
    if not found:
        raise ImageError(
            f"folder '{folder}' holds {len(files)} files and no CT image among them",
            "a DICOM CT series",
            "choose the folder that holds the CT slices",
        )
    return found


def _ct_slice(path: Path) -> Dataset | None:
    """Read a file if it is a CT slice; None for other files, localisers and other DICOM objects."""
    try:
        with lenient():
            dataset = dcmread(path)
            if dataset.get("SOPClassUID") != CTImageStorage or "LOCALIZER" in (
                dataset.get("ImageType") or ()
            ):
                return None
            missing = [keyword for keyword in NEEDED if dataset.get(keyword) in (None, "")]
    except InvalidDicomError:
        return None
    except (OSError, EOFError, ValueError, KeyError, NotImplementedError) as error:
        raise ImageError(
            f"file '{path}' cannot be read as DICOM ({type(error).__name__})",
            "a complete CT slice",
            "export the series again",
        ) from error
    if missing:
        raise ImageError(
            f"CT slice '{path.name}' has no {missing[0]}", "a complete CT image", "export the series again"
        )
    return dataset


def _one(keyword: str, slices: list[tuple[Path, Dataset]], what: str) -> None:
    with lenient():
        values = sorted({str(dataset.get(keyword, "")) for _, dataset in slices})
    if len(values) > 1:
        listed = ", ".join(values[:4]) + (", ..." if len(values) > 4 else "")
        raise ImageError(
            f"the folder holds {len(values)} {what} ({listed})",
            "one CT series of one patient",
            "move the wanted series into a folder of its own",
        )


def _vector(dataset: Dataset, keyword: str) -> FloatArray:
    return np.array([float(value) for value in dataset.get(keyword)], dtype=float)


def _directions(dataset: Dataset) -> tuple[FloatArray, FloatArray]:
    cosines = _vector(dataset, "ImageOrientationPatient")
    row, column = cosines[:3], cosines[3:]
    if np.abs(cosines - np.rint(cosines)).max() > AXIS_TOLERANCE or abs(np.dot(row, column)) > AXIS_TOLERANCE:
        raise ImageError(
            f"the CT slices are oblique or tilted (ImageOrientationPatient {np.round(cosines, 4).tolist()})",
            "slices along the patient axes",
            "reconstruct the series without gantry tilt",
        )
    return np.rint(row), np.rint(column)


def _same_geometry(path: Path, dataset: Dataset, first: Dataset) -> None:
    for keyword in ("Rows", "Columns", "PixelSpacing", "ImageOrientationPatient", "FrameOfReferenceUID"):
        if not _equal(dataset.get(keyword), first.get(keyword)):
            raise ImageError(
                f"CT slice '{path.name}' has {keyword} {dataset.get(keyword)}",
                f"{first.get(keyword)} as in the other slices",
                "export one consistent series",
            )


def _check_stack(slices: list[tuple[Path, Dataset]], normal: FloatArray) -> None:
    """Refuse slices that are shifted against each other, as a tilted gantry leaves them."""
    corners = np.array([_vector(dataset, "ImagePositionPatient") for _, dataset in slices])
    drift = np.abs(corners - corners[0]) * (1 - np.abs(normal))
    if drift.max() > SHIFT_TOLERANCE_MM:
        raise ImageError(
            f"the CT slices are shifted against each other by up to {drift.max():.2f} mm",
            "slices stacked straight along the patient axis",
            "reconstruct the series without gantry tilt and in one field of view",
        )


def _equal(one: object, other: object) -> bool:
    if isinstance(one, str | int) or isinstance(other, str | int):
        return one == other
    return bool(np.allclose(np.array(one, dtype=float), np.array(other, dtype=float), atol=1e-4))


def _slice_distance(place: FloatArray, folder: Path) -> float:
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
    return float(np.mean(gaps))


def _hounsfield(path: Path, dataset: Dataset) -> NDArray[np.float32]:
    try:
        stored = dataset.pixel_array.astype(np.float32)
    except Exception as error:  # the decoders of several libraries fail in many ways
        raise ImageError(
            f"the pixels of CT slice '{path.name}' cannot be decoded ({type(error).__name__})",
            "uncompressed or supported compressed pixel data",
            "export the series again, uncompressed",
        ) from error
    if stored.shape != (dataset.Rows, dataset.Columns):
        raise ImageError(
            f"CT slice '{path.name}' has pixels of shape {stored.shape}",
            f"{(dataset.Rows, dataset.Columns)}",
            "export single-frame slices",
        )
    slope, intercept = dataset.get("RescaleSlope"), dataset.get("RescaleIntercept")
    scaled = stored * float(1 if slope is None else slope) + float(0 if intercept is None else intercept)
    padding = dataset.get("PixelPaddingValue")
    if padding is not None:
        scaled[stored == float(padding)] = -1000.0
    return np.asarray(scaled, dtype=np.float32)


def _to_lps(
    stack: NDArray[np.float32],
    first: Dataset,
    directions: tuple[FloatArray, FloatArray, FloatArray],
    distance: float,
) -> CtVolume:
    """Turn a stack indexed [slice, row, column] so that its axes are z, y, x and all rise."""
    row, column, normal = directions
    by_index = [normal, column, row]  # patient direction of each array axis
    spacing_rc = _vector(first, "PixelSpacing")
    sizes = [distance, spacing_rc[0], spacing_rc[1]]
    origin = _vector(first, "ImagePositionPatient")
    axes = [int(np.abs(direction).argmax()) for direction in by_index]
    for number, (direction, axis) in enumerate(zip(by_index, axes, strict=True)):
        if direction[axis] < 0:
            stack = np.flip(stack, axis=number)
            origin = origin + direction * sizes[number] * (stack.shape[number] - 1)
    turned = np.transpose(stack, [axes.index(2), axes.index(1), axes.index(0)])
    spacing = [sizes[axes.index(axis)] for axis in range(3)]
    grid = VoxelGrid(
        (float(origin[0]), float(origin[1]), float(origin[2])),
        (float(spacing[0]), float(spacing[1]), float(spacing[2])),
        (turned.shape[0], turned.shape[1], turned.shape[2]),
    )
    return CtVolume(grid, np.ascontiguousarray(turned))


def _fill_slice(dataset: Dataset, volume: CtVolume, number: int) -> None:
    grid = volume.grid
    x, y, _ = grid.origin_mm
    z = float(grid.axis_mm(2)[number])
    dataset.ImageType = ["DERIVED", "SECONDARY", "AXIAL"]
    dataset.AcquisitionNumber = 1
    dataset.ImagePositionPatient = [decimal(x), decimal(y), decimal(z)]
    dataset.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    dataset.PatientPosition = "HFS"
    dataset.KVP = ""
    dataset.SliceThickness = decimal(grid.spacing_mm[2])
    dataset.SliceLocation = decimal(z)
    dataset.PixelSpacing = [decimal(grid.spacing_mm[1]), decimal(grid.spacing_mm[0])]
    dataset.Rows, dataset.Columns = grid.shape[1], grid.shape[2]
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 16, 15, 1
    dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = 0, 1, "HU"
    dataset.WindowCenter, dataset.WindowWidth = 40, 400
    dataset.PixelData = np.rint(volume.hu[number]).astype("<i2").tobytes()
