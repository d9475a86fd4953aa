"""Whole days: the calendar of Python's datetime is the authority."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.dicom.deidentification.dates import dates_in, shifted_date, shifted_datetime

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31))
SHIFTS = st.integers(-3650, 3650)


@given(DAYS, DAYS, SHIFTS)
def test_intervals_stay(one: date, other: date, days: int) -> None:
    moved = [shifted_date(f"{day:%Y%m%d}", days) for day in (one, other)]
    read = [datetime.strptime(value or "", "%Y%m%d").date() for value in moved]
    assert read[1] - read[0] == other - one
    assert read[0] - one == timedelta(days=days)


@given(DAYS, SHIFTS, st.sampled_from(["", "10", "1015", "101500", "101500.123456", "101500+0800", "+0800"]))
def test_date_times_move_as_dates_and_keep_their_time(day: date, days: int, time: str) -> None:
    moved = shifted_datetime(f"{day:%Y%m%d}{time}", days)
    assert moved == f"{day + timedelta(days=days):%Y%m%d}{time}"


@pytest.mark.parametrize(
    ("value", "days", "moved"),
    [
        ("20240229", 1, "20240301"), ("20240301", -1, "20240229"), ("19000301", -1, "19000228"),
        ("20000301", -1, "20000229"), ("20260101", -1, "20251231"), ("2026.03.01", -1, "20260228"),
        ("20260301 ", -1, "20260228"), ("20260301\0", -1, "20260228"),
    ],
)  # fmt: skip
def test_leap_years_and_old_forms(value: str, days: int, moved: str) -> None:
    assert shifted_date(value, days) == moved


@pytest.mark.parametrize(
    "value", ["2026", "202603", "20260230", "20261301", "20260301-20260401", "2026-03-01", "00000000"]
)  # fmt: skip
def test_what_is_no_whole_date_is_not_guessed(value: str) -> None:
    assert shifted_date(value, -100) is None


@pytest.mark.parametrize("value", ["2026", "202603", "20260301-20260401", "20260301T10", "20260301105"])
def test_what_is_no_whole_date_time_is_not_guessed(value: str) -> None:
    assert shifted_datetime(value, -100) is None


def test_the_calendar_has_an_end() -> None:
    assert shifted_date("10000101", -1) is None
    assert shifted_date("99991231", 1) is None


def test_dates_within_text() -> None:
    said = dates_in("on 2026/03/01, 2026.03.02, at 20260303101500, in No. 120260304")
    assert said > {"20260301", "20260302", "20260303", "20260304"}
    assert dates_in("26-03-01, 2026") == set()
