"""The calculation of a verification, as a job: seeds found, decisions applied, dose, and what to add."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

from seedbed.errors import InputError
from seedbed.journey.plan.objects import RTPLAN, STRUCTURES
from seedbed.journey.progress import Progress, Stopped, stopping
from seedbed.journey.verification.finding import Decided
from seedbed.journey.verification.making import verify_implant
from seedbed.journey.verification.question import VerifyQuestion
from seedbed.journey.verification.seed_table import write_seed_table
from seedbed.journey.workbench.case_folder import CaseRow, case_folder, find_case
from seedbed.journey.workbench.case_list import iso_day
from seedbed.journey.workbench.plans.desk import PlanDesk
from seedbed.journey.workbench.plans.draft import FILE, now, read_draft
from seedbed.journey.workbench.rooms import Rooms
from seedbed.journey.workbench.two_people import APPROVED
from seedbed.journey.workbench.verifications.editing import refuse_locked
from seedbed.journey.workbench.verifications.folder import (
    LISTS,
    RUNS,
    AskedVerification,
    find_verification,
    kept_runs,
    read_asked,
    search_of,
)
from seedbed.journey.workbench.verifications.judgement import (
    ACCEPTED,
    OPEN,
    Judgement,
    counted,
    read_judgement,
)
from seedbed.journey.workbench.verifications.latest import refuse_signed
from seedbed.journey.workbench.verifications.numbering import Numbering
from seedbed.journey.workbench.verifications.seeds import Seen, numbers_of, seeds_counted, seen_by
from seedbed.journey.workbench.verifications.sentences import sentences
from seedbed.journey.workbench.verifications.shown import Run, write_shown
from seedbed.journey.workbench.workplace import Workplace
from seedbed.report.words import Language

KIND: Final = "verify"
LANGUAGES: Final[tuple[Language, ...]] = ("en", "zh")


def check_plan_of(rooms: Rooms, row: CaseRow, plan: str) -> PlanDesk:
    """Return the plan that a CT is to be verified by.

    Raises
    ------
    NotFoundError
        There is none.
    InputError
        It is not approved, of another patient, or made on this very CT.
    """
    desk = rooms.plan(plan)
    of = find_case(rooms.store, desk.draft.case)
    if of.patient_id != row.patient_id:
        raise InputError(
            "a plan of another patient", f"a plan of '{row.patient_id}'", "choose one of this patient's"
        )
    if of.case == row.case:
        raise InputError(
            "a plan made on this CT itself", "the CT after implantation, another series", "open that one"
        )
    if not desk.draft.approved:
        raise InputError("a plan that is not approved", "an approved plan", "have it approved first")
    return desk


def approved_plans(rooms: Rooms, cases: Path, row: CaseRow) -> list[dict[str, Any]]:
    """List the approved plans on a patient's other CTs, the latest first.

    Parameters
    ----------
    rooms : Rooms
    cases : Path
        Folder of the cases.
    row : CaseRow
        The CT after implantation.
    """
    found = []
    for other in rooms.listed(row.patient_id):
        if other.case != row.case:
            drafts = [read_draft(path.parent) for path in (cases / other.case / "plans").glob(f"*/{FILE}")]
            found += [
                {
                    "plan": draft.plan, "case": draft.case, "at": draft.at,
                    "study_date": iso_day(other.study_date), "seed_count": draft.implant.count,
                    "prescription_gy": draft.start.prescription_gy, "target": draft.start.target,
                }
                for draft in drafts
                if draft.approved
            ]  # fmt: skip
    return sorted(found, key=lambda each: str(each["at"]), reverse=True)


def run_verify(
    workplace: Workplace, arguments: dict[str, Any], progress: Progress, stop: Callable[[], bool]
) -> dict[str, Any] | None:
    """Verify an implant with the decisions that there are on its seeds; what is there already stays.

    Parameters
    ----------
    workplace : Workplace
    arguments : dict
        ``verification``; ``run``, name of a new folder; ``top_up``; ``sheets``; ``by``.

    Raises
    ------
    SeedbedError
        As of `seedbed.journey.verification.making.verify_implant`.
    """
    folder = find_verification(workplace.cases, arguments["verification"])
    asked = read_asked(folder)
    rooms = workplace.rooms
    desk = check_plan_of(rooms, find_case(rooms.store, asked.case), asked.plan)
    refuse_locked(folder)
    refuse_signed(folder)
    judgement = read_judgement(folder)
    run, listed = _begin(folder, judgement, arguments)
    question = replace(
        question_of(workplace, asked, desk, out=folder / RUNS / run.name),
        count=judgement.implanted(asked.count), seeds_file=listed, top_up=run.top_up, pictures=run.sheets,
        pdf=run.sheets,
    )  # fmt: skip
    drawn = {each.structure.name: each for each in desk.drawn}

    told = stopping(progress, stop)
    more = partial(write_shown, run=run, drawn=drawn, judgement=judgement)
    try:
        document = verify_implant(
            question, told, more=more, said=_said(folder, asked, judgement),
            decided=_decided(folder, asked, judgement),
        )  # fmt: skip
    except Stopped:
        return None
    return {"verification": asked.verification, "run": run.name, "found": document["found"]}


def question_of(
    workplace: Workplace, asked: AskedVerification, desk: PlanDesk, *, out: Path
) -> VerifyQuestion:
    """Ask what the plan was made for, on the CT after implantation."""
    store, start = workplace.rooms.store, desk.draft.start
    after, before = (
        case_folder(workplace.cases, store, find_case(store, case)) for case in (asked.case, asked.plan_case)
    )
    approved = desk.folder / APPROVED
    return VerifyQuestion(
        ct_folder=after / "ct",
        out=out,
        structures_file=approved / STRUCTURES,
        target=start.target,
        organs=start.organs,
        plan_file=approved / RTPLAN,
        plan_ct_folder=before / "ct",
        correct_tilt=True,
        count=asked.count,
        rx_gy=start.prescription_gy,
        source=start.source,
        implant_on=None if asked.implanted_on is None else date.fromisoformat(asked.implanted_on),
        site=start.site,
        goals=start.goals,
        pictures=False,
        pdf=False,
        languages=LANGUAGES,
    )


def _said(folder: Path, asked: AskedVerification, judgement: Judgement) -> list[str]:
    """Return what people did to the seeds and said of their number; nothing before the search."""
    search = search_of(kept_runs(folder))
    if search is None:
        return []
    told = sentences(judgement, counted(judgement, *numbers_of(search)))
    return [*Numbering.of(judgement, search, asked.count).sentences(), *told]


def _decided(folder: Path, asked: AskedVerification, judgement: Judgement) -> Decided:
    """Return what people decided on seeds one by one; nothing before the search."""
    search = search_of(kept_runs(folder))
    if search is None:
        return Decided(asked.count)
    found, others = numbers_of(search)
    accepted = frozenset(seed for seed in found if judgement.state(seed) == ACCEPTED)
    settled = frozenset(at for at, seed in enumerate(others) if judgement.state(seed) != OPEN)
    numbering = Numbering.of(judgement, search, asked.count)
    return Decided(asked.count, accepted, settled, numbering.explained is not None)


def _kept(seen: Seen, judgement: Judgement) -> list[int] | None:
    """Return the numbers of the seeds that count; None where nobody decided on any."""
    return counted(judgement, seen.found.numbers.tolist(), seen.others) if judgement.latest else None


def _begin(folder: Path, judgement: Judgement, arguments: dict[str, Any]) -> tuple[Run, Path | None]:
    """Return the run that is to be, and the list of seeds that it counts, where people decided otherwise."""
    search = search_of(kept_runs(folder))
    seen = None if search is None else seen_by(search)
    kept = None if seen is None else _kept(seen, judgement)
    run = Run(
        arguments["run"], judgement.version, None if kept is None else tuple(kept),
        bool(arguments["top_up"]), arguments["by"], now(), bool(arguments.get("sheets", False)),
    )  # fmt: skip
    if kept is None or seen is None:
        return run, None
    if not kept:
        raise InputError("no seed that counts", "at least one that was not refused", "look at them again")
    place = folder / LISTS / f"{run.name}.csv"
    place.parent.mkdir(exist_ok=True)
    return run, write_seed_table(place, seeds_counted(seen, judgement))
