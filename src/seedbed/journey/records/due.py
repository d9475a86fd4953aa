"""Which visits are due, early, late or missing: for the whole clinic, or visit by visit for one patient."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from seedbed.errors import InputError, one_of
from seedbed.journey.counted_notes import noted
from seedbed.journey.records.known import check_known
from seedbed.journey.records.plain import first_days
from seedbed.journey.records.treatment import DAY_LETTERS, begun, treatment_starts
from seedbed.journey.records.visit_items import items_at_visits, items_not_asked
from seedbed.patient import PartialDate
from seedbed.patient.records import Contact, Death, DrugCourse, VisitRecord, partial
from seedbed.protocol import Protocol, is_protocol_drug, load_rules
from seedbed.protocol.follow_up import FollowUp, FollowUpFacts, SeenVisit, follow_up
from seedbed.protocol.follow_up_many import follow_up_all
from seedbed.registry.clinic import ClinicRegister, open_clinic
from seedbed.registry.clinic_tables import TABLES
from seedbed.sheets import write_csv

OPEN = ("due", "early", "late", "missing", "seen, day not known")
Days = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class DueRow:
    """A visit that someone has to look after.

    Attributes
    ----------
    patient_id, arm : str
    month : int
        After the start of treatment.
    due_on : date
    status : str
    days_off : int or None
        From the day it was due to the visit, or to today; None where the day of the visit is not known.
    note : str
        How far the start of treatment is known, where its day is not.
    """

    patient_id: str
    arm: str
    month: int
    due_on: date
    status: str
    days_off: int | None
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return it for machines."""
        return {**vars(self), "due_on": self.due_on.isoformat()}


@dataclass(frozen=True, kw_only=True)
class ClinicDue:
    """What is due in the whole clinic on a day.

    Attributes
    ----------
    on : date
    rows : tuple of DueRow
        The longest overdue first.
    patients : int
        Patients under treatment or follow-up.
    not_started : tuple of str
        Patients without a start of treatment.
    remarks : tuple of str
    """

    on: date
    rows: tuple[DueRow, ...]
    patients: int
    not_started: tuple[str, ...]
    remarks: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return it for machines."""
        return {
            "on": self.on.isoformat(),
            "patients": self.patients,
            "not_started": list(self.not_started),
            "visits": [row.to_dict() for row in self.rows],
            "remarks": list(self.remarks),
        }


@dataclass(frozen=True, kw_only=True)
class PatientDue:
    """The follow-up of one patient, visit by visit; ``started`` is the start of treatment as it is known."""

    patient_id: str
    started: PartialDate
    follow_up: FollowUp
    protocol: Protocol

    def to_dict(self) -> dict[str, Any]:
        """Return it for machines."""
        return {
            "patient_id": self.patient_id,
            "on": self.follow_up.today.isoformat(),
            "treatment_started": str(self.started),
            "note": start_note(self.started),
            "visits": [
                {
                    "month": each.month,
                    "due_on": each.due_on.isoformat(),
                    "status": each.status,
                    "seen_on": each.seen or None,
                    "days_off": each.days_off,
                    "window_days": each.window_days,
                    "missing_items": [
                        {"rule_id": item, "text": self.protocol.rule(item).text}
                        for item in each.missing_items
                    ],
                    "text": each.text,
                    "note": start_note(self.started),
                }
                for each in self.follow_up.visits
            ],
            "extra_visits": list(self.follow_up.extra_stated),
        }


def clinic_due(
    where: Path | str, *, on: date, rules_file: Path | None = None, status: str | None = None
) -> ClinicDue:
    """List the visits of all patients that are due now, early, late or missing, all or those of one status.

    Raises
    ------
    InputError
        No such register or status.
    """
    if status is not None and status not in OPEN:
        raise InputError(f"the status '{status}'", one_of(OPEN, status), "correct it")
    protocol = load_rules(rules_file)
    with open_clinic(where) as clinic:
        starts, arms, deaths = treatment_starts(clinic, protocol=protocol), _arms(clinic), _deaths(clinic)
        visits = _visits(clinic)
    known = sorted(name for name, start in starts.items() if name in arms and start.earliest <= on)
    died = np.array([deaths.get(name, 0) for name in known], dtype=np.int64)
    died[died > on.toordinal()] = 0
    rows, (first, last), dead = _counted(known, died, visits, on=on)
    found = follow_up_all(
        np.array([starts[name].earliest.toordinal() for name in known], dtype=np.int64),
        rows,
        days=first,
        last_days=last,
        today=on,
        deaths=died,
        protocol=protocol,
    )
    listed = [
        DueRow(
            patient_id=known[row],
            arm=arms[known[row]],
            month=month,
            due_on=date.fromordinal(due),
            status=str(state),
            days_off=off if day_known else None,
            note=start_note(starts[known[row]]),
        )
        for row, month, due, state, off, day_known in zip(
            found.patient.tolist(),
            found.month.tolist(),
            found.due.tolist(),
            found.status.tolist(),
            found.days_off.tolist(),
            found.day_known.tolist(),
            strict=True,
        )
        if status in (None, str(state))
    ]
    return ClinicDue(
        on=on,
        rows=tuple(sorted(listed, key=lambda row: (row.due_on, row.patient_id))),
        patients=len(known),
        not_started=tuple(sorted(name for name in arms if name not in starts)),
        remarks=_remarks(dead, sum(starts[name].day is None for name in known)),
    )


def _remarks(dead: int, partly: int) -> tuple[str, ...]:
    remarks = noted(
        dead,
        "visit after the death of the patient is left out.",
        "visits after the death of the patient are left out.",
    )
    remarks += noted(
        partly,
        "patient has visits that are counted from the first day of a month or year, as no more is known of "
        "the start of treatment.",
        "patients have visits that are counted from the first day of a month or year, as no more is known of "
        "the start of treatment.",
    )
    return tuple(remarks)


def start_note(started: PartialDate) -> str:
    """Say how far the start of treatment is known, where its day is not.

    Examples
    --------
    >>> start_note(PartialDate("2024-08")), start_note(PartialDate("2024-08-05"))
    ('start known only as 2024-08', '')
    """
    return "" if started.day else f"start known only as {started}"


def _counted(
    known: list[str], died: Days, visits: "Seen", *, on: date
) -> tuple[Days, tuple[Days, Days], int]:
    """Return row, first and last day of each visit up to a day, and how many after a death are left out."""
    row_of = {name: row for row, name in enumerate(known)}
    rows = np.array([row_of.get(name, -1) for name in visits.patients], dtype=np.int64)
    counted = (rows >= 0) & (visits.first <= on.toordinal())
    rows, first, last = rows[counted], visits.first[counted], visits.last[counted]
    ends = np.where(died[rows] == 0, on.toordinal(), died[rows])
    alive = first <= ends
    return rows[alive], (first[alive], np.minimum(last, ends)[alive]), int((~alive).sum())


def patient_due(
    where: Path | str, patient_id: str, *, on: date, rules_file: Path | None = None
) -> PatientDue:
    """Follow one patient visit by visit, with what was left out at each.

    Raises
    ------
    InputError
        No such register or patient, or a patient whose treatment has not begun.
    """
    protocol = load_rules(rules_file)
    with open_clinic(where) as clinic:
        facts = follow_up_facts(clinic, patient_id, on=on, protocol=protocol)
        started = treatment_starts(clinic, patients=[patient_id], protocol=protocol)[patient_id]
    return PatientDue(
        patient_id=patient_id,
        started=started,
        follow_up=follow_up(facts, on, protocol=protocol),
        protocol=protocol,
    )


def follow_up_facts(
    clinic: ClinicRegister, patient_id: str, *, on: date, protocol: Protocol
) -> FollowUpFacts:
    """Gather what the register says of the follow-up of a patient up to a day."""
    only = [patient_id]
    check_known(clinic, patient_id)
    courses = clinic.records(DrugCourse, patients=only)
    starts = [partial(day).earliest for _, day in begun(clinic, patients=only, protocol=protocol)]
    if not any(start <= on for start in starts):
        raise InputError(
            f"the treatment of {patient_id} has not begun on {on}",
            f"an implantation or a first dose of {protocol.drug.name} by then",
            "add it to the register, or ask for a later day",
        )
    deaths = [each.on.latest for each in clinic.records(Death, patients=only) if each.on.earliest <= on]
    died = min(deaths[0], on) if deaths else None
    done = items_at_visits(clinic, protocol, patients=only)
    visits = [each.on for each in clinic.records(VisitRecord, patients=only)]
    contacts = [each.on.earliest for each in clinic.records(Contact, patients=only)]
    return FollowUpFacts(
        treatment_starts=tuple(start for start in starts if start <= on),
        seen=tuple(
            _seen_visit(day, died or on, items=done.get((patient_id, day.text), ()))
            for day in visits
            if day.earliest <= (died or on)
        ),
        died_on=died,
        last_contact_on=max((day for day in contacts if day <= on), default=None),
        with_drug=any(is_protocol_drug(each.drug, protocol) for each in courses),
        not_asked=items_not_asked(clinic, patient_id, protocol),
    )


def _seen_visit(when: PartialDate, last: date, *, items: Iterable[str]) -> SeenVisit:
    """Return a visit with every day that it can have been on, up to a last one."""
    until = None if when.day else min(when.latest, last)
    return SeenVisit(on=when.earliest, items=tuple(sorted(items)), until=until, stated=when.text)


def _arms(clinic: ClinicRegister) -> dict[str, str]:
    patient = TABLES["patient"]
    query = select(patient.c.patient_id, patient.c.arm).where(~patient.c.voided)
    return {name: arm or "" for name, arm in clinic.rows(query)}


def _deaths(clinic: ClinicRegister) -> dict[str, int]:
    died = clinic.records(Death)
    return {each.patient_id: each.on.latest.toordinal() for each in died}


@dataclass(frozen=True)
class Seen:
    """Visits as arrays: the patient of each, and the first and last day that it can have been on."""

    patients: list[str]
    first: Days
    last: Days


def _visits(clinic: ClinicRegister) -> Seen:
    visit = TABLES["visit"]
    rows = clinic.rows(select(visit.c.patient_id, visit.c.on).where(~visit.c.voided))
    texts = [row[1] for row in rows]
    first = first_days(texts)
    last = first.copy()
    for at in [at for at, text in enumerate(texts) if len(text) < DAY_LETTERS]:
        last[at] = partial(texts[at]).latest.toordinal()
    return Seen([row[0] for row in rows], first, last)


def write_due(found: ClinicDue, path: Path) -> Path:
    """Write the list for a spreadsheet."""
    header = ("patient_id", "arm", "month", "due_on", "status", "days_off", "note")
    rows = [tuple(row.to_dict()[name] for name in header) for row in found.rows]
    return write_csv(path, header, rows)
