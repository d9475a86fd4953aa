"""Which test a rule asks for, and what it gave: groups compared in classes and in numbers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from seedbed.cohort.analysis_rules import AnalysisRules
from seedbed.cohort.frame import FloatArray, IntArray
from seedbed.errors import SeedbedError
from seedbed.statistics.chi_square import chi_square
from seedbed.statistics.counts import clean_counts
from seedbed.statistics.exact import fisher_exact
from seedbed.statistics.monte_carlo import fisher_monte_carlo
from seedbed.statistics.ranks import kruskal_wallis, kruskal_wallis_from_counts
from seedbed.statistics.variance import anova

FISHER = "Fisher's exact test"
CHI_SQUARED = "Pearson's chi-squared test"
KRUSKAL = "Kruskal-Wallis test"
ANOVA = "one-way analysis of variance"
MOST_EXACT = 2000
"""Patients up to which every table is visited; beyond, tables are drawn (local rule)."""
SEED = 20250822
"""Of the random tables: the day on which the paper was published."""
NOT_COMPARED = "one group only: nothing to compare"
NOTHING_KNOWN = "no value is known"


@dataclass(frozen=True, kw_only=True)
class GroupTest:
    """A test, and what it gave.

    Attributes
    ----------
    test : str
    statistic : float or None
        H, F, chi-squared, ...; None for an exact test, and where there is no result.
    df : tuple of float
        Degrees of freedom; empty where there are none.
    p_value : float or None
    n, missing : tuple of int
        Patients of each group who were counted, and who were not.
    rule_ids : tuple of str
        The rules that chose the test.
    note : str
        Why there is no result, or what to know of it.
    about : str
        What was compared.
    events : int or None
        How many of the patients had the event, where the test is of an estimate from events.
    """

    test: str
    statistic: float | None = None
    df: tuple[float, ...] = ()
    p_value: float | None = None
    n: tuple[int, ...]
    missing: tuple[int, ...] = ()
    rule_ids: tuple[str, ...]
    note: str = ""
    about: str = ""
    events: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it for machines."""
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in vars(self).items()
        }


@dataclass(frozen=True)
class Found:
    """What a test gave.

    Attributes
    ----------
    p_value : float
    statistic : float or None
    df : tuple of float
    note : str
    """

    p_value: float
    statistic: float | None = None
    df: tuple[float, ...] = ()
    note: str = ""


def compare_classes(
    counts: IntArray, *, ordered: bool, missing: Sequence[int], rules: AnalysisRules
) -> GroupTest:
    """Compare groups in classes.

    Parameters
    ----------
    counts : ndarray of int, shape (groups, classes)
        Patients; the classes stand in their order, where they have one.
    ordered : bool
        Whether they have one: Kruskal and Wallis' test; else Fisher's or Pearson's by the rule.
    missing : sequence of int
        Patients of each group whose class is not known.
    rules : AnalysisRules

    Examples
    --------
    >>> from seedbed.cohort.analysis_rules import analysis_rules
    >>> table = np.array([[11, 3], [12, 13], [7, 6]])
    >>> found = compare_classes(table, ordered=False, missing=(0, 0, 0), rules=analysis_rules())
    >>> found.test, round(found.p_value, 3)
    ("Fisher's exact test", 0.195)
    """
    sizes = tuple(int(each) for each in counts.sum(axis=1))
    name, rule = (KRUSKAL, rules.ordered) if ordered else (_nominal_test(counts, rules), rules.nominal)
    method = {KRUSKAL: _kruskal_counts, FISHER: _fisher, CHI_SQUARED: _chi_squared}[name]
    about = GroupTest(test=name, n=sizes, missing=tuple(missing), rule_ids=(rule.id,))
    if len(sizes) > 1 and not any(sizes):
        return replace(about, note=f"not estimable: {NOTHING_KNOWN}")
    if len(sizes) > 1 and np.count_nonzero(sizes) < 2:
        return replace(about, note="not estimable: fewer than two groups have anyone")
    if len(sizes) > 1 and (counts.sum(axis=0) > 0).sum() == 1:
        return replace(about, note="not estimable: all are in one class")
    return _between(about, lambda: method(counts))


def expected_counts(counts: IntArray) -> FloatArray:
    """Return the counts that would be expected if all groups were alike, of rows and columns with anyone."""
    kept = counts[np.ix_(counts.sum(axis=1) > 0, counts.sum(axis=0) > 0)].astype(np.float64)
    return np.asarray(np.outer(kept.sum(axis=1), kept.sum(axis=0)) / max(kept.sum(), 1.0))


def _nominal_test(counts: IntArray, rules: AnalysisRules) -> str:
    expected = expected_counts(counts)
    small = bool((expected < rules.nominal.expected_below).any())
    return FISHER if small or counts.sum() <= rules.nominal.always_exact_up_to else CHI_SQUARED


def compare_numbers(
    samples: Sequence[FloatArray], *, normal: bool, missing: Sequence[int], rules: AnalysisRules
) -> GroupTest:
    """Compare groups in a number: means of normal ones, ranks of others.

    Parameters
    ----------
    samples : sequence of ndarray
        Known values of each group.
    normal : bool
    missing : sequence of int
    rules : AnalysisRules

    Examples
    --------
    >>> from seedbed.cohort.analysis_rules import analysis_rules
    >>> samples = [np.array([6.4, 6.8, 7.2]), np.array([2.5, 3.7, 4.9]), np.array([1.3, 4.1, 5.2])]
    >>> found = compare_numbers(samples, normal=False, missing=(0, 0, 0), rules=analysis_rules())
    >>> found.test, round(found.statistic, 3), found.df
    ('Kruskal-Wallis test', 5.422, (2,))
    """
    sizes = tuple(len(each) for each in samples)
    kept = [each for each in samples if len(each)]
    name, rule = (ANOVA, rules.normal) if normal else (KRUSKAL, rules.other)
    method = _anova if normal else _kruskal
    rule_ids = (rules.normality.id, rule.id)
    about = GroupTest(test=name, n=sizes, missing=tuple(missing), rule_ids=rule_ids)
    if len(sizes) > 1 and (why := _not_comparable(kept, by_means=normal)):
        return replace(about, note=f"not estimable: {why}")
    return _between(about, lambda: method(kept))


def _not_comparable(kept: Sequence[FloatArray], *, by_means: bool) -> str:
    """Say why the numbers of groups with anyone cannot be compared; empty where they can."""
    if not kept:
        return NOTHING_KNOWN
    if len(kept) == 1:
        return "values are known in one group only"
    if np.ptp(np.concatenate(kept)) == 0:
        return "all values are alike"
    if all(len(each) == 1 for each in kept):
        return "one value in each group"
    if by_means and all(np.ptp(each) == 0 for each in kept):
        return "all values within each group are alike"
    return ""


def run_or_note(about: GroupTest, method: Callable[[], Found]) -> GroupTest:
    """Run a test; what it refuses becomes a sentence.

    Parameters
    ----------
    about : GroupTest
        The test and the patients, without a result.
    method : callable
        Does it; a `SeedbedError` says why it cannot be done.
    """
    try:
        found = method()
    except SeedbedError as error:
        return replace(about, note=f"not estimable: {error.came}")
    return replace(about, statistic=found.statistic, df=found.df, p_value=found.p_value, note=found.note)


def _between(about: GroupTest, method: Callable[[], Found]) -> GroupTest:
    """Compare groups, where there are several; groups without anyone are named."""
    if len(about.n) < 2:
        return replace(about, note=NOT_COMPARED)
    tested = run_or_note(about, method)
    empty = sum(size == 0 for size in about.n)
    if tested.p_value is None or not empty:
        return tested
    groups = "1 group" if empty == 1 else f"{empty} groups"
    return replace(tested, note="; ".join(filter(None, (tested.note, f"{groups} without anyone left out"))))


def _fisher(counts: IntArray) -> Found:
    """Test exactly; where that cannot be, by random tables with a stated seed."""
    if counts.sum() <= MOST_EXACT:
        try:
            return Found(fisher_exact(counts).p_value)
        except SeedbedError:
            clean_counts(counts)  # a table in which nothing can be compared is refused here, in its own words
    found = fisher_monte_carlo(counts, seed=SEED)
    note = (
        f"estimated from {found.tables_drawn} random tables (seed {found.seed}), "
        f"99% limits {found.low:.2g} to {found.high:.2g}"
    )
    return Found(found.p_value, note=note)


def _chi_squared(counts: IntArray) -> Found:
    found = chi_square(counts)
    return Found(found.p_value, found.statistic, (found.df,))


def _kruskal_counts(counts: IntArray) -> Found:
    found = kruskal_wallis_from_counts(counts)
    return Found(found.p_value, found.statistic, (found.df,))


def _kruskal(samples: Sequence[FloatArray]) -> Found:
    found = kruskal_wallis(*samples)
    return Found(found.p_value, found.statistic, (found.df,))


def _anova(samples: Sequence[FloatArray]) -> Found:
    found = anova(*samples)
    return Found(found.p_value, found.statistic, (found.df_between, found.df_within))
