"""Fine and Gray's regression of the incidence of one kind of event among several."""

import warnings
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from seedbed.errors import InputError
from seedbed.statistics.competing_risks import read_causes, refuse_cause
from seedbed.statistics.counts import BoolArray, FloatArray, IntArray
from seedbed.statistics.cox import HazardModel, few_events, wald_ratios
from seedbed.statistics.samples import covariate_table
from seedbed.statistics.survival import curve_of
from seedbed.statistics.survival_times import SurvivalTimes


def fine_gray(
    times: ArrayLike,
    causes: ArrayLike,
    *,
    covariates: ArrayLike,
    cause: int = 1,
    names: Sequence[str] | None = None,
    level: float = 0.95,
) -> HazardModel:
    """Fit Fine and Gray's model: ratios of the hazard that belongs to the incidence of one cause.

    Parameters
    ----------
    times, causes, cause
        As `cumulative_incidence`.
    covariates, names, level
        As `seedbed.statistics.cox_regression`.

    Returns
    -------
    HazardModel
        Subdistribution hazard ratios, robust Wald intervals; no concordance.

    Raises
    ------
    InputError
        No event of the cause; covariates as in `cox_regression`; no maximum of the likelihood.

    Notes
    -----
    J. P. Fine and R. J. Gray, J. Am. Stat. Assoc. 94 (1999) 496-509, doi 10.1080/01621459.1999.10474144, as R
    ``cmprsk::crr``; by SurPyval.

    Examples
    --------
    >>> times, causes = [1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 2, 0, 1, 2, 1, 0]
    >>> found = fine_gray(times, causes, covariates=[0, 1, 0, 1, 0, 1, 0, 1])
    >>> round(found.estimates[0].ratio, 2)
    0.32
    """
    numbers, patients = read_causes(times, causes)
    refuse_cause(numbers, cause)
    table = covariate_table(covariates, tuple(names) if names is not None else None, len(patients.times))
    labels = tuple(names) if names is not None else tuple(f"x{place + 1}" for place in range(table.shape[1]))
    coefficients, likelihood = _coefficients(patients.times, numbers, table, cause)
    influence = _influence(patients.times, numbers, table, coefficients, cause)
    errors = np.sqrt((influence**2).sum(axis=0))
    if not (np.isfinite(errors).all() and (errors > 1e-12 * np.abs(influence).max(initial=1.0)).all()):
        raise _no_maximum(cause)
    count = int((numbers == cause).sum())
    return HazardModel(
        method="Fine and Gray, ties by Breslow, robust Wald intervals",
        estimates=wald_ratios(labels, coefficients, errors, level=level),
        patients=len(table),
        events=count,
        log_likelihood=likelihood,
        concordance=None,
        remark=few_events(count, table.shape[1]),
    )


def _coefficients(
    times: FloatArray, causes: IntArray, table: FloatArray, cause: int
) -> tuple[FloatArray, float]:
    from surpyval.univariate.competing_risks import FineGray

    labels = np.array([int(each) or None for each in causes], dtype=object)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            model = FineGray.fit(times, table, labels, event=cause, center=True)
    except (Warning, ArithmeticError, np.linalg.LinAlgError, ValueError) as error:
        raise _no_maximum(cause) from error
    coefficients = np.asarray(model.params, dtype=np.float64)
    if not np.isfinite(coefficients).all():
        raise _no_maximum(cause)
    return coefficients, float(model.log_likelihood)


def _influence(
    times: FloatArray, causes: IntArray, table: FloatArray, coefficients: FloatArray, cause: int
) -> FloatArray:
    """Return by how much each patient moves the coefficients, shape (patients, covariates).

    Both ways count: through the score, and through the estimate of the censoring (Fine and Gray, section 3).
    """
    at, deaths = np.unique(times[causes == cause], return_counts=True)
    weights, waiting = _weights(times, causes, at, cause)
    risk = np.exp((table - table.mean(axis=0)) @ coefficients)
    weighted = weights * risk[:, None]
    s0 = weighted.sum(axis=0)
    mean = weighted.T @ table / s0[:, None]
    second = np.einsum("ij,ik,il->jkl", weighted, table, table) / s0[:, None, None]
    information = np.tensordot(deaths, second - mean[:, :, None] * mean[:, None, :], 1)
    hazard = weighted * (deaths / s0)
    own = causes == cause
    score = hazard @ mean - table * hazard.sum(axis=1)[:, None]
    score[own] += table[own] - mean[np.searchsorted(at, times[own])]
    moved = score + _through_censoring(times, causes, table, at=at, mean=mean, hazard=hazard * waiting)
    try:
        influence: FloatArray = np.linalg.solve(information, moved.T).T
    except np.linalg.LinAlgError as error:
        raise _no_maximum(cause) from error
    return influence


def _weights(times: FloatArray, causes: IntArray, at: FloatArray, cause: int) -> tuple[FloatArray, BoolArray]:
    """Return the weight of each patient at each time of an event, and who has had another event before."""
    censoring = curve_of(SurvivalTimes(times, causes == 0))
    before = np.r_[1.0, censoring.survival]
    at_event, own = (before[np.searchsorted(censoring.times, when, side="left")] for when in (at, times))
    waiting = (times[:, None] < at) & ((causes != 0) & (causes != cause))[:, None]
    return np.where(waiting, at_event / own[:, None], times[:, None] >= at), waiting


def _through_censoring(
    times: FloatArray,
    causes: IntArray,
    table: FloatArray,
    *,
    at: FloatArray,
    mean: FloatArray,
    hazard: FloatArray,
) -> FloatArray:
    """Return what each patient does to the score by way of the estimated censoring."""
    when, count = np.unique(times[causes == 0], return_counts=True)
    at_risk = (times >= when[:, None]).sum(axis=1)
    past, to_come = (times <= when[:, None]).astype(np.float64), at > when[:, None]
    moved = np.zeros(table.shape)
    for place in range(table.shape[1]):
        pull = table[:, place, None] * hazard - hazard * mean[:, place]
        share = ((past @ pull) * to_come).sum(axis=1) / at_risk
        lost = np.r_[0.0, np.cumsum(share * count / at_risk)]
        moved[:, place] -= lost[np.searchsorted(when, times, side="right")]
        censored = causes == 0
        moved[censored, place] += share[np.searchsorted(when, times[censored])]
    return moved


def _no_maximum(cause: int) -> InputError:
    return InputError(
        f"events of cause {cause} that a covariate tells from the rest without exception, or too few of them",
        "events of the cause on both sides of every covariate",
        "compare the incidences by Gray's test, or leave the covariate out",
    )
