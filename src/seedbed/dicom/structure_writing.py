"""RTSTRUCT written: contours linked to a CT by frame of reference and images."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pydicom import Dataset
from pydicom.uid import CTImageStorage, RTStructureSetStorage

from seedbed.dicom.ct import CtSeries
from seedbed.dicom.files import decimal, reference, save, string
from seedbed.dicom.identity import Identity, content_uid, new_dataset
from seedbed.errors import StructureError
from seedbed.geometry import PlanarContour, Structure

DETACHED_STUDY_MANAGEMENT = "1.2.840.10008.3.1.2.3.1"
COLOURS = ((230, 60, 60), (60, 160, 230), (240, 180, 50), (80, 190, 110), (170, 100, 210), (120, 120, 120))


def write_structures(
    structures: Sequence[Structure], ct: CtSeries, path: Path, identity: Identity, *, types: Sequence[str]
) -> str:
    """Write structures as an RTSTRUCT on a CT series and return its SOP instance UID.

    Parameters
    ----------
    structures : sequence of Structure
    ct : CtSeries
    path : Path
    identity : Identity
    types : sequence of str
        RT ROI interpreted type of each structure: ``"GTV"``, ``"ORGAN"``, ``"EXTERNAL"``.

    Raises
    ------
    InputError
        A name that DICOM cannot hold, two that are the same in their first 64 characters, or not one type
        for each structure.
    """
    _check_list([string(s.name) for s in structures], types)
    drawn = [(s.name, [(float(c.z_mm), c.points_mm.tolist()) for c in s.contours]) for s in structures]
    linked = (identity.study_uid, ct.identity.frame_uid, ct.series_uid, ct.instance_uids)
    uid = content_uid("RTSTRUCT", *linked, drawn, list(types))
    dataset = new_dataset(identity, RTStructureSetStorage, "RTSTRUCT", instance_uid=uid, series="Structures")
    dataset.StructureSetLabel = "SEEDBED"
    dataset.StructureSetDate, dataset.StructureSetTime = dataset.SeriesDate, dataset.SeriesTime
    dataset.ReferencedFrameOfReferenceSequence = [_frame_reference(ct)]
    dataset.StructureSetROISequence = [_roi(n, s, ct) for n, s in enumerate(structures, start=1)]
    dataset.ROIContourSequence = [_roi_contours(n, s, ct) for n, s in enumerate(structures, start=1)]
    dataset.RTROIObservationsSequence = [_observation(n, t) for n, t in enumerate(types, start=1)]
    dataset.ApprovalStatus = "UNAPPROVED"
    save(dataset, path)
    return str(uid)


def _check_list(names: list[str], types: Sequence[str]) -> None:
    if len(set(names)) != len(names) or len(types) != len(names):
        raise StructureError(
            f"the names {names} with the types {list(types)}",
            "names that differ in their first 64 characters, and one type for each",
            "rename a structure, or give each its type",
        )


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


def _roi(number: int, structure: Structure, ct: CtSeries) -> Dataset:
    roi = Dataset()
    roi.ROINumber, roi.ROIName = number, string(structure.name)
    roi.ReferencedFrameOfReferenceUID = ct.identity.frame_uid
    roi.ROIGenerationAlgorithm = ""
    return roi


def _roi_contours(number: int, structure: Structure, ct: CtSeries) -> Dataset:
    item = Dataset()
    item.ROIDisplayColor = list(COLOURS[(number - 1) % len(COLOURS)])
    item.ReferencedROINumber = number
    item.ContourSequence = [_contour(contour, ct) for contour in structure.contours]
    return item


def _contour(contour: PlanarContour, ct: CtSeries) -> Dataset:
    item = Dataset()
    z = ct.volume.grid.axis_mm(2)
    nearest = int(np.abs(z - contour.z_mm).argmin())
    if len(ct.instance_uids) == len(z) and np.allclose(ct.plane_mm, z, atol=0.01):
        item.ContourImageSequence = [reference(CTImageStorage, ct.instance_uids[nearest])]
    item.ContourGeometricType = "CLOSED_PLANAR"
    item.NumberOfContourPoints = len(contour.points_mm)
    item.ContourData = [
        decimal(round(value, 4)) for x, y in contour.points_mm for value in (float(x), float(y), contour.z_mm)
    ]
    return item


def _observation(number: int, interpreted: str) -> Dataset:
    item = Dataset()
    item.ObservationNumber = item.ReferencedROINumber = number
    item.RTROIInterpretedType, item.ROIInterpreter = interpreted, ""
    return item
