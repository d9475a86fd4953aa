"""The calculation of a verification, as a job: seeds found, decisions applied, dose, and what to add."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from seedbed.errors import InputError
from seedbed.journey.plan.objects import RTPLAN, STRUCTURES
from seedbed.journey.progress import Progress
from seedbed.journey.verification.making import SEEDS, verify_implant
from seedbed.journey.verification.question import VerifyQuestion
from seedbed.journey.verification.seed_table import read_seed_table, write_seed_table
from seedbed.journey.workbench.case_folder import CaseRow, case_folder, find_case
from seedbed.journey.workbench.plan_approval import APPROVED
from seedbed.journey.workbench.plans.desk import PlanDesk
from seedbed.journey.workbench.plans.draft import FILE, now, read_draft
from seedbed.journey.workbench.rooms import Rooms, iso_day
from seedbed.journey.workbench.verifications.folder import (
    LISTS,
    RUNS,
    AskedVerification,
    KeptRun,
    find_verification,
    kept_runs,
    read_asked,
    search_of,
)
from seedbed.journey.workbench.verifications.judgement import counted, read_judgement
from seedbed.journey.workbench.verifications.shown import Run, write_shown
from seedbed.journey.workbench.workplace import Workplace
from seedbed.verification.seed_edits import PLACED_SD_MM, TURNED_SD_DEG
from seedbed.verification.seed_list import ADDED, SeedTable

KIND: Final = "verify"


class _StoppedError(Exception):
    """The user asked to stop."""


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
        ``verification``; ``run``, name of a new folder; ``top_up``; ``by``.

    Raises
    ------
    SeedbedError
        As of `seedbed.journey.verification.making.verify_implant`.
    """
    folder = find_verification(workplace.cases, arguments["verification"])
    asked = read_asked(folder)
    rooms = workplace.rooms
    desk = check_plan_of(rooms, find_case(rooms.store, asked.case), asked.plan)
    run, listed = _begin(folder, arguments)
    question = replace(
        question_of(workplace, asked, desk, out=folder / RUNS / run.name),
        seeds_file=listed, top_up=run.top_up,
    )  # fmt: skip
    drawn = {each.structure.name: each for each in desk.drawn}

    def told(step: str, done: int, total: int) -> None:
        if stop():
            raise _StoppedError
        progress(step, done, total)

    try:
        document = verify_implant(question, told, more=partial(write_shown, run=run, drawn=drawn))
    except _StoppedError:
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
    )


def _begin(folder: Path, arguments: dict[str, Any]) -> tuple[Run, Path | None]:
    """Return the run that is to be, and the list of seeds that it counts, where people decided otherwise."""
    judgement = read_judgement(folder)
    search = search_of(kept_runs(folder))
    chosen = None if search is None else numbers_of(search)
    kept = None if chosen is None else counted(judgement, *chosen)
    if kept is not None and chosen is not None and kept == chosen[0]:
        kept = None
    run = Run(
        arguments["run"], judgement.version, None if kept is None else tuple(kept),
        bool(arguments["top_up"]), arguments["by"], now(),
    )  # fmt: skip
    if kept is None or search is None:
        return run, None
    if not kept:
        raise InputError("no seed that counts", "at least one that was not refused", "look at them again")
    place = folder / LISTS / f"{run.name}.csv"
    place.parent.mkdir(exist_ok=True)
    return run, write_seed_table(place, seeds_counted(search, kept))


def numbers_of(search: KeptRun) -> tuple[list[int], list[int]]:
    """Return the numbers of the seeds that the search counted, and of what it saw and did not count."""
    record = search.record()
    found = [int(each["number"]) for each in record["seeds"]]
    first = max(found, default=0) + 1
    return found, list(range(first, first + len(record["refused"])))


def seeds_counted(search: KeptRun, kept: list[int]) -> SeedTable:
    """Return the list of seeds as a person would leave it in a spreadsheet.

    Parameters
    ----------
    search : KeptRun
        What was found.
    kept : list of int
        Numbers of the seeds that count.
    """
    found = read_seed_table(search.folder / SEEDS)
    _, others = numbers_of(search)
    first = found.chosen(np.flatnonzero(np.isin(found.numbers, kept)))
    metal = [
        each
        for number, each in zip(others, search.shown()["refused"], strict=True)
        if number in kept
    ]  # fmt: skip
    numbers = [number for number in others if number in kept]
    axes = [each["axis"] or [0.0, 0.0, 0.0] for each in metal]
    places = [each["position_mm"] for each in metal]
    more = len(metal)
    return SeedTable(
        np.concatenate([first.numbers, np.array(numbers, dtype=np.int64)]),
        np.concatenate([first.positions_mm, np.array(places, dtype=float).reshape(-1, 3)]),
        np.concatenate([first.axes, np.array(axes, dtype=float).reshape(-1, 3)]),
        np.concatenate([first.confidence, np.ones(more)]),
        np.concatenate([first.axis_sd_deg, np.full(more, TURNED_SD_DEG)]),
        np.concatenate([first.position_sd_mm, np.full(more, PLACED_SD_MM)]),
        first.origin + (ADDED,) * more,
        first.doubt + ("",) * more,
    )
