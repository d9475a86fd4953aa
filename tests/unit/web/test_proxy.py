"""Behind a proxy: who is believed about where a request comes from, and what headers cannot do."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from tests.unit.web.benches import API, Bench, bench_at, browser, made

from seedbed.journey.workbench.accounts import add
from seedbed.web.front import front_of_proxy
from seedbed.web.serving import configured
from seedbed.web.settings import Server, Settings

PROXY, ELSEWHERE = "127.0.0.1", "198.51.100.7"
BROWSER, INVENTED = "203.0.113.9", "192.0.2.66"
"""Addresses for documentation (RFC 5737)."""
SHOWN = "https://seedbed.hospital.local"
PASSWORD = "seven green kettles"  # noqa: S105 - synthetic


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A workplace with an administrator, behind a proxy on this machine."""
    settings = Settings(server=Server(behind_proxy=SHOWN))
    with bench_at(tmp_path_factory.mktemp("proxy"), settings=settings, front=front_of_proxy(SHOWN)) as found:
        add(found.workplace, "anna", display_name="", roles=["administrator"], password=PASSWORD, by="test")
        yield found


def reached(bench: Bench, *, through: str) -> TestClient:
    """A browser whose requests come in from an address, through all that uvicorn puts around."""
    config = configured(bench, made(bench))
    config.load()
    return browser(config.loaded_app, base_url=SHOWN, client=(through, 50_000))


def origin_of_sign_in(bench: Bench, page: TestClient, headers: dict[str, str]) -> str:
    """Sign in, and return where the trail says that it came from."""
    csrf = page.get(f"{API}/session", headers=headers).json()["csrf"]
    body = {"name": "anna", "password": PASSWORD}
    answer = page.post(f"{API}/session", json=body, headers={**headers, "X-CSRF-Token": csrf})
    assert answer.status_code == 200, answer.text
    assert "; Secure" in answer.headers["Set-Cookie"]
    _, entries = bench.workplace.trail.page(per_page=1)
    return entries[0].origin


@pytest.mark.parametrize(
    ("through", "stated", "kept"),
    [
        (PROXY, BROWSER, BROWSER),
        (PROXY, f"{INVENTED}, {BROWSER}", BROWSER),
        (PROXY, "", PROXY),
        (ELSEWHERE, INVENTED, ELSEWHERE),
    ],
)
def test_the_trail_names_the_address_that_the_proxy_saw(
    bench: Bench, through: str, stated: str, kept: str
) -> None:
    """The proxy puts what it saw last; what a browser says stands before, and nobody else counts."""
    headers = {"X-Forwarded-For": stated} if stated else {}
    assert origin_of_sign_in(bench, reached(bench, through=through), headers) == kept


def test_the_name_that_the_browser_asked_for_must_come_through(bench: Bench) -> None:
    page = reached(bench, through=PROXY)
    right, wrong = "seedbed.hospital.local", "evil.example"
    for host, forwarded, status in ((right, wrong, 200), (wrong, right, 400)):
        headers = {"Host": host, "X-Forwarded-Host": forwarded}
        assert page.get(f"{API}/session", headers=headers).status_code == status


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_what_is_secure_does_not_hang_on_a_header(bench: Bench, scheme: str) -> None:
    answer = reached(bench, through=PROXY).get(f"{API}/session", headers={"X-Forwarded-Proto": scheme})
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
