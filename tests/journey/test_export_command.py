"""``seedbed export``: byte-true copies, or clean ones; all or nothing."""

import errno
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pydicom
import pytest
from tests.journey.refusals import refusal
from tests.mutants.sound import SoundCase, write_sound_case

from seedbed.cli.app import run


@pytest.fixture
def case(tmp_path: Path) -> SoundCase:
    """CT, structures, plan and dose, without the other objects that the sound case holds."""
    whole, kept = write_sound_case(tmp_path / "whole"), tmp_path / "case"
    shutil.copytree(whole.ct, kept / "ct")
    for path in (whole.rs, whole.rp, whole.rd):
        shutil.copyfile(path, kept / path.name)
    return replace(whole, ct=kept / "ct", rs=kept / "rs.dcm", rp=kept / "rp.dcm", rd=kept / "rd.dcm")


def exported(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    run(["export", *arguments, "--json"])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_folder_is_copied_byte_true(
    case: SoundCase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (case.rs.parent / "plan.html").write_text("a page")
    found = exported([str(case.rs.parent), "--to", str(tmp_path / "out")], capsys)
    assert found["objects"] == {"CT": 6, "RTDOSE": 1, "RTPLAN": 1, "RTSTRUCT": 1}
    assert found["notes"] == []
    copies = sorted(path.read_bytes() for path in (tmp_path / "out").rglob("*.dcm"))
    assert copies == sorted(path.read_bytes() for path in case.rs.parent.rglob("*.dcm"))


def test_a_patient_of_the_store(case: SoundCase, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = ["--store", str(tmp_path / "store")]
    run(["import", str(case.rs.parent), *store])
    capsys.readouterr()
    study = str(pydicom.dcmread(case.rp).StudyInstanceUID)
    by_patient = exported(["P1", "--to", str(tmp_path / "a"), *store], capsys)
    by_study = exported([study, "--to", str(tmp_path / "b"), *store], capsys)
    assert by_patient["objects"] == by_study["objects"] == {"CT": 6, "RTDOSE": 1, "RTPLAN": 1, "RTSTRUCT": 1}


def test_what_refers_to_nothing_is_said(
    case: SoundCase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = str(pydicom.dcmread(case.rp).SOPInstanceUID)
    found = exported([str(case.rd), "--to", str(tmp_path / "a")], capsys)
    assert any(plan in note and "is not in the export" in note for note in found["notes"])
    whole = exported([str(case.rd), "--also", str(case.rp), "--to", str(tmp_path / "b")], capsys)
    assert not any(plan in note for note in whole["notes"] if note.startswith("RTDOSE"))


@pytest.mark.parametrize("clean", [[], ["--deidentify", "--key", "key.csv"]])
def test_nothing_is_written_where_something_lies(
    case: SoundCase,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    clean: list[str],
) -> None:
    """An export may be another patient's; an export into its own input would eat it."""
    monkeypatch.chdir(tmp_path)
    for place in (tmp_path / "out", case.ct):
        if place.name == "out":
            exported([str(case.rs.parent), "--to", str(place)], capsys)
        before = sorted(place.rglob("*"))
        assert "empty" in refusal(["export", str(case.rd), "--to", str(place), *clean], capsys)
        assert sorted(place.rglob("*")) == before


def test_a_full_disk_is_one_sentence(
    case: SoundCase, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, _content: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_bytes", full)
    said = refusal(["export", str(case.rd), "--to", str(tmp_path / "out")], capsys)
    assert f"could not be copied to '{tmp_path / 'out'}' (No space left on device)" in said
    assert not (tmp_path / "out").exists()


def test_a_clean_export_tells_nothing_of_the_patient(
    case: SoundCase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, key = tmp_path / "out", tmp_path / "key.csv"
    exported([str(case.rs.parent), "--to", str(out), "--deidentify", "--key", str(key)], capsys)
    uid = str(pydicom.dcmread(case.rp).SOPInstanceUID).encode()
    copies = [path.read_bytes() for path in out.rglob("*.dcm")]
    assert len(copies) == 9
    for said in (b"SYNTHETIC^", "病人".encode(), b"19600102", b"20260301", uid):
        assert not any(said in copy for copy in copies)
    assert "P1" in key.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere", "--to", "out"], "there is no folder 'nowhere'"),
        (["{case}"], "no place to export to"),
        (["{case}", "--to", "out", "--pacs", "main"], "two places"),
        (["{case}", "--to", "out", "--deidentify"], "--deidentify without --key"),
        (["{case}", "--to", "out", "--key", "k.csv"], "--key without --deidentify"),
        (["{case}", "--to", "out", "--keep-characteristics"], "without --deidentify"),
        (["{case}", "--pacs", "main", "--settings", "none.toml"], "none.toml"),
        (["{case}", "--also", "nowhere", "--to", "out"], "there is no 'nowhere'"),
    ],
)
def test_refusals(
    case: SoundCase,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    words: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    given = [part.format(case=case.rs.parent) for part in arguments]
    assert words in refusal(["export", *given], capsys)
    assert not (tmp_path / "out").exists()


def test_two_patients_are_refused(
    case: SoundCase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = pydicom.dcmread(case.rd)
    other.PatientID, other.SOPInstanceUID = "P2", "1.2.3"
    other.save_as(case.rs.parent / "other.dcm")
    said = refusal(["export", str(case.rs.parent), "--to", str(tmp_path / "out")], capsys)
    assert "'P1'" in said
    assert "'P2'" in said


def test_two_objects_of_one_uid_are_refused(
    case: SoundCase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = pydicom.dcmread(case.rd)
    other.DoseComment = "another"
    other.save_as(case.rs.parent / "other.dcm")
    assert "differ and have one SOPInstanceUID" in refusal(
        ["export", str(case.rs.parent), "--to", str(tmp_path / "out")], capsys
    )


def test_a_damaged_file_is_refused(
    case: SoundCase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case.rd.write_bytes(case.rd.read_bytes()[:-500])
    said = refusal(["export", str(case.rs.parent), "--to", str(tmp_path / "out")], capsys)
    assert "rd.dcm" in said
    assert not (tmp_path / "out").exists()
