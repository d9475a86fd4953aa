"""What a file says, read with pydicom and NumPy alone, in the shortest way; none of it is Seedbed's reading.

Each returns arrays to compare, or fails where the file cannot be understood.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.uid import CTImageStorage

FloatArray = NDArray[np.float64]
Contours = dict[str, set[tuple[tuple[float, ...], ...]]]


def ct_of(files: Iterable[Path]) -> tuple[FloatArray, FloatArray]:
    """Hounsfield units [slice, row, column] from foot to head, and the place of each first voxel."""
    slices = []
    for path in files:
        try:
            one = dcmread(path, force=True)
            if (one.get("SOPClassUID") or one.file_meta.get("MediaStorageSOPClassUID")) != CTImageStorage:
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
            points = [
                p for p in channel.BrachyControlPointSequence if p.get("CumulativeTimeWeight") is not None
            ]
            weights = [float(point.CumulativeTimeWeight) for point in points]
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
