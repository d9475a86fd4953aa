"""The sheets of a plan and of the demonstration as files: patient and plan on each page, in each language."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from tests.journey.planned_cases import write_neck
from tests.unit.report.reading_pdf import A4_PT, read_pdf

from seedbed.journey.plan import PlanQuestion, make_plan
from seedbed.journey.plan.making import OWN

Made = tuple[Path, dict[str, Any]]
SHEETS = ("plan", "needles", "plan.zh", "needles.zh")


def question(folder: Path, out: Path, **changes: Any) -> PlanQuestion:
    ct, structures = write_neck(folder)
    made = {
        "rx_gy": 120.0, "target": "GTV_node", "activities_mci": (0.7,), "bound_seconds": 0.0,
        "alternatives": False, "robust": False, "languages": ("en", "zh"),
    }  # fmt: skip
    return PlanQuestion(ct, structures, out, **{**made, **changes})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("sheets")
    return folder / "out", make_plan(question(folder, folder / "out"))


def test_all_sheets_are_there_and_named(made: Made) -> None:
    out, plan = made
    names = {f"{stem}.{ending}" for stem in SHEETS for ending in ("html", "pdf")}
    assert names <= {path.name for path in out.iterdir()}
    assert names <= set(plan["files"])
    assert not any("PDF" in note for note in plan["notes"])


@pytest.mark.parametrize("name", SHEETS)
def test_each_page_names_the_patient_and_the_plan_file(made: Made, name: str) -> None:
    out, plan = made
    digits = hashlib.sha256((out / "plan.dcm").read_bytes()).hexdigest()
    read = read_pdf((out / f"{name}.pdf").read_bytes())
    assert plan["plan_sha256"] == digits
    assert digits in (out / f"{name}.html").read_text(encoding="utf-8")
    for text, size in zip(read.texts, read.sizes, strict=True):
        assert size == pytest.approx(A4_PT, abs=0.5)
        assert f"SHA-256{digits[:16]}" in text
        assert "TestPlan" in text
        assert "P1" in text
    assert digits in read.texts[0]
    assert all(read.fonts.values())


def test_plan_pdf_holds_goals_results_and_inputs(made: Made) -> None:
    out, plan = made
    text = "".join(read_pdf((out / "plan.pdf").read_bytes()).texts)
    chinese = "".join(read_pdf((out / "plan.zh.pdf").read_bytes()).texts)
    for goal in plan["goals"]:
        for said in (text, chinese):
            assert f"{goal['value']:.1f}{goal['unit']}" in said
    all_met = all(goal["met"] for goal in plan["goals"])
    for said, missed in ((text, "MISSED"), (chinese, "未达标")):
        assert (missed in said) == (not all_met)
        assert f"{plan['total_strength_u']:.3f}U={plan['total_activity_mci']:.3f}mCi" in said
        assert all(digits in said for digits in plan["inputs_sha256"].values())
    assert "TG-43U1" in text
    assert "剂量体积直方图" in chinese


def test_needle_pdf_holds_each_needle(made: Made) -> None:
    out, plan = made
    text = "".join(read_pdf((out / "needles.pdf").read_bytes()).texts)
    for needle in plan["needles"]:
        assert needle["name"] in text
        assert f"{needle['depth_mm']:.1f}" in text
        assert needle["loading"].replace(" ", "") in text
    assert f"{plan['seed_count']}x0.889U(0.700mCi)" in text


def test_a_new_plan_takes_all_sheets_of_the_old_one_away() -> None:
    """What a plan owns goes when the new plan has none of that name: no stale sheet stays."""
    assert {f"{stem}.{ending}" for stem in SHEETS for ending in ("html", "pdf")} <= set(OWN)


def test_the_demonstration_writes_its_verification_sheet(demo_run: Made) -> None:
    out, summary = demo_run
    digits = hashlib.sha256((out / "dicom" / "plan.dcm").read_bytes()).hexdigest()
    given = summary["verify"]
    for name in ("verification.pdf", "verification.zh.pdf"):
        read = read_pdf((out / name).read_bytes())
        assert all(f"SHA-256{digits[:16]}" in text for text in read.texts)
        assert "SYNTHETIC" in read.texts[0]
        assert f"{given['d90_gy']:.1f}" in read.texts[0]
        assert f"{given['v100_pct']:.1f}" in read.texts[0]
