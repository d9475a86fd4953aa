from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.patient import Lesion, LesionMeasurement, visits_from_measurements
from seedbed.response import ResponseHistory, assess_response, load_profile, profile_differences

DAY = date(2026, 1, 1)


def both(*sizes: float) -> list[ResponseHistory]:
    rows = [
        LesionMeasurement(lesion="T1", on=DAY + timedelta(days=60 * number), longest_mm=size)
        for number, size in enumerate(sizes)
    ]
    visits = visits_from_measurements(rows)
    return [
        assess_response([Lesion("T1")], visits, rules=load_profile(name)) for name in ("recist11", "paper")
    ]


def test_a_growth_below_five_millimetres_is_named_with_both_reasons() -> None:
    first, *rest = profile_differences(*both(10.0, 12.0))
    assert (first.when, first.first, first.second) == ("2026-03-02", "SD", "PD")
    assert "RECIST-SD" in first.why
    assert "RESP-PD" in first.why
    assert [each.what for each in rest] == ["best response", "best confirmed response", "date of progression"]


@given(st.lists(st.integers(25, 80), min_size=2, max_size=6))
def test_from_25_mm_on_the_absolute_rule_changes_nothing(sizes: list[int]) -> None:
    """20 % of 25 mm are 5 mm."""
    found = profile_differences(*both(*[float(size) for size in sizes]))
    assert [each for each in found if each.what == "overall response"] == []


def test_two_courses_cannot_be_compared() -> None:
    with pytest.raises(InputError, match="different visits"):
        profile_differences(both(10.0, 12.0)[0], both(10.0)[1])
