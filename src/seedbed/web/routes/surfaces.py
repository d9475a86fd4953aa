"""What is looked at beside the three planes: the CT in any plane, surfaces of structures and of dose."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from seedbed.journey.workbench.meshes import structure_mesh
from seedbed.journey.workbench.oblique import MOST_POINTS, ct_in_plane, oblique_plane
from seedbed.journey.workbench.refusals import NotFoundError
from seedbed.web.framed import framed
from seedbed.web.shapes import Asked
from seedbed.web.visit import Admitted

router = APIRouter(tags=["surfaces"])
CaseName = Annotated[str, Path(max_length=64)]
PlanName = Annotated[str, Path(max_length=64)]
Mm = Annotated[float, Field(ge=-10_000, le=10_000)]
Part = Annotated[float, Field(ge=-1, le=1)]
Count = Annotated[int, Field(ge=1, le=MOST_POINTS)]


class Oblique(Asked):
    """A plane of any direction; ``shape`` says rows, then columns."""

    origin_mm: tuple[Mm, Mm, Mm]
    u: tuple[Part, Part, Part]
    v: tuple[Part, Part, Part]
    shape: tuple[Count, Count]
    spacing_mm: Annotated[float, Field(ge=0.2, le=5)] = 0.5


class Surface(Asked):
    """A level of dose."""

    dose_gy: Annotated[float, Field(gt=0, le=100_000)]


@router.post("/cases/{case}/oblique")
def oblique(visit: Admitted, case: CaseName, asked: Oblique) -> Response:
    """Return the CT in a plane of any direction, HU, int16."""
    plane = oblique_plane(asked.origin_mm, asked.u, asked.v, shape=asked.shape, spacing_mm=asked.spacing_mm)
    opened = visit.workplace.rooms.case(case)
    visit.viewed("case", patient_id=opened.row.patient_id, detail=case)
    values = ct_in_plane(opened.hu, opened.ct.volume.grid, plane)
    headers = {"X-Shape": ",".join(str(each) for each in values.shape), "X-Dtype": "int16"}
    return Response(values.tobytes(), media_type="application/octet-stream", headers=headers)


@router.get("/cases/{case}/structures/mesh")
def mesh(visit: Admitted, case: CaseName, name: Annotated[str, Query(max_length=200)]) -> Response:
    """Return the surface of a structure: a JSON head, vertices (float32, mm), faces (uint32)."""
    rooms = visit.workplace.rooms
    opened = rooms.case(case)
    visit.viewed("case", patient_id=opened.row.patient_id, detail=case)
    found = next((each for each in rooms.structures(opened) if each.structure.name == name), None)
    if found is None:
        raise NotFoundError(f"no structure '{name}'", "one of the case", "load the case again")
    made = structure_mesh(found.structure)
    head: dict[str, Any] = {"name": name, "version": found.version, **made.counts()}
    return framed(head, made.octets())


@router.post("/plans/{plan}/isosurface")
def isosurface(visit: Admitted, plan: PlanName, asked: Surface) -> Response:
    """Return the surface of a dose: a JSON head, vertices (float32, mm), faces (uint32)."""
    rooms = visit.workplace.rooms
    desk = rooms.plan(plan)
    visit.viewed("plan", patient_id=rooms.case(desk.draft.case).row.patient_id, detail=plan)
    made = desk.isosurface(asked.dose_gy)
    return framed({"dose_gy": asked.dose_gy, **made.counts()}, made.octets())
