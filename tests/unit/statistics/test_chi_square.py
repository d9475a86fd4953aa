import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from seedbed.errors import InputError
from seedbed.statistics import chi_square, linear_by_linear

TABLES = st.tuples(st.integers(2, 4), st.integers(2, 4)).flatmap(
    lambda shape: st.lists(
        st.lists(st.integers(0, 30), min_size=shape[1], max_size=shape[1]),
        min_size=shape[0],
        max_size=shape[0],
    )
)


@given(TABLES)
def test_it_is_scipys_pearson_and_yates(table):
    counts = np.array(table)
    kept = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if min(kept.shape) < 2:
        with pytest.raises(InputError):
            chi_square(table)
        return
    found, theirs = chi_square(table), chi2_contingency(kept, correction=False)
    assert found.statistic == pytest.approx(theirs.statistic, abs=1e-9)
    assert (found.df, found.p_value) == (theirs.dof, pytest.approx(theirs.pvalue, rel=1e-9))
    assert found.small_cells == (theirs.expected_freq < 5).sum()
    if kept.shape == (2, 2):
        assert found.corrected_p_value == pytest.approx(chi2_contingency(kept).pvalue, rel=1e-9)


@given(TABLES)
def test_a_trend_turns_with_the_order_and_is_part_of_the_whole(table):
    try:
        one, two = linear_by_linear(table), linear_by_linear(table[::-1])
    except InputError:
        return
    assert two.correlation == pytest.approx(-one.correlation, abs=1e-12)
    assert np.isfinite(one.p_value)
    total = np.sum(table)
    assert one.statistic * total / (total - 1) <= chi_square(table).statistic + 1e-9


def test_scores_are_a_scale_without_unit():
    table = [[3, 4, 5], [1, 6, 9]]
    one, two = linear_by_linear(table), linear_by_linear(table, column_scores=[10, 30, 50])
    assert one.statistic == pytest.approx(two.statistic, rel=1e-12)


@pytest.mark.parametrize("scores", [[1, 2], [1, 1, 1], [1, 2, float("nan")]])
def test_scores_that_order_nothing_are_refused(scores):
    with pytest.raises(InputError):
        linear_by_linear([[3, 4, 5], [1, 6, 9]], column_scores=scores)
