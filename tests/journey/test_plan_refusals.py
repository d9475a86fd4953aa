"""What ``seedbed plan`` must refuse, in one sentence, with nothing written."""

import json
from collections.abc import Callable
from pathlib import Path

import pydicom
import pytest
from tests.journey.planned_cases import ball, write_bony, write_neck
from tests.journey.refusals import refusal

Case = tuple[Path, Path]
Refuse = Callable[..., str]


@pytest.fixture(scope="module")
def neck(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return write_neck(tmp_path_factory.mktemp("neck"))


@pytest.fixture
def refuse(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Refuse:
    """Run the command on a case and return its sentence; nothing may be left behind."""

    def run_it(case: Case, *more: str, target: str = "GTV_node", mci: str = "0.7") -> str:
        out = tmp_path / "out"
        said = refusal(
            ["plan", "--ct", str(case[0]), "--structures", str(case[1]), "--target", target, "--rx", "120",
             *(["--activity-mci", mci] if mci else []), "--out", str(out), *more],
            capsys,
        )  # fmt: skip
        assert not out.exists()
        assert not [path for path in tmp_path.iterdir() if path.name.startswith(".out")]
        return said

    return run_it


def test_a_ct_that_is_not_there(neck: Case, tmp_path: Path, refuse: Refuse) -> None:
    assert "is no folder" in refuse((tmp_path / "nowhere", neck[1]))


def test_structures_that_are_not_there(neck: Case, tmp_path: Path, refuse: Refuse) -> None:
    assert "nothing.dcm" in refuse((neck[0], tmp_path / "nothing.dcm"))


def test_results_into_the_folder_of_the_ct(neck: Case, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["plan", "--ct", str(neck[0]), "--structures", str(neck[1]), "--rx", "120"]
    assert "inside the folder of the CT" in refusal([*arguments, "--out", str(neck[0] / "plan")], capsys)


def test_a_folder_of_somebody_else(neck: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine")
    arguments = ["plan", "--ct", str(neck[0]), "--structures", str(neck[1]), "--rx", "120"]
    said = refusal([*arguments, "--target", "GTV_node", "--out", str(tmp_path / "mine")], capsys)
    assert "not an earlier result" in said
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


def test_a_plan_of_another_patient(neck: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "plan.json").write_text('{"seedbed": {}}')
    other = pydicom.dcmread(neck[1])
    other.PatientID = "P2"
    other.save_as(out / "plan.dcm")
    before = (out / "plan.dcm").read_bytes()
    arguments = ["plan", "--ct", str(neck[0]), "--structures", str(neck[1]), "--rx", "120"]
    said = refusal([*arguments, "--target", "GTV_node", "--out", str(out)], capsys)
    assert "holds the plan of another patient, 'P2', not of 'P1'" in said
    assert (out / "plan.dcm").read_bytes() == before


@pytest.mark.parametrize(
    ("more", "part"),
    [
        (("--organ", "SpinalCrd"), "did you mean 'SpinalCord'?"),
        (("--organ", "GTV_node"), "is target and organ"),
        (("--goal", "SpinalCrd:Dmax<=45"), "did you mean 'SpinalCord'?"),
        (("--goal", "target:V100 as high as possible"), "STRUCTURE:METRIC"),
        (("--goal", "target:D90<=100"), "contradict each other"),
        (("--mode", "paralel"), "did you mean 'parallel'?"),
        (("--mode", "fixed"), "no needle is given"),
        (("--site", "skin"), "'surface'"),
        (("--errors", "thoracic templat"), "did you mean 'thoracic template'?"),
        (("--breathing", "nek"), "did you mean 'neck'?"),
        (("--source", "671"), "6711"),
        (("--sphere", "1,2,3"), "x,y,z,r"),
        (("--sphere", "900,0,0,5"), "holds nothing of 'GTV_node'"),
        (("--needle", "N1:1,2,3"), "NAME:x,y,z:x,y,z"),
        (("--needle", "N1:80,0,0:30,0,0", "--needle", "N1:80,5,0:30,5,0"), "two needles are called 'N1'"),
        (("--needles", "none.json"), "no file 'none.json'"),
        (("--needle-cost", "-1"), "a cost of -1.0 for a needle"),
        (("--bound-seconds", "-1"), "for the bound"),
        (("--implant-date", "soon"), "2026-03-31"),
        (("--given", "none.dcm"), "none.dcm"),
    ],
)  # fmt: skip
def test_what_has_no_meaning(neck: Case, refuse: Refuse, more: tuple[str, ...], part: str) -> None:
    assert part in refuse(neck, *more)


@pytest.mark.parametrize(
    ("mci", "part"), [("26", "check the unit"), ("0", "permanent seed"), ("nan", "seed")]
)
def test_strengths_that_no_seed_has(neck: Case, refuse: Refuse, mci: str, part: str) -> None:
    assert part in refuse(neck, mci=mci)


@pytest.mark.parametrize("rx", ["0", "-120", "nan", "inf", "1e9", "12000"])
def test_prescriptions_without_meaning(neck: Case, refuse: Refuse, rx: str) -> None:
    assert "prescription" in refuse(neck, "--rx", rx)


def test_an_unknown_target(neck: Case, refuse: Refuse) -> None:
    assert "did you mean 'GTV_node'?" in refuse(neck, target="GTV_nod")


def test_a_file_that_says_no_needles(neck: Case, tmp_path: Path, refuse: Refuse) -> None:
    for content in ("[]]", json.dumps([{"name": "N1"}]), json.dumps({"seeds": []})):
        (tmp_path / "needles.json").write_text(content)
        assert "says no needles" in refuse(neck, "--needles", str(tmp_path / "needles.json"))


def test_a_closed_shell_of_bone(tmp_path: Path, refuse: Refuse) -> None:
    said = refuse(write_bony(tmp_path / "case", window_deg=0.0), target="Tumour")
    assert "no straight needle reaches 'Tumour'" in said
    assert "bone (100 %)" in said


def test_an_organ_inside_the_target(tmp_path: Path, refuse: Refuse) -> None:
    cord = ball("SpinalCord", 8.0)
    said = refuse(write_bony(tmp_path / "case", window_deg=55.0, organs=[cord]), target="Tumour")
    assert "cc of organ 'SpinalCord' lie in target 'Tumour'" in said


def test_a_target_in_air(tmp_path: Path, refuse: Refuse) -> None:
    outside = ball("Lost", 10.0, (66.0, 0.0, 0.0))
    said = refuse(write_bony(tmp_path / "case", window_deg=55.0, organs=[outside]), target="Lost")
    assert "outside the body" in said
