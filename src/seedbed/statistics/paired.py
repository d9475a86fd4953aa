"""The same patients at several times: Wilcoxon's signed ranks for two, Friedman's test for more."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, ndtr

from seedbed.errors import InputError
from seedbed.statistics.counts import FloatArray
from seedbed.statistics.samples import finite_sample

SAME_DIGITS = 11
"""Differences that agree to so many digits of the largest value are tied: 5.3 - 5.1 is 5.5 - 5.3."""
MOST_EXACT = 200
"""Pairs up to which the exact distribution is worked out."""


@dataclass(frozen=True)
class SignedRankResult:
    """Outcome of Wilcoxon's signed-rank test.

    Attributes
    ----------
    pairs, zeros : int
        Pairs that differ, and pairs without difference, which are left out.
    positive_rank_sum, negative_rank_sum : float
        Of the differences second less first above and below zero.
    z : float
        Normal statistic with correction for ties, without correction for continuity, as SPSS prints it;
        below zero where the second values are smaller.
    p_value : float
        Two-sided, of `z`.
    exact_p_value : float or None
        Two-sided, exact; None with ties, or above 200 pairs.
    """

    pairs: int
    zeros: int
    positive_rank_sum: float
    negative_rank_sum: float
    z: float
    p_value: float
    exact_p_value: float | None


@dataclass(frozen=True)
class FriedmanResult:
    """Outcome of Friedman's test.

    Attributes
    ----------
    patients : int
    mean_ranks : tuple of float
        Of each time.
    statistic : float
        Chi-squared, corrected for ties.
    df : int
        Times less one.
    p_value : float
    """

    patients: int
    mean_ranks: tuple[float, ...]
    statistic: float
    df: int
    p_value: float


def wilcoxon_signed_rank(first: ArrayLike, second: ArrayLike) -> SignedRankResult:
    """Test whether paired values differ, by the ranks of their differences.

    Parameters
    ----------
    first, second : array_like, shape (patients,)
        Values of the same patients in the same order, such as before and after.

    Raises
    ------
    InputError
        Lists of different length, holes, no pair that differs.

    Notes
    -----
    F. Wilcoxon, Biometrics Bull. 1 (1945) 80-83, doi 10.2307/3001968. Pairs without a difference are left
    out, as SPSS and R do. The smallest exact p-value of 5 pairs is 0.0625.

    Examples
    --------
    >>> found = wilcoxon_signed_rank([8, 7, 6, 9, 5, 7], [3, 3, 4, 3, 5, 4])
    >>> found.pairs, found.zeros, round(found.z, 3), round(found.p_value, 3), found.exact_p_value
    (5, 1, -2.023, 0.043, 0.0625)
    """
    one, two = (finite_sample(values, least=1, what="a list of paired values") for values in (first, second))
    if len(one) != len(two):
        raise InputError(f"{len(one)} and {len(two)} values", "pairs", "leave out patients without both")
    differences = _rounded(two - one, float(max(np.abs(one).max(), np.abs(two).max())))
    differing = differences[differences != 0]
    n = len(differing)
    if n == 0:
        raise InputError(
            f"{len(one)} pairs without any difference", "one pair that differs", "say that nothing changed"
        )
    ranks, ties = _ranks(np.abs(differing))
    positive = float(ranks[differing > 0].sum())
    variance = n * (n + 1) * (2 * n + 1) / 24 - float((ties**3 - ties).sum()) / 48
    z = (positive - n * (n + 1) / 4) / sqrt(variance)
    exact = _exact_p(positive, n) if ties.max() == 1 and n <= MOST_EXACT else None
    return SignedRankResult(
        n, len(one) - n, positive, n * (n + 1) / 2 - positive, z, float(2 * ndtr(-abs(z))), exact
    )


def friedman(*times: ArrayLike) -> FriedmanResult:
    """Test whether values of the same patients differ between times.

    Parameters
    ----------
    *times : array_like, shape (patients,)
        Three times or more, the same patients in the same order; two times or more are accepted.

    Raises
    ------
    InputError
        Fewer than two times or patients, lists of different length, holes, no patient whose values differ.

    Notes
    -----
    M. Friedman, J. Am. Stat. Assoc. 32 (1937) 675-701, doi 10.1080/01621459.1937.10503522; tie correction as
    R and SPSS. Ranks are taken within each patient.

    Examples
    --------
    >>> found = friedman([8, 7, 6, 9], [5, 4, 6, 6], [3, 3, 4, 5])
    >>> found.mean_ranks, round(found.statistic, 3), found.df, round(found.p_value, 3)
    ((2.875, 2.125, 1.0), 7.6, 2, 0.022)
    """
    columns = [finite_sample(values, least=2, what=f"time {n}") for n, values in enumerate(times, start=1)]
    if len(columns) < 2 or len({len(column) for column in columns}) > 1:
        raise InputError(
            f"times with {', '.join(str(len(column)) for column in columns) or 'no'} patients",
            "two times at least, the same patients at each",
            "leave out patients who lack a time, and say how many",
        )
    table = np.column_stack(columns)
    n, k = table.shape
    rank_sums, tied = _rank_sums(table)
    spread = n * k * (k + 1) - tied / (k - 1)
    if spread <= 1e-9:
        raise InputError(
            "no patient whose values differ between the times", "one at least", "say that nothing changed"
        )
    statistic = float(12 * ((rank_sums - n * (k + 1) / 2) ** 2).sum() / spread)
    return FriedmanResult(
        n, tuple((rank_sums / n).tolist()), statistic, k - 1, float(chdtrc(k - 1, statistic))
    )


def _rounded(differences: FloatArray, largest: float) -> FloatArray:
    """Take away what rounding in the last digits has added, so that equal differences are equal."""
    if largest == 0:
        return differences
    unit = 10.0 ** (np.ceil(np.log10(largest)) - SAME_DIGITS)
    rounded: FloatArray = np.round(differences / unit)
    return rounded


def _ranks(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return mean ranks, and how many share each value."""
    _, place, ties = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(ties) - (ties - 1) / 2)[place], ties.astype(np.float64)


def _rank_sums(table: FloatArray) -> tuple[FloatArray, float]:
    """Return the sums of the mean ranks within each row, column by column, and of t^3 - t of all ties."""
    others = range(table.shape[1])
    smaller = np.array([(table < table[:, [at]]).sum(axis=1) for at in others], dtype=np.float64)
    as_large = np.array([(table == table[:, [at]]).sum(axis=1) for at in others], dtype=np.float64)
    return (smaller + (as_large + 1) / 2).sum(axis=1), float((as_large**2 - 1).sum())


def _exact_p(positive: float, n: int) -> float:
    """Two-sided p-value: each sign of the ranks 1 to n is as likely as the other."""
    ways = np.ones(1)
    for rank in range(1, n + 1):
        ways = np.r_[ways, np.zeros(rank)] / 2 + np.r_[np.zeros(rank), ways] / 2
    smaller = int(min(positive, n * (n + 1) / 2 - positive))
    return min(1.0, 2 * float(ways[: smaller + 1].sum()))
