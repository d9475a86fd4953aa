"""RTSTRUCT: contours read and written, linked by frame of reference and geometry."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import Dataset
from pydicom.uid import CTImageStorage, RTStructureSetStorage

from seedbed.dicom.ct import CtSeries
from seedbed.dicom.files import Identity, content_uid, decimal, lenient, new_dataset, read_dataset, save
from seedbed.errors import StructureError, one_of
from seedbed.geometry import PlanarContour, Structure

FloatArray = NDArray[np.float64]
FLAT_MM = 0.05
DETACHED_STUDY_MANAGEMENT = "1.2.840.10008.3.1.2.3.1"
COLOURS = ((230, 60, 60), (60, 160, 230), (240, 180, 50), (80, 190, 110), (170, 100, 210), (120, 120, 120))


def read_structures(path: Path, ct: CtSeries) -> dict[str, Structure]:
    """Read the closed contours of a structure set that belongs to a CT.

    The link is the frame of reference; references to single images are not followed, since real files often
    carry wrong ones. Structures without closed contours are left out.

    Raises
    ------
    StructureError
        Not an RTSTRUCT, another frame of reference, two structures of one name, contours that do not lie in
        axial planes.
    """
    dataset = read_dataset(path)
    if dataset.get("SOPClassUID") != RTStructureSetStorage:
        raise StructureError(
            f"file '{path.name}' has the modality {dataset.get('Modality') or 'none'}",
            "an RTSTRUCT",
            "choose the structure set",
        )
    with lenient():
        rois = {int(roi.ROINumber): roi for roi in dataset.get("StructureSetROISequence", [])}
        contours = {
            int(item.ReferencedROINumber): item.get("ContourSequence", [])
            for item in dataset.get("ROIContourSequence", [])
        }
        found: dict[str, Structure] = {}
        for number, roi in rois.items():
            planes = [_planar(c, str(roi.ROIName)) for c in contours.get(number, []) if _is_closed(c)]
            if planes:
                _check_frame(roi, ct, path)
                _add(found, _structure(str(roi.ROIName), planes, ct.volume.grid.spacing_mm[2]))
    return found


def choose(structures: dict[str, Structure], name: str, what: str = "target") -> Structure:
    """Return a structure by name.

    Raises
    ------
    StructureError
        No structure of that name; those present are listed.
    """
    if name not in structures:
        raise StructureError(
            f"there is no structure '{name}' with closed contours",
            one_of(structures, name),
            f"choose one of them as {what}",
        )
    return structures[name]


def check_inside(structure: Structure, ct: CtSeries) -> None:
    """Refuse a structure that reaches outside the image by more than one voxel."""
    grid = ct.volume.grid
    margin = np.asarray(grid.spacing_mm)
    lower, upper = structure.bounds_mm
    below, above = lower < grid.lower_mm() - margin, upper > grid.upper_mm() + margin
    if below.any() or above.any():
        raise StructureError(
            f"the contours of '{structure.name}' reach from {lower.round(1).tolist()} to "
            f"{upper.round(1).tolist()} mm, outside the image",
            f"contours within {grid.lower_mm().round(1).tolist()} to {grid.upper_mm().round(1).tolist()} mm",
            "choose the CT on which they were drawn, or one that covers them",
        )


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
    """
    text = [(s.name, [(c.z_mm, c.points_mm.round(4).tolist()) for c in s.contours]) for s in structures]
    uid = content_uid("RTSTRUCT", identity.study_uid, text)
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


def _is_closed(contour: Dataset) -> bool:
    return contour.get("ContourGeometricType") == "CLOSED_PLANAR" and len(contour.ContourData) >= 9


def _planar(contour: Dataset, name: str) -> PlanarContour:
    points = np.array([float(value) for value in contour.ContourData], dtype=float).reshape(-1, 3)
    if not np.isfinite(points).all() or np.ptp(points[:, 2]) > FLAT_MM:
        raise StructureError(
            f"a contour of '{name}' spans {np.ptp(points[:, 2]):.2f} mm from foot to head",
            "contours that lie in axial planes",
            "draw the structure on axial slices",
        )
    return PlanarContour(round(float(points[:, 2].mean()), 3), points[:, :2])


def _structure(name: str, planes: list[PlanarContour], slice_mm: float) -> Structure:
    z = np.unique([plane.z_mm for plane in planes])
    usual = float(np.median(np.diff(z))) if len(z) > 1 else slice_mm
    return Structure(name, tuple(planes), usual)


def _add(found: dict[str, Structure], structure: Structure) -> None:
    if structure.name in found:
        raise StructureError(
            f"the structure set holds two structures named '{structure.name}'",
            "one structure of each name",
            "rename one of them",
        )
    found[structure.name] = structure


def _check_frame(roi: Dataset, ct: CtSeries, path: Path) -> None:
    frame = str(roi.get("ReferencedFrameOfReferenceUID", "") or "")
    if frame and frame != ct.identity.frame_uid:
        raise StructureError(
            f"structure '{roi.ROIName}' of '{path.name}' has the frame of reference {frame}",
            f"that of the CT, {ct.identity.frame_uid}",
            "choose the CT on which it was drawn, or register the two first",
        )


def _frame_reference(ct: CtSeries) -> Dataset:
    series, study, frame = Dataset(), Dataset(), Dataset()
    series.SeriesInstanceUID = ct.series_uid
    series.ContourImageSequence = [_image_reference(uid) for uid in ct.instance_uids]
    study.ReferencedSOPClassUID = DETACHED_STUDY_MANAGEMENT
    study.ReferencedSOPInstanceUID = ct.identity.study_uid
    study.RTReferencedSeriesSequence = [series]
    frame.FrameOfReferenceUID = ct.identity.frame_uid
    frame.RTReferencedStudySequence = [study]
    return frame


def _image_reference(uid: str) -> Dataset:
    image = Dataset()
    image.ReferencedSOPClassUID, image.ReferencedSOPInstanceUID = CTImageStorage, uid
    return image


def _roi(number: int, structure: Structure, ct: CtSeries) -> Dataset:
    roi = Dataset()
    roi.ROINumber, roi.ROIName = number, structure.name[:64]
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
        item.ContourImageSequence = [_image_reference(ct.instance_uids[nearest])]
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
