"""Locks by name, and things that are open once: what two threads may and may not see."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from time import sleep

from hypothesis import given
from hypothesis import strategies as st

from seedbed.journey.workbench.kept_open import KeptOpen, NamedLocks


class Thing:
    """What is opened."""

    def __init__(self, name: str) -> None:
        self.name = name


@given(st.lists(st.sampled_from("abcde"), max_size=40), st.sets(st.sampled_from("abcde")))
def test_what_is_used_is_never_open_twice(asked: list[str], used: set[str]) -> None:
    """Whatever is asked for in between, who holds a thing holds the one that others get."""
    kept = KeptOpen[Thing](2)
    held = {name: kept.opened(name, Thing) for name in used}
    for name in asked:
        found = kept.opened(name, Thing)
        assert found.name == name
        assert held.get(name, found) is found


def test_what_nobody_uses_is_let_go_but_for_the_last() -> None:
    opened = list[str]()
    kept = KeptOpen[Thing](2)

    def open_it(name: str) -> Thing:
        opened.append(name)
        return Thing(name)

    for name in ("a", "b", "c", "b", "c", "a"):
        kept.opened(name, open_it)
    assert opened == ["a", "b", "c", "a"]


def test_all_who_ask_at_once_get_the_same() -> None:
    opened, start = list[str](), Barrier(8)

    def open_it(name: str) -> Thing:
        opened.append(name)
        sleep(0.05)
        return Thing(name)

    kept = KeptOpen[Thing](1)

    def ask(_number: int) -> Thing:
        start.wait()
        return kept.opened("a", open_it)

    with ThreadPoolExecutor(8) as threads:
        found = [*threads.map(ask, range(8))]
    assert opened == ["a"]
    assert {*map(id, found)} == {id(found[0])}


def test_a_lock_keeps_others_out_and_is_gone_afterwards() -> None:
    locks, inside, out = NamedLocks(), Event(), Event()

    def hold() -> None:
        with locks.of("a"):
            inside.set()
            out.wait(10)

    with ThreadPoolExecutor(1) as threads:
        holder = threads.submit(hold)
        inside.wait(10)
        assert not locks.of("a").acquire(blocking=False)
        with locks.of("b"):
            assert len(locks) == 2
        out.set()
        holder.result(10)
    for number in range(1000):
        with locks.of(f"no such plan {number}"):
            pass
    assert len(locks) == 0


def test_what_no_longer_holds_is_opened_anew_and_who_has_the_old_one_keeps_it() -> None:
    kept, there = KeptOpen[Thing](2), ["one"]

    def ask() -> Thing:
        return kept.opened("a", lambda _: Thing(there[0]), holds=lambda found: found.name == there[0])

    first = ask()
    assert ask() is first
    there[0] = "two"
    second = ask()
    assert (first.name, second.name) == ("one", "two")
    assert ask() is second


def test_all_who_ask_at_once_for_what_no_longer_holds_get_the_same_new_one() -> None:
    opened, start = list[str](), Barrier(8)
    kept = KeptOpen[Thing](1)
    old = kept.opened("a", Thing)

    def open_it(name: str) -> Thing:
        opened.append(name)
        sleep(0.05)
        return Thing(name)

    def ask(_number: int) -> Thing:
        start.wait()
        return kept.opened("a", open_it, holds=lambda found: found is not old)

    with ThreadPoolExecutor(8) as threads:
        found = [*threads.map(ask, range(8))]
    assert opened == ["a"]
    assert {*map(id, found)} == {id(found[0])}
