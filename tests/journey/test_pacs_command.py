"""The commands ``seedbed pacs`` against an archive of another maker, and their receiver as a process."""

import gc
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.unit.dicom.pacs.archive import STUDY, archive, dcmtk, free_port, image, images
from typer.testing import CliRunner

from seedbed.cli.pacs import pacs_app
from seedbed.dicom.pacs import Here
from seedbed.errors import InputError, PacsError
from seedbed.journey.filing import filing


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Settings of an archive that holds five images of one study."""
    folder = tmp_path_factory.mktemp("pacs")
    here = Here(port=free_port())
    with archive(folder, here) as peer:
        file = folder / "seedbed.toml"
        file.write_text(
            f"[here]\nport = {here.port}\n"
            f'[pacs.main]\nae_title = "ARCHIVE"\nhost = "127.0.0.1"\nport = {peer.port}\n'
            f'[pacs.gone]\nae_title = "GONE"\nhost = "127.0.0.1"\nport = {free_port()}\nretries = 0\n',
            encoding="utf-8",
        )
        place = folder / "images"
        place.mkdir()
        images(place, 5)
        assert run(file, "send", "main", str(place))["stored"] == 5
        yield file


def run(settings: Path, *arguments: str) -> Any:
    result = CliRunner().invoke(pacs_app, [*arguments, "--settings", str(settings), "--json"])
    if result.exception is not None:
        raise result.exception
    return json.loads(result.stdout)


def printed(settings: Path, *arguments: str) -> str:
    result = CliRunner().invoke(pacs_app, [*arguments, "--settings", str(settings)], env={"COLUMNS": "200"})
    if result.exception is not None:
        raise result.exception
    return result.stdout


def test_echo(settings: Path) -> None:
    assert run(settings, "echo", "main")["answers"] is True
    assert "main answers (ARCHIVE at 127.0.0.1:" in printed(settings, "echo", "main")


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_a_system_that_is_gone(settings: Path) -> None:
    with pytest.raises(PacsError, match="nobody listens there"):
        run(settings, "echo", "gone")
    gc.collect()  # pynetdicom leaves sockets open that could not connect


def test_find_studies(settings: Path) -> None:
    found = run(settings, "find", "main", "--patient-name", "*王*", "--study-date", "20260101-20260131")
    assert found["level"] == "STUDY"
    assert [match["StudyInstanceUID"] for match in found["matches"]] == [STUDY]
    table = printed(settings, "find", "main", "--patient-id", "SYNTHETIC")
    assert STUDY in table
    assert "王" in table


def test_an_archive_that_does_not_say_the_modality_is_named(settings: Path) -> None:
    found = run(settings, "find", "main", "--modality", "MR")
    assert "does not say of 1 matches what modality they are" in found["notes"][0]


def test_find_series_and_objects(settings: Path) -> None:
    found = run(settings, "find", "main", "--study", STUDY, "--modality", "CT")
    assert (found["level"], [match["Modality"] for match in found["matches"]]) == ("SERIES", ["CT"])
    assert run(settings, "find", "main", "--study", STUDY, "--modality", "MR")["matches"] == []
    assert len(run(settings, "find", "main", "--study", STUDY, "--series", f"{STUDY}.1")["matches"]) == 5


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--study-date", "2026-01-01"], "a day such as 20260131"),
        (["--study-date", "20260230"], "a day such as 20260131"),
        (["--study-date", "20260131-20260101"], "a range such as"),
        (["--study-date", "-"], "a day such as"),
        (["--level", "studdy"], "did you mean 'study'"),
        (["--level", "series"], "without --study"),
        (["--level", "patient", "--modality", "CT"], "--modality is asked at the level patient"),
    ],
)
def test_a_question_without_meaning(settings: Path, arguments: list[str], said: str) -> None:
    with pytest.raises(InputError) as refusal:
        run(settings, "find", "main", *arguments)
    assert said in str(refusal.value)


@pytest.mark.parametrize("way", [[], ["--move"]], ids=["get", "move"])
def test_get_into_the_store_and_again(settings: Path, tmp_path: Path, way: list[str]) -> None:
    store = tmp_path / "store"
    again = ["get", "main", "--study", STUDY, "--store", str(store), *way]
    first, second = run(settings, *again), run(settings, *again)
    assert (first["count"], first["already"], first["failed"]) == (5, 0, [])
    assert (second["count"], second["already"], second["failed"]) == (0, 5, [])
    with filing(store) as files:
        assert files.instance_uids(STUDY) == {f"{STUDY}.1.{number}" for number in range(1, 6)}


def test_a_study_that_is_not_there(settings: Path, tmp_path: Path) -> None:
    with pytest.raises(PacsError, match="lists no instance of study"):
        run(settings, "get", "main", "--study", "1.2.3", "--store", str(tmp_path / "store"))


def test_serve_until_stopped(tmp_path: Path) -> None:
    """Receive from DCMTK in a process of its own; Ctrl-C ends it with 0."""
    port, store = free_port(), tmp_path / "store"
    (tmp_path / "seedbed.toml").write_text(f'[here]\nport = {port}\nallowed_callers = ["CT"]\n')
    file = image(tmp_path / "a.dcm")
    program = "from seedbed.cli.pacs import pacs_app; pacs_app(['serve', '--store', 'store'])"
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=tmp_path, stdout=subprocess.PIPE, text=True, encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert re.search(rf"Listening at 127\.0\.0\.1:{port} as SEEDBED; may send: CT\.", first)
        command = [dcmtk("storescu"), "-aet", "CT", "-aec", "SEEDBED", "127.0.0.1", str(port), str(file)]
        assert subprocess.run(command, timeout=60, check=False).returncode == 0
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0
    assert f"CT at 127.0.0.1: 1 objects of study {STUDY} received." in rest
    assert "1 objects received. Store:" in rest
    with filing(store) as files:
        assert files.instance_uids(STUDY) == {f"{STUDY}.1.1"}


def test_serve_says_that_anybody_may_send(tmp_path: Path) -> None:
    from seedbed.cli.pacs import _say_ready, console

    with console.capture() as said:
        _say_ready(
            {
                "address": "127.0.0.1",
                "port": 1,
                "ae_title": "US",
                "allowed_callers": [],
                "tls": False,
                "notes": [],
            }
        )
    assert "may send: any system (the settings name no allowed_callers)" in said.get()
