"""The processes of jobs as the server sees them: begun, heard, asked to stop."""

import logging
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_all_start_methods, get_context
from threading import Timer
from typing import Any

from seedbed.journey.workbench.job_process import STOP, work
from seedbed.journey.workbench.workplace import Workplace
from seedbed.registry.accounts.jobs import Job

log = logging.getLogger("seedbed.jobs")
LOADED = (
    work.__module__,
    *(f"seedbed.journey.workbench.{name}" for name in ("rooms", "resampled", "drawn", "plans.desk")),
)
"""What nearly every job works with; loaded once for all of them."""
UNSTARTED = (OSError, EOFError, MemoryError, RuntimeError, ValueError)
"""What `started` raises where the system has no process to give, or the one that begins them is gone."""


@dataclass(frozen=True)
class RunningJob:
    """The process of a job, and the way to talk to it."""

    process: Any
    connection: Any


def started(function: str, workplace: Workplace, job: Job) -> RunningJob:
    """Begin the process of a job.

    Parameters
    ----------
    function : str
        Module and function, parted by a colon.
    workplace : Workplace
    job : Job

    Raises
    ------
    OSError, EOFError, MemoryError, RuntimeError, ValueError
        As `UNSTARTED`.
    """
    context = _context()
    here, there = context.Pipe()
    process = context.Process(
        target=work, args=(there, function, workplace.address, job.arguments), name=f"seedbed-{job.kind}"
    )
    try:
        process.start()
    except BaseException:
        here.close()  # a process that was begun all the same hears it, and ends
        raise
    finally:
        there.close()
    return RunningJob(process, here)


@lru_cache(maxsize=1)
def _context() -> Any:
    """Where jobs' processes come from: a small one that has loaded what they need; on Windows from nothing.

    Neither holds anything of the server's: no threads, no open files, no memory.
    """
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload([*LOADED])
    return context


def ask_to_stop(running: RunningJob, *, within_s: float) -> None:
    """Ask a job to stop, and end its process where it has not stopped in so many seconds."""
    try:
        running.connection.send_bytes(STOP)
    except OSError:
        log.info("a job ended before it could be stopped")
    timer = Timer(within_s, running.process.kill)
    timer.daemon = True
    timer.start()


def ended_within(running: RunningJob, seconds: float) -> None:
    """Wait so many seconds for a process to end, and end it where it has not."""
    running.process.join(seconds)
    if running.process.is_alive():
        running.process.kill()
        running.process.join()
