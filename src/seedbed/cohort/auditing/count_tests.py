"""The p-values that usual tests give for one table of counts."""

from collections.abc import Sequence
from math import comb
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from seedbed.statistics.chi_square import chi_square, linear_by_linear
from seedbed.statistics.exact import fisher_exact
from seedbed.statistics.ranks import kruskal_wallis_from_counts

Counts = np.ndarray[Any, np.dtype[np.int64]]

FISHER, CHI_SQUARE, YATES, LIKELIHOOD, KRUSKAL, UNTIED, MANN_WHITNEY, ONE_SIDED, TREND = (
    "Fisher's exact test",
    "Pearson's chi-squared test",
    "chi-squared test with Yates' continuity correction",
    "likelihood-ratio chi-squared test",
    "Kruskal-Wallis test",
    "Kruskal-Wallis test without correction for ties",
    "Mann-Whitney test with continuity correction",
    "one-sided Fisher's exact test",
    "linear-by-linear test for trend",
)
ANOVA, WELCH = "one-way analysis of variance", "Welch's t-test"

NAMED: Final = {
    "fisher": (FISHER,),
    "yates": (YATES,),
    "continuity": (YATES, MANN_WHITNEY),
    "likelihood": (LIKELIHOOD,),
    "chi": (CHI_SQUARE, YATES),
    "kruskal": (KRUSKAL,),
    "mann": (KRUSKAL, MANN_WHITNEY),
    "rank-sum": (KRUSKAL, MANN_WHITNEY),
    "trend": (TREND,),
    "linear-by-linear": (TREND,),
    "welch": (WELCH,),
    "variance": (ANOVA,),
    "anova": (ANOVA,),
    "t-test": (ANOVA, WELCH),
    "t test": (ANOVA, WELCH),
}
"""Words by which a paper names a test, and the tests that these words cover in usual software. For two groups
the t-test is the analysis of variance and the rank-sum test the Kruskal-Wallis test."""


MOST_FILLINGS, MOST_PATIENTS = 1e10, 100_000
"""Tables with more ways to fill their columns, or more patients, are not given to Fisher's test: minutes."""


def fillings(counts: ArrayLike) -> float:
    """Return in how many ways the columns but the largest can be dealt to the rows: a bound on the work.

    Examples
    --------
    >>> fillings([[7, 7], [8, 17], [4, 9]])  # 19 men on three groups
    210.0
    """
    table = np.asarray(counts)
    columns = sorted(int(total) for total in table.sum(axis=0))[:-1]
    return float(np.prod([float(comb(total + len(table) - 1, len(table) - 1)) for total in columns]))


def named_tests(text: str) -> tuple[str, ...]:
    """Return the tests that a paper's words mean; none where nothing here computes it.

    Examples
    --------
    >>> named_tests("Fisher exact"), named_tests("Friedman test")
    (("Fisher's exact test",), ())
    """
    folded = text.casefold().replace("'", "").replace("’", "").replace("‐", "-").replace("–", "-")
    return next((tests for word, tests in NAMED.items() if word in folded), ())


def count_p_values(table: Sequence[Sequence[int]], *, ordered: bool = False) -> dict[str, float]:
    """Return p by test for a table of counts, a row for each group.

    Empty rows and columns are left out. Tests for 2 by 2 tables are given for those alone, the test for trend
    where the classes are ordered, Fisher's test where it does not take minutes.

    Returns
    -------
    dict
        Empty where fewer than two groups or classes hold anybody.

    Raises
    ------
    InputError
        The table is no table of counts.

    Examples
    --------
    >>> {name: round(p, 3) for name, p in count_p_values([[11, 3], [12, 13], [7, 6]]).items()
    ...  if name in (FISHER, CHI_SQUARE)}
    {"Fisher's exact test": 0.195, "Pearson's chi-squared test": 0.17}
    """
    counts = np.asarray(table, dtype=np.int64)
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if min(counts.shape) < 2:
        return {}
    pearson, ranked = chi_square(counts), kruskal_wallis_from_counts(counts)
    untied = ranked.statistic * _tie_factor(counts)
    exact = fillings(counts) <= MOST_FILLINGS and counts.sum() <= MOST_PATIENTS
    found = {FISHER: fisher_exact(counts).p_value} if exact else {}
    found |= {
        CHI_SQUARE: pearson.p_value,
        LIKELIHOOD: float(stats.chi2_contingency(counts, correction=False, lambda_="log-likelihood").pvalue),
        KRUSKAL: ranked.p_value,
        UNTIED: float(stats.chi2.sf(untied, ranked.df)),
    }
    if pearson.corrected_p_value is not None:
        found[YATES] = pearson.corrected_p_value
        found[ONE_SIDED] = min(
            float(stats.fisher_exact(counts, alternative=one).pvalue) for one in ("less", "greater")
        )
    if len(counts) == 2:
        scores = [np.repeat(np.arange(counts.shape[1]), row) for row in counts]
        found[MANN_WHITNEY] = float(stats.mannwhitneyu(*scores, method="asymptotic").pvalue)
    if ordered or counts.shape[1] == 2:
        found[TREND] = linear_by_linear(table).p_value
    return found


def _tie_factor(counts: Counts) -> float:
    """Return 1 - sum(t^3 - t) / (N^3 - N), by which the Kruskal-Wallis statistic is divided for ties."""
    ties, total = counts.sum(axis=0).astype(float), float(counts.sum())
    return 1 - float((ties**3 - ties).sum()) / (total**3 - total)
