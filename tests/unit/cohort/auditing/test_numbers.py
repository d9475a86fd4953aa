"""Printed numbers and the intervals of rounding."""

from decimal import ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.cohort.auditing.numbers import PrintedNumber, whole_between
from seedbed.errors import TableError


@given(
    st.fractions(min_value=-1000, max_value=1000, max_denominator=4096),
    st.integers(0, 4),
    st.sampled_from([ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN]),
)
@settings(deadline=None)
def test_a_rounded_number_covers_what_it_was_rounded_from(exact, decimals, way):
    """Binary fractions down to 1/4096 are exact decimals, so that rounding itself makes no error."""
    exact = Fraction(round(exact * 4096), 4096)
    number = Decimal(exact.numerator) / Decimal(exact.denominator)
    text = str(number.quantize(Decimal(1).scaleb(-decimals), rounding=way))
    printed = PrintedNumber(text)
    assert printed.covers(exact)
    assert printed.unit == Fraction(1, 10**decimals)
    assert printed.high - printed.low == printed.unit


def test_the_last_zero_counts():
    assert PrintedNumber("60.60").unit == Fraction(1, 100)
    assert not PrintedNumber("60.60").covers(Fraction("60.61"))
    assert PrintedNumber("60.6").covers(Fraction("60.61"))


@pytest.mark.parametrize("text", ["", "1,5", "1e3", "nan", "5.", ".5", "+1", "٣"])
def test_what_is_no_plain_number_is_refused(text):
    with pytest.raises(TableError, match="printed number"):
        PrintedNumber(text)


def test_whole_numbers_between_two_ends():
    assert list(whole_between(Fraction(-3, 2), Fraction(2))) == [-1, 0, 1, 2]
    assert list(whole_between(Fraction(1, 3), Fraction(2, 3))) == []
