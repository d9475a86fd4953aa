"""Response and volume of the targets at the visits, from the images, as columns."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from itertools import groupby
from typing import TypeVar

import numpy as np
from sqlalchemy import Connection

from seedbed.cohort.frame import Column, make_column
from seedbed.errors import InputError, one_of
from seedbed.journey.analysis.members import Members, at_months, pick, plain_rows
from seedbed.journey.recist import judge_case
from seedbed.journey.records.tumours import tumour_cases
from seedbed.patient import Lesion, Visit
from seedbed.patient.fields import fields_of
from seedbed.patient.records import LesionRecord, Measurement, Progression, Record, partial
from seedbed.registry.clinic import ClinicRegister
from seedbed.registry.clinic_tables import TABLES
from seedbed.response import ellipsoid_volume_cc, volume_reduction_pct
from seedbed.sheets.cdisc_tumour import TumourCase

RESPONSE_MONTHS = (6, 12)
VOLUME_MONTHS = (0, 6, 12)
MATCHED_UNTIL_DAYS = 700
"""Images later than this cannot change what counts for month 12: they lie further from month 18 than any that
lies nearer to month 18 than to month 12."""
AT_ONCE = 4000
"""Patients whose images are read at once: bounds the memory."""
MOST_NAMED = 10
UNRECORDED = "Progression by the images and no record of it, so that LPFS and PFS do not know of it"
CLASSES = ("CR", "PR", "SD", "PD")
AnyRecord = TypeVar("AnyRecord", bound=Record)
Found = TypeVar("Found")


@dataclass(frozen=True)
class ImageQuestion:
    """By which criteria, and whose reading where a patient has several."""

    profile: str = "recist11"
    reader: str | None = None


@dataclass(frozen=True)
class _Seen:
    """One set of images of one patient after treatment began, or at baseline."""

    patient: int
    day: int
    response: str
    volume_cc: float | None
    sources: tuple[str, ...]


class _ImagesUntil(ClinicRegister):
    """The register as it would be without images that are not asked for."""

    def __init__(self, clinic: ClinicRegister, members: Members) -> None:
        self.where, self._clinic, self._members = clinic.where, clinic, members

    def records(self, kind: type[AnyRecord], *, patients: Collection[str] | None = None) -> list[AnyRecord]:
        """Return records of the real one; of images and new lesions, those that count."""
        if kind is Measurement and patients is not None:
            return self._images(kind, patients)
        found = self._clinic.records(kind, patients=patients)
        return [each for each in found if not self._too_late(each)] if kind is LesionRecord else found

    def read(self, reading: Callable[[Connection], Found]) -> Found:
        """Read from the real one."""
        return self._clinic.read(reading)

    def _images(self, kind: type[AnyRecord], patients: Collection[str]) -> list[AnyRecord]:
        """Return images that count; no record is made of others, which are most in a long follow-up."""
        names = tuple(fields_of(kind))
        who, on = names.index("patient_id"), names.index("on")
        table = TABLES[kind.KIND]
        asked = (table.c.patient_id.in_(patients), table.c.on <= self._members.on.isoformat())
        rows = plain_rows(self._clinic, kind, names, *asked)
        found = [
            kind.from_plain(dict(zip(names, row, strict=True)), where="a row of the register")
            for row in rows
            if row[on] <= self._last_day[row[who]]
        ]
        return sorted(found, key=lambda record: record.key)

    @cached_property
    def _last_day(self) -> dict[str, str]:
        """Last day of each patient whose images count, as text."""
        reach = timedelta(days=MATCHED_UNTIL_DAYS)
        pairs = zip(self._members.ids, self._members.starts, strict=True)
        return {name: (start.earliest + reach).isoformat() for name, start in pairs}

    def _too_late(self, lesion: Record) -> bool:
        """Whether a lesion was first seen later than anything that is looked at."""
        seen = getattr(lesion, "seen_on", None)
        return seen is not None and seen.earliest > self._members.on


def image_columns(
    clinic: ClinicRegister, members: Members, *, question: ImageQuestion
) -> tuple[dict[str, Column], tuple[str, ...]]:
    """Judge the response of every patient and add up the volumes of the targets; tell what cannot be judged.

    Raises
    ------
    InputError
        A patient whose images were measured by several readers, and nobody said whose count.
    """
    view = _ImagesUntil(clinic, members)
    seen: list[_Seen] = []
    problems: dict[str, list[str]] = defaultdict(list)
    for first in range(0, len(members.ids), AT_ONCE):
        asked = members.ids[first : first + AT_ONCE]
        for case in _one_each(tumour_cases(view, patients=asked), question.reader):
            seen += _judged(case, members, question, problems)
    unrecorded = _unrecorded(clinic, members, seen)
    if unrecorded:
        problems[UNRECORDED] = unrecorded
    return _columns(seen, members), tuple(_told(what, who) for what, who in problems.items())


def _told(what: str, who: Sequence[str]) -> str:
    more = f" and {len(who) - MOST_NAMED} more" if len(who) > MOST_NAMED else ""
    return f"{what}: {len(who)} patient(s) ({', '.join(who[:MOST_NAMED])}{more})"


def _unrecorded(clinic: ClinicRegister, members: Members, seen: Sequence[_Seen]) -> list[str]:
    """Return who progressed by the images and has no record of a progression, on which endpoints rest."""
    until = TABLES[Progression.KIND].c.on <= members.on.isoformat()
    rows = plain_rows(clinic, Progression, ("patient_id", "on"), until)
    recorded = {
        name
        for name, day in rows
        if name in members.row and partial(day).latest >= members.starts[members.row[name]].earliest
    }
    by_images = dict.fromkeys(members.ids[each.patient] for each in seen if each.response == "PD")
    return [name for name in by_images if name not in recorded]


def _one_each(cases: Sequence[TumourCase], reader: str | None) -> Iterator[TumourCase]:
    for patient, mine in groupby(cases, key=lambda case: case.subject):
        found = list(mine)
        chosen = [case for case in found if case.reader == reader] or found
        if len(chosen) > 1:
            readers = [case.reader or "(not stated)" for case in chosen]
            raise InputError(
                f"the images of {patient} were measured by {len(readers)} readers",
                one_of(readers),
                "say whose count with --reader",
            )
        yield chosen[0]


def _judged(
    case: TumourCase, members: Members, question: ImageQuestion, problems: dict[str, list[str]]
) -> Iterator[_Seen]:
    responses, problem = _responses(case, members, question.profile)
    if problem:
        problems[f"No response, {problem}"].append(case.subject)
    for note in case.notes:
        if note.startswith("Lesion "):
            problems[re.sub(r"^Lesion .+? (?=has|is)", "A lesion ", note).rstrip(".")].append(case.subject)
    targets = [lesion for lesion in case.lesions if lesion.is_target]
    for visit, response in zip(case.visits, responses, strict=True):
        yield _Seen(
            patient=members.row[case.subject],
            day=visit.on.toordinal(),
            response=response,
            volume_cc=_volume(targets, visit),
            sources=_sources(case, visit),
        )


def _responses(case: TumourCase, members: Members, profile: str) -> tuple[list[str], str]:
    """Return the response at each visit, none at the first, or why there are none."""
    nothing = [""] * len(case.visits)
    if case.visits and case.visits[0].on > members.starts[members.row[case.subject]].latest:
        return nothing, "no image before treatment, so that nothing can be compared with it"
    judged = judge_case(case, profile=profile)
    if judged.history is None:
        return nothing, judged.problem.removeprefix(f"{case.subject}, {case.reader}: ").rstrip(".")
    ended = members.rules.progressed.later_response == "progression"
    found = (
        "PD" if ended and point.after_progression and point.response in CLASSES else point.response
        for point in judged.history.timepoints
    )
    return ["", *found], ""


def _sources(case: TumourCase, visit: Visit) -> tuple[str, ...]:
    reader = f", {case.reader}" if case.reader else ""
    new = {lesion.name for lesion in case.lesions if lesion.role == "new"}
    return tuple(
        f"lesion {case.subject}, {each.lesion}"  # seen, by its own record, and not measured
        if each.lesion in new and each.state == "present"
        else f"measurement {case.subject}, {each.lesion}, {each.on if visit.when.day else visit.when}{reader}"
        for each in visit.measurements
    )


def _volume(targets: Sequence[Lesion], visit: Visit) -> float | None:
    """Add up the volumes of all targets, cm3; None where one was not measured or there is none."""
    total = 0.0
    for target in targets:
        measured = visit.measurement(target.name)
        three = None if measured is None else measured.three_diameters_mm
        if three is None and (measured is None or measured.state != "absent"):
            return None
        total += 0.0 if three is None else ellipsoid_volume_cc(*three)
    return total if targets else None


def _columns(seen: Sequence[_Seen], members: Members) -> dict[str, Column]:
    patients = np.array([each.patient for each in seen], dtype=np.int64)
    days = np.array([each.day for each in seen], dtype=np.int64)
    responses = [each.response if each.response in CLASSES else None for each in seen]
    sources = [each.sources for each in seen]
    columns = {}
    taken = at_months(members, patients, days=days, months=VOLUME_MONTHS)
    for month in RESPONSE_MONTHS:
        lost = sum(seen[at].response not in CLASSES for at in taken[month].place.tolist() if at >= 0)
        notes = [f"{lost} patients were imaged and not evaluable"] if lost else []
        columns[f"response_{month}"] = pick(
            f"response_{month}", taken[month], values=responses, sources=sources, notes=notes
        )
    volumes = [each.volume_cc for each in seen]
    for month in VOLUME_MONTHS:
        columns[f"volume_{month}"] = pick(f"volume_{month}", taken[month], values=volumes, sources=sources)
    for month in RESPONSE_MONTHS:
        columns[f"vrr_{month}"] = _reduction(month, columns["volume_0"], columns[f"volume_{month}"])
    return columns


def _reduction(month: int, before: Column, now: Column) -> Column:
    pairs = list(zip(before.values.tolist(), now.values.tolist(), strict=True))
    found = [volume_reduction_pct(old, new) if old > 0 and new == new else None for old, new in pairs]
    sources = [(*old, *new) for old, new in zip(before.sources, now.sources, strict=True)]
    return make_column(f"vrr_{month}", found, sources=sources)
