"""Jobs as the register keeps them."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import Connection, insert, select, update

from seedbed.registry.accounts.tables import JOB

State = Literal["waiting", "running", "done", "failed", "stopped"]
ENDED: tuple[State, ...] = ("done", "failed", "stopped")
MOST_LISTED = 200
"""Jobs that a list shows, the latest; local rule."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """Long work that was asked for.

    Attributes
    ----------
    id, place, kind, case_id : str
        ``place`` is the workplace that runs it; ``case_id`` is empty where it belongs to none.
    arguments : dict
        What the kind's function takes.
    state : {"waiting", "running", "done", "failed", "stopped"}
    step : str
    done, total : int
        How far the step is.
    error : dict or None
        ``came``, ``expected`` and ``do`` of the sentence.
    result : dict or None
    asked, started, ended : str or None
        UTC, ISO 8601.
    by : str
    """

    id: str
    place: str
    kind: str
    case_id: str
    arguments: dict[str, Any]
    by: str
    asked: str
    state: State = "waiting"
    step: str = ""
    done: int = 0
    total: int = 0
    error: dict[str, str] | None = None
    result: dict[str, Any] | None = None
    started: str | None = None
    ended: str | None = None

    @property
    def over(self) -> bool:
        """Whether it has ended, well or not."""
        return self.state in ENDED


AS_JSON = ("arguments", "error", "result")


def add_job(connection: Connection, job: Job) -> None:
    """Write a new job."""
    connection.execute(insert(JOB).values(_row(job)))


def keep_job(connection: Connection, job: Job) -> None:
    """Write how far a job is."""
    connection.execute(update(JOB).where(JOB.c.id == job.id).values(_row(job)))


def job_of(connection: Connection, job_id: str) -> Job | None:
    """Return a job; None where there is none."""
    row = connection.execute(select(JOB).where(JOB.c.id == job_id)).first()
    return None if row is None else _job(row._mapping)


def jobs(connection: Connection, *, by: str | None = None, kind: str | None = None) -> list[Job]:
    """Return the latest jobs, of all or of one person, of all kinds or of one, the latest first."""
    query = select(JOB).order_by(JOB.c.asked.desc(), JOB.c.id).limit(MOST_LISTED)
    if by is not None:
        query = query.where(JOB.c.by == by)
    if kind is not None:
        query = query.where(JOB.c.kind == kind)
    return [_job(row._mapping) for row in connection.execute(query)]


def unended(connection: Connection, place: str) -> list[Job]:
    """Return the jobs of a workplace that have not ended."""
    query = select(JOB).where(JOB.c.place == place, JOB.c.state.not_in(ENDED))
    return [_job(row._mapping) for row in connection.execute(query)]


def _row(job: Job) -> dict[str, Any]:
    row = asdict(job)
    for name in AS_JSON:
        if row[name] is not None:
            row[name] = json.dumps(row[name], ensure_ascii=False, allow_nan=False)
    return row


def _job(row: Any) -> Job:
    values = dict(row)
    for name in AS_JSON:
        if values[name] is not None:
            values[name] = json.loads(values[name])
    return Job(**values)
