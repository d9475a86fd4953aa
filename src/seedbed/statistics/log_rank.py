"""The log-rank test and its weighted relatives, for any number of groups, and pair by pair."""

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from seedbed.errors import InputError, one_of
from seedbed.statistics.counts import BoolArray, FloatArray, IntArray
from seedbed.statistics.multiplicity import holm
from seedbed.statistics.survival_times import read_groups, read_survival

Weights = Literal["log-rank", "peto-peto", "gehan", "tarone-ware"]
WEIGHTS: tuple[Weights, ...] = ("log-rank", "peto-peto", "gehan", "tarone-ware")


@dataclass(frozen=True)
class LogRankResult:
    """Outcome of a log-rank test.

    Attributes
    ----------
    weights : str
    groups : tuple of str
    patients : tuple of int
    observed, expected : tuple of float
        Events in each group, and those expected if all groups were alike; weighted where `weights` says so.
    statistic : float
        Chi-squared.
    df : int
        Groups that were at risk at any event, less one.
    p_value : float
    never_at_risk : tuple of str
        Groups that had ended before the first event: they say nothing and do not count.
    """

    weights: str
    groups: tuple[str, ...]
    patients: tuple[int, ...]
    observed: tuple[float, ...]
    expected: tuple[float, ...]
    statistic: float
    df: int
    p_value: float
    never_at_risk: tuple[str, ...]


@dataclass(frozen=True)
class PairwiseResult:
    """One pair of groups.

    Attributes
    ----------
    first, second : str
    statistic, p_value : float or None
        Of the two groups alone; None where they cannot be compared.
    holm_p_value : float or None
        Adjusted for all pairs that could be compared.
    reason : str
        Why they cannot be compared; empty else.
    """

    first: str
    second: str
    statistic: float | None
    p_value: float | None
    holm_p_value: float | None
    reason: str = ""


def log_rank(
    times: ArrayLike, events: ArrayLike, groups: ArrayLike, *, weights: Weights = "log-rank"
) -> LogRankResult:
    r"""Test whether groups differ in survival.

    At each time with :math:`d` events among :math:`n` at risk, a group with :math:`n_j` at risk expects
    :math:`d n_j / n`. With weights :math:`w` the sums of observed less expected have the covariance

    .. math:: V_{jl} = \sum w^2 d \frac{n - d}{n - 1} \frac{n_j}{n} \Big(\delta_{jl} - \frac{n_l}{n}\Big)

    Parameters
    ----------
    times, events : array_like, shape (patients,)
        As `seedbed.statistics.kaplan_meier`.
    groups : array_like, shape (patients,)
        Names or numbers.
    weights : {"log-rank", "peto-peto", "gehan", "tarone-ware"}
        1; the survival of all just before (R ``rho=1``); the number at risk (SPSS "Breslow"); its root.

    Raises
    ------
    InputError
        Fewer than two groups at risk at an event, no event at all, an unknown weight.

    Notes
    -----
    N. Mantel, Cancer Chemother. Rep. 50 (1966) 163-170; R. Peto and J. Peto, J. R. Stat. Soc. A 135 (1972)
    185-207, doi 10.2307/2344317; D. P. Harrington and T. R. Fleming, Biometrika 69 (1982) 553-566, doi
    10.1093/biomet/69.3.553.

    Examples
    --------
    >>> found = log_rank([6, 7, 10, 13, 2, 3, 5, 12], [1, 1, 0, 0, 1, 1, 1, 0], list("aaaabbbb"))
    >>> found.observed, found.df, round(found.statistic, 3), round(found.p_value, 3)
    ((2.0, 3.0), 1, 1.558, 0.212)
    """
    if weights not in WEIGHTS:
        raise InputError(f"weights '{weights}'", one_of(WEIGHTS, weights), "name one of them")
    patients = read_survival(times, events)
    names, group = read_groups(groups, len(patients.times))
    at_risk, deaths = _by_group(patients.times, patients.events, group, len(names))
    weight = _weight(at_risk, deaths, weights)
    observed, expected, covariance = _sums(at_risk, deaths, weight)
    counts = expected > 0
    if counts.sum() < 2:
        raise InputError(
            "groups of which fewer than two were at risk when an event came",
            "two groups at least under observation at one event at least",
            "say how many events there were; there is nothing to test",
        )
    statistic, df = _quadratic((observed - expected)[counts], covariance[np.ix_(counts, counts)])
    return LogRankResult(
        weights=weights,
        groups=names,
        patients=tuple(np.bincount(group, minlength=len(names)).tolist()),
        observed=tuple(observed.tolist()),
        expected=tuple(expected.tolist()),
        statistic=statistic,
        df=df,
        p_value=float(chdtrc(df, statistic)),
        never_at_risk=tuple(name for name, counted in zip(names, counts, strict=True) if not counted),
    )


def pairwise_log_rank(
    times: ArrayLike, events: ArrayLike, groups: ArrayLike, *, weights: Weights = "log-rank"
) -> tuple[PairwiseResult, ...]:
    """Test every pair of groups, each on its own patients, with p-values adjusted by Holm's steps.

    Raises
    ------
    InputError
        As `read_survival`; one group only.

    Examples
    --------
    >>> pairs = pairwise_log_rank([1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 0], list("aabbcc"))
    >>> [(pair.first, pair.second, round(pair.holm_p_value, 3)) for pair in pairs]
    [('a', 'b', 0.269), ('a', 'c', 0.269), ('b', 'c', 0.269)]
    """
    patients = read_survival(times, events)
    names, group = read_groups(groups, len(patients.times))
    if len(names) < 2:
        raise InputError("one group", "two at least", "give the group of each patient")
    found: list[tuple[str, str, float | None, float | None, str]] = []
    for first, second in combinations(range(len(names)), 2):
        both = (group == first) | (group == second)
        chosen = (patients.times[both], patients.events[both], group[both])
        try:
            result = log_rank(*chosen, weights=weights)
            found.append((names[first], names[second], result.statistic, result.p_value, ""))
        except InputError as error:
            found.append((names[first], names[second], None, None, str(error)))
    adjusted = iter(holm([pair[3] for pair in found if pair[3] is not None]))
    return tuple(
        PairwiseResult(*pair[:4], next(adjusted) if pair[3] is not None else None, pair[4]) for pair in found
    )


def _by_group(
    times: FloatArray, events: BoolArray, group: IntArray, groups: int
) -> tuple[FloatArray, FloatArray]:
    """Count at risk and events, shape (groups, times with an event)."""
    distinct = np.unique(times[events])
    at_risk, deaths = np.zeros((groups, len(distinct))), np.zeros((groups, len(distinct)))
    for number in range(groups):
        own = np.sort(times[group == number])
        at_risk[number] = len(own) - np.searchsorted(own, distinct, side="left")
        place = np.searchsorted(distinct, times[(group == number) & events])
        deaths[number] = np.bincount(place, minlength=len(distinct))
    return at_risk, deaths


def _weight(at_risk: FloatArray, deaths: FloatArray, weights: Weights) -> FloatArray:
    everyone, dead = at_risk.sum(axis=0), deaths.sum(axis=0)
    survival = np.cumprod(1 - dead / everyone)
    choice = {
        "log-rank": np.ones(len(everyone)),
        "peto-peto": np.r_[1.0, survival][: len(survival)],
        "gehan": everyone,
        "tarone-ware": np.sqrt(everyone),
    }
    return np.asarray(choice[weights], dtype=np.float64)


def _sums(
    at_risk: FloatArray, deaths: FloatArray, weight: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    everyone, dead = at_risk.sum(axis=0), deaths.sum(axis=0)
    share = at_risk / everyone
    spread = weight**2 * dead * (everyone - dead) / np.maximum(everyone - 1, 1)
    covariance = np.diag(share @ spread) - (share * spread) @ share.T
    return deaths @ weight, share @ (weight * dead), covariance


def _quadratic(difference: FloatArray, covariance: FloatArray) -> tuple[float, int]:
    """Return chi-squared and its degrees of freedom; one group follows from the others."""
    df = len(difference) - 1
    reduced = covariance[:-1, :-1]
    if np.linalg.matrix_rank(reduced, hermitian=True) < df:
        raise InputError(
            "groups that are never under observation together when an event leaves anyone behind",
            "groups that overlap in time",
            "compare fewer groups, or say how many events there were in each",
        )
    return float(difference[:-1] @ np.linalg.solve(reduced, difference[:-1])), df
