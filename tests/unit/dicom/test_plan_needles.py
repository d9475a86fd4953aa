"""Needles of our own plans come back; others' plans have none."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pydicom
import pytest

from seedbed.dicom import Identity, write_plan
from seedbed.dicom.plan_needles import read_own_needles
from seedbed.dosimetry import load_source
from seedbed.errors import InputError
from seedbed.implant import Needle, SeedImplant

NEEDLES = (
    Needle("N1", (80.0, -12.0, 5.0), (31.5, 12.25, 5.0)), Needle("左2", (70.0, 0.0, 30.0), (22.0, 1.0, 9.0)),
)  # fmt: skip


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """Two needles, seeds of two strengths on each."""
    depths = [2.25, 7.25, 12.25]
    seeds = np.array([np.array(n.tip_mm) - depth * n.direction for n in NEEDLES for depth in depths])
    axes = np.repeat([n.direction for n in NEEDLES], 3, axis=0)
    strengths = np.array([0.7, 0.9, 0.7] * 2)
    implant = SeedImplant("6711", seeds, axes, strengths, NEEDLES, np.repeat([0, 1], 3))
    identity = Identity(
        "P1", "A^B", "", "O", "1.2.3", "20260105", "090000", "", "", "1.2.4", datetime(2026, 1, 5)
    )
    write_plan(
        implant, load_source("6711"), tmp_path / "plan.dcm", identity, dose_gy=120.0, target="GTV",
        structure_set_uid="1.2.5", implanted=datetime(2026, 1, 5),
    )  # fmt: skip
    return tmp_path / "plan.dcm"


def test_entry_tip_and_name_come_back(plan: Path) -> None:
    found = read_own_needles(plan)
    assert [needle.name for needle in found] == ["N1", "左2"]
    for needle, written in zip(found, NEEDLES, strict=True):
        np.testing.assert_allclose(needle.entry_mm, written.entry_mm, atol=1e-3)
        np.testing.assert_allclose(needle.tip_mm, written.tip_mm, atol=1e-3)


def test_a_plan_of_another_program_is_refused(plan: Path) -> None:
    dataset = pydicom.dcmread(plan)
    dataset.Manufacturer = "Somebody"
    dataset.save_as(plan)
    with pytest.raises(InputError, match="does not say where needles enter"):
        read_own_needles(plan)
