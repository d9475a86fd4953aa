"""What a file says, read with pydicom and NumPy alone, in the shortest way; none of it is Seedbed's reading.

Each returns arrays to compare, or fails where the file cannot be understood.
"""

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset, dcmread
from pydicom.datadict import dictionary_VR
from pydicom.multival import MultiValue
from pydicom.uid import CTImageStorage, PositronEmissionTomographyImageStorage

FloatArray = NDArray[np.float64]
MEASURED = ("103339001", "103340004", "118565006")
"""Long axis, short axis and volume (SNOMED CT)."""
Contours = dict[str, set[tuple[tuple[float, ...], ...]]]


def ct_of(files: Iterable[Path]) -> tuple[FloatArray, FloatArray]:
    """Hounsfield units [slice, row, column] from foot to head, and the place of each first voxel."""
    return _stacked(files, CTImageStorage)


def suv_of(files: Iterable[Path]) -> tuple[FloatArray, FloatArray]:
    """SUV by body weight, decay counted from the injection to the start of the series, and places."""
    files = list(files)
    activity, places = _stacked(files, PositronEmissionTomographyImageStorage)
    one = dcmread(files[-1])
    tracer = one.RadiopharmaceuticalInformationSequence[0]
    begun, injected = _seconds(one.SeriesTime), _seconds(tracer.RadiopharmaceuticalStartTime)
    left = 0.5 ** ((begun - injected) / float(tracer.RadionuclideHalfLife))
    grams = 1000 * float(one.PatientWeight)
    return activity * grams / (float(tracer.RadionuclideTotalDose) * left), places


def _seconds(time: str) -> int:
    return int(time[:2]) * 3600 + int(time[2:4]) * 60 + int(time[4:6])


def _stacked(files: Iterable[Path], sop_class: str) -> tuple[FloatArray, FloatArray]:
    slices = []
    for path in files:
        try:
            one = dcmread(path, force=True)
            if (one.get("SOPClassUID") or one.file_meta.get("MediaStorageSOPClassUID")) != sop_class:
                continue
        except Exception:  # noqa: BLE001, S112 - a file that pydicom cannot read is no slice
            continue
        hu = one.pixel_array * float(one.RescaleSlope) + float(one.RescaleIntercept)
        slices.append((np.array(one.ImagePositionPatient, dtype=float), hu))
    slices.sort(key=lambda one: float(one[0][2]))
    return np.stack([hu for _, hu in slices]), np.stack([place for place, _ in slices])


def contours_of(path: Path) -> Contours:
    """Closed contours of each structure as sets of points, by name."""
    dataset = dcmread(path, force=True)
    names = {int(roi.ROINumber): str(roi.ROIName) for roi in dataset.StructureSetROISequence}
    found: Contours = {}
    for drawn in dataset.ROIContourSequence:
        for contour in drawn.get("ContourSequence") or []:
            if contour.ContourGeometricType != "CLOSED_PLANAR":
                continue
            points = np.array(contour.ContourData, dtype=float).reshape(-1, 3)
            if len(points) >= 3:
                outline = outline_of(points[:, :2], float(points[:, 2].mean()))
                found.setdefault(names[int(drawn.ReferencedROINumber)], set()).add(outline)
    return found


def outline_of(points_mm: FloatArray, z_mm: float) -> tuple[tuple[float, ...], ...]:
    """Return the points of an outline in an order that does not depend on its start, the plane first."""
    return ((round(z_mm, 1) + 0.0,), *sorted(map(tuple, (points_mm.round(3) + 0.0).tolist())))


def seeds_of(path: Path) -> list[tuple[float, ...]]:
    """Place and strength of each seed: where the time weight of a channel rises."""
    dataset = dcmread(path, force=True)
    strength = {int(s.SourceNumber): float(s.ReferenceAirKermaRate) for s in dataset.SourceSequence}
    found = []
    for setup in dataset.ApplicationSetupSequence:
        for channel in setup.ChannelSequence:
            points = list(channel.BrachyControlPointSequence)
            points[0].setdefault("CumulativeTimeWeight", 0)
            weights = [float(point.CumulativeTimeWeight or 0) for point in points]
            rises = weights if len(points) == 1 else [0.0, *np.diff(weights)][: len(points)]
            for point, rise in zip(points, rises, strict=True):
                if rise > 0:
                    place = [round(float(value), 3) + 0.0 for value in point.ControlPoint3DPosition]
                    found.append((*place, round(strength[int(channel.ReferencedSourceNumber)], 6)))
    return sorted(found)


def dose_of(path: Path) -> tuple[FloatArray, FloatArray]:
    """Dose in Gy [z, y, x] as it stands, and x, y, z of the first voxel with its sizes."""
    dose = dcmread(path, force=True)
    planes = np.array(dose.GridFrameOffsetVector, dtype=float)
    gy = dose.pixel_array * float(dose.DoseGridScaling)
    order = np.argsort(planes)
    first = np.array(dose.ImagePositionPatient, dtype=float)
    sizes = [float(dose.PixelSpacing[1]), float(dose.PixelSpacing[0]), abs(planes[1] - planes[0])]
    lowest = first[2] + (planes.min() if planes[0] == 0 else planes.min() - planes[0])
    return gy[order], np.array([first[0], first[1], lowest, *sizes])


def histograms_of(path: Path) -> list[tuple[float, ...]]:
    """Upper edge and volume of each bin of each histogram, one after the other."""
    found = []
    for item in dcmread(path, force=True).get("DVHSequence") or []:
        width, volume = np.array(item.DVHData, dtype=float).reshape(-1, 2).T
        assert len(width) == int(item.DVHNumberOfBins)
        if item.DVHType == "CUMULATIVE":
            volume = volume - np.append(volume[1:], 0.0)
        edges = np.cumsum(width) * float(item.DVHDoseScaling)
        found.append((*edges.round(4).tolist(), *(volume.round(5) + 0.0).tolist()))
    return found


def paths_of(path: Path) -> dict[str, set[tuple[float, ...]]]:
    """Points of the open contours and of the single points of each structure, by its name."""
    dataset = dcmread(path, force=True)
    names = {int(roi.ROINumber): str(roi.ROIName) for roi in dataset.StructureSetROISequence}
    found: dict[str, set[tuple[float, ...]]] = {}
    for drawn in dataset.ROIContourSequence:
        for contour in drawn.get("ContourSequence") or []:
            if contour.ContourGeometricType in ("POINT", "OPEN_PLANAR", "OPEN_NONPLANAR"):
                points = np.array(contour.ContourData, dtype=float).reshape(-1, 3)
                of = found.setdefault(names[int(drawn.ReferencedROINumber)], set())
                of |= set(map(tuple, points.round(3).tolist()))
    return found


def lesions_of(path: Path) -> list[tuple[str, tuple[float, ...]]]:
    """Name and measured numbers of each group of measurements."""
    found = []
    for group in _within(dcmread(path, force=True)):
        children = list(group.get("ContentSequence") or [])
        numbers = [c for c in children if any(_says(c, code) for code in MEASURED)]
        values = [c.MeasuredValueSequence[0].NumericValue for c in numbers if c.MeasuredValueSequence]
        names = [c.TextValue for c in children if _says(c, "112039")]
        if _says(group, "125007") and numbers:
            found.append((str(names[0]), tuple(sorted(float(value) for value in values))))
    return found


def _within(item: Dataset) -> Iterator[Dataset]:
    for child in item.get("ContentSequence") or []:
        yield child
        yield from _within(child)


def _says(item: Dataset, code: str) -> bool:
    return any(name.get("CodeValue") == code for name in item.get("ConceptNameCodeSequence") or [])


def areas_of(path: Path) -> dict[str, dict[float, float]]:
    """Area of each plane of each segment, mm2, from axial frames."""
    dataset = dcmread(path, force=True)
    labels = {int(item.SegmentNumber): str(item.SegmentLabel) for item in dataset.SegmentSequence}
    shared = dataset.SharedFunctionalGroupsSequence[0]
    spacing = np.array(shared.PixelMeasuresSequence[0].PixelSpacing, dtype=float)
    frames = dataset.pixel_array.reshape(-1, dataset.Rows, dataset.Columns)
    found: dict[str, dict[float, Any]] = {}
    for frame, group in zip(frames, dataset.PerFrameFunctionalGroupsSequence, strict=True):
        number = int(group.SegmentIdentificationSequence[0].ReferencedSegmentNumber)
        z = round(float(group.PlanePositionSequence[0].ImagePositionPatient[2]), 2)
        planes = found.setdefault(labels[number], {})
        if frame.any():
            planes[z] = planes.get(z, False) | (frame > 0)
    return {
        label: {z: round(float(mask.sum() * spacing.prod()), 2) for z, mask in planes.items()}
        for label, planes in found.items()
        if planes
    }


def header_of(content: bytes) -> dict[str, str]:
    """Attributes that a register keeps, as pydicom gives them."""
    keywords = {
        "instance_uid": "SOPInstanceUID", "class_uid": "SOPClassUID", "series_uid": "SeriesInstanceUID",
        "study_uid": "StudyInstanceUID", "patient_id": "PatientID", "patient_birth_date": "PatientBirthDate",
        "patient_sex": "PatientSex", "study_date": "StudyDate", "modality": "Modality",
        "series_number": "SeriesNumber", "instance_number": "InstanceNumber",
        "accession_number": "AccessionNumber", "series_description": "SeriesDescription",
        "patient_name": "PatientName", "position_mm": "ImagePositionPatient",
    }  # fmt: skip
    dataset = dcmread(io.BytesIO(content))
    sound = {field: keyword for field, keyword in keywords.items() if _is_of_its_kind(dataset, keyword)}
    return {field: _text(dataset.get(keyword)) for field, keyword in sound.items()}


def _is_of_its_kind(dataset: Dataset, keyword: str) -> bool:
    """Whether an attribute has the value representation that it should; character sets hang on that."""
    vr = dataset.get_item(keyword).VR if keyword in dataset else None
    return vr in (None, dictionary_VR(keyword))


def _text(value: Any) -> str:
    if value is None:
        return ""
    many = isinstance(value, (list, MultiValue))
    return ("\\".join(map(str, value)) if many else str(value)).strip()
