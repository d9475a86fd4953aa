"""What happened to one patient, in the order of time, as plain entries that a page draws in lanes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from seedbed.patient.records import (
    AdverseEvent,
    Contact,
    Death,
    DrugCourse,
    DrugDose,
    Implantation,
    Plain,
    Progression,
    Record,
    VisitRecord,
)

Entry = dict[str, Any]
Kind = TypeVar("Kind", bound=Record)


def timeline(records: Sequence[Record], follow: Mapping[str, Any]) -> list[Entry]:
    """Gather what happened to a patient.

    Parameters
    ----------
    records : sequence of Record
        Of the patient.
    follow : Mapping
        What `follow_patient` answered.

    Returns
    -------
    list of dict
        Each with ``kind``, ``on`` and ``until`` (ISO dates, perhaps partial; None where not stated or still
        going on), and what the record states.

    Examples
    --------
    >>> from seedbed.patient import PartialDate
    >>> seen = VisitRecord(patient_id="S-01", on=PartialDate("2026-03"), kps=90)
    >>> timeline([seen], {})
    [{'kind': 'visit', 'on': '2026-03', 'until': None, 'kps': 90}]
    """
    found = [*_stated(records), *_doses(records), *_cycles(follow), *_images(follow)]
    return sorted(found, key=lambda each: (str(each["on"]), each["kind"]))


def _stated(records: Iterable[Record]) -> Iterator[Entry]:
    days: dict[type[Record], tuple[str, str, str]] = {
        Implantation: ("implant", "on", ""),
        VisitRecord: ("visit", "on", ""),
        AdverseEvent: ("event", "start", "end"),
        Progression: ("progression", "on", ""),
        Contact: ("contact", "on", ""),
        Death: ("death", "on", ""),
    }
    for each in records:
        if type(each) in days:
            kind, start, end = days[type(each)]
            yield _entry(kind, each.stated(), start, end)


def _entry(kind: str, stated: Mapping[str, Plain], start: str, end: str) -> Entry:
    rest = {name: value for name, value in stated.items() if name not in ("patient_id", start, end)}
    return {"kind": kind, "on": stated[start], "until": stated.get(end) if end else None, **rest}


def _doses(records: Sequence[Record]) -> Iterator[Entry]:
    """Give each course of any drug as spans of one dose; without doses the course is one span."""
    doses = _of(records, DrugDose)
    for course in _of(records, DrugCourse):
        mine = sorted((each for each in doses if each.course == course.course), key=lambda one: one.since)
        end = str(course.end) if course.end else None
        shared = {"kind": "drug", "course": course.course, "drug": course.drug}
        if not mine or course.start.surely_before(mine[0].since):
            until = str(mine[0].since) if mine else end
            yield {**shared, "on": str(course.start), "until": until, "dose_mg": None}
        for number, dose in enumerate(mine):
            later = str(mine[number + 1].since) if number + 1 < len(mine) else end
            yield {
                **shared,
                "on": str(dose.since),
                "until": str(dose.until) if dose.until else later,
                "dose_mg": dose.dose_mg,
                "reason": dose.reason,
                "note": dose.note,
            }
        if end is not None:
            yield {
                "kind": "drug end",
                "on": end,
                "until": None,
                "drug": course.drug,
                "stop_reason": course.stop_reason,
            }


def _of(records: Iterable[Record], kind: type[Kind]) -> list[Kind]:
    return [each for each in records if isinstance(each, kind)]


def _cycles(follow: Mapping[str, Any]) -> Iterator[Entry]:
    """Give the cycles of the protocol's drug."""
    for report in follow.get("drug") or ():
        for cycle in report["course"]["cycles"]:
            yield {
                "kind": "cycle",
                "on": cycle["first_day"],
                "until": None,
                "number": cycle["number"],
                "doses": cycle["doses_mg"],
                "late_days": cycle["late_days"],
            }


def _images(follow: Mapping[str, Any]) -> Iterator[Entry]:
    """Give baseline and every later image with its response, one set for each reader."""
    for case in follow.get("tumour") or ():
        if "visits" not in case:
            continue
        shared = {"kind": "image", "until": None, "reader": case["reader"]}
        yield {
            **shared,
            "on": case["baseline_on"],
            "response": "baseline",
            "sum_mm": case["baseline_sum_mm"],
        }
        for visit in case["visits"]:
            if visit["on"] is not None:
                yield {
                    **shared,
                    "on": visit["on"],
                    "response": visit["overall_response"],
                    "sum_mm": visit["target_sum_mm"],
                    "reason": visit["reason"],
                }
