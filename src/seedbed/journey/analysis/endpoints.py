"""Times to progression and death of every patient, as columns."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from seedbed.cohort.endpoint_records import DecidedTimes, EndpointRecords
from seedbed.cohort.endpoints import (
    DiseaseCourse,
    TimeToEvent,
    local_progression_free_survival,
    overall_survival,
    progression_free_survival,
)
from seedbed.cohort.frame import Column, make_column
from seedbed.journey.analysis.members import Members, plain_rows
from seedbed.patient import PartialDate
from seedbed.patient.records import Contact, Death, Measurement, Progression, Record, VisitRecord, partial
from seedbed.registry.clinic import ClinicRegister
from seedbed.registry.clinic_tables import TABLES

ENDPOINTS: dict[str, Callable[[DiseaseCourse], TimeToEvent]] = {
    "lpfs": local_progression_free_survival,
    "pfs": progression_free_survival,
    "os": overall_survival,
}
CENSORED = "censored"
Last = dict[str, tuple[PartialDate, str]]


def endpoint_columns(clinic: ClinicRegister, members: Members) -> tuple[dict[str, Column], EndpointRecords]:
    """Return months and event of each endpoint, and how each was decided.

    Nothing after the day of the analysis is looked at.

    A progression surely before the treatment, such as the one that made it necessary, is no event.

    Raises
    ------
    InputError
        A death that is surely before the start of treatment.
    """
    courses, sources = _courses(clinic, members)
    columns, decided = {}, []
    for name, endpoint in ENDPOINTS.items():
        found = [endpoint(course) for course in courses]
        partly = sum(not each.exact for each in found)
        notes = [f"{partly} times rest on a date that is known in part, which counts from its first day"]
        used = [_used(each, *mine) for each, mine in zip(found, sources, strict=True)]
        decided.append(DecidedTimes.of(name, found, used))
        columns[f"{name}_months"] = make_column(
            f"{name}_months", [each.months for each in found], sources=used, notes=notes if partly else []
        )
        columns[f"{name}_event"] = make_column(f"{name}_event", [each.event for each in found], sources=used)
        if name == "lpfs":
            causes = [each.what if each.event else CENSORED for each in found]
            columns["lpfs_cause"] = make_column("lpfs_cause", causes, sources=used)
    return columns, EndpointRecords(tuple(decided))


def _used(found: TimeToEvent, events: dict[str, str], seen: str, assessed: str) -> tuple[str, ...]:
    if found.event:
        wanted = "death " if found.what == "death" else "progression "
        return tuple(
            name for name, on in events.items() if name.startswith(wanted) and on.startswith(_key(found, on))
        )
    return tuple(filter(None, (seen if found.endpoint == "END-OS" else assessed,)))


def _key(found: TimeToEvent, on: str) -> str:
    """Return the end of the time, as far as the date of the event tells it."""
    return found.end.isoformat()[: len(on)]


def _courses(
    clinic: ClinicRegister, members: Members
) -> tuple[list[DiseaseCourse], list[tuple[dict[str, str], str, str]]]:
    progressions = _dated(clinic, Progression, members, also="where")
    deaths = _dated(clinic, Death, members, also="patient_id")
    assessed = _last(clinic, (Measurement,), members)
    seen = _last(clinic, (VisitRecord, Contact, Measurement), members)
    courses, sources = [], []
    for name, start in zip(members.ids, members.starts, strict=True):
        mine = [row for row in progressions[name] if partial(row[1]).latest >= start.earliest]
        died = deaths[name]
        seen_on, seen_in = _not_before(seen.get(name), start)
        assessed_on, assessed_in = _not_before(assessed.get(name), start)
        courses.append(
            DiseaseCourse(
                patient_id=name,
                started=start,
                progressions=tuple((partial(row[1]), row[2]) for row in mine),
                died=partial(died[0][1]) if died else None,
                last_seen=seen_on,
                last_assessed=assessed_on,
            )
        )
        events = {f"progression {name}, {row[1]}": row[1] for row in mine}
        sources.append((events | {f"death {name}": row[1] for row in died}, seen_in, assessed_in))
    return courses, sources


def _dated(
    clinic: ClinicRegister, kind: type[Record], members: Members, *, also: str
) -> dict[str, list[Any]]:
    rows: dict[str, list[Any]] = defaultdict(list)
    for row in plain_rows(clinic, kind, ("patient_id", "on", also), _until(kind, members)):
        rows[row[0]].append(row)
    return rows


def _until(kind: type[Record], members: Members) -> Any:
    return TABLES[kind.KIND].c.on <= members.on.isoformat()


def _last(clinic: ClinicRegister, kinds: Sequence[type[Record]], members: Members) -> Last:
    """Return the last day of each patient in some kinds of records, and the record."""
    last: dict[str, tuple[str, type[Record], Any]] = {}
    for kind in kinds:
        at = kind.KEY.index("on")
        for row in plain_rows(clinic, kind, kind.KEY, _until(kind, members)):
            known = last.get(row[0])
            if known is None or row[at] > known[0]:
                last[row[0]] = row[at], kind, row
    return {
        name: (partial(on), f"{kind.KIND} {', '.join(str(each) for each in row if each != '')}")
        for name, (on, kind, row) in last.items()
        if name in members.row
    }


def _not_before(last: tuple[PartialDate, str] | None, start: PartialDate) -> tuple[PartialDate, str]:
    if last is None or last[0].earliest < start.earliest:
        return start, ""
    return last
