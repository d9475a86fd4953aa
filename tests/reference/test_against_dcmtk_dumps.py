"""RT objects and reports that Seedbed writes, read by dcmtk: drtdump for RT objects, dsrdump for reports."""

import re
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from pydicom.sr.coding import Code

from seedbed.dicom import (
    CtSeries,
    Identity,
    content_uid,
    write_ct_series,
    write_dose,
    write_plan,
    write_structures,
)
from seedbed.dicom.dvh_items import DvhSet
from seedbed.dicom.measurement_report import measure_lesion, write_measurements
from seedbed.dosimetry import Dvh, load_source
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.implant import Needle, SeedImplant

MADE = datetime(2026, 3, 1, 10, 15)
GRID = VoxelGrid((-14.5, -14.5, 100.0), (1.0, 1.0, 2.5), (6, 30, 30))
SQUARE = np.array([[-5.0, -5.0], [5.0, -5.0], [5.0, 5.0], [-5.0, 5.0]])
LESION = Structure("T1", (PlanarContour(105.0, SQUARE), PlanarContour(107.5, SQUARE)), 2.5)


def said(program: str, path: Path, *options: str) -> str:
    """What a program of dcmtk prints; it must find nothing to complain about."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} of dcmtk is not installed")
    done = subprocess.run([program, *options, path], capture_output=True, text=True, timeout=60, check=False)
    problems = [line for line in done.stderr.splitlines() if line[:2] in ("E:", "F:", "W:")]
    known = [line for line in problems if "VR checker does not support this Specific Character Set" in line]
    assert done.returncode == 0, done.stderr
    assert problems == known
    return done.stdout


@pytest.fixture
def identity() -> Identity:
    return Identity(
        patient_id="P1", patient_name="SYNTHETIC^One", patient_birth_date="19600102", patient_sex="F",
        study_uid=str(content_uid("test", "study")), study_date="20260301", study_time="101500", study_id="7",
        accession_number="A1", frame_uid=str(content_uid("test", "frame")), made=MADE, synthetic=True,
    )  # fmt: skip


@pytest.fixture
def ct(tmp_path: Path, identity: Identity) -> CtSeries:
    hu = np.zeros(GRID.shape, dtype=np.float32)
    return write_ct_series(CtVolume(GRID, hu), tmp_path / "ct", identity, series="Planning CT")


@pytest.mark.parametrize("seed_channels", [False, True])
def test_drtdump_takes_the_plan(tmp_path: Path, identity: Identity, seed_channels: bool) -> None:
    places = np.array([[5.0 * k, 0.0, 105.0] for k in range(3)])
    implant = SeedImplant(
        "6711", places, np.tile([1.0, 0, 0], (3, 1)), np.array([0.5, 0.7, 0.5]),
        (Needle("N1", (-80.0, 0.0, 105.0), (15.0, 0.0, 105.0)),), np.zeros(3, dtype=np.int64),
    )  # fmt: skip
    write_plan(
        implant, load_source("6711"), tmp_path / "plan.dcm", identity, dose_gy=100.0, target="GTV",
        structure_set_uid="1.2.3", implanted=MADE, seed_channels=seed_channels,
    )  # fmt: skip
    out = said("drtdump", tmp_path / "plan.dcm")
    assert out.startswith("RT Plan object")
    assert "#P1" in out


@pytest.mark.parametrize("bits", [16, 32])
def test_drtdump_takes_the_dose(tmp_path: Path, identity: Identity, bits: int) -> None:
    dose = np.random.default_rng(1).random(GRID.shape) * 300
    dvh = Dvh.of("GTV", dose.ravel(), np.full(dose.size, 0.0025))
    write_dose(
        dose,
        GRID,
        tmp_path / "dose.dcm",
        identity,
        plan_uid="1.2.3",
        bits=bits,
        dvhs=DvhSet("1.2.4", {1: dvh}),
    )
    assert said("drtdump", tmp_path / "dose.dcm").startswith("RT Dose object")
    shown = said("dcmdump", tmp_path / "dose.dcm", "+P", "DVHNumberOfBins", "+P", "BitsAllocated")
    assert f"US {bits} " in shown
    assert re.search(r"IS \[3000 *\]", shown)  # doses up to just below 300 Gy, in bins of 0.1 Gy


def test_drtdump_takes_the_structures(ct: CtSeries, tmp_path: Path, identity: Identity) -> None:
    write_structures([LESION], ct, tmp_path / "rs.dcm", identity, types=["GTV"])
    assert said("drtdump", tmp_path / "rs.dcm").startswith("RT Structure Set object")


def test_dsrdump_reads_the_measurements(ct: CtSeries, tmp_path: Path, identity: Identity) -> None:
    lesion = measure_lesion(LESION, ct, site=Code("45048000", "SCT", "Neck"))
    write_measurements([lesion], ct, tmp_path / "sr.dcm", identity)
    out = said("dsrdump", tmp_path / "sr.dcm", "+Pu")
    measured = dict(re.findall(r'NUM:\([^"]*"([^"]+)"\)="([0-9.]+)"', out))
    assert float(measured["Long axis"]) == pytest.approx(10 * 2**0.5)
    assert float(measured["Short axis"]) == pytest.approx(10 * 2**0.5)
    assert float(measured["Volume"]) == pytest.approx(0.5)
    assert '"T1"' in out
    assert out.count("CT image") == len(lesion.image_uids)
