"""How fast the workbench answers twenty people at once while a plan is being looked for, on a real server.

Run ``python benchmarks/serving.py``, or with ``--seconds 20 --people 40 --no-planner``. The server runs in a
process of its own with a new workplace on this disk, which holds the digital patient; every person has a
session of their own and goes from page to page: who am I, patients, cases, a case, slices, structures, jobs.
"""

import argparse
import math
import os
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import httpx2
import numpy as np

API = "/api/v1"
NODE_MM, RADIUS_MM, HEIGHT_MM = (41.0, -5.0), 10.0, 9.0
"""A cylinder in the node of the digital patient."""
LONGEST_S = 600.0


def processor_s(process: "subprocess.Popen[str]") -> float:
    """Seconds of the processor that the server has used, where the system tells it (Linux)."""
    told = Path(f"/proc/{process.pid}/stat")
    if not told.is_file():
        return math.nan
    used = told.read_text(encoding="ascii").rpartition(")")[2].split()[11:13]
    return sum(map(int, used)) / os.sysconf("SC_CLK_TCK")


def begun(process: "subprocess.Popen[str]", since: float) -> httpx2.Client:
    """The first person; says when a page came, and when the first data."""
    client = signed_in(process, page=lambda: say_start("first page", process, since))
    sent(client, "GET", "/patients")
    say_start("first list of patients", process, since)
    return client


def say_start(what: str, process: "subprocess.Popen[str]", since: float) -> None:
    seconds, used = time.perf_counter() - since, processor_s(process)
    print(f"{what:24} after {seconds:5.2f} s, of the processor {used:5.2f} s")


@contextmanager
def served(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """A server of one's own, which ends with the block, however that ends."""
    with subprocess.Popen(
        [sys.executable, "-m", "seedbed", "serve", "--no-browser", "--port", "0", "--data", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def signed_in(process: "subprocess.Popen[str]", page: Callable[[], object] = lambda: None) -> httpx2.Client:
    """A person, by the next address that the server prints; ``page`` is called when a page has come."""
    found = re.search(r"(http://[^/]+)(/api\S+)", process.stdout.readline())
    client = httpx2.Client(base_url=found[1], timeout=60)
    client.get("/")
    page()
    client.get(found[2])
    client.headers["X-CSRF-Token"] = client.get(f"{API}/session").json()["csrf"]
    return client


def sent(client: httpx2.Client, method: str, path: str, body: Any = None) -> Any:
    response = client.request(method, f"{API}{path}", json=body)
    assert response.is_success, response.text
    return response.json()


def ended(client: httpx2.Client, job: str) -> dict[str, Any]:
    end = time.perf_counter() + LONGEST_S
    while time.perf_counter() < end:
        now = sent(client, "GET", f"/jobs/{job}")
        if now["state"] not in ("waiting", "running"):
            return now
        time.sleep(0.5)
    raise SystemExit(f"job {job} did not end in {LONGEST_S:.0f} s")


def prepared(client: httpx2.Client) -> tuple[str, str]:
    """Bring the digital patient in, draw a target and begin a plan; return case and plan."""
    case = ended(client, sent(client, "POST", "/demo")["id"])["result"]["cases"][0]
    geometry = sent(client, "GET", f"/cases/{case}")["geometry"]
    heights = geometry["origin_mm"][2] + geometry["spacing_mm"][2] * np.arange(geometry["shape"][0])
    angles = np.linspace(0, 2 * math.pi, 60, endpoint=False)
    circle = np.array(NODE_MM) + RADIUS_MM * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    planes = [{"z_mm": z, "polygons": [circle.tolist()]} for z in heights[abs(heights) <= HEIGHT_MM].tolist()]
    drawn = {"version": 0, "role": "target", "colour": "#ff3344", "planes": planes}
    sent(client, "PUT", f"/cases/{case}/structures?name=Node", drawn)
    asked = {"prescription_gy": 120.0, "target": "Node", "strengths_u": [0.889]}
    return case, sent(client, "POST", f"/cases/{case}/plans", asked)["plan"]


def pages(case: str, plan: str) -> dict[str, str]:
    """What a person asks for by turns; {index} is another slice each time."""
    return {
        "session": "/session",
        "patients": "/patients",
        "cases": "/cases",
        "case": f"/cases/{case}",
        "slice": f"/cases/{case}/slice?axis=z&index={{index}}",
        "structures": f"/cases/{case}/structures",
        "plan": f"/plans/{plan}",
        "jobs": "/jobs",
    }


def ask(
    client: httpx2.Client, end: float, asked: dict[str, str], took: dict[str, list[float]], errors: list[str]
) -> None:
    number = 0
    while time.perf_counter() < end:
        for name, path in asked.items():
            number += 1
            begun = time.perf_counter()
            try:
                status = client.get(API + path.format(index=number % 50)).status_code
            except httpx2.HTTPError as error:
                errors.append(f"{name}: {type(error).__name__}")
                continue
            took[name].append(time.perf_counter() - begun)
            if status != 200:
                errors.append(f"{name}: {status}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--no-planner", action="store_true")
    asked = parser.parse_args()
    since = time.perf_counter()
    with TemporaryDirectory() as folder, served(Path(folder) / "workplace") as process:
        people = [begun(process, since), *(signed_in(process) for _ in range(asked.people - 1))]
        case, plan = prepared(people[0])
        job = None
        if not asked.no_planner:
            job = sent(people[0], "POST", f"/plans/{plan}/optimise", {"random_seed": 0})["id"]
        took, errors = defaultdict[str, list[float]](list), list[str]()
        end, used = time.perf_counter() + asked.seconds, processor_s(process)
        threads = [
            Thread(target=ask, args=(client, end, pages(case, plan), took, errors)) for client in people
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        used = processor_s(process) - used
        planner = ended(people[0], job)["state"] if job else "not asked"
    say(asked, took, errors, planner)
    answers = max(1, sum(map(len, took.values())))
    print(f"  of the processor {1000 * used / answers:.1f} ms an answer")


def say(asked: argparse.Namespace, took: dict[str, list[float]], errors: list[str], planner: str) -> None:
    answers = sum(map(len, took.values()))
    print(f"{asked.people} people, {asked.seconds:.0f} s: {answers} answers, {len(errors)} errors")
    print(f"  planner at the same time: {planner}")
    for path, seconds in took.items():
        p50, p95 = np.percentile(seconds, [50, 95]) * 1000
        print(f"  {path:10} {len(seconds):6} answers, p50 {p50:6.1f} ms, p95 {p95:6.1f} ms")
    for error in {*errors}:
        print(f"  {error}: {errors.count(error)}")


if __name__ == "__main__":
    main()
