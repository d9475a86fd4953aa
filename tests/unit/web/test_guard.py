"""Whoever asks: another host, another site, too much, too deep, or an error of ours."""

import logging
from collections.abc import Iterator
from types import ModuleType

import pytest
from fastapi import APIRouter, FastAPI
from starlette.testclient import TestClient
from tests.unit.web.benches import API, ORIGIN, PASSWORD, bench_at, browser, code_of, made, signed_in

from seedbed.web.access import AccessTable
from seedbed.web.app import create_app
from seedbed.web.front import Front
from seedbed.web.settings import Settings, Sizes
from seedbed.web.visit import CSRF_HEADER, Bench

NEW = {"name": "anna", "roles": ["viewer"], "password": PASSWORD}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    settings = Settings(sizes=Sizes(body_mb=0.1))
    with bench_at(tmp_path_factory.mktemp("guard"), settings=settings) as found:
        yield found


@pytest.fixture(scope="module")
def app(bench: Bench) -> FastAPI:
    return made(bench)


@pytest.fixture
def administrator(bench: Bench, app: FastAPI) -> TestClient:
    return signed_in(bench, app, "administrator")


@pytest.mark.parametrize(
    "host", ["evil.example", "testserver.evil.example", "testserver:81", "", "127.0.0.1"]
)
def test_another_host_is_refused_everywhere(app: FastAPI, host: str) -> None:
    """A name that an attacker points at this machine (DNS rebinding) reaches nothing."""
    for path in ("/", f"{API}/session"):
        assert browser(app).get(path, headers={"Host": host}).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://testserver"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site", "Origin": ORIGIN},
    ],
)
def test_another_sites_page_changes_nothing(administrator: TestClient, headers: dict[str, str]) -> None:
    response = administrator.post(f"{API}/accounts", json=NEW, headers=headers)
    assert (response.status_code, code_of(response)) == (403, "forbidden")


@pytest.mark.parametrize("token", ["", "0" * 64, "ü"])
def test_a_change_without_the_token_of_the_page_is_refused(administrator: TestClient, token: str) -> None:
    response = administrator.post(f"{API}/accounts", json=NEW, headers={CSRF_HEADER: token.encode()})
    assert (response.status_code, code_of(response)) == (403, "forbidden")
    assert administrator.get(f"{API}/accounts").json()["accounts"][0]["name"] == "administrator"


def test_every_answer_carries_the_headers(administrator: TestClient) -> None:
    for path in ("/", "/assets/none.js", f"{API}/session", f"{API}/none", f"{API}/jobs/none"):
        headers = administrator.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert (
            headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
        )
        policy = dict(each.strip().split(" ", 1) for each in headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
        assert (headers.get("Cache-Control") == "no-store") is path.startswith(API)
        assert "Strict-Transport-Security" not in headers


def test_tls_is_asked_for_where_it_is_spoken(bench: Bench) -> None:
    secure = Bench(bench.settings, Front(("https://testserver",)), bench.workplace, bench.jobs, bench.access)
    client = TestClient(create_app(secure), base_url="https://testserver")
    response = client.get(f"{API}/session")
    assert response.headers["Strict-Transport-Security"].startswith("max-age=")
    cookie = response.headers["Set-Cookie"]
    assert "; Secure" in cookie
    assert "; HttpOnly" in cookie
    assert "SameSite=strict" in cookie


@pytest.mark.parametrize("streamed", [False, True])
def test_too_large_a_body_is_refused(administrator: TestClient, streamed: bool) -> None:
    body = b'{"name": "' + b"a" * 200_000
    content: object = (body[at : at + 1000] for at in range(0, len(body), 1000)) if streamed else body
    response = administrator.post(
        f"{API}/accounts", content=content, headers={"Content-Type": "application/json"}
    )
    assert (response.status_code, code_of(response)) == (413, "too_large")
    assert "MiB for a file" in response.json()["error"]["expected"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 45_000,
        b"[" * 45_000 + b"]" * 45_000,
        b'{"a":' * 9_000 + b"1" + b"}" * 9_000,
        b"1" * 5_000,
        b'{"name": NaN}',
        b"\xff\xfe",
        b'{"name": "\\ud800", "roles": ["viewer"], "password": "seven green kettles"}',
        b'{"name": "anna", "roles": ["viewer"], "password": "seven green kettles", "more": 1}',
        b"null",
        b"",
        b"{",
    ],
)
def test_no_body_breaks_anything(administrator: TestClient, body: bytes) -> None:
    response = administrator.post(
        f"{API}/accounts", content=body, headers={"Content-Type": "application/json"}
    )
    assert (response.status_code, code_of(response)) == (400, "bad_input")


def test_an_error_of_ours_is_logged_with_the_number_that_is_answered(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    module = ModuleType("broken")
    module.router = APIRouter()  # type: ignore[attr-defined]

    @module.router.get("/broken")  # type: ignore[attr-defined, untyped-decorator]
    def broken() -> None:
        raise ZeroDivisionError("synthetic")

    access = AccessTable({("GET", "/broken"): frozenset({"anyone"})})
    app = create_app(Bench(bench.settings, bench.front, bench.workplace, bench.jobs, access), (module,))
    with caplog.at_level(logging.ERROR):
        response = browser(app).get(f"{API}/broken")
    assert response.status_code == 500
    error = response.json()["error"]
    assert error["code"] == "bug"
    assert "synthetic" not in response.text
    (record,) = caplog.records
    number = record.getMessage().split()[1]
    assert number in error["came"]
    assert record.exc_info
    assert response.headers["X-Content-Type-Options"] == "nosniff"
