import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.statistics import spss_quantile, spss_quartiles, tukey_hinges

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40)


@given(VALUES, st.floats(0, 1))
def test_it_lies_at_place_n_plus_one_times_p(values, share):
    ordered, place = sorted(values), (len(values) + 1) * share
    whole, part = int(place), place - int(place)
    if whole < 1:
        expected = ordered[0]
    elif whole >= len(ordered):
        expected = ordered[-1]
    else:
        expected = ordered[whole - 1] + part * (ordered[whole] - ordered[whole - 1])
    assert spss_quantile(values, share) == pytest.approx(expected, rel=1e-9, abs=1e-6)


@given(VALUES)
def test_mirrored_values_have_mirrored_quartiles(values):
    one, two = spss_quartiles(values), spss_quartiles([-value for value in values])
    assert (two.lower, two.median, two.upper) == pytest.approx(
        (-one.upper, -one.median, -one.lower), abs=1e-6
    )
    one, two = tukey_hinges(values), tukey_hinges([-value for value in values])
    assert (two.lower, two.upper) == pytest.approx((-one.upper, -one.lower), abs=1e-6)


def test_hinges_of_tukey_hold_the_median_in_both_halves():
    # five values: halves 1 2 3 and 3 4 5
    assert (tukey_hinges([5, 3, 1, 2, 4]).lower, tukey_hinges([5, 3, 1, 2, 4]).upper) == (2, 4)
    # R: fivenum(c(1, 2, 3, 4, 5, 6)) is 1.0 2.0 3.5 5.0 6.0
    assert (tukey_hinges(range(1, 7)).lower, tukey_hinges(range(1, 7)).upper) == (2, 5)


@pytest.mark.parametrize("values", [[], [1, float("nan")], ["a"], [[1, 2]]])
def test_what_is_no_sample_is_refused(values):
    with pytest.raises(InputError):
        spss_quantile(values, 0.5)
    with pytest.raises(InputError):
        tukey_hinges(values)


def test_a_share_outside_0_to_1_is_refused():
    with pytest.raises(InputError):
        spss_quantile([1, 2], 25)
