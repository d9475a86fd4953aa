"""Chi-squared tests of a table of counts: Pearson's, and the trend of ordered rows and columns."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from seedbed.errors import InputError
from seedbed.statistics.counts import FloatArray, clean_counts

SMALL_EXPECTED = 5.0
"""Below this expected count in any cell the paper's rule takes Fisher's exact test."""


@dataclass(frozen=True)
class ChiSquareResult:
    """Outcome of Pearson's test.

    Attributes
    ----------
    statistic : float
        Chi-squared without correction for continuity.
    df : int
    p_value : float
    corrected_p_value : float or None
        With Yates' correction, for two rows and two columns; None else.
    smallest_expected : float
    small_cells : int
        Cells whose expected count is below 5: with any, prefer Fisher's exact test.
    dropped_rows, dropped_columns : tuple of int
        Positions, from 0, of rows and columns of zeros that were left out.
    """

    statistic: float
    df: int
    p_value: float
    corrected_p_value: float | None
    smallest_expected: float
    small_cells: int
    dropped_rows: tuple[int, ...]
    dropped_columns: tuple[int, ...]


@dataclass(frozen=True)
class TrendResult:
    """Outcome of the linear-by-linear test.

    Attributes
    ----------
    statistic : float
        (N - 1) r squared.
    correlation : float
        Of the scores, from -1 to 1.
    p_value : float
        Chi-squared with one degree of freedom.
    """

    statistic: float
    correlation: float
    p_value: float


def chi_square(table: ArrayLike) -> ChiSquareResult:
    """Test whether rows and columns of a table of counts are independent, by Pearson's chi-squared.

    Parameters
    ----------
    table : array_like, shape (rows, columns)
        Counts.

    Raises
    ------
    InputError
        As `seedbed.statistics.clean_counts`.

    Notes
    -----
    K. Pearson, Phil. Mag. 50 (1900) 157-175; F. Yates, J. R. Stat. Soc. Suppl. 1 (1934) 217-235.

    Examples
    --------
    >>> found = chi_square([[11, 3], [12, 13], [7, 6]])
    >>> round(found.statistic, 3), found.df, round(found.p_value, 3), found.small_cells
    (3.541, 2, 0.17, 0)
    """
    clean = clean_counts(table)
    counts = clean.counts.astype(np.float64)
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    miss = np.abs(counts - expected)
    statistic, df = float((miss**2 / expected).sum()), (counts.shape[0] - 1) * (counts.shape[1] - 1)
    corrected = None
    if counts.shape == (2, 2):
        corrected = float(chdtrc(1, float((np.maximum(miss - 0.5, 0.0) ** 2 / expected).sum())))
    return ChiSquareResult(
        statistic=statistic,
        df=df,
        p_value=float(chdtrc(df, statistic)),
        corrected_p_value=corrected,
        smallest_expected=float(expected.min()),
        small_cells=int((expected < SMALL_EXPECTED).sum()),
        dropped_rows=clean.dropped_rows,
        dropped_columns=clean.dropped_columns,
    )


def linear_by_linear(
    table: ArrayLike, *, row_scores: ArrayLike | None = None, column_scores: ArrayLike | None = None
) -> TrendResult:
    """Test whether an ordered column class rises or falls with an ordered row class.

    Parameters
    ----------
    table : array_like, shape (rows, columns)
        Counts; rows and columns in their order.
    row_scores, column_scores : array_like or None
        Numbers that stand for the classes; 1, 2, 3 and so on without them, as SPSS.

    Raises
    ------
    InputError
        As `seedbed.statistics.clean_counts`; scores of another number, or alike wherever someone is.

    Notes
    -----
    N. Mantel, J. Am. Stat. Assoc. 58 (1963) 690-700, doi 10.1080/01621459.1963.10500879;
    SPSS "linear-by-linear association".

    Examples
    --------
    >>> found = linear_by_linear([[11, 3], [12, 13], [7, 6]])
    >>> round(found.statistic, 3), round(found.correlation, 3), round(found.p_value, 3)
    (1.745, 0.185, 0.186)
    """
    clean_counts(table)
    counts = np.asarray(table, dtype=np.float64)
    rows, columns = _scores(row_scores, counts.shape[0]), _scores(column_scores, counts.shape[1])
    total = counts.sum()
    rows = rows - counts.sum(axis=1) @ rows / total
    columns = columns - counts.sum(axis=0) @ columns / total
    spread = float((counts.sum(axis=1) @ rows**2) * (counts.sum(axis=0) @ columns**2))
    if spread <= 0:
        raise InputError(
            "scores that are alike in all classes with anyone in them", "two scores", "correct them"
        )
    correlation = float(rows @ counts @ columns) / spread**0.5
    statistic = (total - 1) * correlation**2
    return TrendResult(float(statistic), correlation, float(chdtrc(1, statistic)))


def _scores(scores: ArrayLike | None, classes: int) -> FloatArray:
    if scores is None:
        return np.arange(1.0, classes + 1)
    values = np.asarray(scores, dtype=np.float64)
    if values.shape != (classes,) or not np.isfinite(values).all():
        raise InputError(
            f"scores of shape {values.shape}", f"{classes} finite numbers", "give one for each class"
        )
    return values
