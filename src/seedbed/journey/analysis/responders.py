"""Best response of every patient, how soon responders responded and for how long, as columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np

from seedbed.cohort.endpoint_records import DecidedTimes
from seedbed.cohort.endpoints import DAYS_A_MONTH, death_day
from seedbed.cohort.frame import NO_SOURCE, Column, make_column
from seedbed.journey.analysis.endpoints import OnRecord, partly_known
from seedbed.journey.analysis.judging import CLASSES, NONE, JudgedImages, PatientImages
from seedbed.journey.analysis.members import Members
from seedbed.journey.counted_notes import noted
from seedbed.patient.records import partial
from seedbed.response import load_profile

NOT_ASSESSED = "response not assessed"
NO_RESPONSE = "no response when last assessed"
GOING_ON = "response going on when last assessed"


@dataclass(frozen=True)
class _End:
    """When a time ended or was censored, by what, and the records that say so."""

    day: int
    sources: tuple[str, ...]
    what: str
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
    members: Members, known: Sequence[OnRecord], *, judged: JudgedImages, profile: str
) -> tuple[dict[str, Column], tuple[DecidedTimes, ...]]:
    """Return the best response, of responders the time to response and its duration, and what decided these.

    A response begins on the day of the images that first showed it, confirmed later where the criteria ask
    for that, and lasts until progression, by the images or on record, or death, whichever came first; else
    it is censored on the day of the last images that could be evaluated. There, too, the time to response of
    who did not respond is censored: it is decided for all patients, and the column holds that of responders.
    """
    best = _Found.of(len(members.ids))
    for each in judged.patients:
        if each.best in CLASSES and each.best_at != NONE:
            found = (*judged.sources[each.first], *judged.sources[each.best_at])
            best.put(each.row, each.best, found)
    columns, decided = _times(members, known, judged)
    return {"best_response": best.column("best_response", _best_notes(judged.patients, profile))} | columns, (
        _decided("ttr", members.first_days.tolist(), _answers(members, judged)),
        decided,
    )


def _best_notes(patients: Sequence[PatientImages], profile: str) -> list[str]:
    rule = load_profile(profile).confirmation
    asked = ", ".join(rule.responses)
    notes = [f"{asked} count where {rule.weeks} weeks or more confirmed them ({rule.id})"] if asked else []
    others = sum(each.best == "NON-CR/NON-PD" for each in patients)
    notes += noted(
        others,
        "patient without a target lesion had neither CR nor progression",
        "patients without a target lesion had neither CR nor progression",
    )
    lost = sum(each.best == "NE" and each.count > 1 for each in patients)
    return notes + noted(
        lost, "patient was imaged and not evaluable", "patients were imaged and not evaluable"
    )


def _times(
    members: Members, known: Sequence[OnRecord], judged: JudgedImages
) -> tuple[dict[str, Column], DecidedTimes]:
    soon, long, ended = (_Found.of(len(members.ids)) for _ in range(3))
    begun = members.first_days.tolist()
    ends: list[_End | None] = [None] * len(members.ids)
    earlier = partly = 0
    for each in (each for each in judged.patients if each.responded_at != NONE):
        start, mine = members.starts[each.row], known[each.row]
        since, first = judged.days[each.responded_at], judged.sources[each.responded_at]
        end = _end(each, judged, mine)
        soon.put(
            each.row,
            (since - start.earliest.toordinal()) / DAYS_A_MONTH,
            (*judged.sources[each.first], *first),
        )
        long.put(each.row, (end.day - since) / DAYS_A_MONTH, (*first, *end.sources))
        ended.put(each.row, end.event, (*first, *end.sources))
        sure = judged.exact[each.responded_at] and end.exact
        begun[each.row], ends[each.row] = since, replace(end, exact=sure)
        earlier += any(when.latest < date.fromordinal(since) for when, _ in mine.course.progressions)
        partly += not (start.day and sure)
    told = noted(
        earlier,
        "responder has an earlier progression on record, which does not end the response",
        "responders have an earlier progression on record, which does not end the response",
    )
    notes = partly_known(partly)
    return {
        "ttr_months": soon.column("ttr_months", notes),
        "dor_months": long.column("dor_months", [*notes, *told]),
        "dor_event": ended.column("dor_event", []),
    }, _decided("dor", begun, ends)


def _answers(members: Members, judged: JudgedImages) -> list[_End | None]:
    """Return when each patient first responded, or was last assessed without a response."""
    ends: list[_End | None] = [
        _End(day, NO_SOURCE, NOT_ASSESSED, event=False, exact=start.day is not None)
        for day, start in zip(members.first_days.tolist(), members.starts, strict=True)
    ]
    for each in judged.patients:
        exact = members.starts[each.row].day is not None
        at, last = each.responded_at, each.assessed_at
        if at != NONE:
            sure = each.confirmed_at
            said = f"{judged.responses[at]}, confirmed" if sure != NONE else judged.responses[at]
            names = (*judged.sources[at], *(judged.sources[sure] if sure != NONE else ()))
            ends[each.row] = _End(judged.days[at], names, said, exact=exact and judged.exact[at])
        elif last != NONE and judged.days[last] >= members.first_days[each.row]:
            sure_day = exact and judged.exact[last]
            ends[each.row] = _End(judged.days[last], judged.sources[last], NO_RESPONSE, False, sure_day)
    return ends


def _decided(endpoint: str, starts: Sequence[int], ends: Sequence[_End | None]) -> DecidedTimes:
    """Put together how an endpoint was decided; None where a patient does not have it."""
    nothing = [_End(start, NO_SOURCE, "", event=False) for start in starts]
    filled = [each or none for each, none in zip(ends, nothing, strict=True)]
    begun = np.array(starts, dtype=np.int64)
    return DecidedTimes(
        endpoint,
        begun,
        np.array([each.day for each in filled], dtype=np.int64) - begun,
        np.array([each.event for each in filled], dtype=bool),
        np.array([each.exact for each in filled], dtype=bool),
        np.array([each.what for each in filled], dtype=np.str_),
        [each.sources for each in filled],
        known=np.array([each is not None for each in ends], dtype=bool),
    )


def _end(responder: PatientImages, judged: JudgedImages, known: OnRecord) -> _End:
    """Return when a response ended by progression (images or record) or death; else that it went on."""
    ends = list(_on_record(known, judged.days[responder.responded_at]))
    at = responder.progressed_at
    if at != NONE:
        ends.append(_End(judged.days[at], judged.sources[at], "progression", exact=judged.exact[at]))
    if ends:
        return min(ends, key=lambda each: each.day)
    at = responder.assessed_at
    return _End(judged.days[at], judged.sources[at], GOING_ON, event=False, exact=judged.exact[at])


def _on_record(known: OnRecord, since: int) -> Iterator[_End]:
    """Return the progressions on record that may have come after a response began, and the death."""
    died = death_day(known.course)
    for name, text in known.events.items():
        when = partial(text)
        what = "death" if name.startswith("death ") else "progression"
        day = died if what == "death" and died else when.earliest
        if when.latest.toordinal() >= since:
            yield _End(max(day.toordinal(), since), (name,), what, exact=when.day is not None)
