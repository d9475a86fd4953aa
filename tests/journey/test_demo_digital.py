"""The demonstration with nothing given: every step, from screening to report."""

import csv
import json
import math
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest

from seedbed.dicom import read_ct_series, read_dose, read_plan, read_structures
from seedbed.dosimetry import load_source, structure_dvh, total_dose
from seedbed.journey.demo import DemoRequest, run_demo

Demo = tuple[Path, dict[str, Any]]


def test_the_summary_on_disk_is_the_summary_returned(demo_run: Demo) -> None:
    out, summary = demo_run
    assert json.loads((out / "summary.json").read_text(encoding="utf-8")) == summary


def test_the_promised_keys_are_there(demo_run: Demo) -> None:
    _, summary = demo_run
    for section, key in [
        ("prescription", "dose_gy"), ("prescription", "rule"), ("plan", "seeds"), ("plan", "d90_gy"),
        ("plan", "v100_pct"), ("verify", "seeds_found"), ("verify", "d90_gy"),
    ]:  # fmt: skip
        assert key in summary[section]


def test_the_dose_follows_the_rule_for_a_patient_without_external_beam(demo_run: Demo) -> None:
    # Chen et al. 2025, section 2.3: no external beam, 131I of no more than 22.2 GBq: "all other patients".
    prescription = demo_run[1]["prescription"]
    assert prescription["dose_gy"] == 120.0
    assert prescription["rule"] == "RX-120"
    assert 22.2 <= prescription["seed_activity_mbq"] <= 29.6


def test_the_plan_covers_the_target(demo_run: Demo) -> None:
    plan = demo_run[1]["plan"]
    assert plan["v100_pct"] >= 95.0
    assert plan["d90_gy"] >= 120.0
    assert plan["aim_met"]


def test_the_written_plan_has_the_planned_dose_by_an_own_calculation(demo_run: Demo) -> None:
    out, summary = demo_run
    source = load_source("6711")
    plan = read_plan(out / "dicom" / "plan.dcm", source)
    assert plan.implant.count == summary["plan"]["seeds"]
    assert plan.dose_gy == summary["prescription"]["dose_gy"]
    ct = read_ct_series(out / "dicom" / "ct")
    target = read_structures(out / "dicom" / "structures.dcm", ct)[summary["plan"]["target"]]
    dvh = structure_dvh(source, plan.implant, target)
    assert dvh.dose_to_pct(90) == pytest.approx(summary["plan"]["d90_gy"], rel=1e-4)


def test_the_written_dose_is_the_tg43_dose_of_the_written_plan(demo_run: Demo) -> None:
    out, _ = demo_run
    source = load_source("6711")
    seeds = read_plan(out / "dicom" / "plan.dcm", source).implant
    dose, grid = read_dose(out / "dicom" / "dose.dcm")
    pick = np.random.default_rng(3).choice(dose.size, 200, replace=False)
    expected = total_dose(source, seeds.positions_mm, seeds.axes, seeds.strengths_u, grid.points_mm()[pick])
    np.testing.assert_allclose(dose.ravel()[pick], expected, rtol=1e-3, atol=1e-3)


def test_every_object_links_to_the_same_patient_study_and_frame(demo_run: Demo) -> None:
    out, _ = demo_run
    objects = [pydicom.dcmread(path) for path in sorted((out / "dicom").rglob("*.dcm"))]
    for keyword in ("PatientID", "StudyInstanceUID", "FrameOfReferenceUID"):
        assert len({str(each.get(keyword)) for each in objects}) == 1
    by_modality = {each.Modality: each for each in objects if each.Modality != "CT"}
    plan, dose = by_modality["RTPLAN"], by_modality["RTDOSE"]
    structures = by_modality["RTSTRUCT"]
    assert plan.ReferencedStructureSetSequence[0].ReferencedSOPInstanceUID == structures.SOPInstanceUID
    assert dose.ReferencedRTPlanSequence[0].ReferencedSOPInstanceUID == plan.SOPInstanceUID


def test_synthetic_objects_say_so(demo_run: Demo) -> None:
    out, summary = demo_run
    for path in (out / "dicom").rglob("*.dcm"):
        assert "SYNTHETIC" in pydicom.dcmread(path, stop_before_pixels=True).SeriesDescription
    page = (out / "report.html").read_text(encoding="utf-8")
    assert all(part in page for part in summary["case"]["synthetic"])


def test_most_seeds_are_found_near_their_places(demo_run: Demo) -> None:
    verify = demo_run[1]["verify"]
    assert abs(verify["seeds_found"] - verify["seeds_implanted"]) <= 1
    assert verify["seeds_matched_to_plan"] >= verify["seeds_implanted"] - 1
    # Drawn displacement: 1.0 mm a seed and 1.5 mm a needle along each axis, so a mean near 2.9 mm.
    assert verify["displacement_mean_mm"] == pytest.approx(
        math.sqrt(1.0**2 + 1.5**2) * math.sqrt(8 / math.pi), rel=0.4
    )


def test_cold_regions_are_what_v100_leaves_over(demo_run: Demo) -> None:
    verify = demo_run[1]["verify"]
    left_over_cc = verify["volume_cc"] * (1 - verify["v100_pct"] / 100)
    found_cc = sum(region["volume_cc"] for region in verify["cold_regions"])
    assert found_cc == pytest.approx(left_over_cc, abs=0.02 * verify["volume_cc"])
    assert all(region["least_gy"] < 120.0 for region in verify["cold_regions"])


def test_three_cycles_of_14_days_in_21(demo_run: Demo) -> None:
    summary = demo_run[1]
    cycles = summary["drug"]["cycles"]
    starts = [date.fromisoformat(cycle["first_dose"]) for cycle in cycles]
    assert [cycle["dose_mg"] for cycle in cycles] == [12.0, 12.0, 12.0]
    assert starts[0] == date.fromisoformat(summary["case"]["treated_on"])
    assert [(b - a).days for a, b in pairwise(starts)] == [21, 21]
    assert all(
        (date.fromisoformat(c["last_dose"]) - s).days == 13 for c, s in zip(cycles, starts, strict=True)
    )


def test_visits_and_response_at_2_4_6_and_12_months(demo_run: Demo) -> None:
    summary = demo_run[1]
    assert [visit["label"] for visit in summary["visits"]] == ["month 2", "month 4", "month 6", "month 12"]
    assert [row["on"] for row in summary["response"]["visits"]] == [v["due"] for v in summary["visits"]]
    for row in summary["response"]["visits"]:
        change = 100 * (row["sum_mm"] / summary["response"]["baseline_sum_mm"] - 1)
        assert row["change_from_baseline_pct"] == pytest.approx(change, abs=0.01)
        assert row["response"] == ("PR" if change <= -30 else "SD")


def test_the_sheets_agree_with_the_plan(demo_run: Demo) -> None:
    out, summary = demo_run
    with (out / "sheets" / "needles.csv").open(encoding="utf-8-sig") as file:
        needles = list(csv.DictReader(file))
    assert len(needles) == summary["plan"]["needles"]
    assert sum(int(row["seeds"]) for row in needles) == summary["plan"]["seeds"]


def test_the_report_needs_nothing_from_elsewhere(demo_run: Demo) -> None:
    page = (demo_run[0] / "report.html").read_text(encoding="utf-8")
    for reference in ('src="http', "src='http", 'href="http', "@import", "<script", "<link", "url(http"):
        assert reference not in page
    assert "not a cleared medical device" in page


def test_the_same_seed_gives_the_same_numbers_and_another_does_not(demo_run: Demo, tmp_path: Path) -> None:
    again = run_demo(DemoRequest(tmp_path / "again"))
    assert again == demo_run[1]
    plan = "dicom/plan.dcm"
    assert (tmp_path / "again" / plan).read_bytes() == (demo_run[0] / plan).read_bytes()
    other = run_demo(DemoRequest(tmp_path / "other", random_seed=7))
    assert other["verify"]["d90_gy"] != demo_run[1]["verify"]["d90_gy"]
