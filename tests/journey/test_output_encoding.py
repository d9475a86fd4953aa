"""What is printed into a file or a pipe is UTF-8, whatever the machine would take by itself."""

import json
import os
import subprocess
import sys

import pytest

ORDER = ["order", "--seeds", "40", "--activity-mci", "0.7", "--calibrated", "2026-11-20"]


def printed(encoding: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "seedbed", *arguments],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
    )


@pytest.mark.parametrize("encoding", ["cp1252", "gbk", "ascii"])
def test_json_in_a_pipe_is_utf8(encoding: str) -> None:
    finished = printed(encoding, *ORDER, "--implant", "2026-12-01", "--json")
    assert (finished.returncode, finished.stderr) == (0, b"")
    found = json.loads(finished.stdout.decode("utf-8"))
    rules = {rule["id"]: rule for rule in found["rules"]}
    assert "粒籽源永久性植入治疗放射防护要求" in rules["CN-GBZ178"]["source"]


@pytest.mark.parametrize("encoding", ["cp1252", "gbk"])
def test_a_table_in_a_pipe_and_a_sentence_are_utf8(encoding: str) -> None:
    finished = printed(encoding, *ORDER, "--implant", "十二月")
    assert finished.returncode == 2
    assert "--implant is '十二月'" in finished.stderr.decode("utf-8")
    table = printed(encoding, *ORDER, "--implant", "2026-12-01")
    assert table.returncode == 0
    assert "CN-GBZ178" in table.stdout.decode("utf-8")
