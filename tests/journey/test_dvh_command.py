"""Dose-volume histograms of an RTSTRUCT in an RTDOSE, as a user asks for them."""

import csv
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread
from tests.journey.refusals import refusal

from seedbed.cli.app import run
from seedbed.dicom import CtSeries, Identity, write_dose, write_structures
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.imaging import CtVolume

GRID = VoxelGrid((-20.0, -20.0, 90.0), (2.0, 2.0, 2.0), (26, 21, 21))
SLOPE_GY, MIDDLE_GY = 2.5, 100.0


def identity(frame: str = "1.2.3.4") -> Identity:
    return Identity(
        "P1", "Made^By^Test", "", "O", "1.2.3", "20260301", "090000", "1", "", frame, datetime(2026, 3, 1)
    )


def box(name: str, half: float, centre: float = 0.0) -> Structure:
    square = np.array([[-half, -half], [half, -half], [half, half], [-half, half]], dtype=float)
    square[:, 0] += centre
    return Structure(name, tuple(PlanarContour(z, square) for z in (110.0, 113.0, 116.0)), 3.0)


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """A dose that rises along x, and three boxes: inside, partly inside and outside."""
    dose = np.broadcast_to(MIDDLE_GY + SLOPE_GY * GRID.axis_mm(0), GRID.shape)
    write_dose(dose, GRID, tmp_path / "dose.dcm", identity(), plan_uid="1.2.9")
    ct = CtSeries(
        CtVolume(GRID, np.zeros(GRID.shape, dtype=np.float32)), identity(), "1.2.5", (), np.empty(0)
    )
    boxes = [box("GTV", 8.0), box("Skin", 4.0, 21.0), box("Elsewhere", 4.0, 90.0)]
    write_structures(boxes, ct, tmp_path / "rs.dcm", identity(), types=["GTV", "ORGAN", "ORGAN"])
    return str(tmp_path / "dose.dcm"), str(tmp_path / "rs.dcm")


def asked(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str], *more: str
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    run(["dvh", *files, "--json", *more])
    found = json.loads(capsys.readouterr().out)
    return found, {each["structure"]: each for each in found["structures"]}


def test_a_box_in_a_linear_dose_has_the_metrics_of_the_closed_form(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    _, structures = asked(files, capsys, "--prescription-gy", "95")
    gtv = structures["GTV"]
    assert gtv["volume_cc"] == pytest.approx(16 * 16 * 9 / 1000)
    assert (gtv["min_gy"], gtv["mean_gy"], gtv["max_gy"]) == pytest.approx((80.0, 100.0, 120.0), rel=2e-3)
    values = {name: metric["value"] for name, metric in gtv["metrics"].items()}
    assert values["D90"] == pytest.approx(84.0, rel=2e-3)
    assert values["D95"] == pytest.approx(82.0, rel=2e-3)
    assert values["D100"] == pytest.approx(80.0, rel=2e-3)
    assert values["V100"] == pytest.approx(100 * 25 / 40, abs=0.3)
    assert values["V90"] == pytest.approx(100 * (120 - 85.5) / 40, abs=0.3)
    assert values["V150"] == 0.0
    assert {name: metric["unit"] for name, metric in gtv["metrics"].items()}["V100"] == "%"


def test_without_a_prescription_no_metric_needs_one(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    found, structures = asked(files, capsys)
    assert found["prescription_gy"] is None
    assert list(structures["GTV"]["metrics"]) == ["Dmax", "D90", "D95", "D100", "D0.1cc", "D2cc"]


def test_what_lies_outside_the_dose_is_said(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    found, structures = asked(files, capsys)
    skin = structures["Skin"]  # from 17 to 25 mm; the dose ends at 21 mm
    assert skin["volume_cc"] == pytest.approx(8 * 8 * 9 / 1000)
    assert skin["outside_cc"] == pytest.approx(4 * 8 * 9 / 1000, rel=0.02)
    assert "outside the dose grid" in skin["warnings"][0]
    assert structures["GTV"]["warnings"] == []
    (left,) = found["left_out"]
    assert left["structure"] == "Elsewhere"
    assert "outside" in left["why"]


def test_chosen_structures_and_metrics_only(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    more = ("--structure", "GTV", "--metric", "V90Gy", "--metric", "Dmean")
    found, structures = asked(files, capsys, *more)
    assert list(structures) == ["GTV"]
    assert found["left_out"] == []
    assert structures["GTV"]["metrics"]["V90Gy"]["value"] == pytest.approx(75.0, abs=0.3)
    assert structures["GTV"]["metrics"]["Dmean"] == {"value": pytest.approx(100.0, rel=2e-3), "unit": "Gy"}


def test_curves_are_written(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked(files, capsys, "--structure", "GTV", "--csv", str(tmp_path / "out" / "dvh.csv"))
    with (tmp_path / "out" / "dvh.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["structure"] for row in rows} == {"GTV"}
    for row in rows:
        dose, share, volume = (float(row[key]) for key in ("dose_gy", "volume_pct", "volume_cc"))
        assert share == pytest.approx(100 * (120 - dose) / 40, abs=1.5)
        assert volume == pytest.approx(2.304 * share / 100, abs=1e-4)


def test_a_structure_smaller_than_the_volume_asked_for_says_so(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    _, structures = asked(files, capsys, "--structure", "Skin")
    skin = structures["Skin"]
    assert skin["metrics"]["D2cc"]["value"] == skin["min_gy"]
    assert any("D2cc" in warning for warning in skin["warnings"])


def test_the_terminal_shows_every_structure_in_80_columns(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    run(["dvh", *files, "--prescription-gy", "95"])
    printed = capsys.readouterr().out
    for word in ("GTV", "Skin", "84.0", "Elsewhere left out", "outside the dose grid"):
        assert word in printed


def test_the_ten_structures_of_a_public_case(
    reference_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = reference_data / "dvh" / "dicompyler"
    found, structures = asked((str(folder / "rtdose.dcm"), str(folder / "rtss.dcm")), capsys)
    named = {roi.ROIName for roi in dcmread(folder / "rtss.dcm").StructureSetROISequence}
    assert len(named) == 10
    assert set(structures) | {left["structure"] for left in found["left_out"]} == named
    assert [left["structure"] for left in found["left_out"]] == ["Areola"]  # it has no contour
    (note,) = found["notes"]  # an external beam has no peaks as seeds have
    assert "tissue heterogeneity correction" in note
    # The planning system's own mean doses stand in the RTDOSE as percent of the 14 Gy of its RTPLAN, although
    # it calls them GY: its largest, 104.8627, is the 14.680764 Gy of the grid.
    numbers = {
        int(roi.ROINumber): roi.ROIName for roi in dcmread(folder / "rtss.dcm").StructureSetROISequence
    }
    for own in dcmread(folder / "rtdose.dcm").DVHSequence:
        each = structures[numbers[int(own.DVHReferencedROISequence[0].ReferencedROINumber)]]
        if each["volume_cc"] > 2.0:
            assert each["mean_gy"] == pytest.approx(
                0.14 * float(own.DVHMeanDose), rel=0.01, abs=0.07
            )  # 0.5 % of 14 Gy


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--structure", "GVT"], "did you mean 'GTV'"),
        (["--structure", "Elsewhere"], "outside"),
        (["--metric", "D9O"], "D90"),
        (["--metric", "V100"], "prescription"),
        (["--prescription-gy", "0"], "positive"),
        (["--prescription-gy", "nan"], "positive"),
    ],
)
def test_what_cannot_be_answered_is_one_sentence(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str], more: list[str], says: str
) -> None:
    assert says in refusal(["dvh", *files, *more], capsys)


def test_a_structure_set_of_another_frame_is_refused(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dose = np.ones(GRID.shape)
    write_dose(dose, GRID, tmp_path / "other.dcm", identity("9.8.7"), plan_uid="1.2.9")
    assert "9.8.7" in refusal(["dvh", str(tmp_path / "other.dcm"), files[1]], capsys)


def test_files_in_the_wrong_order_and_a_csv_over_an_input_are_refused(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert "not an RTDOSE" in refusal(["dvh", files[1], files[0]], capsys)
    content = Path(files[0]).read_bytes()
    refusal(["dvh", *files, "--csv", files[0]], capsys)
    assert Path(files[0]).read_bytes() == content


def test_the_target_is_judged_by_the_isodose_of_the_prescription(
    tmp_path: Path, files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    # About the middle of the grid the dose falls as 1/r^2: the isodose of 10 Gy is a ball of 10 mm.
    middle = np.array([0.0, 0.0, 115.0])
    squares = ((GRID.points_mm() - middle) ** 2).sum(axis=1).reshape(GRID.shape)
    write_dose(1000 / np.maximum(squares, 1.0), GRID, tmp_path / "ball.dcm", identity(), plan_uid="1.2.9")
    asked_of = (str(tmp_path / "ball.dcm"), files[1])
    found, _ = asked(asked_of, capsys, "--target", "GTV", "--prescription-gy", "10", "--structure", "GTV")
    judged = found["conformity"]
    assert judged["target"] == "GTV"
    assert judged["v_ref_cc"] == pytest.approx(4 / 3 * np.pi, rel=0.02)
    covered = found["structures"][0]["metrics"]["V100"]["value"] / 100
    target_cc = found["structures"][0]["volume_cc"]
    assert judged["cn"] == pytest.approx(covered**2 * target_cc / judged["v_ref_cc"], rel=1e-3)
    assert judged["ei"] == pytest.approx((judged["v_ref_cc"] - covered * target_cc) / target_cc, rel=1e-2)
    assert any("times the dose of the hottest 2 cc" in note for note in found["notes"])
    run(["dvh", *asked_of, "--target", "GTV", "--prescription-gy", "10"])
    assert "CN (CI)" in capsys.readouterr().out


def test_curves_of_others_are_kept(
    tmp_path: Path, files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "patients.csv"
    mine.write_text("id,name\n1,two\n")
    with pytest.raises(SystemExit) as left:
        run(["dvh", *files, "--csv", str(mine)])
    assert left.value.code == 2
    assert mine.read_text() == "id,name\n1,two\n"
    for _ in range(2):
        run(["dvh", *files, "--csv", str(tmp_path / "curves.csv")])
    assert (tmp_path / "curves.csv").read_text(encoding="utf-8-sig").startswith("structure,dose_gy")


def test_a_target_that_cannot_be_judged_leaves_no_curves(
    tmp_path: Path, files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    curves = tmp_path / "curves.csv"
    more = ["--prescription-gy", "95", "--csv", str(curves)]
    assert "Elsewhere_else" in refusal(["dvh", *files, "--target", "Elsewhere_else", *more], capsys)
    assert "border" in refusal(
        ["dvh", *files, "--target", "GTV", *more], capsys
    )  # a dose that rises without end
    assert not curves.exists()
