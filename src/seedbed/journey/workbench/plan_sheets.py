"""Sheets of an approved plan, as a job: what a plan of the planner gets, of the seeds that were approved."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from seedbed.errors import InputError
from seedbed.journey.places import staged
from seedbed.journey.plan.objects import PLAN, RTPLAN
from seedbed.journey.progress import Progress
from seedbed.journey.workbench.drawn import write_drawn
from seedbed.journey.workbench.plan_runs import RTSTRUCT, question_of
from seedbed.journey.workbench.plans.desk import PlanDesk
from seedbed.journey.workbench.two_people import APPROVED
from seedbed.journey.workbench.workplace import Workplace
from seedbed.report.words import Language

KIND: Final = "plan_sheets"
FOLDER: Final = "sheets"
LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")


def run_plan_sheets(
    workplace: Workplace, arguments: dict[str, Any], progress: Progress, _stop: Callable[[], bool]
) -> dict[str, Any]:
    """Write plan sheet, needle sheet, guide template, pictures and numbers of an approved plan.

    Parameters
    ----------
    workplace : Workplace
    arguments : dict
        ``plan``.

    Raises
    ------
    SeedbedError
        It is not approved, has a seed without a needle, or something cannot be written.
    """
    from seedbed.journey.plan.asking import ask  # the server itself never writes sheets
    from seedbed.journey.plan.making import OWN, write_sheets_of
    from seedbed.journey.plan.of_hand import planned_by_hand

    desk = workplace.rooms.plan(arguments["plan"])
    check_approved(desk)
    case = workplace.rooms.case(desk.draft.case)
    out, structures = desk.folder / FOLDER, desk.folder / RTSTRUCT
    write_drawn(desk.drawn, case.ct, structures)
    question = question_of(desk.draft.start, ct=case.folder / "ct", structures=structures, out=out)
    with staged(out, holds=PLAN, owns=OWN) as stage:
        progress("Reading CT and structures", 0, 1)
        asked = ask(replace(question, languages=LANGUAGES, pdf=True))
        planned, notes = planned_by_hand(asked, desk.draft.implant)
        document = write_sheets_of(
            asked, planned, stage, plan_file=desk.folder / APPROVED / RTPLAN, notes=notes, progress=progress
        )
    return {"plan": arguments["plan"], "notes": document["notes"]}


def check_approved(desk: PlanDesk) -> None:
    """Refuse sheets of what may still change.

    Raises
    ------
    InputError
    """
    if not desk.draft.approved:
        raise InputError(
            "sheets of a plan that is not approved", "an approved plan", "have it approved first"
        )


def sheet_files(desk: PlanDesk) -> list[Path]:
    """Return the files of the sheets of an approved plan; none where they were not written."""
    folder = desk.folder / FOLDER
    if not desk.draft.approved or not folder.is_dir():
        return []
    return sorted(path for path in folder.rglob("*") if path.is_file())
