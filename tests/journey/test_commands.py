"""The commands as a user types them."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from seedbed.cli.app import run
from seedbed.journey import demo
from seedbed.journey.demo import DemoRequest, run_demo


def test_reproduce_prints_json_that_agrees(capsys: pytest.CaptureFixture[str]) -> None:
    run(["reproduce", "--json"])
    rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)["rows"]}
    assert rows["gender"]["published"] == 0.529
    assert rows["gender"]["agrees"] is True


def test_reproduce_prints_tables(capsys: pytest.CaptureFixture[str]) -> None:
    run(["reproduce"])
    printed = capsys.readouterr().out
    assert "Recomputed" in printed
    assert "Not recomputable" in printed
    places = [printed.index(f"Numbers of Table {number}") for number in (1, 2, 3)]
    assert places == sorted(places)
    last = printed[printed.index("Disagrees") :]
    assert last.count("says") == 2 + 7


def test_rules_lists_every_criterion(capsys: pytest.CaptureFixture[str]) -> None:
    run(["rules"])
    printed = capsys.readouterr().out
    for rule in ("I1", "I4", "E1", "E8", "RX-80", "RX-100", "RX-120"):
        assert rule in printed


def test_importing_seedbed_loads_nothing_heavy() -> None:
    code = "import sys, seedbed; print([m for m in ('numpy', 'pydicom', 'matplotlib') if m in sys.modules])"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"


def test_a_stop_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    def stop(step: str, _done: int, _total: int) -> None:
        if step == "Calculating dose":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_demo(DemoRequest(tmp_path / "out"), stop)
    assert list(tmp_path.iterdir()) == []


def test_an_earlier_result_survives_a_failure(
    demo_run: tuple[Path, dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "summary.json").write_text(
        (demo_run[0] / "summary.json").read_text(encoding="utf-8"), encoding="utf-8"
    )
    (out / "my notes.txt").write_text("keep me")

    def fail(*_: object) -> str:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(demo, "demo_report", fail)
    with pytest.raises(OSError, match="No space left"):
        run_demo(DemoRequest(out))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]
    assert sorted(path.name for path in out.iterdir()) == ["my notes.txt", "summary.json"]


def test_an_earlier_result_is_replaced_and_other_files_are_kept(
    demo_run: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "summary.json").write_text('{"seedbed": {}}', encoding="utf-8")
    (out / "my notes.txt").write_text("keep me")
    run_demo(DemoRequest(out))
    assert (out / "my notes.txt").read_text() == "keep me"
    assert json.loads((out / "summary.json").read_text(encoding="utf-8")) == demo_run[1]


@pytest.mark.parametrize("after_s", [0.0, 3.0])
def test_a_stop_from_the_keyboard_leaves_with_130_and_nothing_else(tmp_path: Path, after_s: float) -> None:
    command = [sys.executable, "-m", "seedbed", "demo", "--out", str(tmp_path / "out")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        started = time.monotonic()
        while not any(tmp_path.iterdir()) and time.monotonic() - started < 60.0:
            time.sleep(0.05)
        time.sleep(after_s)
        running.send_signal(signal.SIGINT)
        said = running.communicate(timeout=60)[1]
    assert running.returncode == 130
    assert "stopped; nothing was written" in said
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


def test_the_verdicts_fit_on_a_narrow_terminal() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "seedbed", "reproduce"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "COLUMNS": "80"},
        encoding="utf-8",
    ).stdout
    assert "Agrees" in printed
    assert max(len(line) for line in printed.splitlines()) <= 80
