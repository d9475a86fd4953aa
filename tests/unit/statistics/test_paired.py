from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from seedbed.errors import InputError
from seedbed.statistics import friedman, wilcoxon_signed_rank

PAIRS = st.lists(st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=1, max_size=30)
TABLE = st.integers(2, 4).flatmap(
    lambda k: st.lists(st.tuples(*[st.integers(0, 6)] * k), min_size=2, max_size=20)
)


@given(st.lists(st.integers(1, 60), min_size=1, max_size=10, unique=True), st.data())
def test_exact_p_is_the_share_of_all_signs(sizes, data):
    signs = data.draw(st.lists(st.sampled_from([-1, 1]), min_size=len(sizes), max_size=len(sizes)))
    differences = np.array(sizes) * signs
    ranks = np.argsort(np.argsort(sizes)) + 1
    half = ranks.sum() / 2
    own = abs(ranks[differences > 0].sum() - half)
    sums = [abs(ranks @ np.array(chosen) - half) for chosen in product((0, 1), repeat=len(sizes))]
    expected = np.mean(np.array(sums) >= own - 1e-9)
    assert wilcoxon_signed_rank(np.zeros(len(sizes)), differences).exact_p_value == pytest.approx(expected)


@given(PAIRS, st.randoms())
def test_order_is_irrelevant_and_exchange_turns_the_sign(pairs, random):
    if all(one == two for one, two in pairs):
        return
    one = wilcoxon_signed_rank(*zip(*pairs, strict=True))
    random.shuffle(pairs)
    two = wilcoxon_signed_rank(*reversed(list(zip(*pairs, strict=True))))
    assert two.z == pytest.approx(-one.z, abs=1e-12)
    assert two.p_value == pytest.approx(one.p_value)
    assert one.positive_rank_sum + one.negative_rank_sum == one.pairs * (one.pairs + 1) / 2
    assert one.pairs + one.zeros == len(pairs)


@given(PAIRS)
def test_the_variance_is_that_of_ranks_with_signs_at_random(pairs):
    # each rank counts with chance one half: variance of the sum is a quarter of the sum of squared ranks
    differences = np.array([two - one for one, two in pairs if one != two])
    if len(differences) == 0:
        return
    ranks = rankdata(np.abs(differences))
    z = (ranks[differences > 0].sum() - ranks.sum() / 2) / np.sqrt((ranks**2).sum() / 4)
    assert wilcoxon_signed_rank(*zip(*pairs, strict=True)).z == pytest.approx(z, abs=1e-9)


def test_differences_that_differ_by_rounding_only_are_tied():
    # 0.3 - 0.1 and 0.4 - 0.2 are not equal in binary
    found = wilcoxon_signed_rank([0.1, 0.2, 1.0], [0.3, 0.4, 0.7])
    whole = wilcoxon_signed_rank([1, 2, 10], [3, 4, 7])
    assert (found.z, found.exact_p_value) == (whole.z, None)


@given(TABLE, st.randoms())
def test_friedman_does_not_depend_on_the_order_of_patients_or_times(table, random):
    try:
        one = friedman(*zip(*table, strict=True))
    except InputError:
        assert all(len(set(row)) == 1 for row in table)
        return
    random.shuffle(table)
    two = friedman(*reversed(list(zip(*table, strict=True))))
    assert two.statistic == pytest.approx(one.statistic, abs=1e-9)
    assert sum(one.mean_ranks) == pytest.approx(len(table[0]) * (len(table[0]) + 1) / 2)
    assert np.isfinite(one.p_value)


def test_friedman_of_patients_who_all_agree_by_hand():
    # ranks 1, 2, 3 in each of 4: the largest value, n (k - 1)
    assert friedman([1, 2, 1, 0], [2, 3, 5, 4], [7, 8, 6, 9]).statistic == pytest.approx(8)


@pytest.mark.parametrize(
    ("first", "second"),
    [([1, 2], [1, 2]), ([], []), ([1], [1, 2]), ([1, float("nan")], [1, 2]), (["a"], ["b"])],
)
def test_pairs_without_an_answer_are_refused(first, second):
    with pytest.raises(InputError):
        wilcoxon_signed_rank(first, second)


@pytest.mark.parametrize(
    "times",
    [[], [[1, 2]], [[1, 2], [1]], [[1, 2], [1, 2], [1, 2]], [[1], [2], [3]], [[1, float("nan")], [1, 2]]],
)
def test_times_without_an_answer_are_refused(times):
    with pytest.raises(InputError):
        friedman(*times)
