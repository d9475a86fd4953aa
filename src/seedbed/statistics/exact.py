"""Fisher's exact test for a table of any number of rows and columns (Freeman and Halton).

Every table with the observed margins is accounted for, none is drawn at random. The columns are dealt to
two halves, each of which is filled in every way; a filling of one half fits every filling of the other
that uses up exactly what is left of the rows.
"""

from dataclasses import dataclass
from math import exp, log1p

import numpy as np
from numpy.typing import ArrayLike

from seedbed.statistics.counts import FloatArray, IntArray, clean_counts
from seedbed.statistics.partial_tables import (
    MAX_TOTAL,
    Fillings,
    Margins,
    column_log_weights,
    deal,
    fill,
    refuse,
)

TIE_TOLERANCE = 1e-7
"""A table is taken as no likelier than the observed one up to this relative difference, as in R."""


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
        Number of tables with these margins (to 15 digits).
    total_probability : float
        Sum of the probabilities of all of them: 1 but for rounding, the proof that none was left out.
    dropped_rows, dropped_columns : tuple of int
        Positions, from 0, of the rows and columns of zeros that were left out.
    """

    p_value: float
    table_probability: float
    tables: int
    total_probability: float
    dropped_rows: tuple[int, ...]
    dropped_columns: tuple[int, ...]


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
        others that more than 30 million partial tables would have to be visited. The test refuses after
        some ten seconds at most; it never hangs.

    Notes
    -----
    G. H. Freeman and J. H. Halton, Biometrika 38 (1951) 141-149, doi 10.1093/biomet/38.1-2.141. For two
    rows and two columns it is Fisher's test as R and SciPy compute it. To set aside partial tables that
    cannot come above the observed one is the idea of C. R. Mehta and N. R. Patel, J. Am. Stat. Assoc. 78
    (1983) 427-434, doi 10.1080/01621459.1983.10477989.

    Examples
    --------
    >>> round(fisher_exact([[11, 3], [12, 13], [7, 6]]).p_value, 3)
    0.195
    """
    clean = clean_counts(table)
    counts = clean.counts if clean.counts.shape[0] <= clean.counts.shape[1] else clean.counts.T
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    refuse(int(rows.sum()) > MAX_TOTAL)
    observed = float(column_log_weights(rows, counts.T).sum())
    margins = Margins(rows, columns, limit=observed + log1p(TIE_TOLERANCE))
    first, second = deal(margins)
    p_value, total, tables = _meet(margins, fill(margins, first, second), fill(margins, second, first))
    log_all = float(column_log_weights(rows, rows[None, :])[0])
    whole = exp(log_all)
    return FisherResult(
        p_value=min(p_value / whole, 1.0),
        table_probability=exp(observed - log_all),
        tables=tables,
        total_probability=total / whole,
        dropped_rows=clean.dropped_rows,
        dropped_columns=clean.dropped_columns,
    )


def _meet(margins: Margins, one: Fillings, other: Fillings) -> tuple[float, float, int]:
    """Join each filling of one half to all that complete it: mass within the limit, whole mass, tables."""
    few, many = sorted((one, other), key=lambda half: len(half.used))
    wanted = margins.everything - few.used
    first, last = (np.searchsorted(many.used, wanted, side=side) for side in ("left", "right"))
    starts = np.searchsorted(many.used, many.used)
    mass, ways = _running_sums(many.mass, starts), _running_sums(many.ways, starts)
    reach = _bisect(many.log_weight, first, last, margins.limit - few.log_weight)
    within = float(few.mass @ np.where(reach > first, mass[reach - 1], 0.0))
    return within, float(few.mass @ mass[last - 1]), round(float(few.ways @ ways[last - 1]))


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
