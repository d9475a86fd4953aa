"""The cohort: what may be asked, a question answered or put to work, and the files of an answer.

Who may not see who a patient is gets analyses with codes in place of identifiers, and no other.
"""

from collections.abc import Mapping
from datetime import date
from threading import Lock
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi import Path as InPath
from fastapi.responses import FileResponse
from pydantic import Field

from seedbed.cohort.row_filters import RowFilter
from seedbed.journey.workbench.cohort.asking import MOST_FILTERS, CohortQuestion, askable
from seedbed.journey.workbench.cohort.coded import workplace_key
from seedbed.journey.workbench.cohort.kept import KeptAnalysis, kept_analyses, kept_analysis, media_type
from seedbed.journey.workbench.jobs import job_as_dict
from seedbed.journey.workbench.possible_days import check_data_cut
from seedbed.journey.workbench.refusals import NotFoundError
from seedbed.web.shapes import Asked, Name
from seedbed.web.visit import Admitted, Visit

router = APIRouter(tags=["cohort"])
ANALYSE, POLICY = "analyse", "Content-Security-Policy"
SHOWN_AS_IT_IS = frozenset({"image/svg+xml", "image/png"})
ALONE = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
"""A figure or page of an analysis shows itself alone: no script, nothing fetched."""
AnalysisName = Annotated[str, InPath(max_length=64)]
FileName = Annotated[str, InPath(max_length=100)]
_asking = Lock()


class AskedFilter(Asked):
    """Which values of a variable are analysed."""

    variable: Name
    classes: Annotated[tuple[Name, ...], Field(max_length=50)] = ()
    low: Annotated[float, Field(ge=-1e12, le=1e12)] | None = None
    high: Annotated[float, Field(ge=-1e12, le=1e12)] | None = None


class AskedCohort(Asked):
    """A question to the cohort."""

    group: Name = "arm"
    on: date
    profile: Name = "recist11"
    filters: Annotated[tuple[AskedFilter, ...], Field(max_length=MOST_FILTERS)] = ()


@router.get("/cohort/variables")
def cohort_variables(visit: Admitted) -> dict[str, Any]:
    """Say what groups and filters there are."""
    return {**askable(visit.workplace.clinic), "coded": not visit.clinical}


@router.post("/cohort/analyses")
def ask_cohort(visit: Admitted, asked: AskedCohort) -> dict[str, Any]:
    """Answer at once where the answer is kept; else start the analysis, or tell of the one that runs."""
    check_data_cut(asked.on, today=date.today())
    filters = tuple(
        RowFilter(variable=each.variable, classes=each.classes, low=each.low, high=each.high)
        for each in asked.filters
    )
    question = CohortQuestion(
        group=asked.group,
        on=asked.on,
        profile=asked.profile,
        filters=filters,
        coded=not visit.clinical,
    )
    name = question.name(visit.workplace.clinic.head())
    if kept_analysis(visit.workplace.folder, name, coded=question.coded) is not None:
        return {"analysis": name, "job": None}
    with _asking:
        owner = None if visit.clinical else visit.person.name
        running = visit.jobs.going_on(ANALYSE, {"name": name}, by=owner)
        if running is None:
            if question.coded:
                workplace_key(visit.workplace.folder)
            arguments = {"name": name, "question": question.to_plain(), "by": visit.person.name}
            running = visit.jobs.start(ANALYSE, arguments, by=visit.person.name)
    visit.note("cohort analysis asked", detail=f"{name}, by {question.group}, as of {question.on}")
    return {"analysis": name, "job": job_as_dict(running)}


@router.get("/cohort/analyses")
def analyses(visit: Admitted) -> dict[str, Any]:
    """List the analyses that are kept, the latest first."""
    head = list(visit.workplace.clinic.head())
    found = kept_analyses(visit.workplace.folder, coded=not visit.clinical)
    return {"analyses": [_listed(each, head) for each in found]}


@router.get("/cohort/analyses/{analysis}")
def one_analysis(visit: Admitted, analysis: AnalysisName) -> dict[str, Any]:
    """Show tables, figures, methods and notes of an analysis."""
    found = _kept(visit, analysis)
    visit.viewed("cohort analysis", patient_id="", detail=found.id)
    head = list(visit.workplace.clinic.head())
    return {**_listed(found, head), "shown": found.shown(), "files": found.files()}


@router.get("/cohort/analyses/{analysis}/archive")
def archive(visit: Admitted, analysis: AnalysisName) -> FileResponse:
    """Send all files of an analysis as one zip."""
    found = _kept(visit, analysis)
    visit.viewed("files of a cohort analysis", patient_id="", detail=f"{found.id}, all")
    return FileResponse(
        found.archive,
        media_type=media_type(found.archive),
        filename=f"seedbed-cohort-{found.about['question']['on']}.zip",
    )


@router.get("/cohort/analyses/{analysis}/files/{name}")
def one_file(visit: Admitted, analysis: AnalysisName, name: FileName) -> FileResponse:
    """Send a file of an analysis to be saved."""
    return _sent(visit, analysis, name)


@router.get("/cohort/analyses/{analysis}/files/{folder}/{name}")
def one_file_of_a_folder(
    visit: Admitted, analysis: AnalysisName, folder: FileName, name: FileName
) -> FileResponse:
    """Send a figure, to be shown, or a table, to be saved."""
    return _sent(visit, analysis, f"{folder}/{name}")


def _sent(visit: Visit, analysis: str, path: str) -> FileResponse:
    found = _kept(visit, analysis)
    file = found.file(path)
    kind = media_type(file)
    shown = kind in SHOWN_AS_IT_IS
    if not shown:
        visit.viewed("files of a cohort analysis", patient_id="", detail=f"{found.id}, {path}")
    return FileResponse(
        file,
        media_type=kind,
        headers={POLICY: ALONE},
        filename=file.name,
        content_disposition_type="inline" if shown else "attachment",
    )


def _kept(visit: Visit, name: str) -> KeptAnalysis:
    found = kept_analysis(visit.workplace.folder, name, coded=not visit.clinical)
    if found is None:
        raise NotFoundError(f"no analysis '{name}'", "one that is listed", "look at the list")
    return found


def _listed(found: KeptAnalysis, head: list[Any]) -> Mapping[str, Any]:
    about = {name: value for name, value in found.about.items() if name != "head"}
    return {**about, "current": found.about["head"] == head}
