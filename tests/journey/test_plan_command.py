"""The command ``seedbed plan`` on a digital patient: what it writes holds together."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from tests.journey.planned_cases import dose_written_out, write_bony, write_neck

from seedbed.cli.app import run
from seedbed.dicom import read_ct_series, read_dose, read_plan, read_structures
from seedbed.dicom.plan_needles import read_own_needles
from seedbed.dosimetry import load_source, total_dose
from seedbed.geometry import VoxelGrid
from seedbed.implant import SeedImplant
from seedbed.journey.plan import PlanQuestion, make_plan

Case = tuple[Path, Path]
Made = tuple[Path, dict[str, Any]]
QUICK: dict[str, Any] = {
    "bound_seconds": 0.0, "alternatives": False, "robust": False, "guide": False, "pictures": False,
}  # fmt: skip
RX_GY = 120.0


@pytest.fixture(scope="module")
def neck(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return write_neck(tmp_path_factory.mktemp("neck"))


@pytest.fixture(scope="module")
def made(neck: Case, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Everything that the command can do, by the command."""
    out = tmp_path_factory.mktemp("made") / "plan"
    run([
        "plan", "--ct", str(neck[0]), "--structures", str(neck[1]), "--target", "GTV_node", "--rx", "120",
        "--activity-mci", "0.7", "--bound-seconds", "1", "--breathing", "neck", "--out", str(out),
    ])  # fmt: skip
    return out, json.loads((out / "plan.json").read_text(encoding="utf-8"))


def question(case: Case, out: Path, **more: Any) -> PlanQuestion:
    asked = {"target": "GTV_node", "activities_mci": (0.7,), **QUICK, **more}
    return PlanQuestion(case[0], case[1], out, RX_GY, **asked)


def on_line(point: list[float], needle: dict[str, Any]) -> float:
    """Distance of a point from a needle's line, mm."""
    entry, tip = np.array(needle["entry_mm"]), np.array(needle["tip_mm"])
    along = (tip - entry) / np.linalg.norm(tip - entry)
    away = np.array(point) - entry
    return float(np.linalg.norm(away - (away @ along) * along))


def test_the_plan_covers_by_an_independent_calculation(made: Made, neck: Case) -> None:
    _, plan = made
    target = read_structures(neck[1], read_ct_series(neck[0]))["GTV_node"]
    lower, upper = target.bounds_mm
    points = VoxelGrid.around(lower - 1, upper + 1, 0.9).points_mm()
    points = points[target.contains(points)]
    dose = dose_written_out(load_source("6711"), plan["seeds"], points)
    metrics = plan["metrics"]["target"]
    assert metrics["v100_pct"] >= 95.0
    assert 100 * np.mean(dose >= RX_GY) == pytest.approx(metrics["v100_pct"], abs=0.6)
    assert 100 * np.mean(dose >= 1.5 * RX_GY) == pytest.approx(metrics["v150_pct"], abs=0.6)
    assert np.percentile(dose, 10) == pytest.approx(metrics["d90_gy"], rel=0.01)
    assert plan["target"]["volume_cc"] == pytest.approx(metrics["volume_cc"], rel=0.01)


def test_seeds_lie_in_the_target_and_on_their_needles(made: Made, neck: Case) -> None:
    _, plan = made
    target = read_structures(neck[1], read_ct_series(neck[0]))["GTV_node"]
    needles = {needle["name"]: needle for needle in plan["needles"]}
    places = np.array([seed["position_mm"] for seed in plan["seeds"]])
    axes = np.array([seed["axis"] for seed in plan["seeds"]])
    for end in (-2.0, 0.0, 2.0):
        assert target.contains(places + end * axes).all()
    assert max(on_line(seed["position_mm"], needles[seed["needle"]]) for seed in plan["seeds"]) < 1e-6
    assert sorted(number for needle in plan["needles"] for number in needle["seeds"]) == [
        seed["number"] for seed in plan["seeds"]
    ]


def test_angles_depth_and_entry_of_each_needle(made: Made) -> None:
    for needle in made[1]["needles"]:
        entry, tip = np.array(needle["entry_mm"]), np.array(needle["tip_mm"])
        azimuth, tilt = np.radians([needle["azimuth_deg"], needle["tilt_deg"]])
        push = [np.cos(tilt) * np.cos(azimuth), np.cos(tilt) * np.sin(azimuth), np.sin(tilt)]
        np.testing.assert_allclose(tip - entry, needle["depth_mm"] * np.array(push), atol=1e-6)
        assert needle["skin_seen"]


def test_cost_bound_and_gap_agree(made: Made) -> None:
    plan = made[1]
    assert plan["cost"] == plan["seed_count"] + plan["needle_count"]
    assert plan["bound"]["cost"] <= plan["cost"] + 1e-9
    assert plan["bound"]["linear"] <= plan["bound"]["cost"] + 1e-9
    assert plan["gap_pct"] == pytest.approx(100 * (plan["cost"] / plan["bound"]["cost"] - 1))
    assert "Other needles were not looked at" in plan["bound"]["holds_for"]


def test_goals_say_by_how_much(made: Made) -> None:
    for goal in made[1]["goals"]:
        inside = (
            goal["value"] - goal["limit"] if goal["sense"] == "at least" else goal["limit"] - goal["value"]
        )
        assert goal["by"] == pytest.approx(inside, abs=1e-9)
        assert goal["met"] == (goal["by"] >= 0)
        assert goal["source"]


def test_further_plans_have_seeds_of_their_own(made: Made) -> None:
    plans = made[1]["alternatives"]
    assert plans
    for plan in plans:
        assert plan["seed_count"] == len(plan["seeds"])
        assert plan["seeds"] != made[1]["seeds"]
        assert plan["hard_goals_met"]
        assert plan["d90_p5_gy"] < plan["metrics"]["target"]["d90_gy"]


def test_robustness_lies_below_the_plan(made: Made) -> None:
    robust = made[1]["robustness"]
    assert robust["d90_gy"]["p5"] < robust["d90_gy"]["p50"] < made[1]["metrics"]["target"]["d90_gy"] * 1.02
    assert robust["breathing"] == "neck"
    assert len(robust["goals"]) == len(made[1]["goals"])


def test_shares_of_each_direction_make_a_hundred(made: Made) -> None:
    assert len(made[1]["directions"]) > 50
    for each in made[1]["directions"]:
        assert each["reachable_pct"] + sum(each["blocked_pct"].values()) == pytest.approx(100)


def test_the_rtplan_holds_the_same_seeds_and_needles(made: Made) -> None:
    out, plan = made
    read = read_plan(out / "plan.dcm", load_source("6711"))
    written = sorted(map(tuple, np.round(read.implant.positions_mm, 3).tolist()))
    assert written == sorted(tuple(np.round(seed["position_mm"], 3).tolist()) for seed in plan["seeds"])
    assert read.dose_gy == RX_GY
    assert read.structure_set_uid == pydicom.dcmread(out / "structures.dcm").SOPInstanceUID
    by_name = {needle["name"]: needle for needle in plan["needles"]}
    for needle in read_own_needles(out / "plan.dcm"):
        np.testing.assert_allclose(needle.entry_mm, by_name[needle.name]["entry_mm"], atol=1e-2)
        np.testing.assert_allclose(needle.tip_mm, by_name[needle.name]["tip_mm"], atol=1e-2)


def test_dicom_files_belong_to_the_patient_and_frame_of_the_ct(made: Made, neck: Case) -> None:
    ct = pydicom.dcmread(next(neck[0].iterdir()), stop_before_pixels=True)
    for name in ("plan.dcm", "dose.dcm"):
        written = pydicom.dcmread(made[0] / name)
        for keyword in ("PatientID", "PatientName", "StudyInstanceUID", "FrameOfReferenceUID"):
            assert written.get(keyword) == ct.get(keyword)
        assert "SYNTHETIC" not in written.SeriesDescription


def test_the_rtdose_is_that_of_the_plan(made: Made) -> None:
    source = load_source("6711")
    seeds = read_plan(made[0] / "plan.dcm", source).implant
    dose, grid = read_dose(made[0] / "dose.dcm")
    assert grid.spacing_mm == (1.0, 1.0, 1.0)
    pick = np.random.default_rng(3).choice(dose.size, 200, replace=False)
    expected = total_dose(source, seeds.positions_mm, seeds.axes, seeds.strengths_u, grid.points_mm()[pick])
    np.testing.assert_allclose(dose.ravel()[pick], expected, rtol=1e-3, atol=1e-3)


def test_all_promised_files_are_there(made: Made) -> None:
    out, plan = made
    assert sorted(path.name for path in out.iterdir()) == plan["files"]
    pictures = {path.name for path in (out / "pictures").iterdir()}
    assert {"axial.png", "dvh.png", "directions.png", "alternatives.png"} <= pictures
    assert len(pictures) == 4 + plan["needle_count"]
    assert all(path.read_bytes()[:4] == b"\x89PNG" for path in (out / "pictures").iterdir())
    assert ("guide.stl" in plan["files"]) != any("No guide template" in note for note in plan["notes"])
    page = (out / "plan.html").read_text(encoding="utf-8")
    for text in (
        "not a cleared medical device",
        "pictures/axial.png",
        "needles.html",
        plan["target"]["name"],
    ):
        assert text in page
    assert len(plan["inputs_sha256"]) == 2


def test_a_day_of_implantation_that_was_not_stated_is_said(made: Made) -> None:
    out, plan = made
    assert (plan["strengths_on"], plan["implant_day_stated"]) == ("2026-01-05", False)
    assert sum("day of implantation was not stated" in note for note in plan["notes"]) == 1
    for name in ("plan.html", "needles.html"):
        assert "(day of implantation not stated)" in (out / name).read_text(encoding="utf-8")


def test_the_same_seed_gives_the_same_plan_and_an_old_result_is_replaced(
    made: Made, neck: Case, tmp_path: Path
) -> None:
    out = tmp_path / "again"
    out.mkdir()
    (out / "pictures").mkdir()
    for name in ("guide.stl", "pictures/axial.png", "notes of mine.txt"):
        (out / name).write_text("old")
    (out / "plan.json").write_text('{"seedbed": {}}')
    again = make_plan(question(neck, out))
    for key in ("seeds", "needles", "metrics", "goals", "cost", "inputs_sha256"):
        assert again[key] == made[1][key]
    assert (out / "plan.dcm").read_bytes() == (made[0] / "plan.dcm").read_bytes()
    assert not (out / "guide.stl").exists()
    assert not (out / "pictures").exists()
    assert "<img" not in (out / "plan.html").read_text(encoding="utf-8")
    assert (out / "notes of mine.txt").read_text() == "old"


def test_needles_that_lie_there_are_kept(made: Made, neck: Case, tmp_path: Path) -> None:
    kept = made[1]["needles"][:5]
    (tmp_path / "needles.json").write_text(json.dumps({"needles": kept}))
    plan = make_plan(
        question(neck, tmp_path / "out", mode="fixed", needles_file=tmp_path / "needles.json",
                 goals=("target:V100=off", "target:V100>=80?", "target:D90[%]>=80?"))
    )  # fmt: skip
    by_name = {needle["name"]: needle for needle in kept}
    for needle in plan["needles"]:
        assert needle["entry_mm"] == by_name[needle["name"]]["entry_mm"]
        assert needle["tip_mm"] == by_name[needle["name"]]["tip_mm"]
    assert plan["cost"] == plan["seed_count"]


def test_a_top_up_adds_what_is_missing(made: Made, neck: Case, tmp_path: Path) -> None:
    from seedbed.journey.plan.asking import ask
    from seedbed.journey.written_plan import write_checked_plan

    source, seeds = load_source("6711"), made[1]["seeds"][:-6]
    there = SeedImplant(
        "6711", np.array([s["position_mm"] for s in seeds]), np.array([s["axis"] for s in seeds]),
        np.array([s["strength_u"] for s in seeds]),
    )  # fmt: skip
    write_checked_plan(there, source, tmp_path / "given.dcm", ask(question(neck, tmp_path / "out")).purpose)
    plan = make_plan(question(neck, tmp_path / "out", given_file=tmp_path / "given.dcm"))
    assert plan["seeds_there_already"] == len(seeds)
    assert 0 < plan["seed_count"] < made[1]["seed_count"]
    assert plan["metrics"]["target"]["v100_pct"] >= 95.0
    assert {"dose.dcm", "dose_with_given.dcm"} <= set(plan["files"])
    new, _ = read_dose(tmp_path / "out" / "dose.dcm")
    total, _ = read_dose(tmp_path / "out" / "dose_with_given.dcm")
    assert (total >= new).all()


def test_a_stop_writes_the_best_plan_so_far(neck: Case, tmp_path: Path) -> None:
    plan = make_plan(question(neck, tmp_path / "out"), stop=lambda: True)
    assert plan["stopped"]
    assert any("search was stopped" in note for note in plan["notes"])
    assert json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8")) == plan


def test_a_target_wrapped_by_bone_is_reached_through_the_window(tmp_path: Path) -> None:
    case = write_bony(tmp_path, window_deg=55.0)
    plan = make_plan(question(case, tmp_path / "out", target="Tumour"))
    assert plan["hard_goals_met"]
    outwards = np.radians(55.0)
    for needle in plan["needles"]:
        entry, tip = np.array(needle["entry_mm"]), np.array(needle["tip_mm"])
        along = tip + np.linspace(0, 1, 400)[:, None] * (entry - tip)
        away = np.linalg.norm(along, axis=1)
        within = (away > 19.0) & (away < 24.0)
        assert (np.arccos(along[within, 0] / away[within]) < outwards).all()
    blocked = [each for each in plan["directions"] if each["reachable_pct"] < 50]
    assert blocked
    assert all(next(iter(each["blocked_pct"])) == "bone" for each in blocked)
