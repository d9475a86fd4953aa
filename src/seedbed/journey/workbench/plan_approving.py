"""The approval of a plan as a job: its files in a process of their own, its signature at the end."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Final

from seedbed.journey.progress import Progress
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
    workplace: Workplace, arguments: dict[str, Any], progress: Progress, _stop: Callable[[], bool]
) -> dict[str, Any]:
    """Write the files of an approval; the server puts the signature under the plan.

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
    desk = workplace.rooms.plan(arguments["plan"])
    write_files(desk, workplace.rooms.case(desk.draft.case), arguments["signature"], progress=progress)
    return {"plan": arguments["plan"]}


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
