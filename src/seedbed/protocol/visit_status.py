"""Whether a due visit was seen, early, late or missing, by the window of the rules."""

from typing import Final, Literal, get_args

import numpy as np

from seedbed.errors import RulesError
from seedbed.protocol.models import VisitRules, VisitWindow
from seedbed.protocol.visit_matching import NO_DAY, IntArray, Matched

VisitStatus = Literal[
    "seen", "early", "late", "missing", "not yet due", "excused by death", "seen, day not known"
]
STATUSES: Final[tuple[VisitStatus, ...]] = get_args(VisitStatus)
SEEN, EARLY, LATE, MISSING, NOT_YET, EXCUSED, DAY_NOT_KNOWN = range(len(STATUSES))


def window_of(rules: VisitRules) -> VisitWindow:
    """Return the window of the rules.

    Raises
    ------
    RulesError
        The rules have none.
    """
    if rules.window is None:
        raise RulesError(
            "the rules have no 'visits.window'",
            "a window within which a visit is on time",
            "add [visits.window] with id, text, place, days, until_month and later_days",
        )
    return rules.window


def window_days(months: IntArray, window: VisitWindow) -> IntArray:
    """Days before or after the day it is due within which a visit is on time.

    Examples
    --------
    >>> from seedbed.protocol import load_rules
    >>> window_days(np.array([2, 6, 12]), window_of(load_rules().visits)).tolist()
    [14, 14, 30]
    """
    return np.where(months <= window.until_month, window.days, window.later_days)


def status_codes(
    matched: Matched, deaths: IntArray, *, today: int, window: VisitWindow, last_seen: IntArray | None = None
) -> IntArray:
    """Status of each due visit as a number, the place in `STATUSES`.

    A visit of which only the month or year is known is seen, early or late where that holds of every day it
    can have been on; else the day is not known.

    Parameters
    ----------
    matched : Matched
        Due visits and the visits that count for them.
    deaths : ndarray, shape (patients,)
        Day of death, or `NO_DAY`.
    today : int
        The day on which this is asked.
    window : VisitWindow
        Within which a visit is on time.
    last_seen : ndarray, shape (patients, due visits), optional
        Last day that each matched visit can have been on; by default its day.

    Returns
    -------
    ndarray, shape (patients, due visits)
    """
    allowed = window_days(matched.months, window)[None, :]
    off = matched.seen - matched.due
    last_off = off if last_seen is None else last_seen - matched.due
    unseen = np.where(matched.due + allowed < today, MISSING, NOT_YET)
    dead = deaths[:, None]
    unseen = np.where((dead != NO_DAY) & (dead <= matched.due + allowed), EXCUSED, unseen)
    visited = np.select(
        [last_off < -allowed, off > allowed, (off >= -allowed) & (last_off <= allowed)],
        [EARLY, LATE, SEEN],
        DAY_NOT_KNOWN,
    )
    return np.where(matched.seen == NO_DAY, unseen, visited)


def last_seen_days(matched: Matched, patients: IntArray, last_days: IntArray) -> IntArray:
    """Return the last day that each matched visit can have been on, shape (patients, due visits)."""
    found, held = matched.seen.copy(), matched.due_of_visit >= 0
    found[patients[held], matched.due_of_visit[held]] = last_days[held]
    return found
