"""Ctrl-C that Python drops, in a finaliser, still stops the work before anything is kept."""

import os
import signal
import threading
from pathlib import Path

import pytest

from seedbed.journey.keyboard import heard, stop_if_asked
from seedbed.journey.places import staged
from seedbed.journey.single_file import placed

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise on Windows"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


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
