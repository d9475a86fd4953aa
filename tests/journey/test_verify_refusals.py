"""What ``seedbed verify`` must refuse, in one sentence, with nothing written."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from tests.journey.refusals import refusal
from tests.journey.verified_cases import Case, identity, write_implanted

from seedbed.cli.app import run
from seedbed.dicom import write_plan
from seedbed.dosimetry import load_source

Refuse = Callable[..., str]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return write_implanted(tmp_path_factory.mktemp("case"))


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return write_implanted(tmp_path_factory.mktemp("apart"), own_frames=True)


@pytest.fixture
def refuse(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Refuse:
    """Run the command and return its sentence; nothing may be left behind."""

    def run_it(*words: str | Path) -> str:
        out = tmp_path / "out"
        said = refusal(["verify", *map(str, words), "--no-pdf", "--no-pictures", "--out", str(out)], capsys)
        assert not out.exists()
        assert not [path for path in tmp_path.iterdir() if path.name.startswith(".out")]
        return said

    return run_it


def changed(file: Path, folder: Path, **words: str) -> Path:
    """Copy one DICOM file with some attributes changed."""
    dataset = pydicom.dcmread(file)
    for keyword, value in words.items():
        setattr(dataset, keyword, value)
    folder.mkdir(exist_ok=True)
    dataset.save_as(folder / file.name)
    return folder / file.name


def test_a_plan_of_another_patient(case: Case, tmp_path: Path, refuse: Refuse) -> None:
    plan = changed(case.plan, tmp_path / "in", PatientID="P2")
    said = refuse("--ct", case.ct, "--plan", plan)
    assert "'P1'" in said
    assert "'P2'" in said


def test_structures_of_another_patient(case: Case, tmp_path: Path, refuse: Refuse) -> None:
    structures = changed(case.structures, tmp_path / "in", PatientID="P2")
    assert "'P2'" in refuse("--ct", case.ct, "--structures", structures, "--rx", "120")


def test_a_planning_ct_of_another_patient(case: Case, tmp_path: Path, refuse: Refuse) -> None:
    for file in case.plan_ct.iterdir():
        changed(file, tmp_path / "in", PatientID="P2")
    said = refuse("--ct", case.ct, "--plan-ct", tmp_path / "in", "--plan", case.plan)
    assert "'P2'" in said


def test_a_plan_in_another_frame_of_reference(apart: Case, refuse: Refuse) -> None:
    said = refuse("--ct", apart.ct, "--plan", apart.plan)
    assert "frame of reference" in said
    assert "--plan-ct" in said


def test_structures_in_another_frame_of_reference(apart: Case, refuse: Refuse) -> None:
    said = refuse("--ct", apart.ct, "--structures", apart.structures, "--rx", "120")
    assert "frame of reference" in said


def test_a_plan_of_neither_frame(apart: Case, tmp_path: Path, refuse: Refuse) -> None:
    plan = changed(apart.plan, tmp_path / "in", FrameOfReferenceUID="1.2.3.4")
    assert "1.2.3.4" in refuse("--ct", apart.ct, "--plan-ct", apart.plan_ct, "--plan", plan)


def test_a_tilted_ct(case: Case, tmp_path: Path, refuse: Refuse) -> None:
    """Another orientation than the axes of the patient is never guessed away."""
    turn = np.radians(12.0)
    for file in case.ct.iterdir():
        dataset = pydicom.dcmread(file)
        dataset.ImageOrientationPatient = [1, 0, 0, 0, float(np.cos(turn)), float(np.sin(turn))]
        (tmp_path / "in").mkdir(exist_ok=True)
        dataset.save_as(tmp_path / "in" / file.name)
    assert "correct_tilt" in refuse("--ct", tmp_path / "in", "--plan", case.plan)


def test_a_series_with_a_gap(case: Case, tmp_path: Path, refuse: Refuse) -> None:
    shutil.copytree(case.ct, tmp_path / "in")
    files = sorted((tmp_path / "in").iterdir(), key=lambda f: pydicom.dcmread(f).ImagePositionPatient[2])
    files[len(files) // 2].unlink()
    said = refuse("--ct", tmp_path / "in")
    assert "slice" in said


def test_a_plan_whose_seeds_lie_outside_the_ct(case: Case, tmp_path: Path, refuse: Refuse) -> None:
    far = case.planned.with_seed_at(0, case.planned.positions_mm[0] + [0.0, 0.0, 400.0])
    (tmp_path / "in").mkdir()
    write_plan(
        far, load_source("6711"), tmp_path / "in" / "plan.dcm",
        identity(case.plan.parent, "before"), dose_gy=120.0, target="GTV_node", structure_set_uid="1.2.3",
        implanted=identity(case.plan.parent, "before").made,
    )  # fmt: skip
    said = refuse("--ct", case.ct, "--plan", tmp_path / "in" / "plan.dcm")
    assert f"1 of the plan's {far.count} seeds lie outside the CT" in said


@pytest.mark.parametrize("count", [0, 5, 10])
def test_fewer_seeds_implanted_than_found(case: Case, refuse: Refuse, count: int) -> None:
    said = refuse("--ct", case.ct, "--count", str(count))
    assert f"{len(case.true_mm)} seeds on the CT where {count} were implanted" in said
    assert "mm, confidence" in said


def test_a_target_without_a_prescription(case: Case, refuse: Refuse) -> None:
    said = refuse("--ct", case.ct, "--structures", case.structures, "--target", "GTV_node")
    assert "--rx" in said


def test_a_target_that_is_not_there(case: Case, refuse: Refuse) -> None:
    said = refuse("--ct", case.ct, "--structures", case.structures, "--target", "GTV", "--rx", "120")
    assert "GTV_node" in said


def test_the_same_ct_twice(case: Case, refuse: Refuse) -> None:
    assert "CT after implantation itself" in refuse(
        "--ct", case.ct, "--plan-ct", case.ct, "--plan", case.plan
    )


def test_two_bodies_are_not_registered(case: Case, tmp_path: Path, refuse: Refuse) -> None:
    """A planning CT of noise: nothing may be carried over from it."""
    rng = np.random.default_rng(8)
    (tmp_path / "in").mkdir()
    for file in case.plan_ct.iterdir():
        dataset = pydicom.dcmread(file)
        noise = rng.integers(0, 1200, dataset.pixel_array.shape).astype(dataset.pixel_array.dtype)
        dataset.PixelData = noise.tobytes()
        dataset.save_as(tmp_path / "in" / file.name)
    said = refuse("--ct", case.ct, "--plan-ct", tmp_path / "in", "--plan", case.plan)
    assert "register" in said or "body" in said


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--target", "GTV_node"), "--structures beside it"),
        (("--deformable",), "--plan-ct beside it"),
        (("--count", "-3"), "seeds implanted"),
        (("--mode", "freehand"), "fan"),
        (("--drawn-on", "paper"), "plan-ct"),
        (("--strength-u", "0.5", "--activity-mci", "0.4"), "one of the two"),
        (("--seeds", "nowhere.csv"), "nowhere.csv"),
        (("--stock-u", "4000"), "4000"),
        (("--follows", "nowhere"), "nowhere"),
    ],
)
def test_options_that_say_nothing_or_too_much(
    case: Case, refuse: Refuse, words: tuple[str, ...], expected: str
) -> None:
    more = (
        ["--structures", case.structures, "--target", "GTV_node", "--rx", "120"]
        if "--stock-u" in words
        else []
    )
    assert expected in refuse("--ct", case.ct, *more, *words)


def test_results_among_the_inputs(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    said = refusal(["verify", "--ct", str(case.ct), "--out", str(case.ct / "out")], capsys)
    assert "--out" in said
    assert not (case.ct / "out").exists()
    said = refusal(["verify", "--ct", str(case.ct), "--out", str(case.ct.parent)], capsys)
    assert "--out" in said


def test_a_folder_with_the_verification_of_another_patient(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    arguments = ["verify", "--ct", str(case.ct), "--out", str(out), "--no-pdf", "--no-pictures"]
    run(arguments)
    record = json.loads((out / "verify.json").read_text(encoding="utf-8"))
    record["patient"]["id"] = "P2"
    (out / "verify.json").write_text(json.dumps(record), encoding="utf-8")
    assert "another patient" in refusal(arguments, capsys)
    assert json.loads((out / "verify.json").read_text(encoding="utf-8"))["patient"]["id"] == "P2"


def test_a_signed_record_is_never_written_again(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Signed, refused, amended in another folder, and the signed one still sound."""
    out = tmp_path / "out"
    arguments = ["verify", "--ct", str(case.ct), "--no-pdf", "--no-pictures"]
    run([*arguments, "--out", str(out)])
    run(
        [
            "sign",
            str(out),
            "--by",
            "Test Physicist",
            "--role",
            "physicist",
            "--decision",
            "Accepted as given.",
        ]
    )
    before = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    assert "signed" in refusal([*arguments, "--out", str(out)], capsys)
    assert {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()} == before
    run([*arguments, "--out", str(tmp_path / "again"), "--follows", str(out)])
    amended = json.loads((tmp_path / "again" / "verify.json").read_text(encoding="utf-8"))
    assert amended["follows"]["by"] == "Test Physicist"
    run(["sign", str(out), "--check"])


def test_an_amendment_of_another_patients_record(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str], refuse: Refuse
) -> None:
    arguments = ["verify", "--ct", str(case.ct), "--no-pdf", "--no-pictures"]
    other = tmp_path / "other"
    run([*arguments, "--out", str(other)])
    record = json.loads((other / "verify.json").read_text(encoding="utf-8"))
    record["patient"]["id"] = "P2"
    (other / "verify.json").write_text(json.dumps(record), encoding="utf-8")
    run(["sign", str(other), "--by", "Test Physicist", "--role", "physicist", "--decision", "Accepted."])
    capsys.readouterr()
    assert "another patient" in refuse("--ct", case.ct, "--follows", other)


def test_structures_said_to_lie_where_their_frame_is_not(apart: Case, refuse: Refuse) -> None:
    words = ("--ct", apart.ct, "--plan-ct", apart.plan_ct, "--structures", apart.structures, "--rx", "120")
    assert "frame of reference" in refuse(*words, "--target", "GTV_node", "--drawn-on", "ct")


def test_an_implantation_after_the_ct(case: Case, refuse: Refuse) -> None:
    said = refuse("--ct", case.ct, "--plan", case.plan, "--implant-date", "2026-03-01")
    assert "2026-03-01, after the CT of 2026-01-05" in said


def test_corrections_by_hand_are_neither_lost_nor_signed_unseen(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A list corrected in the folder itself: no run and no signature passes over it."""
    out = tmp_path / "out"
    arguments = ["verify", "--ct", str(case.ct), "--no-pdf", "--no-pictures", "--out", str(out)]
    run(arguments)
    listed = (out / "seeds.csv").read_text(encoding="ascii").splitlines()
    corrected = "\n".join([listed[0], *listed[2:]]) + "\n"
    (out / "seeds.csv").write_text(corrected, encoding="ascii")
    capsys.readouterr()
    sign = ["sign", str(out), "--by", "Test Physicist", "--role", "physicist", "--decision", "Accepted."]
    assert "seeds.csv" in refusal(sign, capsys)
    assert "corrections by hand" in refusal(arguments, capsys)
    assert (out / "seeds.csv").read_text(encoding="ascii") == corrected
    run([*arguments, "--seeds", str(out / "seeds.csv")])
    assert json.loads((out / "verify.json").read_text(encoding="utf-8"))["found"] == len(case.true_mm) - 1
    capsys.readouterr()
    assert "corrections by hand" in refusal(arguments, capsys)
    run(sign)


def test_the_planning_ct_given_as_that_after_implantation(
    case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No seed, so no dose: nothing that looks measured."""
    out = tmp_path / "out"
    usual = [str(case.plan_ct) if word == str(case.ct) else word for word in case.arguments(out)]
    run(usual)
    found = json.loads((out / "verify.json").read_text(encoding="utf-8"))
    assert found["found"] == 0
    assert found["dose"] is None
    assert found["placement"]["shift_mm"] is None
    assert any("not that of the planning" in note for note in found["notes"])
    assert not (out / "dose.dcm").exists()
