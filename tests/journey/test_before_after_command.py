"""Before and after at matched planes; the authority is the motion by which the patient was moved."""

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.journey.paired_cases import (
    AFTER,
    NODE,
    SUV,
    PairCase,
    copied,
    identity,
    turned_feet_first,
    write_pair,
    write_water,
)
from tests.journey.refusals import refusal

from seedbed.cli.app import run
from seedbed.geometry import VoxelGrid
from seedbed.journey.before_after.making import MatchedPair, figure_of, match_planes
from seedbed.journey.before_after.question import BeforeAfterQuestion


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> PairCase:
    return write_pair(tmp_path_factory.mktemp("pair"))


@pytest.fixture(scope="module")
def question(case: PairCase) -> BeforeAfterQuestion:
    return BeforeAfterQuestion(
        before_folder=case.before, after_folder=case.after, out=Path("unused"), at_mm=(NODE,),
        pet_before_folder=case.pet("before"), pet_after_folder=case.pet("after"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def matched(question: BeforeAfterQuestion) -> MatchedPair:
    return match_planes(question)


def test_planes_after_lie_where_the_motion_carried_them(case: PairCase, matched: MatchedPair) -> None:
    plane = matched.planes[0]
    true_mm = case.motion.apply(plane.before.grid.points_mm())
    off = np.linalg.norm(plane.after.grid.points_mm() - true_mm, axis=1)
    near = np.linalg.norm(plane.before.grid.points_mm() - NODE, axis=1) < 50
    assert off[near].max() < 1.0
    assert matched.match.rigid.angle_deg == pytest.approx(np.sqrt(2**2 + 1**2 + 5**2), abs=0.5)
    tilt_deg = np.degrees(np.arccos(case.motion.rotation[2, 2]))
    assert matched.match.tilt_deg == pytest.approx(tilt_deg, abs=0.5)


def test_both_sides_show_the_same_tissue(case: PairCase, matched: MatchedPair) -> None:
    """Noise of both CTs, 12 and 15 HU, is all that may differ, and edges of anatomy."""
    plane = matched.planes[0]
    both = np.isfinite(plane.before.hu) & np.isfinite(plane.after.hu) & (plane.before.hu > -200)
    assert np.median(np.abs(plane.before.hu - plane.after.hu)[both]) < np.hypot(12, 15)
    assert np.corrcoef(plane.before.hu[both], plane.after.hu[both])[0, 1] > 0.95


def test_the_affine_is_that_of_the_pixels(matched: MatchedPair) -> None:
    for view in (matched.planes[0].before, matched.planes[0].after):
        rows, columns = view.hu.shape
        last = view.affine @ np.array([columns - 1, rows - 1, 0, 1])
        np.testing.assert_allclose(last[:3], view.grid.points_mm()[-1], atol=1e-6)


def test_suv_by_the_closed_form(matched: MatchedPair) -> None:
    for view, suv in ((matched.planes[0].before, SUV["before"]), (matched.planes[0].after, SUV["after"])):
        assert view.pet is not None
        np.testing.assert_allclose(view.pet[np.isfinite(view.pet)], suv, rtol=1e-5)
    assert matched.pet_max == SUV["before"]


def test_feet_first_gives_the_same_pictures(
    case: PairCase, question: BeforeAfterQuestion, matched: MatchedPair, tmp_path: Path
) -> None:
    turned = turned_feet_first(case.after, tmp_path / "feet_first")
    found = match_planes(
        replace(question, after_folder=turned, pet_before_folder=None, pet_after_folder=None)
    )
    np.testing.assert_allclose(found.planes[0].after.hu, matched.planes[0].after.hu, atol=1e-3)


def test_the_figure_of_a_lesion_names_nobody(case: PairCase, tmp_path: Path) -> None:
    """The figure, end to end: its size, its planes, and no name or day in any of its files."""
    out = tmp_path / "out"
    run(case.arguments(out, "--structures", str(case.structures), "--width", "single", "--no-dates"))
    found = json.loads((out / "before_after.json").read_text(encoding="utf-8"))
    areas = {z: region.area for z, region in case.lesion.regions.items()}
    assert max(areas, key=lambda z: areas[z]) == pytest.approx(found["planes"][1]["z_mm"], abs=0.01)
    assert found["match"]["grade"] == "good"
    assert found["heads"] == ["Before", "After: 182 days later"]
    for name, digest in found["sha256"].items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == digest
    with Image.open(out / "before_after.png") as picture:
        assert picture.width == pytest.approx(89 / 25.4 * 300, abs=1)
    written = b"".join(path.read_bytes() for path in out.iterdir())
    for secret in (b'P1"', b"Made", b"By^Test", b"19600102", b"2026", str(case.folder).encode()):
        assert secret not in re.sub(rb"[A-Za-z0-9+/\n]{200,}", b"", written)


def test_the_same_pair_gives_the_same_figure(question: BeforeAfterQuestion, matched: MatchedPair) -> None:
    first, second = figure_of(matched, question), figure_of(matched, question)
    assert first.svg == second.svg
    assert first.png == second.png


def test_without_seeds_a_place_must_be_said(
    case: PairCase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "say --at X,Y,Z" in refusal(case.arguments(tmp_path / "out"), capsys)
    assert not (tmp_path / "out").exists()


AT = ("--at", ",".join(map(str, NODE)))


def test_another_patient_is_refused_unless_the_user_knows_better(
    case: PairCase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = copied(case.after, tmp_path / "other", PatientID="P2")
    command = ["before-after", str(case.before), str(other), "--out", str(tmp_path / "out"), *AT]
    said = refusal(command, capsys)
    assert "'P1'" in said
    assert "'P2'" in said
    assert "--same-patient" in said
    run([*command, "--same-patient"])
    assert (tmp_path / "out" / "before_after.svg").is_file()


def test_another_day_of_birth_is_another_patient(
    case: PairCase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = copied(case.after, tmp_path / "other", PatientBirthDate="19610102")
    command = ["before-after", str(case.before), str(other), "--out", str(tmp_path / "out"), *AT]
    assert "day of birth" in refusal(command, capsys)


def test_a_missing_weight_is_refused_and_bq_per_ml_offered(
    case: PairCase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lacking = copied(case.pet("after"), tmp_path / "pet", PatientWeight=None)
    command = case.arguments(
        tmp_path / "out", *AT, "--pet-before", str(case.pet("before")), "--pet-after", str(lacking)
    )
    said = refusal(command, capsys)
    assert "PatientWeight" in said
    assert "--pet-unit bqml" in said
    run([*command, "--pet-unit", "bqml"])
    caption = (tmp_path / "out" / "before_after.txt").read_text(encoding="utf-8")
    assert "do not compare the two in numbers" in caption


def test_a_pet_of_another_frame_is_refused(
    case: PairCase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    swapped = ("--pet-before", str(case.pet("after")), "--pet-after", str(case.pet("before")))
    assert "frame of reference" in refusal(case.arguments(tmp_path / "out", *AT, *swapped), capsys)


def test_bodies_that_do_not_match_are_never_shown(
    case: PairCase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grid = VoxelGrid((400.0, 400.0, 900.0), (2.0, 2.0, 3.0), (40, 80, 80))
    other = write_water(tmp_path / "water", identity(AFTER), grid)
    command = ["before-after", str(case.before), str(other), "--out", str(tmp_path / "out"), *AT]
    refusal(command, capsys)
    assert not (tmp_path / "out").exists()


def test_what_is_no_dicom_is_refused(
    case: PairCase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "letter.txt").write_text("no image", encoding="utf-8")
    command = ["before-after", str(tmp_path / "texts"), str(case.after), "--out", str(tmp_path / "out"), *AT]
    assert "CT" in refusal(command, capsys)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--at", "900,0,0"), "a place in the CT before"),
        (("--at", "1,2"), "three numbers"),
        ((*AT, "--window", "sfot"), "did you mean 'soft'"),
        ((*AT, "--window", "200,100"), "the lower end first"),
        ((*AT, "--width", "triple"), "'double'"),
        ((*AT, "--field-mm", "5"), "20 to 700 mm"),
        ((*AT, "--match", "frame"), "one that both share"),
        ((*AT, "--pet-before", "x"), "both --pet-before and --pet-after"),
    ],
)
def test_what_cannot_be_asked(
    case: PairCase, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], said: str
) -> None:
    assert said in refusal(case.arguments(tmp_path / "out", *more), capsys)
    assert not (tmp_path / "out").exists()


def test_the_wrong_order_and_the_same_series_are_refused(
    case: PairCase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = ("--out", str(tmp_path / "out"), *AT)
    said = refusal(["before-after", str(case.after), str(case.before), *out], capsys)
    assert "the other way round" in said
    assert "same CT series" in refusal(["before-after", str(case.before), str(case.before), *out], capsys)


def test_a_shared_frame_in_which_the_patient_moved_is_refused(
    case: PairCase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shared = copied(case.after, tmp_path / "shared", FrameOfReferenceUID=identity("20260105").frame_uid)
    command = ["before-after", str(case.before), str(shared), "--out", str(tmp_path / "out"), *AT]
    assert "a patient who did not move" in refusal([*command, "--match", "frame"], capsys)
