import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.stats import kruskal

from seedbed.errors import InputError
from seedbed.statistics import kruskal_wallis, kruskal_wallis_from_counts


def expand(table):
    return [np.repeat(np.arange(len(row)), row) for row in table]


@given(st.lists(st.lists(st.integers(0, 9), min_size=4, max_size=4), min_size=2, max_size=4))
@example([[7, 8, 0, 7], [7, 8, 0, 7], [7, 8, 0, 7]])
def test_counts_give_what_scipy_gives_for_each_patient(table):
    if (np.sum(table, 0) > 0).sum() < 2 or 0 in np.sum(table, 1):
        return
    expected = kruskal(*expand(table))
    found = kruskal_wallis_from_counts(table)
    assert found.statistic == pytest.approx(expected.statistic, abs=1e-9)
    # H of equal groups is 0 and p is 1; SciPy's H may be a rounding below zero, whose p is no number
    p_value = 1.0 if np.isnan(expected.pvalue) and found.statistic < 1e-9 else expected.pvalue
    assert found.p_value == pytest.approx(p_value, abs=1e-9)
    assert found.df == len(table) - 1


def test_the_direction_of_the_order_does_not_matter_but_the_order_does():
    table = np.array([[1, 2, 4, 2], [4, 6, 7, 1], [4, 7, 1, 1]])
    upwards = kruskal_wallis_from_counts(table).statistic
    assert kruskal_wallis_from_counts(table[:, ::-1]).statistic == pytest.approx(upwards)
    assert kruskal_wallis_from_counts(table[::-1]).statistic == pytest.approx(upwards)
    assert kruskal_wallis_from_counts(table[:, [1, 0, 3, 2]]).statistic != pytest.approx(upwards)


def test_two_classes_give_the_chi_squared_of_pearson_less_one_nth():
    # Closed form: with two classes H = X2 (N - 1) / N.
    table = np.array([[3, 6], [10, 8], [11, 2]])
    total = table.sum()
    expected = np.outer(table.sum(1), table.sum(0)) / total
    pearson = ((table - expected) ** 2 / expected).sum()
    assert kruskal_wallis_from_counts(table).statistic == pytest.approx(pearson * (total - 1) / total)


def test_equal_groups_give_zero_and_p_of_one():
    found = kruskal_wallis_from_counts([[2, 4], [2, 4], [2, 4]])
    assert found.statistic == pytest.approx(0, abs=1e-12)
    assert found.p_value == pytest.approx(1)


def test_an_empty_group_is_dropped_and_named():
    found = kruskal_wallis_from_counts([[3, 6], [0, 0], [11, 2]])
    assert (found.df, found.dropped_groups) == (1, (1,))


@given(st.lists(st.lists(st.integers(0, 5), min_size=1, max_size=8), min_size=2, max_size=4))
def test_values_give_what_scipy_gives(samples):
    if len({value for sample in samples for value in sample}) < 2:
        return
    assert kruskal_wallis(*samples).p_value == pytest.approx(kruskal(*samples).pvalue, abs=1e-9)


@pytest.mark.parametrize(
    "samples",
    [([1.0, 2.0], []), ([1.0, float("nan")], [2.0]), (["a"], [1.0]), ([1.0], [1.0]), ([1.0, 2.0],), ()],
)
def test_samples_that_cannot_be_ranked_are_refused(samples):
    with pytest.raises(InputError):
        kruskal_wallis(*samples)
