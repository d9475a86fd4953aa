"""Plan an implant on a CT and write everything that a clinic needs of it into one folder."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from seedbed.dosimetry import PlacementErrors, load_errors, structure_samples
from seedbed.dosimetry.placement_errors import Breathing, load_breathing
from seedbed.errors import NoPlanError
from seedbed.implant import SeedImplant
from seedbed.journey.dose_numbers import goal_words
from seedbed.journey.places import check_place, staged
from seedbed.journey.plan.asking import Asked, ask
from seedbed.journey.plan.numbers import Judged, plan_document, with_given
from seedbed.journey.plan.objects import OBJECTS, PLAN, RTPLAN, write_captures, write_objects
from seedbed.journey.plan.owner import check_owner
from seedbed.journey.plan.page import PAGE, write_plan_sheets
from seedbed.journey.plan.pictures import FOLDER, draw_all
from seedbed.journey.plan.question import PlanQuestion, check_question
from seedbed.journey.plan.theatre import GUIDE, NEEDLES, write_theatre
from seedbed.journey.progress import Progress, silent
from seedbed.journey.sheets import sheet_head
from seedbed.journey.single_file import sha256
from seedbed.planning import PlanGoals, Planned, plan_implant
from seedbed.planning.anatomy import BODY
from seedbed.planning.needles import direction_reports
from seedbed.planning.plan import judged, samples_of_record
from seedbed.planning.robust_planning import plan_robustly
from seedbed.planning.robustness import RobustReport, percentile_d90, robust_report
from seedbed.planning.top_up import enough
from seedbed.report.words import LANGUAGES, sheet_name

SHEETS = tuple(
    sheet_name(stem, language, ending)
    for stem in (PAGE, NEEDLES)
    for language in LANGUAGES
    for ending in ("html", "pdf")
)
OWN = (PLAN, *OBJECTS, FOLDER, GUIDE, *SHEETS)
D90_SAMPLES = 3000
NOTABLE_IN_AIR_PCT = 3.0
"""Less is the edge of contours and voxels; local rule."""
TRYING = "Trying displaced implants"
Stop = Callable[[], bool]


def never() -> bool:
    """Do not stop."""
    return False


def make_plan(question: PlanQuestion, progress: Progress = silent, stop: Stop = never) -> dict[str, Any]:
    """Plan an implant and write plan, dose, pictures and sheets to ``question.out``: all of it or nothing.

    Parameters
    ----------
    question : PlanQuestion
    progress : callable
        Called with the step in words, what is done and what there is in all.
    stop : callable
        Asked again and again during the search; the best plan so far is written when it says so.

    Returns
    -------
    dict
        What ``plan.json`` holds.

    Raises
    ------
    SeedbedError
        Any input that cannot be used, no plan that can be made; nothing is written then.
    """
    check_question(question)
    check_place(question.out, PLAN)
    _errors(question)  # a name that is none is told before the search, not after it
    with staged(question.out, holds=PLAN, owns=OWN) as stage:
        progress("Reading CT and structures", 0, 1)
        asked = ask(question)
        check_owner(question.out, asked.purpose.identity)
        _check_needed(asked)
        planned, notes = _plan(asked, progress, stop)
        return _write(asked, planned, stage, notes=notes, progress=progress)


def _check_needed(asked: Asked) -> None:
    """Refuse to plan where the seeds that lie there already meet every hard goal that asks for dose."""
    ask, given = asked.request, asked.request.given
    if given is None:
        return
    if enough(judged(ask.goals, ask.source, given, samples_of_record(ask.target, ask.organs))[1]):
        raise NoPlanError(
            f"the {given.count} seeds that lie there already meet every hard goal that asks for dose",
            "something that they leave over",
            "no seed is needed; ask for more with --goal if you want more",
        )


def _plan(asked: Asked, progress: Progress, stop: Stop) -> tuple[Planned, list[str]]:
    """Plan, with a reserve where one was asked for; say what came of that."""
    if not asked.question.reserve:
        return plan_implant(asked.request, tell=progress, stop=stop), []
    errors, breathing = _errors(asked.question)
    found = plan_robustly(asked.request, errors=errors, breathing=breathing, tell=progress, stop=stop)
    rx = asked.request.goals.prescription_gy
    said = "so that" if found.reached else "and still not enough that"
    note = (
        f"A D90 of {found.asked_d90_pct:.0f} % of the prescription was asked for, {said} 95 of 100 displaced "
        f"implants give {rx:g} Gy to 90 % of the target; they give {found.low_d90_gy:.0f} Gy or more."
    )
    notes = [f"Aim '{goal}' was given up: so much dose makes it impossible." for goal in found.given_up]
    return found.planned, [note, *notes]


def _errors(question: PlanQuestion) -> tuple[PlacementErrors, Breathing | None]:
    """Return what displaces needles and seeds."""
    breathing = None if question.breathing is None else load_breathing(question.breathing)
    return load_errors(question.errors), breathing


def _write(
    asked: Asked, planned: Planned, stage: Path, *, notes: list[str], progress: Progress
) -> dict[str, Any]:
    """Write everything of a plan; how its goals were met is known by then."""
    judged = _judge(asked, planned, progress)
    lacking = write_objects(asked, planned, stage, progress)
    said = [*_notes(planned), *_in_air(asked, planned), *_in_the_way(planned, judged), *notes]
    document = plan_document(asked, planned, judged, [*said, *lacking, *asked.notes])
    pictures = draw_all(asked, planned, document, judged.directions, folder=stage / FOLDER, progress=progress)
    document["plan_sha256"] = sha256(stage / RTPLAN)
    _write_sheets(asked, planned, document, pictures, stage, plan_file=stage / RTPLAN)
    write_captures(asked, stage)
    _write_document(document, stage)
    return document


def write_sheets_of(
    asked: Asked, planned: Planned, stage: Path, *, plan_file: Path, notes: list[str], progress: Progress
) -> dict[str, Any]:
    """Write numbers, pictures and sheets of a plan whose DICOM objects are there already.

    Parameters
    ----------
    asked : Asked
    planned : Planned
    stage : Path
        Folder to write in.
    plan_file : Path
        The RTPLAN; its SHA-256 stands on each page.
    notes : list of str
        Sentences on the plan, for the sheets.
    progress : callable

    Returns
    -------
    dict
        What ``plan.json`` holds.
    """
    judged = _judge(asked, planned, progress)
    missed = [f"Hard goal missed: {goal_words(result)}." for result in planned.plan.missed]
    document = plan_document(
        asked, planned, judged, [*missed, *_in_air(asked, planned), *notes, *asked.notes]
    )
    pictures = draw_all(asked, planned, document, judged.directions, folder=stage / FOLDER, progress=progress)
    document["plan_sha256"] = sha256(plan_file)
    _write_sheets(asked, planned, document, pictures, stage, plan_file=plan_file)
    _write_document(document, stage)
    return document


def _write_document(document: dict[str, Any], stage: Path) -> None:
    document["files"] = sorted([PLAN, *(path.name for path in stage.iterdir())])
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    (stage / PLAN).write_text(text + "\n", encoding="utf-8")


def _write_sheets(
    asked: Asked, planned: Planned, document: dict[str, Any], pictures: dict[str, str], stage: Path,
    *, plan_file: Path,
) -> None:  # fmt: skip
    """Write the sheets; the notes of the document grow by what they lack."""
    label = f"{asked.request.target.name}, {asked.request.goals.prescription_gy:g} Gy, {planned.plan.name}"
    head = sheet_head(asked.purpose.identity, label, plan_file)
    document["notes"] += write_theatre(asked, planned, pictures, head, stage)
    document["notes"] += write_plan_sheets(asked, document, head, stage)


def _judge(asked: Asked, planned: Planned, progress: Progress) -> Judged:
    """Ask which directions were open, and what displaced needles leave of the plans."""
    ask = asked.request
    directions = direction_reports(planned.anatomy, ask.target, ask.rules)
    if not asked.question.robust or planned.stopped:
        return Judged(directions, None, ())
    robust = _robust(asked, with_given(planned.plan, asked), planned.plan.goals, progress)
    progress("Comparing plans", 0, 1)
    return Judged(directions, robust, tuple(_low_d90(asked, planned)))


def _robust(asked: Asked, implant: SeedImplant, goals: PlanGoals, progress: Progress) -> RobustReport:
    ask, (errors, breathing) = asked.request, _errors(asked.question)
    return robust_report(
        ask.source, implant, ask.target, ask.organs, goals=goals, errors=errors, breathing=breathing,
        random_seed=ask.random_seed, progress=lambda done, total: progress(TRYING, done, total),
    )  # fmt: skip


def _low_d90(asked: Asked, planned: Planned) -> Iterator[float]:
    """Yield the 5th percentile of D90 of each further plan, all under errors of the same random seed."""
    ask, (errors, breathing) = asked.request, _errors(asked.question)
    points, volume = structure_samples(ask.target, count=D90_SAMPLES)
    for plan in planned.others:
        yield percentile_d90(
            ask.source, with_given(plan, asked), points, volume, errors=errors, breathing=breathing,
            rng=np.random.default_rng(ask.random_seed),
        )  # fmt: skip


def _in_air(asked: Asked, planned: Planned) -> list[str]:
    """Say how much of the target lies outside the body, where no dose is given to anything."""
    points, volume = structure_samples(asked.request.target, count=D90_SAMPLES)
    share = 100 * float(volume[planned.anatomy.place_at(points) != BODY].sum() / volume.sum())
    if share < NOTABLE_IN_AIR_PCT:
        return []
    return [f"{share:.0f} % of the target lie outside the body, in air: check that contours and CT fit."]


def _in_the_way(planned: Planned, judged: Judged) -> list[str]:
    """Say what keeps needles from the target where coverage is missed."""
    plan = planned.plan
    if plan.needles.mode != "parallel" or not any(result.goal.sense == "at least" for result in plan.missed):
        return []
    here = (plan.needles.azimuth_deg, plan.needles.tilt_deg)
    found = next((each for each in judged.directions if (each.azimuth_deg, each.tilt_deg) == here), None)
    if found is None or not found.blocked_pct:
        return []
    causes = ", ".join(f"{name} ({share:.0f} %)" for name, share in list(found.blocked_pct.items())[:3])
    reach = f"Along the plan's direction {found.reachable_pct:.0f} % of the seed positions can be reached"
    return [f"{reach}; in the way: {causes}."]


def _notes(planned: Planned) -> list[str]:
    """Say what the user should know of this plan."""
    plan = planned.plan
    notes = [f"Hard goal missed: {result}." for result in plan.missed]
    if planned.stopped:
        notes.append(
            "The search was stopped: this is the best plan until then; displaced implants were not tried."
        )
    if not plan.skin_seen:
        unseen = ", ".join(each.name for each in plan.implant.needles if each.name in plan.skin_unseen)
        notes.append(
            f"The CT does not show the skin where these needles enter: {unseen}. Their depths count from the "
            "edge of the image."
        )
    notes += [
        f"Organ '{name}' shares {cc:.2f} cc with the target, and gets the target's dose there."
        for name, cc in planned.overlaps_cc.items()
    ]
    return [*notes, *plan.needles.warnings]
