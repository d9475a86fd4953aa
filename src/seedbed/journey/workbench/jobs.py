"""Jobs: each in a process of its own, so that no crash, stop or want of memory hurts the server."""

import json
import logging
import secrets
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from threading import Lock
from time import monotonic
from typing import Any

from seedbed.errors import InputError, SeedbedError, one_of
from seedbed.journey.workbench.job_ends import (
    BROKEN,
    NO_ANSWER,
    NOT_STARTED,
    SERVER_ENDED,
    Ended,
    Ending,
    end_after,
    end_of_left,
    end_said,
)
from seedbed.journey.workbench.job_starts import UNSTARTED, RunningJob, ask_to_stop, ended_within, started
from seedbed.journey.workbench.job_turns import Before, before_turn, in_turn
from seedbed.journey.workbench.kinds import KINDS
from seedbed.journey.workbench.refusals import BusyError, NotFoundError
from seedbed.journey.workbench.workplace import Workplace
from seedbed.registry.accounts.jobs import Job, add_job, job_of, jobs, keep_job, unended

log = logging.getLogger("seedbed.jobs")
STOP_GRACE_S = 10.0
"""So long after the word to stop a job may tidy up; local rule."""
KEPT_EVERY_S = 2.0
"""How far a job is stands in memory at once, and in the register every two seconds; local rule."""


class Jobs:
    """The jobs of a workplace; for any number of threads.

    Parameters
    ----------
    workplace : Workplace
    kinds : mapping of str to str
        Module and function of each kind, parted by a colon.

    Jobs that an earlier server left unended are failed with a sentence, unless their result stands. `close`
    must be called at the end.
    """

    def __init__(self, workplace: Workplace, kinds: Mapping[str, str] = KINDS) -> None:
        self._workplace, self._kinds = workplace, kinds
        self._using, self._live, self._queued = Lock(), dict[str, Job](), set[str]()
        self._running, self._stopping = dict[str, RunningJob](), set[str]()
        self._endings, self._at_end = dict[str, Ending](), set[str]()
        self._closed = False
        with workplace.accounts.reading() as connection:
            left = unended(connection, workplace.id)
        ends = [replace(job, ended=_now(), **vars(end_of_left(workplace, job))) for job in left]
        with workplace.accounts.writing() as connection:
            for job in ends:
                keep_job(connection, job)
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
            asked=_now("microseconds"),  # jobs of one second are listed in their order too
        )
        with self._using:
            self._check_room()
            self._live[job.id] = job
            if ending is not None:
                self._endings[job.id] = ending
        try:
            with self._workplace.accounts.writing() as connection:
                add_job(connection, job)
            with self._using:
                self._queued.add(job.id)
            self._threads.submit(self._run_next).add_done_callback(_log_lost)
        except BaseException:
            with self._using:
                del self._live[job.id]
                self._queued.discard(job.id)
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

    def listed(self, *, by: str | None = None, kind: str | None = None) -> list[Job]:
        """Return the latest jobs, of all or of one person, of all kinds or of one, the latest first."""
        with self._workplace.accounts.reading() as connection:
            found = jobs(connection, by=by, kind=kind)
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
            return before_turn(self._live.values(), job_id)

    def _like(self, kind: str, arguments: Mapping[str, Any], *, by: str | None = None) -> Iterator[Job]:
        for job in self.listed(by=by, kind=kind):
            if arguments.items() <= job.arguments.items():
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
        for job in [*self._live.values()]:  # whose end could not be written when it came
            self._keep(job)

    def _check_room(self) -> None:
        waiting = sum(job.state == "waiting" for job in self._live.values())
        if self._closed or waiting >= self._workplace.limits.jobs_waiting:
            raise BusyError(f"{waiting} jobs are waiting", "fewer at once", "wait until some have ended")

    def _run_next(self) -> None:
        """Run the job whose turn it is; whatever breaks off here, the job ends."""
        with self._using:
            turns = (job.id for job in in_turn(self._live.values()) if job.id in self._queued)
            job_id = next(turns, None)
            if job_id is None or self._closed:
                return
            self._queued.remove(job_id)
            if job_id in self._stopping:
                return
            job = self._live[job_id] = replace(self._live[job_id], state="running", started=_now())
        try:
            self._run(job)
        except BaseException:
            self._end(job_id, Ended(state="failed", error=BROKEN))
            raise

    def _run(self, job: Job) -> None:
        try:
            running = started(self._kinds[job.kind], self._workplace, job)
        except UNSTARTED:
            log.exception("the process of job %s could not be started", job.id)
            self._end(job.id, Ended(state="failed", error=NOT_STARTED))
            return
        with self._using:
            self._running[job.id] = running
            stop_now, closed = job.id in self._stopping, self._closed
        grace_s = 0.0
        try:
            if stop_now or closed:
                running.process.kill()
            self._keep(job)
            said, grace_s = self._follow(job.id, running), STOP_GRACE_S
        finally:
            ended_within(running, grace_s)
            with self._using:
                del self._running[job.id]
            running.connection.close()
        self._end(job.id, said or self._end_of_silence(job.id, running.process.exitcode))

    def _follow(self, job_id: str, running: RunningJob) -> Ended | None:
        """Hear how far a job is until it has ended; returns what its process says of that, if it does."""
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
        return end

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
        """Write how a job ended; it stays in memory only where that cannot be written."""
        with self._using:
            mine = job_id in self._live and job_id not in self._at_end
            if mine:
                self._at_end.add(job_id)
            self._queued.discard(job_id)
            ending, stopped = self._endings.pop(job_id, None), job_id in self._stopping
        if not mine:
            return self.job(job_id)
        if ending is not None:
            end = end_after(ending, Ended(state="stopped") if stopped else end)
        job = self._changed(job_id, ended=_now(), **vars(end))
        if self._keep(job):
            with self._using:
                self._live.pop(job_id, None)
                self._stopping.discard(job_id)
                self._at_end.discard(job_id)
        return job

    def _keep(self, job: Job) -> bool:
        """Write how far a job is; where the register cannot be written it goes on, and the log says so."""
        try:
            with self._workplace.accounts.writing() as connection:
                keep_job(connection, job)
        except SeedbedError:
            log.exception("how far job %s is could not be written", job.id)
            return False
        return True


def _log_lost(thread: Future[None]) -> None:
    """Write down what broke off in a thread, which nobody would hear of."""
    if not thread.cancelled() and (error := thread.exception()) is not None:
        log.error("a job broke off in the server", exc_info=error)


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


def _now(to: str = "seconds") -> str:
    return datetime.now(UTC).isoformat(timespec=to).replace("+00:00", "Z")
