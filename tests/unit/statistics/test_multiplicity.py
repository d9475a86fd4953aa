from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.statistics import holm


def test_holm_of_his_definition():
    # ordered p times 4, 3, 2, 1, and never falling
    assert holm([0.01, 0.02, 0.03, 0.04]) == pytest.approx((0.04, 0.06, 0.06, 0.06))
    assert holm([]) == ()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_keeps_the_order_and_lies_between_the_p_and_bonferroni(p_values):
    adjusted = holm(p_values)
    assert all(p <= a <= min(1, len(p_values) * p) + 1e-12 for p, a in zip(p_values, adjusted, strict=True))
    in_order = [a for _, a in sorted(zip(p_values, adjusted, strict=True))]
    assert all(one <= two for one, two in pairwise(in_order))


@pytest.mark.parametrize("p_values", [[0.5, float("nan")], [1.2], [-0.1]])
def test_holm_refuses_what_is_no_probability(p_values):
    with pytest.raises(InputError):
        holm(p_values)
