"""Builders of plans as other planning systems write them, from PS3.3 C.8.8.15."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydicom import Dataset
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, RTPlanStorage, generate_uid

HALF_LIFE_D = 59.40
MEAN_LIFE_D = HALF_LIFE_D / math.log(2)
Point = tuple[Sequence[float], float | None]


def source_item(**changes: Any) -> Dataset:
    item = Dataset()
    parts = {
        "SourceNumber": 1, "SourceType": "LINE", "SourceIsotopeName": "I-125", "SourceModelID": "6711",
        "SourceManufacturer": "GE Healthcare", "ReferenceAirKermaRate": 0.6, "SourceIsotopeHalfLife": 59.4,
        "SourceStrengthReferenceDate": "20260301",
    }  # fmt: skip
    for keyword, value in {**parts, **changes}.items():
        if value is not None:
            setattr(item, keyword, value)
    return item


def channel_item(points: Sequence[Point], number: int = 1, **changes: Any) -> Dataset:
    item = Dataset()
    item.ChannelNumber, item.SourceMovementType = number, "FIXED"
    item.NumberOfControlPoints, item.ReferencedSourceNumber = len(points), 1
    item.ChannelTotalTime = MEAN_LIFE_D
    item.BrachyControlPointSequence = []
    for index, (place, weight) in enumerate(points):
        point = Dataset()
        point.ControlPointIndex, point.ControlPoint3DPosition = index, [float(v) for v in place]
        point.CumulativeTimeWeight = weight
        item.BrachyControlPointSequence.append(point)
    for keyword, value in changes.items():
        setattr(item, keyword, value)
    return item


def plan_file(
    path: Path, channels: Sequence[Dataset], sources: Sequence[Dataset] | None = None, **changes: Any
) -> Path:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID, meta.MediaStorageSOPClassUID = ExplicitVRLittleEndian, RTPlanStorage
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=["foreign"])
    plan = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    plan.SOPClassUID, plan.SOPInstanceUID = RTPlanStorage, meta.MediaStorageSOPInstanceUID
    plan.Modality, plan.PatientID, plan.StudyInstanceUID = "RTPLAN", "P1", "1.2.3"
    plan.FrameOfReferenceUID, plan.RTPlanDate = "1.2.3.4", "20260301"
    plan.BrachyTreatmentTechnique, plan.BrachyTreatmentType = "PERMANENT", "LDR"
    plan.SourceSequence = list(sources or [source_item()])
    setup = Dataset()
    setup.ApplicationSetupNumber, setup.ApplicationSetupType = 1, "UNDEFINED"
    setup.ChannelSequence = list(channels)
    plan.ApplicationSetupSequence = [setup]
    for keyword, value in changes.items():
        setattr(plan, keyword, value)
    plan.save_as(path, enforce_file_format=True)
    return path


def each_alone(places: Sequence[Sequence[float]], **changes: Any) -> list[Dataset]:
    """One channel a seed, two control points with weights 0 and 1."""
    return [
        channel_item([(place, 0.0), (place, 1.0)], number, **changes)
        for number, place in enumerate(places, start=1)
    ]


A, B, C = (0.0, 0.0, 0.0), (0.0, 0.0, 10.0), (0.0, 0.0, 20.0)
