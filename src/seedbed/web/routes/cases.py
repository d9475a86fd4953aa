"""A case: a CT series of the store, its slices, and the structures that are drawn on it."""

from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from seedbed.geometry.interpolating import between_planes
from seedbed.journey.workbench.case_list import case_dict
from seedbed.journey.workbench.drawn import COLOURS, Drawn, drawn_from
from seedbed.journey.workbench.jobs import job_as_dict
from seedbed.journey.workbench.plans.rows import plan_rows
from seedbed.journey.workbench.refusals import NotFoundError, check_version
from seedbed.journey.workbench.rooms import OpenCase
from seedbed.patient.records import Patient
from seedbed.web.answers import kept_answer
from seedbed.web.shapes import Asked
from seedbed.web.visit import Admitted, Visit

router = APIRouter(tags=["cases"])
CaseName = Annotated[str, Path(max_length=64)]
StructureName = Annotated[str, Query(max_length=200)]
"""In the query: a name may hold a slash, which no part of a path can."""
Number = Annotated[float, Field(ge=-100_000, le=100_000)]
WINDOW = {"centre_hu": 40, "width_hu": 400}


class Plane(Asked):
    """Contours of one axial plane, mm."""

    z_mm: Number
    polygons: Annotated[list[list[tuple[Number, Number]]], Field(max_length=1000)]


class DrawnStructure(Asked):
    """A structure as it was drawn; ``version`` is the one that was changed, 0 for a new one."""

    version: Annotated[int, Field(ge=0, le=2**31)]
    role: Annotated[str, Field(max_length=40)]
    colour: Annotated[str, Field(max_length=20)]
    planes: Annotated[list[Plane], Field(max_length=5000)]


class Between(Asked):
    """Planes to be filled in, between drawn ones."""

    planes: Annotated[list[Plane], Field(max_length=5000)]


@router.get("/cases/{case}")
def one_case(visit: Admitted, case: CaseName) -> dict[str, Any]:
    """Return a case: its geometry, structures and plans."""
    opened = _seen(visit, case)
    grid, identity = opened.ct.volume.grid, opened.ct.identity
    others = [row for row in visit.workplace.rooms.listed(opened.row.patient_id) if row.case != case]
    return {
        **case_dict(opened.row),
        "patient_birth_date": identity.patient_birth_date,
        "synthetic": _synthetic(visit, opened.row.patient_id),
        "geometry": {
            "origin_mm": list(grid.origin_mm),
            "spacing_mm": list(grid.spacing_mm),
            "shape": list(grid.shape),
        },
        "window": WINDOW,
        "colours": list(COLOURS),
        "notes": list(opened.ct.notes),
        "structures": visit.workplace.rooms.structures_summed(opened),
        "plans": plan_rows(opened.plans),
        "other_cases": [case_dict(row) for row in others],
    }


@router.get("/cases/{case}/volume")
def volume(visit: Admitted, case: CaseName) -> Response:
    """Return the whole CT, HU, int16, slices from feet to head."""
    return _octets(_seen(visit, case).hu)


@router.get("/cases/{case}/slice")
def one_slice(
    visit: Admitted,
    case: CaseName,
    index: Annotated[int, Query(ge=0, le=100_000)],
    axis: Literal["z", "y", "x"] = "z",
) -> Response:
    """Return one slice of the CT, HU, int16, as an array with one plane."""
    hu = _seen(visit, case).hu
    place = {"z": 0, "y": 1, "x": 2}[axis]
    if index >= hu.shape[place]:
        raise NotFoundError(f"slice {index}", f"0 to {hu.shape[place] - 1}", "choose one of them")
    return _octets(np.ascontiguousarray(hu.take([index], axis=place)))


@router.get("/cases/{case}/structures")
def structures(visit: Admitted, case: CaseName, request: Request) -> Response:
    """Return the structures with their contours, mm."""
    opened = _seen(visit, case)
    return kept_answer(request, visit.workplace.rooms.structures_encoded(opened))


@router.put("/cases/{case}/structures")
def keep_structure(
    visit: Admitted, case: CaseName, name: StructureName, drawn: DrawnStructure
) -> dict[str, Any]:
    """Keep a structure as it was drawn."""
    rooms, opened = visit.workplace.rooms, _seen(visit, case)
    with rooms.alone(case):
        there = rooms.structures(opened)
        before = next((each for each in there if each.structure.name == name.strip()), None)
        _check_drawn(name, drawn.version, before)
        made = drawn_from(drawn.model_dump(), name=name, ct=opened.ct, before=before, by=visit.person.name)
        kept = [made if each is before else each for each in there]
        detail = f"{name}, version {made.version}"
        visit.note("structure saved", patient_id=opened.row.patient_id, detail=detail)
        rooms.keep_structures(opened, kept if before else [*kept, made])
    return made.to_dict()


@router.delete("/cases/{case}/structures")
def delete_structure(
    visit: Admitted, case: CaseName, name: StructureName, version: Annotated[int, Query(ge=0, le=2**31)]
) -> dict[str, Any]:
    """Take a structure away; what it was is kept among the earlier ones."""
    rooms, opened = visit.workplace.rooms, _seen(visit, case)
    with rooms.alone(case):
        there = rooms.structures(opened)
        before = next((each for each in there if each.structure.name == name), None)
        if before is None:
            raise NotFoundError(f"no structure '{name}'", "one of the case", "load the case again")
        _check_drawn(name, version, before)
        visit.note("structure deleted", patient_id=opened.row.patient_id, detail=name)
        rooms.keep_structures(opened, [each for each in there if each is not before])
    return {"deleted": name}


@router.post("/cases/{case}/structures/interpolate")
def interpolate(visit: Admitted, case: CaseName, name: StructureName, asked: Between) -> dict[str, Any]:
    """Propose contours on the slices between drawn ones; nothing is kept."""
    opened = _seen(visit, case)
    values = {"role": "other", "colour": COLOURS[0], "planes": asked.model_dump()["planes"]}
    drawn = drawn_from(values, name=name, ct=opened.ct, before=None, by=visit.person.name)
    found = between_planes(drawn.structure, opened.ct.volume.grid.axis_mm(2).tolist())
    planes: dict[float, list[Any]] = {}
    for contour in found:
        planes.setdefault(float(contour.z_mm), []).append(np.round(contour.points_mm, 2).tolist())
    return {"planes": [{"z_mm": z, "polygons": polygons} for z, polygons in sorted(planes.items())]}


@router.post("/demo")
def demo(visit: Admitted) -> dict[str, Any]:
    """Bring the digital patient in, which is synthetic, as a job."""
    return job_as_dict(visit.jobs.start("demo", {"by": visit.person.name}, by=visit.person.name))


def _seen(visit: Visit, case: str) -> OpenCase:
    """Open a case, and write that it was looked at."""
    opened = visit.workplace.rooms.case(case)
    visit.viewed("case", patient_id=opened.row.patient_id, detail=case)
    return opened


def _synthetic(visit: Visit, patient_id: str) -> bool:
    """Tell whether the register says that a patient is made up."""
    found = visit.workplace.clinic.records(Patient, patients=[patient_id])
    return any(each.synthetic for each in found)


def _octets(values: np.ndarray[tuple[int, ...], np.dtype[np.int16]]) -> Response:
    shape = ",".join(str(each) for each in values.shape)
    headers = {"X-Shape": shape, "X-Dtype": "int16"}
    return Response(content=values.tobytes(), media_type="application/octet-stream", headers=headers)


def _check_drawn(name: str, version: int, before: Drawn | None) -> None:
    there = 0 if before is None else before.version
    who, at = ("", "") if before is None else (before.by, before.at)
    check_version(f"structure '{name}'", version, there, who=who, at=at)
