"""Scales as laws: the worse the value, the higher the grade; every quantity and unit is known."""

from fractions import Fraction
from itertools import pairwise

import pytest

from seedbed.patient.analytes import ANALYTES, unit_of
from seedbed.response.toxicity.scales import Interval, Scale, all_scales, scales_of, terms_of

NEAR = Fraction(1, 10**6)


def numbers_about(scale: Scale) -> list[Fraction]:
    """Every printed number of a scale, beside it, and between it and the next."""
    ends = [text for each in scale.intervals for text in (each.low, each.high)]
    printed = sorted({Fraction(text) for text in ends if text and text[0].isdigit()})
    between = [(one + other) / 2 for one, other in pairwise(printed)]
    return sorted({*printed, *between, *(end - NEAR for end in printed), *(end + NEAR for end in printed)})


@pytest.mark.parametrize("scale", all_scales(), ids=lambda scale: f"{scale.term} {scale.basis} {scale.unit}")
def test_a_worse_value_is_never_a_lower_grade(scale: Scale) -> None:
    grades = [scale.read(number, {}).grade for number in numbers_about(scale)]
    assert grades == sorted(grades, reverse=not scale.high_is_worse)
    assert {each.grade for each in scale.intervals} <= set(grades)


@pytest.mark.parametrize("scale", all_scales(), ids=lambda scale: f"{scale.term} {scale.basis} {scale.unit}")
def test_a_scale_is_about_a_known_quantity_in_a_unit_of_its_own(scale: Scale) -> None:
    quantity = ANALYTES[scale.analyte]
    if scale.unit:
        assert unit_of(quantity, scale.unit)
    else:
        assert scale.basis.startswith("x ") or scale.basis.endswith("%")
    assert scale.term in terms_of(quantity.code)


def test_a_limit_is_asked_for_only_where_it_decides() -> None:
    (scale,) = scales_of("Hyperkalemia")
    assert scale.read(Fraction(5), {}).needs == ("ULN",)
    assert scale.read(Fraction(5), {"ULN": Fraction(6)}).grade == 0
    assert scale.read(Fraction(8), {}).needs == ()


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        (Interval(1, "10.0", "LLN", True, False), "10.0 g/dL to below LLN"),
        (Interval(1, "ULN", "5.5", False, True), "above ULN to 5.5 g/dL"),
        (Interval(1, "38.0", "39.0", True, True), "38.0 to 39.0 g/dL"),
        (Interval(4, "", "2.5", False, False), "below 2.5 g/dL"),
        (Interval(4, "", "28", False, True), "28 g/dL or less"),
        (Interval(4, "20.0", "", False, False), "above 20.0 g/dL"),
        (Interval(3, "3.5", "", True, False), "3.5 g/dL or more"),
    ],
)
def test_an_interval_in_words(interval: Interval, words: str) -> None:
    assert interval.words("g/dL") == words
