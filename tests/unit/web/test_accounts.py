"""Accounts and the trail, as an administrator's browser sees them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient
from tests.unit.web.benches import API, PASSWORD, bench_at, browser, code_of, made, signed_in

from seedbed.web.visit import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with bench_at(tmp_path) as found:
        yield found


@pytest.fixture
def app(bench: Bench) -> FastAPI:
    return made(bench)


@pytest.fixture
def administrator(bench: Bench, app: FastAPI) -> TestClient:
    return signed_in(bench, app, "administrator")


def new(client: TestClient, **changed: object) -> object:
    asked = {"name": "Bert", "display_name": "Bert S", "roles": ["viewer", "physicist"], "password": PASSWORD}
    return client.post(f"{API}/accounts", json={**asked, **changed})


def test_an_account_is_added_changed_and_disabled(administrator: TestClient, app: FastAPI) -> None:
    added = new(administrator)
    assert added.status_code == 201
    assert added.json() | {"changed_at": ""} == {
        "name": "bert", "display_name": "Bert S", "roles": ["viewer", "physicist"], "disabled": False,
        "signs_in_with": "password", "version": 1, "changed_at": "", "changed_by": "administrator",
    }  # fmt: skip
    bert = browser(app)
    bert.get(f"{API}/session")
    assert bert.post(f"{API}/session", json={"name": "bert", "password": PASSWORD}).status_code == 200
    changed = administrator.patch(f"{API}/accounts/Bert", json={"version": 1, "roles": ["viewer"]}).json()
    assert (changed["version"], changed["roles"]) == (2, ["viewer"])
    assert bert.get(f"{API}/session").json()["user"]["roles"] == ["viewer"]
    administrator.patch(f"{API}/accounts/bert", json={"version": 2, "disabled": True})
    assert bert.get(f"{API}/jobs").status_code == 401
    assert bert.post(f"{API}/session", json={"name": "bert", "password": PASSWORD}).status_code == 401


def test_a_change_to_what_another_has_changed_is_refused(administrator: TestClient) -> None:
    new(administrator)
    administrator.patch(f"{API}/accounts/bert", json={"version": 1, "roles": ["viewer"]})
    late = administrator.patch(f"{API}/accounts/bert", json={"version": 1, "disabled": True})
    assert (late.status_code, code_of(late)) == (409, "changed_elsewhere")
    assert "saved by administrator" in late.json()["error"]["came"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"roles": ["surgeon"]}, "surgeon"),
        ({"roles": []}, "without a role"),
        ({"password": "eleven char"}, "11 signs"),
        ({"password": "x" * 257}, "257 signs"),
        ({"password": "Password 1234"}, "tried first"),
        ({"password": "zzzzzzzzzzzz"}, "tried first"),
        ({"name": "bertramandanna", "password": "BertramAndAnna"}, "tried first"),
        ({"name": "../x"}, "name of an account"),
        ({"name": "a b"}, "name of an account"),
        ({"name": "."}, "name of an account"),
        ({"name": "x" * 65}, "name of an account"),
        ({"display_name": "a\0b"}, "name to show"),
    ],
)
def test_what_cannot_be_used_is_a_sentence(
    administrator: TestClient, changed: dict[str, object], said: str
) -> None:
    response = new(administrator, **changed)
    assert (response.status_code, code_of(response)) == (400, "bad_input")
    assert said in response.json()["error"]["came"]


def test_a_name_is_given_once(administrator: TestClient) -> None:
    assert new(administrator).status_code == 201
    assert new(administrator, name="BERT").status_code == 409
    assert administrator.patch(f"{API}/accounts/none", json={"version": 1}).status_code == 404


@pytest.mark.parametrize("change", [{"roles": ["viewer"]}, {"disabled": True}])
def test_somebody_must_stay_who_administers(administrator: TestClient, change: dict[str, object]) -> None:
    response = administrator.patch(f"{API}/accounts/administrator", json={"version": 1, **change})
    assert (response.status_code, code_of(response)) == (400, "bad_input")
    assert "nobody would be left" in response.json()["error"]["came"]


def test_no_answer_holds_a_password_or_its_hash(administrator: TestClient) -> None:
    said = (
        new(administrator).text
        + administrator.get(f"{API}/accounts").text
        + administrator.get(f"{API}/trail").text
    )
    assert "argon2" not in said
    assert PASSWORD not in said


def test_the_trail_is_paged_and_found_by_patient_and_person(administrator: TestClient, bench: Bench) -> None:
    for number in range(130):
        bench.workplace.trail.note("carla", "case", patient_id=f"SYNTHETIC-{number % 2}", origin="10.0.0.1")
    first = administrator.get(f"{API}/trail", params={"who": "carla"}).json()
    assert (first["total"], len(first["entries"]), first["page"]) == (130, 100, 1)
    second = administrator.get(f"{API}/trail", params={"who": "carla", "page": 2}).json()
    numbers = [each["number"] for each in first["entries"] + second["entries"]]
    assert numbers == sorted(numbers, reverse=True)
    assert len({*numbers}) == 130
    assert (
        administrator.get(f"{API}/trail", params={"patient": "SYNTHETIC-1"}).json()["total"] == 65 + 1
    )  # and this look
    assert administrator.get(f"{API}/trail", params={"since": "2999-01-01"}).json()["total"] == 0
    assert administrator.get(f"{API}/trail", params={"page": 0}).status_code == 400
    assert administrator.get(f"{API}/trail", params={"page": 10**30}).status_code == 400


def test_looking_at_the_trail_stands_in_it(administrator: TestClient) -> None:
    found = administrator.get(f"{API}/trail").json()["entries"][0]
    assert (found["who"], found["what"], found["origin"]) == ("administrator", "access trail", "testclient")


def test_the_chain_of_the_trail_is_proved_and_a_changed_entry_found(
    administrator: TestClient, bench: Bench
) -> None:
    for number in range(3):
        bench.workplace.trail.note("carla", "case", patient_id=f"SYNTHETIC-{number}")
    whole = administrator.get(f"{API}/trail/proof").json()
    assert (whole["sound"], whole["entries"], whole["faults"]) == (True, 1 + 3, [])  # one: signed in
    with bench.workplace.accounts.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER IF EXISTS access_entry_update")
        changed = connection.exec_driver_sql("UPDATE access_entry SET who = 'bert' WHERE number = 2")
        assert changed.rowcount == 1
    broken = administrator.get(f"{API}/trail/proof").json()
    assert not broken["sound"]
    assert "entry 2" in broken["faults"][0]
