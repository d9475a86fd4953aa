"""Jobs end as they should, however their processes end."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from tests.unit.journey.workbench.synthetic_jobs import KINDS

from seedbed.errors import InputError, OutputError
from seedbed.journey.workbench import jobs as jobs_module
from seedbed.journey.workbench.job_ends import BROKEN, NO_ANSWER, NOT_STARTED, SERVER_ENDED, Ended
from seedbed.journey.workbench.jobs import Jobs, job_as_dict
from seedbed.journey.workbench.limits import Limits
from seedbed.journey.workbench.refusals import BusyError, NotFoundError
from seedbed.journey.workbench.workplace import Workplace, WorkplaceAddress, open_workplace
from seedbed.registry.accounts.jobs import Job

LONGEST_S = 90
SAID = {"kind": "count", "case_id": "", "arguments": {}, "by": "anna", "asked": "2026"}


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    limits = Limits(jobs_at_once=1, jobs_waiting=2)
    with open_workplace(WorkplaceAddress(tmp_path / "w", limits=limits)) as found:
        yield found


@pytest.fixture
def jobs(workplace: Workplace) -> Iterator[Jobs]:
    found = Jobs(workplace, KINDS)
    yield found
    found.close()


def until(jobs: Jobs, job: Job, holds: Callable[[Job], bool] = lambda job: job.over) -> Job:
    end = monotonic() + LONGEST_S
    while not holds(jobs.job(job.id)):
        assert monotonic() < end, jobs.job(job.id)
        sleep(0.02)
    return jobs.job(job.id)


def test_a_job_runs_in_a_process_of_its_own_and_keeps_its_result(jobs: Jobs, workplace: Workplace) -> None:
    done = until(jobs, jobs.start("count", {"to": 4}, by="anna", case_id="c1"))
    assert (done.state, done.result and done.result["sum"], done.error) == ("done", 10, None)
    assert done.result
    assert done.result["process"] != os.getpid()
    assert (done.step, done.done, done.total) == ("Counting", 4, 4)
    assert done.started
    assert done.ended
    assert done.asked <= done.started <= done.ended
    shown = job_as_dict(done)
    assert (shown["case"], shown["by"]) == ("c1", "anna")
    assert workplace.trail.page()[1][0].what == "job done"
    assert [job.id for job in jobs.listed()] == [job.id for job in jobs.listed(by="anna")] == [done.id]
    assert jobs.listed(by="bert") == []


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("refuse", {"came": "a synthetic refusal", "expected": "nothing", "do": "do nothing"}),
        ("break_off", BROKEN),
        ("no_number", BROKEN),
        ("killed", NO_ANSWER),
    ],
)
def test_a_job_that_ends_badly_says_so_in_a_sentence(jobs: Jobs, kind: str, error: dict[str, str]) -> None:
    failed = until(jobs, jobs.start(kind, {}, by="anna"))
    assert (failed.state, failed.error, failed.result) == ("failed", error, None)
    after = until(jobs, jobs.start("count", {"to": 1}, by="anna"))
    assert after.state == "done"


def test_a_job_stops_when_asked_whether_it_runs_or_waits(jobs: Jobs) -> None:
    running, waiting = (jobs.start("wait", {}, by="anna") for _ in range(2))
    until(jobs, running, lambda job: job.step == "Waiting")
    assert jobs.job(waiting.id).state == "waiting"
    assert jobs.stop(waiting.id).state == "stopped"
    jobs.stop(running.id)
    assert until(jobs, running).state == "stopped"
    assert jobs.stop(running.id).state == "stopped"
    assert until(jobs, jobs.start("count", {"to": 1}, by="anna")).state == "done"


def test_a_job_that_hears_nothing_is_ended(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs_module, "STOP_GRACE_S", 0.2)
    job = jobs.start("deaf", {}, by="anna")
    until(jobs, job, lambda job: job.step == "Deaf")
    jobs.stop(job.id)
    assert until(jobs, job).state == "stopped"


def test_one_runs_at_a_time_and_too_many_are_refused(jobs: Jobs, workplace: Workplace) -> None:
    first = jobs.start("wait", {}, by="anna")
    until(jobs, first, lambda job: job.state == "running")
    others = [jobs.start("wait", {}, by="anna") for _ in range(2)]
    with pytest.raises(BusyError, match="2 jobs are waiting"):
        jobs.start("wait", {}, by="anna")
    assert [jobs.job(job.id).state for job in others] == ["waiting", "waiting"]
    (workplace.folder / "go").touch()
    assert {until(jobs, job).state for job in (first, *others)} == {"done"}


def test_a_server_that_ends_fails_its_jobs(workplace: Workplace) -> None:
    jobs = Jobs(workplace, KINDS)
    running, waiting = (jobs.start("wait", {}, by="anna") for _ in range(2))
    until(jobs, running, lambda job: job.step == "Waiting")
    jobs.close()
    for job in (running, waiting):
        ended = jobs.job(job.id)
        assert (ended.state, ended.error) == ("failed", SERVER_ENDED)
    with pytest.raises(BusyError):
        jobs.start("wait", {}, by="anna")


def test_a_server_that_starts_fails_the_jobs_that_the_last_one_left(workplace: Workplace) -> None:
    from seedbed.registry.accounts.jobs import add_job

    left = Job(
        id="1",
        place=workplace.id,
        kind="count",
        case_id="",
        arguments={},
        by="a",
        asked="2026",
        state="running",
    )
    others = Job(id="2", place="another workplace", **SAID)
    with workplace.accounts.writing() as connection:
        add_job(connection, left)
        add_job(connection, others)
    jobs = Jobs(workplace, KINDS)
    assert (jobs.job("1").state, jobs.job("1").error) == ("failed", SERVER_ENDED)
    assert jobs.job("2").state == "waiting"
    jobs.close()


def test_unknown_kinds_and_jobs_are_sentences(jobs: Jobs) -> None:
    with pytest.raises(InputError, match="did you mean 'count'"):
        jobs.start("coumt", {}, by="anna")
    for asked in (jobs.job, jobs.stop):
        with pytest.raises(NotFoundError, match="there is no job 'none'"):
            asked("none")


@pytest.mark.parametrize(("kind", "state"), [("count", "done"), ("refuse", "failed"), ("killed", "failed")])
def test_what_follows_a_job_is_done_once_before_its_end_is_told(jobs: Jobs, kind: str, state: str) -> None:
    heard: list[tuple[str, bool]] = []

    def follow(end: Ended) -> Ended:
        heard.append((end.state, jobs.job(job.id).over))
        return end

    job = jobs.start(kind, {"to": 1}, by="anna", ending=follow)
    assert until(jobs, job).state == state
    assert heard == [(state, False)]


def test_a_job_fails_where_what_follows_it_fails(jobs: Jobs) -> None:
    def refuse(_: Ended) -> Ended:
        raise InputError("a synthetic refusal", "nothing", "do nothing")

    def break_off(_: Ended) -> Ended:
        raise ZeroDivisionError("synthetic")

    refused, broken = (
        until(jobs, jobs.start("count", {"to": 1}, by="anna", ending=ending))
        for ending in (refuse, break_off)
    )
    assert (refused.state, refused.result) == (broken.state, broken.result) == ("failed", None)
    assert refused.error == {"came": "a synthetic refusal", "expected": "nothing", "do": "do nothing"}
    assert broken.error == BROKEN


def test_what_follows_a_job_hears_that_it_was_stopped_or_the_server_ended(workplace: Workplace) -> None:
    heard: list[str] = []

    def follow(end: Ended) -> Ended:
        heard.append(end.state)
        return end

    jobs = Jobs(workplace, KINDS)
    running, waiting, last = (jobs.start("wait", {}, by="anna", ending=follow) for _ in range(3))
    until(jobs, running, lambda job: job.step == "Waiting")
    jobs.stop(waiting.id)
    assert heard == ["stopped"]
    jobs.close()
    assert heard == ["stopped", "failed", "failed"]
    assert {jobs.job(job.id).state for job in (running, last)} == {"failed"}


def test_a_job_that_is_stopped_as_it_ends_is_stopped(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who was told that it stops finds nothing done: what follows hears of a stop."""
    heard: list[str] = []

    def follow(end: Ended) -> Ended:
        heard.append(end.state)
        return end

    end_said = jobs_module.end_said

    def said(message: dict[str, object]) -> Ended | None:
        end = end_said(message)
        if end is not None:
            jobs.stop(job.id)
        return end

    monkeypatch.setattr(jobs_module, "end_said", said)
    job = jobs.start("count", {"to": 1}, by="anna", ending=follow)
    assert until(jobs, job).state == "stopped"
    assert heard == ["stopped"]


def test_what_follows_a_refused_start_is_not_called(jobs: Jobs) -> None:
    for _ in range(3):
        first = jobs.start("wait", {}, by="anna")
        until(jobs, first, lambda job: job.step == "Waiting" or job.state == "waiting")
    heard: list[Ended] = []
    with pytest.raises(BusyError):
        jobs.start("wait", {}, by="anna", ending=lambda end: heard.append(end) or end)
    assert heard == []


def test_who_waits_is_told_what_runs_and_how_many_come_before(jobs: Jobs) -> None:
    running, first, second = (jobs.start("wait", {}, by=name) for name in ("anna", "bert", "cora"))
    until(jobs, running, lambda job: job.step == "Waiting")
    assert jobs.before(running.id) is None
    found = [jobs.before(job.id) for job in (first, second)]
    assert [each and [job.id for job in each.running] for each in found] == [[running.id]] * 2
    assert [each and each.waiting for each in found] == [0, 1]
    jobs.stop(first.id)
    after = jobs.before(second.id)
    assert after is not None
    assert after.waiting == 0
    assert jobs.before(first.id) is None


def test_a_job_fails_where_what_begins_processes_is_ended_meanwhile(jobs: Jobs) -> None:
    """The small process that begins them hangs, as for want of memory, and is ended by the system."""
    forkserver = pytest.importorskip("multiprocessing.forkserver")
    assert until(jobs, jobs.start("count", {"to": 1}, by="anna")).state == "done"
    begins = forkserver._forkserver._forkserver_pid
    heard: list[str] = []
    os.kill(begins, signal.SIGSTOP)
    try:
        job = jobs.start("count", {"to": 1}, by="anna", ending=lambda end: heard.append(end.state) or end)
        until(jobs, job, lambda job: job.state == "running")
        sleep(0.2)  # it waits for an answer of what hangs
    finally:
        os.kill(begins, signal.SIGKILL)
    failed = until(jobs, job)
    assert (failed.state, failed.error, heard) == ("failed", NOT_STARTED, ["failed"])
    assert until(jobs, jobs.start("count", {"to": 1}, by="anna")).state == "done"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError("no process"), NOT_STARTED),
        (EOFError("unexpected EOF"), NOT_STARTED),
        (MemoryError(), NOT_STARTED),
        (RuntimeError("can't start new thread"), NOT_STARTED),
        (ValueError("too many fds"), NOT_STARTED),
        (TypeError("synthetic"), BROKEN),
    ],
)
def test_whatever_fails_at_the_start_ends_the_job_and_stands_in_the_log(
    jobs: Jobs,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    sentence: dict[str, str],
) -> None:
    def refuse(*_: Any) -> None:
        raise error

    heard: list[str] = []
    with monkeypatch.context() as faulty:
        faulty.setattr(jobs_module, "started", refuse)
        job = jobs.start("count", {"to": 1}, by="anna", ending=lambda end: heard.append(end.state) or end)
        failed = until(jobs, job)
    assert (failed.state, failed.error, heard) == ("failed", sentence, ["failed"])
    assert until(jobs, jobs.start("count", {"to": 1}, by="anna")).state == "done"  # the one thread is free
    assert type(error).__name__ in caplog.text
    assert jobs.stop(job.id).state == "failed"


def test_an_end_that_cannot_be_written_is_told_all_the_same(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: Any) -> None:
        raise OutputError("the disk is full", "room", "make room")

    jobs = Jobs(workplace, KINDS)
    with monkeypatch.context() as faulty:
        faulty.setattr(jobs_module, "keep_job", refuse)
        job = jobs.start("count", {"to": 4}, by="anna")
        done = until(jobs, job)
    assert (done.state, done.result and done.result["sum"]) == ("done", 10)
    assert "the disk is full" in caplog.text
    assert [each.state for each in jobs.listed()] == ["done"]
    assert jobs.stop(job.id).state == "done"
    jobs.close()
    after = Jobs(workplace, KINDS)
    assert after.job(job.id).state == "done"
    after.close()


def test_an_approval_goes_before_all_others_that_wait(workplace: Workplace) -> None:
    jobs = Jobs(workplace, KINDS | {"plan_approval": KINDS["wait"]})
    running = jobs.start("wait", {}, by="anna")
    until(jobs, running, lambda job: job.step == "Waiting")
    planner, approval = (jobs.start(kind, {}, by="anna") for kind in ("wait", "plan_approval"))
    before = [jobs.before(job.id) for job in (planner, approval)]
    assert [each and each.waiting for each in before] == [1, 0]
    jobs.stop(running.id)
    until(jobs, approval, lambda job: job.step == "Waiting")
    assert jobs.job(planner.id).state == "waiting"
    jobs.stop(approval.id)
    until(jobs, planner, lambda job: job.step == "Waiting")
    jobs.close()


def test_every_job_has_its_turn_though_others_are_stopped_while_they_wait(workplace: Workplace) -> None:
    jobs = Jobs(workplace, KINDS | {"plan_approval": KINDS["count"]})
    running = jobs.start("wait", {}, by="anna")
    until(jobs, running, lambda job: job.step == "Waiting")
    first = jobs.start("count", {"to": 1}, by="anna")
    jobs.stop(jobs.start("plan_approval", {"to": 1}, by="anna").id)
    last = jobs.start("plan_approval", {"to": 1}, by="anna")
    jobs.stop(running.id)
    assert [until(jobs, job).state for job in (last, first)] == ["done", "done"]
    assert until(jobs, jobs.start("count", {"to": 1}, by="anna")).state == "done"
    jobs.close()
