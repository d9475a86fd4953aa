"""Workbooks of the register: an empty one, one of what is there, and one brought in, checked first."""

import shutil
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import Field, StringConstraints
from starlette.concurrency import run_in_threadpool

from seedbed.journey.workbench.jobs import job_as_dict
from seedbed.journey.workbench.refusals import ChangedElsewhereError, NotFoundError
from seedbed.journey.workbench.upload_names import check_name
from seedbed.web.addresses import decoded
from seedbed.web.routes.imports import FileName, on_disk
from seedbed.web.shapes import Asked
from seedbed.web.visit import Admitted, Visit

if TYPE_CHECKING:
    from seedbed.journey.workbench.workbook_folder import Uploaded

router = APIRouter(tags=["workbooks"])
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Language = Annotated[Literal["en", "zh"], Query()]
WorkbookName = Annotated[str, Path(max_length=64)]
_deciding = Lock()
"""One at a time asks what goes on with a workbook and begins something with it."""


class Options(Asked):
    """What the workbook may do that otherwise is a fault, or is left."""

    new_identity: bool = False
    restore: bool = False


class Decision(Asked):
    """A workbook that is to be kept as it was shown, by the mark of that, at this number of the register."""

    number: Annotated[int, Field(ge=0, le=2**31)]
    shown: Annotated[str, StringConstraints(max_length=64)]
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

    visit.note("register to be exported", detail="workbook")
    arguments = {"by": visit.person.name, "language": language}
    return job_as_dict(visit.jobs.start(EXPORT, arguments, by=visit.person.name))


@router.post("/workbooks", status_code=201)
async def new_workbook(visit: Admitted, request: Request, x_file_name: FileName = "") -> dict[str, Any]:
    """Take a workbook, whose name the header says encoded, and check it, as a job; nothing is kept."""
    from seedbed.journey.workbench.workbook_folder import WORKBOOK, begin_workbook, check_is_workbook

    called = decoded(x_file_name) if x_file_name else WORKBOOK
    check_name(called)
    with on_disk():
        uploaded = begin_workbook(visit.workplace, called=called, by=visit.person.name)
        try:
            with uploaded.file.open("wb") as out:
                async for chunk in request.stream():
                    await run_in_threadpool(out.write, chunk)
            await run_in_threadpool(check_is_workbook, uploaded)
            job = await run_in_threadpool(_checked, visit, uploaded, Options())
        except BaseException:
            shutil.rmtree(uploaded.folder, ignore_errors=True)
            raise
    return {"workbook": uploaded.folder.name, "job": job}


@router.get("/workbooks")
def waiting(visit: Admitted) -> dict[str, Any]:
    """List one's own workbooks that were checked and are neither kept nor left, the latest first."""
    from seedbed.journey.workbench.workbook_folder import waiting_workbooks

    return {"workbooks": waiting_workbooks(visit.workplace, by=visit.person.name)}


@router.get("/workbooks/{workbook}")
def found_in(visit: Admitted, workbook: WorkbookName) -> dict[str, Any]:
    """Tell what is wrong in a workbook, and what it would add and change."""
    return _seen(visit, _own(visit, workbook))


@router.get("/workbooks/{workbook}/faults")
def faults(visit: Admitted, workbook: WorkbookName) -> FileResponse:
    """Send all that is wrong in a workbook, cell by cell."""
    from seedbed.journey.workbench.workbook_folder import FAULTS

    uploaded = _own(visit, workbook)
    _seen(visit, uploaded)
    return FileResponse(uploaded.folder / FAULTS, media_type="text/csv; charset=utf-8", filename=FAULTS)


@router.get("/workbooks/{workbook}/file")
def file(visit: Admitted, workbook: WorkbookName) -> FileResponse:
    """Send a workbook itself."""
    uploaded = _own(visit, workbook)
    if not uploaded.file.is_file():
        raise NotFoundError("a workbook without its file", "one that was written", "write it again")
    if uploaded.of_register:
        visit.note("register exported", detail=f"{uploaded.called}: all records of all patients")
    else:
        visit.viewed("workbook", patient_id="", detail=uploaded.called)
    return FileResponse(uploaded.file, media_type=XLSX, filename=uploaded.called)


@router.post("/workbooks/{workbook}/check")
def check_again(visit: Admitted, workbook: WorkbookName, asked: Options) -> dict[str, Any]:
    """Check a workbook again, as the register is now."""
    with _deciding:
        uploaded = _own(visit, workbook)
        _refuse_kept(visit, workbook)
        return _checked(visit, uploaded, asked)


@router.post("/workbooks/{workbook}/keep")
def keep(visit: Admitted, workbook: WorkbookName, asked: Decision) -> dict[str, Any]:
    """Take a workbook into the register as it was shown, as a job: all of it, or nothing."""
    from seedbed.journey.workbench.workbooks import CHECK, KEEP, keeping

    decision = asked.model_dump()
    with _deciding:
        uploaded = _own(visit, workbook)
        running = visit.jobs.going_on(KEEP, {"workbook": workbook, **decision}, by=visit.person.name)
        if running:
            return job_as_dict(running)
        _refuse_kept(visit, workbook)
        if visit.jobs.going_on(CHECK, {"workbook": workbook}, by=visit.person.name):
            raise ChangedElsewhereError(
                "the workbook is being checked again", "one that was checked and shown", "wait for the check"
            )
        arguments = keeping(visit.workplace, uploaded, **decision)
        visit.note("workbook to be kept", detail=f"{uploaded.called}, at version {asked.number}")
        return job_as_dict(visit.jobs.start(KEEP, arguments, by=visit.person.name))


@router.delete("/workbooks/{workbook}")
def leave(visit: Admitted, workbook: WorkbookName) -> dict[str, Any]:
    """Leave a workbook: nothing of it is kept."""
    with _deciding:
        uploaded = _own(visit, workbook)
        _refuse_kept(visit, workbook)
        shutil.rmtree(uploaded.folder, ignore_errors=True)
    return {"left": workbook}


def _own(visit: Visit, workbook: str) -> "Uploaded":
    from seedbed.journey.workbench.workbook_folder import uploaded_workbook

    return uploaded_workbook(visit.workplace, workbook, by=visit.person.name)


def _seen(visit: Visit, uploaded: "Uploaded") -> dict[str, Any]:
    """Return what is shown of a workbook, once the trail says whose records it shows."""
    from seedbed.journey.workbench.workbook_trail import note_seen

    found = uploaded.checked()
    visit.viewed("workbook", patient_id="", detail=uploaded.called)
    note_seen(
        visit.workplace,
        uploaded.folder,
        who=visit.person.name,
        patients=found.pop("patients"),
        called=uploaded.called,
        origin=visit.origin,
    )
    return found


def _refuse_kept(visit: Visit, workbook: str) -> None:
    from seedbed.journey.workbench.workbooks import KEEP

    if visit.jobs.going_on(KEEP, {"workbook": workbook}, by=visit.person.name):
        raise ChangedElsewhereError(
            "the workbook is being taken into the register",
            "one that waits for a decision",
            "wait until it is there, or stop it",
        )


def _checked(visit: Visit, uploaded: "Uploaded", options: Options) -> dict[str, Any]:
    """Begin a check; what an earlier one found is shown no longer."""
    from seedbed.journey.workbench.workbooks import CHECK

    arguments = {"workbook": uploaded.folder.name, "by": visit.person.name, **options.model_dump()}
    running = visit.jobs.going_on(CHECK, arguments, by=visit.person.name)
    if running:
        return job_as_dict(running)
    uploaded.forget_check()
    visit.note("workbook checked", detail=uploaded.called)
    return job_as_dict(visit.jobs.start(CHECK, arguments, by=visit.person.name))
