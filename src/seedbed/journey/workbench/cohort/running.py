"""An analysis run as a job: into a folder of its own, put in its place only when all of it is there."""

import json
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import select

from seedbed.cohort.tables import Table
from seedbed.errors import OutputError
from seedbed.journey.analysis.analysing import Analysed, AnalyseQuestion, analyse_cohort
from seedbed.journey.analysis.describing import Origin
from seedbed.journey.progress import Progress, Stopped, stopping
from seedbed.journey.workbench.cohort.asking import CohortQuestion
from seedbed.journey.workbench.cohort.coded import coded_register, without_birth_dates, workplace_key
from seedbed.journey.workbench.cohort.kept import (
    ABOUT,
    ARCHIVE,
    FILES,
    SHOWN,
    analyses_folder,
    kept_analysis,
)
from seedbed.journey.workbench.workplace import Workplace
from seedbed.patient.records import Patient
from seedbed.registry.clinic import ClinicRegister
from seedbed.registry.clinic_tables import TABLES
from seedbed.report.analysis_report import AnalysisReport

OWNER_ONLY = 0o700
CODED_NAME = "(coded identifiers)"


def run_analyse(
    workplace: Workplace, arguments: dict[str, Any], progress: Progress, stop: Callable[[], bool]
) -> dict[str, Any] | None:
    """Analyse the cohort of the workplace's register, and keep the answer.

    Parameters
    ----------
    workplace : Workplace
    arguments : dict
        ``question`` (of `CohortQuestion`), ``by``.

    Returns
    -------
    dict or None
        ``analysis``, the name under which it is kept; None after a stop.

    Raises
    ------
    SeedbedError
        As of `seedbed.journey.analysis.analysing.analyse_cohort`.
    """
    asked = CohortQuestion.from_plain(arguments["question"])
    head = workplace.clinic.head()
    name = asked.name(head)
    if kept_analysis(workplace.folder, name, coded=asked.coded) is not None:
        return {"analysis": name}

    told = stopping(progress, stop)
    with _part(workplace, name) as folder:
        try:
            found = _analysed(workplace, asked, folder=folder / FILES, head=head, progress=told)
        except Stopped:
            return None
        about = {
            "id": name,
            "question": asked.to_plain(),
            "by": arguments["by"],
            "made": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "head": list(head),
            "patients": len(found.data.patients),
            "groups": [list(each) for each in zip(found.data.groups, found.data.sizes, strict=True)],
        }
        _write(folder / SHOWN, shown(found))
        _zip(folder / FILES, folder / ARCHIVE)
        _write(folder / ABOUT, about)
        _put(folder, analyses_folder(workplace.folder) / name)
    return {"analysis": name}


@contextmanager
def _part(workplace: Workplace, name: str) -> Iterator[Path]:
    """Make a folder to work in; what is left in it, or was left by a job that was killed, is taken away."""
    root = analyses_folder(workplace.folder)
    for left in root.glob(f"{name}.*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = root / f"{name}.{secrets.token_hex(4)}"
    try:
        root.mkdir(mode=OWNER_ONLY, exist_ok=True)
        folder.mkdir(mode=OWNER_ONLY)
        yield folder
    except OSError as error:
        raise OutputError(
            f"an analysis could not be written ({error.strerror or error})",
            "room on the disk of the workplace",
            "make room, and ask again",
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _put(folder: Path, place: Path) -> None:
    """Put an analysis in its place; where another put the same answer there, that one stays."""
    try:
        folder.rename(place)
    except OSError:
        if not (place / ABOUT).is_file():
            raise


def _analysed(
    workplace: Workplace, asked: CohortQuestion, *, folder: Path, head: tuple[int, str], progress: Progress
) -> Analysed:
    clinic = workplace.clinic
    if not asked.coded:
        return analyse_cohort(_question(asked, workplace.address.where, folder), progress)
    origin = Origin(name=CODED_NAME, what="register", hash=head[1], change_set=head[0])
    with (
        without_birth_dates(lambda: _births(clinic)),
        coded_register(clinic, workplace_key(workplace.folder), progress) as copy,
    ):
        return analyse_cohort(_question(asked, copy, folder, origin=origin), progress)


def _question(
    asked: CohortQuestion, source: Path | str, folder: Path, *, origin: Origin | None = None
) -> AnalyseQuestion:
    return AnalyseQuestion(
        source=source,
        out=folder,
        group=asked.group,
        on=asked.on,
        today=date.today(),
        profile=asked.profile,
        filters=asked.filters,
        origin=origin,
        traced=not asked.coded,
    )


def _births(clinic: ClinicRegister) -> list[str]:
    born = TABLES[Patient.KIND].c.born
    return [row[0] for row in clinic.rows(select(born).where(born.is_not(None)))]


def shown(found: Analysed) -> dict[str, Any]:
    """Return what a page shows of an analysis: everything but the values of single patients."""
    report: AnalysisReport = found.report
    return {
        "title": report.title,
        "on": found.data.on.isoformat(),
        "group_by": found.data.group_by,
        "groups": [
            {"name": name, "n": size} for name, size in zip(found.data.groups, found.data.sizes, strict=True)
        ],
        "facts": [list(each) for each in report.facts],
        "excluded": [{"reason": each.reason, "n": len(each.patients)} for each in found.data.exclusions],
        "tables": [_table(each) for each in report.paper],
        "better_than_the_paper": [_table(each) for each in report.further],
        "methods": list(report.methods),
        "notes": list(report.notes),
        "figures": [
            {"id": each.id, "title": each.title, "caption": each.caption, "files": list(each.files)}
            for each in report.figures
        ],
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "id": table.id,
        "title": table.title,
        "columns": list(table.columns),
        "rows": [
            {
                "id": row.id,
                "label": row.label,
                "level": row.level,
                "cells": [{"text": cell.text, "strong": cell.strong} for cell in row.cells],
                "tests": [test.to_dict() for test in row.tests],
            }
            for row in table.rows
        ],
        "footnotes": list(table.footnotes),
        "methods": table.methods,
    }


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, allow_nan=False), encoding="utf-8")


def _zip(folder: Path, path: Path) -> None:
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for file in sorted(each for each in folder.rglob("*") if each.is_file()):
            archive.write(file, file.relative_to(folder).as_posix())
