"""Best response of every patient, how soon responders responded and for how long, as columns."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from seedbed.cohort.endpoints import DAYS_A_MONTH
from seedbed.cohort.frame import NO_SOURCE, Column, make_column
from seedbed.journey.analysis.judging import CLASSES, NONE, JudgedImages, PatientImages
from seedbed.journey.analysis.members import Members, plain_rows
from seedbed.patient import PartialDate
from seedbed.patient.records import Death, Progression, Record, partial
from seedbed.registry.clinic import ClinicRegister
from seedbed.registry.clinic_tables import TABLES
from seedbed.response import load_profile

Events = dict[str, list[tuple[PartialDate, str]]]
"""Day and name of the record, by patient."""


@dataclass(frozen=True)
class _End:
    """When a response ended, or was last seen to go on, and the records that say so."""

    day: int
    sources: tuple[str, ...]
    event: bool = True
    exact: bool = True


@dataclass
class _Found:
    """Values of one column and where they came from, a row a patient."""

    values: list[Any]
    sources: list[tuple[str, ...]] = field(default_factory=list)

    @classmethod
    def of(cls, patients: int) -> "_Found":
        return cls([None] * patients, [NO_SOURCE] * patients)

    def put(self, row: int, value: Any, sources: Sequence[str]) -> None:
        self.values[row], self.sources[row] = value, tuple(sources)

    def column(self, name: str, notes: Sequence[str]) -> Column:
        return make_column(name, self.values, sources=self.sources, notes=notes)


def responder_columns(
    clinic: ClinicRegister, members: Members, *, judged: JudgedImages, profile: str
) -> dict[str, Column]:
    """Return the best response, and of responders the time to response and its duration.

    A response begins on the day of the images that first showed it, confirmed later where the criteria ask
    for that, and lasts until progression, by the images or on record, or death, whichever came first; else
    it is censored on the day of the last images that could be evaluated.
    """
    best = _Found.of(len(members.ids))
    for each in judged.patients:
        if each.best in CLASSES and each.best_at != NONE:
            found = (*judged.sources[each.first], *judged.sources[each.best_at])
            best.put(each.row, each.best, found)
    return {
        "best_response": best.column("best_response", _best_notes(judged.patients, profile)),
        **_times(clinic, members, judged),
    }


def _best_notes(patients: Sequence[PatientImages], profile: str) -> list[str]:
    rule = load_profile(profile).confirmation
    asked = ", ".join(rule.responses)
    notes = [f"{asked} count where {rule.weeks} weeks or more confirmed them ({rule.id})"] if asked else []
    others = sum(each.best == "NON-CR/NON-PD" for each in patients)
    if others:
        notes.append(f"{others} patients without a target lesion had neither CR nor progression")
    lost = sum(each.best == "NE" and each.count > 1 for each in patients)
    return [*notes, f"{lost} patients were imaged and not evaluable"] if lost else notes


def _times(clinic: ClinicRegister, members: Members, judged: JudgedImages) -> dict[str, Column]:
    soon, long, ended = (_Found.of(len(members.ids)) for _ in range(3))
    progressions, deaths = _events(clinic, Progression, members), _events(clinic, Death, members)
    earlier = partly = 0
    for each in (each for each in judged.patients if each.responded_at != NONE):
        name, start = members.ids[each.row], members.starts[each.row]
        since, first = judged.days[each.responded_at], judged.sources[each.responded_at]
        on_record = progressions.get(name, [])
        end = _end(each, judged, [*on_record, *deaths.get(name, [])])
        soon.put(
            each.row,
            (since - start.earliest.toordinal()) / DAYS_A_MONTH,
            (*judged.sources[each.first], *first),
        )
        long.put(each.row, (end.day - since) / DAYS_A_MONTH, (*first, *end.sources))
        ended.put(each.row, end.event, (*first, *end.sources))
        earlier += any(start.earliest <= when.latest < date.fromordinal(since) for when, _ in on_record)
        partly += not (start.day and judged.exact[each.responded_at] and end.exact)
    unsure = f"{partly} times rest on a date that is known in part, which counts from its first day"
    told = f"{earlier} responders have an earlier progression on record, which does not end the response"
    notes = [unsure] if partly else []
    return {
        "ttr_months": soon.column("ttr_months", notes),
        "dor_months": long.column("dor_months", [*notes, told] if earlier else notes),
        "dor_event": ended.column("dor_event", []),
    }


def _end(
    responder: PatientImages, judged: JudgedImages, on_record: Sequence[tuple[PartialDate, str]]
) -> _End:
    """Return when a response ended by progression (images or record) or death; else that it went on."""
    since = judged.days[responder.responded_at]
    ends = [
        _End(max(when.earliest.toordinal(), since), (name,), exact=when.day is not None)
        for when, name in on_record
        if when.latest.toordinal() >= since
    ]
    at = responder.progressed_at
    if at != NONE:
        ends.append(_End(judged.days[at], judged.sources[at], exact=judged.exact[at]))
    if ends:
        return min(ends, key=lambda each: each.day)
    at = responder.assessed_at
    return _End(judged.days[at], judged.sources[at], event=False, exact=judged.exact[at])


def _events(clinic: ClinicRegister, kind: type[Record], members: Members) -> Events:
    found: Events = defaultdict(list)
    until = TABLES[kind.KIND].c.on <= members.on.isoformat()
    for name, day in plain_rows(clinic, kind, ("patient_id", "on"), until):
        key = f"{kind.KIND} {name}" if kind is Death else f"{kind.KIND} {name}, {day}"
        found[name].append((partial(day), key))
    return found
