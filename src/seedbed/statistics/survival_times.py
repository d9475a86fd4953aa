"""Times until an event or until the end of observation: read, refuse, and count who is at risk."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from seedbed.errors import InputError
from seedbed.statistics.counts import BoolArray, FloatArray, IntArray

SAME_TIME = 2.0**-26
"""Times that differ by less, as a share of their mean, are one time: 0.1 + 0.2 is 0.3 (R: timefix)."""

WHOLE = re.compile(r"^(-?\d+)\.0+$")
"""What a spreadsheet adds to a whole number: group 1.0 is group 1."""


@dataclass(frozen=True)
class SurvivalTimes:
    """Times of patients, right censored.

    Attributes
    ----------
    times : ndarray of float, shape (patients,)
        Zero or more, in any one unit.
    events : ndarray of bool, shape (patients,)
        True: the event came at that time. False: nothing had come until then.
    """

    times: FloatArray
    events: BoolArray


@dataclass(frozen=True)
class RiskTable:
    """Who is at risk and what happens, at each distinct time.

    Attributes
    ----------
    times : ndarray of float
        Distinct times of events and censorings, rising.
    at_risk : ndarray of int
        Patients under observation just before that time; who is censored at a time is at risk at it.
    events, censored : ndarray of int
        What happens at that time.
    """

    times: FloatArray
    at_risk: IntArray
    events: IntArray
    censored: IntArray


def read_survival(times: ArrayLike, events: ArrayLike) -> SurvivalTimes:
    """Read times and events of patients.

    Parameters
    ----------
    times : array_like of float, shape (patients,)
        Time until the event or the last observation, zero or more, in one unit. A time of zero is allowed.
    events : array_like of bool or of 0 and 1, shape (patients,)
        Whether the event came.

    Raises
    ------
    InputError
        No patient, lists of different length, a time that is negative, missing or infinite, an event that is
        neither 0 nor 1.

    Examples
    --------
    >>> read_survival([5, 8, 0.1 + 0.2, 0.3], [1, 0, 1, 1]).times.tolist()
    [5.0, 8.0, 0.3, 0.3]
    """
    numbers, flags = _numbers(times, "times"), _numbers(events, "events")
    if numbers.shape != flags.shape or numbers.ndim != 1 or numbers.size == 0:
        raise InputError(
            f"times of shape {numbers.shape} and events of shape {flags.shape}",
            "two lists of one length, one patient at least",
            "give one time and one event for each patient",
        )
    sound = np.isfinite(numbers) & (numbers >= 0)
    if not sound.all():
        wrong = int(np.flatnonzero(~sound)[0])
        raise InputError(
            f"the time of patient {wrong + 1} is {numbers[wrong]:g}",
            "a finite time, zero or more",
            "correct the dates it was calculated from, or leave the patient out and say so",
        )
    if not np.isin(flags, (0.0, 1.0)).all():
        wrong = int(np.flatnonzero(~np.isin(flags, (0.0, 1.0)))[0])
        raise InputError(
            f"the event of patient {wrong + 1} is {flags[wrong]:g}",
            "1 for an event and 0 for a censored time",
            "code the events so; files coded 1 and 2 mean 2 by the event",
        )
    return SurvivalTimes(_one_time(numbers), flags == 1)


def read_groups(groups: ArrayLike, patients: int) -> tuple[tuple[str, ...], IntArray]:
    """Read the group of each patient: names in order, and the place of each patient's group among them.

    Numbers are ordered as numbers, words as words.

    Raises
    ------
    InputError
        Another number of groups than patients, a group that is missing.

    Examples
    --------
    >>> names, places = read_groups([10, 9, 10], 3)
    >>> names, places.tolist()
    (('9', '10'), [1, 0, 1])
    """
    labels = list(np.asarray(groups, dtype=object).ravel()) if np.ndim(groups) else []
    missing = [place for place, label in enumerate(labels, start=1) if _is_missing(label)]
    if len(labels) != patients or missing:
        raise InputError(
            f"no group for patient {missing[0]}"
            if missing
            else f"{len(labels)} groups for {patients} patients",
            "one group for each patient",
            "leave out who belongs to no group, and say how many",
        )
    texts = list(map(str, labels))
    named = {text: _name(text) for text in set(texts)}
    names = sorted(set(named.values()), key=_in_order)
    place_of = {text: names.index(name) for text, name in named.items()}
    return tuple(names), np.array([place_of[text] for text in texts], dtype=np.int64)


def risk_table(patients: SurvivalTimes) -> RiskTable:
    """Count who is at risk, has the event and is censored, at each distinct time.

    Examples
    --------
    >>> table = risk_table(read_survival([1, 2, 2, 3], [1, 1, 0, 0]))
    >>> table.at_risk.tolist(), table.events.tolist(), table.censored.tolist()
    ([4, 3, 1], [1, 1, 0], [0, 1, 1])
    """
    distinct, place = np.unique(patients.times, return_inverse=True)
    all_here = np.bincount(place, minlength=len(distinct))
    events = np.bincount(place[patients.events], minlength=len(distinct))
    at_risk = all_here[::-1].cumsum()[::-1]
    return RiskTable(distinct, at_risk, events, all_here - events)


def _numbers(values: ArrayLike, what: str) -> FloatArray:
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{what} with words in them or rows of different length", "a list of numbers", "give numbers only"
        ) from error


def _one_time(times: FloatArray) -> FloatArray:
    """Give times that differ only by rounding one value, the smallest of them."""
    distinct = np.unique(times)
    apart = np.r_[True, np.diff(distinct) > SAME_TIME * distinct.mean()]
    firsts = distinct[apart]
    kept: FloatArray = firsts[np.searchsorted(firsts, times, side="right") - 1]
    return kept


def _is_missing(label: object) -> bool:
    return label is None or label != label or str(label).strip() == ""


def _name(text: str) -> str:
    return WHOLE.sub(r"\1", text.strip())


def _in_order(name: str) -> tuple[int, float, str]:
    try:
        return 0, float(name), name
    except ValueError:
        return 1, 0.0, name
