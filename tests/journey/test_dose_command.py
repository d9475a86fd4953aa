"""The dose of plans from any planning system, as a user asks for it."""

import json
import math
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset, dcmread
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, RTPlanStorage, generate_uid
from tests.journey.refusals import refusal

from seedbed.cli.app import run
from seedbed.dicom import CtSeries, Identity, read_dose_file, write_structures
from seedbed.dosimetry import load_source, total_dose
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.imaging import CtVolume

ONE_U_AT_1_CM_GY = 0.965 * 59.40 * 24 / math.log(2) / 100  # 1984.7 cGy: Lambda of the 6711 x mean life
PHI_AN_AT_1_CM = 0.944  # TG-43U1, model 6711
HALF_LIFE_D = 59.40
SEEDS = [(0.0, 0.0, 0.0), (7.0, 3.0, -4.0), (-5.5, 8.25, 6.0)]


def control_point(place: Sequence[float], weight: float | None, axis: Sequence[float] | None) -> Dataset:
    point = Dataset()
    point.ControlPoint3DPosition, point.CumulativeTimeWeight = list(place), weight
    if axis is not None:
        point.ControlPointOrientation = list(axis)
    return point


def plan_file(
    path: Path,
    places: Sequence[Sequence[float]] = SEEDS[:1],
    *,
    axis: Sequence[float] | None = (0.0, 0.0, 1.0),
    time: float | None = HALF_LIFE_D,
    weights: tuple[float | None, ...] = (0.0, 1.0),
    seed: dict[str, Any] | None = None,
    **changes: Any,
) -> Path:
    """A plan as another system writes it: one channel a seed, each of 1 U."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID, meta.MediaStorageSOPClassUID = ExplicitVRLittleEndian, RTPlanStorage
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=["foreign"])
    plan = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    plan.SOPClassUID, plan.SOPInstanceUID = RTPlanStorage, meta.MediaStorageSOPInstanceUID
    plan.Modality, plan.PatientID, plan.PatientName = "RTPLAN", "P-77", "Made^By^Test"
    plan.StudyInstanceUID, plan.FrameOfReferenceUID = "1.2.3", "1.2.3.4"
    plan.RTPlanDate, plan.BrachyTreatmentTechnique = "20260301", "PERMANENT"
    source, setup = Dataset(), Dataset()
    said = {
        "SourceNumber": 1, "SourceIsotopeName": "I-125", "SourceModelID": "6711",
        "ReferenceAirKermaRate": 1.0, "SourceStrengthReferenceDate": "20260301",
    }  # fmt: skip
    for keyword, value in {**said, **(seed or {})}.items():
        setattr(source, keyword, value)
    setup.ApplicationSetupNumber, setup.ChannelSequence = 1, []
    for number, place in enumerate(places, start=1):
        channel = Dataset()
        channel.ChannelNumber, channel.ReferencedSourceNumber, channel.ChannelTotalTime = number, 1, time
        channel.BrachyControlPointSequence = [control_point(place, weight, axis) for weight in weights]
        setup.ChannelSequence.append(channel)
    plan.SourceSequence, plan.ApplicationSetupSequence = [source], [setup]
    for keyword, value in changes.items():
        setattr(plan, keyword, value)
    plan.save_as(path, enforce_file_format=True)
    return path


def asked(
    plan: Path, capsys: pytest.CaptureFixture[str], *more: str
) -> tuple[dict[str, Any], np.ndarray, np.ndarray]:
    """Run the command; return what it says, the dose (n,) and the places (n, 3) of its voxels."""
    out = plan.parent / "dose.dcm"
    run(["dose", str(plan), "--margin-mm", "15", "--out", str(out), "--json", *more])
    found = json.loads(capsys.readouterr().out)
    dose = read_dose_file(out)
    return found, dose.dose_gy.ravel(), dose.grid.points_mm()


def at(place: Sequence[float], dose: np.ndarray, places: np.ndarray) -> float:
    (voxel,) = np.flatnonzero(np.abs(places - place).max(axis=1) < 1e-6)
    return float(dose[voxel])


@pytest.mark.parametrize(
    ("time", "unit"),
    [(HALF_LIFE_D, "d"), (HALF_LIFE_D / math.log(2) * 86400, "s"), (None, "unknown")],
)
def test_one_seed_gives_the_dose_of_complete_decay_whatever_the_unit_of_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], time: float | None, unit: str
) -> None:
    found, dose, places = asked(plan_file(tmp_path / "p.dcm", time=time), capsys)
    assert at((10, 0, 0), dose, places) == pytest.approx(ONE_U_AT_1_CM_GY, rel=1e-6)
    assert found["plan"]["channel_time_unit"] == unit
    assert found["implant"]["formula"] == "two-dimensional"


def test_without_directions_the_one_dimensional_formula_is_used_and_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = ONE_U_AT_1_CM_GY * PHI_AN_AT_1_CM
    found, dose, places = asked(plan_file(tmp_path / "p.dcm", axis=None), capsys)
    for place in ((10, 0, 0), (0, 0, -10)):
        assert at(place, dose, places) == pytest.approx(expected, rel=1e-6)
    assert any("one-dimensional" in note for note in found["notes"])
    found, dose, places = asked(plan_file(tmp_path / "p.dcm"), capsys, "--one-dimensional")
    assert at((0, 0, 10), dose, places) == pytest.approx(expected, rel=1e-6)
    assert found["implant"]["formula"] == "one-dimensional"


@pytest.mark.parametrize("weights", [(0.0, 1.0), (0.0,), (None,), (None, None)])
def test_the_grid_is_the_dose_at_points(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], weights: tuple[float | None, ...]
) -> None:
    axis = np.array([0.6, 0.0, 0.8])
    plan = plan_file(tmp_path / "p.dcm", SEEDS, axis=axis.tolist(), weights=weights)
    found, dose, places = asked(plan, capsys, "--grid-mm", "2")
    some = np.arange(0, len(places), 97)
    axes = np.tile(axis / np.linalg.norm(axis), (3, 1))
    expected = total_dose(load_source("6711"), np.array(SEEDS), axes, np.ones(3), places[some])
    np.testing.assert_allclose(dose[some], expected, rtol=1e-5, atol=dose.max() / 2**31)
    assert found["implant"]["seeds"] == 3
    lower, upper = np.array(SEEDS).min(axis=0) - 15, np.array(SEEDS).max(axis=0) + 15
    assert (places.min(axis=0) <= lower).all()
    assert (places.max(axis=0) >= upper).all()


def test_strengths_decay_to_the_day_of_implantation_when_it_is_stated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found, dose, places = asked(plan_file(tmp_path / "p.dcm"), capsys, "--implant-date", "2026-03-31")
    left = 2 ** (-30 / HALF_LIFE_D)
    assert at((10, 0, 0), dose, places) == pytest.approx(left * ONE_U_AT_1_CM_GY, rel=1e-6)
    assert (found["plan"]["strength_date"], found["plan"]["implanted_on"]) == ("2026-03-01", "2026-03-31")
    assert found["implant"]["total_strength_u"] == pytest.approx(left)


def test_the_dose_of_some_days_says_so_in_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found, dose, places = asked(plan_file(tmp_path / "p.dcm"), capsys, "--until-days", "59.4")
    assert at((10, 0, 0), dose, places) == pytest.approx(ONE_U_AT_1_CM_GY / 2, rel=1e-6)
    assert found["dose"]["until_days"] == 59.4
    assert dcmread(tmp_path / "dose.dcm").DoseComment == "Dose of 59.4 d, water, TG-43U1"


def test_a_cut_off_states_a_bound_on_what_it_drops(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = plan_file(tmp_path / "p.dcm", SEEDS)
    whole = asked(plan, capsys, "--grid-mm", "3")
    cut = asked(plan, capsys, "--grid-mm", "3", "--cutoff-mm", "20")
    assert whole[0]["dose"]["dropped_at_most_gy"] == 0
    lost = (whole[1] - cut[1]).max()
    assert 0 < lost <= cut[0]["dose"]["dropped_at_most_gy"] + 1e-6


def test_the_file_belongs_to_the_plan_and_all_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = plan_file(tmp_path / "p.dcm", SEEDS)
    found = asked(plan, capsys)[0]
    made, origin = dcmread(tmp_path / "dose.dcm"), dcmread(plan)
    for keyword in ("PatientID", "PatientName", "StudyInstanceUID", "FrameOfReferenceUID"):
        assert made[keyword].value == origin[keyword].value
    assert made.ReferencedRTPlanSequence[0].ReferencedSOPInstanceUID == origin.SOPInstanceUID
    assert found["output"]["uid"] == made.SOPInstanceUID
    assert (found["source"]["name"], found["source"]["chosen_by"]) == ("6711", "plan")
    assert "10.1118/1.1646040" in found["source"]["reference"]
    assert found["implant"]["total_strength_u"] == pytest.approx(3.0)
    assert found["implant"]["total_activity_mci"] == pytest.approx(3.0 / 1.270)
    assert found["implant"]["total_activity_mbq"] == pytest.approx(3.0 / 1.270 * 37)
    assert len(found["inputs_sha256"][str(tmp_path / "p.dcm")]) == 64
    assert "Research" in found["seedbed"]["notice"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dose.dcm", "p.dcm"]


@pytest.mark.parametrize("as_json", [True, False])
def test_6711_data_for_another_makers_seeds_are_stated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    said = {"SourceModelID": "6711 type", "SourceManufacturer": "Seed Works Co"}
    plan = plan_file(tmp_path / "p.dcm", seed=said)
    options = ["--json"] if as_json else []
    run(["dose", str(plan), "--source", "6711", "--out", str(tmp_path / "d.dcm"), "--grid-mm", "3", *options])
    printed = capsys.readouterr().out
    assert "6711 data used for seeds of Seed Works Co by the user's word" in printed


def test_a_plan_of_the_demonstration_gives_its_own_dose_again(
    demo_run: tuple[Path, dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = demo_run[0] / "dicom"
    out = tmp_path / "dose.dcm"
    run(["dose", str(folder / "plan.dcm"), "--grid-mm", "1", "--out", str(out), "--json"])
    found = json.loads(capsys.readouterr().out)
    assert found["plan"]["channel_time_unit"] == "s"
    first, again = read_dose_file(folder / "dose.dcm"), read_dose_file(out)
    shift = np.rint(np.array(again.grid.origin_mm) - first.grid.origin_mm).astype(int)[::-1]
    low = np.maximum(shift, 0)
    high = np.minimum(first.dose_gy.shape, np.array(again.dose_gy.shape) + shift)
    both = [
        dose[tuple(slice(a, b) for a, b in zip(low - by, high - by, strict=True))]
        for dose, by in ((first.dose_gy, 0 * shift), (again.dose_gy, shift))
    ]
    assert both[0].size > 1000
    np.testing.assert_allclose(both[1], both[0], rtol=1e-4, atol=first.dose_gy.max() * 1e-6)


BAD: dict[str, tuple[dict[str, Any], list[str], str]] = {
    "an unknown seed": ({"seed": {"SourceModelID": "XY-9"}}, [], "--source"),
    "an unknown source by the user": ({}, ["--source", "671l"], "6711"),
    "a temporary implant": ({"BrachyTreatmentTechnique": "INTERSTITIAL", "time": 600.0}, [], "--permanent"),
    "strengths in MBq": ({"seed": {"ReferenceAirKermaRate": 25.9}}, [], "25.9 U"),
    "too fine a grid": ({}, ["--grid-mm", "0.06", "--margin-mm", "90"], "voxels"),
    "a grid of nothing": ({}, ["--grid-mm", "0"], "0.05 to 10 mm"),
    "a grid that is no number": ({}, ["--grid-mm", "nan"], "0.05 to 10 mm"),
    "a grid too coarse": ({}, ["--grid-mm", "500"], "0.05 to 10 mm"),
    "a negative margin": ({}, ["--margin-mm", "-1"], "zero or more"),
    "an endless margin": ({}, ["--margin-mm", "1e9"], "voxels"),
    "no time": ({}, ["--until-days", "0"], "positive"),
    "a cut-off too near": ({}, ["--cutoff-mm", "1"], "mm"),
    "a day that is none": ({}, ["--implant-date", "31.3.2026"], "2026-03-31"),
    "one seed on a needle": ({"axis": None}, ["--axes-from-needles"], "needle"),
}


@pytest.mark.parametrize(("changes", "more", "says"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_one_sentence_and_nothing_is_written(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, Any],
    more: list[str],
    says: str,
) -> None:
    plan = plan_file(tmp_path / "p.dcm", **changes)
    assert says in refusal(["dose", str(plan), "--out", str(tmp_path / "new" / "d.dcm"), *more], capsys)
    assert [path.name for path in tmp_path.iterdir()] == ["p.dcm"]


def structure_set(path: Path, frame: str = "1.2.3.4") -> str:
    """A box of 8 mm half width about (60, 0, 0) and a wide outline; returns the UID."""
    made = Identity(
        "P-77", "Made^By^Test", "", "O", "1.2.3", "20260301", "0900", "1", "", frame, datetime(2026, 3, 1)
    )
    grid = VoxelGrid((0.0, 0.0, 0.0), (2.0, 2.0, 2.0), (4, 4, 4))
    ct = CtSeries(CtVolume(grid, np.zeros(grid.shape, dtype=np.float32)), made, "1.2.5", (), np.empty(0))
    square = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    drawn = [
        Structure(name, tuple(PlanarContour(z, half * square + [x, 0.0]) for z in (0.0, 2.0)), 2.0)
        for name, half, x in (("GTV", 8.0, 60.0), ("Body", 300.0, 0.0))
    ]
    return write_structures(drawn, ct, path, made, types=["GTV", "EXTERNAL"])


def test_the_grid_covers_structures_but_not_the_outline(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    structure_set(tmp_path / "rs.dcm")
    more = ("--grid-mm", "2", "--structures", str(tmp_path / "rs.dcm"))
    found, _, places = asked(plan_file(tmp_path / "p.dcm"), capsys, *more)
    assert 60 + 8 + 15 <= places[:, 0].max() <= 60 + 8 + 15 + 2
    assert set(found["inputs_sha256"]) == {str(tmp_path / "p.dcm"), str(tmp_path / "rs.dcm")}


def test_a_plan_without_a_frame_takes_that_of_its_structure_set(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    uid, other = structure_set(tmp_path / "rs.dcm"), structure_set(tmp_path / "other.dcm", "5.6")
    assert uid != other
    link = Dataset()
    link.ReferencedSOPInstanceUID = uid
    plan = plan_file(tmp_path / "p.dcm", FrameOfReferenceUID="", ReferencedStructureSetSequence=[link])
    found = asked(plan, capsys, "--grid-mm", "3", "--structures", str(tmp_path / "rs.dcm"))[0]
    assert dcmread(tmp_path / "dose.dcm").FrameOfReferenceUID == "1.2.3.4"
    assert any("frame of reference" in note for note in found["notes"])
    arguments = ["dose", str(plan), "--out", str(tmp_path / "d.dcm")]
    assert uid in refusal([*arguments, "--structures", str(tmp_path / "other.dcm")], capsys)


def test_a_plan_without_any_frame_gets_a_new_one_and_says_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = plan_file(tmp_path / "p.dcm", FrameOfReferenceUID="")
    found = asked(plan, capsys, "--grid-mm", "3")[0]
    assert dcmread(tmp_path / "dose.dcm").FrameOfReferenceUID
    assert any("which no contours share" in note for note in found["notes"])


def test_only_a_dose_of_our_own_is_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = plan_file(tmp_path / "p.dcm")
    note = tmp_path / "note.dcm"
    note.write_text("keep me")
    content = plan.read_bytes()
    for out in (plan, note, tmp_path):
        refusal(["dose", str(plan), "--out", str(out), "--grid-mm", "5"], capsys)
    assert note.read_text() == "keep me"
    assert plan.read_bytes() == content
    theirs = tmp_path / "theirs.dcm"
    run(["dose", str(plan), "--out", str(theirs), "--grid-mm", "5"])
    dose = dcmread(theirs)
    dose.Manufacturer = "Another Planning System"
    dose.save_as(theirs)
    kept = theirs.read_bytes()
    refusal(["dose", str(plan), "--out", str(theirs), "--grid-mm", "5"], capsys)
    assert theirs.read_bytes() == kept
    theirs.unlink()
    for _ in range(2):
        run(["dose", str(plan), "--out", str(tmp_path / "d.dcm"), "--grid-mm", "5"])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d.dcm", "note.dcm", "p.dcm"]
