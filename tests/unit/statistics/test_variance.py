import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import f_oneway

from seedbed.errors import InputError
from seedbed.statistics import anova, anova_from_summary, anova_rounding_range

AGE = ([52.79, 60.60, 57.85], [17.27, 15.07, 15.61], [14, 25, 13])


def test_summaries_give_what_scipy_gives_for_each_patient():
    rng = np.random.default_rng(125)
    groups = [rng.normal(mean, 10, size) for mean, size in ((50, 14), (56, 25), (61, 13))]
    expected = f_oneway(*groups)
    summary = [[np.mean(g) for g in groups], [np.std(g, ddof=1) for g in groups], [len(g) for g in groups]]
    found = anova_from_summary(*summary)
    assert found.statistic == pytest.approx(expected.statistic, rel=1e-12)
    assert found.p_value == pytest.approx(expected.pvalue, rel=1e-12)
    assert (found.df_between, found.df_within) == (2, 49)


def test_the_witnesses_reach_the_ends_and_lie_in_the_box():
    found = anova_rounding_range(*AGE, mean_half=0.005, sd_half=0.005)
    low = anova_from_summary(found.low_means, found.low_sds, AGE[2])
    high = anova_from_summary(found.high_means, found.high_sds, AGE[2])
    assert (low.p_value, high.p_value) == (found.p_low, found.p_high)
    for means, sds in ((found.low_means, found.low_sds), (found.high_means, found.high_sds)):
        assert np.abs(means - AGE[0]).max() <= 0.005 + 1e-12
        assert np.abs(sds - AGE[1]).max() <= 0.005 + 1e-12


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(0, 3), min_size=3, max_size=3),
    st.lists(st.floats(0.5, 3), min_size=3, max_size=3),
    st.floats(0, 1),
    st.integers(0, 2**32 - 1),
)
def test_no_input_in_the_box_leaves_the_range(means, sds, half, seed):
    sizes, sd_half = [5, 9, 4], 0.3
    found = anova_rounding_range(means, sds, sizes, mean_half=half, sd_half=sd_half)
    rng = np.random.default_rng(seed)
    for _ in range(50):
        other = rng.uniform(-half, half, 3) + means, rng.uniform(-sd_half, sd_half, 3) + sds
        p_value = anova_from_summary(*other, sizes).p_value
        assert found.p_low - 1e-12 <= p_value <= found.p_high + 1e-12


def test_boxes_that_overlap_allow_equal_means_and_so_p_of_one():
    found = anova_rounding_range([1.0, 1.4, 1.8], [1, 1, 1], [5, 5, 5], mean_half=0.5, sd_half=0)
    assert found.high_means.tolist() == pytest.approx([found.high_means[0]] * 3)
    assert found.p_high == pytest.approx(1)


def test_no_rounding_leaves_one_value():
    found = anova_rounding_range(*AGE, mean_half=0, sd_half=0)
    point = anova_from_summary(*AGE).p_value
    assert found.p_low == pytest.approx(point, rel=1e-12)
    assert found.p_high == pytest.approx(point, rel=1e-12)


@pytest.mark.parametrize(
    ("means", "sds", "sizes"),
    [
        ([1], [1], [5]),
        ([1, 2], [1, 1, 1], [5, 5]),
        ([1, float("nan")], [1, 1], [5, 5]),
        ([1, 2], [1, -1], [5, 5]),
        ([1, 2], [1, 1], [5, 0]),
        ([1, 2], [1, 1], [5, 5.5]),
        ([1, 2], [0, 0], [5, 5]),
        ([1, 2], [1, 1], [1, 1]),
    ],
)
def test_what_is_no_summary_of_groups_is_refused(means, sds, sizes):
    with pytest.raises(InputError):
        anova_from_summary(means, sds, sizes)


def test_a_half_width_without_meaning_and_too_many_groups_are_refused():
    with pytest.raises(InputError, match="half width"):
        anova_rounding_range(*AGE, mean_half=-0.1, sd_half=0.005)
    many = [1.0] * 17
    with pytest.raises(InputError, match="at most 16"):
        anova_rounding_range(many, many, [3] * 17, mean_half=0.1, sd_half=0.1)


def test_values_and_their_summary_give_one_answer():
    groups = [[6.4, 6.8, 7.2], [2.5, 3.7, 4.9, 5.0], [1.3]]
    sds = [np.std(group, ddof=1) if len(group) > 1 else 0 for group in groups]
    summary = anova_from_summary([np.mean(group) for group in groups], sds, [3, 4, 1])
    assert anova(*groups).statistic == pytest.approx(summary.statistic, rel=1e-12)


@pytest.mark.parametrize(
    "groups", [[[1, 2]], [[1, 2], []], [[1, 2], [3, float("nan")]], [[1, 1], [2, 2]], [[1], [2]]]
)
def test_groups_without_an_answer_are_refused(groups):
    with pytest.raises(InputError):
        anova(*groups)
