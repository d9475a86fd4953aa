"""Which visits of the whole clinic are due, early, late or missing."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from seedbed.errors import InputError, one_of
from seedbed.journey.counted_notes import noted
from seedbed.journey.records.plain import first_days
from seedbed.journey.records.treatment import DAY_LETTERS, treatment_starts
from seedbed.patient import PartialDate
from seedbed.patient.records import Death, partial
from seedbed.protocol import load_rules
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
