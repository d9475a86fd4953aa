import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.statistics import holm, log_rank, pairwise_log_rank
from seedbed.statistics.log_rank import WEIGHTS

PATIENTS = st.lists(
    st.tuples(st.integers(0, 12), st.booleans(), st.sampled_from("abc")), min_size=4, max_size=40
)


def columns(patients):
    return tuple(zip(*patients, strict=True))


def tried(patients, **more):
    try:
        return log_rank(*columns(patients), **more)
    except InputError:
        return None


def test_two_groups_by_hand():
    # at 1: 1 of 4, a expects 1/2; at 2: 1 of 3, a expects 1/3; at 3: 1 of 2, a expects 1/2 -> O 1, E 4/3
    found = log_rank([1, 2, 3, 4], [1, 1, 1, 0], ["a", "b", "b", "a"])
    variance = 1 / 4 + 2 / 9 + 1 / 4
    assert found.observed == (1, 2)
    assert found.expected == pytest.approx((4 / 3, 5 / 3))
    assert found.statistic == pytest.approx((1 - 4 / 3) ** 2 / variance, rel=1e-12)


@given(PATIENTS, st.randoms(), st.sampled_from(WEIGHTS))
def test_order_and_names_are_irrelevant(patients, random, weights):
    one = tried(patients, weights=weights)
    other = dict(zip("abc", random.sample(["z", "9", "y"], 3), strict=True))
    renamed = [(time, event, other[group]) for time, event, group in patients]
    random.shuffle(renamed)
    two = tried(renamed, weights=weights)
    assert (one is None) == (two is None)
    if one is not None:
        assert two.statistic == pytest.approx(one.statistic, rel=1e-8, abs=1e-9)
        assert two.df == one.df


@given(PATIENTS)
def test_log_rank_depends_on_the_order_of_times_only(patients):
    one = tried(patients)
    two = tried([(np.exp(time), event, group) for time, event, group in patients])
    assert (one is None) == (two is None)
    if one is not None:
        assert two.statistic == pytest.approx(one.statistic, rel=1e-9, abs=1e-12)


@given(PATIENTS)
def test_observed_and_expected_have_one_sum_and_nothing_is_nan(patients):
    found = tried(patients)
    if found is not None:
        assert sum(found.observed) == pytest.approx(sum(found.expected))
        assert found.statistic >= -1e-9
        assert 0 <= found.p_value <= 1


def test_a_group_that_ended_before_the_first_event_is_named_and_not_counted():
    found = log_rank([1, 1, 3, 4, 5, 6], [0, 0, 1, 1, 1, 0], list("ccabab"))
    alone = log_rank([3, 4, 5, 6], [1, 1, 1, 0], list("abab"))
    assert found.never_at_risk == ("c",)
    assert (found.statistic, found.df) == (pytest.approx(alone.statistic, rel=1e-12), 1)


@pytest.mark.parametrize(
    ("times", "events", "groups"),
    [
        ([1, 2], [0, 0], "ab"),  # no event
        ([1, 2], [1, 1], "aa"),  # one group
        ([1, 1], [1, 1], "ab"),  # all at once: nothing is left open
    ],
)
def test_where_there_is_nothing_to_test_it_says_so(times, events, groups):
    with pytest.raises(InputError):
        log_rank(times, events, list(groups))


def test_pairs_are_the_two_groups_alone_and_adjusted_by_holm():
    times, events = [1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 1, 1, 1, 0, 1, 1, 1, 0]
    groups = list("aabbcbcca")
    pairs = pairwise_log_rank(times, events, groups)
    assert [(pair.first, pair.second) for pair in pairs] == [("a", "b"), ("a", "c"), ("b", "c")]
    chosen = [place for place, group in enumerate(groups) if group != "b"]
    alone = log_rank(*([column[place] for place in chosen] for column in (times, events, groups)))
    assert pairs[1].p_value == pytest.approx(alone.p_value, rel=1e-12)
    assert tuple(pair.holm_p_value for pair in pairs) == holm([pair.p_value for pair in pairs])


def test_a_pair_without_an_event_says_why():
    pairs = pairwise_log_rank([1, 2, 3, 4, 5, 6], [0, 0, 0, 0, 1, 1], list("aabbcc"))
    assert pairs[0].p_value is None
    assert "at risk when an event came" in pairs[0].reason


def test_an_unknown_weight_is_refused():
    with pytest.raises(InputError, match="did you mean 'gehan'"):
        log_rank([1, 2], [1, 1], ["a", "b"], weights="gehn")
