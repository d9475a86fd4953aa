"""Rank correlation of members of clusters: the interval comes from clusters drawn again, not members."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from seedbed.errors import InputError
from seedbed.statistics.cluster_robust import read_clusters
from seedbed.statistics.counts import FloatArray, IntArray
from seedbed.statistics.intervals import normal_quantile
from seedbed.statistics.samples import finite_sample

DRAWS = 2000
"""Two hundred suffice for a standard error (Efron and Tibshirani 1993, section 6.4)."""
MOST_MEMBERS = 2000
"""Members above which draws take long and their limit, the infinitesimal jackknife, serves (local rule)."""
EXACT = 1 - 1e-12


@dataclass(frozen=True)
class RankCorrelation:
    """Spearman's correlation.

    Attributes
    ----------
    rho, standard_error, low, high, p_value : float
        The error is that of rho; limits and p-value are those of Fisher's transform with it.
    members, clusters : int
    draws, seed : int
        Of the bootstrap; no draws where the error is that of the infinitesimal jackknife.
    """

    rho: float
    standard_error: float
    low: float
    high: float
    p_value: float
    members: int
    clusters: int
    draws: int
    seed: int


def cluster_spearman(
    one: ArrayLike, two: ArrayLike, *, clusters: ArrayLike, seed: int, level: float = 0.95
) -> RankCorrelation:
    """Return Spearman's rank correlation of members of clusters.

    Whole clusters are drawn with replacement, so that members of one cluster stay together; the standard
    deviation of rho over the draws is its error. Of more than 2000 members the error is what that tends to
    with many clusters, the infinitesimal jackknife: the root of the sum over clusters of the squared
    derivative of rho by their weight. On the scale of Fisher's transform, where rho is nearly normal, the
    error is that over 1 - rho squared.

    Parameters
    ----------
    one, two : array_like, shape (members,)
        Equal values share their middle rank.
    clusters : array_like of int or str, shape (members,)
        Which cluster each member belongs to.
    seed : int
        Of the draws.
    level : float
        Of the limits.

    Raises
    ------
    InputError
        Lists of other lengths or with holes, values that are all alike, one cluster only, ranks in one order
        without exception, which leave no error.

    Notes
    -----
    B. Efron and R. J. Tibshirani, An Introduction to the Bootstrap (1993), chapter 6; limit: section 22.6.
    A. C. Davison and D. V. Hinkley, Bootstrap Methods and their Application (1997), section 3.8.

    Examples
    --------
    >>> found = cluster_spearman([1, 2, 3, 4, 5], [2, 1, 4, 3, 5], clusters=[1, 1, 2, 3, 4], seed=1)
    >>> round(found.rho, 2), found.clusters, found.draws, found.low < 0.8 < found.high
    (0.8, 4, 2000, True)
    """
    x, y = finite_sample(one, least=3, what="the first list"), finite_sample(two, least=3, what="the second")
    if len(x) != len(y):
        raise InputError(f"lists of {len(x)} and {len(y)} values", "two of one length", "give pairs")
    groups = read_clusters(clusters, len(x))
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        raise InputError("values that are all alike", "values that differ", "give no correlation")
    placed = (np.unique(x, return_inverse=True)[1], np.unique(y, return_inverse=True)[1])
    rho = float(_weighted(placed, np.ones(len(x))))
    count = int(groups.max()) + 1
    draws = DRAWS if len(x) <= MOST_MEMBERS else 0
    if draws:
        error = _drawn_error(placed, groups, draws=draws, rng=np.random.default_rng(seed))
    else:
        error = jackknife_error(placed, groups)
    if abs(rho) > EXACT or error == 0:
        raise InputError(
            "ranks in one order without exception" if abs(rho) > EXACT else "draws that are all alike",
            "clusters that differ",
            "give no interval",
        )
    z, apart = np.arctanh(rho), error / (1 - rho**2)
    reach = normal_quantile(level) * apart
    return RankCorrelation(
        rho=rho,
        standard_error=error,
        low=float(np.tanh(z - reach)),
        high=float(np.tanh(z + reach)),
        p_value=float(2 * ndtr(-abs(z) / apart)),
        members=len(x),
        clusters=count,
        draws=draws,
        seed=seed,
    )


def jackknife_error(placed: tuple[IntArray, IntArray], groups: IntArray) -> float:
    """Return the infinitesimal jackknife's error of rho by cluster.

    Parameters
    ----------
    placed : tuple of ndarray of int, shape (members,)
        Place of each value among the distinct ones, for both lists.
    groups : ndarray of int, shape (members,)

    Examples
    --------
    >>> places = np.arange(4)
    >>> round(jackknife_error((places, places), places), 12)
    0.0
    """
    alike = np.ones(len(groups))
    one, two = (_middle_ranks(place, alike) for place in placed)
    one, two = one - one.mean(), two - two.mean()
    both, ones, twos = float(one @ two), float(one @ one), float(two @ two)
    by_both = one * two + _above(placed[0], two) + _above(placed[1], one)
    by_one = one**2 + 2 * _above(placed[0], one)
    by_two = two**2 + 2 * _above(placed[1], two)
    rho = both / np.sqrt(ones * twos)
    slope = by_both / np.sqrt(ones * twos) - rho / 2 * (by_one / ones + by_two / twos)
    of_cluster = np.bincount(groups, weights=slope)
    return float(np.sqrt((of_cluster**2).sum()))


def _above(place: IntArray, values: FloatArray) -> FloatArray:
    """Sum values over the members whose place is higher, and half of those at the same place."""
    of_value = np.bincount(place, weights=values)
    found: FloatArray = (of_value.sum() - np.cumsum(of_value) + of_value / 2)[place]
    return found


def _drawn_error(
    placed: tuple[IntArray, IntArray], groups: IntArray, *, draws: int, rng: np.random.Generator
) -> float:
    """Return the standard deviation of rho over draws of whole clusters; draws without a rho are left out."""
    count = int(groups.max()) + 1
    found = np.empty(draws)
    for at in range(draws):
        drawn = np.bincount(rng.integers(0, count, count), minlength=count).astype(np.float64)
        found[at] = _weighted(placed, drawn[groups])
    known = found[~np.isnan(found)]
    if len(known) < draws / 2:
        raise InputError(
            "draws of clusters that mostly have all values alike", "more clusters", "give no interval"
        )
    return float(known.std(ddof=1))


def _weighted(placed: tuple[IntArray, IntArray], weights: FloatArray) -> float:
    """Return the correlation of middle ranks, each member counted as often as its weight; NaN where none."""
    one, two = (_middle_ranks(place, weights) for place in placed)
    total = weights.sum()
    one, two = one - (weights @ one) / total, two - (weights @ two) / total
    spread = (weights @ one**2) * (weights @ two**2)
    return float((weights @ (one * two)) / np.sqrt(spread)) if spread > 0 else float("nan")


def _middle_ranks(place: IntArray, weights: FloatArray) -> FloatArray:
    of_value = np.bincount(place, weights=weights)
    ranks: FloatArray = (np.cumsum(of_value) - (of_value - 1) / 2)[place]
    return ranks
