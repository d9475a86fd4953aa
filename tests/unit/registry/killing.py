"""A program that is killed while it writes, for tests of what outlasts that."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path


def killed_after(program: str, place: Path | str, seconds: float) -> str:
    """Start a program that prints "begun", kill it so long after, and return what else it printed."""
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(place)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    return process.communicate(timeout=60)[0]
