"""Numbers of the paper's tables, and values that have them as counts, means or quartiles.

The numbers are those of `seedbed.cohort.read_published`: Chen et al. 2025, doi 10.3389/fendo.2025.1587412.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from math import floor
from statistics import mean, stdev
from statistics import quantiles as exact_quantiles

import numpy as np
from numpy.random import Generator
from scipy.stats import norm

from seedbed.cohort import read_published

QUARTERS = (0.25, 0.5, 0.75)
STEP = 0.04
"""Distances are multiples of it, so that quartiles between two values are whole hundredths."""


@cache
def _cells() -> dict[tuple[str, str, str, str], float]:
    return {
        (cell.id, cell.group, cell.level, cell.statistic): cell.value
        for cell in read_published().cells
        if cell.statistic != "p_value"
    }


def printed_counts(line: str, group: str) -> dict[str, int]:
    """Patients of a group by class."""
    return {
        level: int(value)
        for (name, column, level, statistic), value in _cells().items()
        if (name, column, statistic) == (line, group, "count")
    }


def printed_moments(line: str, group: str) -> tuple[float, float]:
    """Mean and standard deviation of a group."""
    return _cells()[line, group, "", "mean"], _cells()[line, group, "", "sd"]


@cache
def printed_quartiles(line: str, group: str) -> tuple[float, float, float]:
    """Lower quartile, median and upper quartile of a group, put in order.

    Two medians of group A are printed below their lower quartile; the two are read the other way round.
    """
    found = [
        value
        for (name, column, _, statistic), value in _cells().items()
        if (name, column) == (line, group) and statistic in ("median", "p25", "p75")
    ]
    low, middle, high = sorted(found)
    return low, middle, high


def quartiles(values: Iterable[float]) -> tuple[float, float, float]:
    """Quartiles as SPSS has them: at the place (n + 1) p of the values in order."""
    low, middle, high = exact_quantiles(values, n=4, method="exclusive")
    return low, middle, high


def dealt(line: str, group: str, *, rng: Generator) -> list[str]:
    """Return the class of each patient of a group, in any order."""
    levels = [level for level, count in printed_counts(line, group).items() for _ in range(count)]
    return [levels[place] for place in rng.permutation(len(levels))]


def with_quartiles(
    size: int, wanted: Sequence[float], *, ends: Sequence[float], digits: int = 2
) -> list[float]:
    """Return rising values from one end to the other with these quartiles by (n + 1) p."""
    known = {1: ends[0], size: ends[1]}
    between = (ends[0], *wanted, ends[1])
    for number, share in enumerate(QUARTERS):
        place = share * (size + 1)
        before, value, after = between[number : number + 3]
        gap = 4 * min(value - before, after - value) / (size + 1)
        gap = floor(gap / STEP) * STEP
        part = place - floor(place)
        known[floor(place)] = value - gap * part
        known[floor(place) + 1] = value + gap * (1 - part)
    places = sorted(known)
    every = np.interp(range(1, size + 1), places, [known[place] for place in places])
    return [round(float(value), digits) for value in every]


def whole_numbers(
    size: int, moments: tuple[float, float], *, ends: tuple[int, int], rng: Generator
) -> list[int]:
    """Return whole numbers, in any order, whose mean and standard deviation round to those printed.

    They start as quantiles of the normal distribution; pairs then move apart or together by one.
    """
    wanted, spread = moments
    aimed = [wanted + spread * norm.ppf((number + 0.5) / size) for number in range(size)]
    values = [min(max(round(value), ends[0]), ends[1]) for value in aimed]
    for _ in range(abs(left := round(wanted * size) - sum(values))):
        values[rng.integers(size)] += 1 if left > 0 else -1
    while round(stdev(values), 2) != spread:
        one, other = (int(place) for place in rng.choice(size, 2, replace=False))
        moved = list(values)
        moved[one] += 1
        moved[other] -= 1
        inside = ends[0] <= min(moved) and max(moved) <= ends[1]
        if inside and abs(stdev(moved) - spread) <= abs(stdev(values) - spread) + 0.05 * rng.random():
            values = moved
    return [values[place] for place in rng.permutation(size)]


def with_moments(heights_m: Sequence[float], moments: tuple[float, float], *, rng: Generator) -> list[float]:
    """Return weights, kg to one digit, whose body mass indices have the mean and deviation printed."""
    size, (wanted, spread) = len(heights_m), moments
    order = rng.permutation(size)
    aimed = [wanted + spread * norm.ppf((place + 0.5) / size) for place in order]
    tenths = [round(10 * bmi * height**2) for bmi, height in zip(aimed, heights_m, strict=True)]

    def off(trial: Sequence[int]) -> tuple[float, bool]:
        indices = [weight / 10 / height**2 for weight, height in zip(trial, heights_m, strict=True)]
        close = (round(mean(indices), 2), round(stdev(indices), 2)) == moments
        return abs(mean(indices) - wanted) + abs(stdev(indices) - spread), close

    while not off(tenths)[1]:
        trial = list(tenths)
        trial[rng.integers(size)] += int(rng.choice((-1, 1)))
        if off(trial)[0] <= off(tenths)[0] + 0.002 * rng.random():
            tenths = trial
    return [weight / 10 for weight in tenths]
