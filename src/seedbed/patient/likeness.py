"""Names that differ only in how they are written, and events that are told twice."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence

from seedbed.patient.doubts import Finding
from seedbed.patient.records import AdverseEvent, DrugCourse, LesionRecord, Patient, Record

PARTS = re.compile(r"\d+|[^\W\d_]+")


def likeness(name: str) -> tuple[str, ...]:
    """Return what is left of a name without case, width, signs, invisible letters and leading zeros.

    Examples
    --------
    >>> likeness("S-02") == likeness("s\u200b02") == likeness("Ｓ 2"), likeness("S-1-2") == likeness("S-12")
    (True, False)
    """
    visible = "".join(each for each in name if unicodedata.category(each) != "Cf")
    parts = PARTS.findall(unicodedata.normalize("NFKC", visible).casefold())
    return tuple(part.lstrip("0") or "0" if part.isdecimal() else part for part in parts)


def alike_patients(records: Iterable[Record], known: Iterable[str] = ()) -> Iterator[Finding]:
    """Ask about patients whose identifiers are written alike.

    Parameters
    ----------
    records : iterable of Record
        What comes, of any patients; of each patient only the record of the patient is looked at.
    known : iterable of str
        Identifiers that are there already.

    Examples
    --------
    >>> coming = [Patient(patient_id="s-2"), Patient(patient_id="S-03")]
    >>> [each.sentence for each in alike_patients(coming, ["S-02", "S-03"])]
    ["patient s-2 is written almost as 'S-02': one patient?"]
    """
    coming = {each.patient_id: each for each in records if isinstance(each, Patient)}
    first: dict[tuple[str, ...], str] = {}
    for name in dict.fromkeys((*known, *coming)):
        alike = likeness(name)
        other = first.setdefault(alike, name) if alike else name
        if other != name and name in coming:
            yield _asked(coming[name], "patient_id", other, "patient")


def alike_names(records: Sequence[Record]) -> Iterator[Finding]:
    """Ask about lesions, and about courses, of one patient whose names are written alike.

    Examples
    --------
    >>> two = [LesionRecord(patient_id="S-01", lesion=name) for name in ("T1", "t1")]
    >>> [each.sentence for each in alike_names(two)]
    ["lesion S-01, t1 is written almost as 'T1': one lesion?"]
    """
    for kind, field in ((LesionRecord, "lesion"), (DrugCourse, "course")):
        first: dict[tuple[str, ...], str] = {}
        for each in records:
            if not isinstance(each, kind):
                continue
            name = getattr(each, field)
            alike = likeness(name)
            other = first.setdefault(alike, name) if alike else name
            if other != name:
                yield _asked(each, field, other, kind.KIND)


def _asked(record: Record, field: str, other: str, what: str) -> Finding:
    return Finding("ask", record, field, f"{record.name} is written almost as '{other}': one {what}?")


def same_events(records: Iterable[Record], term_of: Callable[[str], str | None]) -> Iterator[Finding]:
    """Ask about adverse events of one patient that mean the same and began, or may have begun, on one day.

    Parameters
    ----------
    records : iterable of Record
        All of one patient.
    term_of : callable
        The term of CTCAE that a text means; None where it means none.

    Examples
    --------
    >>> from seedbed.patient.partial_dates import PartialDate
    >>> day = PartialDate("2026-03-05")
    >>> told = [
    ...     AdverseEvent(patient_id="S-01", term=term, start=day, grade=1) for term in ("腹泻", "Diarrhea")
    ... ]
    >>> [each.sentence for each in same_events(told, {"腹泻": "Diarrhea", "Diarrhea": "Diarrhea"}.get)]
    ["adverse event S-01, Diarrhea, 2026-03-05 means the same as '腹泻' of 2026-03-05: one event told twice?"]
    """
    told: dict[tuple[str, ...], list[AdverseEvent]] = {}
    for each in records:
        if not isinstance(each, AdverseEvent):
            continue
        term = term_of(each.term)
        others = told.setdefault(("term", term) if term else likeness(each.term), [])
        same = next((other for other in others if _one_day(other, each)), None)
        others.append(each)
        if same is not None:
            what = f"{each.name} means the same as '{same.term}' of {same.start}"
            yield Finding("ask", each, "term", f"{what}: one event told twice?")


def _one_day(one: AdverseEvent, other: AdverseEvent) -> bool:
    return not (one.start.surely_before(other.start) or other.start.surely_before(one.start))
