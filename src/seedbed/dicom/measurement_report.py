"""Structured report of lesion measurements, TID 1500: diameters, volume and images of each lesion."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from highdicom.sr import (
    CoordinatesForMeasurement3D,
    DeviceObserverIdentifyingAttributes,
    FindingSite,
    Measurement,
    MeasurementReport,
    MeasurementsAndQualitativeEvaluations,
    ObservationContext,
    ObserverContext,
    ReferencedSegment,
    SourceImageForMeasurementGroup,
    SourceImageForSegmentation,
    TrackingIdentifier,
    VolumetricROIMeasurementsAndQualitativeEvaluations,
)
from pydicom import Dataset
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code
from pydicom.uid import Comprehensive3DSRStorage, CTImageStorage, SegmentationStorage

from seedbed.dicom.ct import CtSeries
from seedbed.dicom.files import FloatArray, decimal, reference, save, string
from seedbed.dicom.identity import (
    IMPLEMENTATION_UID,
    MANUFACTURER,
    Identity,
    content_uid,
    new_dataset,
    set_uids,
)
from seedbed.dicom.measurement_reading import MeasuredLesion, Point
from seedbed.errors import InputError, StructureError
from seedbed.geometry import Structure
from seedbed.geometry.diameters import axial_diameters

DECIMALS = 4
NAMED = {
    "longest_mm": (codes.SCT.LongAxis, codes.UCUM.Millimeter),
    "short_axis_mm": (codes.SCT.ShortAxis, codes.UCUM.Millimeter),
    "volume_cc": (codes.SCT.Volume, codes.UCUM.CubicCentimeter),
}
Group = MeasurementsAndQualitativeEvaluations | VolumetricROIMeasurementsAndQualitativeEvaluations


@dataclass(frozen=True)
class Outlines:
    """The object in which lesions are outlined, a segmentation or a structure set, by its UIDs."""

    sop_class: str
    uid: str
    series_uid: str


def measure_lesion(
    structure: Structure, ct: CtSeries, *, site: Code | None = None, segment: int | None = None
) -> MeasuredLesion:
    """Measure a lesion that is outlined on a CT; see `seedbed.geometry.diameters.axial_diameters`.

    Its tracking UID follows from its name, and from ID, name, birth date and sex of the patient, since two
    hospitals may give one ID to two people: it is the same at every visit as long as these are. Without a
    Patient ID nothing tells one patient from another, and it follows from the study as well: every study
    then gives another.

    Parameters
    ----------
    structure : Structure
    ct : CtSeries
    site : Code, optional
        Where it lies.
    segment : int, optional
        Number of its segment, where it is outlined in a segmentation.

    Raises
    ------
    StructureError
        A lesion without area, or one that no image of the series shows.
    """
    found = axial_diameters(structure)
    return MeasuredLesion(
        name=structure.name,
        tracking_uid=_tracking_uid(structure.name, ct.identity),
        longest_mm=found.longest_mm,
        short_axis_mm=found.short_axis_mm,
        volume_cc=structure.volume_mm3 / 1000.0,
        site=site,
        image_uids=_images_of(structure, ct),
        long_axis_mm=_ends(found.long_mm, found.z_mm),
        segment=segment,
    )


def _tracking_uid(name: str, who: Identity) -> str:
    person = (who.patient_id, who.patient_name, who.patient_birth_date, who.patient_sex)
    study = () if who.patient_id.strip() else (who.study_uid,)
    return str(content_uid("lesion", *person, *study, name))


def _ends(line_mm: FloatArray, z_mm: float) -> tuple[Point, Point]:
    (x1, y1), (x2, y2) = np.round(line_mm, DECIMALS).tolist()
    return (x1, y1, z_mm), (x2, y2, z_mm)


def _images_of(structure: Structure, ct: CtSeries) -> tuple[str, ...]:
    """Return the images of the planes that a structure meets; all images where none lies in a plane."""
    if not any(ct.image_of_plane):
        return ct.instance_uids
    z = ct.volume.grid.axis_mm(2)
    lower, upper = structure.bounds_mm
    inside = (z >= lower[2]) & (z <= upper[2])
    images = tuple(uid for uid, here in zip(ct.image_of_plane, inside, strict=True) if here and uid)
    if not images:
        raise StructureError(
            f"no image shows lesion '{structure.name}'", "a lesion on the CT", "choose the CT it was drawn on"
        )
    return images


def write_measurements(
    lesions: Sequence[MeasuredLesion],
    ct: CtSeries,
    path: Path,
    identity: Identity,
    *,
    outlines: Outlines | None = None,
) -> str:
    """Write lesion measurements as a structured report and return its SOP instance UID.

    A Comprehensive 3D SR with the Measurement Report (PS3.16 TID 1500): for each lesion a group with its
    name and UID, Long Axis and Short Axis (mm) and Volume (cm3), and the images. The longest diameter is
    drawn in patient coordinates (TID 1501) unless the lesion refers to a segment (TID 1411). The report
    is complete, and not verified: that is for an observer.

    Parameters
    ----------
    lesions : sequence of MeasuredLesion
    ct : CtSeries
        The series on which they were measured.
    path : Path
    identity : Identity
    outlines : Outlines, optional
        The segmentation to whose segments lesions refer, or the structure set that outlines them.

    Raises
    ------
    InputError
        No lesion, one without any measurement or name, two of one name, a segment without a segmentation,
        an image of another series.
    """
    _check(lesions, ct, outlines)
    report = new_dataset(identity, Comprehensive3DSRStorage, "SR", series="Lesion measurements")
    del report.FrameOfReferenceUID, report.PositionReferenceIndicator, report.OperatorsName
    report.ContentDate, report.ContentTime = report.SeriesDate, report.SeriesTime
    report.CompletionFlag, report.VerificationFlag = "COMPLETE", "UNVERIFIED"
    report.ReferencedPerformedProcedureStepSequence, report.PerformedProcedureCodeSequence = [], []
    _add_evidence(report, lesions, ct, outlines)
    root = MeasurementReport(
        observation_context=ObservationContext(observer_device_context=_observer()),
        procedure_reported=codes.cid100.CTUnspecifiedBodyRegion,
        imaging_measurements=[_group(lesion, ct, outlines) for lesion in lesions],
        title=codes.cid7021.ImagingMeasurementReport,
    )
    report.update(Dataset(root[0]))
    uid = set_uids(report)
    save(report, path)
    return str(uid)


def _check(lesions: Sequence[MeasuredLesion], ct: CtSeries, outlines: Outlines | None) -> None:
    names = [string(lesion.name) for lesion in lesions]
    if not names or "" in names or len(set(names)) != len(names):
        raise InputError(f"lesions named {names}", "at least one, each with its own name", "name them")
    segmented = outlines is not None and outlines.sop_class == SegmentationStorage
    for lesion in lesions:
        if all(getattr(lesion, field) is None for field in NAMED) or not lesion.tracking_uid:
            raise InputError(
                f"lesion '{lesion.name}' has no measurement or no tracking UID", "both", "measure it"
            )
        if lesion.segment is not None and not segmented:
            raise InputError(
                f"lesion '{lesion.name}' refers to segment {lesion.segment}", "its segmentation", "name it"
            )
        if not lesion.image_uids or not set(lesion.image_uids) <= set(ct.instance_uids):
            raise InputError(
                f"lesion '{lesion.name}' refers to no image, or to one of another series",
                "images of the CT",
                "measure it on this CT",
            )


def _add_evidence(
    report: Dataset, lesions: Sequence[MeasuredLesion], ct: CtSeries, outlines: Outlines | None
) -> None:
    """List what the report refers to: of its own study, and of another one."""
    seen = {uid for lesion in lesions for uid in lesion.image_uids}
    images = [reference(CTImageStorage, uid) for uid in ct.instance_uids if uid in seen]
    listed = [_series(ct.series_uid, images)]
    if outlines is not None:
        listed.append(_series(outlines.series_uid, [reference(outlines.sop_class, outlines.uid)]))
    study = Dataset()
    study.StudyInstanceUID, study.ReferencedSeriesSequence = ct.identity.study_uid, listed
    own = ct.identity.study_uid == report.StudyInstanceUID
    keyword = "CurrentRequestedProcedureEvidenceSequence" if own else "PertinentOtherEvidenceSequence"
    setattr(report, keyword, [study])


def _series(uid: str, references: list[Dataset]) -> Dataset:
    series = Dataset()
    series.SeriesInstanceUID, series.ReferencedSOPSequence = uid, references
    return series


def _observer() -> ObserverContext:
    device = DeviceObserverIdentifyingAttributes(
        uid=IMPLEMENTATION_UID, name=MANUFACTURER, manufacturer_name=MANUFACTURER
    )
    return ObserverContext(observer_type=codes.DCM.Device, observer_identifying_attributes=device)


def _group(lesion: MeasuredLesion, ct: CtSeries, outlines: Outlines | None) -> Group:
    said = {
        "tracking_identifier": TrackingIdentifier(uid=lesion.tracking_uid, identifier=string(lesion.name)),
        "finding_type": codes.SCT.Lesion,
        "finding_sites": None if lesion.site is None else [FindingSite(anatomic_location=lesion.site)],
    }
    if lesion.segment is None or outlines is None:
        images = [SourceImageForMeasurementGroup(CTImageStorage, uid) for uid in lesion.image_uids]
        drawn = _measurements(lesion, ct.identity.frame_uid)
        return MeasurementsAndQualitativeEvaluations(**said, measurements=drawn, source_images=images)
    sources = [SourceImageForSegmentation(CTImageStorage, uid) for uid in lesion.image_uids]
    segment = ReferencedSegment(outlines.sop_class, outlines.uid, lesion.segment, source_images=sources)
    return VolumetricROIMeasurementsAndQualitativeEvaluations(
        **said, measurements=_measurements(lesion), referenced_segment=segment
    )


def _measurements(lesion: MeasuredLesion, frame_uid: str = "") -> list[Measurement]:
    """Return what was measured; the long axis with its line where there is a frame of reference for it."""
    line = None
    if frame_uid and lesion.long_axis_mm is not None:
        line = [CoordinatesForMeasurement3D("POLYLINE", np.array(lesion.long_axis_mm), frame_uid)]
    return [
        Measurement(
            name, float(decimal(value)), unit, referenced_coordinates=line if field == "longest_mm" else None
        )
        for field, (name, unit) in NAMED.items()
        if (value := getattr(lesion, field)) is not None
    ]
