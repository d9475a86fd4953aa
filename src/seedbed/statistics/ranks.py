"""Kruskal and Wallis' test: do groups differ in rank? From counts of ordered classes, or from values."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from seedbed.errors import InputError
from seedbed.statistics.counts import IntArray, clean_counts


@dataclass(frozen=True)
class KruskalWallisResult:
    """Outcome of the Kruskal-Wallis test.

    Attributes
    ----------
    statistic : float
        H, corrected for ties.
    df : int
        Number of groups with anyone in them, less one.
    p_value : float
        Upper tail of chi-squared with `df` degrees of freedom at H.
    dropped_groups : tuple of int
        Positions, from 0, of groups without anyone, which were left out.
    """

    statistic: float
    df: int
    p_value: float
    dropped_groups: tuple[int, ...]


def kruskal_wallis_from_counts(table: ArrayLike) -> KruskalWallisResult:
    r"""Test whether groups differ in an ordered class, from a table of counts.

    All members of one class share the mean of their ranks. With rank sum :math:`R_i` in group :math:`i` of
    :math:`n_i`, total :math:`N` and :math:`t_j` members of class :math:`j`,

    .. math:: H = \frac{\frac{12}{N(N+1)} \sum_i R_i^2 / n_i - 3(N+1)}
                       {1 - \sum_j (t_j^3 - t_j) / (N^3 - N)}

    Parameters
    ----------
    table : array_like, shape (groups, classes)
        Counts; the classes stand in their order, upwards or downwards (CR, PR, SD, PD).

    Returns
    -------
    KruskalWallisResult
        H, degrees of freedom and the p-value from chi-squared (no exact distribution), as SPSS and R.

    Raises
    ------
    InputError
        See `clean_counts`; among others when all are in one class or in one group.

    Notes
    -----
    W. H. Kruskal and W. A. Wallis, J. Am. Stat. Assoc. 47 (1952) 583-621, equations 1.2 and 1.3, doi
    10.1080/01621459.1952.10483441. The chi-squared approximation is usual from five in each group upwards.

    Examples
    --------
    >>> result = kruskal_wallis_from_counts([[0, 3, 10, 1], [0, 8, 17, 0], [0, 10, 3, 0]])
    >>> result.df, round(result.p_value, 3)
    (2, 0.006)
    """
    clean = clean_counts(table)
    counts = clean.counts.astype(np.float64)
    sizes, ties = counts.sum(axis=1), counts.sum(axis=0)
    total = sizes.sum()
    rank_sums = counts @ (np.cumsum(ties) - (ties - 1) / 2)
    spread = 12 / (total * (total + 1)) * (rank_sums**2 / sizes).sum() - 3 * (total + 1)
    statistic = max(0.0, float(spread / (1 - (ties**3 - ties).sum() / (total**3 - total))))
    df = len(sizes) - 1
    return KruskalWallisResult(statistic, df, float(chdtrc(df, statistic)), clean.dropped_rows)


def kruskal_wallis(*samples: ArrayLike) -> KruskalWallisResult:
    """Test whether groups differ in rank, from the values themselves.

    Parameters
    ----------
    *samples : array_like
        One row of finite numbers for each group, two groups at least.

    Returns
    -------
    KruskalWallisResult
        As `kruskal_wallis_from_counts`, with one class for each different value.

    Raises
    ------
    InputError
        A sample that is empty or holds something else than finite numbers; all values alike.

    Examples
    --------
    >>> round(kruskal_wallis([6.4, 6.8, 7.2], [2.5, 3.7, 4.9], [1.3, 4.1, 5.2]).statistic, 3)
    5.422
    """
    values = [_sample(sample, number) for number, sample in enumerate(samples, start=1)]
    classes = np.unique(np.concatenate([*values, np.empty(0)]))
    rows: list[IntArray] = [
        np.bincount(np.searchsorted(classes, sample), minlength=len(classes)) for sample in values
    ]
    return kruskal_wallis_from_counts(np.array(rows, dtype=np.int64))


def _sample(sample: ArrayLike, number: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    try:
        values = np.asarray(sample, dtype=np.float64).ravel()
    except (TypeError, ValueError):
        values = np.empty(0)
    if values.size == 0 or not np.isfinite(values).all():
        raise InputError(
            f"sample {number} is empty or holds something that is no finite number",
            "one finite number for each member of the group",
            "leave out who was not measured, and say how many",
        )
    return values
