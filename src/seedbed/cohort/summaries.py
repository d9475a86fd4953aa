"""Numbers of a group in one cell: mean and standard deviation, or median and quartiles."""

from collections.abc import Sequence

from seedbed.cohort.analysis_rules import AnalysisRules
from seedbed.cohort.frame import FloatArray
from seedbed.cohort.tables import Cell, number_text
from seedbed.cohort.variables import Variable
from seedbed.errors import SeedbedError
from seedbed.statistics.normality import MOST_VALUES, shapiro_wilk
from seedbed.statistics.quantiles import spss_quartiles


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


def number_cell(sample: FloatArray, known: Variable, *, normal: bool) -> Cell:
    """Summarise the known values of one group.

    Examples
    --------
    >>> import numpy as np
    >>> from seedbed.cohort.variables import variable
    >>> number_cell(np.array([80.0, 90.0, 90.0]), variable("kps"), normal=False).text
    '90 (80,90)'
    >>> number_cell(np.array([61.0]), variable("age_years"), normal=True).text
    '61.00 (n=1, no SD)'
    """
    if len(sample) == 0:
        return Cell("not estimable: no value is known", {"n": 0})
    return _mean(sample, known.decimals) if normal else _median(sample, known.decimals)


def _mean(sample: FloatArray, decimals: int) -> Cell:
    decimals = max(decimals, 2)
    mean = float(sample.mean())
    if len(sample) == 1:
        return Cell(f"{number_text(mean, decimals)} (n=1, no SD)", {"n": 1, "mean": mean, "sd": None})
    sd = float(sample.std(ddof=1))
    text = f"{number_text(mean, decimals)} ± {number_text(sd, decimals)}"
    return Cell(text, {"n": len(sample), "mean": mean, "sd": sd})


def _median(sample: FloatArray, decimals: int) -> Cell:
    found = spss_quartiles(sample)
    low, middle, high = found.lower, found.median, found.upper
    text = f"{number_text(middle, decimals)} ({number_text(low, decimals)},{number_text(high, decimals)})"
    return Cell(text, {"n": len(sample), "median": middle, "p25": low, "p75": high})
