"""Whose turn is next among the jobs that wait, and what stands before one."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from seedbed.registry.accounts.jobs import Job

FIRST: Final = frozenset({"plan_approval"})
"""Kinds that go before all others that wait: they take seconds, and lock a plan meanwhile; local rule."""


@dataclass(frozen=True)
class Before:
    """What stands between a job that waits and its turn.

    Attributes
    ----------
    running : tuple of Job
        The longest first.
    waiting : int
        Jobs whose turn comes earlier.
    """

    running: tuple[Job, ...]
    waiting: int


def in_turn(asked: Iterable[Job]) -> list[Job]:
    """Return jobs in the order of their turns: kinds of `FIRST` first, each as they were asked for.

    Examples
    --------
    >>> jobs = [
    ...     Job(id=kind, place="", kind=kind, case_id="", arguments={}, by="", asked="")
    ...     for kind in ("plan", "verify", "plan_approval")
    ... ]
    >>> [job.id for job in in_turn(jobs)]
    ['plan_approval', 'plan', 'verify']
    """
    return sorted(asked, key=lambda job: job.kind not in FIRST)


def before_turn(asked: Iterable[Job], job_id: str) -> Before | None:
    """Return what a job waits for among those that wait and run; None where it does not wait."""
    asked = list(asked)
    waiting = [job.id for job in in_turn(asked) if job.state == "waiting"]
    if job_id not in waiting:
        return None
    return Before(tuple(job for job in asked if job.state == "running"), waiting.index(job_id))
