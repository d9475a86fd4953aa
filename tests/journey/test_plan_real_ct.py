"""The command ``seedbed plan`` on real patients' CT (reference data; not part of this repository)."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest

from seedbed.cli.app import run
from seedbed.dicom import read_ct_series, read_dose, read_plan, read_structures
from seedbed.dosimetry import load_source

# Volumes of the whole structures: shoelace area of each contour times the slice distance, from the data's own
# description. Of the third a ball of about 40 cc is planned, 4/3 pi 21.2^3 mm3.
CASES = {
    "STS_018": (116.4, None), "STS_015": (88.4, None), "STS_037": (39.9, "-105,30,-280,21.2"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_real_target_is_planned(
    reference_data: Path, tmp_path: Path, case: str, capfd: pytest.CaptureFixture[str]
) -> None:
    volume_cc, sphere = CASES[case]
    folder = reference_data / "ct" / case / "CT"
    structures = next((folder / "mask").glob("*.dcm"))
    out = tmp_path / "out"
    run([
        "plan", "--ct", str(folder / "image"), "--structures", str(structures), "--target", "GTV_Mass_CT",
        "--rx", "120", "--activity-mci", "0.7", "--bound-seconds", "2", "--out", str(out), "--json",
        *(["--sphere", sphere] if sphere else []),
    ])  # fmt: skip
    plan = json.loads(capfd.readouterr().out)
    assert plan == json.loads((out / "plan.json").read_text(encoding="utf-8"))
    assert plan["target"]["volume_cc"] == pytest.approx(volume_cc, rel=0.01)
    target = plan["metrics"]["target"]
    assert target["v100_pct"] >= 95.0
    assert target["d90_pct"] >= 105.0
    assert plan["hard_goals_met"]
    assert plan["bound"]["cost"] <= plan["cost"]
    _check_files(folder / "image", out, plan)


def _check_files(images: Path, out: Path, plan: dict[str, Any]) -> None:
    """The RTPLAN holds the seeds, all in the target; every object is of the CT's patient and frame."""
    ct = read_ct_series(images)
    name = plan["target"]["name"]
    drawn = out / "structures.dcm"
    target = read_structures(drawn, ct)[name]
    seeds = read_plan(out / "plan.dcm", load_source("6711"))
    assert seeds.implant.count == plan["seed_count"]
    assert target.contains(seeds.implant.positions_mm).all()
    assert seeds.structure_set_uid == pydicom.dcmread(drawn).SOPInstanceUID
    for path in out.glob("*.dcm"):
        written = pydicom.dcmread(path)
        assert written.PatientID == ct.identity.patient_id
        assert written.get("FrameOfReferenceUID", ct.identity.frame_uid) == ct.identity.frame_uid
    dose, grid = read_dose(out / "dose.dcm")
    lower, upper = target.bounds_mm
    assert grid.contains(np.stack([lower, upper])).all()
    assert float(np.median(dose)) > 0
