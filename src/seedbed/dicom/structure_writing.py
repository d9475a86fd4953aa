"""RTSTRUCT written: contours, needles and seeds, linked to a CT by frame of reference and images.

A needle is one structure with one open contour of two points, entry and tip, of the type BRACHY_CHANNEL: a
channel is the device by which a source reaches its place (PS3.3 C.8.8.15), and planning systems draw such a
structure as a line. All seeds are **one** structure with a point each, in their order, of the type MARKER:
eighty structures of one point would bury the organs in every list, and DICOM has no type for a source that
stays. Neither is a volume to any program, since both are open (PS3.3 C.8.8.6.3).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydicom import Dataset
from pydicom.uid import CTImageStorage, RTStructureSetStorage

from seedbed.dicom.ct import CtSeries
from seedbed.dicom.files import FloatArray, decimal, reference, save, string
from seedbed.dicom.identity import Identity, new_dataset, set_uids
from seedbed.errors import StructureError
from seedbed.geometry import Structure
from seedbed.implant import SeedImplant

DETACHED_STUDY_MANAGEMENT = "1.2.840.10008.3.1.2.3.1"
COLOURS = ((230, 60, 60), (60, 160, 230), (240, 180, 50), (80, 190, 110), (170, 100, 210), (120, 120, 120))
NEEDLE_COLOUR, SEED_COLOUR = (200, 200, 200), (255, 255, 0)
SEEDS = "Seeds"
NEEDLE_TYPE, SEED_TYPE = "BRACHY_CHANNEL", "MARKER"
DECIMALS = 4


@dataclass(frozen=True)
class _Roi:
    """A structure as the file lists it: its points, shape (n, 3), one array for each contour."""

    name: str
    interpreted: str
    geometric: str
    colour: tuple[int, int, int]
    contours: list[FloatArray]


def write_structures(
    structures: Sequence[Structure],
    ct: CtSeries,
    path: Path,
    identity: Identity,
    *,
    types: Sequence[str],
    implant: SeedImplant | None = None,
) -> str:
    """Write structures, and the needles and seeds of an implant, as an RTSTRUCT on a CT series.

    Parameters
    ----------
    structures : sequence of Structure
    ct : CtSeries
    path : Path
    identity : Identity
    types : sequence of str
        RT ROI interpreted type of each structure: ``"GTV"``, ``"ORGAN"``, ``"EXTERNAL"``.
    implant : SeedImplant, optional
        Its needles become structures of their names, its seeds the structure ``"Seeds"``, after the others.

    Returns
    -------
    str
        SOP instance UID.

    Raises
    ------
    InputError
        A name that DICOM cannot hold, two that are the same in their first 64 characters, or not one type
        for each structure.
    """
    placed = [] if implant is None else _implant_rois(implant)
    names = [*(string(structure.name) for structure in structures), *(roi.name for roi in placed)]
    _check_list(names, len(structures), types)
    rois = [_structure_roi(n, s, t) for n, (s, t) in enumerate(zip(structures, types, strict=True))] + placed
    dataset = new_dataset(identity, RTStructureSetStorage, "RTSTRUCT", series="Structures")
    dataset.StructureSetLabel = "SEEDBED"
    dataset.StructureSetDate, dataset.StructureSetTime = dataset.SeriesDate, dataset.SeriesTime
    dataset.ReferencedFrameOfReferenceSequence = [_frame_reference(ct)]
    dataset.StructureSetROISequence = [_listed(n, roi, ct) for n, roi in enumerate(rois, start=1)]
    dataset.ROIContourSequence = [_drawn(n, roi, ct) for n, roi in enumerate(rois, start=1)]
    dataset.RTROIObservationsSequence = [_observation(n, r.interpreted) for n, r in enumerate(rois, start=1)]
    dataset.ApprovalStatus = "UNAPPROVED"
    uid = set_uids(dataset)
    save(dataset, path)
    return str(uid)


def _check_list(names: list[str], count: int, types: Sequence[str]) -> None:
    if len(set(names)) != len(names) or len(types) != count:
        raise StructureError(
            f"the names {names} with the types {list(types)}",
            "names that differ in their first 64 characters, and one type for each structure",
            "rename a structure or needle, or give each structure its type",
        )


def _structure_roi(place: int, structure: Structure, interpreted: str) -> _Roi:
    contours = [
        np.column_stack([contour.points_mm, np.full(len(contour.points_mm), contour.z_mm)])
        for contour in structure.contours
    ]
    colour = COLOURS[place % len(COLOURS)]
    return _Roi(string(structure.name), interpreted, "CLOSED_PLANAR", colour, contours)


def _implant_rois(implant: SeedImplant) -> list[_Roi]:
    needles = [
        _Roi(
            string(needle.name), NEEDLE_TYPE, "OPEN_NONPLANAR", NEEDLE_COLOUR,
            [np.array([needle.entry_mm, needle.tip_mm], dtype=float)],
        )
        for needle in implant.needles
    ]  # fmt: skip
    seeds = list(implant.positions_mm[:, None, :])
    return [*needles, *([_Roi(SEEDS, SEED_TYPE, "POINT", SEED_COLOUR, seeds)] if seeds else [])]


def _frame_reference(ct: CtSeries) -> Dataset:
    series, study, frame = Dataset(), Dataset(), Dataset()
    series.SeriesInstanceUID = ct.series_uid
    series.ContourImageSequence = [reference(CTImageStorage, uid) for uid in ct.instance_uids]
    study.ReferencedSOPClassUID = DETACHED_STUDY_MANAGEMENT
    study.ReferencedSOPInstanceUID = ct.identity.study_uid
    study.RTReferencedSeriesSequence = [series]
    frame.FrameOfReferenceUID = ct.identity.frame_uid
    frame.RTReferencedStudySequence = [study]
    return frame


def _listed(number: int, roi: _Roi, ct: CtSeries) -> Dataset:
    item = Dataset()
    item.ROINumber, item.ROIName = number, roi.name
    item.ReferencedFrameOfReferenceUID = ct.identity.frame_uid
    item.ROIGenerationAlgorithm = ""
    return item


def _drawn(number: int, roi: _Roi, ct: CtSeries) -> Dataset:
    item = Dataset()
    item.ROIDisplayColor = list(roi.colour)
    item.ReferencedROINumber = number
    item.ContourSequence = [_contour(points, roi.geometric, ct) for points in roi.contours]
    return item


def _contour(points: FloatArray, geometric: str, ct: CtSeries) -> Dataset:
    item = Dataset()
    image = _image_at(float(points[0, 2]), ct) if np.ptp(points[:, 2]) == 0 else None
    if image is not None:
        item.ContourImageSequence = [reference(CTImageStorage, image)]
    item.ContourGeometricType = geometric
    item.NumberOfContourPoints = len(points)
    item.ContourData = [decimal(round(float(value), DECIMALS)) for value in points.ravel()]
    return item


def _image_at(z_mm: float, ct: CtSeries) -> str | None:
    """Return the UID of the image of the plane nearest to a contour; None where there is none."""
    grid = ct.volume.grid
    nearest = round((z_mm - grid.origin_mm[2]) / grid.spacing_mm[2])
    return ct.image_of_plane[nearest] if 0 <= nearest < len(ct.image_of_plane) else None


def _observation(number: int, interpreted: str) -> Dataset:
    item = Dataset()
    item.ObservationNumber = item.ReferencedROINumber = number
    item.RTROIInterpretedType, item.ROIInterpreter = interpreted, ""
    return item
