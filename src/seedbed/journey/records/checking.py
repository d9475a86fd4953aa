"""Records that come, checked alone and with all that the register holds of their patients."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

from seedbed.patient.consistency import Finding, inconsistencies
from seedbed.patient.likeness import alike_patients, same_events
from seedbed.patient.records import AdverseEvent, KeyValues, Patient, Record, references_of
from seedbed.registry.clinic import open_clinic
from seedbed.registry.register import is_url
from seedbed.response.toxicity import find_term, search
from seedbed.sheets.addresses import Placed

Place = tuple[str, KeyValues]
Severity = Literal["wrong", "ask"]
NEW_IDENTITY = " (--new-identity)"
"""The option, in brackets, that pages leave out."""
Doubtful = dict[Severity, set[Place]]


@dataclass(frozen=True)
class Fault:
    """Something in a spreadsheet that is wrong, or is asked about.

    Attributes
    ----------
    severity : {"wrong", "ask"}
    address : str
        File, sheet and cell.
    sentence : str
    """

    severity: Literal["wrong", "ask"]
    address: str
    sentence: str


@dataclass(frozen=True)
class Held:
    """What the register holds of the patients that come, all its patients, and its latest change set."""

    records: list[Record]
    patients: tuple[str, ...]
    number: int


def is_there(register: Path | str) -> bool:
    """Whether there is a register: a file in which anything stands, or a URL."""
    return is_url(register) or (Path(register).exists() and Path(register).stat().st_size > 0)


def held_records(register: Path | str, records: Sequence[Placed]) -> Held:
    """Return what is there already; nothing where there is no register yet."""
    if not is_there(register):
        return Held([], (), 0)
    with open_clinic(register, create=True) as clinic:
        number, _ = clinic.head()
        return Held(
            clinic.everything(patients={each.record.patient_id for each in records}),
            tuple(each.patient_id for each in clinic.records(Patient)),
            number,
        )


def checked(
    records: Sequence[Placed], held: Held, today: date, *, new_identity: bool
) -> tuple[Doubtful, list[Fault]]:
    """Return the places of records that are wrong or asked about, and why."""
    coming: dict[str, dict[Place, Placed]] = defaultdict(dict)
    for each in records:
        coming[each.record.patient_id][place_of(each.record)] = each
    there: dict[str, dict[Place, Record]] = defaultdict(dict)
    for old in held.records:
        there[old.patient_id][place_of(old)] = old
    faults: dict[tuple[str, str, str], Fault] = {}
    doubtful: Doubtful = {"wrong": set(), "ask": set()}
    alike: dict[str, list[Finding]] = defaultdict(list)
    for finding in alike_patients([one.record for one in records], held.patients):
        alike[finding.record.patient_id].append(finding)
    for patient_id, placed in coming.items():
        found = _findings(placed, there[patient_id], today, new_identity=new_identity)
        for finding in [*alike[patient_id], *found]:
            origin = placed.get(place_of(finding.record))
            if origin is not None:
                where, cell = _address(origin, finding.field), ""
                doubtful[finding.severity].add(place_of(finding.record))
            else:  # what comes makes wrong what is there: none of this patient's records is taken
                where, cell = f"register, {finding.record.name}", finding.sentence
                doubtful[finding.severity] |= placed.keys()
            fault = Fault(finding.severity, where, finding.sentence)
            faults.setdefault((fault.severity, where, cell), fault)  # one cell is asked about once
    return doubtful, list(faults.values())


def _findings(
    placed: dict[Place, Placed], there: dict[Place, Record], today: date, *, new_identity: bool
) -> Iterator[Finding]:
    """Judge the records of one patient together; what was found of the register before is not told again."""
    merged = dict(there)
    for place, each in placed.items():
        old = there.get(place)
        if old is None:
            merged[place] = each.record
            continue
        if not new_identity:
            yield from _other_person(old, each.record)
        merged[place] = type(old).from_plain(each.record.over(old.stated()))
    known = {finding.sentence for finding in _judged(there, today)} if there else set()
    for finding in _judged(merged, today):
        if finding.sentence not in known or place_of(finding.record) in placed:
            yield finding


def _judged(records: dict[Place, Record], today: date) -> Iterator[Finding]:
    every = list(records.values())
    yield from inconsistencies(every, today=today)
    yield from _unknown(every)
    yield from same_events(every, _term_name)
    yield from _missing(records)


def _term_name(text: str) -> str | None:
    term = find_term(text)
    return term.name if term else None


def _other_person(old: Record, new: Record) -> Iterator[Finding]:
    """Find another name, sex or birth under a known identifier; a birth told more exactly is none."""
    before = old.stated()
    for name, value in new.another_identity(before).items():
        yield Finding(
            "wrong",
            new,
            name,
            f"{new.name} has {name} '{before[name]}' in the register and '{value}' here: "
            "two patients with one identifier, or a correction; give one another identifier, or say that it "
            f"is a correction{NEW_IDENTITY}",
        )


def _unknown(records: Iterable[Record]) -> Iterator[Finding]:
    for each in records:
        if not isinstance(each, AdverseEvent):
            continue
        term = find_term(each.term)
        if term is not None and each.grade not in term.grades:
            defined = ", ".join(map(str, term.grades))
            yield Finding(
                "wrong",
                each,
                "grade",
                f"{each.name}: '{term.name}' has no grade {each.grade}, only {defined}",
            )
        if term is None:
            similar = [match.term.name for match in search(each.term)][:3]
            hint = f"; perhaps {' or '.join(similar)}" if similar else ""
            yield Finding("ask", each, "term", f"{each.name}: '{each.term}' is no term of CTCAE v5.0{hint}")


def _missing(records: dict[Place, Record]) -> Iterator[Finding]:
    """Find records that refer to a patient, lesion or course that neither comes nor is there."""
    for each in records.values():
        for other, columns in references_of(each.KIND):
            key = tuple(getattr(each, column) for column in columns)
            if (other, key) not in records:
                yield Finding(
                    "wrong",
                    each,
                    columns[-1],
                    f"{each.name} refers to the {other} {', '.join(key)}, which is neither here nor in the "
                    f"register; add the {other}, or correct the name",
                )


def place_of(record: Record) -> Place:
    """Return what tells a record from all others: its kind and its key."""
    return record.KIND, record.key


def _address(placed: Placed, field: str) -> str:
    row = placed.address_of_row
    cell = placed.cells.get(field)
    return str(row if cell is None else replace(row, cell=cell))
