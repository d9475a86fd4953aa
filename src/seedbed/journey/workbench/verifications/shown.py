"""What the page of a verification shows beside its record: planned seeds, contours, histograms."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seedbed.dosimetry import Dvh
from seedbed.implant import SeedImplant
from seedbed.journey.dose_numbers import goal_numbers
from seedbed.journey.verification.asking import Asked
from seedbed.journey.verification.judging import JudgedDose
from seedbed.journey.verification.making import Verified
from seedbed.journey.workbench.drawn import Drawn
from seedbed.journey.workbench.plans.desk import curve
from seedbed.journey.workbench.verifications.judgement import FILE as JUDGED
from seedbed.journey.workbench.verifications.judgement import Judgement, judgement_dict
from seedbed.planning.goals import PlanGoals, judge_goals

SHOWN, RUN, CONTOURS = "shown.json", "run.json", "contours.json"
SAME_SEARCH = "same_search"
"""Whether a search with the number stated since gives the very same seeds; none where it is the first."""


@dataclass(frozen=True)
class Run:
    """One calculation of a verification.

    Attributes
    ----------
    name : str
        Of its folder.
    judgement_version : int
        Decisions on the seeds that it took into account.
    counted : tuple of int or None
        Seeds that it counts; None for those that the search counted.
    top_up : bool
        Whether further seeds were planned.
    by, at : str
        Who asked, and when it began (UTC, ISO 8601).
    sheets : bool
        Whether pictures and sheets were written.
    """

    name: str
    judgement_version: int
    counted: tuple[int, ...] | None
    top_up: bool
    by: str
    at: str
    sheets: bool = False


def write_shown(
    verified: Verified, stage: Path, *, run: Run, drawn: Mapping[str, Drawn], judgement: Judgement
) -> None:
    """Write it into the folder of the results: the run, what is shown, and the contours by themselves.

    Parameters
    ----------
    verified : Verified
    stage : Path
    run : Run
    drawn : mapping of str to Drawn
        Structures of the plan by name: those are shown, in their colours.
    judgement : Judgement
        What people did to the seeds before; it is kept, and signed, with the results.
    """
    asked, dose = verified.asked, verified.dose
    values = {
        "planned": [] if asked.plan is None else _planned(asked.plan.file.implant, asked.plan.here),
        "refused": [
            {
                "position_mm": each.position_mm.tolist(),
                "axis": each.axis.tolist() if each.axis.any() else None,
                "confidence": float(each.confidence),
                "why": each.why,
            }
            for each in verified.found.raw.refused
        ],
        "to_post": _motion(asked),
        SAME_SEARCH: verified.found.same_search,
        "dvhs": {} if dose is None else _curves(dose),
        "goals_planned": [] if dose is None else _planned_goals(dose),
    }  # fmt: skip
    for name, each in (
        (SHOWN, values),
        (RUN, vars(run)),
        (JUDGED, judgement_dict(judgement)),
        (CONTOURS, {"structures": _structures(asked, drawn)}),
    ):
        text = json.dumps(each, ensure_ascii=False, allow_nan=False)
        (stage / name).write_text(text, encoding="utf-8")


def _planned(file: SeedImplant, here: SeedImplant) -> list[dict[str, Any]]:
    """Write the planned seeds where they would lie on the CT after implantation, from 1."""
    known, index = here.axis_known.tolist(), file.needle_index.tolist()
    return [
        {
            "number": at + 1,
            "position_mm": here.positions_mm[at].tolist(),
            "axis": here.directions[at].tolist() if known[at] else None,
            "strength_u": float(here.strengths_u[at]),
            "needle": index[at] + 1 if index[at] >= 0 else None,
        }
        for at in range(here.count)
    ]


def _structures(asked: Asked, drawn: Mapping[str, Drawn]) -> list[dict[str, Any]]:
    """Write the contours as they lie on the CT after implantation."""
    if asked.contours is None:
        return []
    found = []
    for name, structure in asked.contours.structures.items():
        if name in drawn:
            one = drawn[name]
            found.append(Drawn(structure, one.role, one.colour, one.version, one.by, one.at).to_dict())
    return found


def _motion(asked: Asked) -> dict[str, Any] | None:
    """Write how points of the planning CT come to lie on the other, ``x -> R x + t``, mm."""
    registration = asked.registration
    if registration is None or registration.deformation is not None:
        return None
    rigid = registration.rigid
    return {"rotation": rigid.rotation.tolist(), "shift_mm": rigid.shift_mm.tolist()}


def _curves(dose: JudgedDose) -> dict[str, list[dict[str, Any]]]:
    planned = dose.top_up.planned if dose.top_up is not None else None
    states: dict[str, Mapping[str, Dvh]] = {
        "planned": dose.planned, "given": dose.given, "top_up": {} if planned is None else planned.plan.dvhs
    }  # fmt: skip
    return {state: [curve(name, dvh) for name, dvh in dvhs.items()] for state, dvhs in states.items()}


def _planned_goals(dose: JudgedDose) -> list[dict[str, Any]]:
    """Judge the plan by the goals of the dose given, as far as its structures have a planned dose."""
    goals = dose.goals
    kept = tuple(goal for goal in goals.goals if goal.structure in dose.planned)
    results = judge_goals(PlanGoals(goals.prescription_gy, kept, goals.strengths_u), dose.planned)
    return [{"goal": str(each.goal), **goal_numbers(each)} for each in results]
