"""Cox regression with Firth's penalty: an answer for few events, and where a group has no event."""

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from seedbed.errors import InputError
from seedbed.statistics.counts import FloatArray
from seedbed.statistics.cox import HazardModel, HazardRatio, concordance, ratio_of, read_hazards
from seedbed.statistics.intervals import normal_quantile
from seedbed.statistics.survival_times import SurvivalTimes

if TYPE_CHECKING:
    from firthmodels import FirthCoxPH

TOLERANCES = (1e-8, 1e-7, 1e-6)
"""To which coefficients and limits are found; the next where rounding stops the search before."""


def firth_regression(
    times: ArrayLike,
    events: ArrayLike,
    *,
    covariates: ArrayLike,
    names: Sequence[str] | None = None,
    level: float = 0.95,
) -> HazardModel:
    """Fit Cox's model with Firth's penalty, intervals and p-values from the profile of the likelihood.

    Finite where Cox's own estimate is not: a group without an event. Ties by Breslow, as in R ``coxphf``;
    with many ties the plain estimate of `seedbed.statistics.cox_regression` treats them better.

    Parameters
    ----------
    times, events, covariates, names, level
        As `seedbed.statistics.cox_regression`.

    Raises
    ------
    InputError
        As `cox_regression`, but a group without an event is accepted; a profile that finds no limit.

    Notes
    -----
    G. Heinze and M. Schemper, Biometrics 57 (2001) 114-119, doi 10.1111/j.0006-341X.2001.00114.x.

    Examples
    --------
    >>> times, events = [6, 7, 10, 13, 2, 3, 5, 12], [0, 0, 0, 0, 1, 1, 1, 0]
    >>> found = firth_regression(times, events, covariates=[0, 0, 0, 0, 1, 1, 1, 1])
    >>> estimate = found.estimates[0]
    >>> round(estimate.ratio, 1), estimate.low > 1, round(estimate.p_value, 3)
    (10.2, False, 0.055)
    """
    normal_quantile(level)
    patients, table, labels = read_hazards(times, events, covariates, names)
    model, limits = _fit(patients, (table - table.mean(axis=0)) / table.std(axis=0), level)
    scale = table.std(axis=0)
    found = zip(labels, scale, model.coef_, model.bse_, limits, model.lrt_pvalues_, strict=True)
    return HazardModel(
        method="Cox with Firth's penalty, ties by Breslow, profile likelihood intervals",
        estimates=tuple(_ratio(*each) for each in found),
        patients=len(table),
        events=int(patients.events.sum()),
        log_likelihood=float(model.loglik_),
        concordance=concordance(patients, table @ (model.coef_ / scale)),
        remark="",
    )


def _fit(patients: SurvivalTimes, scaled: FloatArray, level: float) -> tuple["FirthCoxPH", FloatArray]:
    """Fit as closely as rounding lets the likelihood still rise, and find its profile."""
    for tolerance in TOLERANCES:
        try:
            return _fit_to(tolerance, patients, scaled, level)
        except (Warning, ArithmeticError, np.linalg.LinAlgError, ValueError) as error:
            reason = error
    raise _no_answer() from reason


def _fit_to(
    tolerance: float, patients: SurvivalTimes, scaled: FloatArray, level: float
) -> tuple["FirthCoxPH", FloatArray]:
    from firthmodels import FirthCoxPH

    model = FirthCoxPH(backend="numpy", max_iter=200, gtol=tolerance, xtol=tolerance)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.fit(scaled, (patients.events, patients.times))
        model.lrt()
        limits = model.conf_int(1 - level, method="pl", max_iter=200, tol=tolerance)
    if not (np.isfinite(limits).all() and np.isfinite(model.lrt_pvalues_).all()):
        raise ArithmeticError("limits that are not finite")
    return model, limits


def _ratio(
    name: str, unit: float, beta: float, error: float, limits: FloatArray, p_value: float
) -> HazardRatio:
    return HazardRatio(
        name=name,
        coefficient=float(beta / unit),
        standard_error=float(error / unit),
        ratio=ratio_of(beta / unit, name),
        low=ratio_of(limits[0] / unit, name),
        high=ratio_of(limits[1] / unit, name),
        p_value=float(p_value),
    )


def _no_answer() -> InputError:
    return InputError(
        "events too few or too much alike for limits of the penalised likelihood",
        "covariates that differ among the patients at risk at some event",
        "leave covariates out, or report counts of events instead",
    )
