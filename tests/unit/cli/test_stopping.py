"""Ctrl-C asks once, and leaves the second time."""

import os
import signal
import threading

import pytest

from seedbed.cli.stopping import stop_when_asked

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise on Windows")


def test_the_first_asks_and_the_second_leaves() -> None:
    said: list[str] = []
    before = signal.getsignal(signal.SIGINT)
    with stop_when_asked(lambda: said.append("stopping")) as stop:
        assert not stop()
        os.kill(os.getpid(), signal.SIGINT)
        assert stop()
        assert said == ["stopping"]
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_in_another_thread_nobody_can_ask() -> None:
    found: list[bool] = []

    def work() -> None:
        with stop_when_asked(lambda: None) as stop:
            found.append(stop())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [False]
