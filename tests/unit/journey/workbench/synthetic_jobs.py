"""Jobs that do nothing of use, to test how jobs run."""

import os
import signal
import time
from collections.abc import Callable
from typing import Any

from seedbed.errors import InputError
from seedbed.journey.workbench.workplace import Workplace

HERE = "tests.unit.journey.workbench.synthetic_jobs"
KINDS = {
    name: f"{HERE}:{name}" for name in ("count", "wait", "refuse", "break_off", "killed", "deaf", "no_number")
}
Tell = Callable[[str, int, int], None]
Stop = Callable[[], bool]


def count(workplace: Workplace, arguments: dict[str, Any], tell: Tell, _stop: Stop) -> dict[str, Any]:
    """Count, write into the trail, and return the sum."""
    for number in range(arguments["to"]):
        tell("Counting", number + 1, arguments["to"])
    workplace.trail.note("count", "job done")
    return {"sum": sum(range(arguments["to"] + 1)), "process": os.getpid()}


def wait(workplace: Workplace, arguments: dict[str, Any], tell: Tell, stop: Stop) -> dict[str, Any] | None:
    """Wait until told to stop, or until a file is there."""
    tell("Waiting", 0, 1)
    while not stop() and not (workplace.folder / "go").exists():
        time.sleep(0.02)
    return None if stop() else {"process": os.getpid()}


def refuse(_workplace: Workplace, _arguments: dict[str, Any], _tell: Tell, _stop: Stop) -> None:
    """Refuse."""
    raise InputError("a synthetic refusal", "nothing", "do nothing")


def break_off(_workplace: Workplace, _arguments: dict[str, Any], _tell: Tell, _stop: Stop) -> None:
    """Fail by an error of ours."""
    raise ZeroDivisionError("synthetic")


def killed(_workplace: Workplace, _arguments: dict[str, Any], _tell: Tell, _stop: Stop) -> None:
    """End as where memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)


def deaf(_workplace: Workplace, _arguments: dict[str, Any], tell: Tell, _stop: Stop) -> None:
    """Hear nothing."""
    tell("Deaf", 0, 1)
    time.sleep(600)


def approve_without_room(
    workplace: Workplace, arguments: dict[str, Any], tell: Tell, stop: Stop
) -> dict[str, Any] | None:
    """Approve where the system lets no file become larger than 30 kB."""
    import resource

    from seedbed.journey.workbench.plan_approving import run_approval

    resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, resource.RLIM_INFINITY))
    return run_approval(workplace, arguments, tell, stop)


def no_number(_workplace: Workplace, _arguments: dict[str, Any], _tell: Tell, _stop: Stop) -> dict[str, Any]:
    """Return a number that is none."""
    return {"dose_gy": float("nan")}
