"""A group compared with itself: the tests of SciPy on the same data."""

import numpy as np
import pytest
from scipy import stats

from seedbed.cohort.analysis_rules import analysis_rules
from seedbed.cohort.changes import compare_times

VALUES = np.random.default_rng(2).normal(size=(12, 4)) + np.arange(4) * 0.5


def test_three_times_and_more() -> None:
    found = compare_times(VALUES, of=14, rules=analysis_rules())
    expected = stats.friedmanchisquare(*VALUES.T)
    assert (found.test, found.n, found.missing, found.df) == ("Friedman test", (12,), (2,), (3,))
    assert found.statistic == pytest.approx(expected.statistic)
    assert found.p_value == pytest.approx(expected.pvalue)


def test_two_times() -> None:
    found = compare_times(VALUES[:, :2], of=12, rules=analysis_rules())
    expected = stats.wilcoxon(VALUES[:, 0], VALUES[:, 1], correction=False, method="asymptotic")
    assert found.test == "Wilcoxon signed-rank test"
    assert found.p_value == pytest.approx(expected.pvalue)


@pytest.mark.parametrize("shape", [(0, 2), (0, 3), (1, 3)])
def test_too_few_patients(shape: tuple[int, int]) -> None:
    found = compare_times(np.zeros(shape), of=3, rules=analysis_rules())
    assert found.p_value is None
    assert found.note == f"not estimable: {'1' if shape[0] else 'no'} patient with a value at every time"
