"""Cox regression: hazard ratios with Efron's treatment of ties, and concordance."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from seedbed.errors import InputError
from seedbed.statistics.counts import FloatArray, IntArray
from seedbed.statistics.efron import maximise, risk_sets
from seedbed.statistics.intervals import normal_quantile
from seedbed.statistics.samples import covariate_table
from seedbed.statistics.survival_times import SurvivalTimes, read_survival

SAME_RISK = 1e-9
"""Risks that differ by less, beside their range, differ by rounding only."""
FARTHEST = 700.0
"""Largest logarithm of a ratio that double precision holds."""
EVENTS_PER_COVARIATE = 10
"""Fewer events make the estimate unsafe (Peduzzi et al. 1995, doi 10.1016/0895-4356(95)00048-8)."""


@dataclass(frozen=True)
class HazardRatio:
    """The effect of one covariate.

    Attributes
    ----------
    name : str
    coefficient, standard_error : float
        Logarithm of the hazard ratio, and its error.
    ratio, low, high : float
        Hazard ratio for one unit of the covariate, and its confidence limits.
    p_value : float
    """

    name: str
    coefficient: float
    standard_error: float
    ratio: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True)
class HazardModel:
    """A fitted model of hazards.

    Attributes
    ----------
    method : str
        How ties were treated, and where intervals and p-values come from.
    estimates : tuple of HazardRatio
        One for each covariate.
    patients, events : int
    log_likelihood : float
        At the estimate; penalised for Firth's method.
    concordance : float or None
        Share of the pairs that can be ordered in which the higher risk has the earlier event; 0.5 is chance.
        None where no pair can be ordered.
    remark : str
        What a reader must know; empty else.
    """

    method: str
    estimates: tuple[HazardRatio, ...]
    patients: int
    events: int
    log_likelihood: float
    concordance: float | None
    remark: str


def cox_regression(
    times: ArrayLike,
    events: ArrayLike,
    *,
    covariates: ArrayLike,
    names: Sequence[str] | None = None,
    level: float = 0.95,
) -> HazardModel:
    """Fit Cox's model of proportional hazards, ties by Efron, intervals and p-values by Wald.

    Parameters
    ----------
    times, events : array_like, shape (patients,)
        As `seedbed.statistics.kaplan_meier`.
    covariates : array_like, shape (patients,) or (patients, covariates)
        Finite numbers; groups as columns of 0 and 1, one column less than groups.
    names : sequence of str or None
        Of the covariates; x1, x2 and so on without it.
    level : float
        Of the confidence limits.

    Raises
    ------
    InputError
        No event; covariates that are constant, follow from each other or have holes; a likelihood without
        a maximum, as where a group has no event: Firth's method has an answer there.

    Notes
    -----
    D. R. Cox, J. R. Stat. Soc. B 34 (1972) 187-220, doi 10.1111/j.2517-6161.1972.tb00899.x. The defaults of
    R ``coxph``. Concordance: F. E. Harrell et al., JAMA 247 (1982) 2543-2546.

    Examples
    --------
    >>> times, events = [6, 7, 10, 13, 2, 3, 5, 12], [1, 1, 0, 1, 1, 1, 1, 0]
    >>> found = cox_regression(times, events, covariates=[0, 0, 0, 0, 1, 1, 1, 1])
    >>> estimate = found.estimates[0]
    >>> estimate.name, round(estimate.ratio, 2), round(estimate.p_value, 2)
    ('x1', 3.08, 0.23)
    """
    patients, table, labels = read_hazards(times, events, covariates, names)
    sets = risk_sets(patients, table)
    coefficients, found = maximise(sets, table.std(axis=0))
    errors = np.sqrt(np.diag(np.linalg.inv(found.information)))
    count = int(patients.events.sum())
    return HazardModel(
        method="Cox, ties by Efron, Wald intervals",
        estimates=wald_ratios(labels, coefficients, errors, level=level),
        patients=len(table),
        events=count,
        log_likelihood=found.log_likelihood,
        concordance=concordance(patients, table @ coefficients),
        remark=few_events(count, table.shape[1]),
    )


def wald_ratios(
    names: Sequence[str], coefficients: FloatArray, errors: FloatArray, *, level: float
) -> tuple[HazardRatio, ...]:
    """Return hazard ratios with normal limits on the logarithm.

    Examples
    --------
    >>> ratio = wald_ratios(["drug"], np.array([0.0]), np.array([0.5]), level=0.95)[0]
    >>> ratio.ratio, round(ratio.high, 2), ratio.p_value
    (1.0, 2.66, 1.0)
    """
    z = normal_quantile(level)
    return tuple(
        HazardRatio(
            name=name,
            coefficient=float(beta),
            standard_error=float(error),
            ratio=ratio_of(beta, name),
            low=ratio_of(beta - z * error, name),
            high=ratio_of(beta + z * error, name),
            p_value=float(2 * ndtr(-abs(beta / error))),
        )
        for name, beta, error in zip(names, coefficients, errors, strict=True)
    )


def ratio_of(logarithm: float, name: str) -> float:
    """Return a hazard ratio from its logarithm; refuse one that no number can hold.

    Raises
    ------
    InputError
        The covariate has so large a unit that the ratio for one unit means nothing.

    Examples
    --------
    >>> ratio_of(0.0, "drug")
    1.0
    """
    if abs(logarithm) > FARTHEST:
        raise InputError(
            f"a hazard ratio of e^{logarithm:.0f} for one unit of '{name}'",
            "a covariate in a unit that patients differ by",
            "give it in a smaller unit, so that its numbers are larger",
        )
    return exp(logarithm)


def concordance(patients: SurvivalTimes, risk: FloatArray) -> float | None:
    """Return the share of pairs in which the higher risk has the earlier event; equal risks count one half.

    A pair can be ordered if the earlier time is an event, or if of two equal times one is an event. None
    where no pair can.

    Notes
    -----
    In n log n steps: 100 000 patients take less than a second.

    Examples
    --------
    >>> concordance(read_survival([1, 2, 3], [1, 1, 0]), np.array([2.0, 1.0, 1.0]))
    0.8333333333333334
    """
    order = np.lexsort((patients.events, -patients.times))  # the latest first; who is censored before events
    times, events, ordered = -patients.times[order], patients.events[order], risk[order]
    own, moments = ordered[events], times[events]
    later = np.searchsorted(times, moments) + _censored_at(moments, times[~events])
    same = SAME_RISK * max(1.0, float(np.ptp(risk)))
    ranked = np.sort(risk)
    below = np.searchsorted(ranked, own - same)
    up_to = np.searchsorted(ranked, own + same, side="right")
    places = np.empty(len(risk), dtype=np.int64)
    places[np.argsort(ordered, kind="stable")] = np.arange(len(risk))
    counts = counts_below(places, np.r_[later, later], np.r_[below, up_to])
    pairs = int(later.sum())
    # who is lower counts in both halves and so once, who is equal in the second only
    return float(counts.sum()) / 2 / pairs if pairs else None


def _censored_at(moments: FloatArray, censored: FloatArray) -> IntArray:
    """Count who is censored at each moment; both in rising order."""
    count: IntArray = np.searchsorted(censored, moments, side="right") - np.searchsorted(censored, moments)
    return count


def counts_below(places: IntArray, firsts: IntArray, limits: IntArray) -> IntArray:
    """Count, for each query, how many of the first places are below a limit.

    Parameters
    ----------
    places : ndarray of int, shape (n,)
        Zero or more.
    firsts, limits : ndarray of int, shape (queries,)
        How many of the places are looked at, and the limit.

    Notes
    -----
    By a wavelet matrix, bit by bit: F. Claude et al., Inf. Syst. 47 (2015) 15-32,
    doi 10.1016/j.is.2014.06.002.

    Examples
    --------
    >>> counts_below(np.array([3, 0, 2, 1]), np.array([2, 4, 4]), np.array([2, 3, 9])).tolist()
    [1, 3, 4]
    """
    found = np.zeros(len(firsts), dtype=np.int64)
    starts, ends = np.zeros_like(found), firsts.astype(np.int64)
    most = max(int(places.max(initial=0)), int(limits.max(initial=0)))
    for bit in reversed(range(most.bit_length())):
        ones = (places >> bit) & 1 == 1
        zeros = np.r_[0, np.cumsum(~ones)]
        from_zero, to_zero = zeros[starts], zeros[ends]
        set_ = (limits >> bit) & 1 == 1
        found += np.where(set_, to_zero - from_zero, 0)
        starts = np.where(set_, zeros[-1] + starts - from_zero, from_zero)
        ends = np.where(set_, zeros[-1] + ends - to_zero, to_zero)
        places = np.r_[places[~ones], places[ones]]
    return found


def few_events(events: int, covariates: int) -> str:
    """Say so where there are too few events for the covariates.

    Examples
    --------
    >>> few_events(9, 1)
    '9 events for 1 covariate: fewer than 10 for each, the estimate is unsafe'
    """
    if events >= EVENTS_PER_COVARIATE * covariates:
        return ""
    many = "covariate" if covariates == 1 else "covariates"
    return (
        f"{events} events for {covariates} {many}: fewer than {EVENTS_PER_COVARIATE} for each, "
        "the estimate is unsafe"
    )


def read_hazards(
    times: ArrayLike, events: ArrayLike, covariates: ArrayLike, names: Sequence[str] | None
) -> tuple[SurvivalTimes, FloatArray, tuple[str, ...]]:
    """Read what a regression of hazards needs: patients, covariates, names.

    Raises
    ------
    InputError
        As `cox_regression`; no event.

    Examples
    --------
    >>> read_hazards([1, 2, 3], [1, 1, 0], [0, 1, 1], None)[2]
    ('x1',)
    """
    patients = read_survival(times, events)
    table = covariate_table(covariates, tuple(names) if names is not None else None, len(patients.times))
    if not patients.events.any():
        raise InputError("no event in any patient", "one event at least", "give no hazard ratio: none exists")
    labels = tuple(names) if names is not None else tuple(f"x{place + 1}" for place in range(table.shape[1]))
    return patients, table, labels
