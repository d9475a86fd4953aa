"""Jobs as a browser sees them: listed, stopped, streamed."""

import json
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from fastapi import FastAPI
from tests.unit.journey.workbench.synthetic_jobs import KINDS
from tests.unit.web.benches import API, bench_at, code_of, made, signed_in

from seedbed.web.settings import Settings, Work
from seedbed.web.visit import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with bench_at(tmp_path, kinds=KINDS) as found:
        yield found


@pytest.fixture
def app(bench: Bench) -> FastAPI:
    return made(bench)


def events(text: str) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        found += [(lines["event"], json.loads(lines["data"]))] if lines else []
    return found


def test_a_stream_tells_how_far_a_job_is_until_it_has_ended(bench: Bench, app: FastAPI) -> None:
    client = signed_in(bench, app, "physicist")
    job = bench.jobs.start("count", {"to": 3}, by="physicist", case_id="c")
    response = client.get(f"{API}/jobs/{job.id}/events")
    assert response.headers["Content-Type"].startswith("text/event-stream")
    told = events(response.text)
    assert [name for name, _ in told][-1] == "done"
    assert {name for name, _ in told[:-1]} <= {"progress"}
    assert told[-1][1] == client.get(f"{API}/jobs/{job.id}").json()
    again = events(client.get(f"{API}/jobs/{job.id}/events").text)
    assert again == [("done", told[-1][1])]


def test_a_stream_ends_when_the_server_does(bench: Bench, app: FastAPI) -> None:
    client = signed_in(bench, app, "physicist")
    job = bench.jobs.start("wait", {}, by="physicist")
    bench.closing.set()
    assert client.get(f"{API}/jobs/{job.id}/events").text == ""


def test_who_may_see_and_stop_whose_jobs(bench: Bench, app: FastAPI) -> None:
    job = bench.jobs.start("wait", {}, by="clinician", case_id="c")
    researcher, viewer, physicist = (
        signed_in(bench, app, role) for role in ("researcher", "viewer", "physicist")
    )
    assert researcher.get(f"{API}/jobs").json() == {"jobs": []}
    for path in ("", "/events"):
        assert researcher.get(f"{API}/jobs/{job.id}{path}").status_code == 404
    assert researcher.delete(f"{API}/jobs/{job.id}").status_code == 404
    assert [each["id"] for each in viewer.get(f"{API}/jobs").json()["jobs"]] == [job.id]
    refused = viewer.delete(f"{API}/jobs/{job.id}")
    assert (refused.status_code, code_of(refused)) == (403, "forbidden")
    assert physicist.delete(f"{API}/jobs/{job.id}").status_code == 200
    end = monotonic() + 60
    while not bench.jobs.job(job.id).over:
        assert monotonic() < end
        sleep(0.02)
    assert bench.jobs.job(job.id).state == "stopped"
    assert bench.workplace.trail.page()[1][0].what == "job stopped"


def test_who_waits_is_told_whose_work_runs_where_the_person_sees_patients(tmp_path: Path) -> None:
    settings = Settings(jobs=Work(at_once=1))
    with bench_at(tmp_path, kinds=KINDS, settings=settings) as bench:
        app = made(bench)
        running = bench.jobs.start("wait", {}, by="anna", case_id="0" * 16)
        waiting = bench.jobs.start("wait", {}, by="researcher")
        end = monotonic() + 60
        while bench.jobs.job(running.id).state != "running":
            assert monotonic() < end
            sleep(0.02)
        for role, name in (("viewer", "anna"), ("researcher", "")):
            client = signed_in(bench, app, role)
            before = client.get(f"{API}/jobs/{waiting.id}").json()["before"]
            assert before["waiting"] == 0
            (told,) = before["running"]
            assert (told["kind"], told["by"], told["patient_id"]) == ("wait", name, "")
            assert told["started"][:3] == "202"
            listed = {each["id"]: each for each in client.get(f"{API}/jobs").json()["jobs"]}
            assert listed[waiting.id]["before"] == before
        assert signed_in(bench, app, "viewer").get(f"{API}/jobs/{running.id}").json()["before"] is None
        bench.jobs.stop(waiting.id)
        bench.jobs.stop(running.id)


def test_jobs_of_one_kind_are_found_behind_any_number_of_others(
    bench: Bench, app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seedbed.registry.accounts.jobs.MOST_LISTED", 3)
    client = signed_in(bench, app, "physicist")
    first = bench.jobs.start("refuse", {}, by="clinician")
    client.get(f"{API}/jobs/{first.id}/events")
    for _ in range(4):
        client.get(f"{API}/jobs/{bench.jobs.start('count', {'to': 1}, by='physicist').id}/events")
    listed = client.get(f"{API}/jobs").json()["jobs"]
    assert [each["kind"] for each in listed] == ["count"] * 3
    assert [each["id"] for each in client.get(f"{API}/jobs?kind=refuse").json()["jobs"]] == [first.id]
    assert len(client.get(f"{API}/jobs?kind=count").json()["jobs"]) == 3
    assert client.get(f"{API}/jobs?kind=wait").json() == {"jobs": []}
    assert client.get(f"{API}/jobs?kind={'x' * 41}").status_code == 400
    researcher = signed_in(bench, app, "researcher")
    assert researcher.get(f"{API}/jobs?kind=refuse").json() == {"jobs": []}
