"""A small sound case, written by Seedbed: CT, structure set, plan and dose. All of it is synthetic."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from seedbed.dicom import (
    CtSeries,
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

GRID = VoxelGrid((-11.5, -9.5, 100.0), (1.0, 1.0, 2.5), (6, 20, 24))


@dataclass(frozen=True)
class SoundCase:
    """Files of one case: the folder of the CT, and one file of each other kind."""

    ct: Path
    rs: Path
    rp: Path
    rd: Path


def write_sound_case(folder: Path) -> SoundCase:
    """Write the case below a folder."""
    case = SoundCase(folder / "ct", folder / "rs.dcm", folder / "rp.dcm", folder / "rd.dcm")
    rng = np.random.default_rng(5)
    hu = rng.integers(-1000, 1500, GRID.shape).astype(np.float32)
    ct = write_ct_series(CtVolume(GRID, hu), case.ct, _identity(), series="Planning CT")
    structures = _write_structures(ct, case.rs)
    plan = write_plan(
        _implant(), load_source("6711"), case.rp, _identity(), dose_gy=100.0, target="GTV",
        structure_set_uid=structures, implanted=_identity().made,
    )  # fmt: skip
    write_dose(rng.random(GRID.shape) * 300, GRID, case.rd, _identity(), plan_uid=plan)
    return case


def _identity() -> Identity:
    return Identity(
        patient_id="P1", patient_name="SYNTHETIC^病人", patient_birth_date="19600102", patient_sex="F",
        study_uid=str(content_uid("mutants", "study")), study_date="20260301", study_time="101500",
        study_id="7", accession_number="A1", frame_uid=str(content_uid("mutants", "frame")),
        made=datetime(2026, 3, 1, 10, 15), synthetic=True,
    )  # fmt: skip


def _write_structures(ct: CtSeries, path: Path) -> str:
    square = np.array([[-5.0, -5.0], [5.0, -5.0], [5.0, 5.0], [-5.0, 5.0]])
    planes = (102.5, 105.0, 107.5)
    target = Structure("GTV", tuple(PlanarContour(z, square) for z in planes), 2.5)
    organ = Structure("Cord", tuple(PlanarContour(z, square / 2 + 6) for z in planes[:2]), 2.5)
    return write_structures([target, organ], ct, path, _identity(), types=["GTV", "ORGAN"])


def _implant() -> SeedImplant:
    places = np.array([[5.0 * k - 5, 1.0 * k, 105.0] for k in range(3)])
    axes = np.tile([1.0, 0.0, 0.0], (3, 1))
    needles = (Needle("N1", (-60.0, 0.0, 105.0), (6.0, 0.0, 105.0)),)
    return SeedImplant("6711", places, axes, np.array([0.5, 0.5, 0.7]), needles, np.zeros(3, dtype=np.int64))
