"""How fast the workbench answers twenty people at once: session, accounts and jobs, on a real server.

Run ``python benchmarks/serving.py``, or with ``--seconds 20 --people 40``. The server runs in a process of
its own with a new workplace on this disk; every person has a session of their own. No plan is calculated.
"""

import argparse
import re
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread

import httpx2
import numpy as np

PATHS = ("session", "accounts", "jobs", "health")
API = "/api/v1"


def served(folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "seedbed", "serve", "--no-browser", "--port", "0", "--data", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
    )


def signed_in(process: "subprocess.Popen[str]") -> httpx2.Client:
    """A person, by the next address that the server prints."""
    found = re.search(r"(http://[^/]+)(/api\S+)", process.stdout.readline())
    client = httpx2.Client(base_url=found[1], timeout=60)
    client.get(found[2])
    return client


def ask(client: httpx2.Client, end: float, took: dict[str, list[float]], errors: list[str]) -> None:
    while time.perf_counter() < end:
        for path in PATHS:
            begun = time.perf_counter()
            response = client.get(f"{API}/{path}")
            took[path].append(time.perf_counter() - begun)
            if response.status_code != 200:
                errors.append(f"{path}: {response.status_code}")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=8.0)
    asked = parser.parse_args()
    with TemporaryDirectory() as folder, served(Path(folder) / "workplace") as process:
        people = [signed_in(process) for _ in range(asked.people)]
        took, errors = defaultdict[str, list[float]](list), list[str]()
        end = time.perf_counter() + asked.seconds
        threads = [Thread(target=ask, args=(client, end, took, errors)) for client in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        process.terminate()
    answers = sum(map(len, took.values()))
    print(f"{asked.people} people, {asked.seconds:.0f} s: {answers} answers, {len(errors)} errors")
    for path, seconds in took.items():
        p50, p95 = np.percentile(seconds, [50, 95]) * 1000
        print(f"  {path:10} {len(seconds):6} answers, p50 {p50:6.1f} ms, p95 {p95:6.1f} ms")
    for error in {*errors}:
        print(f"  {error}: {errors.count(error)}")


if __name__ == "__main__":
    main()
