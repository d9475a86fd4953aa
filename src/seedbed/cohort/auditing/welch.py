"""Welch's t-test from printed means and SDs, with the range that rounding leaves open."""

from itertools import product

import numpy as np
from scipy import stats

from seedbed.cohort.auditing.numbers import PrintedNumber
from seedbed.cohort.published import Comparison

POINTS = 9
"""Values tried between the ends of each rounded SD."""


def welch_p_range(comparison: Comparison) -> tuple[float, float]:
    """Return the smallest and largest p-value of Welch's test for two groups.

    The difference of the means is taken at its two ends; the SDs on a grid between theirs, because the
    degrees of freedom do not always fall with them.

    Examples
    --------
    >>> from seedbed.cohort.printed import PrintedP
    >>> from seedbed.cohort.published import Cell
    >>> def cell(group, name, text):
    ...     return Cell("x", "x", "mean_sd", "", group, 10, name, text, "")
    >>> printed = (("A", "mean", "5.0"), ("A", "sd", "1.0"), ("B", "mean", "6.0"), ("B", "sd", "1.0"))
    >>> cells = tuple(cell(*one) for one in printed)
    >>> both = Comparison("x", "x", "", "mean_sd", ("A", "B"), PrintedP.parse("0.04"), cells, "")
    >>> low, high = welch_p_range(both)
    >>> bool(low < stats.ttest_ind_from_stats(5, 1, 10, 6, 1, 10, equal_var=False).pvalue < high)
    True
    """
    numbers = {(c.group, c.statistic): PrintedNumber(c.text) for c in comparison.cells}
    sizes = {c.group: c.size for c in comparison.cells}
    one, two = comparison.groups
    first, second = numbers[one, "mean"], numbers[two, "mean"]
    ends = (first.low - second.high, first.high - second.low)
    apart = [min(abs(end) for end in ends) if ends[0] * ends[1] > 0 else 0, max(abs(end) for end in ends)]
    spreads = [
        np.linspace(max(float(sd.low), 1e-12), float(sd.high), POINTS)
        for sd in (numbers[one, "sd"], numbers[two, "sd"])
    ]
    found = [
        stats.ttest_ind_from_stats(float(gap), s, sizes[one], 0.0, t, sizes[two], equal_var=False).pvalue
        for gap, s, t in product(apart, *spreads)
    ]
    return float(min(found)), float(max(found))
