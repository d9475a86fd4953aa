"""UIDs follow from content: same content, same UID; other content, another. At most 64 characters."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import dcmread

from seedbed.dicom import (
    CtSeries,
    Identity,
    content_uid,
    write_ct_series,
    write_dose,
    write_plan,
    write_structures,
)  # fmt: skip
from seedbed.dosimetry import load_source
from seedbed.geometry import Structure, VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.implant import Needle, SeedImplant

VALID = re.compile(r"(0|[1-9]\d*)(\.(0|[1-9]\d*))+")  # PS3.5, 9.1
SOURCE = load_source("6711")
GRID = VoxelGrid((0.0, 0.0, 0.0), (2.0, 2.0, 2.0), (2, 3, 4))
MakeIdentity = Callable[..., Identity]


@given(st.lists(st.text(), max_size=4))
def test_any_content_has_a_valid_uid(parts: list[str]) -> None:
    uid = content_uid(*parts)
    assert len(uid) <= 64
    assert VALID.fullmatch(uid)
    assert uid == content_uid(*parts)


def test_joining_parts_in_another_way_is_other_content() -> None:
    assert content_uid("a", "bc") != content_uid("ab", "c") != content_uid("abc")


def implant(**changes: object) -> SeedImplant:
    parts = {
        "source": "6711", "positions_mm": np.zeros((1, 3)), "axes": np.array([[1.0, 0, 0]]),
        "strengths_u": np.array([0.5]), "needles": (Needle("N1", (50.0, 0, 0), (0, 0, 0)),),
        "needle_index": np.array([0]),
    }  # fmt: skip
    return SeedImplant(**{**parts, **changes})  # type: ignore[arg-type]


def plan_uid(path: Path, identity: Identity, made: SeedImplant, **changes: object) -> str:
    parts = {
        "dose_gy": 100.0, "target": "GTV", "structure_set_uid": "1.2.3", "implanted": datetime(2026, 3, 1, 9),
    }  # fmt: skip
    return write_plan(made, SOURCE, path, identity, **{**parts, **changes})  # type: ignore[arg-type]


OTHER_PLANS = {
    "places": {"positions_mm": np.ones((1, 3))},
    "orientation": {"axes": np.array([[0.0, 1.0, 0.0]])},
    "no orientation": {"axes": None},
    "strength": {"strengths_u": np.array([0.6])},
    "needle": {"needles": (Needle("N1", (0.0, 50.0, 0), (0, 0, 0)),)},
    "needle name": {"needles": (Needle("N2", (50.0, 0, 0), (0, 0, 0)),)},
}


@pytest.mark.parametrize("changes", OTHER_PLANS.values(), ids=OTHER_PLANS.keys())
def test_another_implant_is_another_plan(
    tmp_path: Path, identity: MakeIdentity, changes: dict[str, object]
) -> None:
    first = plan_uid(tmp_path / "a", identity(), implant())
    assert plan_uid(tmp_path / "b", identity(), implant()) == first
    assert plan_uid(tmp_path / "c", identity(), implant(**changes)) != first


@pytest.mark.parametrize(
    "changes",
    [{"dose_gy": 80.0}, {"target": "GTV2"}, {"structure_set_uid": "1.2.4"},
     {"implanted": datetime(2026, 3, 2, 9)}],
)  # fmt: skip
def test_another_purpose_is_another_plan(
    tmp_path: Path, identity: MakeIdentity, changes: dict[str, object]
) -> None:
    first = plan_uid(tmp_path / "a", identity(), implant())
    assert plan_uid(tmp_path / "b", identity(), implant(), **changes) != first


def test_another_dose_is_another_object(tmp_path: Path, identity: MakeIdentity) -> None:
    dose = np.arange(24.0).reshape(GRID.shape)
    moved = replace(GRID, origin_mm=(1.0, 0.0, 0.0))

    def uid(array: np.ndarray, grid: VoxelGrid = GRID, plan: str = "1.2.3") -> str:
        return write_dose(array, grid, tmp_path / "dose.dcm", identity(), plan_uid=plan)

    uids = [uid(dose), uid(2 * dose), uid(dose[::-1]), uid(dose, moved), uid(dose, plan="1.2.4")]
    assert uids[0] == uid(dose)
    assert len(set(uids)) == len(uids)


def test_other_pixels_or_another_place_are_another_series(tmp_path: Path, identity: MakeIdentity) -> None:
    hu = np.arange(24.0, dtype=np.float32).reshape(GRID.shape)

    def uid(array: np.ndarray, grid: VoxelGrid = GRID, **changes: object) -> str:
        return write_ct_series(
            CtVolume(grid, array), tmp_path / "ct", identity(**changes), series="CT"
        ).series_uid

    moved = replace(GRID, origin_mm=(1.0, 0.0, 0.0))
    uids = [uid(hu), uid(hu + 1), uid(hu, moved), uid(hu, frame_uid="1.2.3"), uid(hu, study_uid="1.2.3")]
    assert uids[0] == uid(hu)
    assert len(set(uids)) == len(uids)


def test_other_contours_or_another_ct_are_another_structure_set(
    tmp_path: Path, series: CtSeries, box: Callable[..., Structure]
) -> None:
    def uid(structure: Structure, ct: CtSeries = series, kind: str = "GTV") -> str:
        return write_structures([structure], ct, tmp_path / "rs.dcm", ct.identity, types=[kind])

    elsewhere = replace(series, series_uid="1.2.3", instance_uids=tuple(f"1.2.3.{n}" for n in range(20)))
    uids = [uid(box()), uid(box(half=7.0)), uid(box("GTV2")), uid(box(), elsewhere), uid(box(), kind="CTV")]
    assert uids[0] == uid(box())
    assert len(set(uids)) == len(uids)


def test_all_uids_in_a_series_are_valid_and_each_file_has_its_own(tmp_path: Path, series: CtSeries) -> None:
    found = [dcmread(path, stop_before_pixels=True) for path in (tmp_path / "ct").iterdir()]
    for dataset in found:
        for keyword in ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID", "FrameOfReferenceUID"):
            uid = str(dataset[keyword].value)
            assert len(uid) <= 64
            assert VALID.fullmatch(uid)
        assert dataset.file_meta.MediaStorageSOPInstanceUID == dataset.SOPInstanceUID
    assert len({d.SOPInstanceUID for d in found}) == len(found) == len(series.instance_uids)
