"""The integral over the intercept of one patient after the other, compiled: see `mixed_likelihood`."""

from math import erfc, exp, log, pi, sqrt
from typing import Any

import numpy as np

from seedbed.geometry.compiling import compiled

DROP = 20.0
"""The integral ends where the logarithm of the integrand has fallen by this much (local rule)."""
MODE_STEPS = 60
END_STEPS = 6
NEAR_MODE = 1e-3
"""Steps to the largest place end at this part of its width: the quadrature asks for no better centre."""
FAR = -30.0
"""Below, ln P is taken from its asymptotic series; its error there is below 1e-9."""
STRONGEST = 0.8
"""More than the ratio of normal density to probability where the deviate is above zero: 0.798."""
NONE = 2
"""Marks a visit without a value."""
HALF_LOG_2PI = 0.5 * log(2 * pi)


@compiled
def log_below(u: float) -> float:
    """Return the log of the probability that a standard normal number is below u.

    Examples
    --------
    >>> from scipy.special import log_ndtr
    >>> [round(log_below(u) / float(log_ndtr(u)) - 1, 9) == 0 for u in (-40.0, -29.9, -1.0, 3.0)]
    [True, True, True, True]
    """
    if u < FAR:
        w = 1.0 / (u * u)
        return -u * u / 2 - HALF_LOG_2PI - log(-u) + log(1 - w * (1 - 3 * w * (1 - 5 * w * (1 - 7 * w))))
    return log(0.5 * erfc(-u / sqrt(2.0)))


@compiled
def slopes(z: float, slope: float, measured: Any, limited: Any, signs: Any) -> tuple[float, float, float]:
    """Return the log of an integrand at z, but for a constant, and its first two derivatives.

    `measured` and `limited` are standardised at an intercept of zero; `signs` is -1 below a limit, 1 above.
    """
    height, first, second = -z * z / 2, -z, -1.0 - slope * slope * len(measured)
    for value in measured:
        u = value - slope * z
        height -= u * u / 2
        first += slope * u
    for j in range(len(limited)):
        deviate = -signs[j] * (limited[j] - slope * z)
        log_p = log_below(deviate)
        ratio = exp(-deviate * deviate / 2 - HALF_LOG_2PI - log_p)
        height += log_p
        first += slope * signs[j] * ratio
        second -= slope * slope * ratio * (ratio + deviate)
    return height, first, second


@compiled
def highest(slope: float, measured: Any, limited: Any, signs: Any) -> float:
    """Find where an integrand is largest: Newton's steps, halved where they leave the bracket."""
    z: float = slope * measured.sum() / (1 + slope * slope * len(measured))
    if slope == 0 or len(limited) == 0:
        return z
    reach = STRONGEST * abs(slope) * len(limited)
    low, high = 0.0, 0.0
    for value in measured:
        low, high = min(low, value / slope), max(high, value / slope)
    for value in limited:
        low, high = min(low, value / slope), max(high, value / slope)
    low, high = low - reach, high + reach
    for _ in range(MODE_STEPS):
        _, first, second = slopes(z, slope, measured, limited, signs)
        if first > 0:
            low = z
        else:
            high = z
        new = z - first / second
        if not low < new < high:
            new = (low + high) / 2
        moved = abs(new - z) * sqrt(-second)
        z = new
        if moved < NEAR_MODE:
            break
    return z


@compiled
def end_of(z: float, side: float, slope: float, measured: Any, limited: Any, signs: Any) -> float:
    """Find where the log of an integrand has fallen by `DROP`, coming from outside.

    It bends down by 1 at least, so that it has fallen so far at a distance of sqrt(2 DROP).
    """
    top, _, _ = slopes(z, slope, measured, limited, signs)
    end: float = z + side * sqrt(2 * DROP)
    for _ in range(END_STEPS):
        height, first, _ = slopes(end, slope, measured, limited, signs)
        end += max(top - height - DROP, 0.0) / first
    return end


@compiled
def add_patients(
    values: Any, beyond: Any, cells: Any, means: Any, sd: float, spread: float, hermite: Any, legendre: Any,
    gradient: Any, hessian: Any,
) -> float:  # fmt: skip
    """Add the derivatives of all patients to `gradient` and `hessian`; return the log-likelihood.

    `hermite` and `legendre` hold points and weights, shape (2, points); see `mixed_likelihood`.
    """
    visits, slope, total = values.shape[1], spread / sd, 0.0
    at, scaled, kind = np.zeros(visits + 2, np.int64), np.zeros(visits), np.zeros(visits)
    points, weights = np.zeros(2 * legendre.shape[1]), np.zeros(2 * legendre.shape[1])
    score, own = np.zeros((2, visits + 2)), np.zeros((2, visits + 2, visits + 2))
    for row in range(len(values)):
        limits, count = _gather(values[row], beyond[row], cells[row], means, sd, at, scaled, kind)
        at[count], at[count + 1] = len(gradient) - 2, len(gradient) - 1
        limited, measured, signs = scaled[:limits], scaled[limits:count], kind[:limits]
        mode = highest(slope, measured, limited, signs)
        top, _, _ = slopes(mode, slope, measured, limited, signs)
        if limits:
            nodes = _two_sides(mode, slope, measured, limited, signs, legendre, points, weights)
        else:
            nodes = _around(mode, sqrt(2.0 / (1 + slope * slope * count)), hermite, points, weights)
        score[1], own[:, : count + 2, : count + 2], whole = 0.0, 0.0, 0.0
        for k in range(nodes):
            whole += _add_point(
                points[k], weights[k], top, slope, sd, scaled[:count], signs, score, own[0], own[1]
            )
        total += top + log(whole) - (count - limits) * (HALF_LOG_2PI + log(sd)) - HALF_LOG_2PI
        _scatter(at[: count + 2], score[1], own[0], own[1], whole, gradient, hessian)
    return total


@compiled
def _gather(
    values: Any, beyond: Any, cells: Any, means: Any, sd: float, at: Any, scaled: Any, kind: Any
) -> tuple[int, int]:
    """Take the values of one patient, those beyond limits first; return how many these are, and all."""
    count, limits = 0, 0
    for turn in range(2):
        for visit in range(len(values)):
            if beyond[visit] != NONE and (beyond[visit] == 0) == (turn == 1):
                at[count], kind[count] = cells[visit], beyond[visit]
                scaled[count] = (values[visit] - means[cells[visit]]) / sd
                count += 1
        limits = count if turn == 0 else limits
    return limits, count


@compiled
def _two_sides(
    mode: float, slope: float, measured: Any, limited: Any, signs: Any, legendre: Any, points: Any,
    weights: Any,
) -> int:  # fmt: skip
    count: int = legendre.shape[1]
    for half in range(2):
        end = end_of(mode, 2.0 * half - 1.0, slope, measured, limited, signs)
        for k in range(count):
            points[half * count + k] = mode + (end - mode) * (legendre[0, k] + 1) / 2
            weights[half * count + k] = abs(end - mode) / 2 * legendre[1, k]
    return 2 * count


@compiled
def _around(mode: float, width: float, hermite: Any, points: Any, weights: Any) -> int:
    count: int = hermite.shape[1]
    for k in range(count):
        points[k] = mode + width * hermite[0, k]
        weights[k] = width * hermite[1, k] * exp(hermite[0, k] ** 2)
    return count


@compiled
def _add_point(
    z: float, weight: float, top: float, slope: float, sd: float, scaled: Any, signs: Any, score: Any,
    own: Any, product: Any,
) -> float:  # fmt: skip
    """Add one point of the quadrature to the sums of a patient, and return its share of the integral."""
    count, limits = len(scaled), len(signs)
    height = -z * z / 2
    for j in range(count):
        u = scaled[j] - slope * z
        if j < limits:
            log_p = log_below(-signs[j] * u)
            height += log_p
            score[0, j] = exp(-u * u / 2 - HALF_LOG_2PI - log_p)
        else:
            height -= u * u / 2
    share = weight * exp(height - top)
    pull, by_sd, mean_mean, mean_sd, sd_sd = 0.0, 0.0, 0.0, 0.0, 0.0
    for j in range(count):
        u = scaled[j] - slope * z
        if j < limits:
            ratio, deviate = score[0, j], -signs[j] * u
            bend = -ratio * (ratio + deviate)
            force, cross = signs[j] * ratio, -signs[j] * (ratio + bend * deviate)
            by_sd -= ratio * deviate
            sd_sd += (bend * deviate + ratio) * deviate
        else:
            bend, force, cross = -1.0, u, -2 * u
            by_sd += u * u - 1
            sd_sd -= 2 * u * u
        score[0, j] = force / sd
        pull, mean_mean, mean_sd = pull + force / sd, mean_mean + bend, mean_sd + cross
        own[j, j] += share * bend / (sd * sd)
        own[j, count] += share * cross / sd
        own[j, count + 1] += share * bend * z / (sd * sd)
    own[count, count] += share * sd_sd
    own[count, count + 1] += share * mean_sd * z / sd
    own[count + 1, count + 1] += share * mean_mean * z * z / (sd * sd)
    score[0, count], score[0, count + 1] = by_sd, pull * z
    for i in range(count + 2):
        score[1, i] += share * score[0, i]
        for j in range(i, count + 2):
            product[i, j] += share * score[0, i] * score[0, j]
    return share


@compiled
def _scatter(at: Any, score: Any, own: Any, product: Any, whole: float, gradient: Any, hessian: Any) -> None:
    """Add the derivatives of one patient to those of all (Louis' identity)."""
    for i in range(len(at)):
        gradient[at[i]] += score[i] / whole
        for j in range(i, len(at)):
            moved = (own[i, j] + product[i, j] - score[i] * score[j] / whole) / whole
            hessian[at[i], at[j]] += moved
            if i != j:
                hessian[at[j], at[i]] += moved
