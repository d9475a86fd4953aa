"""Seeds of a verification put right by hand: kept, or only tried while one is dragged."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import Field

from seedbed.errors import InputError
from seedbed.journey.verification.question import MOST_SEEDS
from seedbed.journey.workbench.case_list import case_dict
from seedbed.journey.workbench.verifications.doses import doses_of
from seedbed.journey.workbench.verifications.editing import (
    LONGEST_WHY,
    applied,
    edit_seeds,
    refuse_locked,
    seen_of,
)
from seedbed.journey.workbench.verifications.folder import kept_runs, search_of
from seedbed.journey.workbench.verifications.judgement import (
    NO_SEED,
    Judgement,
    check_judgement,
    read_judgement,
)
from seedbed.journey.workbench.verifications.latest import latest_of
from seedbed.journey.workbench.verifications.live import live_of
from seedbed.journey.workbench.verifications.state import live_state, verification_state
from seedbed.web.framed import framed
from seedbed.web.routes.verifications import Mm, PlaneAsked, Seed, Verification, opened_verification
from seedbed.web.shapes import Asked
from seedbed.web.visit import Admitted

router = APIRouter(tags=["verifications"])
Place = tuple[Mm, Mm, Mm]
Version = Annotated[int, Field(ge=0, le=2**31)]


class SeedEdit(Asked):
    """One edit; which of the values it needs depends on its kind."""

    kind: Literal["add_seed", "move_seed", "remove_seed", "restate_count", "explain_count", "undo", "redo"]
    seed: Seed | None = None
    position_mm: Place | None = None
    axis: Place | None = None
    implanted: Annotated[int | None, Field(ge=1, le=MOST_SEEDS)] = None
    why: Annotated[str, Field(max_length=LONGEST_WHY)] = ""

    def plain(self) -> dict[str, Any]:
        """Return what was said."""
        return self.model_dump(exclude_none=True)


class SeedEditing(Asked):
    """An edit of the version that was seen."""

    version: Version
    edit: SeedEdit


class SeedTrial(Asked):
    """An edit that is not kept, and the planes that follow it; without an edit the seeds as they are."""

    version: Version
    edit: SeedEdit | None = None
    planes: Annotated[tuple[PlaneAsked, ...], Field(max_length=6)] = ()
    spacing_mm: Annotated[float, Field(ge=0.5, le=5)] = 1.0


@router.post("/verifications/{verification}/edits")
def edit(visit: Admitted, verification: Verification, asked: SeedEditing) -> dict[str, Any]:
    """Change a seed or the number implanted by hand, or take that back; each is kept with who and why."""
    folder, opened = opened_verification(visit, verification)

    def noted(after: Judgement) -> None:
        last, where = after.changes[-1], f"{verification}, version {after.version}"
        if last.seed == NO_SEED:
            detail = f"{where}: {numbers_noted(after)}"
            visit.note("number of seeds changed by hand", patient_id=opened.row.patient_id, detail=detail)
        else:
            detail = f"{where}: seed {last.seed} {last.kind}, {last.state}"
            visit.note("seed changed by hand", patient_id=opened.row.patient_id, detail=detail)

    with visit.workplace.rooms.alone(f"verification {verification}"):
        edit_seeds(
            folder,
            asked.edit.plain(),
            version=asked.version,
            by=visit.person.name,
            grid=opened.ct.volume.grid,
            noted=noted,
        )
    return {**verification_state(folder, opened.ct), "case_row": case_dict(opened.row)}


def numbers_noted(judgement: Judgement) -> str:
    """Say the latest change of the number implanted, or of why another counts, for the trail.

    Examples
    --------
    >>> said = {"kind": "explained", "implanted": 10, "counting": 12}
    >>> judgement = Judgement().changed(NO_SEED, "open", by="A", why="two from before", **said)
    >>> numbers_noted(judgement)
    'explained, 12 count, 10 implanted: two from before'
    >>> numbers_noted(judgement.undone(by="B"))
    'explained undone, 12 count, 10 implanted: two from before'
    """
    last = judgement.changes[-1]
    of = last if last.of is None else judgement.changes[last.of - 1]
    what = of.kind if of is last else f"{of.kind} {last.kind}"
    counting = "" if of.counting is None else f"{of.counting} count, "
    return f"{what}, {counting}{of.implanted} implanted: {of.why}"


@router.post("/verifications/{verification}/preview")
def preview(visit: Admitted, verification: Verification, asked: SeedTrial) -> Response:
    """Return what an edit would give, and its dose in planes; nothing is kept."""
    folder, opened = opened_verification(visit, verification)
    refuse_locked(folder)
    seen, judgement, grid = seen_of(folder), read_judgement(folder), opened.ct.volume.grid
    check_judgement(judgement, asked.version)
    if asked.edit is not None:
        judgement = applied(seen, judgement, asked.edit.plain(), by=visit.person.name, grid=grid)
    runs = kept_runs(folder)
    latest = latest_of(runs, read_judgement(folder))
    if latest is None:
        raise InputError("a verification without a result", "one that was calculated", "wait for the job")
    live, doses = live_of(latest, opened.ct, search_of(runs)), doses_of(folder)
    implant = live.implant(seen, judgement)
    shown = [
        doses.plane(each.axis, each.position_mm, spacing_mm=asked.spacing_mm, grid=grid)
        for each in asked.planes
    ]
    state = live_state(live.numbers(implant), latest.shown())
    head = {"state": state, "planes": [each.to_dict() for each in shown]}
    return framed(head, doses.dose("given", shown, given=implant))
