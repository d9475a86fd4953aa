"""Quantiles as SPSS prints them, and the hinges of a box plot."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from seedbed.errors import InputError
from seedbed.statistics.samples import finite_sample


@dataclass(frozen=True)
class Quartiles:
    """Lower quartile, median and upper quartile, in the unit of the values."""

    lower: float
    median: float
    upper: float


def spss_quantile(values: ArrayLike, share: float) -> float:
    """Return a quantile at place (n + 1) p among the ordered values, as SPSS does by default.

    Between two values it lies in proportion; before the first and behind the last it is that value. R and
    Excel differ by default: ``quantile(type=6)`` and ``QUARTILE.EXC`` agree.

    Parameters
    ----------
    values : array_like
        One finite number or more.
    share : float
        From 0 to 1; 0.25 is the lower quartile.

    Raises
    ------
    InputError
        No values, holes, a share outside 0 to 1.

    Notes
    -----
    SPSS "HAVERAGE"; definition 6 of R. J. Hyndman and Y. Fan, Am. Stat. 50 (1996) 361-365, doi
    10.1080/00031305.1996.10473566.

    Examples
    --------
    >>> spss_quantile([1, 2, 3, 4, 5, 6], 0.25), spss_quantile([1, 2, 3, 4, 5, 6], 0.75)
    (1.75, 5.25)
    """
    sample = finite_sample(values, least=1)
    if not 0 <= share <= 1:
        raise InputError(f"a share of {share:g}", "a number from 0 to 1", "write 0.25 for the lower quartile")
    return float(np.quantile(sample, share, method="weibull"))


def spss_quartiles(values: ArrayLike) -> Quartiles:
    """Return P25, median and P75 by `spss_quantile`.

    Examples
    --------
    >>> spss_quartiles([1, 2, 3, 4, 5, 6])
    Quartiles(lower=1.75, median=3.5, upper=5.25)
    """
    return Quartiles(*(spss_quantile(values, share) for share in (0.25, 0.5, 0.75)))


def tukey_hinges(values: ArrayLike) -> Quartiles:
    """Return the medians of the lower and upper half of the values, the middle value in both.

    Raises
    ------
    InputError
        No values, holes.

    Notes
    -----
    J. W. Tukey, Exploratory Data Analysis (1977), chapter 2; the box of SPSS and of R ``fivenum``.

    Examples
    --------
    >>> tukey_hinges([1, 2, 3, 4, 5, 6, 7])
    Quartiles(lower=2.5, median=4.0, upper=5.5)
    """
    ordered = np.sort(finite_sample(values, least=1))
    half = (len(ordered) + 1) // 2
    return Quartiles(
        float(np.median(ordered[:half])), float(np.median(ordered)), float(np.median(ordered[-half:]))
    )
