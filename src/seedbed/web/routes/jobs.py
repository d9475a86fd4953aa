"""Jobs: how far long work is, as a list, one, or a stream; and the word to stop."""

import json
from collections.abc import AsyncIterator
from time import monotonic
from typing import Annotated, Any

from anyio import sleep
from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from seedbed.journey.workbench.jobs import job_as_dict
from seedbed.journey.workbench.refusals import ForbiddenError, NotFoundError
from seedbed.registry.accounts.jobs import Job
from seedbed.web.visit import Admitted, Visit

router = APIRouter(tags=["jobs"])
LOOK_S, HEARTBEAT_S = 0.25, 15.0
UNBUFFERED = {"X-Accel-Buffering": "no"}
"""Has nginx, where it is the proxy, pass each event on as it comes."""
Kind = Annotated[str | None, Query(max_length=40)]
MAY_STOP = frozenset({"physicist", "administrator"})
"""Roles that may stop others' jobs."""


@router.get("/jobs")
def jobs(visit: Admitted, kind: Kind = None) -> dict[str, Any]:
    """List the latest jobs, of all kinds or of one; who may not see patients sees their own."""
    found = visit.jobs.listed(by=None if visit.clinical else visit.person.name, kind=kind)
    return {"jobs": [_told(visit, each) for each in found]}


@router.get("/jobs/{job}")
def one_job(visit: Admitted, job: str) -> dict[str, Any]:
    """Say how far a job is; where it waits, ``before`` says for what."""
    return _told(visit, _seen(visit, job))


@router.delete("/jobs/{job}")
def stop_job(visit: Admitted, job: str) -> dict[str, Any]:
    """Ask a job to stop."""
    found = _seen(visit, job)
    if found.by != visit.person.name and not visit.person.roles & MAY_STOP:
        raise ForbiddenError(f"the job is {found.by}'s", "one's own, or a physicist", "ask one of them")
    stopped = visit.jobs.stop(job)
    visit.note("job stopped", detail=f"{found.kind} {job}")
    return job_as_dict(stopped)


@router.get("/jobs/{job}/events")
def job_events(visit: Admitted, job: str) -> StreamingResponse:
    """Tell how far a job is until it has ended; the first event says all, so that it can be asked again."""
    _seen(visit, job)
    return StreamingResponse(_events(visit, job), media_type="text/event-stream", headers=UNBUFFERED)


async def _events(visit: Visit, job_id: str) -> AsyncIterator[bytes]:
    told, number, beat = None, 0, monotonic()
    while not visit.bench.closing.is_set():
        job, now = await run_in_threadpool(_job_told, visit, job_id)
        if now != told:
            told, number, beat = now, number + 1, monotonic()
            name = job.state if job.over else "progress"
            yield f"id: {number}\nevent: {name}\ndata: {now}\n\n".encode()
        elif monotonic() - beat > HEARTBEAT_S:
            beat = monotonic()
            if await run_in_threadpool(_gone, visit):
                return
            yield b": still here\n\n"
        if job.over:
            return
        await sleep(LOOK_S)


def _gone(visit: Visit) -> bool:
    """Tell whether the session has ended since."""
    return Visit(visit.bench, visit.origin, visit.token).someone is None


def _seen(visit: Visit, job_id: str) -> Job:
    job = visit.jobs.job(job_id)
    if not visit.clinical and job.by != visit.person.name:
        raise NotFoundError(f"there is no job '{job_id}'", "one that is listed", "look at the list")
    return job


def _job_told(visit: Visit, job_id: str) -> tuple[Job, str]:
    job = visit.jobs.job(job_id)
    return job, json.dumps(_told(visit, job), ensure_ascii=False, allow_nan=False)


def _told(visit: Visit, job: Job) -> dict[str, Any]:
    """Return a job, and what it waits for: others' work without names where the person sees no patients."""
    before = visit.jobs.before(job.id) if job.state == "waiting" else None
    if before is None:
        return job_as_dict(job) | {"before": None}
    running = [_running(visit, each) for each in before.running]
    return job_as_dict(job) | {"before": {"waiting": before.waiting, "running": running}}


def _running(visit: Visit, job: Job) -> dict[str, Any]:
    mine = job.by == visit.person.name
    seen = {"by": job.by if visit.clinical or mine else "", "patient_id": ""}
    if visit.clinical and job.case_id:
        seen["patient_id"] = visit.workplace.rooms.patient_of(job.case_id)
    return {"kind": job.kind, "started": job.started, **seen}
