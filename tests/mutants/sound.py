"""A small sound case, written by Seedbed: one of each kind of file that it reads. All of it is synthetic."""

from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path

import numpy as np
from pydicom import Dataset, dcmread
from pydicom.uid import JPEG2000Lossless, PositronEmissionTomographyImageStorage

from seedbed.dicom import (
    CtSeries,
    DvhSet,
    Identity,
    content_uid,
    write_ct_series,
    write_dose,
    write_plan,
    write_structures,
)
from seedbed.dicom.measurement_reading import MeasuredLesion
from seedbed.dicom.measurement_report import write_measurements
from seedbed.dicom.segmentation_writing import write_segmentation
from seedbed.dosimetry import Dvh, load_source
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.implant import Needle, SeedImplant

GRID = VoxelGrid((-11.5, -9.5, 100.0), (1.0, 1.0, 2.5), (6, 20, 24))
PACKED_GRID = VoxelGrid((-11.5, -9.5, 100.0), (1.0, 1.0, 2.5), (3, 32, 36))
FRAME = str(content_uid("mutants", "frame"))


@dataclass(frozen=True)
class SoundCase:
    """Files of one case: folders of CT, the same compressed, and PET; one file of each other kind."""

    ct: Path
    packed: Path
    pet: Path
    rs: Path
    paths: Path
    rp: Path
    rd: Path
    dvhs: Path
    seg: Path
    sr: Path


def names_in(folder: Path) -> SoundCase:
    """Return where each part of a case lies in its folder."""
    folders = ("ct", "packed", "pet")
    names = (field.name for field in fields(SoundCase))
    return SoundCase(*(folder / (name if name in folders else f"{name}.dcm") for name in names))


def write_sound_case(folder: Path) -> SoundCase:
    """Write the case below a folder."""
    case = names_in(folder)
    rng = np.random.default_rng(5)
    hu = rng.integers(-1000, 1500, GRID.shape).astype(np.float32)
    ct = write_ct_series(CtVolume(GRID, hu), case.ct, _identity(), series="Planning CT")
    _write_packed(case)
    _write_pet(case)
    drawn, types = _drawn(), ["GTV", "ORGAN"]
    structures = write_structures(drawn, ct, case.rs, _identity(), types=types)
    write_structures(drawn, ct, case.paths, _identity(), types=types, implant=_implant())
    plan = write_plan(
        _implant(), load_source("6711"), case.rp, _identity(), dose_gy=100.0, target="GTV",
        structure_set_uid=structures, implanted=_identity().made,
    )  # fmt: skip
    dose = rng.random(GRID.shape) * 300
    write_dose(dose, GRID, case.rd, _identity(), plan_uid=plan)
    dvhs = DvhSet(
        structures, {n + 1: Dvh.of(f"S{n}", rng.random(50) * 9, np.full(50, 0.1)) for n in range(2)}
    )
    write_dose(dose, GRID, case.dvhs, _identity(), plan_uid=plan, dvhs=dvhs)
    write_segmentation(drawn, ct, case.seg, _identity(), types=types, source_images=case.ct.iterdir())
    write_measurements(_lesions(ct), ct, case.sr, _identity())
    return case


def _write_packed(case: SoundCase) -> None:
    """Write slices in JPEG 2000, for which their sides must have 32 pixels at least."""
    hu = np.random.default_rng(6).integers(-1000, 1500, PACKED_GRID.shape).astype(np.float32)
    write_ct_series(CtVolume(PACKED_GRID, hu), case.packed, _identity(), series="Compressed CT")
    for path in case.packed.iterdir():
        dataset = dcmread(path)
        dataset.compress(JPEG2000Lossless, generate_instance_uid=False)
        dataset.save_as(path)


def _write_pet(case: SoundCase) -> None:
    case.pet.mkdir()
    for path in sorted(case.ct.iterdir())[:3]:
        dataset = dcmread(path)
        dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = (
            PositronEmissionTomographyImageStorage
        )
        dataset.Modality, dataset.Units, dataset.DecayCorrection = "PT", "BQML", "START"
        dataset.CorrectedImage = ["DECY", "ATTN"]
        dataset.PatientWeight, dataset.PatientSize = 70, 1.7
        dataset.SeriesDate = dataset.AcquisitionDate = "20260301"
        dataset.SeriesTime = dataset.AcquisitionTime = "101500"
        dataset.RescaleIntercept, dataset.RescaleSlope = "0", "3.5"
        dataset.PixelData = np.abs(dataset.pixel_array).astype("<i2").tobytes()
        injection = Dataset()
        injection.RadionuclideTotalDose, injection.RadionuclideHalfLife = "370000000", "6586.2"
        injection.RadiopharmaceuticalStartTime = "091500"
        dataset.RadiopharmaceuticalInformationSequence = [injection]
        dataset.save_as(case.pet / path.name)


def _lesions(ct: CtSeries) -> list[MeasuredLesion]:
    return [
        MeasuredLesion(
            name=f"T{n}", tracking_uid=f"1.2.{n}", longest_mm=20.5 + n, short_axis_mm=11.0, volume_cc=3.25,
            image_uids=ct.instance_uids[2:3],
        )
        for n in (1, 2)
    ]  # fmt: skip


def _identity() -> Identity:
    return Identity(
        patient_id="P1", patient_name="SYNTHETIC^病人", patient_birth_date="19600102", patient_sex="F",
        study_uid=str(content_uid("mutants", "study")), study_date="20260301", study_time="101500",
        study_id="7", accession_number="A1", frame_uid=FRAME,
        made=datetime(2026, 3, 1, 10, 15), synthetic=True,
    )  # fmt: skip


def _drawn() -> list[Structure]:
    square = np.array([[-5.0, -5.0], [5.0, -5.0], [5.0, 5.0], [-5.0, 5.0]])
    planes = (102.5, 105.0, 107.5)
    target = Structure("GTV", tuple(PlanarContour(z, square) for z in planes), 2.5)
    organ = Structure("Cord", tuple(PlanarContour(z, square / 2 + 6) for z in planes[:2]), 2.5)
    return [target, organ]


def _implant() -> SeedImplant:
    places = np.array([[5.0 * k - 5, 1.0 * k, 105.0] for k in range(3)])
    axes = np.tile([1.0, 0.0, 0.0], (3, 1))
    needles = (Needle("N1", (-60.0, 0.0, 105.0), (6.0, 0.0, 105.0)),)
    return SeedImplant("6711", places, axes, np.array([0.5, 0.5, 0.7]), needles, np.zeros(3, dtype=np.int64))
