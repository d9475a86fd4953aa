import numpy as np
import pytest

from seedbed.errors import InputError
from seedbed.statistics import cox_regression, firth_regression, group_hazard_ratios

TIMES, EVENTS = [6, 7, 10, 13, 2, 3, 5, 12], [1, 1, 0, 1, 1, 1, 1, 0]
GROUPS = list("aaaabbbb")


def test_a_group_without_an_event_gets_firth_only():
    found = group_hazard_ratios(TIMES, [0, 0, 0, 0, 1, 1, 1, 0], GROUPS)
    assert found.cox is None
    assert found.remark == "no event in group a: Cox's estimate does not exist, use Firth's"
    ratio = found.firth.estimates[0]
    alone = firth_regression(TIMES, [0, 0, 0, 0, 1, 1, 1, 0], covariates=[0, 0, 0, 0, 1, 1, 1, 1]).estimates[
        0
    ]
    assert (ratio.name, ratio.ratio) == ("b", alone.ratio)
    assert np.isfinite(ratio.high)


def test_few_events_get_both_and_many_cox_only():
    few = group_hazard_ratios(TIMES, EVENTS, GROUPS)
    assert (
        few.cox.estimates[0].ratio
        == cox_regression(TIMES, EVENTS, covariates=[0] * 4 + [1] * 4).estimates[0].ratio
    )
    assert few.firth is not None
    assert few.remark.endswith("prefer Firth's")
    rng = np.random.default_rng(1)
    many = group_hazard_ratios(rng.exponential(size=60), np.ones(60), np.arange(60) % 3)
    assert (many.firth, many.remark, [each.name for each in many.cox.estimates]) == (None, "", ["1", "2"])


def test_the_reference_may_be_chosen_and_turns_the_ratio():
    one, two = (group_hazard_ratios(TIMES, EVENTS, GROUPS, reference=name).cox.estimates[0] for name in "ab")
    assert one.ratio == pytest.approx(1 / two.ratio, rel=1e-9)
    assert one.low == pytest.approx(1 / two.high, rel=1e-9)


def test_groups_that_follow_each_other_without_overlap_get_firth():
    found = group_hazard_ratios([1, 2, 3, 4, 5, 6], [1] * 6, list("aaabbb"))
    assert found.cox is None
    assert "without exception" in found.remark


@pytest.mark.parametrize(
    ("events", "groups", "reference"),
    [([0] * 8, GROUPS, None), (EVENTS, list("aaaaaaaa"), None), (EVENTS, GROUPS, "c")],
)
def test_what_has_no_answer_is_said(events, groups, reference):
    with pytest.raises(InputError):
        group_hazard_ratios(TIMES, events, groups, reference=reference)
