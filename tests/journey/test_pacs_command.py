"""The commands ``seedbed pacs`` against an archive of another maker, and their receiver as a process."""

import gc
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.unit.dicom.pacs.archive import STUDY, archive, dcmtk, free_port, image, images
from typer.testing import CliRunner

from seedbed.cli.app import run as run_as_typed
from seedbed.cli.pacs import pacs_app, stopped_fetching, stopped_sending
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


def printed(settings: Path, *arguments: str, columns: int = 200) -> str:
    result = CliRunner().invoke(
        pacs_app, [*arguments, "--settings", str(settings)], env={"COLUMNS": str(columns)}
    )
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
    assert "does not say the modality of 1 match;" in found["notes"][0]


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
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_cannot_be_made_is_said_once(settings: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputError, match="file"):
        run(settings, "get", "main", "--study", STUDY, "--store", str(tmp_path / "file" / "store"))


def test_a_folder_that_is_no_store_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("SYNTHETIC")
    file = tmp_path / "seedbed.toml"
    file.write_text('[pacs.main]\nae_title = "X"\nhost = "127.0.0.1"\nport = 9\n')
    with pytest.raises(InputError, match="is no store of Seedbed"):
        run(file, "get", "main", "--study", STUDY, "--store", str(tmp_path))


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
    assert f"CT at 127.0.0.1: 1 object of study {STUDY} received." in rest
    assert "1 object received. Store:" in rest
    with filing(store) as files:
        assert files.instance_uids(STUDY) == {f"{STUDY}.1.1"}


def test_serve_without_settings_says_so_and_what_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing but the store is needed to receive; a file that is named must be there."""
    heard = list[tuple[Here, Path]]()

    def receive(here: Here, _keep: object, **told: Any) -> int:
        heard.append((here, tmp_path))
        told["ready"](here.bind, here.port)
        return 0

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SEEDBED_SETTINGS", raising=False)
    monkeypatch.setattr("seedbed.dicom.pacs.receiver.receive", receive)
    run_as_typed(["pacs", "serve", "--store", "store"])
    said = capsys.readouterr().out
    assert heard[0][0] == Here("SEEDBED", 11112, "127.0.0.1", ())
    assert "There is no settings file 'seedbed.toml'" in said
    assert "Listening at 127.0.0.1:11112 as SEEDBED" in said
    with pytest.raises(SystemExit):
        run_as_typed(["pacs", "serve", "--store", "store", "--settings", "other.toml"])
    assert "there is no settings file 'other.toml'" in capsys.readouterr().err
    assert len(heard) == 1


def test_a_uid_is_printed_unbroken_at_80_columns(settings: Path, tmp_path: Path) -> None:
    study = "1.2.826.0.1.3680043.8.498." + "7" * 34
    series, instance = f"{study}.1", f"{study}.1.1"
    assert len(instance) == 64
    run(settings, "send", "main", str(image(tmp_path / "long.dcm", study=study)))
    for question, uid in (
        (["--patient-id", "SYNTHETIC"], study),
        (["--study", study], series),
        (["--study", study, "--series", series], instance),
    ):
        lines = printed(settings, "find", "main", *question, columns=80).splitlines()
        assert [line.split() for line in lines if line.endswith(f"  {uid}")] in ([["1", uid]], [["2", uid]])


def test_files_beside_dicom_are_passed_over_and_one_that_is_named_is_refused(
    settings: Path, tmp_path: Path
) -> None:
    image(tmp_path / "a.dcm")
    (tmp_path / "guide.stl").write_bytes(b"solid SYNTHETIC")
    (tmp_path / "empty").mkdir()
    sent = run(settings, "send", "main", str(tmp_path))
    assert (sent["stored"], sent["failed"], sent["other_files"]) == (1, [], [str(tmp_path / "guide.stl")])
    said = printed(settings, "send", "main", str(tmp_path))
    assert "1 object accepted by main." in said
    assert f"Passed over, as no DICOM objects: {tmp_path / 'guide.stl'}." in said
    with pytest.raises(InputError, match=r"guide\.stl' is not a DICOM file"):
        run(settings, "send", "main", str(tmp_path / "guide.stl"))
    with pytest.raises(InputError, match="holds 0 files and no DICOM object"):
        run(settings, "send", "main", str(tmp_path / "empty"))
    (tmp_path / "cut.dcm").write_bytes(b"")
    with pytest.raises(InputError, match=r"cut\.dcm"):
        run(settings, "send", "main", str(tmp_path))


@contextmanager
def stopping_after_two(_console: object) -> Iterator[Any]:
    """Show progress by sending the signal of Ctrl-C at the second object, and wait for it."""

    def step(_name: str, done: int, _total: int) -> None:
        if done == 2:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.5)

    yield step


def stopped(patch: pytest.MonkeyPatch, *arguments: str) -> Any:
    with patch.context() as patched:
        patched.setattr("seedbed.cli.progress.shown", stopping_after_two)
        with pytest.raises(SystemExit) as end:
            run_as_typed(["pacs", *arguments])
    return end.value.code


def test_ctrl_c_says_how_much_was_sent(
    settings: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(settings.parent / "images")
    assert stopped(monkeypatch, "send", "main", folder, "--settings", str(settings)) == 130
    said = capsys.readouterr().err
    assert "stopped; main accepted 2 of 5 objects, and may have one more; the same command sends all" in said


@pytest.mark.parametrize("way", [[], ["--move"]], ids=["get", "move"])
def test_ctrl_c_says_how_much_was_fetched(
    settings: Path,
    tmp_path: Path,
    way: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    what = ["get", "main", "--study", STUDY, "--store", str(tmp_path / "store"), *way]
    assert stopped(monkeypatch, *what, "--settings", str(settings)) == 130
    said = capsys.readouterr().err
    with filing(tmp_path / "store") as files:
        kept = len(files.instance_uids(STUDY))
    assert 2 <= kept < 5
    assert f"stopped; {kept} of 5 objects were fetched and stay in the store; the same" in said
    assert run(settings, *what)["count"] == 5 - kept


def test_a_stop_before_anything_was_done() -> None:
    assert stopped_sending(KeyboardInterrupt(), "main") == "stopped; nothing was sent."
    assert stopped_fetching(KeyboardInterrupt()) == "stopped; nothing was fetched."


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
