"""``seedbed verify``: every seed found, the dose that they give, where it is cold, and what to add."""

import csv
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist
from tests.journey.verified_cases import RX_GY, SHIFT_MM, STRENGTH_U, Case, write_implanted

from seedbed.cli.app import run
from seedbed.dicom import read_ct_series, read_dose, read_plan, read_structures, write_structures
from seedbed.dosimetry import load_source, total_dose

COLUMNS = ["x_mm", "y_mm", "z_mm", "ax", "ay", "az", "confidence"]
Run = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Both CTs in one frame of reference."""
    return write_implanted(tmp_path_factory.mktemp("one_frame"))


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Each CT in a frame of its own, the patient elsewhere on the table."""
    return write_implanted(tmp_path_factory.mktemp("two_frames"), own_frames=True)


@pytest.fixture(scope="module")
def verified(case: Case, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The case verified with pictures and a top-up."""
    out = tmp_path_factory.mktemp("verified") / "out"
    arguments = [word for word in case.arguments(out) if word not in ("--no-pictures", "--no-top-up")]
    run([*arguments, "--count", str(len(case.true_mm)), "--language", "both"])
    return out, json.loads((out / "verify.json").read_text(encoding="utf-8"))


def rows(out: Path) -> list[dict[str, str]]:
    with (out / "seeds.csv").open(encoding="ascii", newline="") as file:
        return list(csv.DictReader(file))


def places(out: Path) -> np.ndarray:
    return np.array([[float(row[key]) for key in COLUMNS[:3]] for row in rows(out)])


def assert_found(out: Path, case: Case) -> None:
    """Each true seed once, within 1 mm; nothing else."""
    gap = cdist(places(out), case.true_mm)
    one, other = linear_sum_assignment(gap)
    assert len(places(out)) == len(case.true_mm)
    assert gap[one, other].max() < 1.0


def test_the_list_of_seeds_holds_each_true_seed(case: Case, verified: tuple[Path, dict[str, Any]]) -> None:
    out, found = verified
    assert_found(out, case)
    assert list(rows(out)[0])[:7] == COLUMNS
    axes = np.array([[float(row[key]) for key in COLUMNS[3:6]] for row in rows(out)])
    np.testing.assert_allclose(np.linalg.norm(axes, axis=1), 1.0, atol=1e-5)
    assert all(0.5 <= float(row["confidence"]) <= 1 for row in rows(out))
    assert found["found"] == found["implanted"] == len(case.true_mm)


def test_the_displacement_is_that_of_the_truth(case: Case, verified: tuple[Path, dict[str, Any]]) -> None:
    placed = verified[1]["placement"]
    truth = case.true_mm - case.planned.positions_mm
    assert placed["matched"] == len(truth)
    for pair in placed["pairs"]:
        assert np.linalg.norm(np.subtract(pair["displacement_mm"], truth[pair["planned"] - 1])) < 1.0
    assert placed["missing"] == placed["extra"] == []


def test_the_dose_written_is_that_of_the_seeds_listed(verified: tuple[Path, dict[str, Any]]) -> None:
    """RTDOSE, RTPLAN and list tell one thing; the formula is TG-43 for all of them."""
    out, found = verified
    source = load_source("6711")
    plan = read_plan(out / "implant.dcm", source)
    np.testing.assert_allclose(plan.implant.positions_mm, places(out), atol=2e-3)
    assert set(plan.implant.strengths_u.tolist()) == {STRENGTH_U}
    dose, grid = read_dose(out / "dose.dcm")
    few = np.random.default_rng(5).choice(dose.size, 200, replace=False)
    implant = plan.implant
    expected = total_dose(
        source, implant.positions_mm, implant.axes, implant.strengths_u, grid.points_mm()[few]
    )
    np.testing.assert_allclose(dose.ravel()[few], expected, rtol=2e-3, atol=0.05)
    used = [seed["axis_used"] for seed in found["seeds"]]
    assert used == implant.axis_known.tolist()


def test_a_cold_implant_is_topped_up_to_its_goals(case: Case, verified: tuple[Path, dict[str, Any]]) -> None:
    """The plan of the case is too weak by intent."""
    out, found = verified
    dose = found["dose"]
    assert dose["given"]["target"]["v100_pct"] < 95
    cold = dose["cold"]["under_100_pct"]
    assert cold
    assert all("slice" in each["place"] for each in cold)
    below = sum(each["volume_cc"] for each in cold) / dose["given"]["target"]["volume_cc"]
    assert 100 * below == pytest.approx(100 - dose["given"]["target"]["v100_pct"], abs=1.5)
    after = dose["top_up"]["after"]["target"]
    assert dose["top_up"]["seeds"] >= 1
    assert after["v100_pct"] >= 95
    assert after["d90_gy"] >= 1.05 * RX_GY
    extra = read_plan(out / "top_up.dcm", load_source("6711")).implant
    assert extra.count == dose["top_up"]["seeds"]
    assert case.target.contains(extra.positions_mm).all()


def test_what_is_written_is_listed_and_can_be_read(verified: tuple[Path, dict[str, Any]]) -> None:
    out, found = verified
    written = sorted(p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file())
    assert found["files"] == written
    assert {"verify.json", "seeds.csv", "structures.dcm", "verification.html", "verification.zh.html"} <= {
        *written
    }
    assert {"pictures/overview.png", "pictures/before_after.png", "pictures/cold_slices.png"} <= {*written}
    zh = (out / "verification.zh.html").read_text(encoding="utf-8")
    assert 'lang="zh' in zh


def test_the_same_question_gives_the_same_answer(case: Case, tmp_path: Path) -> None:
    answers = []
    for name in ("one", "two"):
        run([*case.arguments(tmp_path / name), "--count", "11"])
        answers.append((tmp_path / name / "verify.json").read_text(encoding="utf-8"))
    assert answers[0] == answers[1]


def test_without_plan_and_structures_the_seeds_are_still_found(case: Case, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(["verify", "--ct", str(case.ct), "--out", str(out), "--no-pdf", "--no-pictures"])
    assert_found(out, case)
    found = json.loads((out / "verify.json").read_text(encoding="utf-8"))
    assert found["dose"] is found["placement"] is found["target"] is None


def test_contours_and_plan_follow_the_patient_into_another_frame(apart: Case, tmp_path: Path) -> None:
    """The second CT is shifted by a known step: seeds, plan and contours are told where it is now."""
    out = tmp_path / "out"
    run([*apart.arguments(out), "--plan-ct", str(apart.plan_ct)])
    assert_found(out, apart)
    found = json.loads((out / "verify.json").read_text(encoding="utf-8"))
    np.testing.assert_allclose(found["registration"]["shift_mm"], SHIFT_MM, atol=0.5)
    assert found["contours"] == "carried"
    assert found["placement"]["mean_mm"] < 2.0
    for pair in found["placement"]["pairs"]:
        truth = apart.true_mm - SHIFT_MM - apart.planned.positions_mm
        assert np.linalg.norm(np.subtract(pair["displacement_mm"], truth[pair["planned"] - 1])) < 1.5
    volume = found["dose"]["given"]["target"]["volume_cc"]
    assert volume == pytest.approx(apart.target.volume_mm3 / 1000, rel=0.02)


def test_a_person_corrects_the_list(case: Case, tmp_path: Path) -> None:
    """One seed deleted, one moved by 2 mm, one added; all of it is told."""
    run([*case.arguments(tmp_path / "first")])
    listed = rows(tmp_path / "first")
    listed[1]["x_mm"] = f"{float(listed[1]['x_mm']) + 2:.3f}"
    added = dict.fromkeys(listed[0], "") | {"x_mm": "30.0", "y_mm": "-40.0", "z_mm": "5.0"}
    edited = tmp_path / "edited.csv"
    with edited.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(listed[0]))
        writer.writeheader()
        writer.writerows([*listed[1:], added])
    run([*case.arguments(tmp_path / "second"), "--seeds", str(edited)])
    found = json.loads((tmp_path / "second" / "verify.json").read_text(encoding="utf-8"))
    assert found["edits"]["deleted"] == [1]
    assert [move["number"] for move in found["edits"]["moved"]] == [2]
    assert len(found["edits"]["added"]) == 1
    assert found["found"] == len(listed)
    assert {row["origin"] for row in rows(tmp_path / "second")} == {"found", "moved", "added"}


def record_of(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "verify.json").read_text(encoding="utf-8"))
    return found


def drawn_after(case: Case, folder: Path) -> Path:
    """The same contours, drawn on the CT after implantation."""
    series = read_ct_series(case.ct)
    drawn = list(read_structures(case.structures, read_ct_series(case.plan_ct)).values())
    kinds = [each.kind for each in drawn]
    write_structures(drawn, series, folder / "after.dcm", series.identity, types=kinds)
    return folder / "after.dcm"


def test_contours_drawn_on_the_second_ct_are_not_carried_over(case: Case, tmp_path: Path) -> None:
    """Both CTs share a frame; the structure set names the second, and the target on both tells swelling."""
    after = drawn_after(case, tmp_path)
    arguments = [
        str(after) if word == str(case.structures) else word for word in case.arguments(tmp_path / "out")
    ]
    run([*arguments, "--plan-ct", str(case.plan_ct), "--plan-structures", str(case.structures)])
    found = record_of(tmp_path / "out")
    assert found["contours"] == "drawn"
    assert found["dose"]["volume_change"]["change_pct"] == pytest.approx(0.0, abs=0.5)
    assert found["dose"]["given"]["target"]["volume_cc"] == pytest.approx(
        case.target.volume_mm3 / 1000, rel=1e-3
    )
    assert not any("carried over" in note for note in found["notes"])


def test_strengths_and_plans_are_dated(case: Case, tmp_path: Path) -> None:
    """Four days earlier a seed is stronger by what the half-life says; a top-up is of today."""
    out = tmp_path / "out"
    arguments = [word for word in case.arguments(out) if word != "--no-top-up"]
    run([*arguments, "--implant-date", "2026-01-01", "--stock-u", "0.7"])
    earlier = STRENGTH_U * 2 ** (4 / load_source("6711").half_life_days)
    found = record_of(out)
    assert found["strength_u"] == pytest.approx(earlier, rel=1e-6)
    dates = [
        str(pydicom.dcmread(out / name).SourceSequence[0].SourceStrengthReferenceDate)
        for name in ("implant.dcm", "top_up.dcm")
    ]
    assert dates == ["20260101", "20260105"]
    assert found["asked"]["implant_on"] == "2026-01-01"
    assert found["dose"]["top_up"]["needles"][0]["seeds"][0]["strength_u"] == 0.7


def test_a_list_from_another_count_can_be_corrected(case: Case, tmp_path: Path) -> None:
    """As the refusal of too many seeds advises: write a list without a count, correct it, state it."""
    run(case.arguments(tmp_path / "first"))
    listed = (tmp_path / "first" / "seeds.csv").read_text(encoding="ascii").splitlines()
    edited = tmp_path / "edited.csv"
    edited.write_text("\n".join([listed[0], *listed[2:]]) + "\n", encoding="ascii")
    count = len(case.true_mm) - 1
    run([*case.arguments(tmp_path / "second"), "--count", str(count + 1), "--seeds", str(edited)])
    found = record_of(tmp_path / "second")
    assert found["edits"]["deleted"] == [1]
    assert found["found"] == count
    assert [seed["number"] for seed in found["seeds"]] == list(range(2, count + 2))


def test_inputs_are_told_by_what_they_are(case: Case, tmp_path: Path) -> None:
    """Two files of one name in two folders leave two hashes."""
    for folder, file in (("s", case.structures), ("p", case.plan)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "file.dcm").write_bytes(file.read_bytes())
    files = {str(case.structures): "s", str(case.plan): "p"}
    usual = case.arguments(tmp_path / "out")
    run([str(tmp_path / files[word] / "file.dcm") if word in files else word for word in usual])
    inputs = record_of(tmp_path / "out")["inputs"]
    assert inputs["structures"]["sha256"] == hashlib.sha256(case.structures.read_bytes()).hexdigest()
    assert inputs["plan"]["sha256"] == hashlib.sha256(case.plan.read_bytes()).hexdigest()
