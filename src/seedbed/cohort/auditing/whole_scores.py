"""Means and standard deviations that n whole-number scores cannot have: GRIM, GRIMMER and DEBIT.

GRIM: Brown NJL, Heathers JAJ. The GRIM test. Soc. Psychol. Personal. Sci. 8 (2017) 363-369, doi
10.1177/1948550616673876. GRIMMER: Anaya J. (2016) and Allard A. Analytic-GRIMMER (2018). DEBIT: Heathers JAJ,
Brown NJL. DEBIT: a simple consistency test for binary data (2019), osf.io/5vb3u.
"""

from fractions import Fraction
from typing import Final

from seedbed.cohort.auditing.numbers import PrintedNumber, whole_between

ONE: Final = Fraction(1)


def sums_of(mean: PrintedNumber, n: int, *, step: Fraction = ONE) -> range:
    """Return the sums, in steps, that n scores of this printed mean may have (GRIM); empty: impossible.

    Examples
    --------
    >>> list(sums_of(PrintedNumber("5.18"), 28)), list(sums_of(PrintedNumber("5.19"), 28))
    ([145], [])
    """
    return whole_between(mean.low * n / step, mean.high * n / step)


def mean_has_power(mean: PrintedNumber, n: int, *, step: Fraction = ONE) -> bool:
    """Tell whether some printed mean would be impossible: neighbours lie more than one unit apart."""
    return step / n > mean.unit


def sd_is_possible(
    mean: PrintedNumber, sd: PrintedNumber, n: int, *, step: Fraction = ONE, population: bool = False
) -> bool:
    """Tell whether n scores can have this printed mean and SD (GRIMMER).

    The sum of squares is a whole number, is even or odd as the sum is, and is at least what scores as equal
    as possible have. Each is necessary; together they do not quite suffice.

    Parameters
    ----------
    mean, sd : PrintedNumber
    n : int
        2 or more.
    step : Fraction
        Step of the scores.
    population : bool
        Whether the SD divides by n instead of n - 1.

    Examples
    --------
    >>> sd_is_possible(PrintedNumber("7.3"), PrintedNumber("2.51"), 12)
    False
    >>> sd_is_possible(PrintedNumber("3.50"), PrintedNumber("0.71"), 2)
    True
    """
    return any(
        _squares(total, sd, n, step=step, population=population) for total in sums_of(mean, n, step=step)
    )


def _squares(total: int, sd: PrintedNumber, n: int, *, step: Fraction, population: bool) -> bool:
    """Tell whether a whole number of the right parity lies where the sum of squares must."""
    divisor = n if population else n - 1
    low, high = max(sd.low, Fraction(0)) / step, sd.high / step
    base = Fraction(total * total, n)
    each, more = divmod(total, n)
    least = (n - more) * each**2 + more * (each + 1) ** 2
    found = whole_between(max(low**2 * divisor + base, Fraction(least)), high**2 * divisor + base)
    return any(square % 2 == total % 2 for square in found[:2])


def sd_has_power(sd: PrintedNumber, n: int, *, step: Fraction = ONE) -> bool:
    """Tell whether the interval of the sum of squares is too short to hold both an even and an odd number."""
    low, high = max(sd.low, Fraction(0)) / step, sd.high / step
    return (high**2 - low**2) * (n - 1) < 2


def binary_sd_is_possible(mean: PrintedNumber, sd: PrintedNumber, n: int) -> bool:
    """Tell whether n answers of 0 or 1 can have this printed mean and SD (DEBIT).

    The SD of k ones among n is ``sqrt(n / (n - 1) * k/n * (1 - k/n))``.

    Examples
    --------
    >>> binary_sd_is_possible(PrintedNumber("0.35"), PrintedNumber("0.18"), 20)
    False
    >>> binary_sd_is_possible(PrintedNumber("0.35"), PrintedNumber("0.49"), 20)
    True
    """
    return any(
        max(sd.low, Fraction(0)) ** 2 <= Fraction(k * (n - k), n * (n - 1)) <= sd.high**2
        for k in sums_of(mean, n)
        if 0 <= k <= n
    )


def largest_sd_squared(mean: PrintedNumber, n: int, *, low: Fraction, high: Fraction) -> Fraction:
    """Return the largest variance of n values between two ends with this mean (Bhatia and Davis 2000).

    Examples
    --------
    >>> largest_sd_squared(PrintedNumber("5"), 2, low=Fraction(0), high=Fraction(10))
    Fraction(50, 1)
    """
    middle = min(max((low + high) / 2, mean.low), mean.high)
    return Fraction(n, n - 1) * max((high - middle) * (middle - low), Fraction(0))
