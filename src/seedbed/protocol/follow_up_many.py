"""Visits of many patients that are due now, early, late or missing."""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import InputError
from seedbed.protocol.models import Protocol
from seedbed.protocol.rules import load_rules
from seedbed.protocol.visit_matching import NO_DAY, IntArray, match_visits
from seedbed.protocol.visit_status import (
    DAY_NOT_KNOWN,
    EARLY,
    LATE,
    MISSING,
    NOT_YET,
    STATUSES,
    last_seen_days,
    status_codes,
    window_days,
    window_of,
)


@dataclass(frozen=True, kw_only=True)
class OpenVisits:
    """Visits of many patients that are due now, early, late or missing. One row each.

    Attributes
    ----------
    patient : ndarray of int
        Row of the patient in what was given.
    month : ndarray of int
        Months after the start of treatment.
    due : ndarray of int
        Day on which it is due, an ordinal.
    status : ndarray of str
        ``due`` (its window is open and nobody came), ``early``, ``late``, ``missing`` or
        ``seen, day not known``.
    days_off : ndarray of int
        Days from the day it was due to the visit, or to today where there was none; 0 where `day_known` is
        False.
    day_known : ndarray of bool
        False for a visit of which only the month or year is known.
    """

    patient: IntArray
    month: IntArray
    due: IntArray
    status: NDArray[np.str_]
    days_off: IntArray
    day_known: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.patient)


def follow_up_all(
    starts: IntArray,
    patients: IntArray,
    *,
    days: IntArray,
    today: date,
    last_days: IntArray | None = None,
    deaths: IntArray | None = None,
    protocol: Protocol | None = None,
) -> OpenVisits:
    """List the visits of many patients that are due now, early, late or missing.

    The same matching and the same rules as `follow_up`, on arrays of day numbers (`date.toordinal`).

    Parameters
    ----------
    starts : ndarray of int, shape (patients,)
        First day of treatment of each.
    patients : ndarray of int, shape (visits,)
        Row in `starts` of the patient of each visit.
    days : ndarray of int, shape (visits,)
        Day of each visit.
    today : date
        The day on which this is asked.
    last_days : ndarray of int, shape (visits,), optional
        Last day that each visit can have been on, where `days` is the first; by default `days`.
    deaths : ndarray of int, shape (patients,), optional
        Day of death, 0 where the patient lives; by default all live.
    protocol : Protocol, optional
        The shipped one by default.

    Raises
    ------
    InputError
        Arrays of other lengths, a visit or death after `today`, or a visit after death.
    RulesError
        The protocol has no ``visits.window``.

    Examples
    --------
    >>> starts = np.array([date(2026, 1, 1).toordinal(), date(2026, 2, 1).toordinal()])
    >>> rows, days = np.array([0]), np.array([date(2026, 3, 20).toordinal()])
    >>> found = follow_up_all(starts, rows, days=days, today=date(2026, 4, 10))
    >>> found.patient.tolist(), found.month.tolist(), found.status.tolist(), found.days_off.tolist()
    ([0, 1], [2, 2], ['late', 'due'], [19, 9])
    """
    rules = (protocol or load_rules()).visits
    window, now = window_of(rules), today.toordinal()
    dead = np.full(len(starts), NO_DAY, dtype=np.int64) if deaths is None else deaths
    _check_arrays(starts, patients, days=days, deaths=dead, today=today)
    matched = match_visits(starts, patients, days=days, until=now, rules=rules)
    lasts = matched.seen if last_days is None else last_seen_days(matched, patients, last_days)
    codes = status_codes(matched, dead, today=now, window=window, last_seen=lasts)
    is_due = (codes == NOT_YET) & (matched.due - window_days(matched.months, window) <= now)
    rows, columns = np.nonzero(np.isin(codes, (EARLY, LATE, MISSING, DAY_NOT_KNOWN)) | is_due)
    due = matched.due[rows, columns]
    codes, seen = codes[rows, columns], matched.seen[rows, columns]
    known = seen == lasts[rows, columns]
    came = np.isin(codes, (EARLY, LATE, DAY_NOT_KNOWN))
    return OpenVisits(
        patient=rows.astype(np.int64),
        month=matched.months[columns],
        due=due,
        status=np.where(is_due[rows, columns], "due", np.array(STATUSES)[codes]),
        days_off=np.where(known, np.where(came, seen, now) - due, 0),
        day_known=known,
    )


def _check_arrays(
    starts: IntArray, patients: IntArray, *, days: IntArray, deaths: IntArray, today: date
) -> None:
    if len(patients) != len(days) or len(deaths) != len(starts):
        raise InputError(
            f"{len(patients)} patients of {len(days)} visits, {len(deaths)} deaths of {len(starts)} patients",
            "one patient for each visit and one death (or 0) for each patient",
            "give arrays of equal length",
        )
    if len(days) and not (patients.min() >= 0 and patients.max() < len(starts)):
        raise InputError("a visit of a patient who is not in the list", "a row of 'starts'", "correct it")
    latest = max(int(each.max(initial=0)) for each in (starts, days, deaths))
    if latest > today.toordinal():
        raise InputError(
            f"a date of {date.fromordinal(latest)} asked on {today}", "no day to come", "correct one of them"
        )
    dead = deaths[patients]
    if np.any((dead != NO_DAY) & (days > dead)):
        raise InputError("a visit after death", "no visit after death", "correct one of the dates")
