"""The first seconds of a server: pages come at once, the API when its routes are there."""

import asyncio
import logging
import socket
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import monotonic

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from tests.unit.web.benches import API, ORIGIN

from seedbed.errors import InputError
from seedbed.web.front import Front
from seedbed.web.serving import bound
from seedbed.web.settings import Server
from seedbed.web.starting import Stage, Starting


def said(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"routes: {request.url.path}")


APP = Starlette(routes=[Route("/{path:path}", said)])


def test_pages_do_not_wait_and_the_api_does() -> None:
    starting, go = Starting(Front((ORIGIN,))), Event()

    def make() -> Starlette:
        go.wait(20)
        return APP

    starting.begin(make, failed=lambda: None)
    browser = TestClient(starting, base_url=ORIGIN)
    with ThreadPoolExecutor(2) as threads:
        page = browser.get("/patients")
        assert page.headers["X-Frame-Options"] == "DENY"
        assert page.text.lower().startswith("<!doctype html>")
        assert browser.get("/", headers={"Host": "evil.example"}).status_code == 400
        waiting = [threads.submit(browser.get, f"{API}/{name}") for name in ("session", "cases")]
        assert not any(each.done() for each in waiting)
        go.set()
        assert [each.result(20).text for each in waiting] == [
            f"routes: {API}/{n}" for n in ("session", "cases")
        ]
        starting.end()
        assert browser.get("/patients").text == "routes: /patients"


def test_routes_that_cannot_be_made_end_the_server() -> None:
    starting, failed, after = Starting(Front((ORIGIN,))), Event(), Event()

    def make() -> Starlette:
        raise InputError("a route without a line", "one line a route", "add it")

    starting.begin(make, failed=failed.set)
    starting.then(after.set)
    assert failed.wait(20)
    with pytest.raises(InputError, match="a route without a line"):
        starting.end()


def test_the_end_does_not_wait_for_what_is_made_ready_ahead() -> None:
    starting, begun, go = Starting(Front((ORIGIN,))), Event(), Event()

    def count() -> None:
        begun.set()
        go.wait(20)

    starting.begin(lambda: APP, failed=lambda: None)
    starting.then(count)
    assert begun.wait(20)
    before = monotonic()
    starting.end()
    waited = monotonic() - before
    go.set()
    assert waited < 5


def test_what_fails_unforeseen_ahead_is_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    starting, logged, told = Starting(Front((ORIGIN,))), Event(), []

    def fail() -> None:
        raise ZeroDivisionError("made to fail")

    def kept(record: logging.LogRecord) -> None:
        told.append(record)
        logged.set()

    monkeypatch.setattr(logging.getLogger("seedbed.web"), "handle", kept)
    starting.begin(lambda: APP, failed=lambda: None)
    starting.then(fail)
    assert logged.wait(20)
    starting.end()
    assert [record.levelname for record in told] == ["ERROR"]
    assert isinstance(told[0].exc_info[1], ZeroDivisionError)


def test_nothing_is_made_ready_for_routes_that_cannot_be_made() -> None:
    starting, failed, acted = Starting(Front((ORIGIN,))), Event(), Event()

    def make() -> Starlette:
        raise InputError("a route without a line", "one line a route", "add it")

    starting.begin(make, failed=failed.set)
    starting.then(acted.set)
    assert failed.wait(20)
    with pytest.raises(InputError):
        starting.end()
    assert not acted.wait(0.2)


def part(words: str, release: Event, *paths: str) -> Stage:
    """A stage that is there when it is released, for addresses that start so."""

    def make() -> Starlette:
        assert release.wait(20)
        return Starlette(routes=[Route("/{path:path}", lambda _: PlainTextResponse(words))])

    return Stage(make, lambda scope: scope["path"].startswith(paths))


def test_what_is_shown_first_does_not_wait_for_the_rest() -> None:
    starting, lists, images, rest = Starting(Front((ORIGIN,))), Event(), Event(), Event()

    def make() -> Starlette:
        assert rest.wait(20)
        return APP

    parts = [part("list", lists, f"{API}/patients"), part("image", images, f"{API}/cases")]
    done = Event()
    starting.begin(make, failed=lambda: None, stages=parts)
    starting.then(done.set, stage=0)
    browser = TestClient(starting, base_url=ORIGIN)
    with ThreadPoolExecutor(3) as threads:
        patients, case, other = (
            threads.submit(browser.get, f"{API}/{name}") for name in ("patients", "cases/1", "cohort")
        )
        lists.set()
        assert patients.result(20).text == "list"
        assert done.wait(20)
        assert not case.done()
        images.set()
        assert case.result(20).text == "image"
        assert browser.get(f"{API}/patients").text == "list"
        assert not other.done()
        rest.set()
        assert other.result(20).text == f"routes: {API}/cohort"
    starting.end()
    assert browser.get(f"{API}/patients").text == f"routes: {API}/patients"


def test_what_somebody_waits_for_is_loaded_at_once_and_else_in_pauses() -> None:
    starting, loaded = Starting(Front((ORIGIN,))), Event()
    go = Event()
    go.set()
    stages = [part("list", go, f"{API}/patients")]
    starting.begin(lambda: APP, failed=lambda: None, stages=stages, steps=[loaded.set])
    browser = TestClient(starting, base_url=ORIGIN)
    assert browser.get(f"{API}/cohort").text == f"routes: {API}/cohort"
    assert loaded.is_set()
    starting.end()


def test_the_end_does_not_wait_for_a_pause_or_for_steps_that_are_left() -> None:
    starting, begun, go, never = Starting(Front((ORIGIN,))), Event(), Event(), Event()

    def step() -> None:
        begun.set()
        assert go.wait(20)

    listed = Event()
    listed.set()
    stages = [part("list", listed, f"{API}/patients")]
    starting.begin(lambda: APP, failed=lambda: None, stages=stages, steps=[step, never.set])
    assert begun.wait(20)
    with ThreadPoolExecutor(1) as threads:
        end = threads.submit(starting.end)
        go.set()
        end.result(20)
    assert not never.is_set()


def test_a_stage_that_cannot_be_made_ends_the_server() -> None:
    starting, failed = Starting(Front((ORIGIN,))), Event()

    def make() -> Starlette:
        raise InputError("a stage that fails", "one that does not", "mend it")

    starting.begin(lambda: APP, failed=failed.set, stages=[Stage(make, lambda _: True)])
    assert failed.wait(20)
    with pytest.raises(InputError, match="a stage that fails"):
        starting.end()


def test_small_answers_are_sent_at_once() -> None:
    """Without Nagle's delay, which costs 40 ms an answer; asyncio sets this on sockets that say TCP."""

    async def undelayed() -> int:
        found = asyncio.get_running_loop().create_future()

        def met(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            line: socket.socket = writer.get_extra_info("socket")
            found.set_result(line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        with bound(Server(port=0)) as taken:
            server = await asyncio.start_server(met, sock=taken)
            _, writer = await asyncio.open_connection("127.0.0.1", taken.getsockname()[1])
            value = await asyncio.wait_for(found, 20)
            writer.close()
            server.close()
        return int(value)

    assert asyncio.run(undelayed())
