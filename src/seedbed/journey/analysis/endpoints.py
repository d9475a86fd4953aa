"""Times to progression and death of every patient, as columns."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, func, select

from seedbed.cohort.endpoint_records import DecidedTimes
from seedbed.cohort.endpoints import (
    DiseaseCourse,
    TimeToEvent,
    local_progression_free_survival,
    overall_survival,
    progression_free_survival,
)
from seedbed.cohort.frame import NO_SOURCE, Column, make_column
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
Last = dict[str, tuple[str, str]]
"""Of each patient the last day, as its ISO text, and the record of it."""


@dataclass(frozen=True)
class OnRecord:
    """What became of one patient, and the records that say so.

    Attributes
    ----------
    course : DiseaseCourse
        Without progressions that were surely before the treatment, such as the one that made it necessary.
    events : dict of str to str
        Day of each progression and of the death, as its text, by the name of the record.
    seen, assessed : str
        Records of the last day alive and of the last day on which the disease was looked at; empty where
        neither was after treatment began.
    images : tuple of PartialDate
        Days on which the disease was looked at, only where a progression is known in part.
    """

    course: DiseaseCourse
    events: dict[str, str]
    seen: str
    assessed: str
    images: tuple[PartialDate, ...] = ()


def endpoint_columns(known: Sequence[OnRecord]) -> tuple[dict[str, Column], tuple[DecidedTimes, ...]]:
    """Return months and event of each endpoint, and how each was decided.

    Raises
    ------
    InputError
        A death that is surely before the start of treatment.
    """
    columns, decided = {}, []
    for name, endpoint in ENDPOINTS.items():
        found = [endpoint(each.course) for each in known]
        used = [_used(each, mine) for each, mine in zip(found, known, strict=True)]
        decided.append(DecidedTimes.of(name, found, used))
        columns[f"{name}_months"] = make_column(
            f"{name}_months", [each.months for each in found], sources=used, notes=_notes(found, known)
        )
        columns[f"{name}_event"] = make_column(f"{name}_event", [each.event for each in found], sources=used)
        if name == "lpfs":
            causes = [each.what if each.event else CENSORED for each in found]
            columns["lpfs_cause"] = make_column("lpfs_cause", causes, sources=used)
    return columns, tuple(decided)


def partly_known(times: int) -> list[str]:
    """Tell how many times rest on a date that is known in part, and how it counts."""
    text = (
        f"{'1 time rests' if times == 1 else f'{times} times rest'} on a date that is known in part, "
        "which counts from its first day, a death "
        "not before a day on which the patient is known to have been alive"
    )
    return [text] if times else []


def _notes(found: Sequence[TimeToEvent], known: Sequence[OnRecord]) -> list[str]:
    notes = partly_known(sum(not each.exact for each in found))
    early = sum(_has_later_images(each, mine) for each, mine in zip(found, known, strict=True))
    if early:
        notes.append(
            f"{early} of them end with a progression that counts from before images of the same month or "
            "year, whose reports may tell its day"
        )
    return notes


def _has_later_images(found: TimeToEvent, known: OnRecord) -> bool:
    """Tell whether the disease was looked at between the day a progression counts from and its last one."""
    if not known.images or not found.event or found.what == "death":
        return False
    used = _used(found, known)
    last = max(partial(known.events[name]).latest for name in used)
    return any(found.end < each.earliest <= last for each in known.images)


def _used(found: TimeToEvent, known: OnRecord) -> tuple[str, ...]:
    if found.event:
        wanted = "death " if found.what == "death" else "progression "
        return tuple(
            name
            for name, on in known.events.items()
            if name.startswith(wanted) and on.startswith(_key(found, on))
        )
    record = known.seen if found.endpoint == "END-OS" else known.assessed
    return (record,) if record else NO_SOURCE


def _key(found: TimeToEvent, on: str) -> str:
    """Return the end of the time, as far as the date of the event tells it."""
    return found.end.isoformat()[: len(on)]


def on_record(clinic: ClinicRegister, members: Members) -> list[OnRecord]:
    """Gather what became of every patient; nothing after the day of the analysis is looked at."""
    progressions = _dated(clinic, Progression, members, also="where")
    deaths = _dated(clinic, Death, members, also="patient_id")
    visits, contacts, assessed = (
        _last(clinic, kind, members) for kind in (VisitRecord, Contact, Measurement)
    )
    seen, images = _latest(visits, contacts, assessed), _images(clinic, members)
    found = []
    for name, start in zip(members.ids, members.starts, strict=True):
        mine = [row for row in progressions[name] if partial(row[1]).latest >= start.earliest]
        died = deaths[name]
        seen_on, seen_in = _not_before(seen.get(name), start)
        assessed_on, assessed_in = _not_before(assessed.get(name), start)
        course = DiseaseCourse(
            patient_id=name,
            started=start,
            progressions=tuple((partial(row[1]), row[2]) for row in mine),
            died=partial(died[0][1]) if died else None,
            last_seen=seen_on,
            last_assessed=assessed_on,
        )
        events = {f"progression {name}, {row[1]}": row[1] for row in mine}
        events |= {f"death {name}": row[1] for row in died}
        found.append(OnRecord(course, events, seen_in, assessed_in, tuple(images.get(name, ()))))
    return found


def _images(clinic: ClinicRegister, members: Members) -> dict[str, list[PartialDate]]:
    """Return the days on which the disease was looked at, of patients with a progression known in part."""
    seen, grown = TABLES[Measurement.KIND].c, TABLES[Progression.KIND].c
    partly = select(grown.patient_id).where(
        ~grown.voided, _until(Progression, members), func.length(grown.on) < len("2024-02-29")
    )
    counted = (~seen.voided, _until(Measurement, members), seen.patient_id.in_(partly))
    found: dict[str, list[PartialDate]] = defaultdict(list)
    for name, on in clinic.rows(select(seen.patient_id, seen.on).where(*counted).distinct()):
        found[name].append(partial(on))
    return found


def _dated(
    clinic: ClinicRegister, kind: type[Record], members: Members, *, also: str
) -> dict[str, list[Any]]:
    rows: dict[str, list[Any]] = defaultdict(list)
    for row in plain_rows(clinic, kind, ("patient_id", "on", also), _until(kind, members)):
        rows[row[0]].append(row)
    return rows


def _until(kind: type[Record], members: Members) -> Any:
    return TABLES[kind.KIND].c.on <= members.on.isoformat()


def _last(clinic: ClinicRegister, kind: type[Record], members: Members) -> Last:
    """Return the last day of each patient in a kind of records, and the first record of that day."""
    table = TABLES[kind.KIND]
    counted = (~table.c.voided, _until(kind, members))
    days = select(table.c.patient_id, func.max(table.c.on).label("last")).where(*counted)
    last = days.group_by(table.c.patient_id).subquery()
    here = and_(last.c.patient_id == table.c.patient_id, last.c.last == table.c.on)
    keys = [table.c[name] for name in kind.KEY]
    rows = clinic.rows(select(*keys).join(last, here).where(*counted).order_by(*keys))
    at = kind.KEY.index("on")
    found: Last = {}
    for row in rows:
        if row[0] in members.row and row[0] not in found:
            found[row[0]] = row[at], f"{kind.KIND} {', '.join([str(each) for each in row if each != ''])}"
    return found


def _latest(*kinds: Last) -> Last:
    """Return the last of several kinds of records of each patient; of one day the first kind."""
    found: Last = {}
    for each in kinds:
        for name, (day, record) in each.items():
            if name not in found or day > found[name][0]:
                found[name] = day, record
    return found


def _not_before(last: tuple[str, str] | None, start: PartialDate) -> tuple[PartialDate, str]:
    if last is None or (day := partial(last[0])).earliest < start.earliest:
        return start, ""
    return day, last[1]
