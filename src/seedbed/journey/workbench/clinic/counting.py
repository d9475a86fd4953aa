"""What is due for every patient, counted once and then only for those whose records were changed."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np
from sqlalchemy import Select, select

from seedbed.journey.records.due import OPEN, DueRow, clinic_due, start_note
from seedbed.journey.records.patient_due import follow_up_facts
from seedbed.journey.records.plain import first_days
from seedbed.journey.records.treatment import treatment_starts
from seedbed.journey.workbench.clinic.listed import FILTERS, TO_DO, ListedPatient, Overview
from seedbed.patient.records import Death
from seedbed.protocol import load_rules
from seedbed.protocol.follow_up import VisitCheck, follow_up
from seedbed.protocol.visit_matching import match_visits
from seedbed.protocol.visit_status import NOT_YET, status_codes, window_of
from seedbed.registry.clinic import ClinicRegister
from seedbed.registry.clinic_tables import CHANGE, TABLES

DAYS_OF_MONTH = 31
MOST_CHANGED = 25
"""Changed patients beyond whom all are counted anew; local rule."""
COLUMNS = ("patient_id", "person", "sex", "born", "arm", "synthetic")
Patients = dict[str, ListedPatient]


class Keeper:
    """Keeps the list of one register; for any number of threads.

    Parameters
    ----------
    clinic : ClinicRegister
    """

    def __init__(self, clinic: ClinicRegister) -> None:
        self._clinic, self._lock = clinic, Lock()
        self._head: tuple[int, str] = (0, "")
        self._patients: Patients = {}
        self._found: Overview | None = None

    def at(self, on: date) -> Overview:
        """Return the list on a day by the latest change set."""
        with self._lock:  # one count, not one for each who asks meanwhile
            head = self._clinic.head()
            if self._found is None or self._found.on != on:
                self._patients, remarks = counted(self._clinic, on)
            elif head != self._head:
                remarks = self._update(head, self._found)
            else:
                return self._found
            self._head, self._found = head, _overview(self._patients, on, remarks)
            return self._found

    def _update(self, head: tuple[int, str], found: Overview) -> tuple[str, ...]:
        changed = _changed(self._clinic, self._head[0]) if head[0] > self._head[0] else None
        if changed is None or len(changed) > MOST_CHANGED:
            self._patients, remarks = counted(self._clinic, found.on)
            return remarks
        anew = {name: one_patient(self._clinic, name, on=found.on) for name in changed}
        kept = {name: each for name, each in self._patients.items() if name not in anew}
        there = {name: each for name, each in anew.items() if each is not None}
        self._patients = dict(sorted({**kept, **there}.items()))
        return found.remarks


@lru_cache(maxsize=2)
def keeper_of(clinic: ClinicRegister) -> Keeper:
    """Return what keeps the list of a register."""
    return Keeper(clinic)


def counted(clinic: ClinicRegister, on: date) -> tuple[Patients, tuple[str, ...]]:
    """Return all patients by identifier, and what is to be said of the whole list."""
    due = clinic_due(clinic.where, on=on)
    visits, died = _rows(clinic, _seen()), {each.patient_id: each for each in clinic.records(Death)}
    next_due, last = _next_due(clinic, visits, died, on), _last(visits, on)
    of_patient: dict[str, list[DueRow]] = {}
    for row in due.rows:
        of_patient.setdefault(row.patient_id, []).append(row)
    not_started = {*due.not_started}
    found = {
        row.patient_id: _with_due(
            _bare(row),
            of_patient.get(row.patient_id, ()),
            started=row.patient_id not in not_started,
            died=row.patient_id in died,
            last_visit=last.get(row.patient_id, ""),
            next_due=next_due.get(row.patient_id, ""),
        )
        for row in _rows(clinic, _people().order_by(TABLES["patient"].c.patient_id))
    }
    return found, due.remarks


def one_patient(clinic: ClinicRegister, patient_id: str, *, on: date) -> ListedPatient | None:
    """Return one patient as `counted` would; None where there is no such patient."""
    rows = _rows(clinic, _people().where(TABLES["patient"].c.patient_id == patient_id))
    if not rows:
        return None
    visit = TABLES["visit"].c
    died = {each.patient_id: each for each in clinic.records(Death, patients=[patient_id])}
    visits = _rows(clinic, _seen().where(visit.patient_id == patient_id))
    protocol = load_rules()
    start = treatment_starts(clinic, patients=[patient_id], protocol=protocol).get(patient_id)
    bare = _bare(rows[0])
    shared: dict[str, Any] = {
        "started": start is not None,
        "died": bool(died),
        "last_visit": _last(visits, on).get(patient_id, ""),
    }
    if start is None or start.earliest > on:
        return _with_due(bare, (), **shared)
    next_due = _next_due(clinic, visits, died, on, only=[patient_id]).get(patient_id, "")
    followed = follow_up(follow_up_facts(clinic, patient_id, on=on, protocol=protocol), on, protocol=protocol)
    due = [_due_row(bare, each, on, start_note(start)) for each in followed.visits if _is_open(each, on)]
    return _with_due(bare, due, **shared, next_due=next_due)


def _overview(patients: Patients, on: date, remarks: tuple[str, ...]) -> Overview:
    listed = tuple(patients.values())
    found = Counter(part for each in listed for part in each.parts)
    return Overview(on, listed, {part: found[part] for part in FILTERS}, remarks)


def _changed(clinic: ClinicRegister, since: int) -> list[str]:
    query = select(CHANGE.c.patient_id).where(CHANGE.c.change_set > since).distinct()
    return [row[0] for row in _rows(clinic, query)]


def _bare(row: Any) -> ListedPatient:
    """Return who a patient is, without what is due."""
    return ListedPatient(
        patient_id=row.patient_id,
        name=row.person or "",
        sex=row.sex or "",
        born=row.born or "",
        arm=row.arm or "",
        synthetic=bool(row.synthetic),
        sought=f"{row.patient_id}\n{row.person or ''}".casefold(),
    )


def _with_due(bare: ListedPatient, due: Sequence[DueRow], **rest: Any) -> ListedPatient:
    states = [row.status for row in due]
    return replace(
        bare,
        open=tuple(row for row in due if row.status in TO_DO),
        early=states.count("early"),
        late=states.count("late"),
        **rest,
    )


def _is_open(visit: VisitCheck, on: date) -> bool:
    return visit.status in OPEN or _is_due(visit, on)


def _is_due(visit: VisitCheck, on: date) -> bool:
    return visit.status == "not yet due" and (visit.due_on - on).days <= visit.window_days


def _due_row(bare: ListedPatient, visit: VisitCheck, on: date, note: str) -> DueRow:
    to_today = _is_due(visit, on) or visit.status == "missing"
    return DueRow(
        patient_id=bare.patient_id,
        arm=bare.arm,
        month=visit.month,
        due_on=visit.due_on,
        status="due" if _is_due(visit, on) else visit.status,
        days_off=(on - visit.due_on).days if to_today else visit.days_off,
        note=note,
    )


def _people() -> Select[Any]:
    patient = TABLES["patient"].c
    return select(*(patient[name] for name in COLUMNS)).where(~patient.voided)


def _seen() -> Select[Any]:
    visit = TABLES["visit"].c
    return select(visit.patient_id, visit.on).where(~visit.voided)


def _rows(clinic: ClinicRegister, query: Select[Any]) -> Sequence[Any]:
    return clinic.read(lambda connection: connection.execute(query).all())


def _last(visits: Sequence[Any], on: date) -> dict[str, str]:
    """Return the latest visit of each patient up to a day, as it is known."""
    latest, last = on.isoformat(), dict[str, str]()
    for patient_id, day in visits:
        if day <= latest and day > last.get(patient_id, ""):
            last[patient_id] = day
    return last


def _next_due(
    clinic: ClinicRegister,
    visits: Sequence[Any],
    died: Mapping[str, Death],
    on: date,
    *,
    only: Sequence[str] | None = None,
) -> dict[str, str]:
    """Return the first visit of each living patient that is still to come, or whose window is open."""
    rules, now = load_rules().visits, on.toordinal()
    begun = treatment_starts(clinic, patients=only).items()
    starts = {name: day.earliest for name, day in begun if day.earliest <= on}
    row_of = {name: row for row, name in enumerate(starts)}
    seen = [(row_of[name], day) for name, day in visits if name in row_of]
    rows = np.array([row for row, _ in seen], dtype=np.int64)
    days = first_days([day for _, day in seen])
    past = days <= now
    first = np.array([day.toordinal() for day in starts.values()], dtype=np.int64)
    beyond = now + DAYS_OF_MONTH * rules.then_every_months  # one more, where the first to come was seen early
    matched = match_visits(first, rows[past], days=days[past], until=beyond, rules=rules)
    dead = np.zeros(len(starts), dtype=np.int64)
    for name, each in died.items():
        if name in row_of and each.on.earliest <= on:
            dead[row_of[name]] = min(each.on.latest, on).toordinal()
    codes = status_codes(matched, dead, today=now, window=window_of(rules))
    return dict(_first_waiting([*starts], matched.due, (codes == NOT_YET) & (dead == 0)[:, None]))


def _first_waiting(names: Sequence[str], due: Any, waiting: Any) -> Iterator[tuple[str, str]]:
    columns, any_ = waiting.argmax(axis=1).tolist(), waiting.any(axis=1).tolist()
    for row, name in enumerate(names):
        if any_[row]:
            yield name, date.fromordinal(int(due[row, columns[row]])).isoformat()
