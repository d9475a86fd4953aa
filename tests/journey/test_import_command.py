"""The command ``seedbed import``, as a user runs it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.journey.refusals import refusal
from tests.unit.journey.test_importing import slices

from seedbed.cli.app import run


def test_a_folder_is_imported_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    slices(tmp_path / "in", SeriesDescription="Neck")
    run(["import", str(tmp_path / "in"), "--store", str(tmp_path / "store")])
    said = capsys.readouterr().out
    assert "Patient P1 Made^By^Test: 4 new, 0 already there" in said
    assert "Neck" in said
    assert f"Store: {tmp_path / 'store'}" in said


def test_the_store_can_be_named_by_the_environment_and_the_result_is_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    slices(tmp_path / "in")
    monkeypatch.setenv("SEEDBED_STORE", str(tmp_path / "named"))
    run(["import", str(tmp_path / "in"), "--json"])
    found = json.loads(capsys.readouterr().out)
    assert (found["new"], found["store"]) == (4, str(tmp_path / "named"))
    assert len(list((tmp_path / "named" / "objects").glob("*/*.dcm"))) == 4


def test_what_is_refused_leaves_with_2_after_the_rest_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["import", str(tmp_path / "in"), "--store", str(tmp_path / "store")]
    slices(tmp_path / "in")
    run(command)
    slices(tmp_path / "in", 1, SeriesDescription="changed")
    capsys.readouterr()
    assert "1 object was not imported" in refusal(command, capsys)


@pytest.mark.parametrize(
    "arguments", [[], ["--pacs", "main"], ["--study", "1.2"], ["DIR", "--pacs", "main", "--study", "1.2"]]
)
def test_no_one_place_to_import_from_is_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert "a folder, or --pacs with --study" in refusal(["import", *arguments], capsys)


def test_ctrl_c_says_that_what_was_kept_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("seedbed.journey.importing.import_folder", stopped)
    with pytest.raises(SystemExit) as stop:
        run(["import", str(tmp_path)])
    assert stop.value.code == 130
    assert "what was kept stays in the store" in capsys.readouterr().err


def test_dcmtk_makes_a_medium_whose_table_of_contents_is_passed_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    program = shutil.which("dcmmkdir") or shutil.which("dcmgpdir")
    if program is None:
        pytest.skip("DCMTK's dcmmkdir is not installed")
    paths = slices(tmp_path / "in", 2)
    names = [path.name for path in paths]
    subprocess.run(
        [program, "+r", "-Nxc", "+I", *names], cwd=tmp_path / "in", check=True, capture_output=True
    )
    assert (tmp_path / "in" / "DICOMDIR").exists()
    run(["import", str(tmp_path / "in"), "--store", str(tmp_path / "store"), "--json"])
    found = json.loads(capsys.readouterr().out)
    assert (found["new"], found["other_files"]) == (2, [str(tmp_path / "in" / "DICOMDIR")])


def test_help_does_not_load_the_database() -> None:
    script = (
        "import sys; from seedbed.cli.app import run\n"
        "try: run(['import', '--help'])\n"
        "except SystemExit: pass\n"
        "print('sqlalchemy' in sys.modules, 'pydicom' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert said.splitlines()[-1] == "False False"
