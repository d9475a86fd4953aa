from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.statistics import e_value


def test_the_examples_of_vanderweele_and_ding():
    # Ann Intern Med 167 (2017) 268: breastfeeding, RR 3.9 (1.8 to 8.7): 7.2 (printed, truncated) and 3.0
    found = e_value(3.9, 1.8, 8.7)
    assert found.estimate == pytest.approx(3.9 + sqrt(3.9 * 2.9), rel=1e-12)
    assert round(found.limit, 1) == 3.0
    # leukaemia, RR 0.80 (0.71 to 0.91): 1.8 and 1.4
    found = e_value(0.80, 0.71, 0.91)
    assert (round(found.estimate, 1), round(found.limit, 1)) == (1.8, 1.4)


def test_an_interval_that_holds_one_needs_no_confounder():
    assert e_value(1.3, 0.9, 1.9).limit == 1


@given(st.floats(1.01, 50), st.sampled_from(["risk ratio", "odds ratio, common", "hazard ratio, common"]))
def test_a_ratio_and_its_inverse_have_one_value(ratio, measure):
    one = e_value(ratio, ratio, ratio, measure=measure)
    two = e_value(1 / ratio, 1 / ratio, 1 / ratio, measure=measure)
    assert one.estimate == pytest.approx(two.estimate, rel=1e-9)


@given(st.floats(1.01, 20))
def test_a_confounder_of_that_strength_just_explains_the_ratio(ratio):
    # bounding factor E E / (E + E - 1) of Ding and VanderWeele (2016)
    strength = e_value(ratio, ratio, ratio).estimate
    assert strength**2 / (2 * strength - 1) == pytest.approx(ratio, rel=1e-9)


@pytest.mark.parametrize(
    "ratios", [(0, 0, 1), (2, 3, 4), (2, 1, 1.5), (float("nan"),) * 3, (2, 1, float("inf"))]
)
def test_ratios_that_are_none_are_refused(ratios):
    with pytest.raises(InputError):
        e_value(*ratios)


def test_an_unknown_measure_is_refused():
    with pytest.raises(InputError, match="one of"):
        e_value(2, 1, 3, measure="odds")
