"""Whether values may come from a normal distribution: Shapiro and Wilk, and Lilliefors as SPSS prints it."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import exp, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from seedbed.errors import InputError
from seedbed.statistics.counts import FloatArray
from seedbed.statistics.samples import finite_sample
from seedbed.tables import read_table

MOST_VALUES = 5000
"""Values up to which the approximation of Shapiro and Wilk's p-value was worked out (Royston 1995)."""


@dataclass(frozen=True)
class NormalityResult:
    """Outcome of a test of normality.

    Attributes
    ----------
    values : int
    statistic : float
        W of Shapiro and Wilk, or D of Lilliefors.
    p_value : float
    at_least : bool
        True where the p-value is `p_value` or more: SPSS then prints .200 with a star.
    """

    values: int
    statistic: float
    p_value: float
    at_least: bool = False


def shapiro_wilk(values: ArrayLike) -> NormalityResult:
    """Test normality by Shapiro and Wilk.

    Parameters
    ----------
    values : array_like
        3 to 5000 finite numbers, not all alike.

    Raises
    ------
    InputError
        Other numbers of values, holes, no spread.

    Notes
    -----
    S. S. Shapiro and M. B. Wilk, Biometrika 52 (1965) 591-611, doi 10.1093/biomet/52.3-4.591; p-value by P.
    Royston, Appl. Statist. 44 (1995) 547-551, doi 10.2307/2986146; by SciPy.

    Examples
    --------
    >>> found = shapiro_wilk([148, 154, 158, 160, 161, 162, 166, 170, 182, 195, 236])
    >>> round(found.statistic, 3), round(found.p_value, 4)
    (0.789, 0.0067)
    """
    from scipy.stats import shapiro

    sample = _spread(values, least=3)
    if len(sample) > MOST_VALUES:
        raise InputError(f"{len(sample)} values", f"at most {MOST_VALUES}", "look at a histogram instead")
    statistic, p_value = shapiro((sample - np.median(sample)) / np.ptp(sample))
    return NormalityResult(len(sample), min(float(statistic), 1.0), min(float(p_value), 1.0))


def lilliefors(values: ArrayLike) -> NormalityResult:
    """Test normality by the largest distance between the shares and the normal curve of the sample.

    The p-value up to 0.1 is the formula of Dallal and Wilkinson, from there to 0.2 a straight line to
    their table, and above it is 0.2 "or more": as SPSS.

    Parameters
    ----------
    values : array_like
        4 finite numbers or more, not all alike.

    Raises
    ------
    InputError
        Fewer values, holes, no spread.

    Notes
    -----
    H. W. Lilliefors, J. Am. Stat. Assoc. 62 (1967) 399-402, doi 10.1080/01621459.1967.10482916; G. E. Dallal
    and L. Wilkinson, Am. Stat. 40 (1986) 294-296, doi 10.1080/00031305.1986.10475419.

    Examples
    --------
    >>> found = lilliefors([148, 154, 158, 160, 161, 162, 166, 170, 182, 195, 236])
    >>> round(found.statistic, 3), round(found.p_value, 3), found.at_least
    (0.259, 0.037, False)
    """
    sample = np.sort(_spread(values, least=4))
    n = len(sample)
    share = ndtr((sample - sample.mean()) / sample.std(ddof=1))
    place = np.arange(n)
    distance = float(max(((place + 1) / n - share).max(), (share - place / n).max()))
    p_value = _lilliefors_p(distance, n)
    return NormalityResult(n, distance, min(p_value, 0.2), at_least=p_value >= 0.2)


def _lilliefors_p(distance: float, n: int) -> float:
    if n <= 100:
        a, b = -7.01256 * (n + 2.78019), 2.99587 * sqrt(n + 2.78019)
        c = 2.1804661 + 0.974598 / sqrt(n) + 1.67997 / n
    else:
        a, b, c = -7.90289126054 * n**0.98, 3.180370175721 * n**0.49, 2.2947256
    tenth = (-b - sqrt(b * b - 4 * a * c)) / (2 * a)  # the formula is exp(a D^2 + b D + c) / 10
    if distance >= tenth:
        return exp(a * distance**2 + b * distance + c) / 10
    fifth = _critical_at_fifth(n)
    return 0.1 + 0.1 * (tenth - distance) / (tenth - fifth) if distance > fifth else 0.2


def _critical_at_fifth(n: int) -> float:
    """Return the critical value at 0.2, between the sizes of the table straight in 1 / sqrt(n)."""
    sizes, critical = _table()
    if n > sizes[-1]:
        return float(critical[-1] * sqrt(sizes[-1] / n))
    return float(np.interp(-1 / sqrt(n), -1 / np.sqrt(sizes), critical))


@cache
def _table() -> tuple[FloatArray, FloatArray]:
    table = read_table(files("seedbed.statistics") / "lilliefors_d20.csv")
    rows = [(float(row["n"]), float(row["d"])) for row in table.rows]
    sizes, critical = np.array(rows).T
    return sizes, critical


def _spread(values: ArrayLike, *, least: int) -> FloatArray:
    sample = finite_sample(values, least=least)
    if np.ptp(sample) <= 1e-12 * np.abs(sample).max():
        raise InputError(
            f"{len(sample)} values that are all alike", "values with a spread", "say that all are alike"
        )
    return sample
