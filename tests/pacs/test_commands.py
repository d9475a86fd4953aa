"""``seedbed pacs`` from the command line, against Orthanc, over DIMSE and over DICOMweb alike."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.pacs.orthanc import AE_TITLE, DICOM_PORT, OUR_AE_TITLE, OUR_PORT, Orthanc
from tests.pacs.study import NAME, data_set, identity, write_study

from seedbed.cli.app import run

STUDY_UID = identity().study_uid
either_peer = pytest.mark.parametrize("peer", ["dimse", "web"])


@pytest.fixture
def study(empty: Orthanc, tmp_path: Path) -> list[Path]:
    return write_study(tmp_path / "study")


@pytest.fixture
def settings(empty: Orthanc, tmp_path: Path) -> Path:
    file = tmp_path / "seedbed.toml"
    file.write_text(
        f"""
        [here]
        ae_title = "{OUR_AE_TITLE}"
        port = {OUR_PORT}
        [pacs.dimse]
        ae_title = "{AE_TITLE}"
        host = "127.0.0.1"
        port = {DICOM_PORT}
        [pacs.web]
        url = "{empty.web_url}"
        [pacs.nobody]
        ae_title = "NOBODY"
        host = "127.0.0.1"
        port = 9
        retries = 0
        """
    )
    return file


def said(capsys: pytest.CaptureFixture[str], *words: str | Path) -> Any:
    capsys.readouterr()
    run(["pacs", *map(str, words), "--json"])
    return json.loads(capsys.readouterr().out)


def files_below(folder: Path) -> list[bytes]:
    found = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return sorted(data_set(file) for file in found if file[128:132] == b"DICM")


@either_peer
def test_send_find_and_get(
    peer: str, study: list[Path], settings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = (peer, "--settings", settings)
    assert said(capsys, "echo", *named)["answers"] is True
    assert said(capsys, "send", peer, tmp_path / "study", "--settings", settings)["stored"] == len(study)
    (match,) = said(capsys, "find", *named, "--patient-id", "SYNTHETIC*")["matches"]
    assert (match["PatientName"], match["StudyInstanceUID"]) == (NAME, STUDY_UID)
    fetch = ("get", *named, "--study", STUDY_UID, "--store", tmp_path / "store")
    first, second = said(capsys, *fetch), said(capsys, *fetch)
    assert (first["count"], first["already"], first["failed"]) == (len(study), 0, [])
    assert (second["count"], second["already"]) == (0, len(study))
    assert files_below(tmp_path / "store") == sorted(data_set(path.read_bytes()) for path in study)


def test_what_one_way_brought_the_other_does_not_fetch(
    study: list[Path], settings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, "send", "web", tmp_path / "study", "--settings", settings)
    common = ("--settings", settings, "--study", STUDY_UID, "--store", tmp_path / "store")
    assert said(capsys, "get", "dimse", *common, "--move")["count"] == len(study)
    assert said(capsys, "get", "web", *common)["already"] == len(study)


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.usefixtures("swept")
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("echo", "nobody"), "cannot be reached"),
        (("echo", "elsewhere"), "no PACS 'elsewhere'"),
        (("get", "web", "--study", "1.2.3"), "1.2.3"),
        (("get", "dimse", "--study", "1.2.3"), "1.2.3"),
    ],
)
def test_what_goes_wrong_is_one_sentence(
    settings: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], sentence: str
) -> None:
    store = ["--store", str(tmp_path / "store")] if words[0] == "get" else []
    with pytest.raises(SystemExit) as stopped:
        run(["pacs", *words, *store, "--settings", str(settings)])
    assert stopped.value.code == 2
    complaint = capsys.readouterr().err
    assert sentence in complaint
    assert "Traceback" not in complaint
