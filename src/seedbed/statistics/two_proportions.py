"""Two proportions compared: risk difference, risk ratio and odds ratio with intervals."""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, inf, log, sqrt

from seedbed.errors import InputError
from seedbed.statistics.intervals import Interval, normal_quantile
from seedbed.statistics.proportions import refuse_no_share, wilson_proportion

FARTHEST = 60.0
"""Logarithm of the ratio up to which a limit is sought."""


@dataclass(frozen=True)
class TwoGroups:
    """Events in two independent groups.

    Attributes
    ----------
    events, patients : int
        Of the first group, as the treated.
    other_events, other_patients : int
        Of the group it is compared with.
    """

    events: int
    patients: int
    other_events: int
    other_patients: int

    def __post_init__(self) -> None:
        refuse_no_share(self.events, self.patients)
        refuse_no_share(self.other_events, self.other_patients)


@dataclass(frozen=True)
class Comparison:
    """A measure of effect.

    Attributes
    ----------
    estimate : float or None
        None where it is infinite.
    interval : Interval
        A limit is None where it is infinite.
    method : str
    """

    estimate: float | None
    interval: Interval
    method: str


def risk_difference(groups: TwoGroups, *, level: float = 0.95) -> Comparison:
    """Return the first risk less the second, with Newcombe's limits from the two Wilson intervals.

    Parameters
    ----------
    groups : TwoGroups
    level : float

    Raises
    ------
    InputError
        A level outside 0.5 to 1.

    Notes
    -----
    R. G. Newcombe, Stat. Med. 17 (1998) 873-890, method 10, doi
    10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I.

    Examples
    --------
    >>> found = risk_difference(TwoGroups(56, 70, 48, 80))
    >>> round(found.estimate, 3), round(found.interval.low, 4), round(found.interval.high, 4)
    (0.2, 0.0524, 0.3339)
    """
    one = wilson_proportion(groups.events, groups.patients, level=level)
    two = wilson_proportion(groups.other_events, groups.other_patients, level=level)
    difference = one.share - two.share
    low = difference - sqrt((one.share - one.low) ** 2 + (two.high - two.share) ** 2)
    high = difference + sqrt((one.high - one.share) ** 2 + (two.share - two.low) ** 2)
    return Comparison(difference, Interval(low, high), "Newcombe, hybrid score")


def risk_ratio(groups: TwoGroups, *, level: float = 0.95) -> Comparison:
    """Return the first risk over the second, with Koopman's limits by the score.

    Parameters
    ----------
    groups : TwoGroups
        One event at least.
    level : float

    Raises
    ------
    InputError
        No event in either group: any ratio fits.

    Notes
    -----
    P. A. R. Koopman, Biometrics 40 (1984) 513-517, doi 10.2307/2531405.

    Examples
    --------
    >>> found = risk_ratio(TwoGroups(36, 40, 16, 80))
    >>> round(found.estimate, 2), round(found.interval.low, 2), round(found.interval.high, 2)
    (4.5, 2.94, 7.15)
    """
    if groups.events == groups.other_events == 0:
        raise InputError(
            "no event in either group", "one event at least", "give the two proportions with their intervals"
        )
    limit = normal_quantile(level) ** 2

    def beyond(log_ratio: float) -> float:
        return _koopman(groups, exp(log_ratio)) - limit

    share, other = groups.events / groups.patients, groups.other_events / groups.other_patients
    estimate = share / other if other > 0 else None
    start = log(estimate) if estimate else (-FARTHEST if estimate == 0 else FARTHEST)
    low = None if estimate == 0 else _limit(beyond, -FARTHEST, start)
    high = None if estimate is None else _limit(beyond, start, FARTHEST)
    interval = Interval(exp(low) if low is not None else 0.0, exp(high) if high is not None else None)
    return Comparison(estimate, interval, "Koopman, score")


def odds_ratio(groups: TwoGroups, *, level: float = 0.95) -> Comparison:
    """Return the odds ratio given both margins, with exact limits, as R ``fisher.test``.

    It differs a little from the ratio of the odds as they stand, and has limits where a count is zero.

    Parameters
    ----------
    groups : TwoGroups
    level : float

    Raises
    ------
    InputError
        No event at all, or only events: any ratio fits.

    Notes
    -----
    R. A. Fisher, J. R. Stat. Soc. 98 (1935) 39-82; by SciPy.

    Examples
    --------
    >>> found = odds_ratio(TwoGroups(3, 4, 1, 4))
    >>> round(found.estimate, 4), round(found.interval.low, 4), round(found.interval.high, 2)
    (6.4083, 0.2117, 626.24)
    """
    from scipy.stats.contingency import odds_ratio as conditional

    normal_quantile(level)
    events, others = groups.events + groups.other_events, groups.patients + groups.other_patients
    if events in (0, others):
        raise InputError(
            f"{events} events among {others} patients",
            "patients with and without the event",
            "give the two proportions with their intervals",
        )
    table = [
        [groups.events, groups.patients - groups.events],
        [groups.other_events, groups.other_patients - groups.other_events],
    ]
    found = conditional(table, kind="conditional")
    limits = found.confidence_interval(confidence_level=level)
    return Comparison(
        _finite(found.statistic), Interval(_finite(limits.low), _finite(limits.high)), "conditional, exact"
    )


def _koopman(groups: TwoGroups, ratio: float) -> float:
    """Pearson's chi-squared of the two groups if the risks had this ratio."""
    x, n, y, m = groups.events, groups.patients, groups.other_events, groups.other_patients
    a, b, c = ratio * (n + m), -(ratio * (n + y) + x + m), x + y
    risk = 2 * c / (-b + sqrt(max(b * b - 4 * a * c, 0.0)))
    total = 0.0
    for events, patients, expected in ((x, n, ratio * risk), (y, m, risk)):
        miss = (events - patients * expected) ** 2
        if miss > 1e-12:
            total += miss / (patients * expected * max(1 - expected, 1e-300))
    return total


def _limit(beyond: Callable[[float], float], low: float, high: float) -> float | None:
    from scipy.optimize import brentq

    if (beyond(low) > 0) == (beyond(high) > 0):
        return None
    return float(brentq(beyond, low, high, xtol=1e-12))


def _finite(value: float) -> float | None:
    return float(value) if abs(value) < inf else None
