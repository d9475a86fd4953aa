"""Workbooks of the register: an empty one, one of what is there, and one brought in, checked first."""

import shutil
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import Field, StringConstraints
from starlette.concurrency import run_in_threadpool

from seedbed.journey.workbench.jobs import job_as_dict
from seedbed.journey.workbench.refusals import NotFoundError
from seedbed.journey.workbench.upload_names import check_name
from seedbed.web.addresses import decoded
from seedbed.web.routes.imports import FileName, on_disk
from seedbed.web.shapes import Asked
from seedbed.web.visit import Admitted, Visit

if TYPE_CHECKING:
    from seedbed.journey.workbench.workbooks import Uploaded

router = APIRouter(tags=["workbooks"])
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Language = Annotated[Literal["en", "zh"], Query()]
WorkbookName = Annotated[str, Path(max_length=64)]


class Options(Asked):
    """What the workbook may do that otherwise is a fault, or is left."""

    new_identity: bool = False
    restore: bool = False


class Decision(Asked):
    """A workbook that is to be kept as it was shown, at this number of the register."""

    number: Annotated[int, Field(ge=0, le=2**31)]
    keep_asked: bool = False
    why: Annotated[str, StringConstraints(max_length=500, strip_whitespace=True)] = ""


@router.get("/workbooks/template")
def template(visit: Admitted, language: Language = "en") -> Response:
    """Send an empty workbook to fill in."""
    # spreadsheets are not loaded before they are asked for
    from seedbed.journey.workbench.workbooks import empty_workbook

    content = empty_workbook(visit.workplace, language=language)
    said = {"Content-Disposition": f'attachment; filename="seedbed-register-{language}.xlsx"'}
    return Response(content, media_type=XLSX, headers=said)


@router.post("/workbooks/register")
def register(visit: Admitted, language: Language = "en") -> dict[str, Any]:
    """Write the present register as a workbook, as a job; it holds who the patients are."""
    from seedbed.journey.workbench.workbooks import EXPORT

    visit.note("register exported", detail="workbook")
    arguments = {"by": visit.person.name, "language": language}
    return job_as_dict(visit.jobs.start(EXPORT, arguments, by=visit.person.name))


@router.post("/workbooks", status_code=201)
async def new_workbook(visit: Admitted, request: Request, x_file_name: FileName = "") -> dict[str, Any]:
    """Take a workbook, whose name the header says encoded, and check it, as a job; nothing is kept."""
    from seedbed.journey.workbench.workbooks import WORKBOOK, begin_workbook, check_is_workbook

    called = decoded(x_file_name) if x_file_name else WORKBOOK
    check_name(called)
    with on_disk():
        uploaded = begin_workbook(visit.workplace, called=called, by=visit.person.name)
        try:
            with uploaded.file.open("wb") as out:
                async for chunk in request.stream():
                    await run_in_threadpool(out.write, chunk)
            await run_in_threadpool(check_is_workbook, uploaded)
            job = await run_in_threadpool(_checked, visit, uploaded.folder.name, Options())
        except BaseException:
            shutil.rmtree(uploaded.folder, ignore_errors=True)
            raise
    return {"workbook": uploaded.folder.name, "job": job}


@router.get("/workbooks")
def waiting(visit: Admitted) -> dict[str, Any]:
    """List one's own workbooks that were checked and are neither kept nor left, the latest first."""
    from seedbed.journey.workbench.workbooks import waiting_workbooks

    return {"workbooks": waiting_workbooks(visit.workplace, by=visit.person.name)}


@router.get("/workbooks/{workbook}")
def found_in(visit: Admitted, workbook: WorkbookName) -> dict[str, Any]:
    """Tell what is wrong in a workbook, and what it would add and change."""
    uploaded = _own(visit, workbook)
    visit.viewed("workbook", patient_id="", detail=uploaded.called)
    return uploaded.checked()


@router.get("/workbooks/{workbook}/faults")
def faults(visit: Admitted, workbook: WorkbookName) -> FileResponse:
    """Send all that is wrong in a workbook, cell by cell."""
    from seedbed.journey.workbench.workbooks import FAULTS

    uploaded = _own(visit, workbook)
    uploaded.checked()
    visit.viewed("workbook", patient_id="", detail=uploaded.called)
    return FileResponse(uploaded.folder / FAULTS, media_type="text/csv; charset=utf-8", filename=FAULTS)


@router.get("/workbooks/{workbook}/file")
def file(visit: Admitted, workbook: WorkbookName) -> FileResponse:
    """Send a workbook itself."""
    uploaded = _own(visit, workbook)
    if not uploaded.file.is_file():
        raise NotFoundError("a workbook without its file", "one that was written", "write it again")
    visit.note("register exported", detail=uploaded.called)
    return FileResponse(uploaded.file, media_type=XLSX, filename=uploaded.called)


@router.post("/workbooks/{workbook}/check")
def check_again(visit: Admitted, workbook: WorkbookName, asked: Options) -> dict[str, Any]:
    """Check a workbook again, as the register is now."""
    _own(visit, workbook)
    return _checked(visit, workbook, asked)


@router.post("/workbooks/{workbook}/keep")
def keep(visit: Admitted, workbook: WorkbookName, asked: Decision) -> dict[str, Any]:
    """Take a workbook into the register as it was shown, as a job: all of it, or nothing."""
    from seedbed.journey.workbench.workbooks import KEEP, keeping

    uploaded = _own(visit, workbook)
    running = visit.jobs.going_on(KEEP, {"workbook": workbook}, by=visit.person.name)
    if running:
        return job_as_dict(running)
    arguments = keeping(
        visit.workplace, uploaded, number=asked.number, keep_asked=asked.keep_asked, why=asked.why
    )
    visit.note("workbook kept", detail=f"{uploaded.called}, asked for at version {asked.number}")
    return job_as_dict(visit.jobs.start(KEEP, arguments, by=visit.person.name))


@router.delete("/workbooks/{workbook}")
def leave(visit: Admitted, workbook: WorkbookName) -> dict[str, Any]:
    """Leave a workbook: nothing of it is kept."""
    shutil.rmtree(_own(visit, workbook).folder, ignore_errors=True)
    return {"left": workbook}


def _own(visit: Visit, workbook: str) -> "Uploaded":
    from seedbed.journey.workbench.workbooks import uploaded_workbook

    return uploaded_workbook(visit.workplace, workbook, by=visit.person.name)


def _checked(visit: Visit, workbook: str, options: Options) -> dict[str, Any]:
    from seedbed.journey.workbench.workbooks import CHECK

    arguments = {"workbook": workbook, "by": visit.person.name, **options.model_dump()}
    visit.note("workbook checked", detail=_own(visit, workbook).called)
    return job_as_dict(visit.jobs.start(CHECK, arguments, by=visit.person.name))
