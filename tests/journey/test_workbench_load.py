"""Several people at once at a real server while a plan is being looked for: nobody gets an error."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import numpy as np
import pytest

API, LONGEST_S = "/api/v1", 300.0
PEOPLE, ROUNDS = 6, 4
ENDED = ("done", "failed", "stopped")


@pytest.fixture
def people(tmp_path: Path) -> Iterator[list[httpx2.Client]]:
    """Browsers of this machine's user, each with a session of its own; the server has to end cleanly."""
    command = [
        sys.executable,
        "-m",
        "seedbed",
        "serve",
        "--no-browser",
        "--port",
        "0",
        "--data",
        str(tmp_path),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    clients = []
    try:
        for _ in range(PEOPLE):
            assert process.stdout
            found = re.search(r"(http://[^/]+)(/api\S+)", process.stdout.readline())
            assert found
            client = httpx2.Client(base_url=found[1], timeout=LONGEST_S)
            client.get(found[2])
            client.headers["X-CSRF-Token"] = client.get(f"{API}/session").json()["csrf"]
            clients.append(client)
        yield clients
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=LONGEST_S)
        assert (process.returncode, errors) == (0, "")
    finally:
        for client in clients:
            client.close()
        process.kill()
        process.communicate()


def test_nobody_gets_an_error_while_a_plan_is_looked_for(people: list[httpx2.Client]) -> None:
    first = people[0]
    case = ended(first, sent(first, "POST", "/demo")["id"])["result"]["cases"][0]
    geometry = sent(first, "GET", f"/cases/{case}")["geometry"]
    plan = begun(first, case, geometry)
    job = sent(first, "POST", f"/plans/{plan}/optimise", {"random_seed": 0})["id"]
    slices, rows, columns = geometry["shape"]
    paths = ["/session", "/cases", "/patients", f"/cases/{case}", f"/plans/{plan}", "/jobs"]

    def look_about(number: int) -> list[int]:
        client, got = people[number], []
        for turn in range(ROUNDS):
            got += [client.get(API + path).status_code for path in paths]
            index = (number * ROUNDS + turn) % slices
            answer = client.get(f"{API}/cases/{case}/slice?axis=z&index={index}")
            assert len(answer.content) == 2 * rows * columns
            got.append(answer.status_code)
        return got

    with ThreadPoolExecutor(PEOPLE) as pool:
        found = [status for each in pool.map(look_about, range(PEOPLE)) for status in each]
    assert found == [200] * (PEOPLE * ROUNDS * (len(paths) + 1))
    assert ended(first, job)["state"] == "done"


def begun(client: httpx2.Client, case: str, geometry: dict[str, Any]) -> str:
    """Draw a block into the node of the digital patient, and begin a plan on it."""
    heights = geometry["origin_mm"][2] + geometry["spacing_mm"][2] * np.arange(geometry["shape"][0])
    block = [[33.0, -12.0], [49.0, -12.0], [49.0, 3.0], [33.0, 3.0]]
    planes = [{"z_mm": z, "polygons": [block]} for z in heights[abs(heights) < 8].tolist()]
    drawn = {"version": 0, "role": "target", "colour": "#ff3344", "planes": planes}
    sent(client, "PUT", f"/cases/{case}/structures?name=Block", drawn)
    asked = {"prescription_gy": 120.0, "target": "Block", "strengths_u": [0.889]}
    return str(sent(client, "POST", f"/cases/{case}/plans", asked)["plan"])


def sent(client: httpx2.Client, method: str, path: str, body: Any = None) -> Any:
    response = client.request(method, API + path, json=body)
    assert response.is_success, response.text
    return response.json()


def ended(client: httpx2.Client, job: str) -> dict[str, Any]:
    end = time.monotonic() + LONGEST_S
    while (now := sent(client, "GET", f"/jobs/{job}"))["state"] not in ENDED:
        assert time.monotonic() < end, now
        time.sleep(0.2)
    found: dict[str, Any] = now
    return found
