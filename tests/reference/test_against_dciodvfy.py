"""The DICOM objects that Seedbed writes, validated by dciodvfy of David Clunie's dicom3tools.

RTDOSE is written in 32 bits, as PS3.3 C.8.8.3 allows (Bits Allocated 16 or 32); dciodvfy of Debian stops at
32-bit pixels ("assertion failed"), so that a copy in 16 bits is validated in its place.
"""

import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

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

ARGUED = {
    # PS3.3 C.7.3.1, General Series: Laterality is "required if the body part examined is a paired structure".
    # No body part is stated, since crops of any region are written; dciodvfy asks all the same.
    "Error - Missing attribute Type 2C Conditional Element=<Laterality> Module=<GeneralSeries>",
    # PS3.3 C.8.8.15, Source Sequence: Source Strength is for sources that do not emit photons.
    # Iodine-125 does; its strength stands in Reference Air Kerma Rate.
    (
        "Error - Missing attribute Type 1C Conditional Element=<SourceStrength> "
        "Module=<RTBrachyApplicationSetups>"
    ),
}
MADE = datetime(2026, 3, 1, 10, 15)
GRID = VoxelGrid((-14.5, -14.5, 100.0), (1.0, 1.0, 2.5), (6, 30, 30))


def errors_of(path: Path) -> list[str]:
    program = shutil.which("dciodvfy")
    if program is None:
        pytest.skip("dciodvfy is not installed")
    done = subprocess.run([program, str(path)], capture_output=True, text=True, timeout=60, check=False)
    said = (done.stdout + done.stderr).splitlines()
    assert said, "dciodvfy said nothing"
    assert not any("ssertion" in line for line in said)
    return [line for line in said if line.startswith("Error") and line not in ARGUED]


@pytest.fixture
def identity() -> Identity:
    study = str(content_uid("test", "study"))
    return Identity(
        patient_id="P1", patient_name="王^小明", patient_birth_date="19600102", patient_sex="F",
        study_uid=study,
        study_date="20260301", study_time="101500", study_id="7", accession_number="A1",
        frame_uid=str(content_uid("test", "frame")), made=MADE, synthetic=True,
    )  # fmt: skip


@pytest.fixture
def ct(tmp_path: Path, identity: Identity) -> CtSeries:
    hu = np.zeros(GRID.shape, dtype=np.float32)
    return write_ct_series(CtVolume(GRID, hu), tmp_path / "ct", identity, series="Planning CT")


def plan_of(strengths: tuple[float, ...], *, oriented: bool = True) -> SeedImplant:
    count = len(strengths)
    places = np.array([[5.0 * k, 0.0, 105.0] for k in range(count)])
    return SeedImplant(
        "6711", places, np.tile([1.0, 0, 0], (count, 1)) if oriented else None, np.array(strengths),
        (Needle("N1", (-80.0, 0.0, 105.0), (5.0 * count, 0.0, 105.0)),), np.zeros(count, dtype=np.int64),
    )  # fmt: skip


def test_every_ct_slice(ct: CtSeries, tmp_path: Path) -> None:
    for path in sorted((tmp_path / "ct").iterdir()):
        assert errors_of(path) == []


def test_a_structure_set(ct: CtSeries, tmp_path: Path, identity: Identity) -> None:
    square = np.array([[-5.0, -5.0], [5.0, -5.0], [5.0, 5.0], [-5.0, 5.0]])
    target = Structure("GTV 靶区", tuple(PlanarContour(z, square) for z in (102.5, 105.0)), 2.5)
    organ = Structure("Cord", (PlanarContour(105.0, square + 6),), 2.5)
    write_structures([target, organ], ct, tmp_path / "rs.dcm", identity, types=["GTV", "ORGAN"])
    assert errors_of(tmp_path / "rs.dcm") == []


@pytest.mark.parametrize("oriented", [True, False])
@pytest.mark.parametrize("strengths", [(0.5,), (0.5, 0.5, 0.5), (0.5, 0.7, 0.5)])
def test_a_plan(tmp_path: Path, identity: Identity, strengths: tuple[float, ...], oriented: bool) -> None:
    write_plan(
        plan_of(strengths, oriented=oriented), load_source("6711"), tmp_path / "plan.dcm", identity,
        dose_gy=100.0,        target="GTV", structure_set_uid=str(content_uid("rs")), implanted=MADE,
    )  # fmt: skip
    assert errors_of(tmp_path / "plan.dcm") == []


def test_a_dose_in_its_copy_of_16_bits(tmp_path: Path, identity: Identity) -> None:
    dose = np.random.default_rng(1).random(GRID.shape) * 300
    write_dose(dose, GRID, tmp_path / "dose.dcm", identity, plan_uid=str(content_uid("plan")))
    copy = dcmread(tmp_path / "dose.dcm")
    stored = copy.pixel_array >> 16
    copy.BitsAllocated, copy.BitsStored, copy.HighBit = 16, 16, 15
    copy.DoseGridScaling = f"{float(copy.DoseGridScaling) * 65536:.9g}"
    copy.PixelData = stored.astype("<u2").tobytes()
    copy["PixelData"].VR = "OW"
    copy.save_as(tmp_path / "dose16.dcm")
    assert errors_of(tmp_path / "dose16.dcm") == []
