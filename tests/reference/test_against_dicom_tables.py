"""Objects that Seedbed writes against the attribute tables of DICOM PS3.3, as highdicom packs them.

Every attribute that a module always demands is there, with a value where it must have one, at every level of
every sequence; and no attribute stands in a sequence whose table does not list it.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset, dcmread

from seedbed.dicom import Identity, content_uid, write_dose, write_plan
from seedbed.dicom.dvh_items import DvhSet
from seedbed.dicom.sheet_capture import write_capture
from seedbed.dosimetry import Dvh, load_source
from seedbed.geometry import VoxelGrid
from seedbed.implant import Needle, SeedImplant

MADE = datetime(2026, 3, 1, 10)
IDENTITY = Identity(
    patient_id="P1", patient_name="SYNTHETIC^One", patient_birth_date="", patient_sex="O",
    study_uid=str(content_uid("test", "study")), study_date="20260301", study_time="101500", study_id="7",
    accession_number="", frame_uid=str(content_uid("test", "frame")), made=MADE, synthetic=True,
)  # fmt: skip
COMMON = ("patient", "general-study", "general-equipment", "sop-common")
RT = (*COMMON, "rt-series", "frame-of-reference")
PLAN = (
    *RT, "rt-general-plan", "rt-prescription", "rt-fraction-scheme", "rt-brachy-application-setups",
    "approval",
)  # fmt: skip
IMAGE = ("general-image", "image-pixel", "image-plane", "multi-frame")
DOSE = (*RT, *IMAGE, "rt-dose")
CAPTURE = (*COMMON, "general-series", "sc-equipment", "general-image", "image-pixel", "sc-image")


@pytest.fixture(scope="module")
def tables() -> dict[str, list[dict[str, Any]]]:
    return json.loads((files("highdicom") / "_standard" / "module_attribute_map.json").read_text())  # type: ignore[no-any-return]


def at(dataset: Dataset, path: list[str]) -> Iterator[Dataset]:
    """Every item at a path of sequences."""
    if not path:
        yield dataset
        return
    for item in dataset.get(path[0]) or []:
        yield from at(item, path[1:])


def faults(dataset: Dataset, modules: tuple[str, ...], tables: dict[str, list[dict[str, Any]]]) -> list[str]:
    found, known = [], set()
    for module in modules:
        for row in tables[module]:
            where = "/".join([*row["path"], row["keyword"]])
            known.add(where)
            for item in at(dataset, row["path"]):
                if row["type"] in ("1", "2") and row["keyword"] not in item:
                    found.append(f"{where} of type {row['type']} is missing in {module}")
                elif row["type"] == "1" and item[row["keyword"]].is_empty:
                    found.append(f"{where} is empty")
    return found + [f"{where} is in no table" for where in inside(dataset, []) if where not in known]


def inside(dataset: Dataset, path: list[str]) -> Iterator[str]:
    """Paths of all attributes inside of sequences."""
    for element in dataset:
        if path:
            yield "/".join([*path, element.keyword])
        if element.VR == "SQ":
            for item in element.value:
                yield from inside(item, [*path, element.keyword])


@pytest.mark.parametrize(
    "changes",
    [{}, {"structure_set_uid": ""}, {"seed_channels": True}],
    ids=["plain", "no structures", "channels"],
)
def test_a_plan(tmp_path: Path, tables: dict[str, list[dict[str, Any]]], changes: dict[str, Any]) -> None:
    implant = SeedImplant(
        "6711", np.array([[5.0, 0, 105], [0, 0, 105], [9, 9, 99]]), np.tile([1.0, 0, 0], (3, 1)),
        np.array([0.5, 0.7, 0.5]), (Needle("N1", (-80.0, 0.0, 105.0), (15.0, 0.0, 105.0)),),
        np.array([0, 0, -1]),
    )  # fmt: skip
    parts = {"dose_gy": 100.0, "target": "GTV", "structure_set_uid": "1.2.3", "implanted": MADE} | changes
    write_plan(implant, load_source("6711"), tmp_path / "plan.dcm", IDENTITY, **parts)
    assert faults(dcmread(tmp_path / "plan.dcm"), PLAN, tables) == []


def test_a_dose_with_histograms(tmp_path: Path, tables: dict[str, list[dict[str, Any]]]) -> None:
    grid = VoxelGrid((0.0, 0.0, 0.0), (2.0, 2.0, 2.0), (2, 3, 4))
    dvh = Dvh.of("GTV", np.array([90.0, 120.0]), np.array([1.0, 2.0]))
    write_dose(
        np.full(grid.shape, 50.0), grid, tmp_path / "dose.dcm", IDENTITY, plan_uid="1.2.3",
        dvhs=DvhSet("1.2.4", {1: dvh}),
    )  # fmt: skip
    assert faults(dcmread(tmp_path / "dose.dcm"), (*DOSE, "rt-dvh"), tables) == []


def test_a_capture(tmp_path: Path, tables: dict[str, list[dict[str, Any]]]) -> None:
    write_capture([np.zeros((2, 3, 3), dtype=np.uint8)], tmp_path / "sheet", IDENTITY, title="Sheet")
    assert faults(dcmread(tmp_path / "sheet" / "page_01.dcm"), CAPTURE, tables) == []


def test_what_is_missing_or_unknown_is_found(tmp_path: Path, tables: dict[str, list[dict[str, Any]]]) -> None:
    grid = VoxelGrid((0.0, 0.0, 0.0), (2.0, 2.0, 2.0), (2, 3, 4))
    write_dose(np.full(grid.shape, 50.0), grid, tmp_path / "dose.dcm", IDENTITY, plan_uid="1.2.3")
    dose = dcmread(tmp_path / "dose.dcm")
    del dose.DoseUnits
    dose.ReferencedRTPlanSequence[0].PatientName = "Nobody"
    said = faults(dose, DOSE, tables)
    assert len(said) == 2
    assert "DoseUnits of type 1 is missing" in said[0]
    assert "ReferencedRTPlanSequence/PatientName is in no table" in said[1]
