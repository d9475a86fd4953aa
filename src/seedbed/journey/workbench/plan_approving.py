"""The approval of a plan as a job: its files in a process of their own, its signature at the end."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any, Final

from seedbed.errors import SeedbedError
from seedbed.journey.progress import Progress, Stopped, stopping
from seedbed.journey.workbench.job_ends import Ended
from seedbed.journey.workbench.jobs import Jobs
from seedbed.journey.workbench.plan_approval import (
    PlanSigner,
    Signature,
    keep_approval,
    put_off,
    signature_under,
    write_files,
)
from seedbed.journey.workbench.plans.desk import PlanDesk
from seedbed.journey.workbench.plans.draft import read_draft
from seedbed.journey.workbench.two_people import APPROVED
from seedbed.journey.workbench.workplace import Workplace
from seedbed.registry.accounts.jobs import Job

KIND: Final = "plan_approval"


def begin_approval(jobs: Jobs, desk: PlanDesk, signer: PlanSigner, *, version: int) -> Job:
    """Take an approval of the version that was seen, and have its files written.

    Until the job has ended nobody changes the plan. It is approved when all is written, and not before; where
    the job fails, is stopped, or ends with the server, it is as it was, and can be approved again.

    Parameters
    ----------
    jobs : Jobs
    desk : PlanDesk
    signer : PlanSigner
        ``noted`` is called when the signature is to be kept.
    version : int

    Raises
    ------
    SeedbedError
        As `seedbed.journey.workbench.plan_approval.sign_plan`, at once; or too many jobs wait.
    """
    held = ExitStack()
    held.enter_context(desk.alone(signer.by))
    try:
        signature = signature_under(desk, signer, meaning=APPROVED, version=version)
        draft = desk.draft
        return jobs.start(
            KIND,
            {"plan": draft.plan, "version": version, "signature": signature},
            by=signer.by,
            case_id=draft.case,
            ending=lambda end: _ended(end, desk, signature, signer.noted, held),
        )
    except BaseException:
        held.close()
        raise


def run_approval(
    workplace: Workplace, arguments: dict[str, Any], progress: Progress, stop: Callable[[], bool]
) -> dict[str, Any] | None:
    """Write the files of an approval; the server puts the signature under the plan. None where it is stopped.

    Parameters
    ----------
    workplace : Workplace
    arguments : dict
        ``plan``, ``signature``.

    Raises
    ------
    SeedbedError
        As `seedbed.journey.workbench.plan_approval.write_files`.
    """
    told = stopping(progress, stop)
    try:
        told("Writing plan and structures", 0, 2)
        desk = workplace.rooms.plan(arguments["plan"])
        told("Writing plan and structures", 0, 2)
        write_files(desk, workplace.rooms.case(desk.draft.case), arguments["signature"], progress=told)
    except Stopped:
        return None
    return {"plan": arguments["plan"]}


def result_of_left(workplace: Workplace, arguments: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the result of an approval that a server left when it ended; None where the plan is not approved.

    The signature is kept before the end of the job: where it stands in the plan, the approval holds.
    """
    plan = arguments["plan"]
    try:
        case = workplace.rooms.case_of_plan(plan)
        draft = read_draft(workplace.cases / case / "plans" / plan)
    except (SeedbedError, OSError, ValueError, LookupError, TypeError):
        return None  # deleted or damaged since: the page of the plan says so
    return {"plan": plan} if arguments["signature"] in draft.signatures else None


def approval_of(jobs: Jobs, desk: PlanDesk) -> Job | None:
    """Return the approval of a plan that goes on, or that came to nothing for the version as it is now."""
    draft = desk.draft
    if draft.approved:
        return None
    found = jobs.latest(KIND, {"plan": draft.plan, "version": draft.version})
    return None if found is None or found.state == "done" else found


def _ended(
    end: Ended, desk: PlanDesk, signature: Signature, noted: Callable[[], None], held: ExitStack
) -> Ended:
    with held:
        if end.state == "done":
            keep_approval(desk, signature, noted=noted)
        else:
            put_off(desk)
    return end
