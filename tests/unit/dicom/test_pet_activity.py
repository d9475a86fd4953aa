"""PET in Bq/mL, and what was injected: what was written is what is read."""

from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from tests.journey.paired_cases import (
    BEFORE,
    DOSE_BQ,
    HALF_LIFE_S,
    UPTAKE_S,
    WEIGHT_KG,
    copied,
    identity,
    write_pet,
)

from seedbed.dicom.pet_activity import Tracer, read_pet_activity, read_pet_tracer
from seedbed.errors import ImageError
from seedbed.geometry import VoxelGrid

GRID = VoxelGrid((0.0, 0.0, 0.0), (2.5, 2.5, 5.0), (4, 12, 16))
ONE = DOSE_BQ * 2.0 ** (-UPTAKE_S / HALF_LIFE_S) / (1000 * WEIGHT_KG)
"""Bq/mL of an SUV of 1."""


@pytest.fixture
def pet(tmp_path: Path) -> Path:
    write_pet(tmp_path / "pet", identity(BEFORE), GRID, suv=3.0)
    return tmp_path / "pet"


def test_activity_needs_neither_weight_nor_injection(pet: Path, tmp_path: Path) -> None:
    bare = copied(pet, tmp_path / "bare", PatientWeight=None, RadiopharmaceuticalInformationSequence=None)
    found = read_pet_activity(bare)
    np.testing.assert_allclose(found.bq_per_ml, 3 * ONE, rtol=1e-6)
    assert found.grid.shape == (4, 6, 8)
    assert read_pet_tracer(bare) == Tracer("", None)


@pytest.mark.parametrize(
    "values", [{"Units": "CNTS"}, {"CorrectedImage": ["DECY"]}, {"CorrectedImage": ["ATTN"]}]
)
def test_another_unit_or_uncorrected_pixels_are_refused(
    pet: Path, tmp_path: Path, values: dict[str, object]
) -> None:
    with pytest.raises(ImageError, match="corrected for attenuation"):
        read_pet_activity(copied(pet, tmp_path / "other", **values))


def test_a_tracer_is_told_by_name_and_half_life(pet: Path) -> None:
    for path in pet.iterdir():
        one = dcmread(path)
        one.RadiopharmaceuticalInformationSequence[0].Radiopharmaceutical = "FDG"
        one.save_as(path)
    assert read_pet_tracer(pet) == Tracer("FDG", HALF_LIFE_S)
