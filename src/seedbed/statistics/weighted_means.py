"""Means and restricted means of weighted patients, and how much each patient moves them."""

from dataclasses import dataclass

import numpy as np

from seedbed.errors import InputError
from seedbed.statistics.counts import FloatArray
from seedbed.statistics.survival_times import read_survival


@dataclass(frozen=True)
class WeightedEstimate:
    """An estimate of one group.

    Attributes
    ----------
    value : float
    slopes : ndarray, shape (patients,)
        By how much it changes for each unit of a patient's weight.
    """

    value: float
    slopes: FloatArray


def weighted_mean(values: FloatArray, weights: FloatArray) -> WeightedEstimate:
    """Return the weighted mean.

    Parameters
    ----------
    values, weights : ndarray, shape (patients,)
        Finite values; weights of 0 or more.

    Raises
    ------
    InputError
        No weight above 0.

    Examples
    --------
    >>> found = weighted_mean(np.array([1.0, 4.0]), np.array([2.0, 1.0]))
    >>> found.value, found.slopes.round(3).tolist()
    (2.0, [-0.333, 0.667])
    """
    total = float(weights.sum())
    if not total > 0:
        raise InputError("nobody with a weight", "one patient at least", "leave this group out")
    value = float(values @ weights) / total
    return WeightedEstimate(value, np.asarray((values - value) / total, dtype=np.float64))


def weighted_restricted_mean(
    times: FloatArray, events: FloatArray, *, weights: FloatArray, horizon: float
) -> WeightedEstimate:
    r"""Return the area under the weighted Kaplan-Meier curve up to a horizon.

    .. math:: S(t) = \prod_{t_k \le t} (1 - D_k / Y_k), \qquad
        \frac{d \mu}{d w_i} = -\sum_{t_k \le \tau} \int_{t_k}^\tau S dt
        \frac{N_{ik} - R_{ik} D_k / Y_k}{Y_k - D_k}

    with :math:`D_k` and :math:`Y_k` the weights of the events at :math:`t_k` and of all at risk,
    :math:`N_{ik}` and :math:`R_{ik}` whether patient i has the event then and is at risk. With equal weights
    the slopes give Greenwood's error.

    Parameters
    ----------
    times, events, weights : ndarray, shape (patients,)
        As `seedbed.statistics.kaplan_meier`; weights above 0.
    horizon : float
        Above 0, not beyond the largest time unless the curve is 0 there.

    Raises
    ------
    InputError
        As `kaplan_meier`; no weight above 0.

    Notes
    -----
    J. Xie and C. Liu, Stat. Med. 24 (2005) 3089-3110, doi 10.1002/sim.2174 (the curve).

    Examples
    --------
    >>> times, events = np.array([6.0, 7.0, 10.0, 13.0]), np.array([1.0, 1.0, 0.0, 0.0])
    >>> found = weighted_restricted_mean(times, events, weights=np.ones(4), horizon=12)
    >>> found.value, round(float((found.slopes**2).sum()) ** 0.5, 4)
    (9.25, 1.3863)
    """
    patients = read_survival(times, events)
    if not weights.sum() > 0:
        raise InputError("nobody with a weight", "one patient at least", "leave this group out")
    moments, place = np.unique(patients.times, return_inverse=True)
    own = np.where(patients.events, weights, 0.0)
    happened = np.asarray(np.bincount(place, own, len(moments)), dtype=np.float64)
    at_risk = np.asarray(np.bincount(place, weights, len(moments))[::-1].cumsum()[::-1], dtype=np.float64)
    counted = (happened > 0) & (moments <= horizon)
    censored = np.bincount(place, np.where(patients.events, 0.0, weights), len(moments)).astype(np.float64)
    left = _left(at_risk, happened, censored)
    factors = np.divide(left, at_risk, out=np.ones(len(moments)), where=counted)
    steps = np.cumprod(factors)
    kept = moments <= horizon
    areas = np.diff(np.r_[0.0, moments[kept], horizon]) * np.r_[1.0, steps[kept]]
    to_come = np.zeros(len(moments))
    to_come[kept] = areas[1:][::-1].cumsum()[::-1]
    counted &= left > 0
    jump = np.divide(to_come, left, out=np.zeros(len(moments)), where=counted)
    drift = np.cumsum(jump * np.divide(happened, at_risk, out=np.zeros(len(moments)), where=counted))
    slopes = drift[place] - np.where(patients.events, jump[place], 0.0)
    return WeightedEstimate(float(areas.sum()), np.asarray(slopes, dtype=np.float64))


def _left(at_risk: FloatArray, happened: FloatArray, censored: FloatArray) -> FloatArray:
    """Weight of those at risk without the event; exactly 0 where none is left, whatever was rounded."""
    none_later = np.r_[at_risk[1:] == 0, True] if len(at_risk) else np.zeros(0, dtype=np.bool_)
    ended = none_later & (censored == 0)
    return np.where(ended, 0.0, at_risk - happened)
