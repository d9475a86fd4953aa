"""Several kinds of event of which the first one counts: incidence of each, and comparisons of groups."""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from seedbed.errors import InputError
from seedbed.statistics.counts import FloatArray, IntArray
from seedbed.statistics.intervals import normal_quantile
from seedbed.statistics.survival import ConfidenceBand
from seedbed.statistics.survival_times import SurvivalTimes, read_groups, read_survival

ROUNDING = 1e-14
"""A variance below is what is left of terms that cancel."""


@dataclass(frozen=True)
class CumulativeIncidence:
    """Incidence of one kind of event in the presence of the others, at each distinct time.

    Attributes
    ----------
    cause : int
    times : ndarray of float
        Distinct times of events and censorings.
    at_risk, events : ndarray of int
        At risk just before; events of this cause.
    incidence : ndarray of float
        Share that has had this event first.
    standard_error : ndarray of float
    """

    cause: int
    times: FloatArray
    at_risk: IntArray
    events: IntArray
    incidence: FloatArray
    standard_error: FloatArray


@dataclass(frozen=True)
class GrayResult:
    """Outcome of Gray's test.

    Attributes
    ----------
    cause : int
    groups : tuple of str
    statistic : float
        Chi-squared.
    df : int
    p_value : float
    """

    cause: int
    groups: tuple[str, ...]
    statistic: float
    df: int
    p_value: float


def cumulative_incidence(times: ArrayLike, causes: ArrayLike, *, cause: int = 1) -> CumulativeIncidence:
    r"""Estimate the incidence of one cause by Aalen and Johansen, exact with ties.

    With :math:`d_{ki}` events of cause k among :math:`n_i` at risk and the survival S of any event,

    .. math:: F_k(t) = \sum_{t_i \le t} S(t_{i-1}) d_{ki} / n_i

    so that the incidences of all causes and the survival add up to 1 at every time. One less Kaplan-Meier
    with the other causes as censorings is larger, and wrong.

    Parameters
    ----------
    times : array_like of float, shape (patients,)
        Until the first event of any cause, or the last observation.
    causes : array_like of int, shape (patients,)
        0 for a censored time, else the number of the cause.
    cause : int
        The cause asked for, 1 or more. One that nobody has has an incidence of 0.

    Raises
    ------
    InputError
        As `read_survival`; a cause that is no whole number of zero or more.

    Notes
    -----
    O. O. Aalen and S. Johansen, Scand. J. Statist. 5 (1978) 141-150. Error by the delta method: E. Marubini
    and M. G. Valsecchi, Analysing Survival Data from Clinical Trials (1995), equation 10.12; without other
    causes it is Greenwood's.

    Examples
    --------
    >>> found = cumulative_incidence([1, 2, 2, 3], [1, 2, 1, 0])
    >>> found.incidence.round(6).tolist()
    [0.25, 0.5, 0.5]
    """
    numbers, patients = read_causes(times, causes)
    if cause < 1:
        raise InputError(f"cause {cause}", "a number of 1 or more", "0 stands for censored times")
    distinct, place = np.unique(patients.times, return_inverse=True)
    at_risk = np.bincount(place)[::-1].cumsum()[::-1]
    all_events = np.bincount(place[patients.events], minlength=len(distinct))
    events = np.bincount(place[numbers == cause], minlength=len(distinct))
    survival = np.cumprod((at_risk - all_events) / at_risk)
    before = np.r_[1.0, survival[:-1]]
    incidence = np.cumsum(before * events / at_risk)
    error = _incidence_error(at_risk, all_events, events, before, incidence)
    return CumulativeIncidence(cause, distinct, at_risk, events, incidence, error)


def incidence_band(found: CumulativeIncidence, *, level: float = 0.95) -> ConfidenceBand:
    r"""Return pointwise limits of an incidence: :math:`F^{\exp(\pm z s / (F \ln F))}`.

    Raises
    ------
    InputError
        A level outside 0.5 to 1.

    Examples
    --------
    >>> band = incidence_band(cumulative_incidence([1, 2, 2, 3], [1, 2, 1, 0]))
    >>> band.low.round(3).tolist(), band.high.round(3).tolist()
    ([0.009, 0.058, 0.058], [0.665, 0.845, 0.845])
    """
    z = normal_quantile(level)
    share = found.incidence
    defined = (share > 0) & (share < 1) & (found.standard_error > 0)
    safe = np.where(defined, share, 0.5)
    spread = np.minimum(z * found.standard_error / -(safe * np.log(safe)), 700.0)
    low, high = np.exp(np.log(safe) * np.exp(spread)), np.exp(np.log(safe) * np.exp(-spread))
    return ConfidenceBand(np.where(defined, low, 0.0), np.where(defined, high, 1.0), defined)


def gray_test(times: ArrayLike, causes: ArrayLike, groups: ArrayLike, *, cause: int = 1) -> GrayResult:
    """Test whether groups differ in the incidence of one cause.

    Parameters
    ----------
    times, causes
        As `cumulative_incidence`.
    groups : array_like, shape (patients,)
    cause : int

    Raises
    ------
    InputError
        One group, no event of the cause, or too few events for a variance.

    Notes
    -----
    R. J. Gray, Ann. Statist. 16 (1988) 1141-1154, doi 10.1214/aos/1176350951, as R ``cmprsk::cuminc``; by
    SurPyval.

    Examples
    --------
    >>> found = gray_test([1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 2, 0, 1, 2, 1, 0], list("aaaabbbb"))
    >>> found.df, 0 < found.p_value < 1
    (1, True)
    """
    from surpyval.univariate.competing_risks.nonparametric.gray_test import gray_test as gray

    numbers, patients = read_causes(times, causes)
    names, group = read_groups(groups, len(patients.times))
    refuse_cause(numbers, cause)
    if len(names) < 2:
        raise InputError("one group", "two at least", "give the group of each patient")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        labels = np.array([int(each) or None for each in numbers], dtype=object)
        found = gray(patients.times, labels, group, event=cause)
    if not (np.isfinite(found.statistic) and np.isfinite(found.p_value)):
        raise InputError(
            f"events of cause {cause} too few to compare groups", "more events", "give the incidences only"
        )
    return GrayResult(cause, names, float(found.statistic), int(found.df), float(found.p_value))


def refuse_cause(numbers: IntArray, cause: int) -> None:
    """Refuse a cause that nobody has.

    Raises
    ------
    InputError

    Examples
    --------
    >>> refuse_cause(np.array([0, 1, 2]), 2)
    """
    if not (numbers == cause).any() or cause < 1:
        known = sorted({int(each) for each in numbers} - {0})
        raise InputError(
            f"no event of cause {cause}",
            f"one of the causes in the data: {known}" if known else "an event; all times are censored",
            "name a cause that came",
        )


def read_causes(times: ArrayLike, causes: ArrayLike) -> tuple[IntArray, SurvivalTimes]:
    """Read times and causes: the causes, and the times with any cause as the event.

    Raises
    ------
    InputError
        As `cumulative_incidence`.

    Examples
    --------
    >>> causes, patients = read_causes([3, 5], [0, 2])
    >>> causes.tolist(), patients.events.tolist()
    ([0, 2], [False, True])
    """
    try:
        numbers = np.asarray(causes, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError("causes with words in them", "0, 1, 2 and so on", "number the causes") from error
    sound = np.isfinite(numbers) & (numbers >= 0) & (numbers == np.round(numbers))
    if not sound.all():
        raise InputError(
            f"cause {numbers.ravel()[np.flatnonzero(~sound.ravel())[0]]:g}",
            "0 for a censored time, else a whole number",
            "number the causes 1, 2 and so on",
        )
    return numbers.astype(np.int64), read_survival(times, numbers > 0)


def _incidence_error(
    at_risk: IntArray, all_events: IntArray, events: IntArray, before: FloatArray, incidence: FloatArray
) -> FloatArray:
    """Sum, for every time t, over the times until t, with F(t) - F(t_i) opened up: no loop."""
    left = at_risk - all_events
    hazard = np.zeros(len(left))
    np.divide(all_events, at_risk * left, out=hazard, where=left > 0)
    own = before**2 * (at_risk - events) * events / at_risk.astype(np.float64) ** 3
    both = before * events / at_risk.astype(np.float64) ** 2
    total = [np.cumsum(part) for part in (hazard, hazard * incidence, hazard * incidence**2)]
    spread = incidence**2 * total[0] - 2 * incidence * total[1] + total[2]
    mixed = incidence * np.cumsum(both) - np.cumsum(both * incidence)
    variance = spread + np.cumsum(own) - 2 * mixed
    return np.asarray(np.sqrt(np.where(variance > ROUNDING, variance, 0.0)), dtype=np.float64)
