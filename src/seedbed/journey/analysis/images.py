"""Response, diameters and volume of the targets, from the images, as columns and as a course of time."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement

from seedbed.cohort.courses import Findings
from seedbed.cohort.endpoint_records import DecidedTimes
from seedbed.cohort.frame import Column, make_column
from seedbed.journey.analysis.endpoints import OnRecord
from seedbed.journey.analysis.judging import CLASSES, IMAGE_FIELDS, LESION_FIELDS, Batch, JudgedImages
from seedbed.journey.analysis.many_processes import judge_batches
from seedbed.journey.analysis.members import (
    Members,
    at_months,
    due_months_of,
    pick,
    plain_rows,
    since_start,
)
from seedbed.journey.analysis.responders import responder_columns
from seedbed.journey.progress import Progress, silent
from seedbed.patient.records import LesionRecord, Measurement, Progression, Record, partial
from seedbed.registry.clinic import ClinicRegister
from seedbed.registry.clinic_tables import TABLES
from seedbed.response import volume_reduction_pct

RESPONSE_MONTHS = (6, 12)
VOLUME_MONTHS = (0, 6, 12)
AT_ONCE = 1000
"""Patients whose images are judged at once: bounds the memory, and the wait after Ctrl-C."""
ENOUGH_FOR_PROCESSES = 4000
"""Patients from which on it pays to start other processes (local rule)."""
SAID = (*CLASSES, "NE")
MOST_NAMED = 10
UNRECORDED = "Progression by the images and no record of it, so that LPFS and PFS do not know of it"


@dataclass(frozen=True)
class ImageQuestion:
    """By which criteria, whose reading where a patient has several, and how many processes judge."""

    profile: str = "recist11"
    reader: str | None = None
    processes: int = 1


@dataclass(frozen=True)
class Judged:
    """What the images say of all patients.

    Attributes
    ----------
    columns : dict of str to Column
        Response and volume at the visits, best response, and how soon and how long.
    diameters_mm : Findings
        Sum of the diameters of the targets at every set of images from baseline on, with the response as it
        counts.
    problems : tuple of str
        What could not be judged, as sentences.
    decided : tuple of DecidedTimes
        How time to response and its duration were decided.
    """

    columns: dict[str, Column]
    diameters_mm: Findings
    problems: tuple[str, ...]
    decided: tuple[DecidedTimes, ...]


def image_columns(
    clinic: ClinicRegister,
    members: Members,
    *,
    known: Sequence[OnRecord],
    question: ImageQuestion,
    progress: Progress = silent,
) -> Judged:
    """Judge the response of every patient and add up the volumes of the targets; tell what cannot be judged.

    Raises
    ------
    InputError
        A patient whose images were measured by several readers, and nobody said whose count.
    OutputError
        A process that judged ended before it was done.
    """
    judged = _judged(clinic, members, question=question, progress=progress)
    problems: dict[str, list[str]] = defaultdict(list)
    for row, problem in judged.problems:
        problems[problem].append(members.ids[row])
    unrecorded = _unrecorded(clinic, members, judged)
    if unrecorded:
        problems[UNRECORDED] = unrecorded
    columns, diameters_mm = _columns(judged, members)
    found, decided = responder_columns(members, known, judged=judged, profile=question.profile)
    told = tuple(_told(*each) for each in problems.items())
    return Judged(columns | found, diameters_mm, told, decided)


def _judged(
    clinic: ClinicRegister, members: Members, *, question: ImageQuestion, progress: Progress
) -> JudgedImages:
    """Judge batch after batch, by several processes where that was asked for and there is enough to do."""
    everybody = len(members.ids)
    firsts = range(0, everybody, AT_ONCE)
    processes = question.processes if everybody >= ENOUGH_FOR_PROCESSES else 1
    batches = (_batch(clinic, members, first, question=question) for first in firsts)
    found = JudgedImages()
    for first, each in zip(firsts, judge_batches(batches, processes=processes), strict=True):
        found.add(each)
        progress("Judging the images", min(first + AT_ONCE, everybody), everybody)
    return found


def _batch(clinic: ClinicRegister, members: Members, first: int, *, question: ImageQuestion) -> Batch:
    patients = members.ids[first : first + AT_ONCE]
    lesions, images = TABLES[LesionRecord.KIND].c, TABLES[Measurement.KIND].c
    until = images.on <= members.on.isoformat()
    return Batch(
        rows=tuple(range(first, first + len(patients))),
        patients=patients,
        starts=members.starts[first : first + AT_ONCE],
        on=members.on,
        lesions=_rows(clinic, LesionRecord, LESION_FIELDS, lesions.patient_id.in_(patients)),
        images=_rows(clinic, Measurement, IMAGE_FIELDS, images.patient_id.in_(patients), until),
        profile=question.profile,
        reader=question.reader,
        stays=members.rules.progressed.later_response == "progression",
    )


def _rows(
    clinic: ClinicRegister, kind: type[Record], names: Sequence[str], *where: ColumnElement[bool]
) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in plain_rows(clinic, kind, names, *where)]


def _told(what: str, who: Sequence[str]) -> str:
    more = f" and {len(who) - MOST_NAMED} more" if len(who) > MOST_NAMED else ""
    patients = "1 patient" if len(who) == 1 else f"{len(who)} patients"
    return f"{what}: {patients} ({', '.join(who[:MOST_NAMED])}{more})"


def _unrecorded(clinic: ClinicRegister, members: Members, judged: JudgedImages) -> list[str]:
    """Return who progressed by the images and has no record of a progression, on which endpoints rest."""
    until = TABLES[Progression.KIND].c.on <= members.on.isoformat()
    rows = plain_rows(clinic, Progression, ("patient_id", "on"), until)
    recorded = {
        name
        for name, day in rows
        if name in members.row and partial(day).latest >= members.starts[members.row[name]].earliest
    }
    pairs = zip(judged.rows, judged.responses, strict=True)
    by_images = dict.fromkeys(members.ids[row] for row, response in pairs if response == "PD")
    return [name for name in by_images if name not in recorded]


def _columns(judged: JudgedImages, members: Members) -> tuple[dict[str, Column], Findings]:
    patients = np.array(judged.rows, dtype=np.int64)
    days = np.array(judged.days, dtype=np.int64)
    months = sorted({*VOLUME_MONTHS, *RESPONSE_MONTHS, *members.due_months})
    taken = at_months(members, patients, days=days, months=months)
    responses = [each if each in CLASSES else None for each in judged.responses]
    columns = {}
    for month in RESPONSE_MONTHS:
        lost = sum(responses[at] is None for at in taken[month].place.tolist() if at >= 0)
        notes = [f"{lost} patients were imaged and not evaluable"] if lost else []
        columns[f"response_{month}"] = pick(
            f"response_{month}", taken[month], values=responses, sources=judged.sources, notes=notes
        )
    for month in VOLUME_MONTHS:
        columns[f"volume_{month}"] = pick(
            f"volume_{month}", taken[month], values=judged.volumes_cc, sources=judged.sources
        )
    for month in RESPONSE_MONTHS:
        columns[f"vrr_{month}"] = _reduction(month, columns["volume_0"], columns[f"volume_{month}"])
    return columns, Findings(
        patients=patients,
        days=since_start(members, patients, days),
        values=np.array(judged.sums_mm, dtype=np.float64),
        words=np.array([each if each in SAID else "" for each in judged.responses], dtype=np.str_),
        due_months=due_months_of(taken, len(days)),
    )


def _reduction(month: int, before: Column, now: Column) -> Column:
    pairs = list(zip(before.values.tolist(), now.values.tolist(), strict=True))
    found = [volume_reduction_pct(old, new) if old > 0 and new == new else None for old, new in pairs]
    sources = [(*old, *new) for old, new in zip(before.sources, now.sources, strict=True)]
    return make_column(f"vrr_{month}", found, sources=sources)
