"""Servers to test routes with: a workplace, an application about it, and browsers that are signed in."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import time
from typing import Any

import httpx2
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from seedbed.journey.workbench.jobs import Jobs
from seedbed.journey.workbench.signing_in import begin
from seedbed.journey.workbench.workplace import WorkplaceAddress, open_workplace
from seedbed.registry.accounts.people import Account, account_of, add_account
from seedbed.web.access import load_access
from seedbed.web.app import create_app
from seedbed.web.entering import Entrance
from seedbed.web.front import Front
from seedbed.web.settings import Settings
from seedbed.web.visit import COOKIE, CSRF_HEADER, Bench, csrf_of

ORIGIN = "http://testserver"
API = "/api/v1"
PASSWORD = "seven green kettles"  # noqa: S105 - synthetic


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = time()

    def __call__(self) -> float:
        return self.now


@contextmanager
def bench_at(
    folder: Path,
    *,
    kinds: Mapping[str, str] | None = None,
    settings: Settings | None = None,
    entrance: Entrance | None = None,
    clock: Callable[[], float] = time,
    front: Front | None = None,
) -> Iterator[Bench]:
    """Open a workplace of nobody, without kinds of jobs but those that are given."""
    settings = settings or Settings()
    address = WorkplaceAddress(folder / "workplace", limits=settings.limits)
    with open_workplace(address, clock=clock) as workplace:
        jobs = Jobs(workplace, kinds or {})
        try:
            yield Bench(settings, front or Front((ORIGIN,)), workplace, jobs, load_access(), entrance)
        finally:
            jobs.close()


def browser(
    app: ASGIApp, token: str = "", *, base_url: str = ORIGIN, client: tuple[str, int] = ("testclient", 50_000)
) -> TestClient:
    """A browser with a cookie; it sends what pages send, and does not follow redirects."""
    found = TestClient(
        app, base_url=base_url, follow_redirects=False, raise_server_exceptions=False, client=client
    )
    if token:
        found.cookies.set(COOKIE, token, domain="testserver.local", path="/")
    found.event_hooks["request"] = [_send_csrf]
    return found


def _send_csrf(request: httpx2.Request) -> None:
    cookies = dict(
        each.strip().split("=", 1) for each in request.headers.get("cookie", "").split(";") if each
    )
    if COOKIE in cookies and CSRF_HEADER not in request.headers:
        request.headers[CSRF_HEADER] = csrf_of(cookies[COOKIE])


def signed_in(bench: Bench, app: FastAPI, *roles: str) -> TestClient:
    """A browser in which somebody with these roles, named after them, is signed in."""
    name = "-".join(roles)
    with bench.workplace.accounts.writing() as connection:
        if account_of(connection, name) is None:
            add_account(connection, Account(name=name, display_name=name.title(), roles=roles))
    return browser(app, begin(bench.workplace, name, "password", origin="test").token)


def made(bench: Bench) -> FastAPI:
    """The application of a bench."""
    return create_app(bench)


def code_of(response: Any) -> str:
    """The code of a refusal, whose form is checked."""
    error = response.json()["error"]
    assert {*error} == {"came", "expected", "do", "code"}
    assert all(isinstance(value, str) and value for value in error.values())
    return str(error["code"])
