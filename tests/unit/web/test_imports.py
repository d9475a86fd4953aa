"""Files over the wire: sentences name them as they are called where they come from."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from starlette.concurrency import run_in_threadpool
from starlette.testclient import TestClient
from tests.unit.journey.workbench.test_imports import ct_files
from tests.unit.web.benches import API, ORIGIN, bench_at, code_of, made, signed_in

from seedbed.journey.workbench.kinds import KINDS
from seedbed.web.visit import COOKIE, CSRF_HEADER, csrf_of

SCRIPT = "扫描/50% <img src=x onerror=alert(1)>.txt"


@pytest.mark.parametrize("damaged", [False, True])
def test_the_files_of_an_upload_are_called_as_their_owner_does(tmp_path: Path, *, damaged: bool) -> None:
    first, *_ = ct_files(tmp_path)
    files = {"扫描/IM0001": first, SCRIPT: first[:200] if damaged else b"text"}
    with bench_at(tmp_path / "bench", kinds=KINDS) as bench:
        page = signed_in(bench, made(bench), "clinician")
        place = f"{API}/imports/{page.post(f'{API}/imports').json()['upload']}"
        for number, (name, content) in enumerate(files.items()):
            said = {"X-File-Name": quote(name, safe="")}
            assert page.put(f"{place}/files/{number}", content=content, headers=said).status_code == 200
        job = page.post(place).json()["id"]
        page.get(f"{API}/jobs/{job}/events")
        found = page.get(f"{API}/jobs/{job}").json()
        assert not [*bench.workplace.uploads.iterdir()]
    if damaged:
        assert (found["state"], SCRIPT in found["error"]["came"]) == ("failed", True)
    else:
        assert found["result"]["other_files"] == [SCRIPT]
        assert found["result"]["notes"][0] == f"1 file is no DICOM object and was passed over ('{SCRIPT}')."
    assert "0000" not in str(found).replace("IM0001", "").replace(found["id"], "")


@pytest.mark.parametrize("name", ["a%0Ab", "%00", "%E2%80%AE", "%FF", "%20", "x" * 501, "x" * 7000])
def test_a_name_that_cannot_be_shown_is_refused_and_leads_nowhere(tmp_path: Path, name: str) -> None:
    with bench_at(tmp_path) as bench:
        page = signed_in(bench, made(bench), "clinician")
        upload = page.post(f"{API}/imports").json()["upload"]
        said = {"X-File-Name": name}
        answer = page.put(f"{API}/imports/{upload}/files/0", content=b"text", headers=said)
        assert (answer.status_code, code_of(answer)) == (400, "bad_input")
        assert [file.name for file in (bench.workplace.uploads / upload).iterdir()] == ["owner.txt"]


def test_a_name_that_looks_like_a_path_is_a_name(tmp_path: Path) -> None:
    with bench_at(tmp_path) as bench:
        page = signed_in(bench, made(bench), "clinician")
        upload = page.post(f"{API}/imports").json()["upload"]
        said = {"X-File-Name": quote("../../../secret.txt", safe="")}
        assert page.put(f"{API}/imports/{upload}/files/0", content=b"x", headers=said).status_code == 200
        folder = bench.workplace.uploads / upload
        assert {file.name for file in folder.iterdir()} == {"owner.txt", "names.txt", "000000.bin"}
        assert not [*tmp_path.rglob("secret*")]


Receive = Callable[[], Awaitable[dict[str, Any]]]


async def put(page: TestClient, path: str, receive: Receive) -> list[int]:
    """Send a file whose pieces come as `receive` says; returns the status of each answer."""
    token = page.cookies[COOKIE]
    headers = {"host": "testserver", "origin": ORIGIN, "cookie": f"{COOKIE}={token}"}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "PUT",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [
            (k.encode(), v.encode()) for k, v in (headers | {CSRF_HEADER.lower(): csrf_of(token)}).items()
        ],
        "client": ("testclient", 50_000),
        "server": ("testserver", 80),
    }
    statuses = []

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await page.app(scope, receive, send)  # type: ignore[arg-type]
    return statuses


def test_an_import_does_not_begin_while_a_file_is_arriving(tmp_path: Path) -> None:
    first, second, _ = ct_files(tmp_path)
    with bench_at(tmp_path / "bench", kinds=KINDS) as bench:
        page = signed_in(bench, made(bench), "clinician")
        place = f"{API}/imports/{page.post(f'{API}/imports').json()['upload']}"
        page.put(f"{place}/files/0", content=first)
        pieces, answers = [second[:3000], second[3000:]], []

        async def receive() -> dict[str, Any]:
            if len(pieces) == 1:
                answers.append(await run_in_threadpool(page.post, place))
            return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

        assert asyncio.run(put(page, f"{place}/files/1", receive)) == [200]
        (answer,) = answers
        assert (answer.status_code, code_of(answer)) == (409, "changed_elsewhere")
        assert answer.json()["error"]["came"] == "1 file of the upload is still arriving"
        job = page.post(place).json()["id"]
        page.get(f"{API}/jobs/{job}/events")
        assert page.get(f"{API}/jobs/{job}").json()["result"]["new"] == 2


def test_a_file_that_breaks_off_leaves_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with bench_at(tmp_path) as bench:
        page = signed_in(bench, made(bench), "clinician")
        upload = page.post(f"{API}/imports").json()["upload"]
        messages = [{"type": "http.request", "body": b"DICM", "more_body": True}, {"type": "http.disconnect"}]

        async def receive() -> dict[str, Any]:
            return messages.pop(0)

        assert asyncio.run(put(page, f"{API}/imports/{upload}/files/0", receive)) == [400]
        assert [file.name for file in (bench.workplace.uploads / upload).iterdir()] == ["owner.txt"]
    assert not [each for each in caplog.records if each.exc_info]
