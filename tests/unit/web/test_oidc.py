"""Signing in at another system: a provider on loopback, true and lying."""

from collections.abc import Callable, Iterator
from pathlib import Path
from time import time

import pytest
from starlette.testclient import TestClient
from tests.unit.web.benches import API, ORIGIN, bench_at, browser, code_of, made
from tests.unit.web.provider import CLIENT, SECRET, FakeProvider, running_provider

from seedbed.errors import InputError
from seedbed.web.oidc import Provider
from seedbed.web.settings import Oidc, Settings
from seedbed.web.visit import Bench

BACK = f"{API}/oidc/callback"


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with running_provider() as found:
        yield found


@pytest.fixture
def settings(provider: FakeProvider, monkeypatch: pytest.MonkeyPatch) -> Oidc:
    monkeypatch.setenv("SEEDBED_TEST_SECRET", SECRET)
    return Oidc(
        issuer=provider.issuer,
        client_id=CLIENT,
        client_secret_env="SEEDBED_TEST_SECRET",  # noqa: S106
        roles={"physics": ("physicist",), "boss": ("administrator",)},
    )


@pytest.fixture
def bench(tmp_path: Path, settings: Oidc) -> Iterator[Bench]:
    with bench_at(tmp_path, settings=Settings(oidc=settings)) as found:
        yield found


@pytest.fixture
def client(bench: Bench) -> TestClient:
    return browser(made(bench))


def sent_to(client: TestClient) -> str:
    response = client.get(f"{API}/oidc/start")
    assert response.status_code == 302
    return str(response.headers["Location"])


def test_there_and_back(client: TestClient, provider: FakeProvider) -> None:
    assert client.get(f"{API}/session").json()["oidc"] is True
    back = provider.authorise(sent_to(client))
    assert provider.asked["redirect_uri"] == ORIGIN + BACK
    assert provider.asked["code_challenge_method"] == "S256"
    assert len(provider.asked["state"]) >= 20
    assert len(provider.asked["nonce"]) >= 20
    response = client.get(BACK, params=back)
    assert (response.status_code, response.headers["Content-Type"][:9]) == (200, "text/html")
    user = client.get(f"{API}/session").json()["user"]
    assert user == {"name": "anna", "display_name": "Anna S", "roles": ["physicist"]}
    assert (
        code_of(client.post(f"{API}/password", json={"old": "x", "new": "seven green kettles"}))
        == "forbidden"
    )
    assert client.get(BACK, params=back).status_code == 401  # a code comes back once


LIES: dict[str, Callable[[FakeProvider], object]] = {
    "another nonce": lambda provider: provider.lie.update(nonce="another"),
    "another issuer": lambda provider: provider.lie.update(iss="https://evil.example"),
    "another audience": lambda provider: provider.lie.update(aud="another client"),
    "too old": lambda provider: provider.lie.update(exp=int(time()) - 3600),
    "nobody": lambda provider: provider.lie.update(sub=None),
    "no name": lambda provider: provider.lie.update(preferred_username=7),
    "another key": lambda provider: setattr(provider, "signed_by", provider.other_key),
    "signed with the public key": lambda provider: setattr(provider, "by_public_key", True),
    "calls itself another": lambda provider: setattr(provider, "named", "https://evil.example"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_signs_nobody_in(client: TestClient, provider: FakeProvider, lie: str) -> None:
    if lie == "calls itself another":
        LIES[lie](provider)
        response = client.get(f"{API}/oidc/start")
    else:
        back = provider.authorise(sent_to(client))
        LIES[lie](provider)
        response = client.get(BACK, params=back)
    assert (response.status_code, code_of(response)) == (401, "not_signed_in")
    assert client.get(f"{API}/session").json()["signed_in"] is False


@pytest.mark.parametrize(
    "changed", [{"state": "another"}, {"state": ""}, {"code": "", "error": "access_denied"}, {}]
)
def test_what_was_not_asked_for_signs_nobody_in(
    client: TestClient, provider: FakeProvider, changed: dict[str, str]
) -> None:
    """Also a state that this browser did not begin (login CSRF), which the last case is."""
    back = {**provider.authorise(sent_to(client)), **changed}
    if not changed:
        client.cookies.clear()
    response = client.get(BACK, params=back)
    assert (response.status_code, code_of(response)) == (401, "not_signed_in")


def test_a_person_without_a_role_is_refused(client: TestClient, provider: FakeProvider) -> None:
    provider.claims["groups"] = ["staff"]
    response = client.get(BACK, params=provider.authorise(sent_to(client)))
    assert (response.status_code, code_of(response)) == (403, "forbidden")


def test_a_provider_that_is_away_is_a_sentence(settings: Oidc, tmp_path: Path) -> None:
    away = settings.model_copy(update={"issuer": "http://127.0.0.1:9"})
    with bench_at(tmp_path, settings=Settings(oidc=away)) as bench:
        response = browser(made(bench)).get(f"{API}/oidc/start")
        assert (response.status_code, code_of(response)) == (401, "not_signed_in")


def test_settings_that_cannot_be_used_are_sentences(settings: Oidc, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="issuer"):
        Provider(settings.model_copy(update={"issuer": "http://id.hospital.local"}))
    monkeypatch.delenv("SEEDBED_TEST_SECRET")
    with pytest.raises(InputError, match="SEEDBED_TEST_SECRET"):
        Provider(settings)
