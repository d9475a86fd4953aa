"""Jobs: each in a process of its own, so that no crash, stop or want of memory hurts the server."""

import json
import logging
import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from multiprocessing import get_all_start_methods, get_context
from threading import Lock, Timer
from time import monotonic
from typing import Any

from seedbed.errors import InputError, one_of
from seedbed.journey.workbench.job_process import STOP, work
from seedbed.journey.workbench.kinds import KINDS
from seedbed.journey.workbench.refusals import BusyError, NotFoundError
from seedbed.journey.workbench.workplace import Workplace
from seedbed.registry.accounts.jobs import Job, add_job, job_of, jobs, keep_job, unended

log = logging.getLogger("seedbed.jobs")
ROOMS = "seedbed.journey.workbench.rooms"
"""What nearly every job works in; loaded once for all of them."""
STOP_GRACE_S = 10.0
"""So long after the word to stop a job may tidy up; local rule."""
KEPT_EVERY_S = 2.0
"""How far a job is stands in memory at once, and in the register every two seconds; local rule."""
NO_ANSWER = {
    "came": "the step ended without an answer, probably for lack of memory",
    "expected": "a step that runs to its end",
    "do": "close other programs or choose a smaller question, and start it again; the case is kept",
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


@dataclass(frozen=True)
class _Running:
    """The process of a job, and the way to talk to it."""

    process: Any
    connection: Any


class Jobs:
    """The jobs of a workplace; for any number of threads.

    Parameters
    ----------
    workplace : Workplace
    kinds : mapping of str to str
        Module and function of each kind, parted by a colon.

    Jobs that an earlier server left unended are failed with a sentence. `close` must be called at the end.
    """

    def __init__(self, workplace: Workplace, kinds: Mapping[str, str] = KINDS) -> None:
        self._workplace, self._kinds = workplace, kinds
        self._using, self._live = Lock(), dict[str, Job]()
        self._running, self._stopping = dict[str, _Running](), set[str]()
        self._closed = False
        with workplace.accounts.writing() as connection:
            for job in unended(connection, workplace.id):
                keep_job(connection, replace(job, state="failed", error=SERVER_ENDED, ended=_now()))
        self._threads = ThreadPoolExecutor(workplace.limits.jobs_at_once, thread_name_prefix="job")

    def start(self, kind: str, arguments: Mapping[str, Any], *, by: str, case_id: str = "") -> Job:
        """Take a job into the queue.

        Raises
        ------
        InputError
            An unknown kind.
        BusyError
            Too many wait.
        OutputError
            The register could not be written.
        """
        if kind not in self._kinds:
            raise InputError(f"the job '{kind}' is unknown", one_of(self._kinds, kind), "choose of these")
        job = Job(
            id=secrets.token_hex(8),
            place=self._workplace.id,
            kind=kind,
            case_id=case_id,
            arguments=dict(arguments),
            by=by,
            asked=_now(),
        )
        with self._using:
            self._check_room()
            self._live[job.id] = job
        try:
            with self._workplace.accounts.writing() as connection:
                add_job(connection, job)
            self._threads.submit(self._run, job.id)
        except BaseException:
            with self._using:
                del self._live[job.id]
            raise
        return job

    def job(self, job_id: str) -> Job:
        """Return a job as it is now.

        Raises
        ------
        NotFoundError
        """
        with self._using:
            live = self._live.get(job_id)
        if live is not None:
            return live
        with self._workplace.accounts.reading() as connection:
            found = job_of(connection, job_id)
        if found is None:
            raise NotFoundError(f"there is no job '{job_id}'", "one that is listed", "look at the list")
        return found

    def listed(self, *, by: str | None = None) -> list[Job]:
        """Return the latest jobs, of all or of one person, the latest first."""
        with self._workplace.accounts.reading() as connection:
            found = jobs(connection, by=by)
        with self._using:
            return [self._live.get(job.id, job) for job in found]

    def going_on(self, kind: str, arguments: Mapping[str, Any], *, by: str | None = None) -> Job | None:
        """Return the latest job of a kind that waits or runs with these arguments among its own."""
        for job in self.listed(by=by):
            if job.kind == kind and not job.over and arguments.items() <= job.arguments.items():
                return job
        return None

    def stop(self, job_id: str) -> Job:
        """Stop a job that waits or runs; one that has ended stays as it ended.

        Raises
        ------
        NotFoundError
        """
        job = self.job(job_id)
        with self._using:
            if job_id not in self._live:
                return job
            self._stopping.add(job_id)
            running = self._running.get(job_id)
        if running is None:
            return self._end(job_id, state="stopped") if job.state == "waiting" else self.job(job_id)
        _ask_to_stop(running)
        return self.job(job_id)

    def close(self) -> None:
        """End all jobs: those that run and wait are failed, with a sentence that says why."""
        with self._using:
            self._closed = True
            running, waiting = list(self._running.values()), [*self._live]
        for each in running:
            each.process.kill()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for job_id in waiting:
            self._end(job_id, state="failed", error=SERVER_ENDED)

    def _check_room(self) -> None:
        waiting = sum(job.state == "waiting" for job in self._live.values())
        if self._closed or waiting >= self._workplace.limits.jobs_waiting:
            raise BusyError(f"{waiting} jobs are waiting", "fewer at once", "wait until some have ended")

    def _run(self, job_id: str) -> None:
        with self._using:
            job = self._live.get(job_id)
            if job is None or job_id in self._stopping or self._closed:
                return
        running = _started(self._kinds[job.kind], self._workplace, job)
        with self._using:
            self._running[job_id] = running
            stop_now, closed = job_id in self._stopping, self._closed
        if stop_now or closed:
            running.process.kill()
        self._keep(self._changed(job_id, state="running", started=_now()))
        try:
            end = self._follow(job_id, running)
        finally:
            with self._using:
                del self._running[job_id]
            running.connection.close()
        self._end(job_id, **end)

    def _follow(self, job_id: str, running: _Running) -> dict[str, Any]:
        """Hear how far a job is until its process has ended; returns how the job ended."""
        end: dict[str, Any] | None = None
        kept = monotonic()
        try:
            while end is None:
                said = json.loads(running.connection.recv_bytes())
                end = _end_said(said)
                if end is None:
                    job = self._changed(job_id, **said)
                    if monotonic() - kept > KEPT_EVERY_S:
                        self._keep(job)
                        kept = monotonic()
        except (EOFError, OSError):
            log.warning("job %s ended without an answer", job_id)
        running.process.join(STOP_GRACE_S)
        if running.process.is_alive():
            running.process.kill()
            running.process.join()
        return end or self._end_of_silence(job_id, running.process.exitcode)

    def _end_of_silence(self, job_id: str, exit_code: int) -> dict[str, Any]:
        with self._using:
            asked, closed = job_id in self._stopping, self._closed
        if closed:
            return {"state": "failed", "error": SERVER_ENDED}
        if asked:
            return {"state": "stopped"}
        return {"state": "failed", "error": BROKEN if exit_code == 1 else NO_ANSWER}

    def _changed(self, job_id: str, **values: Any) -> Job:
        with self._using:
            job = self._live[job_id] = replace(self._live[job_id], **values)
        return job

    def _end(self, job_id: str, **values: Any) -> Job:
        """Write how a job ended, and keep it in memory no longer."""
        with self._using:
            job = self._live.get(job_id)
        if job is None:
            return self.job(job_id)
        job = replace(job, ended=_now(), **values)
        self._keep(job)
        with self._using:
            self._live.pop(job_id, None)
            self._stopping.discard(job_id)
        return job

    def _keep(self, job: Job) -> None:
        with self._workplace.accounts.writing() as connection:
            keep_job(connection, job)


def job_as_dict(job: Job) -> dict[str, Any]:
    """Return what is shown of a job."""
    return {
        "id": job.id,
        "kind": job.kind,
        "case": job.case_id,
        "state": job.state,
        "step": job.step,
        "done": job.done,
        "total": job.total,
        "error": job.error,
        "result": job.result,
        "started": job.started,
        "ended": job.ended,
        "by": job.by,
    }


def _started(function: str, workplace: Workplace, job: Job) -> _Running:
    context = _context()
    here, there = context.Pipe()
    process = context.Process(
        target=work, args=(there, function, workplace.address, job.arguments), name=f"seedbed-{job.kind}"
    )
    process.start()
    there.close()
    return _Running(process, here)


@lru_cache(maxsize=1)
def _context() -> Any:
    """Where jobs' processes come from: a small one that has loaded what they need; on Windows from nothing.

    Neither holds anything of the server's: no threads, no open files, no memory.
    """
    if "forkserver" not in get_all_start_methods():
        return get_context("spawn")
    context = get_context("forkserver")
    context.set_forkserver_preload([work.__module__, ROOMS])
    return context


def _ask_to_stop(running: _Running) -> None:
    try:
        running.connection.send_bytes(STOP)
    except OSError:
        log.info("a job ended before it could be stopped")
    timer = Timer(STOP_GRACE_S, running.process.kill)
    timer.daemon = True
    timer.start()


def _end_said(said: Mapping[str, Any]) -> dict[str, Any] | None:
    if "result" in said:
        return {"state": "done", "result": said["result"]}
    if "error" in said:
        return {"state": "failed", "error": said["error"]}
    return {"state": "stopped"} if "stopped" in said else None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
