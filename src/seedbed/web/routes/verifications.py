"""Verifications: begun on the CT after implantation, their seeds judged, calculated again, topped up."""

import secrets
from datetime import date
from pathlib import Path as Place
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Response
from fastapi.responses import FileResponse
from pydantic import Field

from seedbed.journey.workbench.case_list import case_dict, iso_day
from seedbed.journey.workbench.demo_implant import check_demo_plan
from seedbed.journey.workbench.jobs import job_as_dict
from seedbed.journey.workbench.possible_days import check_implanted
from seedbed.journey.workbench.rooms import OpenCase
from seedbed.journey.workbench.verifications.doses import doses_of
from seedbed.journey.workbench.verifications.editing import edit_seeds, refuse_locked
from seedbed.journey.workbench.verifications.folder import (
    begin_verification,
    find_verification,
    list_verifications,
    read_asked,
)
from seedbed.journey.workbench.verifications.judgement import Judgement
from seedbed.journey.workbench.verifications.latest import refuse_signed
from seedbed.journey.workbench.verifications.runs import KIND, approved_plans, check_plan_of
from seedbed.journey.workbench.verifications.state import (
    seeds_now,
    verification_row,
    verification_state,
    verification_structures,
)
from seedbed.journey.workbench.verifications.thumbs import draw_thumb, kept_thumb
from seedbed.web.framed import framed
from seedbed.web.shapes import Asked
from seedbed.web.visit import Admitted, Visit

router = APIRouter(tags=["verifications"])
CaseName = Annotated[str, Path(max_length=64)]
Verification = Annotated[str, Path(max_length=64)]
PlanName = Annotated[str, Path(max_length=64)]
Seed = Annotated[int, Field(ge=1, le=100_000)]
Mm = Annotated[float, Field(ge=-10_000, le=10_000)]


class NewVerification(Asked):
    """By which plan, and how many seeds were implanted on which day."""

    plan: Annotated[str, Field(max_length=64)]
    count: Annotated[int | None, Field(ge=0, le=1000)] = None
    implanted_on: date | None = None


class Judging(Asked):
    """A decision on a seed, for the version of the judgement that was seen."""

    version: Annotated[int, Field(ge=0, le=2**31)]
    seed: Seed
    state: Literal["open", "accepted", "refused"]


class PlaneAsked(Asked):
    """A plane through an axis at a position, mm."""

    axis: Literal["x", "y", "z"]
    position_mm: Mm


class PlanesOfDose(Asked):
    """Planes of one of the doses."""

    dose: Literal["planned", "given", "top_up"] = "given"
    planes: Annotated[tuple[PlaneAsked, ...], Field(max_length=6)]
    spacing_mm: Annotated[float, Field(ge=0.5, le=5)] = 1.0


class DemoImplant(Asked):
    """The random numbers of a synthetic implantation."""

    random_seed: Annotated[int, Field(ge=0, le=2**31)] = 0


@router.post("/cases/{case}/verifications", status_code=201)
def new_verification(visit: Admitted, case: CaseName, asked: NewVerification) -> dict[str, Any]:
    """Begin a verification on the CT after implantation, by an approved plan, and calculate it as a job."""
    rooms = visit.workplace.rooms
    opened = rooms.case(case)
    desk = check_plan_of(rooms, opened.row, asked.plan)
    ct_day = iso_day(opened.row.study_date)
    check_implanted(asked.implanted_on, asked.count, ct_day=ct_day, today=date.today())
    detail = f"{case} by plan {desk.draft.plan}"
    visit.note("verification begun", patient_id=opened.row.patient_id, detail=detail)
    begun = begin_verification(
        opened.verifications,
        case=case,
        plan=desk.draft.plan,
        plan_case=desk.draft.case,
        by=visit.person.name,
        count=asked.count,
        implanted_on=None if asked.implanted_on is None else asked.implanted_on.isoformat(),
    )
    return {"verification": begun.verification, "job": _started(visit, begun.verification, case)}


@router.get("/cases/{case}/verifications")
def verifications(visit: Admitted, case: CaseName) -> dict[str, Any]:
    """List the verifications of a case, and the approved plans of the patient's other CTs."""
    rooms = visit.workplace.rooms
    opened = rooms.case(case)
    visit.viewed("case", patient_id=opened.row.patient_id, detail=case)
    rows = [verification_row(folder) for folder in list_verifications(opened.verifications)]
    return {"verifications": rows, "plans": approved_plans(rooms, visit.workplace.cases, opened.row)}


@router.get("/verifications/{verification}")
def one_verification(visit: Admitted, verification: Verification) -> dict[str, Any]:
    """Return a verification: seeds found and planned, pairs, cold regions, doses, goals, top-up."""
    folder, opened = opened_verification(visit, verification)
    return {**verification_state(folder, opened.ct), "case_row": case_dict(opened.row)}


@router.get("/verifications/{verification}/structures")
def structures(visit: Admitted, verification: Verification) -> dict[str, Any]:
    """Return the contours as they lie on the CT after implantation, mm."""
    folder, _ = opened_verification(visit, verification)
    return {"structures": verification_structures(folder)}


@router.get("/verifications/{verification}/thumbs/{seed}")
def thumb(
    visit: Admitted, verification: Verification, seed: Annotated[int, Path(ge=1, le=100_000)]
) -> FileResponse:
    """Return three small planes about what the search saw, as a PNG."""
    folder, opened = opened_verification(visit, verification)
    found = kept_thumb(folder, seed) or draw_thumb(folder, seed, opened.ct.volume)
    return FileResponse(found, media_type="image/png")


@router.post("/verifications/{verification}/judge")
def judge(visit: Admitted, verification: Verification, asked: Judging) -> dict[str, Any]:
    """Accept or refuse a seed, or take that back; each decision is kept."""
    folder, opened = opened_verification(visit, verification)
    edit = {"kind": "judge_seed", "seed": asked.seed, "state": asked.state}

    def noted(after: Judgement) -> None:
        detail = f"{verification}, version {after.version}: seed {asked.seed} {asked.state}"
        visit.note("seed judged", patient_id=opened.row.patient_id, detail=detail)

    with visit.workplace.rooms.alone(f"verification {verification}"):
        edit_seeds(
            folder,
            edit,
            version=asked.version,
            by=visit.person.name,
            grid=opened.ct.volume.grid,
            noted=noted,
        )
    return {**verification_state(folder, opened.ct), "case_row": case_dict(opened.row)}


@router.post("/verifications/{verification}/recompute")
def recompute(visit: Admitted, verification: Verification) -> dict[str, Any]:
    """Calculate the dose again with the seeds that count now, as a job."""
    return started_again(visit, verification, "verification calculated again", top_up=False)


@router.post("/verifications/{verification}/top-up")
def top_up(visit: Admitted, verification: Verification) -> dict[str, Any]:
    """Plan the fewest further seeds for what is cold, with the seeds that count now, as a job."""
    return started_again(visit, verification, "top-up planned", top_up=True)


@router.post("/verifications/{verification}/planes")
def planes(visit: Admitted, verification: Verification, asked: PlanesOfDose) -> Response:
    """Return a dose in planes, Gy: a JSON head with their geometry, then float32."""
    folder, opened = opened_verification(visit, verification)
    doses, grid = doses_of(folder), opened.ct.volume.grid
    shown = [
        doses.plane(each.axis, each.position_mm, spacing_mm=asked.spacing_mm, grid=grid)
        for each in asked.planes
    ]
    head = {"dose": asked.dose, "planes": [each.to_dict() for each in shown]}
    return framed(head, doses.dose(asked.dose, shown, given=seeds_now(folder, opened.ct)))


@router.post("/plans/{plan}/demo-implant")
def demo_implant(visit: Admitted, plan: PlanName, asked: DemoImplant) -> dict[str, Any]:
    """Implant a plan of the digital patient with the usual errors and scan again, as a job; synthetic."""
    rooms = visit.workplace.rooms
    desk = rooms.plan(plan)
    check_demo_plan(rooms.case(desk.draft.case).row, desk.draft.implant)
    arguments = {"plan": plan, "random_seed": asked.random_seed, "by": visit.person.name}
    job = visit.jobs.start("demo_implant", arguments, by=visit.person.name, case_id=desk.draft.case)
    return job_as_dict(job)


def opened_verification(visit: Visit, verification: str) -> tuple[Place, OpenCase]:
    """Find a verification and open its case, and write that it was looked at."""
    folder = find_verification(visit.workplace.cases, verification)
    opened = visit.workplace.rooms.case(read_asked(folder).case)
    visit.viewed("verification", patient_id=opened.row.patient_id, detail=verification)
    return folder, opened


def started_again(
    visit: Visit, verification: str, what: str, *, top_up: bool, sheets: bool = False
) -> dict[str, Any]:
    """Calculate a verification again with the seeds that count now, as a job, and write that down."""
    folder, opened = opened_verification(visit, verification)
    asked = read_asked(folder)
    refuse_locked(folder)
    refuse_signed(folder)
    check_plan_of(visit.workplace.rooms, opened.row, asked.plan)
    visit.note(what, patient_id=opened.row.patient_id, detail=verification)
    return _started(visit, verification, asked.case, top_up=top_up, sheets=sheets)


def _started(
    visit: Visit, verification: str, case: str, *, top_up: bool = False, sheets: bool = False
) -> dict[str, Any]:
    by = visit.person.name
    arguments = {
        "verification": verification,
        "run": secrets.token_hex(8),
        "top_up": top_up,
        "sheets": sheets,
        "by": by,
    }
    return job_as_dict(visit.jobs.start(KIND, arguments, by=by, case_id=case))
