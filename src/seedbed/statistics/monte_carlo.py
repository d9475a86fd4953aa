"""Fisher's test for a table too large to visit all its relatives: an estimate by random tables, named so."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from seedbed.errors import InputError
from seedbed.statistics.counts import clean_counts
from seedbed.statistics.exact import TIE_TOLERANCE
from seedbed.statistics.partial_tables import MAX_TOTAL, column_log_weights, refuse
from seedbed.statistics.proportions import exact_proportion

CHUNK = 20_000
"""Tables drawn at a time."""


@dataclass(frozen=True)
class FisherEstimate:
    """A p-value of Fisher's test estimated from random tables with the same margins.

    Attributes
    ----------
    p_value : float
        (1 + tables no likelier than the observed one) / (1 + tables drawn): never 0, never too small on
        average.
    low, high : float
        99 % exact confidence limits of the true p-value, given the draws.
    tables_drawn : int
    seed : int
        The same seed gives the same tables.
    dropped_rows, dropped_columns : tuple of int
        Positions, from 0, of rows and columns of zeros that were left out.
    """

    p_value: float
    low: float
    high: float
    tables_drawn: int
    seed: int
    dropped_rows: tuple[int, ...]
    dropped_columns: tuple[int, ...]


def fisher_monte_carlo(table: ArrayLike, *, seed: int, draws: int = 200_000) -> FisherEstimate:
    """Estimate the p-value of Fisher's test by random tables with the same margins.

    For tables that `seedbed.statistics.fisher_exact` refuses. The limits say how far the estimate can be off.

    Parameters
    ----------
    table : array_like, shape (rows, columns)
        Counts, at most 100 000 observations.
    seed : int
        Of the random numbers, 0 or more.
    draws : int
        From 1000 to 10 000 000; the error falls with the root of it.

    Raises
    ------
    InputError
        As `seedbed.statistics.clean_counts`; a seed or number of draws outside its range.

    Notes
    -----
    W. M. Patefield, Appl. Statist. 30 (1981) 91-97, doi 10.2307/2346669, by SciPy; p-value: B. V. North
    et al., Am. J. Hum. Genet. 71 (2002) 439-441, doi 10.1086/341527.

    Examples
    --------
    >>> found = fisher_monte_carlo([[11, 3], [12, 13], [7, 6]], seed=1, draws=2000)
    >>> found.low < 0.195 < found.high
    True
    """
    from scipy.stats import random_table

    clean = clean_counts(table)
    rows, columns = clean.counts.sum(axis=1), clean.counts.sum(axis=0)
    refuse(int(rows.sum()) > MAX_TOTAL)
    if not (1000 <= draws <= 10_000_000 and seed >= 0):
        raise InputError(
            f"{draws} draws with seed {seed}",
            "1000 to 10 million draws and a seed of 0 or more",
            "give other numbers",
        )
    rng = np.random.default_rng(seed)
    # seen from the columns: the weight of a table is the product of the weights of its columns
    observed = float(column_log_weights(rows, clean.counts.T).sum())
    limit = observed + np.log1p(TIE_TOLERANCE) + 1e-10 * abs(observed)
    deal, extreme = random_table(rows, columns), 0
    for start in range(0, draws, CHUNK):
        drawn = deal.rvs(size=min(CHUNK, draws - start), random_state=rng).astype(np.int64)
        parts = drawn.transpose(0, 2, 1).reshape(-1, len(rows))
        weights = column_log_weights(rows, parts).reshape(len(drawn), -1).sum(axis=1)
        extreme += int((weights <= limit).sum())
    share = exact_proportion(extreme, draws, level=0.99)
    return FisherEstimate(
        (1 + extreme) / (1 + draws),
        share.low,
        share.high,
        draws,
        seed,
        clean.dropped_rows,
        clean.dropped_columns,
    )
