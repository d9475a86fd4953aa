"""Who is analysed, from when, until when; and columns of the register read without an object for each row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, overload

import numpy as np
from sqlalchemy import ColumnElement, select

from seedbed.cohort.analysis_rules import AnalysisRules
from seedbed.cohort.endpoints import DAYS_A_MONTH
from seedbed.cohort.frame import NO_SOURCE, Column, IntArray, make_column
from seedbed.cohort.variables import Variable
from seedbed.patient import PartialDate
from seedbed.patient.records import Record
from seedbed.protocol import Protocol
from seedbed.protocol.visit_matching import match_visits
from seedbed.protocol.visit_status import window_days, window_of
from seedbed.registry.clinic import ClinicRegister
from seedbed.registry.clinic_tables import TABLES


@dataclass(frozen=True, kw_only=True)
class Members:
    """The patients who are analysed.

    Attributes
    ----------
    ids : tuple of str
    starts : tuple of PartialDate
        First day of treatment of each.
    on : date
        Nothing later is looked at.
    protocol : Protocol
        Says when visits are due.
    rules : AnalysisRules
    """

    ids: tuple[str, ...]
    starts: tuple[PartialDate, ...]
    on: date
    protocol: Protocol
    rules: AnalysisRules

    @cached_property
    def row(self) -> dict[str, int]:
        """Row of each patient."""
        return {name: at for at, name in enumerate(self.ids)}

    @cached_property
    def first_days(self) -> IntArray:
        """First day that each start can be, as an ordinal."""
        return np.array([each.earliest.toordinal() for each in self.starts], dtype=np.int64)

    @cached_property
    def last_start_days(self) -> IntArray:
        """Last day that each start can be, as an ordinal."""
        return np.array([each.latest.toordinal() for each in self.starts], dtype=np.int64)

    @cached_property
    def due_months(self) -> tuple[int, ...]:
        """Months of all visits that can be due to anybody by the day of the analysis."""
        rules = self.protocol.visits
        most = (
            int((self.on.toordinal() - self.first_days.min(initial=self.on.toordinal())) / DAYS_A_MONTH) + 1
        )
        later = range(rules.months[-1] + rules.then_every_months, most + 1, rules.then_every_months)
        return (*rules.months, *later)


@dataclass(frozen=True)
class Taken:
    """Which finding counts for each patient at one visit.

    Attributes
    ----------
    place : ndarray of int, shape (patients,)
        Place of the finding among those given; -1 where there is none.
    outside : int
        How many of them came outside the window of the visit.
    """

    place: IntArray
    outside: int


def plain_rows(
    clinic: ClinicRegister,
    kind: type[Record],
    names: Sequence[str],
    *where: ColumnElement[bool],
) -> list[Any]:
    """Return columns of the records of a kind, without voided ones, in the order of their keys."""
    table = TABLES[kind.KIND]
    query = select(*(table.c[name] for name in names)).where(~table.c.voided, *where)
    ordered = query.order_by(*(table.c[name] for name in kind.KEY))
    return clinic.read(lambda connection: list(connection.execute(ordered).all()))


def at_months(
    members: Members, patients: IntArray, *, days: IntArray, months: Sequence[int]
) -> dict[int, Taken]:
    """Say which finding counts for each patient before treatment (month 0) and at due visits.

    Parameters
    ----------
    members : Members
    patients, days : ndarray of int, shape (findings,)
        Row of the patient, and ordinal of the day, of each finding, in the order of time for each patient.
    months : sequence of int
        0, and months of due visits of the protocol.
    """
    found = {0: Taken(_baseline(members, patients, days), 0)} if 0 in months else {}
    later = [month for month in months if month]
    if not len(days) or not len(members.ids):
        nobody = np.full(len(members.ids), -1, dtype=np.int64)
        return found | {month: Taken(nobody, 0) for month in later}
    rules = members.protocol.visits
    matched = match_visits(members.first_days, patients, days=days, until=members.on.toordinal(), rules=rules)
    allowed = window_days(matched.months, window_of(rules))
    strict = members.rules.visits.outside_window == "leave out"
    for month in later:
        place = np.full(len(members.ids), -1, dtype=np.int64)
        column = np.flatnonzero(matched.months == month)
        if len(column):
            counted = np.flatnonzero(matched.due_of_visit == column[0])
            off = np.abs(days[counted] - matched.due[patients[counted], column[0]]) > allowed[column[0]]
            counted = counted[~off] if strict else counted
            place[patients[counted]] = counted
            found[month] = Taken(place, 0 if strict else int(off.sum()))
        else:
            found[month] = Taken(place, 0)
    return found


def since_start(members: Members, patients: IntArray, days: IntArray) -> IntArray:
    """Count days from the first day of treatment on.

    A day on which the treatment may have begun, where that is known in part, is its first day, as for
    `at_months`.

    Parameters
    ----------
    members : Members
    patients, days : ndarray of int, shape (findings,)
        Row of the patient, and ordinal of the day.
    """
    since = days - members.first_days[patients]
    before = days <= members.last_start_days[patients]
    return np.asarray(np.where(before, np.minimum(since, 0), since), dtype=np.int64)


def due_months_of(taken: Mapping[int, Taken], findings: int) -> IntArray:
    """Return the month of the due visit that each finding counts for; -1 where it counts for none."""
    due = np.full(findings, -1, dtype=np.int64)
    for month, each in taken.items():
        due[each.place[each.place >= 0]] = month
    return due


def _baseline(members: Members, patients: IntArray, days: IntArray) -> IntArray:
    """Place of the latest finding on or before the first day of treatment; of one day the first."""
    place = np.full(len(members.ids), -1, dtype=np.int64)
    before = np.flatnonzero(days <= members.last_start_days[patients])
    order = before[np.lexsort((-before, days[before]))]
    place[patients[order]] = order  # of several the last counts
    return place


class NamedRows(Sequence[tuple[str, ...]]):
    """Rows of the register as sources: each is named when it is asked for, as few of many are.

    Parameters
    ----------
    rows : sequence
    name : callable
        What names a row.
    """

    def __init__(self, rows: Sequence[Any], name: Callable[[Any], str]) -> None:
        self._rows, self._name = rows, name

    @overload
    def __getitem__(self, at: int) -> tuple[str, ...]: ...
    @overload
    def __getitem__(self, at: slice) -> "NamedRows": ...
    def __getitem__(self, at: int | slice) -> "tuple[str, ...] | NamedRows":
        """Name one row, or take some."""
        return (
            NamedRows(self._rows[at], self._name) if isinstance(at, slice) else (self._name(self._rows[at]),)
        )

    def __len__(self) -> int:
        """Count the rows."""
        return len(self._rows)


def pick(
    name: str | Variable,
    taken: Taken,
    *,
    values: Sequence[Any],
    sources: Sequence[tuple[str, ...]],
    notes: Sequence[str] = (),
) -> Column:
    """Make a column of the findings that count."""
    places = taken.place.tolist()
    outside = (f"{taken.outside} outside the window of the visit are counted",) if taken.outside else ()
    return make_column(
        name,
        [None if at < 0 else values[at] for at in places],
        sources=[NO_SOURCE if at < 0 else sources[at] for at in places],
        notes=(*outside, *notes),
    )
