"""How a job ends: as its process says, without a word, or as the server does what follows it."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from seedbed.errors import SeedbedError
from seedbed.journey.workbench.job_process import function_of
from seedbed.journey.workbench.workplace import Workplace
from seedbed.registry.accounts.jobs import Job, State

log = logging.getLogger("seedbed.jobs")
NO_ANSWER = {
    "came": "the step ended without an answer, probably for lack of memory",
    "expected": "a step that runs to its end",
    "do": "close other programs or choose a smaller question, and start it again; the case is kept",
}
NOT_STARTED = {
    "came": "the process of this step could not be started, probably for lack of memory",
    "expected": "a step that runs to its end",
    "do": "close other programs, and start it again; the case is kept",
}
BROKEN = {
    "came": "an error in Seedbed itself ended the step; the server's log has the rest",
    "expected": "a step that runs to its end",
    "do": "report it with the log; the case is kept",
}
SERVER_ENDED = {
    "came": "the server was ended while this was waiting or running",
    "expected": "a server that runs until the step has ended",
    "do": "start it again; the case is kept",
}
LEFT: Mapping[str, str] = MappingProxyType(
    {"plan_approval": "seedbed.journey.workbench.plan_approving:result_of_left"}
)
"""Kinds whose result may stand though a server ended before it kept their end, and what looks for it."""


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a job ended.

    Attributes
    ----------
    state : {"done", "failed", "stopped"}
    error, result : dict or None
        As of `Job`.
    """

    state: State
    error: dict[str, str] | None = None
    result: dict[str, Any] | None = None


Ending = Callable[[Ended], Ended]
"""What the server itself does when a job has ended, however it did; returns how it ended after that."""


def end_said(said: Mapping[str, Any]) -> Ended | None:
    """Read what the process of a job says as its end; None where it says how far it is.

    Examples
    --------
    >>> end_said({"step": "Reading", "done": 1, "total": 2}), end_said({"stopped": True}).state
    (None, 'stopped')
    """
    if "result" in said:
        return Ended(state="done", result=said["result"])
    if "error" in said:
        return Ended(state="failed", error=said["error"])
    return Ended(state="stopped") if "stopped" in said else None


def end_after(ending: Ending, end: Ended) -> Ended:
    """Do what the server does at the end of a job; what fails there is the end of the job."""
    try:
        return ending(end)
    except SeedbedError as error:
        return Ended(state="failed", error={"came": error.came, "expected": error.expected, "do": error.do})
    except Exception:
        log.exception("a job ended, and what follows it failed")
        return Ended(state="failed", error=BROKEN)


def end_of_left(workplace: Workplace, job: Job) -> Ended:
    """Tell how a job ended that an earlier server left: done where its result stands, failed elsewhere."""
    look = LEFT.get(job.kind)
    result = function_of(look)(workplace, job.arguments) if look else None
    return Ended(state="failed", error=SERVER_ENDED) if result is None else Ended(state="done", result=result)
