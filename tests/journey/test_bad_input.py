"""Bad input to the command: one sentence, exit code 2, nothing half-written."""

import subprocess
import sys
from pathlib import Path

import pydicom
import pytest
from tests.journey.refusals import refusal

DEMO = tuple[Path, dict[str, object]]


def real(demo_run: DEMO, out: Path, **changes: str) -> list[str]:
    dicom = demo_run[0] / "dicom"
    options = {
        "ct": str(dicom / "ct"), "structures": str(dicom / "structures.dcm"), "target": "GTV_node",
        "out": str(out), **changes,
    }  # fmt: skip
    return [
        "demo",
        "--no-browser",
        *(part for name, value in options.items() for part in (f"--{name}", value)),
    ]


def copy_ct(demo_run: DEMO, folder: Path) -> list[Path]:
    folder.mkdir()
    for path in sorted((demo_run[0] / "dicom" / "ct").iterdir()):
        (folder / path.name).write_bytes(path.read_bytes())
    return sorted(folder.iterdir())


def test_a_folder_without_ct(demo_run: DEMO, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "notes.txt").write_text("no image")
    said = refusal(real(demo_run, tmp_path / "out", ct=str(tmp_path / "empty")), capsys)
    assert "no CT image" in said
    assert not (tmp_path / "out").exists()


def test_a_missing_slice(demo_run: DEMO, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy_ct(demo_run, tmp_path / "ct")[20].unlink()
    said = refusal(real(demo_run, tmp_path / "out", ct=str(tmp_path / "ct")), capsys)
    assert "missing between" in said
    assert not (tmp_path / "out").exists()


def test_contours_outside_the_image(
    demo_run: DEMO, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in copy_ct(demo_run, tmp_path / "ct")[:30]:
        path.unlink()
    said = refusal(real(demo_run, tmp_path / "out", ct=str(tmp_path / "ct")), capsys)
    assert "outside the image" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ct"]


def test_an_unknown_target_lists_those_present(
    demo_run: DEMO, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refusal(real(demo_run, tmp_path / "out", target="GTV_nod"), capsys)
    assert "'Trachea'" in said
    assert "did you mean 'GTV_node'?" in said


def test_a_rules_file_with_a_typo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import seedbed.protocol as protocol

    rules = Path(protocol.__file__).parent / "data" / "rair_dtc_chen_2025.toml"
    shipped = rules.read_text(encoding="utf-8")
    (tmp_path / "rules.toml").write_text(
        shipped.replace("dose_gy = 80.0", "dose_gyy = 80.0"), encoding="utf-8"
    )
    said = refusal(["demo", "--rules", str(tmp_path / "rules.toml"), "--out", str(tmp_path / "out")], capsys)
    assert "dose_gyy" in said
    assert "dose_gy" in said
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"ct": "nowhere"}, "there is no folder"),
        ({"structures": "nowhere.dcm"}, "there is no file"),
        ({"sphere": "1,2,three,4"}, "four numbers"),
        ({"sphere": "500,500,500,5"}, "holds nothing"),
        ({"sphere": "0,0,0,-5"}, "r above 0"),
        ({"sphere": "1e300,0,0,1e300"}, "within 10000"),
    ],
)
def test_other_refusals(
    demo_run: DEMO,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    change: dict[str, str],
    words: str,
) -> None:
    assert words in refusal(real(demo_run, tmp_path / "out", **change), capsys)
    assert not (tmp_path / "out").exists()


def test_a_structure_set_of_another_frame(
    demo_run: DEMO, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    structures = pydicom.dcmread(demo_run[0] / "dicom" / "structures.dcm")
    for roi in structures.StructureSetROISequence:
        roi.ReferencedFrameOfReferenceUID = "1.2.3.4"
    structures.save_as(tmp_path / "other.dcm")
    said = refusal(real(demo_run, tmp_path / "out", structures=str(tmp_path / "other.dcm")), capsys)
    assert "frame of reference" in said


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.docx").write_text("years of work")
    said = refusal(["demo", "--out", str(tmp_path / "out")], capsys)
    assert "not an earlier result" in said
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.docx"]


def test_the_target_without_a_ct(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = refusal(["demo", "--target", "GTV", "--out", str(tmp_path / "out")], capsys)
    assert "--ct and --structures" in said


@pytest.mark.parametrize(
    "arguments", [["demo", "--seed", "many"], ["demo", "--nonsense"], ["plann"], ["demo", "--seed", "-1"]]
)
def test_a_wrong_command_line(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert "seedbed --help" in refusal(arguments, capsys)


def test_the_command_itself_leaves_with_2(tmp_path: Path) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "seedbed", "demo", "--ct", str(tmp_path), "--out", str(tmp_path / "out")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 2
    assert "only" in finished.stderr
    assert finished.stdout == ""


def test_results_inside_the_folder_of_the_ct(
    demo_run: DEMO, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy_ct(demo_run, tmp_path / "ct")
    said = refusal(real(demo_run, tmp_path / "ct" / "out", ct=str(tmp_path / "ct")), capsys)
    assert "inside the folder of the CT" in said
