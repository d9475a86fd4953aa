"""Who loads waits for those who ask, and not for ever."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep

import pytest

from seedbed.web import pausing
from seedbed.web.pausing import LONGEST_ANSWER_S, QUIET_S, Pauses


def waited_s(act: Callable[[], object]) -> float:
    begun = monotonic()
    act()
    return monotonic() - begun


def test_where_nobody_has_asked_there_is_nothing_to_wait_for() -> None:
    assert waited_s(Pauses().wait) < QUIET_S / 2


def test_an_answer_and_the_time_after_it_are_waited_for() -> None:
    pauses = Pauses()
    with ThreadPoolExecutor(1) as threads, pauses.asked():
        waiting = threads.submit(waited_s, pauses.wait)
        sleep(2 * QUIET_S)
        assert not waiting.done()
    assert waiting.result(20) >= 2 * QUIET_S
    assert waited_s(pauses.wait) < QUIET_S


def test_a_stream_is_not_waited_for() -> None:
    pauses = Pauses()
    with pauses.asked():
        assert LONGEST_ANSWER_S * 0.9 < waited_s(pauses.wait) < LONGEST_ANSWER_S + 5
        assert waited_s(pauses.wait) < LONGEST_ANSWER_S / 2


def test_who_is_in_a_hurry_ends_the_waiting() -> None:
    pauses = Pauses()
    with ThreadPoolExecutor(1) as threads, pauses.asked():
        waiting = threads.submit(waited_s, pauses.wait)
        pauses.hurry()
        assert waiting.result(20) < LONGEST_ANSWER_S / 2


def test_those_who_ask_again_and_again_are_not_waited_for_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pausing, "LONGEST_S", 0.3)
    pauses = Pauses()
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(waited_s, pauses.wait)
        begun = monotonic()
        while not waiting.done() and monotonic() - begun < 20:
            with pauses.asked():
                sleep(0.01)
        assert waiting.result(0) < 5
