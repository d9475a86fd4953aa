"""The DICOM objects that Seedbed writes, validated by dciodvfy of David Clunie's dicom3tools.

RTDOSE is written in 32 bits by default, as PS3.3 C.8.8.3 allows (Bits Allocated 16 or 32); dciodvfy of Debian
stops at 32-bit pixels ("assertion failed"), so that the dose is validated as it is written in 16 bits.
"""

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.sr.coding import Code
from pydicom.uid import SegmentationStorage
from tests.reference.dciodvfy import errors_of

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
from seedbed.dicom.measurement_report import Outlines, measure_lesion, write_measurements
from seedbed.dicom.sheet_capture import write_capture
from seedbed.dosimetry import Dvh, load_source
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.implant import Needle, SeedImplant

MADE = datetime(2026, 3, 1, 10, 15)
GRID = VoxelGrid((-14.5, -14.5, 100.0), (1.0, 1.0, 2.5), (6, 30, 30))


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


@pytest.mark.parametrize("changes", [{"structure_set_uid": ""}, {"target_roi": 3}, {"seed_channels": True}])
def test_a_plan_without_structures_or_with_a_channel_a_seed(
    tmp_path: Path, identity: Identity, changes: dict[str, Any]
) -> None:
    parts = {
        "dose_gy": 100.0, "target": "GTV", "structure_set_uid": str(content_uid("rs")), "implanted": MADE,
    } | changes  # fmt: skip
    implant = plan_of((0.5, 0.7, 0.5))
    write_plan(implant, load_source("6711"), tmp_path / "plan.dcm", identity, **parts)
    assert errors_of(tmp_path / "plan.dcm") == []


@pytest.mark.parametrize("with_dvhs", [False, True])
def test_a_dose_of_16_bits(tmp_path: Path, identity: Identity, with_dvhs: bool) -> None:
    dose = np.random.default_rng(1).random(GRID.shape) * 300
    dvh = Dvh.of("GTV", dose.ravel(), np.full(dose.size, 0.0025))
    write_dose(
        dose, GRID, tmp_path / "dose.dcm", identity, plan_uid=str(content_uid("plan")), bits=16,
        dvhs=DvhSet(str(content_uid("rs")), {1: dvh}) if with_dvhs else None,
    )  # fmt: skip
    assert errors_of(tmp_path / "dose.dcm") == []


@pytest.mark.parametrize("segmented", [False, True])
def test_a_report_of_lesion_measurements(
    ct: CtSeries, tmp_path: Path, identity: Identity, segmented: bool
) -> None:
    square = np.array([[-5.0, -5.0], [5.0, -5.0], [5.0, 5.0], [-5.0, 5.0]])
    lesion = Structure("T1 靶区", (PlanarContour(105.0, square),), 2.5)
    site = Code("45048000", "SCT", "Neck")
    segmentation = Outlines(SegmentationStorage, str(content_uid("seg")), str(content_uid("seg series")))
    found = measure_lesion(lesion, ct, site=site, segment=1 if segmented else None)
    write_measurements(
        [found], ct, tmp_path / "sr.dcm", identity, outlines=segmentation if segmented else None
    )
    assert errors_of(tmp_path / "sr.dcm") == []


def test_pages_of_a_sheet(tmp_path: Path, identity: Identity) -> None:
    pages = [np.random.default_rng(1).integers(0, 256, (n, 7, 3), dtype=np.uint8) for n in (5, 6)]
    write_capture(pages, tmp_path / "sheet", identity, title="Needle sheet 穿刺")
    for path in sorted((tmp_path / "sheet").iterdir()):
        assert errors_of(path) == []
