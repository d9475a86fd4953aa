"""The record of a verification: its sheets, its signatures, its files, and the planning CT beside it."""

from pathlib import Path as Place
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Response
from fastapi.responses import FileResponse
from pydantic import Field

from seedbed.errors import InputError
from seedbed.journey.workbench.case_list import case_dict
from seedbed.journey.workbench.refusals import ChangedElsewhereError
from seedbed.journey.workbench.verifications.folder import (
    KeptRun,
    kept_runs,
    read_asked,
    search_of,
)
from seedbed.journey.workbench.verifications.judgement import OPEN, check_judgement, read_judgement
from seedbed.journey.workbench.verifications.latest import current_run, is_stale
from seedbed.journey.workbench.verifications.numbering import numbering_of, refuse_unexplained
from seedbed.journey.workbench.verifications.planning_ct import kept_laid_on, motion_of
from seedbed.journey.workbench.verifications.searching import refuse_other_search, searched_of
from seedbed.journey.workbench.verifications.signing import Signer, run_file, run_files, sign_verification
from seedbed.journey.workbench.verifications.state import verification_state
from seedbed.web.routes.verifications import Verification, opened_verification, started_again
from seedbed.web.shapes import Asked
from seedbed.web.visit import Admitted, Visit

router = APIRouter(tags=["verifications"])
FileName = Annotated[str, Path(max_length=100)]


class SigningVerification(Asked):
    """A signature under the calculation and the version of the seeds that were seen, with what is decided."""

    version: Annotated[int, Field(ge=0, le=2**31)]
    run: Annotated[str, Field(pattern=r"^[0-9a-f]{1,32}$")]
    meaning: Literal["verified", "approved"]
    decided: Literal["accept", "top-up", "repeat-ct", "other"]
    remark: Annotated[str, Field(max_length=1000)] = ""


@router.post("/verifications/{verification}/sheets")
def sheets(visit: Admitted, verification: Verification) -> dict[str, Any]:
    """Calculate for the record, with pictures and sheets, with the seeds that count now, as a job."""
    folder, _ = opened_verification(visit, verification)
    latest = current_run(folder)
    stale = latest is None or _stale(folder, latest)
    top_up = latest is not None and not stale and latest.run.top_up
    return started_again(visit, verification, "verification sheets written", top_up=top_up, sheets=True)


@router.post("/verifications/{verification}/sign")
def sign(visit: Admitted, verification: Verification, asked: SigningVerification) -> dict[str, Any]:
    """Sign the version that was seen; an approval by a second person locks it."""
    folder, opened = opened_verification(visit, verification)

    def noted() -> None:
        detail = f"{verification}, version {asked.version}: {asked.meaning}, {asked.decided}"
        visit.note("verification signed", patient_id=opened.row.patient_id, detail=detail)

    with visit.workplace.rooms.alone(f"verification {verification}"):
        check_judgement(read_judgement(folder), asked.version)
        latest = _latest(folder)
        _refuse_another(latest, asked.run)
        if _stale(folder, latest):
            raise InputError(
                "results of other seeds than those that count now",
                "a calculation of these",
                "write the sheets again",
            )
        numbering = numbering_of(folder)
        if numbering is not None:
            refuse_unexplained(numbering)
        refuse_other_search(searched_of(folder))
        seeds = verification_state(folder)["seeds"]
        unsettled = sum(each["doubtful"] and each["state"] == OPEN for each in seeds)
        numbers = () if numbering is None else tuple(numbering.sentences())
        signer = _signer(visit, asked, unsettled, numbers)
        sign_verification(latest, signer, meaning=asked.meaning, noted=noted)
    return {**verification_state(folder, opened.ct), "case_row": case_dict(opened.row)}


@router.get("/verifications/{verification}/files")
def files(visit: Admitted, verification: Verification) -> dict[str, Any]:
    """List the files of the latest calculation, and whether they are of the seeds that count now."""
    folder, _ = opened_verification(visit, verification)
    latest = current_run(folder)
    if latest is None:
        return {"files": [], "stale": False, "sheets": False}
    return {"files": run_files(latest), "stale": _stale(folder, latest), "sheets": latest.run.sheets}


@router.get("/verifications/{verification}/files/{name}")
def one_file(visit: Admitted, verification: Verification, name: FileName) -> FileResponse:
    """Give one file of the latest calculation."""
    return _file(visit, verification, name)


@router.get("/verifications/{verification}/files/{folder}/{name}")
def one_picture(
    visit: Admitted, verification: Verification, folder: FileName, name: FileName
) -> FileResponse:
    """Give one picture of the latest calculation."""
    return _file(visit, verification, f"{folder}/{name}")


@router.get("/verifications/{verification}/planning-ct")
def planning_ct(visit: Admitted, verification: Verification) -> Response:
    """Return the planning CT as it lies on the CT after implantation, voxel by voxel, HU, int16."""
    folder, opened = opened_verification(visit, verification)
    to_post = motion_of(_latest(folder))
    planning = visit.workplace.rooms.case(read_asked(folder).plan_case)
    visit.viewed("case", patient_id=planning.row.patient_id, detail=planning.row.case)
    values = kept_laid_on(
        visit.workplace.rooms, folder, planning, grid=opened.ct.volume.grid, to_post=to_post
    )
    headers = {"X-Shape": ",".join(str(each) for each in values.shape), "X-Dtype": "int16"}
    return Response(values.tobytes(), media_type="application/octet-stream", headers=headers)


def _file(visit: Visit, verification: str, name: str) -> FileResponse:
    folder, opened = opened_verification(visit, verification)
    found = run_file(_latest(folder), name)
    visit.note("verification exported", patient_id=opened.row.patient_id, detail=f"{verification}, {name}")
    return FileResponse(found, filename=found.name)


def _latest(folder: Place) -> KeptRun:
    latest = current_run(folder)
    if latest is None:
        raise InputError("a verification without a result", "one that was calculated", "wait for the job")
    return latest


def _refuse_another(latest: KeptRun, seen: str) -> None:
    """Refuse a signature under a calculation that another has taken the place of."""
    if latest.run.name != seen:
        raise ChangedElsewhereError(
            f"the results were calculated again by {latest.run.by} at {latest.run.at} since",
            "the results that count now",
            "look at them, and sign these",
        )


def _stale(folder: Place, latest: KeptRun) -> bool:
    return is_stale(read_judgement(folder), search_of(kept_runs(folder)), latest)


def _signer(visit: Visit, asked: SigningVerification, unsettled: int, numbers: tuple[str, ...]) -> Signer:
    person = visit.person
    return Signer(
        by=person.name,
        role="this machine's only user" if visit.bench.local else ", ".join(sorted(person.roles)),
        decided=asked.decided,
        remark=asked.remark,
        single_user=visit.bench.local,
        unsettled=unsettled,
        numbers=numbers,
    )
