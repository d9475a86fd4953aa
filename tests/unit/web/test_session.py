"""Signing in and out, as a browser sees it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from tests.unit.web.benches import API, PASSWORD, Clock, bench_at, browser, code_of, made, signed_in

from seedbed.journey.workbench.accounts import add
from seedbed.web.entering import Entrance
from seedbed.web.visit import COOKIE, Bench

IDLE_S, LONGEST_S = 1800, 43_200


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bench(tmp_path: Path, clock: Clock) -> Iterator[Bench]:
    with bench_at(tmp_path, clock=clock) as found:
        add(
            found.workplace,
            "Anna",
            display_name="Anna S",
            roles=["administrator"],
            password=PASSWORD,
            by="test",
        )
        yield found


@pytest.fixture
def app(bench: Bench) -> FastAPI:
    return made(bench)


def test_in_and_out(app: FastAPI) -> None:
    client = browser(app)
    before = client.get(f"{API}/session").json()
    assert (before["signed_in"], before["user"], before["local"], before["oidc"]) == (
        False,
        None,
        False,
        False,
    )
    signed = client.post(f"{API}/session", json={"name": "ANNA", "password": PASSWORD}).json()
    assert signed["user"] == {"name": "anna", "display_name": "Anna S", "roles": ["administrator"]}
    assert client.get(f"{API}/session").json() == signed
    out = client.delete(f"{API}/session").json()
    assert (out["signed_in"], out["user"]) == (False, None)
    assert client.get(f"{API}/accounts").status_code == 401


def test_signing_in_rotates_token_and_csrf(app: FastAPI) -> None:
    client = browser(app)
    before = client.get(f"{API}/session").json()["csrf"]
    old = client.cookies[COOKIE]
    after = client.post(f"{API}/session", json={"name": "anna", "password": PASSWORD}).json()["csrf"]
    assert client.cookies[COOKIE] != old
    assert after != before
    assert browser(app, old).get(f"{API}/accounts").status_code == 401


def test_signing_out_ends_the_session_on_the_server(app: FastAPI, bench: Bench) -> None:
    client = signed_in(bench, app, "viewer")
    token = client.cookies[COOKIE]
    client.delete(f"{API}/session")
    assert browser(app, token).get(f"{API}/jobs").status_code == 401


@pytest.mark.parametrize(
    ("name", "password"), [("anna", "wrong but long enough"), ("nobody", PASSWORD), ("", ""), ("x\0y", "\0")]
)
def test_a_wrong_name_and_a_wrong_password_are_told_the_same(app: FastAPI, name: str, password: str) -> None:
    client = browser(app)
    client.get(f"{API}/session")
    response = client.post(f"{API}/session", json={"name": name, "password": password})
    assert (response.status_code, code_of(response)) == (401, "not_signed_in")
    assert response.json()["error"]["came"].startswith("name and password do not belong together")


def test_an_idle_session_ends_and_a_used_one_goes_on_until_the_longest_time(
    app: FastAPI, bench: Bench, clock: Clock
) -> None:
    idle, used = (signed_in(bench, app, "viewer") for _ in range(2))
    for _ in range(LONGEST_S // (IDLE_S - 60)):
        clock.now += IDLE_S - 60
        assert used.get(f"{API}/jobs").status_code == 200
    assert idle.get(f"{API}/jobs").status_code == 401
    clock.now += IDLE_S - 60
    assert used.get(f"{API}/jobs").status_code == 401


def test_a_new_password_ends_all_other_sessions(app: FastAPI) -> None:
    one, other = browser(app), browser(app)
    for client in (one, other):
        client.get(f"{API}/session")
        client.post(f"{API}/session", json={"name": "anna", "password": PASSWORD})
    wrong = one.post(f"{API}/password", json={"old": "not the old one", "new": "eight blue kettles"})
    assert wrong.status_code == 401
    assert one.post(f"{API}/password", json={"old": PASSWORD, "new": "short"}).status_code == 400
    assert other.get(f"{API}/accounts").status_code == 200
    done = one.post(f"{API}/password", json={"old": PASSWORD, "new": "eight blue kettles"})
    assert done.json()["signed_in"] is True
    assert one.get(f"{API}/accounts").status_code == 200
    assert other.get(f"{API}/accounts").status_code == 401
    third = browser(app)
    third.get(f"{API}/session")
    assert third.post(f"{API}/session", json={"name": "anna", "password": PASSWORD}).status_code == 401


def test_the_address_of_the_local_user_works_once(tmp_path: Path) -> None:
    shown: list[str] = []
    entrance = Entrance(shown.append)
    with bench_at(tmp_path, entrance=entrance) as bench:
        client, first = browser(made(bench)), entrance.token
        response = client.get(f"{API}/session/enter/{first}")
        assert (response.status_code, response.headers["Location"]) == (303, "/")
        said = client.get(f"{API}/session").json()
        assert (said["local"], said["signed_in"], len(said["user"]["roles"])) == (True, True, 5)
        again = browser(made(bench)).get(f"{API}/session/enter/{first}")
        assert (again.status_code, code_of(again)) == (401, "not_signed_in")
        assert browser(made(bench)).get(f"{API}/session/enter/{shown[0]}").status_code == 303


def test_a_local_session_does_not_count_where_people_have_accounts(tmp_path: Path) -> None:
    entrance = Entrance(lambda _: None)
    with bench_at(tmp_path, entrance=entrance) as bench:
        client = browser(made(bench))
        client.get(f"{API}/session/enter/{entrance.token}")
        token = client.cookies[COOKIE]
        shared = Bench(bench.settings, bench.front, bench.workplace, bench.jobs, bench.access)
        assert browser(made(bench), token).get(f"{API}/jobs").status_code == 200
        assert browser(made(shared), token).get(f"{API}/jobs").status_code == 401


@pytest.mark.parametrize("cookie", ["", "x", "x" * 129, "0" * 4000])
def test_any_cookie_is_nobody(app: FastAPI, cookie: str) -> None:
    assert browser(app, cookie).get(f"{API}/session").json()["signed_in"] is False


def test_what_happened_stands_in_the_trail(app: FastAPI, bench: Bench) -> None:
    client = browser(app)
    client.get(f"{API}/session")
    client.post(f"{API}/session", json={"name": "nobody at all", "password": PASSWORD})
    client.post(f"{API}/session", json={"name": "anna", "password": "wrong but long enough"})
    client.post(f"{API}/session", json={"name": "anna", "password": PASSWORD})
    client.delete(f"{API}/session")
    _, entries = bench.workplace.trail.page()
    assert [(each.who, each.what) for each in reversed(entries)] == [
        ("an unknown name", "sign-in refused"),
        ("anna", "sign-in refused"),
        ("anna", "signed in"),
        ("anna", "signed out"),
    ]
    assert bench.workplace.trail.prove().sound
