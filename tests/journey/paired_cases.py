"""A digital patient scanned twice: after a known motion, on another grid, with a smaller lesion and PET."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from pydicom import Dataset, dcmread
from pydicom.uid import PositronEmissionTomographyImageStorage, generate_uid
from tests.unit.imaging.moved_cts import moved_ct, turn_and_shift

from seedbed.dicom import Identity, content_uid, write_ct_series, write_structures
from seedbed.dicom.files import save
from seedbed.dicom.identity import new_dataset, set_uids
from seedbed.geometry import RigidTransform, Structure, VoxelGrid
from seedbed.imaging import CtVolume, make_digital_patient

BEFORE, AFTER = "20260105", "20260706"
MOTION = turn_and_shift((30.0, 0.0, 0.0), (2.0, -1.0, 5.0), (6.0, -9.0, 7.0))
NODE = (42.0, 0.0, 0.0)
"""A point in the node of the digital patient, about."""
DOSE_BQ, HALF_LIFE_S, WEIGHT_KG, UPTAKE_S = 370e6, 6586.2, 74.0, 3600.0
SUV = {"before": 6.0, "after": 2.0}


@dataclass(frozen=True)
class PairCase:
    """Folders of a pair, and what is true of it."""

    folder: Path
    motion: RigidTransform
    lesion: Structure

    @property
    def before(self) -> Path:
        return self.folder / "before"

    @property
    def after(self) -> Path:
        return self.folder / "after"

    @property
    def structures(self) -> Path:
        return self.folder / "structures.dcm"

    def pet(self, side: str) -> Path:
        return self.folder / f"pet_{side}"

    def arguments(self, out: Path, *more: str) -> list[str]:
        return ["before-after", str(self.before), str(self.after), "--out", str(out), *more]


def identity(day: str, *, patient_id: str = "P1", frame: str = "") -> Identity:
    made = datetime.strptime(day, "%Y%m%d")
    return Identity(
        patient_id=patient_id, patient_name="Made^By^Test", patient_birth_date="19600102", patient_sex="F",
        study_uid=str(content_uid("study", day, patient_id)), study_date=day, study_time="090000",
        study_id="S1", accession_number="", frame_uid=str(content_uid("frame", frame or day)), made=made,
        synthetic=True,
    )  # fmt: skip


def write_pair(folder: Path) -> PairCase:
    """Write both CTs, the lesion before, and an even PET about each."""
    patient = make_digital_patient(np.random.default_rng(1), spacing_mm=(2.4, 2.4, 3.0), shape=(36, 84, 84))
    grid = VoxelGrid((-84.0, -108.0, -54.0), (2.6, 2.2, 4.0), (30, 92, 74))
    after = moved_ct(patient.ct, MOTION, grid)
    first, second = identity(BEFORE), identity(AFTER)
    written = write_ct_series(patient.ct, folder / "before", first, series="CT")
    write_ct_series(after, folder / "after", second, series="CT")
    write_structures(patient.structures[:1], written, folder / "structures.dcm", first, types=["GTV"])
    for side, who, ct in (("before", first, patient.ct.grid), ("after", second, grid)):
        write_pet(folder / f"pet_{side}", who, ct, suv=SUV[side])
    return PairCase(folder, MOTION, patient.structures[0])


def write_pet(folder: Path, who: Identity, ct: VoxelGrid, *, suv: float) -> None:
    """Write an even PET over a CT: its activity is that of an SUV by the closed form.

    SUV = C w / (D exp(-ln 2 t / T)), C in Bq/mL, w in g, D the dose injected, t from injection to scan.
    """
    size = ct.upper_mm() - ct.lower_mm()
    x, y, z = (ct.lower_mm() + 2.5).tolist()
    nx, ny, nz = (int(each // 5) for each in size)
    activity = suv * DOSE_BQ * 2.0 ** (-UPTAKE_S / HALF_LIFE_S) / (1000 * WEIGHT_KG)
    scan = datetime.strptime(who.study_date, "%Y%m%d") + timedelta(hours=10)
    for k in range(nz):
        one = new_dataset(who, PositronEmissionTomographyImageStorage, "PT", series="PET")
        one.SeriesInstanceUID, one.InstanceNumber = generate_uid(entropy_srcs=[str(folder)]), k + 1
        one.ImagePositionPatient, one.ImageOrientationPatient = [x, y, z + 5.0 * k], [1, 0, 0, 0, 1, 0]
        one.PixelSpacing, one.SliceThickness, one.Rows, one.Columns = [5.0, 5.0], 5.0, ny, nx
        one.SamplesPerPixel, one.PhotometricInterpretation = 1, "MONOCHROME2"
        one.BitsAllocated, one.BitsStored, one.HighBit, one.PixelRepresentation = 16, 16, 15, 1
        one.RescaleSlope, one.RescaleIntercept = f"{activity / 10000:.9e}", 0
        one.Units, one.DecayCorrection, one.CorrectedImage = "BQML", "START", ["DECY", "ATTN"]
        one.PatientWeight = WEIGHT_KG
        one.SeriesDate = one.AcquisitionDate = who.study_date
        one.SeriesTime = one.AcquisitionTime = f"{scan:%H%M%S}"
        given = Dataset()
        given.RadionuclideTotalDose, given.RadionuclideHalfLife = DOSE_BQ, HALF_LIFE_S
        given.RadiopharmaceuticalStartTime = f"{scan - timedelta(seconds=UPTAKE_S):%H%M%S}"
        one.RadiopharmaceuticalInformationSequence = [given]
        one.PixelData = np.full((ny, nx), 10000, dtype="<i2").tobytes()
        set_uids(one)
        save(one, folder / f"{k:03d}.dcm")


def copied(source: Path, folder: Path, **values: object) -> Path:
    """Copy a series with other values of attributes; None takes one out."""
    folder.mkdir(parents=True)
    for path in source.iterdir():
        one = dcmread(path)
        for keyword, value in values.items():
            if value is None:
                delattr(one, keyword)
            else:
                setattr(one, keyword, value)
        one.save_as(folder / path.name)
    return folder


def turned_feet_first(source: Path, folder: Path) -> Path:
    """Write the same patient as a scanner does who lies feet first supine: rows run to the right."""
    folder.mkdir(parents=True)
    for path in source.iterdir():
        one = dcmread(path)
        x, y, z = (float(each) for each in one.ImagePositionPatient)
        pixels = one.pixel_array[:, ::-1]
        one.ImagePositionPatient = [x + float(one.PixelSpacing[1]) * (pixels.shape[1] - 1), y, z]
        one.ImageOrientationPatient, one.PatientPosition = [-1, 0, 0, 0, 1, 0], "FFS"
        one.PixelData = np.ascontiguousarray(pixels).tobytes()
        one.save_as(folder / path.name)
    return folder


def write_water(folder: Path, who: Identity, grid: VoxelGrid) -> Path:
    """Write a CT of a ball of water in air."""
    z, y, x = np.meshgrid(
        *(grid.axis_mm(axis) - grid.axis_mm(axis).mean() for axis in (2, 1, 0)), indexing="ij"
    )
    hu = np.where(np.sqrt(x**2 + y**2 + z**2) < 0.4 * np.ptp(grid.axis_mm(0)), 20.0, -1000.0)
    write_ct_series(CtVolume(grid, hu.astype(np.float32)), folder, who, series="CT")
    return folder
