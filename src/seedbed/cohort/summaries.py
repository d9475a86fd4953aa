"""Numbers of a group in one cell: mean and standard deviation, or median and quartiles."""

from collections.abc import Sequence
from math import ceil, floor

import numpy as np

from seedbed.cohort.analysis_rules import AnalysisRules
from seedbed.cohort.frame import FloatArray, IntArray
from seedbed.cohort.tables import Cell, number_text
from seedbed.cohort.variables import Variable
from seedbed.errors import SeedbedError
from seedbed.statistics.normality import MOST_VALUES, shapiro_wilk
from seedbed.statistics.quantiles import spss_quartiles

BOUNDS = {"<": ceil, ">": floor}
"""How the bounds of a quartile that rests on values beyond a limit are rounded."""


def are_normal(samples: Sequence[FloatArray], rules: AnalysisRules) -> bool:
    """Tell whether the rule takes numbers as normal: no group may speak against it.

    A group without spread, with too few values to say, or with more than 5000, for which the test has no
    p-value, speaks against it.

    Examples
    --------
    >>> import numpy as np
    >>> from seedbed.cohort.analysis_rules import analysis_rules
    >>> are_normal([np.array([90.0, 90.0, 90.0, 90.0])], analysis_rules())
    False
    """
    decides = rules.normality.decides
    if decides != "Shapiro-Wilk":
        return decides == "always normal"
    known = [each for each in samples if len(each)]
    return bool(known) and all(_is_normal(each, rules) for each in known)


def _is_normal(sample: FloatArray, rules: AnalysisRules) -> bool:
    if len(sample) > MOST_VALUES:
        return False
    try:
        return len(sample) >= rules.normality.fewest and shapiro_wilk(sample).p_value >= rules.normality.alpha
    except SeedbedError:  # no spread: nothing that a mean and a standard deviation would tell
        return False


def summary_note(normal: bool) -> str:
    """Say what the cells hold."""
    return "mean ± SD" if normal else "median (P25, P75)"


def number_cell(sample: FloatArray, known: Variable, *, normal: bool, beyond: IntArray | None = None) -> Cell:
    """Summarise the known values of one group.

    Parameters
    ----------
    sample : ndarray of float, shape (values,)
    known : Variable
    normal : bool
    beyond : ndarray of int, shape (values,), or None
        -1 for a value below that number, 1 for one above it, 0 for a measured one: a median or quartile
        that rests on such a value is printed with < or >.

    Examples
    --------
    >>> import numpy as np
    >>> from seedbed.cohort.variables import variable
    >>> number_cell(np.array([80.0, 90.0, 90.0]), variable("kps"), normal=False).text
    '90 (80,90)'
    >>> number_cell(np.array([61.0]), variable("age_years"), normal=True).text
    '61.00 (n=1, no SD)'
    >>> tg = np.array([0.04, 0.04, 0.5, 2.0, 9.0])
    >>> number_cell(tg, variable("tg_0"), normal=False, beyond=np.array([-1, -1, 0, 0, 1])).text
    '0.50 (<0.04,>5.50)'
    """
    if len(sample) == 0:
        return Cell("not estimable: no value is known", {"n": 0})
    return _mean(sample, known.decimals) if normal else _median(sample, known.decimals, beyond)


def _mean(sample: FloatArray, decimals: int) -> Cell:
    decimals = max(decimals, 2)
    mean = float(sample.mean())
    if len(sample) == 1:
        return Cell(f"{number_text(mean, decimals)} (n=1, no SD)", {"n": 1, "mean": mean, "sd": None})
    sd = float(sample.std(ddof=1))
    text = f"{number_text(mean, decimals)} ± {number_text(sd, decimals)}"
    return Cell(text, {"n": len(sample), "mean": mean, "sd": sd})


def _median(sample: FloatArray, decimals: int, beyond: IntArray | None) -> Cell:
    found = _quartiles(sample)
    signs = ("", "", "") if beyond is None else _signs(sample, beyond)
    low, middle, high = (_shown(each, decimals, sign) for sign, each in zip(signs, found, strict=True))
    numbers: dict[str, float | None] = dict(zip(("p25", "median", "p75"), found, strict=True))
    numbers = {"n": len(sample), **numbers}
    if beyond is not None and any(signs):
        numbers["beyond"] = int(np.count_nonzero(beyond))
    return Cell(f"{middle} ({low},{high})", numbers)


def _quartiles(sample: FloatArray) -> tuple[float | None, float | None, float | None]:
    found = spss_quartiles(sample)
    return found.lower, found.median, found.upper


def _shown(value: float | None, decimals: int, sign: str) -> str:
    """Write a number with its sign; a bound is rounded outwards, so that it holds as it is printed."""
    if value is None or sign not in BOUNDS:
        return f"{sign}{number_text(value, decimals)}"
    scale = 10.0**decimals
    return f"{sign}{number_text(BOUNDS[sign](round(value * scale, 6)) / scale, decimals)}"


def _signs(sample: FloatArray, beyond: IntArray) -> tuple[str, str, str]:
    """Tell which quartiles move where values beyond a limit move away from it, and to which side."""
    far = float(np.ptp(sample)) + 1.0
    here = _quartiles(sample)
    below, above = (_quartiles(sample + side * far * (beyond == side)) for side in (-1, 1))
    signs = [
        f"{'<' * (under != at)}{'>' * (over != at)}"
        for at, under, over in zip(here, below, above, strict=True)
    ]
    return signs[0], signs[1], signs[2]
