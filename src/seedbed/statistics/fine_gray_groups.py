"""Fine and Gray's model for groups: one sum for each group and time, so that any number of patients fits."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from seedbed.errors import InputError
from seedbed.statistics.competing_risks import read_causes, refuse_cause
from seedbed.statistics.counts import BoolArray, FloatArray, IntArray
from seedbed.statistics.cox import HazardModel, few_events, wald_ratios
from seedbed.statistics.survival import curve_of
from seedbed.statistics.survival_times import SurvivalTimes, read_groups

STEPS = 50
CONVERGED = 1e-10


@dataclass(frozen=True)
class _Sums:
    """Patients, and sums over them at the times of the events.

    Attributes
    ----------
    times, group, inverse : ndarray, shape (patients,)
        Inverse of the share not censored before the time of each.
    own, other, censored : ndarray of bool, shape (patients,)
    at : ndarray, shape (times,)
        Distinct times of events of the cause.
    events, at_risk : ndarray, shape (groups, times)
        At risk with those who had another event, by their weights.
    uncensored : ndarray, shape (times,)
    """

    times: FloatArray
    group: IntArray
    inverse: FloatArray
    own: BoolArray
    other: BoolArray
    censored: BoolArray
    at: FloatArray
    events: FloatArray
    at_risk: FloatArray
    uncensored: FloatArray


def fine_gray_groups(
    times: ArrayLike, causes: ArrayLike, groups: ArrayLike, *, cause: int = 1, level: float = 0.95
) -> HazardModel:
    """Compare groups in the subdistribution hazard of one cause, each against the first.

    As `fine_gray` with an indicator for each group, in time that grows as that for sorting.

    Parameters
    ----------
    times, causes, cause
        As `cumulative_incidence`.
    groups : array_like, shape (patients,)
    level : float

    Raises
    ------
    InputError
        One group; a group without an event of the cause: its ratio is 0 or infinite.

    Notes
    -----
    J. P. Fine and R. J. Gray, J. Am. Stat. Assoc. 94 (1999) 496-509, doi 10.1080/01621459.1999.10474144.

    Examples
    --------
    >>> times, causes = [1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 2, 0, 1, 2, 1, 0]
    >>> found = fine_gray_groups(times, causes, list("abababab"))
    >>> found.estimates[0].name, round(found.estimates[0].ratio, 2)
    ('b', 0.32)
    """
    numbers, patients = read_causes(times, causes)
    names, group = read_groups(groups, len(patients.times))
    refuse_cause(numbers, cause)
    if len(names) < 2:
        raise InputError("one group", "two at least", "give the group of each patient")
    counts = np.bincount(group[numbers == cause], minlength=len(names))
    without = [name for name, count in zip(names, counts, strict=True) if count == 0]
    if without:
        raise InputError(
            f"no event of cause {cause} in {', '.join(without)}, whose ratio is 0 or infinite",
            "an event in each group",
            "compare the incidences by Gray's test",
        )
    sums = _sums(patients.times, numbers, group, len(names), cause)
    coefficients, likelihood, information = _coefficients(sums)
    influence = np.linalg.solve(information, _influence(sums, coefficients).T)
    errors = np.sqrt((influence**2).sum(axis=1))
    if not (errors > 1e-12).all():
        raise InputError(
            f"events of cause {cause} too few to compare groups", "more events", "give the incidences only"
        )
    count = int(counts.sum())
    return HazardModel(
        method="Fine and Gray, ties by Breslow, robust Wald intervals",
        estimates=wald_ratios(names[1:], coefficients, errors, level=level),
        patients=len(group),
        events=count,
        log_likelihood=likelihood,
        concordance=None,
        remark=few_events(count, len(names) - 1),
    )


def _sums(times: FloatArray, causes: IntArray, group: IntArray, count: int, cause: int) -> _Sums:
    own, censored = causes == cause, causes == 0
    other = ~own & ~censored
    censoring = curve_of(SurvivalTimes(times, censored))
    before = np.r_[1.0, censoring.survival]
    at = np.unique(times[own])
    uncensored, mine = (before[np.searchsorted(censoring.times, each)] for each in (at, times))
    inverse = 1.0 / np.where(other, mine, 1.0)
    events, at_risk = np.zeros((count, len(at))), np.zeros((count, len(at)))
    for place in range(count):
        here = group == place
        events[place] = np.bincount(np.searchsorted(at, times[here & own]), minlength=len(at))
        at_risk[place] = here.sum() - np.searchsorted(np.sort(times[here]), at)
        at_risk[place] += uncensored * _until(times[here & other], inverse[here & other], at, "left")
    return _Sums(times, group, inverse, own, other, censored, at, events, at_risk, uncensored)


def _until(times: FloatArray, values: FloatArray, at: FloatArray, side: str) -> FloatArray:
    """Sum values whose time is before (left) or not after (right) some times."""
    order = np.argsort(times, kind="stable")
    total = np.r_[0.0, np.cumsum(values[order])]
    where = np.searchsorted(times[order], at, side=side)  # type: ignore[call-overload]
    return np.asarray(total[where], dtype=np.float64)


def _coefficients(sums: _Sums) -> tuple[FloatArray, float, FloatArray]:
    """Climb by Newton's steps, halved where they lead down; the likelihood is concave."""
    beta = np.zeros(len(sums.events) - 1)
    value, score, information = _likelihood(sums, beta)
    for _ in range(STEPS):
        step = np.linalg.solve(information, score)
        if float(step @ score) < CONVERGED:
            return beta, value, information
        while (new := _likelihood(sums, beta + step))[0] < value - 1e-9 * abs(value):
            step = step / 2
        beta, (value, score, information) = beta + step, new
    raise InputError(
        "a likelihood of which no maximum was found",
        "events on both sides",
        "compare the incidences by Gray's test",
    )


def _likelihood(sums: _Sums, beta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
    risk, total, mean = _means(sums, beta)
    all_events = sums.events.sum(axis=0)
    value = float((sums.events * risk[:, None]).sum() - (all_events * np.log(total)).sum())
    score = sums.events[1:].sum(axis=1) - mean @ all_events
    information = np.diag(mean @ all_events) - (mean * all_events) @ mean.T
    return value, score, information


def _means(sums: _Sums, beta: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the log risk of each group, the risk of all and the share of each later group in it."""
    risk = np.r_[0.0, beta]
    weighted = sums.at_risk * np.exp(risk)[:, None]
    total = weighted.sum(axis=0)
    return risk, total, weighted[1:] / total


def _influence(sums: _Sums, beta: FloatArray) -> FloatArray:
    """Return the score of each patient, with what comes by way of the estimated censoring."""
    risk, total, mean = _means(sums, beta)
    ratio = np.exp(risk)
    hazard = sums.events.sum(axis=0) / total
    indicator = np.vstack([np.zeros(len(beta)), np.eye(len(beta))])
    mine = indicator[sums.group]
    steps = np.column_stack([hazard, (mean * hazard).T])
    past = np.vstack([np.zeros(steps.shape[1]), np.cumsum(steps, axis=0)])
    weighted = steps * sums.uncensored[:, None]
    to_come = np.vstack([np.cumsum(weighted[::-1], axis=0)[::-1], np.zeros(steps.shape[1])])
    where = np.searchsorted(sums.at, sums.times, side="right")
    felt = past[where] + np.where(sums.other, sums.inverse, 0.0)[:, None] * to_come[where]
    score: FloatArray = -(mine * felt[:, :1] - felt[:, 1:]) * ratio[sums.group][:, None]
    score[sums.own] += mine[sums.own] - mean.T[np.searchsorted(sums.at, sums.times[sums.own])]
    return np.asarray(score + _through_censoring(sums, ratio, indicator, to_come), dtype=np.float64)


def _through_censoring(
    sums: _Sums, ratio: FloatArray, indicator: FloatArray, to_come: FloatArray
) -> FloatArray:
    when, count = np.unique(sums.times[sums.censored], return_counts=True)
    at_risk = len(sums.times) - np.searchsorted(np.sort(sums.times), when)
    ahead = to_come[np.searchsorted(sums.at, when, side="right")]
    share = np.zeros((len(when), indicator.shape[1]))
    for place, row in enumerate(indicator):
        here = sums.other & (sums.group == place)
        waiting = ratio[place] * _until(sums.times[here], sums.inverse[here], when, "right")
        share += waiting[:, None] * (row * ahead[:, :1] - ahead[:, 1:])
    share /= at_risk[:, None]
    lost = np.vstack([np.zeros(share.shape[1]), np.cumsum(share * (count / at_risk)[:, None], axis=0)])
    moved = -lost[np.searchsorted(when, sums.times, side="right")]
    moved[sums.censored] += share[np.searchsorted(when, sums.times[sums.censored])]
    return np.asarray(moved, dtype=np.float64)
