"""The demonstration on real patients' CT (reference data; not part of this repository)."""

import json
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.uid import generate_uid

from seedbed.journey.demo import DemoRequest, run_demo

# Contour volumes: shoelace area of each contour times the slice distance, from the data's own description.
CASES = {"STS_018": (116.4, None), "STS_015": (88.4, None), "STS_037": (None, (-105.0, 30.0, -280.0, 21.0))}


def request_for(reference_data: Path, case: str, out: Path, **more: Any) -> DemoRequest:
    folder = reference_data / "ct" / case / "CT"
    structures = next((folder / "mask").glob("*.dcm"))
    return DemoRequest(
        out, ct_folder=folder / "image", structures_file=structures, target="GTV_Mass_CT", **more
    )


@pytest.mark.parametrize("case", CASES)
def test_a_real_target_is_covered(reference_data: Path, tmp_path: Path, case: str) -> None:
    volume_cc, sphere = CASES[case]
    summary = run_demo(request_for(reference_data, case, tmp_path / "out", sphere=sphere))
    assert summary["plan"]["v100_pct"] >= 90.0
    assert summary["plan"]["d90_gy"] >= 120.0
    if volume_cc:
        assert summary["plan"]["volume_cc"] == pytest.approx(volume_cc, rel=0.005)
    verify = summary["verify"]
    assert abs(verify["seeds_found"] - verify["seeds_implanted"]) <= 0.1 * verify["seeds_implanted"]
    assert json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8")) == summary


def test_a_real_ct_fed_feet_first_gives_the_same_plan(reference_data: Path, tmp_path: Path) -> None:
    request = request_for(reference_data, "STS_015", tmp_path / "out")
    assert request.ct_folder is not None
    turned = tmp_path / "turned"
    turned.mkdir()
    for number, path in enumerate(sorted(request.ct_folder.glob("*.dcm"))):
        _feet_first(pydicom.dcmread(path)).save_as(turned / f"{(number * 7) % 57:03d}.dcm")
    straight = run_demo(request)
    feet_first = run_demo(
        DemoRequest(
            tmp_path / "feet",
            ct_folder=turned,
            structures_file=request.structures_file,
            target="GTV_Mass_CT",
        )
    )
    assert feet_first["plan"]["seeds"] == straight["plan"]["seeds"]
    assert feet_first["plan"]["d90_gy"] == pytest.approx(straight["plan"]["d90_gy"], rel=1e-6)


def _feet_first(slice_: pydicom.FileDataset) -> pydicom.FileDataset:
    """Write the same anatomy as a feet-first scanner does: columns run to the patient's right."""
    pixels = slice_.pixel_array[:, ::-1]
    x, y, z = (float(value) for value in slice_.ImagePositionPatient)
    slice_.ImagePositionPatient = [x + float(slice_.PixelSpacing[1]) * (slice_.Columns - 1), y, z]
    slice_.ImageOrientationPatient = [-1, 0, 0, 0, 1, 0]
    slice_.PatientPosition = "FFS"
    slice_.SOPInstanceUID = generate_uid()
    slice_.file_meta.MediaStorageSOPInstanceUID = slice_.SOPInstanceUID
    slice_.PixelData = pixels.tobytes()
    return slice_
