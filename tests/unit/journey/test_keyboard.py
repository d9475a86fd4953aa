"""Ctrl-C that Python drops, in a finaliser, still stops the work before anything is kept."""

import os
import signal
import threading
from pathlib import Path

import pytest

from seedbed.cli.app import STOPPED, run
from seedbed.journey.keyboard import anything_kept, heard, keeping, stop_if_asked
from seedbed.journey.places import staged
from seedbed.journey.single_file import placed
from seedbed.patient.records import Patient
from seedbed.registry.clinic import open_clinic

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise on Windows"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


SOMEBODY = Patient(patient_id="SYN-1", synthetic=True)


class Dropping:
    """Something whose end is the moment at which the key is pressed."""

    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        for _ in range(1000):  # the stop is raised at one of these lines, and dropped
            pass


def write(file: Path) -> None:
    """Write a file, and lose a stop meanwhile."""
    there = Dropping()
    file.write_text("whole", encoding="utf-8")
    del there


def test_a_dropped_stop_keeps_no_folder(tmp_path: Path) -> None:
    with heard(), pytest.raises(KeyboardInterrupt), staged(tmp_path / "out") as stage:
        write(stage / "summary.json")
    assert list(tmp_path.iterdir()) == []


def test_a_dropped_stop_keeps_no_file(tmp_path: Path) -> None:
    out = tmp_path / "out.txt"
    with (
        heard(),
        pytest.raises(KeyboardInterrupt),
        placed(out, [], kind="text", replaces=Path.is_file) as stage,
    ):
        write(stage)
    assert list(tmp_path.iterdir()) == []


def test_a_dropped_stop_changes_no_register(tmp_path: Path) -> None:
    with open_clinic(tmp_path / "register.sqlite", create=True) as clinic:

        def settled() -> None:
            write(tmp_path / "read")
            begin()

        with heard(), pytest.raises(KeyboardInterrupt), keeping() as begin:
            clinic.write([SOMEBODY], who="test", why="synthetic", settled=settled)
        assert clinic.everything() == []


def test_a_stop_while_a_result_is_put_in_its_place_waits_until_it_is_there(tmp_path: Path) -> None:
    def put() -> None:
        with keeping() as begin:
            begin()
            os.kill(os.getpid(), signal.SIGINT)
            (tmp_path / "whole").write_text("whole", encoding="utf-8")

    with heard(), pytest.raises(KeyboardInterrupt):
        put()
    assert (tmp_path / "whole").is_file()
    assert anything_kept()


def test_nothing_is_said_of_a_dropped_stop_that_is_heard_again(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with heard(), pytest.raises(KeyboardInterrupt), staged(tmp_path / "out") as stage:
        write(stage / "summary.json")
    assert capsys.readouterr().err == ""
    assert not anything_kept()


@pytest.mark.parametrize(("kept", "said"), [(True, "what was ready is kept"), (False, "nothing was written")])
def test_a_command_says_what_came_of_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, kept: bool, said: str
) -> None:
    def command(*_arguments: object, **_options: object) -> None:
        if kept:
            with keeping() as begin:
                begin()
        raise KeyboardInterrupt

    monkeypatch.setattr("seedbed.cli.app.app", command)
    with pytest.raises(SystemExit) as left:
        run(["demo"])
    assert left.value.code == STOPPED
    assert f"stopped; {said}." in capsys.readouterr().err


def test_a_stop_is_raised_at_once_and_does_not_outlive_its_command() -> None:
    with pytest.raises(KeyboardInterrupt), heard():
        os.kill(os.getpid(), signal.SIGINT)
    stop_if_asked()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_who_listens_otherwise_is_left_alone() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with heard():
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_another_thread_changes_nothing() -> None:
    found: list[object] = []

    def work() -> None:
        with heard():
            found.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [signal.default_int_handler]
