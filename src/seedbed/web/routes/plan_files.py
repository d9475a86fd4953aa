"""Files of an approved plan: its DICOM objects, and the sheets that are written of it."""

from pathlib import Path as Place
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import FileResponse

from seedbed.journey.workbench.jobs import job_as_dict
from seedbed.journey.workbench.plan_approval import approved_files
from seedbed.journey.workbench.plan_approving import approval_of
from seedbed.journey.workbench.plan_sheets import FOLDER, KIND, check_approved, sheet_files
from seedbed.journey.workbench.plans.desk import PlanDesk
from seedbed.journey.workbench.refusals import NotFoundError
from seedbed.web.visit import Admitted, Visit

router = APIRouter(tags=["plans"])
PlanName = Annotated[str, Path(max_length=64)]
FileName = Annotated[str, Path(max_length=100)]


@router.get("/plans/{plan}/files")
def files(visit: Admitted, plan: PlanName) -> dict[str, Any]:
    """List the files of an approved plan, and the jobs that write them or came to nothing."""
    desk = seen_plan(visit, plan)
    approval = approval_of(visit.jobs, desk)  # before the files: it may end meanwhile
    files = _files(desk)
    job = visit.jobs.going_on(KIND, {"plan": plan})
    return {
        "files": [{"name": name, "size_bytes": path.stat().st_size} for name, path in files.items()],
        "job": job_as_dict(job) if job else None,
        "approval": job_as_dict(approval) if approval else None,
    }


@router.post("/plans/{plan}/sheets")
def write_sheets(visit: Admitted, plan: PlanName) -> dict[str, Any]:
    """Write plan sheet, needle sheet, guide template and pictures of an approved plan, as a job."""
    desk = seen_plan(visit, plan)
    check_approved(desk)
    running = visit.jobs.going_on(KIND, {"plan": plan})
    if running:
        return job_as_dict(running)
    visit.note("plan sheets written", patient_id=desk.patient_id, detail=plan)
    arguments = {"plan": plan, "by": visit.person.name}
    return job_as_dict(visit.jobs.start(KIND, arguments, by=visit.person.name, case_id=desk.draft.case))


@router.get("/plans/{plan}/files/{name}")
def one_file(visit: Admitted, plan: PlanName, name: FileName) -> FileResponse:
    """Give one file of an approved plan."""
    return _sent(visit, plan, name)


@router.get("/plans/{plan}/files/{folder}/{name}")
def one_file_of_a_folder(
    visit: Admitted,
    plan: PlanName,
    folder: FileName,
    name: FileName,
) -> FileResponse:
    """Give one picture of an approved plan."""
    return _sent(visit, plan, f"{folder}/{name}")


def _sent(visit: Visit, plan: str, name: str) -> FileResponse:
    desk = seen_plan(visit, plan)
    found = _files(desk).get(name)
    if found is None:
        raise NotFoundError(f"no file '{name}'", "one of an approved plan", "look at the list")
    visit.note("plan exported", patient_id=desk.patient_id, detail=f"{plan}, {name}")
    return FileResponse(found, filename=found.name)


def seen_plan(visit: Visit, plan: str) -> PlanDesk:
    """Open a plan, and write that it was looked at."""
    desk = visit.workplace.rooms.plan(plan)
    visit.viewed("plan", patient_id=desk.patient_id, detail=plan)
    return desk


def _files(desk: PlanDesk) -> dict[str, Place]:
    """Return the files of an approved plan by their names: sheets and pictures, then DICOM objects."""
    sheets = {path.relative_to(desk.folder / FOLDER).as_posix(): path for path in sheet_files(desk)}
    return sheets | {path.name: path for path in approved_files(desk)}
