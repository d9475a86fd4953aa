"""Thyroglobulin and pain at the visits, and the worst adverse event, as columns."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import select

from seedbed.cohort.courses import Findings
from seedbed.cohort.frame import NO_SOURCE, Column, make_column
from seedbed.errors import SeedbedError
from seedbed.journey.analysis.members import (
    Members,
    NamedRows,
    at_months,
    due_months_of,
    pick,
    plain_rows,
    since_start,
)
from seedbed.journey.counted_notes import noted
from seedbed.journey.records.markers import TG_UNIT
from seedbed.journey.records.plain import first_days
from seedbed.patient.analytes import convert, find_analyte
from seedbed.patient.records import AdverseEvent, LaboratoryValue, Pain, VisitRecord, partial
from seedbed.registry.clinic import ClinicRegister
from seedbed.registry.clinic_tables import TABLES

TG_MONTHS = (0, 2, 4, 6, 12)
NRS_MONTHS = (0, 6)


def tg_columns(clinic: ClinicRegister, members: Members) -> tuple[dict[str, Column], Findings]:
    """Return thyroglobulin before treatment and at the visits, ng/mL, and all values of it."""
    table = TABLES[LaboratoryValue.KIND]
    named = [row[0] for row in clinic.rows(select(table.c.analyte).distinct())]
    tg = [name for name in named if (known := find_analyte(name)) is not None and known.code == "tg"]
    names = ("patient_id", "on", "analyte", "value", "comparator", "unit")
    until = table.c.on <= members.on.isoformat()
    rows = _of_members(plain_rows(clinic, LaboratoryValue, names, table.c.analyte.in_(tg), until), members)
    values, refused = _converted(rows)
    sources = NamedRows(rows, lambda row: f"laboratory value {row[0]}, {row[1]}, {row[2]}")
    patients, days = _places(rows, members)
    beyond = np.array([row[4] is not None for row in rows], dtype=bool)
    columns = {}
    every = at_months(members, patients, days=days, months=sorted({*TG_MONTHS, *members.due_months}))
    for month in TG_MONTHS:
        taken = every[month]
        counted = int(beyond[taken.place[taken.place >= 0]].sum())
        notes = noted(
            counted,
            "value beyond what can be measured counts as that limit",
            "values beyond what can be measured count as that limit",
        )
        lost = noted(
            refused,
            "value of Tg whose unit does not fit is left out",
            "values of Tg whose unit does not fit are left out",
        )
        columns[f"tg_{month}"] = pick(
            f"tg_{month}", taken, values=values, sources=sources, notes=[*notes, *lost]
        )
    found = Findings(
        patients=patients,
        days=since_start(members, patients, days),
        values=np.array(values, dtype=np.float64),
        words=np.array([row[4] or "" for row in rows], dtype=np.str_),
        due_months=due_months_of(every, len(rows)),
    )
    return columns, found.some(~np.isnan(found.values))


def _converted(rows: Sequence[Any]) -> tuple[list[float | None], int]:
    """Return values in one unit, and how many have a unit that does not fit."""
    factors: dict[str, float | None] = {}
    for unit in {row[5] for row in rows}:
        try:
            factors[unit] = float(convert(1.0, unit, "tg", to=TG_UNIT))
        except SeedbedError:
            factors[unit] = None
    found = [None if (factor := factors[row[5]]) is None else row[3] * factor for row in rows]
    return found, found.count(None)


def nrs_columns(clinic: ClinicRegister, members: Members) -> tuple[dict[str, Column], Findings]:
    """Return the worst pain of any site before treatment and at the visit, and that of every day."""
    until = TABLES[Pain.KIND].c.on <= members.on.isoformat()
    rows = _of_members(plain_rows(clinic, Pain, ("patient_id", "on", "site", "nrs"), until), members)
    worst: dict[tuple[str, str], Any] = {}
    for row in rows:
        day = row[0], row[1]
        if day not in worst or row[3] > worst[day][3]:
            worst[day] = row
    days_worst = list(worst.values())
    patients, days = _places(days_worst, members)
    sources = NamedRows(days_worst, lambda row: f"pain {row[0]}, {row[1]}{f', {row[2]}' if row[2] else ''}")
    values = [row[3] for row in days_worst]
    every = at_months(members, patients, days=days, months=sorted({*NRS_MONTHS, *members.due_months}))
    columns = {
        f"nrs_{month}": pick(f"nrs_{month}", every[month], values=values, sources=sources)
        for month in NRS_MONTHS
    }
    return columns, Findings(
        patients=patients,
        days=since_start(members, patients, days),
        values=np.array(values, dtype=np.float64),
        words=np.full(len(values), ""),
        due_months=due_months_of(every, len(values)),
    )


def grade_column(clinic: ClinicRegister, members: Members) -> dict[str, Column]:
    """Return the worst grade of each patient by the rule on adverse events."""
    table = TABLES[AdverseEvent.KIND]
    names = ("patient_id", "term", "start", "grade", "attribution")
    rows = _of_members(
        plain_rows(clinic, AdverseEvent, names, table.c.start <= members.on.isoformat()), members
    )
    worst: dict[str, Any] = {}
    unattributed: set[str] = set()
    for row in rows:
        surely_before = partial(row[2]).latest < members.starts[members.row[row[0]]].earliest
        if surely_before or row[4] in members.rules.adverse_events.not_related:
            continue
        if row[4] in (None, "unknown"):
            unattributed.add(row[0])
        if row[0] not in worst or row[3] > worst[row[0]][3]:
            worst[row[0]] = row
    asked = _asked(clinic, members)
    values = [worst[name][3] if name in worst else 0 if name in asked else None for name in members.ids]
    sources = [_event(worst[name]) if name in worst else asked.get(name, NO_SOURCE) for name in members.ids]
    notes = noted(
        len(unattributed),
        "patient has events without attribution, which count",
        "patients have events without attribution, which count",
    )
    return {"worst_grade": make_column("worst_grade", values, sources=sources, notes=notes)}


def _event(row: Any) -> tuple[str, ...]:
    return (f"adverse event {row[0]}, {row[1]}, {row[2]}",)


def _asked(clinic: ClinicRegister, members: Members) -> dict[str, tuple[str, ...]]:
    """Return who was asked for adverse events after treatment began, with the last visit at which it was."""
    table = TABLES[VisitRecord.KIND]
    until = table.c.on <= members.on.isoformat()
    rows = plain_rows(clinic, VisitRecord, ("patient_id", "on"), table.c.adverse_events_asked, until)
    return {
        row[0]: (f"visit {row[0]}, {row[1]}",)
        for row in _of_members(rows, members)
        if partial(row[1]).earliest > members.starts[members.row[row[0]]].earliest
    }


def _of_members(rows: Sequence[Any], members: Members) -> list[Any]:
    return [row for row in rows if row[0] in members.row]


def _places(rows: Sequence[Any], members: Members) -> tuple[Any, Any]:
    patients = np.array([members.row[row[0]] for row in rows], dtype=np.int64)
    return patients, first_days([row[1] for row in rows])
