"""Plans under the hand: begun, edited, previewed while something is dragged, their dose in planes."""

import secrets
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from seedbed.journey.workbench.jobs import job_as_dict
from seedbed.journey.workbench.oblique import oblique_dict, oblique_plane
from seedbed.journey.workbench.plan_approval import PlanSigner, sign_plan
from seedbed.journey.workbench.plan_approving import begin_approval
from seedbed.journey.workbench.plan_runs import implant_of_run, runs_of
from seedbed.journey.workbench.plans.desk import PlanDesk, lay_down
from seedbed.journey.workbench.plans.draft import Draft, PlanStart, begin, implant_to_copy, parts_of
from seedbed.journey.workbench.plans.planes import AnyPlane, ShownPlane
from seedbed.journey.workbench.refusals import LockedError
from seedbed.journey.workbench.two_people import APPROVED
from seedbed.web.answers import JsonAnswer, kept_answer
from seedbed.web.framed import framed
from seedbed.web.routes.plan_files import seen_plan
from seedbed.web.routes.surfaces import Oblique
from seedbed.web.shapes import Asked, Name
from seedbed.web.visit import Admitted

router = APIRouter(tags=["plans"])
CaseName = Annotated[str, Path(max_length=64)]
PlanName = Annotated[str, Path(max_length=64)]
Mm = Annotated[float, Field(ge=-10_000, le=10_000)]
Place = tuple[Mm, Mm, Mm]
Index = Annotated[int, Field(ge=0, le=10_000)]
Strength = Annotated[float, Field(gt=0, le=100)]
Depth = Annotated[float, Field(ge=0, le=1000)]


class NewPlan(Asked):
    """What a plan is begun with."""

    prescription_gy: Annotated[float, Field(gt=0, le=1000)]
    target: Name
    organs: Annotated[tuple[Name, ...], Field(max_length=100)] = ()
    site: Name = "other"
    source: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9 ._-]+$")] = "6711"
    strengths_u: Annotated[tuple[Strength, ...], Field(min_length=1, max_length=10)]
    goals: Annotated[tuple[Name, ...], Field(max_length=100)] = ()
    copy_of: Annotated[str | None, Field(max_length=64)] = None


class EditAsked(Asked):
    """One edit; which of the values it needs depends on its kind."""

    kind: Literal[
        "move_seed",
        "add_seed",
        "remove_seed",
        "move_needle",
        "add_needle",
        "remove_needle",
        "set_strength",
        "undo",
        "redo",
    ]
    seed: Index | None = None
    needle: Index | None = None
    position_mm: Place | None = None
    axis: Place | None = None
    entry_mm: Place | None = None
    tip_mm: Place | None = None
    depths_mm: Annotated[tuple[Depth, ...] | None, Field(max_length=100)] = None
    strength_u: Strength | None = None
    seeds: Annotated[tuple[Index, ...] | None, Field(max_length=10_000)] = None

    def plain(self) -> dict[str, Any]:
        """Return what was said."""
        return self.model_dump(exclude_none=True)


class Editing(Asked):
    """An edit of the version that was seen."""

    version: Annotated[int, Field(ge=0, le=2**31)]
    edit: EditAsked


class PlaneAsked(Asked):
    """A plane through an axis at a position, mm."""

    axis: Literal["x", "y", "z"]
    position_mm: Mm


class Planes(Asked):
    """Planes of dose: across an axis, or of any direction."""

    planes: Annotated[tuple[PlaneAsked | Oblique, ...], Field(max_length=6)]
    spacing_mm: Annotated[float, Field(ge=0.5, le=5)] = 1.0


class Previewed(Planes):
    """An edit that is not kept, and the planes that follow it."""

    edit: EditAsked


class Optimising(Asked):
    """How the planner looks."""

    mode: Literal["parallel", "fan"] = "parallel"
    random_seed: Annotated[int, Field(ge=0, le=2**31)] = 0


class Taking(Asked):
    """One of the plans of a run, counted from 0, for the version that was seen."""

    version: Annotated[int, Field(ge=0, le=2**31)]
    run: Annotated[str, Field(pattern=r"^[0-9a-f]{1,32}$")]
    number: Annotated[int, Field(ge=0, le=100)]


class Signing(Asked):
    """A signature under the version that was seen."""

    version: Annotated[int, Field(ge=0, le=2**31)]
    meaning: Literal["planned", "approved"]


@router.post("/cases/{case}/plans", status_code=201)
def new_plan(visit: Admitted, case: CaseName, asked: NewPlan) -> dict[str, Any]:
    """Begin a plan, empty or as a copy of another of the case, on the structures as they are now."""
    rooms = visit.workplace.rooms
    opened = rooms.case(case)
    start = PlanStart(**asked.model_dump(exclude={"copy_of"}))
    drawn = rooms.structures(opened)
    parts_of(start, drawn)
    draft = begin(case, start, by=visit.person.name)
    if asked.copy_of is not None:
        draft = draft.changed(implant_to_copy(rooms.plan(asked.copy_of).draft, draft), visit.person.name)
    visit.note("plan begun", patient_id=opened.row.patient_id, detail=f"{draft.plan}, {start.target}")
    lay_down(opened.plans, draft, drawn)
    return rooms.plan(draft.plan).state()


@router.get("/plans/{plan}")
def one_plan(visit: Admitted, plan: PlanName, request: Request) -> Response:
    """Return a plan: seeds, needles, goals, histograms."""
    return kept_answer(request, seen_plan(visit, plan).state_encoded())


@router.delete("/plans/{plan}")
def delete_plan(
    visit: Admitted, plan: PlanName, version: Annotated[int, Query(ge=0, le=2**31)]
) -> dict[str, Any]:
    """Delete a draft that nobody signed; what it was is kept, out of sight."""
    desk = seen_plan(visit, plan)
    if visit.jobs.going_on("plan", {"plan": plan}):
        raise LockedError(
            "a plan for which the planner is looking", "a plan at rest", "stop the planner, or wait"
        )

    def noted() -> None:
        detail = f"{plan}, version {version}, {desk.draft.start.target}"
        visit.note("plan deleted", patient_id=desk.patient_id, detail=detail)

    visit.workplace.rooms.delete_plan(plan, version=version, noted=noted)
    return {"deleted": plan}


@router.post("/plans/{plan}/edits")
def edit_plan(visit: Admitted, plan: PlanName, asked: Editing) -> dict[str, Any]:
    """Do one edit and keep it."""
    desk = seen_plan(visit, plan)

    def noted(after: Draft) -> None:
        detail = f"{plan}, version {after.version}: {asked.edit.kind}"
        visit.note("plan edited", patient_id=desk.patient_id, detail=detail)

    return desk.edit(asked.edit.plain(), version=asked.version, by=visit.person.name, noted=noted)


@router.post("/plans/{plan}/planes")
def planes(visit: Admitted, plan: PlanName, asked: Planes) -> Response:
    """Return the dose in planes, Gy: a JSON head with their geometry, then float32."""
    desk = seen_plan(visit, plan)
    shown = _shown(desk, asked)
    return framed({"planes": _laid(shown)}, desk.dose(shown))


@router.post("/plans/{plan}/preview")
def preview(visit: Admitted, plan: PlanName, asked: Previewed) -> Response:
    """Return what an edit would give, and its dose in planes; nothing is kept."""
    desk = seen_plan(visit, plan)
    shown = _shown(desk, asked)
    state, dose = desk.preview(asked.edit.plain(), shown)
    return framed({"state": state, "planes": _laid(shown)}, dose)


@router.post("/plans/{plan}/optimise")
def optimise(visit: Admitted, plan: PlanName, asked: Optimising) -> dict[str, Any]:
    """Let the planner look for plans, as a job; the plan stays as it is until one is taken."""
    seen_plan(visit, plan).refuse_locked()
    arguments = {"plan": plan, "run": secrets.token_hex(8), **asked.model_dump()}
    job = visit.jobs.start(
        "plan", arguments, by=visit.person.name, case_id=visit.workplace.rooms.case_of_plan(plan)
    )
    return job_as_dict(job)


@router.get("/plans/{plan}/runs")
def runs(visit: Admitted, plan: PlanName) -> dict[str, Any]:
    """List what the planner found for a plan, and the job in which it is looking now, if there is one."""
    found = runs_of(seen_plan(visit, plan))
    job = visit.jobs.going_on("plan", {"plan": plan})
    return {"runs": found, "job": job_as_dict(job) if job else None}


@router.post("/plans/{plan}/take")
def take(visit: Admitted, plan: PlanName, asked: Taking) -> dict[str, Any]:
    """Take one of the plans that the planner found, as one edit that can be undone."""
    desk = seen_plan(visit, plan)
    implant = implant_of_run(desk, asked.run, asked.number)

    def noted(after: Draft) -> None:
        detail = f"{plan}, version {after.version}: plan {asked.number} of run {asked.run}"
        visit.note("plan taken from the planner", patient_id=desk.patient_id, detail=detail)

    return desk.adopt(implant, version=asked.version, by=visit.person.name, noted=noted)


@router.post("/plans/{plan}/sign", response_model=None)
def sign(visit: Admitted, plan: PlanName, asked: Signing) -> dict[str, Any] | JsonAnswer:
    """Sign the version that was seen: returns the plan, for an approval the job (202) that makes it hold."""
    desk = seen_plan(visit, plan)

    def noted() -> None:
        detail = f"{plan}, version {asked.version}: {asked.meaning}"
        visit.note("plan signed", patient_id=desk.patient_id, detail=detail)

    signer = PlanSigner(by=visit.person.name, single_user=visit.bench.local, noted=noted)
    if asked.meaning == APPROVED:
        job = begin_approval(visit.jobs, desk, signer, version=asked.version)
        return JsonAnswer(job_as_dict(job), status_code=202)
    case = visit.workplace.rooms.case(desk.draft.case)
    return sign_plan(desk, case, signer, meaning=asked.meaning, version=asked.version)


def _shown(desk: PlanDesk, asked: Planes) -> list[AnyPlane]:
    return [
        oblique_plane(each.origin_mm, each.u, each.v, shape=each.shape, spacing_mm=each.spacing_mm)
        if isinstance(each, Oblique)
        else desk.plane(each.axis, each.position_mm, asked.spacing_mm)
        for each in asked.planes
    ]


def _laid(planes: list[AnyPlane]) -> list[dict[str, Any]]:
    return [each.to_dict() if isinstance(each, ShownPlane) else oblique_dict(each) for each in planes]
