"""Jobs: each in a process of its own, so that no crash, stop or want of memory hurts the server."""

import json
import logging
import secrets
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Lock
from time import monotonic
from typing import Any

from seedbed.errors import InputError, one_of
from seedbed.journey.workbench.job_ends import (
    BROKEN,
    NO_ANSWER,
    SERVER_ENDED,
    Ended,
    Ending,
    end_after,
    end_said,
)
from seedbed.journey.workbench.job_starts import RunningJob, ask_to_stop, started
from seedbed.journey.workbench.kinds import KINDS
from seedbed.journey.workbench.refusals import BusyError, NotFoundError
from seedbed.journey.workbench.workplace import Workplace
from seedbed.registry.accounts.jobs import Job, add_job, job_of, jobs, keep_job, unended

log = logging.getLogger("seedbed.jobs")
STOP_GRACE_S = 10.0
"""So long after the word to stop a job may tidy up; local rule."""
KEPT_EVERY_S = 2.0
"""How far a job is stands in memory at once, and in the register every two seconds; local rule."""


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
        self._running, self._stopping = dict[str, RunningJob](), set[str]()
        self._endings, self._at_end = dict[str, Ending](), set[str]()
        self._closed = False
        with workplace.accounts.writing() as connection:
            for job in unended(connection, workplace.id):
                keep_job(connection, replace(job, state="failed", error=SERVER_ENDED, ended=_now()))
        self._threads = ThreadPoolExecutor(workplace.limits.jobs_at_once, thread_name_prefix="job")

    def start(
        self,
        kind: str,
        arguments: Mapping[str, Any],
        *,
        by: str,
        case_id: str = "",
        ending: Ending | None = None,
    ) -> Job:
        """Take a job into the queue.

        Parameters
        ----------
        kind : str
        arguments : mapping
        by, case_id : str
        ending : callable, optional
            Called once, in this process, when the job has ended well or not, before that is told; not where
            `start` raises. A `SeedbedError` that it raises becomes the sentence of the job. What this process
            does not live to call is not done.

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
            if ending is not None:
                self._endings[job.id] = ending
        try:
            with self._workplace.accounts.writing() as connection:
                add_job(connection, job)
            self._threads.submit(self._run, job.id)
        except BaseException:
            with self._using:
                del self._live[job.id]
                self._endings.pop(job.id, None)
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
        found = (job for job in self._like(kind, arguments, by=by) if not job.over)
        return next(found, None)

    def latest(self, kind: str, arguments: Mapping[str, Any]) -> Job | None:
        """Return the latest job of a kind with these arguments among its own, ended or not."""
        return next(self._like(kind, arguments), None)

    def before(self, job_id: str) -> Before | None:
        """Return what a job waits for; None where it waits no more."""
        with self._using:
            live = [*self._live.values()]  # in the order of their turns
        if not any(job.id == job_id and job.state == "waiting" for job in live):
            return None
        place = next(at for at, job in enumerate(live) if job.id == job_id)
        running = tuple(job for job in live if job.state == "running")
        return Before(running, sum(job.state == "waiting" for job in live[:place]))

    def _like(self, kind: str, arguments: Mapping[str, Any], *, by: str | None = None) -> Iterator[Job]:
        for job in self.listed(by=by):
            if job.kind == kind and arguments.items() <= job.arguments.items():
                yield job

    def stop(self, job_id: str) -> Job:
        """Stop a job that waits or runs; one that has ended stays as it ended.

        Raises
        ------
        NotFoundError
        """
        with self._using:
            job = self._live.get(job_id)
            if job is not None and job_id not in self._at_end:
                self._stopping.add(job_id)
            running = self._running.get(job_id)
        if job is None:
            return self.job(job_id)
        if job.state == "waiting":
            return self._end(job_id, Ended(state="stopped"))
        if running is None or job_id in self._at_end:
            return self.job(job_id)
        ask_to_stop(running, within_s=STOP_GRACE_S)
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
            self._end(job_id, Ended(state="failed", error=SERVER_ENDED))

    def _check_room(self) -> None:
        waiting = sum(job.state == "waiting" for job in self._live.values())
        if self._closed or waiting >= self._workplace.limits.jobs_waiting:
            raise BusyError(f"{waiting} jobs are waiting", "fewer at once", "wait until some have ended")

    def _run(self, job_id: str) -> None:
        with self._using:
            job = self._live.get(job_id)
            if job is None or job_id in self._stopping or self._closed:
                return
            job = self._live[job_id] = replace(job, state="running", started=_now())
        try:
            running = started(self._kinds[job.kind], self._workplace, job)
        except OSError:
            log.exception("the process of job %s could not be started", job_id)
            self._end(job_id, Ended(state="failed", error=NO_ANSWER))
            return
        with self._using:
            self._running[job_id] = running
            stop_now, closed = job_id in self._stopping, self._closed
        if stop_now or closed:
            running.process.kill()
        end = Ended(state="failed", error=BROKEN)
        try:
            self._keep(job)
            end = self._follow(job_id, running)
        finally:
            with self._using:
                del self._running[job_id]
            running.connection.close()
            self._end(job_id, end)

    def _follow(self, job_id: str, running: RunningJob) -> Ended:
        """Hear how far a job is until its process has ended; returns how the job ended."""
        end: Ended | None = None
        kept = monotonic()
        with suppress(EOFError, OSError):
            while end is None:
                said = json.loads(running.connection.recv_bytes())
                end = end_said(said)
                if end is None:
                    job = self._changed(job_id, **said)
                    if monotonic() - kept > KEPT_EVERY_S:
                        self._keep(job)
                        kept = monotonic()
        running.process.join(STOP_GRACE_S)
        if running.process.is_alive():
            running.process.kill()
            running.process.join()
        return end or self._end_of_silence(job_id, running.process.exitcode)

    def _end_of_silence(self, job_id: str, exit_code: int) -> Ended:
        with self._using:
            asked, closed = job_id in self._stopping, self._closed
        if closed:
            return Ended(state="failed", error=SERVER_ENDED)
        if asked:
            return Ended(state="stopped")
        log.warning("job %s ended without an answer", job_id)
        return Ended(state="failed", error=BROKEN if exit_code == 1 else NO_ANSWER)

    def _changed(self, job_id: str, **values: Any) -> Job:
        with self._using:
            job = self._live[job_id] = replace(self._live[job_id], **values)
        return job

    def _end(self, job_id: str, end: Ended) -> Job:
        """Write how a job ended, and keep it in memory no longer."""
        with self._using:
            mine = job_id in self._live and job_id not in self._at_end
            if mine:
                self._at_end.add(job_id)
            ending, stopped = self._endings.pop(job_id, None), job_id in self._stopping
        if not mine:
            return self.job(job_id)
        if ending is not None:
            end = end_after(ending, Ended(state="stopped") if stopped else end)
        job = self._changed(job_id, ended=_now(), **vars(end))
        self._keep(job)
        with self._using:
            self._live.pop(job_id, None)
            self._stopping.discard(job_id)
            self._at_end.discard(job_id)
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


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
