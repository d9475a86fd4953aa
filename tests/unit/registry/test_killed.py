"""A program killed in the middle of keeping loses nothing that it acknowledged."""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.unit.registry.objects_made import agrees, keep, made, opened

OBJECTS = 250
KEEPING = f"""
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tests.unit.registry.objects_made import keep, made, opened
with opened(Path(sys.argv[1])) as store, ThreadPoolExecutor(3) as pool:
    print("begun", flush=True)
    for kept in pool.map(lambda number: keep(store, made(number)), range({OBJECTS})):
        print(kept.sha256, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_what_was_acknowledged_is_there_after_kill_9(tmp_path: Path) -> None:
    rng = random.Random(20260301)  # noqa: S311 - moments, not secrets
    expected = {hashlib.sha256(made(number)).hexdigest() for number in range(OBJECTS)}
    stopped_short = 0
    for _ in range(4):
        acknowledged = killed_after(tmp_path, rng.uniform(0.0, 0.2))
        stopped_short += len(acknowledged) < OBJECTS
        old = time.time() - 7200
        for part in (tmp_path / "incoming").iterdir():
            os.utime(part, (old, old))
        with opened(tmp_path) as store:
            assert store.notes == ()
            assert acknowledged <= store.hashes() <= expected
            assert agrees(store)
    assert stopped_short >= 1
    with opened(tmp_path) as store:
        for number in range(OBJECTS):
            keep(store, made(number))
        assert store.hashes() == expected
        assert agrees(store)


def killed_after(folder: Path, seconds: float) -> set[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", KEEPING, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    said = process.communicate(timeout=60)[0]
    return {line.strip() for line in said.splitlines() if len(line.strip()) == 64}
