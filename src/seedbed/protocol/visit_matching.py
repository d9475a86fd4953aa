"""Which visit was which due visit, for many patients at once: arrays of day numbers in, arrays out.

Days are proleptic Gregorian ordinals, as `datetime.date.toordinal` counts them.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seedbed.protocol.models import VisitRules

IntArray = NDArray[np.int64]
NO_DAY: Final = 0
"""Stands where there is no day: ordinals begin with 1."""
UNIX_DAY: Final = date(1970, 1, 1).toordinal()
FEWEST_DAYS_OF_MONTHS: Final = 28
REACH: Final = 4_000_000
"""More than any ordinal: it keeps the days of one patient apart from those of the next."""


@dataclass(frozen=True)
class Matched:
    """Due visits and the visits that were matched with them.

    Attributes
    ----------
    months : ndarray, shape (due visits,)
        Months after the start of treatment.
    due : ndarray, shape (patients, due visits)
        Days on which they are due.
    seen : ndarray, shape (patients, due visits)
        Day of the visit that was matched, or `NO_DAY`.
    due_of_visit : ndarray, shape (visits,)
        Column of the due visit of each visit; -1 where it was matched with none.
    """

    months: IntArray
    due: IntArray
    seen: IntArray
    due_of_visit: IntArray


def match_visits(
    starts: IntArray, patients: IntArray, *, days: IntArray, until: int, rules: VisitRules
) -> Matched:
    """Match every visit with at most one due visit, the nearest, in the order of time.

    The start of treatment takes part, so that a visit soon after it is no early visit. Of two visits with
    the same nearest due visit the nearer counts (the earlier of two as near); the other counts, late, for
    the due visit before, if that has none and is not before it in time.

    Parameters
    ----------
    starts : ndarray, shape (patients,)
        First day of treatment of each.
    patients : ndarray, shape (visits,)
        Row in `starts` of the patient of each visit.
    days : ndarray, shape (visits,)
        Day of each visit.
    until : int
        Due visits are laid out up to the first after this day.
    rules : VisitRules
        When visits are due (Chen et al. 2025, doi 10.3389/fendo.2025.1587412, section 2.4, follow-up).

    Examples
    --------
    >>> from seedbed.protocol import load_rules
    >>> start = date(2026, 1, 1).toordinal()
    >>> rows, seen = np.array([0]), np.array([start + 60])
    >>> rules = load_rules().visits
    >>> matched = match_visits(np.array([start]), rows, days=seen, until=start + 90, rules=rules)
    >>> matched.months.tolist(), (matched.due - start).tolist(), (matched.seen - start)[0, 0].item()
    ([2, 4], [[59, 120]], 60)
    """
    months = _months(int(starts.min(initial=until)), until, rules)
    due = days_after_months(starts, months)
    places = _nearest(np.column_stack([starts, due]), patients, days)
    seen, held = np.full(due.shape, NO_DAY, dtype=np.int64), np.full(len(days), -1, dtype=np.int64)
    rows = np.flatnonzero(places > 0)
    _take(rows, places[rows] - 1, patients=patients, days=days, due=due, seen=seen, held=held)
    # What is left over, and came before the due visit it is nearest to, may be the one before, late.
    rows = rows[(held[rows] < 0) & (places[rows] > 1)]
    rows = rows[days[rows] < due[patients[rows], places[rows] - 1]]
    rows = rows[seen[patients[rows], places[rows] - 2] == NO_DAY]
    _take(rows, places[rows] - 2, patients=patients, days=days, due=due, seen=seen, held=held)
    return Matched(months=months, due=due, seen=seen, due_of_visit=held)


def days_after_months(starts: IntArray, months: IntArray) -> IntArray:
    """Count calendar months from days; a day that the month does not have becomes its last.

    Parameters
    ----------
    starts : ndarray, shape (patients,)
        Days.
    months : ndarray, shape (due visits,)
        Months to count on.

    Returns
    -------
    ndarray, shape (patients, due visits)
        Days.

    Examples
    --------
    >>> days = days_after_months(np.array([date(2025, 8, 31).toordinal()]), np.array([2, 6]))
    >>> [date.fromordinal(day).isoformat() for day in days[0]]
    ['2025-10-31', '2026-02-28']
    """
    first = (starts - UNIX_DAY).astype("datetime64[D]")
    month = first.astype("datetime64[M]")
    in_month = (first - month.astype("datetime64[D]")).astype(np.int64)
    wanted = month[:, None] + months[None, :].astype("timedelta64[M]")
    begins = wanted.astype("datetime64[D]").astype(np.int64)
    length = (wanted + np.timedelta64(1, "M")).astype("datetime64[D]").astype(np.int64) - begins
    return np.asarray(begins + np.minimum(in_month[:, None], length - 1) + UNIX_DAY, dtype=np.int64)


def _months(first_start: int, until: int, rules: VisitRules) -> IntArray:
    """Months of the due visits up to the first after the last day, counted from the earliest start."""
    step, last = rules.then_every_months, rules.months[-1]
    enough = max(until - first_start, 0) // FEWEST_DAYS_OF_MONTHS + step
    later = np.arange(last + step, max(enough, last) + 1, step)
    months = np.concatenate([np.array(rules.months), later]).astype(np.int64)
    due = days_after_months(np.array([first_start]), months)[0]
    return months[: int(np.searchsorted(due, until, side="right")) + 1]


def _nearest(marks: IntArray, patients: IntArray, days: IntArray) -> IntArray:
    """Column of the mark that is nearest to each day, the earlier of two as near; -1 before the first."""
    columns = marks.shape[1]
    keys = (marks + np.arange(len(marks))[:, None] * REACH).ravel()
    after = np.searchsorted(keys, days + patients * REACH, side="right") - patients * columns
    low = np.clip(after - 1, 0, columns - 1)
    high = np.clip(after, 0, columns - 1)
    nearer = np.where(marks[patients, high] - days < days - marks[patients, low], high, low)
    return np.where(after == 0, -1, nearer).astype(np.int64)


def _take(
    rows: IntArray,
    columns: IntArray,
    *,
    patients: IntArray,
    days: IntArray,
    due: IntArray,
    seen: IntArray,
    held: IntArray,
) -> None:
    """Give each due visit the nearest of the visits that want it; writes into `seen` and `held`."""
    owners = patients[rows]
    off = np.abs(days[rows] - due[owners, columns])
    order = np.lexsort((rows, days[rows], off, columns, owners))
    rows, owners, columns = rows[order], owners[order], columns[order]
    first = np.ones(len(rows), dtype=bool)
    first[1:] = (owners[1:] != owners[:-1]) | (columns[1:] != columns[:-1])
    seen[owners[first], columns[first]] = days[rows[first]]
    held[rows[first]] = columns[first]
