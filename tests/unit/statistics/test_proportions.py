import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from seedbed.errors import InputError
from seedbed.statistics import exact_proportion, wilson_proportion

COUNTS = st.integers(1, 60).flatmap(lambda patients: st.tuples(st.integers(0, patients), st.just(patients)))


@given(COUNTS)
def test_exact_limits_are_those_at_which_the_tail_has_two_and_a_half_percent(counts):
    events, patients = counts
    found = exact_proportion(events, patients)
    if events > 0:
        assert binom.sf(events - 1, patients, found.low) == pytest.approx(0.025, rel=1e-6)
    if events < patients:
        assert binom.cdf(events, patients, found.high) == pytest.approx(0.025, rel=1e-6)


@given(COUNTS)
def test_wilson_limits_are_those_at_which_the_score_is_1_96(counts):
    events, patients = counts
    found = wilson_proportion(events, patients)
    for limit in (found.low, found.high):
        if 0 < limit < 1:
            score = abs(found.share - limit) / (limit * (1 - limit) / patients) ** 0.5
            assert score == pytest.approx(1.959963985, rel=1e-6)


@given(COUNTS, st.sampled_from([exact_proportion, wilson_proportion]))
def test_events_and_others_may_change_places(counts, method):
    events, patients = counts
    one, two = method(events, patients), method(patients - events, patients)
    assert 0 <= one.low <= one.share <= one.high <= 1
    assert two.low == pytest.approx(1 - one.high, abs=1e-9)


@pytest.mark.parametrize("counts", [(1, 0), (-1, 5), (6, 5), (2.5, 5)])
def test_what_is_no_share_is_refused(counts):
    with pytest.raises(InputError):
        exact_proportion(*counts)
    with pytest.raises(InputError):
        wilson_proportion(*counts)
