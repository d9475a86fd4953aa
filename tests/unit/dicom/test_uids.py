"""UIDs follow from content: same bytes, same UID; other bytes, another (PS3.5, 9). At most 64 characters."""

import re
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.uid import SegmentationStorage

from seedbed.dicom import (
    CtSeries,
    Identity,
    content_uid,
    write_ct_series,
    write_dose,
    write_plan,
    write_structures,
)  # fmt: skip
from seedbed.dicom import identity as identities
from seedbed.dicom.dvh_items import DvhSet
from seedbed.dicom.identity import series_of
from seedbed.dicom.measurement_report import Outlines, measure_lesion, write_measurements
from seedbed.dicom.segmentation_writing import write_segmentation
from seedbed.dicom.sheet_capture import write_capture
from seedbed.dosimetry import Dvh, load_source
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
    "needle": {"needles": (Needle("N1", (60.0, 0, 0), (0, 0, 0)),)},
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


OTHER_IDENTITIES = {
    "patient_id": "P2", "patient_name": "Made^Too", "patient_birth_date": "19600103", "patient_sex": "M",
    "study_uid": "1.2.3", "study_date": "20260302", "study_time": "101501", "study_id": "8",
    "accession_number": "A2", "frame_uid": "1.2.4", "made": datetime(2026, 3, 1, 10, 16), "synthetic": False,
}  # fmt: skip
FRAME_OF_THE_CT = ("SEG", "SR")
"""Objects that do not name the frame of reference of an identity, but that of the CT."""
SERIES_ALONE = ("RTSTRUCT", "RTPLAN", "RTDOSE", "SEG", "SR")


@pytest.fixture
def write(tmp_path: Path, series: CtSeries, box: Callable[..., Structure]) -> Callable[..., list[Path]]:
    """Write an object of a kind, all but the identity being the same, and return its files."""
    dose = np.arange(24.0).reshape(GRID.shape)
    pages = [np.full((2, 3, 3), shade, dtype=np.uint8) for shade in (0, 255)]
    lesion = measure_lesion(box(), series, segment=1)
    drawn, images = {"types": ["GTV"]}, sorted((tmp_path / "ct").iterdir())
    writers: dict[str, Callable[[Path, Identity], object]] = {
        "RTSTRUCT": lambda path, who: write_structures([box()], series, path, who, **drawn),
        "RTPLAN": lambda path, who: plan_uid(path, who, implant()),
        "RTDOSE": lambda path, who: write_dose(dose, GRID, path, who, plan_uid="1.2.3"),
        "SEG": lambda path, who: write_segmentation(
            [box()], series, path, who, source_images=images, **drawn
        ),
        "SR": lambda path, who: write_measurements(
            [lesion], series, path, who, outlines=Outlines(SegmentationStorage, "1.2.3.4", "1.2.3.5")
        ),
        "SC": lambda path, who: write_capture(pages, path, who, title="Sheet"),
        "CT": lambda path, who: write_ct_series(CtVolume(GRID, dose.astype("f4")), path, who, series="CT"),
    }  # fmt: skip

    def made(kind: str, who: Identity) -> list[Path]:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}"
        writers[kind](path, who)
        return sorted(path.iterdir()) if path.is_dir() else [path]

    return made


def known_by(paths: list[Path]) -> list[tuple[str, str]]:
    return [(str(d.SeriesInstanceUID), str(d.SOPInstanceUID)) for d in map(dcmread, paths)]


@pytest.mark.parametrize("kind", [*SERIES_ALONE, "SC", "CT"])
def test_one_uid_never_names_two_objects_that_differ(
    write: Callable[..., list[Path]], identity: MakeIdentity, kind: str
) -> None:
    first = write(kind, identity())
    again = write(kind, identity())
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in first]
    assert set(OTHER_IDENTITIES) == {each.name for each in fields(Identity)}
    for field, value in OTHER_IDENTITIES.items():
        for one, other in zip(first, write(kind, identity(**{field: value})), strict=True):
            same = one.read_bytes() == other.read_bytes()
            assert same == (field == "frame_uid" and kind in FRAME_OF_THE_CT), field
            (series, uid), (other_series, other_uid) = known_by([one, other])
            assert (other_uid == uid) == same, field
            assert same or other_series != series, field


@pytest.mark.parametrize("kind", [*SERIES_ALONE, "SC", "CT"])
def test_another_version_writes_another_object(
    write: Callable[..., list[Path]], identity: MakeIdentity, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = known_by(write(kind, identity()))
    monkeypatch.setattr(identities, "_version", lambda: "99.0")
    later = known_by(write(kind, identity()))
    assert not {uid for both in first for uid in both} & {uid for both in later for uid in both}


@pytest.mark.parametrize("kind", SERIES_ALONE)
def test_the_series_of_an_object_follows_from_its_uid(
    write: Callable[..., list[Path]], identity: MakeIdentity, kind: str
) -> None:
    ((series, uid),) = known_by(write(kind, identity()))
    assert series_of(uid) == series != uid


@pytest.mark.parametrize("kind", ["SC", "CT"])
def test_slices_and_pages_share_a_series(
    write: Callable[..., list[Path]], identity: MakeIdentity, kind: str
) -> None:
    found = known_by(write(kind, identity()))
    assert len({series for series, _ in found}) == 1
    assert len({uid for _, uid in found}) == len(found) == 2


def test_a_name_in_any_script_is_another_patient(
    tmp_path_factory: pytest.TempPathFactory, identity: MakeIdentity
) -> None:
    folder = tmp_path_factory.mktemp("doses")

    def uid(name: str) -> str:
        who = identity(patient_name=name)
        return write_dose(np.ones(GRID.shape), GRID, folder / "dose.dcm", who, plan_uid="1.2.3")

    @given(
        st.lists(st.text(st.characters(categories=("L",)), min_size=1, max_size=9), min_size=2, max_size=2)
    )
    def check(names: list[str]) -> None:
        assert (uid(names[0]) == uid(names[1])) == (names[0] == names[1])

    check()


def test_another_study_of_the_ct_is_another_structure_set(
    tmp_path: Path, series: CtSeries, box: Callable[..., Structure]
) -> None:
    """It stands in the Referenced Frame of Reference Sequence."""
    elsewhere = replace(series, identity=replace(series.identity, study_uid="1.2.3"))
    unlinked = replace(series, image_of_plane=(None,) * 20)
    uids = {
        write_structures([box()], ct, tmp_path / "rs.dcm", series.identity, types=["GTV"])
        for ct in (series, elsewhere, unlinked)
    }
    assert len(uids) == 3


def test_another_seed_of_the_same_name_is_another_plan(tmp_path: Path, identity: MakeIdentity) -> None:
    parts = {"dose_gy": 1.0, "target": "GTV", "structure_set_uid": "", "implanted": datetime(2026, 3, 1)}
    uids = {
        write_plan(implant(), source, tmp_path / "plan.dcm", identity(), **parts)  # type: ignore[arg-type]
        for source in (SOURCE, replace(SOURCE, active_length_mm=2 * SOURCE.active_length_mm))
    }
    assert len(uids) == 2


def test_another_histogram_is_another_dose(tmp_path: Path, identity: MakeIdentity) -> None:
    dvh = Dvh.of("GTV", np.arange(24.0), np.full(24, 0.1))

    def uid(*sets: DvhSet) -> str:
        dose = np.ones(GRID.shape)
        path, dvhs = tmp_path / "dose.dcm", sets[0] if sets else None
        return write_dose(dose, GRID, path, identity(), plan_uid="1.2.3", dvhs=dvhs)

    assert len({uid(), uid(DvhSet("1.2.5", {1: dvh})), uid(DvhSet("1.2.5", {2: dvh}))}) == 3
