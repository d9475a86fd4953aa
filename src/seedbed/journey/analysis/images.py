"""Response, diameters and volume of the targets, from the images, as columns and as a course of time."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from seedbed.cohort.courses import Findings
from seedbed.cohort.endpoint_records import DecidedTimes
from seedbed.cohort.frame import Column, make_column
from seedbed.journey.analysis.endpoints import OnRecord
from seedbed.journey.analysis.judging import CLASSES, JudgedImages
from seedbed.journey.analysis.members import (
    Members,
    at_months,
    due_months_of,
    pick,
    plain_rows,
    since_start,
)
from seedbed.journey.analysis.responders import responder_columns
from seedbed.journey.counted_notes import noted
from seedbed.patient.records import Progression, partial
from seedbed.registry.clinic import ClinicRegister
from seedbed.registry.clinic_tables import TABLES
from seedbed.response import volume_reduction_pct

RESPONSE_MONTHS = (6, 12)
VOLUME_MONTHS = (0, 6, 12)
SAID = (*CLASSES, "NE")
MOST_NAMED = 10
UNRECORDED = "Progression by the images and no record of it, so that LPFS and PFS do not know of it"


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
    judged: JudgedImages,
    *,
    known: Sequence[OnRecord],
    profile: str,
) -> Judged:
    """Make columns of what was judged; tell what could not be.

    Parameters
    ----------
    clinic : ClinicRegister
    members : Members
    judged : JudgedImages
        Of all of them.
    known : sequence of OnRecord
        What became of each.
    profile : {"recist11", "paper"}
        Criteria by which it was judged.
    """
    problems: dict[str, list[str]] = defaultdict(list)
    for row, problem in judged.problems:
        problems[problem].append(members.ids[row])
    unrecorded = _unrecorded(clinic, members, judged)
    if unrecorded:
        problems[UNRECORDED] = unrecorded
    columns, diameters_mm = _columns(judged, members)
    found, decided = responder_columns(members, known, judged=judged, profile=profile)
    told = tuple(_told(*each) for each in problems.items())
    return Judged(columns | found, diameters_mm, told, decided)


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
        notes = noted(lost, "patient was imaged and not evaluable", "patients were imaged and not evaluable")
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
