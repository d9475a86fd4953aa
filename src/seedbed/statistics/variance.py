"""One-way analysis of variance, from values or from means and SDs, and what rounding leaves open."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import fdtrc

from seedbed.errors import InputError
from seedbed.statistics.counts import FloatArray
from seedbed.statistics.samples import finite_sample

MAX_GROUPS = 16
"""Groups for which the corners of the rounding box are visited one by one."""


@dataclass(frozen=True)
class AnovaResult:
    """Outcome of a one-way analysis of variance.

    Attributes
    ----------
    statistic : float
        F, the mean square between groups over that within groups.
    df_between, df_within : int
        Number of groups less one; number of persons less number of groups.
    p_value : float
        Upper tail of the F distribution.
    """

    statistic: float
    df_between: int
    df_within: int
    p_value: float


@dataclass(frozen=True)
class AnovaRange:
    """p-values that unrounded means and standard deviations could have given.

    Every value from `p_low` to `p_high` is given by some of them: p is continuous and the box is in one
    piece. The witnesses, means and standard deviations that give the two ends, prove it.

    Attributes
    ----------
    p_low, p_high : float
        Smallest and largest p-value.
    low_means, low_sds, high_means, high_sds : ndarray, shape (groups,)
        Inputs within the rounding box at which the ends are reached.
    """

    p_low: float
    p_high: float
    low_means: FloatArray
    low_sds: FloatArray
    high_means: FloatArray
    high_sds: FloatArray


def anova_from_summary(means: ArrayLike, sds: ArrayLike, sizes: ArrayLike) -> AnovaResult:
    r"""Compare means of independent groups, from mean, standard deviation and number of each.

    With :math:`\bar x = \sum n_i \bar x_i / N`,

    .. math:: F = \frac{\sum_i n_i (\bar x_i - \bar x)^2 / (k - 1)}{\sum_i (n_i - 1) s_i^2 / (N - k)}

    Parameters
    ----------
    means, sds : array_like, shape (groups,)
        Mean and standard deviation (divisor n - 1) of each group, in one unit.
    sizes : array_like of int, shape (groups,)
        Number in each group, at least 1, and more persons than groups.

    Returns
    -------
    AnovaResult
        F, its degrees of freedom and the p-value; identical to the analysis of the values themselves.

    Raises
    ------
    InputError
        Unequal lengths, fewer than two groups, a negative standard deviation, a number that is missing,
        no spread within any group.

    Notes
    -----
    R. A. Fisher, Statistical Methods for Research Workers (1925), chapter VII; the form for summary data is
    D. A. Larson, The American Statistician 46 (1992) 151-152. Assumes independent normal
    groups of equal variance.

    Examples
    --------
    >>> result = anova_from_summary([52.79, 60.60, 57.85], [17.27, 15.07, 15.61], [14, 25, 13])
    >>> round(result.p_value, 4)
    0.3427
    """
    mean, sd, size = _groups(means, sds, sizes)
    return _anova(_between(mean, size), _within(sd, size), size)


def anova(*samples: ArrayLike) -> AnovaResult:
    """Compare means of independent groups, from the values themselves.

    Parameters
    ----------
    *samples : array_like
        One row of finite numbers for each group, two groups at least.

    Raises
    ------
    InputError
        As `anova_from_summary`; a group without values or with holes.

    Examples
    --------
    >>> found = anova([6.4, 6.8, 7.2], [2.5, 3.7, 4.9], [1.3, 4.1, 5.2])
    >>> round(found.statistic, 3), round(found.p_value, 3)
    (5.398, 0.046)
    """
    groups = [finite_sample(values, least=1, what=f"group {n}") for n, values in enumerate(samples, start=1)]
    sds = [float(values.std(ddof=1)) if len(values) > 1 else 0.0 for values in groups]
    return anova_from_summary([values.mean() for values in groups], sds, [len(values) for values in groups])


def anova_rounding_range(
    means: ArrayLike, sds: ArrayLike, sizes: ArrayLike, *, mean_half: ArrayLike, sd_half: ArrayLike
) -> AnovaRange:
    """Find the p-values that rounded means and standard deviations leave possible.

    F falls when any standard deviation grows, so their ends are taken. The sum of squares between groups is
    convex in the means: its maximum lies at a corner of the box, all of which are visited; its minimum has
    every mean as near to one common value as its interval allows; the pull of the means on that value is
    piecewise linear, so that it is found exactly.

    Parameters
    ----------
    means, sds, sizes : array_like, shape (groups,)
        As `anova_from_summary`; at most 16 groups.
    mean_half, sd_half : array_like, shape (groups,) or scalar
        Half a unit of the last printed digit: 0.005 for two decimals.

    Returns
    -------
    AnovaRange
        Smallest and largest p-value, and inputs that give them.

    Raises
    ------
    InputError
        As `anova_from_summary`; a half width that is negative or missing; more than 16 groups; standard
        deviations so coarse that all might be zero.

    Examples
    --------
    >>> means, sds, sizes = [52.79, 60.60, 57.85], [17.27, 15.07, 15.61], [14, 25, 13]
    >>> found = anova_rounding_range(means, sds, sizes, mean_half=0.005, sd_half=0.005)
    >>> round(found.p_low, 4), round(found.p_high, 4)
    (0.3415, 0.3438)
    """
    mean, sd, size = _groups(means, sds, sizes)
    half, sd_step = _half(mean_half, mean), _half(sd_half, sd)
    low_sds, high_sds = np.maximum(sd - sd_step, 0.0), sd + sd_step
    low_means = _farthest(mean - half, mean + half, size)
    high_means = _nearest(mean - half, mean + half, size)
    low = _anova(_between(low_means, size), _within(low_sds, size), size)
    high = _anova(_between(high_means, size), _within(high_sds, size), size)
    return AnovaRange(low.p_value, high.p_value, low_means, low_sds, high_means, high_sds)


def _anova(between: float, within: float, size: FloatArray) -> AnovaResult:
    df_between, df_within = len(size) - 1, int(size.sum()) - len(size)
    if within <= 0:
        raise InputError(
            "groups without any spread (all standard deviations are or may be zero)",
            "a standard deviation above zero in at least one group",
            "give the standard deviations with more digits",
        )
    statistic = (between / df_between) / (within / df_within)
    return AnovaResult(statistic, df_between, df_within, float(fdtrc(df_between, df_within, statistic)))


def _between(mean: FloatArray, size: FloatArray) -> float:
    return float(size @ (mean - (size @ mean) / size.sum()) ** 2)


def _within(sd: FloatArray, size: FloatArray) -> float:
    return float((size - 1) @ sd**2)


def _farthest(low: FloatArray, high: FloatArray, size: FloatArray) -> FloatArray:
    """Corner of the box where the groups differ most."""
    if len(size) > MAX_GROUPS:
        raise InputError(
            f"{len(size)} groups", f"at most {MAX_GROUPS}", "compare fewer groups, or give unrounded means"
        )
    corners = (np.array(corner) for corner in product(*zip(low, high, strict=True)))
    return max(corners, key=lambda corner: _between(corner, size))


def _nearest(low: FloatArray, high: FloatArray, size: FloatArray) -> FloatArray:
    """Point of the box where the groups differ least: each mean as near to a common value as it may be."""
    corners = np.unique([low, high])
    pull = [size @ (corner - np.clip(corner, low, high)) for corner in corners]
    nearest: FloatArray = np.clip(np.interp(0.0, pull, corners), low, high)
    return nearest


def _half(half: ArrayLike, like: FloatArray) -> FloatArray:
    width = np.broadcast_to(np.asarray(half, dtype=np.float64), like.shape)
    if not (np.isfinite(width) & (width >= 0)).all():
        raise InputError(
            f"a rounding half width of {half!r}", "a number, zero or more", "give 0.005 for two decimals"
        )
    return width


def _groups(means: ArrayLike, sds: ArrayLike, sizes: ArrayLike) -> tuple[FloatArray, FloatArray, FloatArray]:
    mean, sd, size = (np.asarray(each, dtype=np.float64) for each in (means, sds, sizes))
    if not (mean.ndim == 1 and len(mean) >= 2 and mean.shape == sd.shape == size.shape):
        raise InputError(
            f"means, standard deviations and sizes of shapes {mean.shape}, {sd.shape} and {size.shape}",
            "three lists of one length, two groups at least",
            "give one mean, one standard deviation and one number for each group",
        )
    sound = np.isfinite(mean) & np.isfinite(sd) & (sd >= 0) & np.isfinite(size) & (size >= 1)
    sound &= size == np.round(size)
    if not sound.all():
        wrong = int(np.flatnonzero(~sound)[0])
        raise InputError(
            f"group {wrong + 1} has mean {mean[wrong]:g}, SD {sd[wrong]:g} and {size[wrong]:g} members",
            "a finite mean, a standard deviation of zero or more and a whole number of members",
            "correct that group",
        )
    return mean, sd, size
