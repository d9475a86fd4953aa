"""The planner at work for a plan on the desk: as a job, with progress; one of its plans is then taken."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from seedbed.errors import InputError
from seedbed.implant import Needle, SeedImplant
from seedbed.journey.plan.objects import PLAN
from seedbed.journey.plan.question import PlanQuestion
from seedbed.journey.progress import Progress
from seedbed.journey.workbench.drawn import write_drawn
from seedbed.journey.workbench.plans.desk import PlanDesk
from seedbed.journey.workbench.plans.draft import PlanStart
from seedbed.journey.workbench.refusals import NotFoundError
from seedbed.journey.workbench.workplace import Workplace

RUNS, RTSTRUCT = "runs", "structures.dcm"
ALTERNATIVES = "alternatives"


def run_plan(
    workplace: Workplace, arguments: dict[str, Any], progress: Progress, stop: Callable[[], bool]
) -> dict[str, Any]:
    """Plan on the structures and goals of a plan; nothing of it is changed.

    Parameters
    ----------
    workplace : Workplace
    arguments : dict
        ``plan``, ``run`` (name of a new folder below its runs), ``mode``, ``random_seed``.

    Raises
    ------
    SeedbedError
        As of `seedbed.journey.plan.making.make_plan`.
    """
    from seedbed.journey.plan.making import make_plan  # the server itself never plans

    rooms = workplace.rooms
    desk = rooms.plan(arguments["plan"])
    case = rooms.case(desk.draft.case)
    folder = desk.folder / RUNS / arguments["run"]
    structures = desk.folder / RTSTRUCT
    write_drawn(desk.drawn, case.ct, structures)
    question = question_of(desk.draft.start, ct=case.folder / "ct", structures=structures, out=folder)
    found = make_plan(question_with(question, arguments), progress, stop)
    return {"plan": arguments["plan"], "run": arguments["run"], "found": summaries(found)}


def question_of(start: PlanStart, *, ct: Path, structures: Path, out: Path) -> PlanQuestion:
    """Ask the planner what a plan was begun with."""
    return PlanQuestion(
        ct_folder=ct,
        structures_file=structures,
        out=out,
        rx_gy=start.prescription_gy,
        target=start.target,
        organs=start.organs,
        correct_tilt=True,
        strengths_u=start.strengths_u,
        source=start.source,
        site=start.site,
        goals=start.goals,
        pdf=False,
    )


def question_with(question: PlanQuestion, arguments: dict[str, Any]) -> PlanQuestion:
    """Add what the user chose for this run."""
    return replace(question, mode=arguments["mode"], random_seed=arguments["random_seed"])


def summaries(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what tells the plans of a run apart, the chosen one first.

    Examples
    --------
    >>> summaries({"name": "a", "seed_count": 9, "alternatives": [{"name": "b"}]})[1]["name"]
    'b'
    """
    wanted = (
        "name", "mode", "seed_count", "needle_count", "total_activity_mci", "hard_goals_met", "azimuth_deg",
        "tilt_deg", "d90_p5_gy", "metrics",
    )  # fmt: skip
    tried = document.get("robustness")
    first = document | {"d90_p5_gy": None if tried is None else tried["d90_gy"]["p5"]}
    every = [first, *document.get(ALTERNATIVES, [])]
    return [{name: each[name] for name in wanted if name in each} for each in every]


def runs_of(desk: PlanDesk) -> list[dict[str, Any]]:
    """Return what the planner found for a plan, the latest run first: ``run``, ``random_seed``, ``found``."""
    paths = sorted(
        (desk.folder / RUNS).glob(f"*/{PLAN}"), key=lambda path: path.stat().st_mtime, reverse=True
    )
    documents = [(path.parent.name, json.loads(path.read_text(encoding="utf-8"))) for path in paths]
    return [
        {"run": run, "random_seed": document["random_seed"], "found": summaries(document)}
        for run, document in documents
    ]


def implant_of_run(desk: PlanDesk, run: str, number: int) -> SeedImplant:
    """Return the implant of one of the plans of a run, counted from 0.

    Raises
    ------
    NotFoundError
        No such run, or no such plan in it.
    """
    path = desk.folder / RUNS / Path(run).name / PLAN
    if not path.is_file():
        raise NotFoundError(f"no run '{run[:40]}' of the planner", "one of this plan", "run the planner")
    document = json.loads(path.read_text(encoding="utf-8"))
    every = [document, *document[ALTERNATIVES]]
    if not 0 <= number < len(every):
        raise NotFoundError(f"plan {number} of that run", f"0 to {len(every) - 1}", "choose one of them")
    return _implant(every[number], desk.draft.start.source)


def _implant(plan: dict[str, Any], source: str) -> SeedImplant:
    needles = tuple(
        Needle(each["name"], tuple(each["entry_mm"]), tuple(each["tip_mm"])) for each in plan["needles"]
    )
    place = {needle.name: at for at, needle in enumerate(needles)}
    if len(place) < len(needles):
        raise InputError("two needles of one name", "names that differ", "run the planner again")
    seeds = plan["seeds"]
    return SeedImplant(
        source,
        np.array([seed["position_mm"] for seed in seeds], dtype=float).reshape(-1, 3),
        np.array([seed["axis"] for seed in seeds], dtype=float).reshape(-1, 3),
        np.array([seed["strength_u"] for seed in seeds], dtype=float),
        needles,
        np.array([place[seed["needle"]] for seed in seeds], dtype=np.int64),
    )
