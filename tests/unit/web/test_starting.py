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
from seedbed.web.starting import Starting


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
