"""A program killed in the middle of keeping loses nothing that it acknowledged."""

import hashlib
import os
import random
import time
from pathlib import Path

import pytest
from tests.unit.registry.killing import killed_after
from tests.unit.registry.objects_made import agrees, keep, made, opened

OBJECTS = 250
KEEPING = f"""
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tests.unit.registry.killing import killed_after
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
        said = killed_after(KEEPING, tmp_path, rng.uniform(0.0, 0.2))
        acknowledged = {line.strip() for line in said.splitlines() if len(line.strip()) == 64}
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
