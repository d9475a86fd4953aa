import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.statistics import TwoGroups, odds_ratio, risk_difference, risk_ratio


def share(most):
    return st.integers(1, most).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def turned(groups):
    return TwoGroups(groups.other_events, groups.other_patients, groups.events, groups.patients)


GROUPS = st.builds(lambda one, two: TwoGroups(*one, *two), share(40), share(40))


@given(GROUPS)
def test_difference_turns_with_the_groups_and_stays_within_one(groups):
    one, two = risk_difference(groups), risk_difference(turned(groups))
    assert -1 - 1e-12 <= one.interval.low <= one.estimate <= one.interval.high <= 1 + 1e-12
    assert two.interval.low == pytest.approx(-one.interval.high, abs=1e-12)


@given(GROUPS)
def test_ratio_turns_with_the_groups(groups):
    if groups.events == groups.other_events == 0:
        return
    one, two = risk_ratio(groups), risk_ratio(turned(groups))
    if one.estimate is None:
        assert two.estimate == 0
        assert one.interval.high is None
        assert one.interval.low == pytest.approx(1 / two.interval.high, rel=1e-6)
    elif one.estimate > 0:
        assert one.interval.low <= one.estimate * (1 + 1e-9)
        assert one.interval.high >= one.estimate * (1 - 1e-9)
        assert one.interval.low == pytest.approx(1 / two.interval.high, rel=1e-6)


def test_exact_odds_ratio_limits_have_tails_of_two_and_a_half_percent():
    # Fisher's tea: given the margins P(k) is proportional to C(4, k)^2 omega^k
    found = odds_ratio(TwoGroups(3, 4, 1, 4))
    ways = [1, 16, 36, 16, 1]

    def chance(omega, numbers):
        weights = [way * omega**k for k, way in enumerate(ways)]
        return sum(weights[k] for k in numbers) / sum(weights)

    assert chance(found.interval.low, (3, 4)) == pytest.approx(0.025, rel=1e-5)
    assert chance(found.interval.high, (0, 1, 2, 3)) == pytest.approx(0.025, rel=1e-5)
    mean = sum(k * chance(found.estimate, (k,)) for k in range(5))
    assert mean == pytest.approx(3, rel=1e-6)


def test_infinite_ratios_are_none_not_infinity():
    assert odds_ratio(TwoGroups(5, 5, 0, 5)).estimate is None
    assert odds_ratio(TwoGroups(5, 5, 0, 5)).interval.high is None
    assert risk_ratio(TwoGroups(3, 5, 0, 5)).estimate is None
    assert risk_ratio(TwoGroups(0, 5, 3, 5)).interval.low == 0


@pytest.mark.parametrize("measure", [risk_ratio, odds_ratio])
def test_no_event_in_either_group_has_no_ratio(measure):
    with pytest.raises(InputError):
        measure(TwoGroups(0, 5, 0, 6))


def test_only_events_have_no_odds_ratio_but_a_risk_ratio_of_one():
    with pytest.raises(InputError):
        odds_ratio(TwoGroups(5, 5, 6, 6))
    assert risk_ratio(TwoGroups(5, 5, 6, 6)).estimate == 1


def test_counts_that_are_none_are_refused():
    with pytest.raises(InputError):
        TwoGroups(6, 5, 1, 4)
