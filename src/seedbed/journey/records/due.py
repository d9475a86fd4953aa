"""Which visits are due, early, late or missing: for the whole clinic, or visit by visit for one patient."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select

from seedbed.errors import InputError, one_of
from seedbed.journey.records.visit_items import items_at_visits, items_not_asked
from seedbed.patient.records import Contact, Death, DrugCourse, Implantation, Patient, VisitRecord
from seedbed.protocol import Protocol, load_rules
from seedbed.protocol.follow_up import FollowUp, FollowUpFacts, SeenVisit, follow_up
from seedbed.protocol.follow_up_many import follow_up_all
from seedbed.registry.clinic import ClinicRegister, open_clinic
from seedbed.registry.clinic_tables import TABLES
from seedbed.sheets import write_csv

OPEN = ("due", "early", "late", "missing")
EPOCH = date(1970, 1, 1).toordinal()
Days = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class DueRow:
    """A visit that someone has to look after."""

    patient_id: str
    arm: str
    month: int
    due_on: date
    status: str
    days_off: int

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
    """The follow-up of one patient, visit by visit."""

    patient_id: str
    follow_up: FollowUp
    protocol: Protocol

    def to_dict(self) -> dict[str, Any]:
        """Return it for machines."""
        return {
            "patient_id": self.patient_id,
            "on": self.follow_up.today.isoformat(),
            "visits": [
                {
                    "month": each.month,
                    "due_on": each.due_on.isoformat(),
                    "status": each.status,
                    "seen_on": each.seen_on.isoformat() if each.seen_on else None,
                    "days_off": each.days_off,
                    "window_days": each.window_days,
                    "missing_items": [
                        {"rule_id": item, "text": self.protocol.rule(item).text}
                        for item in each.missing_items
                    ],
                    "text": each.text,
                }
                for each in self.follow_up.visits
            ],
            "extra_visits": [day.isoformat() for day in self.follow_up.extra],
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
        starts, arms, deaths = _starts(clinic), _arms(clinic), _deaths(clinic)
        names, days = _visits(clinic)
    known = sorted(name for name, start in starts.items() if name in arms and start <= on.toordinal())
    died = np.array([deaths.get(name, 0) for name in known], dtype=np.int64)
    died[died > on.toordinal()] = 0
    rows, seen, dead = _counted(known, died, (names, days), on=on)
    found = follow_up_all(
        np.array([starts[name] for name in known], dtype=np.int64),
        rows,
        days=seen,
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
            days_off=off,
        )
        for row, month, due, state, off in zip(
            found.patient.tolist(),
            found.month.tolist(),
            found.due.tolist(),
            found.status.tolist(),
            found.days_off.tolist(),
            strict=True,
        )
        if status in (None, str(state))
    ]
    return ClinicDue(
        on=on,
        rows=tuple(sorted(listed, key=lambda row: (row.due_on, row.patient_id))),
        patients=len(known),
        not_started=tuple(sorted(name for name in arms if name not in starts)),
        remarks=(f"{dead} visits after the death of the patient are left out.",) if dead else (),
    )


def _counted(
    known: list[str], died: Days, visits: tuple[list[str], Days], *, on: date
) -> tuple[Days, Days, int]:
    """Return row and day of each visit up to a day, and how many after a death are left out."""
    row_of = {name: row for row, name in enumerate(known)}
    rows = np.array([row_of.get(name, -1) for name in visits[0]], dtype=np.int64)
    counted = (rows >= 0) & (visits[1] <= on.toordinal())
    rows, days = rows[counted], visits[1][counted]
    alive = (died[rows] == 0) | (days <= died[rows])
    return rows[alive], days[alive], int((~alive).sum())


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
    return PatientDue(
        patient_id=patient_id, follow_up=follow_up(facts, on, protocol=protocol), protocol=protocol
    )


def follow_up_facts(
    clinic: ClinicRegister, patient_id: str, *, on: date, protocol: Protocol
) -> FollowUpFacts:
    """Gather what the register says of the follow-up of a patient up to a day."""
    only = [patient_id]
    if not clinic.records(Patient, patients=only):
        raise InputError(
            f"there is no patient '{patient_id}' in the register", "the identifier of a patient", "check it"
        )
    courses = clinic.records(DrugCourse, patients=only)
    implants = clinic.records(Implantation, patients=only)
    starts = [each.on.earliest for each in implants] + [each.start.earliest for each in courses]
    if not any(start <= on for start in starts):
        raise InputError(
            f"the treatment of {patient_id} has not begun on {on}",
            "an implantation or a first dose by then",
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
            SeenVisit(on=day.earliest, items=tuple(sorted(done.get((patient_id, day.text), ()))))
            for day in visits
            if day.earliest <= (died or on)
        ),
        died_on=died,
        last_contact_on=max((day for day in contacts if day <= on), default=None),
        with_drug=bool(courses),
        not_asked=items_not_asked(clinic, patient_id, protocol),
    )


def _arms(clinic: ClinicRegister) -> dict[str, str]:
    patient = TABLES["patient"]
    query = select(patient.c.patient_id, patient.c.arm).where(~patient.c.voided)
    return {name: arm or "" for name, arm in clinic.rows(query)}


def _starts(clinic: ClinicRegister) -> dict[str, int]:
    """First day of treatment of each patient, as an ordinal."""
    first: dict[str, str] = {}
    for kind, column in (("implantation", "on"), ("drug course", "start")):
        table = TABLES[kind]
        query = (
            select(table.c.patient_id, func.min(table.c[column]))
            .where(~table.c.voided)
            .group_by(table.c.patient_id)
        )
        for name, day in clinic.rows(query):
            first[name] = min(first.get(name, day), day)
    return dict(zip(first, ordinals(list(first.values())).tolist(), strict=True))


def _deaths(clinic: ClinicRegister) -> dict[str, int]:
    died = clinic.records(Death)
    return {each.patient_id: each.on.latest.toordinal() for each in died}


def _visits(clinic: ClinicRegister) -> tuple[list[str], Days]:
    visit = TABLES["visit"]
    rows = clinic.rows(select(visit.c.patient_id, visit.c.on).where(~visit.c.voided))
    return [row[0] for row in rows], ordinals([row[1] for row in rows])


def ordinals(texts: list[str]) -> Days:
    """Return the first day that each partial date can be, as an ordinal.

    Examples
    --------
    >>> [date.fromordinal(day).isoformat() for day in ordinals(["2026-03", "2026"]).tolist()]
    ['2026-03-01', '2026-01-01']
    """
    return np.array(texts, dtype="datetime64[D]").astype(np.int64) + EPOCH


def write_due(found: ClinicDue, path: Path) -> Path:
    """Write the list for a spreadsheet."""
    header = ("patient_id", "arm", "month", "due_on", "status", "days_off")
    rows = [tuple(row.to_dict()[name] for name in header) for row in found.rows]
    return write_csv(path, header, rows)
