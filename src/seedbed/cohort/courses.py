"""What happened to each patient day by day: the findings, treatments and events that figures are drawn from.

Days count from the first day of the patient's treatment; findings before it have days below zero. Rows are
those of the analysis set, in parallel arrays, so that a hundred thousand patients fit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from seedbed.cohort.endpoint_records import EndpointRecords
from seedbed.cohort.endpoints import DAYS_A_MONTH

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
Rows = TypeVar("Rows", "Findings", "Spans", "Happenings")


def _no_rows() -> IntArray:
    return np.zeros(0, dtype=np.int64)


def _no_values() -> FloatArray:
    return np.zeros(0, dtype=np.float64)


def _no_words() -> NDArray[np.str_]:
    return np.zeros(0, dtype=np.str_)


@dataclass(frozen=True, kw_only=True)
class Findings:
    """One number at several times: a sum of diameters, thyroglobulin, pain.

    Attributes
    ----------
    patients : ndarray of int, shape (findings,)
        Row of the patient in the analysis set.
    days : ndarray of int, shape (findings,)
        Since the first day of treatment, in the order of time for each patient.
    values : ndarray of float, shape (findings,)
        NaN where it could not be measured.
    words : ndarray of str, shape (findings,)
        What was said of it: the response (``CR``, ``PR``, ``SD``, ``PD``, ``NE`` or empty) of images, ``<``
        or ``>`` of a value beyond what can be measured; empty else.
    due_months : ndarray of int, shape (findings,), or None
        Month of the due visit that it counts for, as in the tables; 0 of the one before treatment that
        counts, -1 of one that counts for none. None where nothing was matched with due visits.
    """

    patients: IntArray = field(default_factory=_no_rows)
    days: IntArray = field(default_factory=_no_rows)
    values: FloatArray = field(default_factory=_no_values)
    words: NDArray[np.str_] = field(default_factory=_no_words)
    due_months: IntArray | None = None

    def some(self, which: NDArray[np.bool_] | IntArray) -> "Findings":
        """Return some of the findings, by truths or places."""
        cut: dict[str, Any] = {
            name: None if each is None else each[which] for name, each in vars(self).items()
        }
        return replace(self, **cut)

    def months(self) -> FloatArray:
        """Return when they were found, months of 365.25 / 12 days since the first day of treatment."""
        return np.asarray(self.days / DAYS_A_MONTH, dtype=np.float64)

    def at_month(self, month: int) -> "Findings":
        """Return those that count for a due visit; none where nothing was matched with due visits."""
        due = np.full(len(self.days), -1) if self.due_months is None else self.due_months
        return self.some(due == month)


@dataclass(frozen=True, kw_only=True)
class Spans:
    """Treatment that lasts: courses of a drug.

    Attributes
    ----------
    patients, first_days, last_days : ndarray of int, shape (spans,)
        The last day is that of the last dose, or the day of the analysis while it is going on; nothing lasts
        beyond death.
    going_on : ndarray of bool, shape (spans,)
    words : ndarray of str, shape (spans,)
        The drug.
    """

    patients: IntArray = field(default_factory=_no_rows)
    first_days: IntArray = field(default_factory=_no_rows)
    last_days: IntArray = field(default_factory=_no_rows)
    going_on: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    words: NDArray[np.str_] = field(default_factory=_no_words)


@dataclass(frozen=True, kw_only=True)
class Happenings:
    """What happened on one day.

    Attributes
    ----------
    patients, days : ndarray of int, shape (happenings,)
    words : ndarray of str, shape (happenings,)
        ``implant``, ``local progression``, ``distant progression``, ``local and distant progression``,
        ``death``, or ``last seen`` of those who are not known to have died.
    """

    patients: IntArray = field(default_factory=_no_rows)
    days: IntArray = field(default_factory=_no_rows)
    words: NDArray[np.str_] = field(default_factory=_no_words)


@dataclass(frozen=True, kw_only=True)
class Courses:
    """The courses of all patients of an analysis set.

    Attributes
    ----------
    diameters_mm : Findings
        Sum of the diameters of the target lesions, with the response at that visit.
    tg_ng_ml : Findings
    nrs : Findings
        Worst pain of any site, 0 to 10.
    drugs : Spans
    happenings : Happenings
    endpoints : EndpointRecords
        How each endpoint was decided.

    Examples
    --------
    >>> tg = Findings(patients=np.array([0, 0, 1]), days=np.array([-3, 60, 58]),
    ...               values=np.array([41.0, 6.5, 0.04]), words=np.array(["", "", "<"]))
    >>> kept = Courses(tg_ng_ml=tg).of_rows([1])
    >>> kept.tg_ng_ml.patients.tolist(), kept.tg_ng_ml.days.tolist()
    ([0], [58])
    """

    diameters_mm: Findings = field(default_factory=Findings)
    tg_ng_ml: Findings = field(default_factory=Findings)
    nrs: Findings = field(default_factory=Findings)
    drugs: Spans = field(default_factory=Spans)
    happenings: Happenings = field(default_factory=Happenings)
    endpoints: EndpointRecords = field(default_factory=EndpointRecords)

    def of_rows(self, rows: Sequence[int] | IntArray) -> "Courses":
        """Return the courses of some patients, whose rows are then counted anew in the order given."""
        kept = np.asarray(rows, dtype=np.int64)
        return Courses(
            diameters_mm=_of_rows(self.diameters_mm, kept),
            tg_ng_ml=_of_rows(self.tg_ng_ml, kept),
            nrs=_of_rows(self.nrs, kept),
            drugs=_of_rows(self.drugs, kept),
            happenings=_of_rows(self.happenings, kept),
            endpoints=self.endpoints.of_rows(kept),
        )


def rows_anew(patients: IntArray, kept: IntArray) -> IntArray:
    """Return the new row of each entry when some patients are kept in an order; -1 for those who are not.

    Examples
    --------
    >>> rows_anew(np.array([0, 0, 2, 1]), np.array([2, 0])).tolist()
    [1, 1, 0, -1]
    """
    most = int(max(patients.max(initial=-1), kept.max(initial=-1)))
    place = np.full(most + 1, -1, dtype=np.int64)
    place[kept] = np.arange(len(kept))
    return np.asarray(place[patients], dtype=np.int64)


def _of_rows(series: Rows, kept: IntArray) -> Rows:
    new = rows_anew(series.patients, kept)
    there = new >= 0
    cut: dict[str, Any] = {name: None if each is None else each[there] for name, each in vars(series).items()}
    return replace(series, **cut | {"patients": new[there]})


def baseline_places(findings: Findings, patients: int) -> IntArray:
    """Return where the latest finding on or before the first day of treatment stands; -1 where there is none.

    Parameters
    ----------
    findings : Findings
    patients : int
        How many there are.

    Examples
    --------
    >>> sums = Findings(patients=np.array([0, 0, 1]), days=np.array([-20, -3, 58]),
    ...                 values=np.array([40.0, 42.0, 30.0]), words=np.array(["", "", "SD"]))
    >>> baseline_places(sums, 2).tolist()
    [1, -1]
    """
    place = np.full(patients, -1, dtype=np.int64)
    before = np.flatnonzero(findings.days <= 0)
    place[findings.patients[before]] = before  # of several the last counts
    return place


def changes_pct(findings: Findings, patients: int) -> Findings:
    """Return the change of each later finding from the one before treatment, in percent of that.

    Findings that could not be measured are left out, and all of patients whose finding before treatment is
    not known or 0.

    Examples
    --------
    >>> sums = Findings(patients=np.array([0, 0, 0]), days=np.array([-3, 60, 180]),
    ...                 values=np.array([40.0, 30.0, 0.0]), words=np.array(["", "SD", "CR"]))
    >>> found = changes_pct(sums, 1)
    >>> found.days.tolist(), found.values.tolist()
    ([60, 180], [-25.0, -100.0])
    """
    place = baseline_places(findings, patients)
    first = np.full(patients, np.nan)
    first[place >= 0] = findings.values[place[place >= 0]]
    first[first <= 0] = np.nan
    with np.errstate(over="ignore"):
        change = 100.0 * (findings.values / first[findings.patients] - 1.0)
    counted = (findings.days > 0) & np.isfinite(change)
    return replace(findings.some(counted), values=change[counted])


def lowest(findings: Findings, patients: int) -> FloatArray:
    """Return the lowest value of each patient; NaN where there is none.

    Examples
    --------
    >>> lowest(Findings(patients=np.array([1, 1]), days=np.array([60, 120]), values=np.array([-25.0, 10.0]),
    ...                 words=np.array(["", ""])), 2).tolist()
    [nan, -25.0]
    """
    low = np.full(patients, np.inf)
    np.fmin.at(low, findings.patients, findings.values)
    low[np.isinf(low)] = np.nan
    return low


def visit_months(findings: Findings) -> IntArray:
    """Return the month of the visit of each finding for summaries.

    That of its due visit; where nothing was matched with due visits the nearest even month, and 0 up to the
    first day of treatment (local rule).

    Examples
    --------
    >>> sums = Findings(patients=np.array([0, 0]), days=np.array([-3, 70]), values=np.array([40.0, 30.0]),
    ...                 words=np.array(["", "SD"]))
    >>> visit_months(sums).tolist()
    [0, 2]
    """
    if findings.due_months is not None:
        return findings.due_months
    return np.asarray(np.maximum(2 * np.rint(findings.months() / 2), 0), dtype=np.int64)
