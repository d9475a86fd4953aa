"""CT, contours, plan and dose of one invented patient, with everything that hospitals put around them."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
from pydicom import Dataset, dcmread
from pydicom.uid import ComprehensiveSRStorage

from seedbed.dicom import (
    Identity,
    content_uid,
    write_ct_series,
    write_dose,
    write_plan,
    write_structures,
)
from seedbed.dosimetry import load_source
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.implant import Needle, SeedImplant

GRID = VoxelGrid((-14.5, -14.5, 100.0), (1.0, 1.0, 2.5), (6, 30, 30))
NAME, PATIENT, ACCESSION = "王^小明", "P19600102X", "ACC20260301A"
PHYSICIAN, INSTITUTION, REMARK = "Liuxiang^Doctor", "Fifth People's Hospital", "call 13900001234 at noon"
ORIGINALS = (
    NAME,
    "王",
    "小明",
    PATIENT,
    ACCESSION,
    PHYSICIAN,
    "Liuxiang",
    INSTITUTION,
    REMARK,
    "13900001234",
)
DATES = ("20260301", "19600102", "20260215", "2026-03-01")
STRENGTHS = (0.5, 0.7, 0.5)


def identity_made(patient: str = PATIENT, name: str = NAME) -> Identity:
    return Identity(
        patient_id=patient, patient_name=name, patient_birth_date="19600102", patient_sex="F",
        study_uid=str(content_uid("study", patient)), study_date="20260301", study_time="101500",
        study_id="STUDY77", accession_number=ACCESSION, frame_uid=str(content_uid("frame", patient)),
        made=datetime(2026, 3, 1, 10, 15),
    )  # fmt: skip


def write_case(folder: Path, patient: str = PATIENT, name: str = NAME) -> Path:
    """Write six slices, ``rs.dcm``, ``rp.dcm`` and ``rd.dcm`` that belong together, then soil them."""
    who = identity_made(patient, name)
    hu = np.random.default_rng(7).integers(-1000, 1000, GRID.shape).astype(np.float32)
    ct = write_ct_series(CtVolume(GRID, hu), folder / "ct", who, series=f"Neck of {name}")
    square = np.array([[-5.0, -5.0], [5.0, -5.0], [5.0, 5.0], [-5.0, 5.0]])
    structures = [
        Structure("GTV 靶区", tuple(PlanarContour(z, square) for z in (102.5, 105.0)), 2.5),
        Structure("Liuxiang drew", (PlanarContour(105.0, square + 6),), 2.5),
    ]
    write_structures(structures, ct, folder / "rs.dcm", who, types=["GTV", "ORGAN"])
    places, along_x = np.array([[5.0 * k, 0, 105.0] for k in range(3)]), np.tile([1.0, 0, 0], (3, 1))
    implant = SeedImplant(
        "6711", places, along_x, np.array(STRENGTHS),
        (Needle("N1", (-80.0, 0, 105.0), (15.0, 0, 105.0)),), np.zeros(3, dtype=np.int64),
    )  # fmt: skip
    write_plan(
        implant, load_source("6711"), folder / "rp.dcm", who, dose_gy=100.0, target="GTV 靶区",
        structure_set_uid=uid_of(folder / "rs.dcm"), implanted=datetime(2026, 2, 15, 9),
    )  # fmt: skip
    dose = np.random.default_rng(1).random(GRID.shape) * 300
    write_dose(dose, GRID, folder / "rd.dcm", who, plan_uid=uid_of(folder / "rp.dcm"))
    for path in sorted(folder.rglob("*.dcm")):
        edited(path, soil)
    return folder


def uid_of(path: Path) -> str:
    return str(dcmread(path, stop_before_pixels=True).SOPInstanceUID)


def edited(path: Path, change: Callable[[Dataset], object]) -> Path:
    dataset = dcmread(path)
    change(dataset)
    dataset.save_as(path)
    return path


def soil(dataset: Dataset) -> None:
    """Add descriptions, people, private attributes and nested references, as scanners and systems do."""
    dataset.StudyDescription = f"Thyroid, {REMARK}"
    dataset.PatientComments, dataset.ImageComments = REMARK, f"{NAME}, seen 2026-03-01"
    dataset.InstitutionName, dataset.InstitutionAddress = INSTITUTION, "1 Example Road"
    dataset.ReferringPhysicianName = dataset.PhysiciansOfRecord = PHYSICIAN
    dataset.PatientAge, dataset.PatientWeight, dataset.PatientAddress = "066Y", 61.5, "2 Sample Street"
    dataset.OtherPatientIDsSequence = [_item(PatientID=PATIENT, TypeOfPatientID="TEXT")]
    dataset.RequestAttributesSequence = [
        _item(RequestedProcedureDescription=REMARK, ScheduledProcedureStepID="9")
    ]
    for item in (dataset, dataset.OtherPatientIDsSequence[0]):
        block = item.private_block(0x0029, "VENDOR", create=True)
        block.add_new(0x10, "LO", f"{NAME} {PATIENT}")
        block.add_new(0x11, "UI", dataset.StudyInstanceUID)
    nested = _item(StudyInstanceUID=dataset.StudyInstanceUID, StudyDate="20260215")
    nested.ReferencedSeriesSequence = [
        _item(
            SeriesInstanceUID=dataset.SeriesInstanceUID,
            ReferencedSOPSequence=[
                _item(
                    ReferencedSOPClassUID=ComprehensiveSRStorage,
                    ReferencedSOPInstanceUID=str(content_uid("elsewhere")),
                )
            ],
        )
    ]
    dataset.StudiesContainingOtherReferencedInstancesSequence = [nested]
    dataset.preamble = PATIENT.encode().ljust(128, b"\0")
    dataset.file_meta.SourceApplicationEntityTitle = "WANGSCANNER"


def _item(**values: object) -> Dataset:
    item = Dataset()
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return item


def uids_in(path: Path) -> list[str]:
    """All UIDs of a file in the order of their elements, those of the standard left out, by pydicom alone."""
    dataset = dcmread(path)
    found = [str(element.value) for element in dataset.iterall() if element.VR == "UI"]
    return [uid for uid in found if not uid.startswith("1.2.840.10008.")]
