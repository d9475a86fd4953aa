"""Restricted mean survival time: the area under a Kaplan-Meier curve up to a horizon."""

from dataclasses import dataclass
from math import exp, inf, log, sqrt

import numpy as np
from scipy.special import ndtr

from seedbed.errors import InputError
from seedbed.statistics.counts import FloatArray
from seedbed.statistics.intervals import Interval, normal_quantile
from seedbed.statistics.survival import KaplanMeier


@dataclass(frozen=True)
class RestrictedMean:
    """A restricted mean survival time.

    Attributes
    ----------
    horizon : float
        Time up to which the area is taken.
    mean, standard_error : float
        In the unit of the times; an error of 0 means that there is none to estimate: no event up to the
        horizon, or all at one time.
    interval : Interval
        Normal, not below 0; without limits where there is no error.
    beyond_data : bool
        Whether the horizon lies behind the largest time while patients are still without the event: then
        the last value of the curve is taken to last, an assumption.
    """

    horizon: float
    mean: float
    standard_error: float
    interval: Interval
    beyond_data: bool


@dataclass(frozen=True)
class RestrictedMeanComparison:
    """Restricted means of two groups up to one horizon.

    Attributes
    ----------
    first, second : RestrictedMean
    difference : float
        First less second.
    difference_interval : Interval
    difference_p_value : float
        Two-sided, normal.
    ratio : float or None
        First over second; None where the second mean is 0.
    ratio_interval : Interval or None
        Calculated on the logarithm.
    ratio_p_value : float or None
    """

    first: RestrictedMean
    second: RestrictedMean
    difference: float
    difference_interval: Interval
    difference_p_value: float
    ratio: float | None
    ratio_interval: Interval | None
    ratio_p_value: float | None


def restricted_mean(
    curve: KaplanMeier, *, horizon: float | None = None, level: float = 0.95
) -> RestrictedMean:
    r"""Return the mean time without the event up to a horizon.

    .. math:: \mu = \int_0^\tau S(t) dt, \qquad
        \mathrm{var} \mu = \sum_{t_i \le \tau} \Big(\int_{t_i}^\tau S(t) dt\Big)^2 \frac{d_i}{n_i (n_i - d_i)}

    Parameters
    ----------
    curve : KaplanMeier
    horizon : float or None
        Above 0. Without it the largest time of this curve: the "mean survival time" that SPSS prints, and R
        with ``rmean="individual"``. R's ``rmean="common"`` is the largest time of all groups.
    level : float

    Returns
    -------
    RestrictedMean
        A mean without a horizon is no mean of survival where the largest time is censored: it depends on
        how long patients were followed. Compare groups at one horizon.

    Raises
    ------
    InputError
        A horizon that is not above 0.

    Notes
    -----
    R. G. Miller, Survival Analysis (1981) pages 70-72; H. Uno et al., J. Clin. Oncol. 32 (2014) 2380-2385,
    doi 10.1200/JCO.2014.55.2208.

    Examples
    --------
    >>> from seedbed.statistics import kaplan_meier
    >>> found = restricted_mean(kaplan_meier([6, 7, 10, 13], [1, 1, 0, 0]), horizon=12)
    >>> found.mean, round(found.standard_error, 4)
    (9.25, 1.3863)
    """
    horizon = curve.last_time if horizon is None else float(horizon)
    if not 0 < horizon < inf:
        raise InputError(
            f"a horizon of {horizon:g}",
            "a time above 0 in the unit of the times",
            "give a horizon; without one the largest time must be above 0",
        )
    kept = curve.times <= horizon
    edges = np.r_[0.0, curve.times[kept], horizon]
    areas = np.diff(edges) * np.r_[1.0, curve.survival[kept]]
    to_come = areas[1:][::-1].cumsum()[::-1]
    error = sqrt(float((to_come**2) @ _hazard_variance(curve)[kept]))
    mean, z = float(areas.sum()), normal_quantile(level)
    return RestrictedMean(
        horizon=horizon,
        mean=mean,
        standard_error=error,
        interval=Interval(max(0.0, mean - z * error), mean + z * error)
        if error > 0
        else Interval(None, None),
        beyond_data=bool(horizon > curve.last_time and curve.survival[-1] > 0),
    )


def compare_restricted_means(
    first: KaplanMeier, second: KaplanMeier, *, horizon: float, level: float = 0.95
) -> RestrictedMeanComparison:
    """Compare two groups by their mean time without the event up to one horizon: difference and ratio.

    No proportional hazards are assumed.

    Parameters
    ----------
    first, second : KaplanMeier
        Curves of independent groups.
    horizon : float
        Above 0, and not beyond the data of either group.
    level : float

    Raises
    ------
    InputError
        A horizon beyond the largest time of a group in which not all have had the event; a group without
        an event up to the horizon, or with all at one time: its mean has no error to compare by.

    Notes
    -----
    H. Uno et al., J. Clin. Oncol. 32 (2014) 2380-2385, doi 10.1200/JCO.2014.55.2208; R package survRM2.

    Examples
    --------
    >>> from seedbed.statistics import kaplan_meier
    >>> drug = kaplan_meier([6, 7, 10, 13], [1, 1, 0, 0])
    >>> none = kaplan_meier([2, 3, 5, 12], [1, 1, 1, 0])
    >>> found = compare_restricted_means(drug, none, horizon=12)
    >>> found.difference, round(found.difference_p_value, 3)
    (3.75, 0.117)
    """
    one, two = (restricted_mean(each, horizon=horizon, level=level) for each in (first, second))
    _refuse(one, two, min(first.last_time, second.last_time))
    z = normal_quantile(level)
    difference, error = one.mean - two.mean, sqrt(one.standard_error**2 + two.standard_error**2)
    ratio = ratio_interval = ratio_p = None
    if two.mean > 0 and one.mean > 0:
        ratio = one.mean / two.mean
        spread = sqrt((one.standard_error / one.mean) ** 2 + (two.standard_error / two.mean) ** 2)
        ratio_interval = Interval(ratio * exp(-z * spread), ratio * exp(z * spread))
        ratio_p = _two_sided(log(ratio) / spread)
    return RestrictedMeanComparison(
        one,
        two,
        difference,
        Interval(difference - z * error, difference + z * error),
        _two_sided(difference / error),
        ratio,
        ratio_interval,
        ratio_p,
    )


def _hazard_variance(curve: KaplanMeier) -> FloatArray:
    left = curve.at_risk - curve.events
    variance = np.zeros(len(left))
    np.divide(curve.events, curve.at_risk * left, out=variance, where=left > 0)
    return variance


def _refuse(one: RestrictedMean, two: RestrictedMean, last: float) -> None:
    if one.beyond_data or two.beyond_data:
        raise InputError(
            f"a horizon of {one.horizon:g} beyond the times of a group that is not followed to the end",
            f"at most {last:g}",
            "choose a horizon that both groups reach",
        )
    if one.standard_error == 0 or two.standard_error == 0:
        raise InputError(
            f"a group whose mean up to {one.horizon:g} has no error: no event until then, or all at one time",
            "events at different times in both groups",
            "choose a later horizon, or give the means without a test",
        )


def _two_sided(z: float) -> float:
    return float(2 * ndtr(-abs(z)))
