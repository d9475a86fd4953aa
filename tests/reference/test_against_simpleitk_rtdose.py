"""The RTDOSE that Seedbed writes, read by SimpleITK (GDCM): the same doses at the same places."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

from seedbed.dicom import Identity, content_uid, read_dose, write_dose
from seedbed.geometry import VoxelGrid

GRID = VoxelGrid((-12.5, 30.0, -400.25), (2.0, 1.5, 2.5), (4, 5, 6))
IDENTITY = Identity(
    patient_id="P1", patient_name="SYNTHETIC^One", patient_birth_date="", patient_sex="O",
    study_uid=str(content_uid("test", "study")), study_date="20260301", study_time="101500", study_id="7",
    accession_number="", frame_uid=str(content_uid("test", "frame")), made=datetime(2026, 3, 1, 10),
    synthetic=True,
)  # fmt: skip


@pytest.mark.parametrize("bits", [16, 32])
def test_doses_and_places_are_the_same(tmp_path: Path, bits: int) -> None:
    sitk = pytest.importorskip("SimpleITK")
    path, dose = tmp_path / "dose.dcm", np.random.default_rng(1).random(GRID.shape) * 300
    write_dose(dose, GRID, path, IDENTITY, plan_uid="1.2.3", bits=bits)
    image, scaling = sitk.ReadImage(str(path)), float(dcmread(path).DoseGridScaling)
    np.testing.assert_allclose(image.GetSpacing(), GRID.spacing_mm)
    np.testing.assert_allclose(image.GetOrigin(), GRID.origin_mm)
    np.testing.assert_allclose(image.GetDirection(), np.eye(3).ravel())
    stored = sitk.GetArrayFromImage(image).astype(float)
    found = stored * (scaling if stored.max() > dose.max() * 1.01 else 1.0)  # GDCM may have scaled already
    np.testing.assert_allclose(found, dose, atol=dose.max() / (2**bits - 1) * 0.51)
    np.testing.assert_allclose(found, read_dose(path)[0], rtol=1e-9)
    for index in ((0, 0, 0), (5, 4, 3), (2, 3, 1)):
        x, y, z = index
        place = image.TransformIndexToPhysicalPoint(index)
        np.testing.assert_allclose(GRID.indices(np.array([place]))[0], (z, y, x), atol=1e-9)
