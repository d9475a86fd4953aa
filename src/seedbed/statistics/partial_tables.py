"""Fill some columns of a table in every way that its margins allow, keeping apart only what differs.

A filling is written down by the rows it has used up and by its weight, the product over its columns of
the multinomial probability of the column (drawn with the row margins as chances). Fillings alike in both
are merged. So are all that use the rows alike and lie so low that no way of completing them brings them
above a limit: their weight will not be asked for again, only their sum.
"""

from dataclasses import dataclass
from math import comb, log, prod

import numpy as np
from scipy.special import gammaln

from seedbed.errors import InputError
from seedbed.statistics.counts import FloatArray, IntArray

MAX_TOTAL = 100_000
"""Observations up to which double precision tells ties apart."""

MAX_STEPS = 30_000_000
"""Extensions of partial tables that may be tried for one half of the columns: some ten seconds at most."""

CHUNK = 2_000_000
"""Extensions that are tried at a time: bounds the memory to some hundred megabytes."""

MERGE_DECIMALS = 9
"""Log weights that agree to so many decimals are one; far finer than the tolerance for ties."""


@dataclass(frozen=True)
class Margins:
    """Row and column sums of a table, all above zero, and the limit that the fillings are compared with.

    Attributes
    ----------
    rows, columns : ndarray of int
        Sums.
    limit : float
        Log weight up to which a whole table counts.
    """

    rows: IntArray
    columns: IntArray
    limit: float

    @property
    def strides(self) -> IntArray:
        """Place values that write the use of all rows as one whole number."""
        values = [prod(int(row) + 1 for row in self.rows[:index]) for index in range(len(self.rows) + 1)]
        refuse(values[-1] >= 2**62)
        return np.array(values[:-1], dtype=np.int64)

    @property
    def everything(self) -> int:
        """The number that stands for all rows used up."""
        return int(self.rows @ self.strides)


@dataclass(frozen=True)
class Fillings:
    """Fillings of some columns, sorted by use of the rows, then by weight.

    Attributes
    ----------
    used : ndarray of int
        Use of the rows as one whole number.
    log_weight : ndarray
        Log weight of one filling; minus infinity where no completion comes above the limit.
    mass : ndarray
        Sum of the weights of all fillings merged here.
    ways : ndarray
        How many they are.
    """

    used: IntArray
    log_weight: FloatArray
    mass: FloatArray
    ways: FloatArray


def refuse(too_many: bool) -> None:
    """Say no to a table that would take too long.

    Raises
    ------
    InputError
        If `too_many`.

    Examples
    --------
    >>> refuse(False)
    """
    if too_many:
        raise InputError(
            "a table of counts that shares its margins with too many other tables to visit them all",
            f"at most {MAX_TOTAL} observations, and {MAX_STEPS} partial tables for one half of the columns",
            "join rare classes before looking at the outcome, or use Pearson's chi-squared test when all "
            "expected counts are 5 or more",
        )


def column_log_weights(rows: IntArray, parts: IntArray) -> FloatArray:
    """Return the log multinomial probability of each way to share out a column.

    Parameters
    ----------
    rows : ndarray of int, shape (rows,)
        Row sums; their shares are the chances.
    parts : ndarray of int, shape (n, rows)
        Columns of a table, one a line.

    Examples
    --------
    >>> np.exp(column_log_weights(np.array([5, 5]), np.array([[1, 1], [2, 0]]))).round(6).tolist()
    [0.5, 0.25]
    """
    chances = np.log(rows / rows.sum())
    result: FloatArray = gammaln(parts.sum(axis=1) + 1) - gammaln(parts + 1).sum(axis=1) + parts @ chances
    return result


def deal(margins: Margins) -> tuple[list[int], list[int]]:
    """Deal the columns to two halves with about equally many fillings, small columns first in each.

    Examples
    --------
    >>> deal(Margins(np.array([14, 25, 13]), np.array([23, 16, 9, 4]), 0.0))
    ([4, 23], [9, 16])
    """
    sizes = {int(column): log(_most_splits(margins.rows, int(column))) for column in margins.columns}
    halves: tuple[list[int], list[int]] = ([], [])
    for column in sorted(map(int, margins.columns), reverse=True):
        half = min(halves, key=lambda chosen: sum(sizes[one] for one in chosen))
        half.insert(0, column)
    return halves


def fill(margins: Margins, columns: list[int], others: list[int]) -> Fillings:
    """Fill `columns` one after the other in every way; `others` are filled elsewhere.

    Raises
    ------
    InputError
        More than `MAX_STEPS` extensions would have to be tried.

    Examples
    --------
    >>> found = fill(Margins(np.array([2, 2]), np.array([2, 2]), -99.0), [2], [2])
    >>> found.ways.tolist(), found.mass.round(6).tolist()
    ([1.0, 1.0, 1.0], [0.25, 0.5, 0.25])
    """
    found = Fillings(np.zeros(1, dtype=np.int64), np.zeros(1), np.ones(1), np.ones(1))
    steps = 0
    for place, column in enumerate(columns, start=1):
        refuse(_most_splits(margins.rows, column) > MAX_STEPS)
        parts = _splits(margins.rows, column)
        steps += len(found.used) * len(parts)
        refuse(steps > MAX_STEPS)
        found = _extend(found, parts, margins, columns[place:] + others)
    return found


def _most_splits(rows: IntArray, column: int) -> int:
    """Bound from above the ways in which one column can be shared out among the rows."""
    total = int(rows.sum())
    small = min(column, total - column)  # what a column takes or what it leaves: as many ways
    boxes = sorted(min(small, int(row)) + 1 for row in rows)[:-1]
    return min(prod(boxes), comb(small + len(rows) - 1, len(rows) - 1))


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


def _extend(found: Fillings, parts: IntArray, margins: Margins, missing: list[int]) -> Fillings:
    """Extend every filling by every share of one more column that the rows still allow."""
    size = max(1, CHUNK // len(parts))
    chunks = [
        _merge(_extend_chunk(found, slice(start, start + size), parts, margins), margins, missing)
        for start in range(0, len(found.used), size)
    ]
    return chunks[0] if len(chunks) == 1 else _merge(_join(chunks), margins, missing)


def _extend_chunk(found: Fillings, chunk: slice, parts: IntArray, margins: Margins) -> Fillings:
    used, strides = found.used[chunk], margins.strides
    fits = np.ones((len(used), len(parts)), dtype=bool)
    for row, stride, part in zip(margins.rows, strides, parts.T, strict=True):
        fits &= (used // stride % (row + 1))[:, None] <= (row - part)[None, :]
    old, new = np.nonzero(fits)
    weight = column_log_weights(margins.rows, parts)
    return Fillings(
        used=used[old] + (parts @ strides)[new],
        log_weight=found.log_weight[chunk][old] + weight[new],
        mass=found.mass[chunk][old] * np.exp(weight)[new],
        ways=found.ways[chunk][old],
    )


def _join(chunks: list[Fillings]) -> Fillings:
    names = ("used", "log_weight", "mass", "ways")
    return Fillings(*(np.concatenate([getattr(chunk, name) for chunk in chunks]) for name in names))


def _merge(found: Fillings, margins: Margins, missing: list[int]) -> Fillings:
    """Sort by use of the rows, then by weight, and add up what is equal in both.

    Weights from which the missing columns cannot lead above the limit become minus infinity, and so equal.
    """
    uses, use = np.unique(found.used, return_inverse=True)
    weight = np.round(found.log_weight, MERGE_DECIMALS)
    if 2 * len(uses) < len(use):  # else hardly any share their use of the rows
        low = weight + _most_to_come(uses, margins, missing)[use] <= margins.limit
        weight[low] = -np.inf
    order = _order(use, weight)
    use, weight = use[order], weight[order]
    first = np.flatnonzero(np.r_[True, (use[1:] != use[:-1]) | (weight[1:] != weight[:-1])])
    mass, ways = (np.add.reduceat(values[order], first) for values in (found.mass, found.ways))
    exact = np.where(np.isneginf(weight[first]), -np.inf, found.log_weight[order[first]])
    return Fillings(uses[use[first]], exact, mass, ways)


def _order(use: IntArray, weight: FloatArray) -> IntArray:
    """Order by use, then weight; those of minus infinity, often most, need no sorting by weight."""
    high = np.flatnonzero(~np.isneginf(weight))
    low = np.flatnonzero(np.isneginf(weight))
    order = np.r_[low, high[np.argsort(weight[high])]]
    result: IntArray = order[np.argsort(use[order], kind="stable")]
    return result


def _most_to_come(uses: IntArray, margins: Margins, missing: list[int]) -> FloatArray:
    """Bound from above the log weight of the missing columns, for each use of the rows.

    With what is left of the rows m_i, the missing columns c_j and their sum M, the product of all
    1 / n_ij! is the product of Poisson probabilities of mean m_i c_j / M but for a factor that depends on
    the margins alone; each of these is at most its value at the mode.
    """
    left = margins.rows - uses[:, None] // margins.strides % (margins.rows + 1)
    columns = np.array(missing, dtype=np.float64)
    total = columns.sum()
    mean = left[:, :, None] * columns / total
    mode = np.floor(mean)
    peak = mode * np.log(np.maximum(mean, 1e-300)) - gammaln(mode + 1)
    of_rows = left * np.log(np.maximum(left, 1))
    factor = total * log(total) - (columns * np.log(columns)).sum() + gammaln(columns + 1).sum()
    chances = left @ np.log(margins.rows / margins.rows.sum())
    result: FloatArray = peak.sum(axis=(1, 2)) - of_rows.sum(axis=1) + factor + chances
    return result
