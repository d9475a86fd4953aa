"""Fisher's exact test for a table of any number of rows and columns (Freeman and Halton).

Every table with the observed margins is visited, none is drawn at random. The columns are dealt to two
halves; each half is filled one column at a time, and partial tables that use up the rows equally and have
equal weight are merged and counted. A filled half fits every filling of the other half that uses up
exactly what is left of the rows.
"""

from dataclasses import dataclass
from math import comb, log, log1p, prod

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaln

from seedbed.errors import InputError
from seedbed.statistics.counts import FloatArray, IntArray, clean_counts

TIE_TOLERANCE = 1e-7
"""A table is taken as no likelier than the observed one up to this relative difference, as in R."""

MAX_TOTAL = 100_000
"""Observations up to which double precision tells ties apart."""

MAX_STEPS = 12_000_000
"""Partial tables that may be visited for one half of the columns: some seconds and about 1 GB at most."""

MERGE_DECIMALS = 9
"""Partial tables whose log weights agree to so many decimals are merged; far finer than the tolerance."""


@dataclass(frozen=True)
class FisherResult:
    """Outcome of Fisher's exact test.

    Attributes
    ----------
    p_value : float
        Sum of the probabilities of all tables no likelier than the observed one; 0.0 stands for less than
        1e-307.
    table_probability : float
        Probability of the observed table, given its margins.
    tables : int
        Number of tables with these margins.
    total_probability : float
        Sum over all of them, visited one way and the other: 1 but for rounding, the proof of completeness.
    dropped_rows, dropped_columns : tuple of int
        Positions of the rows and columns of zeros that were left out.
    """

    p_value: float
    table_probability: float
    tables: int
    total_probability: float
    dropped_rows: tuple[int, ...]
    dropped_columns: tuple[int, ...]


@dataclass(frozen=True)
class _Half:
    """Fillings of some columns: rows used up (as one whole number), log weight, number of equal fillings."""

    used: IntArray
    log_weight: FloatArray
    ways: FloatArray


def fisher_exact(table: ArrayLike) -> FisherResult:
    r"""Test whether rows and columns of a table of counts are independent, exactly.

    With row sums :math:`r_i`, column sums :math:`c_j` and total :math:`N`, a table :math:`n_{ij}` has the
    probability

    .. math:: P = \frac{\prod_i r_i! \prod_j c_j!}{N! \prod_{ij} n_{ij}!}

    and the two-sided p-value is the sum of :math:`P` over all tables with the same margins for which
    :math:`P \le P_\mathrm{observed} (1 + 10^{-7})`.

    Parameters
    ----------
    table : array_like, shape (rows, columns)
        Counts. Rows and columns may change places and order without effect. Rows and columns of zeros
        are left out and named in the result.

    Returns
    -------
    FisherResult
        p-value, probability of the observed table, number of tables.

    Raises
    ------
    InputError
        See `clean_counts`; more than 100 000 observations; a table that shares its margins with so many
        others that more than 12 million partial tables would have to be visited. The test refuses within
        seconds; it never hangs.

    Notes
    -----
    G. H. Freeman and J. H. Halton, Biometrika 38 (1951) 141-149, doi 10.1093/biomet/38.1-2.141. For two
    rows and two columns it is Fisher's test as R and SciPy compute it.

    Examples
    --------
    >>> round(fisher_exact([[11, 3], [12, 13], [7, 6]]).p_value, 3)
    0.195
    """
    clean = clean_counts(table)
    counts = clean.counts if clean.counts.shape[0] <= clean.counts.shape[1] else clean.counts.T
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    _refuse(int(rows.sum()) > MAX_TOTAL)
    left, right = (_fill(rows, part) for part in _deal(rows, columns))
    log_all = float(gammaln(rows.sum() + 1) - gammaln(rows + 1).sum())
    log_observed = float(_log_ways(counts.T).sum()) - log_all
    p_value, total, tables = _meet(rows, left, right, log_all, log_observed)
    return FisherResult(
        p_value=min(p_value, 1.0),
        table_probability=float(np.exp(log_observed)),
        tables=tables,
        total_probability=total,
        dropped_rows=clean.dropped_rows,
        dropped_columns=clean.dropped_columns,
    )


def _log_ways(parts: IntArray) -> FloatArray:
    """Log multinomial coefficient of each row of `parts`, shape (n, rows) -> (n,)."""
    result: FloatArray = gammaln(parts.sum(axis=1) + 1) - gammaln(parts + 1).sum(axis=1)
    return result


def _most_splits(rows: IntArray, column: int) -> int:
    """Bound from above the ways in which one column can be shared out among the rows."""
    total = int(rows.sum())
    small = min(column, total - column)  # what a column takes or what it leaves: as many ways
    boxes = sorted(min(small, int(row)) + 1 for row in rows)[:-1]
    return min(prod(boxes), comb(small + len(rows) - 1, len(rows) - 1))


def _deal(rows: IntArray, columns: IntArray) -> tuple[list[int], list[int]]:
    """Deal the columns to two halves with about equally many fillings, small columns first in each."""
    sizes = {int(column): log(_most_splits(rows, int(column))) for column in columns}
    halves: tuple[list[int], list[int]] = ([], [])
    for column in sorted(map(int, columns), reverse=True):
        half = min(halves, key=lambda chosen: sum(sizes[one] for one in chosen))
        half.insert(0, column)
    return halves


def _splits(rows: IntArray, column: int) -> IntArray:
    """List every way to share out one column, shape (n, rows), no row above its sum."""
    shares = np.zeros((1, 0), dtype=np.int64)
    for index, row in enumerate(rows):
        left = column - shares.sum(axis=1)
        least = np.maximum(0, left - int(rows[index + 1 :].sum()))
        most = np.minimum(left, int(row))
        repeat = most - least + 1
        start = np.repeat(np.cumsum(repeat) - repeat, repeat)
        value = np.arange(repeat.sum()) - start + np.repeat(least, repeat)
        shares = np.column_stack([np.repeat(shares, repeat, axis=0), value])
    return shares


def _fill(rows: IntArray, columns: list[int]) -> _Half:
    """Fill the columns one after the other, merging what is equal."""
    strides = _strides(rows)
    half = _Half(np.zeros(1, dtype=np.int64), np.zeros(1), np.ones(1))
    steps = 0
    for column in columns:
        steps += len(half.used) * _most_splits(rows, column)
        _refuse(steps > MAX_STEPS)
        half = _merge(_add_column(half, _splits(rows, column), rows, strides))
    return half


def _strides(rows: IntArray) -> IntArray:
    """Place values that write the use of all rows as one whole number."""
    values = [prod(int(row) + 1 for row in rows[:index]) for index in range(len(rows) + 1)]
    _refuse(values[-1] >= 2**62)
    return np.array(values[:-1], dtype=np.int64)


def _refuse(too_many: bool) -> None:
    if too_many:
        raise InputError(
            "a table of counts that shares its margins with too many other tables to visit them all",
            f"at most {MAX_TOTAL} observations and {MAX_STEPS} partial tables for one half of the columns",
            "join rare classes before looking at the outcome, or use Pearson's chi-squared test when all "
            "expected counts are 5 or more",
        )


def _add_column(half: _Half, parts: IntArray, rows: IntArray, strides: IntArray) -> _Half:
    """Extend every filling by every share of one more column that the rows still allow."""
    fits = np.ones((len(half.used), len(parts)), dtype=bool)
    for row, stride, part in zip(rows, strides, parts.T, strict=True):
        fits &= (half.used // stride % (row + 1))[:, None] <= (row - part)[None, :]
    old, new = np.nonzero(fits)
    used = half.used[old] + (parts @ strides)[new]
    return _Half(used, half.log_weight[old] + _log_ways(parts)[new], half.ways[old])


def _merge(half: _Half) -> _Half:
    """Sort by use of the rows, then by weight; count fillings that are equal in both."""
    rounded = np.round(half.log_weight, MERGE_DECIMALS)
    order = np.lexsort((rounded, half.used))
    used, weight = half.used[order], rounded[order]
    first = np.flatnonzero(np.r_[True, (np.diff(used) != 0) | (np.diff(weight) != 0)])
    ways = np.add.reduceat(half.ways[order], first)
    return _Half(used[first], half.log_weight[order][first], ways)


def _meet(
    rows: IntArray, left: _Half, right: _Half, log_all: float, log_observed: float
) -> tuple[float, float, int]:
    """Join each filling of one half to all that complete it: p-value, total probability, number of tables."""
    left, right = sorted((left, right), key=lambda half: len(half.used))
    wanted = int(rows @ _strides(rows)) - left.used
    first, last = (np.searchsorted(right.used, wanted, side=side) for side in ("left", "right"))
    starts = np.searchsorted(right.used, right.used)
    tops = right.log_weight[np.searchsorted(right.used, right.used, side="right") - 1]
    below = _running_sums(right.ways * np.exp(right.log_weight - tops), starts)
    limit = log_observed + log1p(TIE_TOLERANCE) + log_all
    reach = _bisect(right.log_weight, first, last, limit - left.log_weight)
    scale = left.ways * np.exp(left.log_weight + tops[first] - log_all)
    p_value = float(scale @ np.where(reach > first, below[reach - 1], 0.0))
    tables = left.ways @ (np.cumsum(right.ways)[last - 1] - np.cumsum(right.ways)[first] + right.ways[first])
    return p_value, float(scale @ below[last - 1]), round(float(tables))


def _running_sums(values: FloatArray, starts: IntArray) -> FloatArray:
    """Sum from the start of each segment up to each place, by doubling: no difference of large sums."""
    place = np.arange(len(values)) - starts
    sums = values.copy()
    step = 1
    while step <= place.max():
        late = np.flatnonzero(place >= step)
        sums[late] += sums[late - step]
        step *= 2
    return sums


def _bisect(values: FloatArray, first: IntArray, last: IntArray, limits: FloatArray) -> IntArray:
    """Find, in each rising segment, the place behind the last value within its limit."""
    low, high = first.copy(), last.copy()
    while (wide := low < high).any():
        middle = (low + high) // 2
        within = values[np.minimum(middle, len(values) - 1)] <= limits
        low, high = np.where(wide & within, middle + 1, low), np.where(wide & ~within, middle, high)
    return low
