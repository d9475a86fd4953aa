"""A study as Seedbed writes it: CT, contours, plan and dose of a synthetic patient."""

from datetime import datetime
from pathlib import Path

import numpy as np
from pydicom import dcmread

from seedbed.dicom import Identity, content_uid, write_ct_series, write_dose, write_plan, write_structures
from seedbed.dosimetry import load_source
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.implant import Needle, SeedImplant

MADE = datetime(2026, 3, 1, 10, 15)
NAME = "王^小明"


def identity(mark: str = "one") -> Identity:
    return Identity(
        patient_id=f"SYNTHETIC-{mark}", patient_name=NAME, patient_birth_date="19600102", patient_sex="F",
        study_uid=str(content_uid("test", mark)),
        study_date="20260301", study_time="101500", study_id="7", accession_number="A1",
        frame_uid=str(content_uid("frame", mark)), made=MADE, synthetic=True,
    )  # fmt: skip


def write_ct(folder: Path, *, slices: int, mark: str = "one", side: int = 16) -> list[Path]:
    grid = VoxelGrid((-7.5, -7.5, 100.0), (1.0, 1.0, 2.5), (slices, side, side))
    hu = np.random.default_rng(1).integers(-1000, 1000, grid.shape).astype(np.float32)
    write_ct_series(CtVolume(grid, hu), folder, identity(mark), series="Planning CT")
    return sorted(folder.iterdir())


def write_study(folder: Path, mark: str = "one") -> list[Path]:
    """Write 4 CT slices, contours, a plan and a dose; return the files."""
    who = identity(mark)
    grid = VoxelGrid((-7.5, -7.5, 100.0), (1.0, 1.0, 2.5), (4, 16, 16))
    ct = write_ct_series(
        CtVolume(grid, np.zeros(grid.shape, dtype=np.float32)), folder / "ct", who, series="Planning CT"
    )
    square = np.array([[-5.0, -5.0], [5.0, -5.0], [5.0, 5.0], [-5.0, 5.0]])
    target = Structure("GTV 靶区", tuple(PlanarContour(z, square) for z in (102.5, 105.0)), 2.5)
    write_structures([target], ct, folder / "structures.dcm", who, types=["GTV"])
    implant = SeedImplant(
        "6711", np.array([[0.0, 0.0, 102.5], [0.0, 0.0, 105.0]]), None, np.array([0.5, 0.5]),
        (Needle("N1", (0.0, 0.0, 90.0), (0.0, 0.0, 107.0)),), np.zeros(2, dtype=np.int64),
    )  # fmt: skip
    write_plan(
        implant, load_source("6711"), folder / "plan.dcm", who,
        dose_gy=100.0, target="GTV 靶区", structure_set_uid=str(content_uid("rs", mark)), implanted=MADE,
    )  # fmt: skip
    dose = np.random.default_rng(2).random(grid.shape) * 300
    write_dose(dose, grid, folder / "dose.dcm", who, plan_uid=str(content_uid("plan", mark)))
    return sorted(each for each in folder.rglob("*") if each.is_file())


def data_set(file: bytes) -> bytes:
    """Return what follows the file meta information (PS3.10, 7.1): what must come back to the byte."""
    assert file[128:132] == b"DICM"
    group_length = int.from_bytes(file[140:144], "little")
    return file[144 + group_length :]


def uid_of(path: Path) -> str:
    return str(dcmread(path, stop_before_pixels=True).SOPInstanceUID)


class Kept:
    """Takes instances as a folder would; refuses one after so many, if asked to."""

    def __init__(self, stop_after: int | None = None) -> None:
        self.files: list[bytes] = []
        self.stop_after = stop_after

    def __call__(self, file: bytes) -> None:
        if len(self.files) == self.stop_after:
            raise KeyboardInterrupt
        self.files.append(file)
