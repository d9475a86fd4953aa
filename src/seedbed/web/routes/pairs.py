"""Two CTs of one patient at the same places: which there are, how they match, their pixels, the figure."""

from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from seedbed.errors import InputError
from seedbed.journey.before_after.question import read_point, read_window
from seedbed.journey.workbench.drawing import DRAWING
from seedbed.journey.workbench.jobs import job_as_dict
from seedbed.journey.workbench.pairs.asked import AskedPair, ask_pair
from seedbed.journey.workbench.pairs.matching import KIND, KeptMatch, read_match
from seedbed.journey.workbench.pairs.picture import PictureAsked, draw_picture
from seedbed.journey.workbench.pairs.pixels import (
    after_on_before,
    check_one_tracer,
    pet_on_before,
    plane_pair,
)
from seedbed.journey.workbench.pairs.series import known_implants, series_dict
from seedbed.journey.workbench.pairs.shown import pair_dict, sections
from seedbed.journey.workbench.refusals import NotFoundError
from seedbed.web.framed import framed
from seedbed.web.routes.patients import PatientId, check_patient
from seedbed.web.shapes import Asked
from seedbed.web.visit import Admitted, Visit

router = APIRouter(tags=["pairs"])
Case = Annotated[str, Query(max_length=64)]
By = Literal["registration", "frame"]
Target = Annotated[str, Query(max_length=64)]
Mm = Annotated[float, Query(ge=-100_000, le=100_000)]
FORMS = {"png": "image/png", "svg": "image/svg+xml"}


class NewPair(Asked):
    """Two CTs to be laid on each other; ``again`` also where they were already."""

    before: Annotated[str, Field(max_length=64)]
    after: Annotated[str, Field(max_length=64)]
    by: By = "registration"
    target: Annotated[str, Field(max_length=64)] = ""
    again: bool = False


def asked_for(
    visit: Admitted,
    patient: PatientId,
    before: Case,
    after: Case,
    by: By = "registration",
    target: Target = "",
) -> AskedPair:
    """Look the pair of an address up, and write that it was looked at."""
    asked = ask_pair(visit.workplace.rooms, patient, before=before, after=after, by=by, target=target)
    visit.viewed("pair of images", patient_id=patient, detail=f"{before} and {after}")
    return asked


Pair = Annotated[AskedPair, Depends(asked_for)]


@router.get("/patients/{patient}/pairs/series")
def series(visit: Admitted, patient: PatientId) -> dict[str, Any]:
    """List the CT and PET series of a patient, and when they were made."""
    workplace = visit.workplace
    found = series_dict(workplace.rooms, workplace.clinic, patient)
    if not found["cts"] and not found["pets"]:
        check_patient(visit, patient)
    visit.viewed("images of a patient", patient_id=patient)
    return found


@router.get("/patients/{patient}/pairs")
def pair(visit: Admitted, asked: Pair) -> JSONResponse:
    """Return how two CTs match and where to look; ``state`` is none before they were matched."""
    kept = read_match(asked.folder(visit.workplace.cases), asked)
    if kept is None:
        working = visit.jobs.going_on(KIND, asked.arguments())
        job = None if working is None else job_as_dict(working)
        return JSONResponse({**asked.arguments(), "state": "none", "job": job})
    return JSONResponse({**pair_dict(visit.workplace, asked, kept), "state": "done", "job": None})


@router.post("/patients/{patient}/pairs")
def match(visit: Admitted, patient: PatientId, wanted: NewPair) -> dict[str, Any]:
    """Lay two CTs on each other as a job; one that is at work already is returned."""
    asked = ask_pair(
        visit.workplace.rooms, patient, before=wanted.before, after=wanted.after, by=wanted.by,
        target=wanted.target,
    )  # fmt: skip
    kept = None if wanted.again else read_match(asked.folder(visit.workplace.cases), asked)
    if kept is not None:
        return {"state": "done", "job": None}
    visit.note("pair asked", patient_id=patient, detail=f"{wanted.before} and {wanted.after}")
    by = visit.person.name
    told = {**asked.arguments(), "asked_by": by}
    job = visit.jobs.going_on(KIND, asked.arguments()) or visit.jobs.start(
        KIND, told, by=by, case_id=asked.before.case
    )
    return {"state": "none", "job": job_as_dict(job)}


@router.get("/patients/{patient}/pairs/plane")
def plane(visit: Admitted, asked: Pair, position_mm: Mm, axis: Literal["z", "y", "x"] = "z") -> Response:
    """Return both CTs in one plane of the CT before: a JSON head, then int16 HU, before and after."""
    head, octets = plane_pair(
        visit.workplace, asked, _kept(visit, asked).match, axis=axis, position_mm=position_mm
    )
    return framed(head, octets)


@router.get("/patients/{patient}/pairs/volume")
def volume(visit: Admitted, asked: Pair) -> Response:
    """Return the CT after on the voxels of the CT before, HU, int16; -32768 where it shows nothing."""
    return _octets(after_on_before(visit.workplace, asked, _kept(visit, asked).match), "int16", {})


@router.get("/patients/{patient}/pairs/structures")
def structures(visit: Admitted, asked: Pair) -> JSONResponse:
    """Return the structures of the CT after, cut by the planes of the CT before."""
    return JSONResponse(sections(visit.workplace, asked, _kept(visit, asked)))


@router.get("/patients/{patient}/pairs/pet")
def pet(
    visit: Admitted,
    asked: Pair,
    which: Literal["before", "after"],
    pet_series: Annotated[str, Query(max_length=64)],
    beside: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Return a PET on the planes of the CT before: SUV by body weight, float32; NaN where it shows none."""
    if beside:
        first, second = (pet_series, beside) if which == "before" else (beside, pet_series)
        check_one_tracer(visit.workplace, asked, first, second)
    grid, suv = pet_on_before(visit.workplace, asked, _kept(visit, asked).match, which, pet_series)
    head = {"X-Origin": _numbers(grid.origin_mm), "X-Spacing": _numbers(grid.spacing_mm)}
    return _octets(suv, "float32", head)


@router.get("/patients/{patient}/pairs/picture")
def picture(
    visit: Admitted,
    asked: Pair,
    at: Annotated[str, Query(max_length=100)] = "",
    window: Annotated[str, Query(max_length=40)] = "soft",
    form: Literal["png", "svg"] = "png",
    dates: bool = True,
    field_mm: Annotated[float | None, Query(ge=20, le=700)] = None,
    pet_before: Annotated[str, Query(max_length=64)] = "",
    pet_after: Annotated[str, Query(max_length=64)] = "",
    pet_max: Annotated[float | None, Query(gt=0, le=1000)] = None,
) -> Response:
    """Draw the pair for a report; without ``at`` at the planes of the lesion."""
    if bool(pet_before) != bool(pet_after):
        raise InputError("one PET series", "one before and one after, on one scale", "choose both, or none")
    patient = asked.before.patient_id
    look = PictureAsked(
        at_mm=(read_point(at),) if at else (),
        window_hu=read_window(window),
        field_mm=field_mm,
        pets=(pet_before, pet_after) if pet_before else None,
        pet_max=pet_max,
        dates=dates,
        implants=known_implants(visit.workplace.clinic, patient),
    )
    with DRAWING:
        figure, _ = draw_picture(visit.workplace, asked, _kept(visit, asked), look)
    visit.note("picture made", patient_id=patient, detail=f"{asked.before.case} and {asked.after.case}")
    headers = {"Content-Disposition": f'attachment; filename="before-after.{form}"'}
    content = figure.png if form == "png" else figure.svg.encode()
    return Response(content, media_type=FORMS[form], headers=headers)


def _kept(visit: Visit, asked: AskedPair) -> KeptMatch:
    kept = read_match(asked.folder(visit.workplace.cases), asked)
    if kept is None:
        raise NotFoundError("two CTs that were not laid on each other", "a pair that was", "ask for it first")
    return kept


def _numbers(values: tuple[float, ...]) -> str:
    return ",".join(f"{each:.6f}" for each in values)


def _octets(values: np.ndarray[Any, Any], dtype: str, more: dict[str, str]) -> Response:
    shape = ",".join(str(each) for each in values.shape)
    headers = {"X-Shape": shape, "X-Dtype": dtype, **more}
    return Response(values.tobytes(), media_type="application/octet-stream", headers=headers)
