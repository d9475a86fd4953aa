"""Dates: the calendar and the specification of Office Open XML say what they are."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.sheets.dates import EPOCH_1904, read_date

DAYS = st.dates(date(1930, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("2024", "2024"),
        ("2024年", "2024"),
        ("2024-02", "2024-02"),
        ("2024年2月", "2024-02"),
        ("2024.12", "2024-12"),
        ("2024/2/5", "2024-02-05"),
        ("2024.2.5", "2024-02-05"),
        ("2024年2月5日", "2024-02-05"),
        ("２０２４－０２－０５", "2024-02-05"),
        ("20240205", "2024-02-05"),
        ("2024-02-05 00:00:00", "2024-02-05"),
        ("2024-02-05T10:30:00Z", "2024-02-05"),
        ("25/12/2024", "2024-12-25"),
        ("12/25/2024", "2024-12-25"),
        ("5.5.2024", "2024-05-05"),
        ("5 Feb 2024", "2024-02-05"),
        ("05FEB2024", "2024-02-05"),
        (2024.0, "2024"),
        (20240205.0, "2024-02-05"),
        (datetime(2024, 2, 5, 10, 30), "2024-02-05"),
        (date(2024, 2, 5), "2024-02-05"),
    ],
)
def test_dates_as_they_are_written(written: str | float | date, text: str) -> None:
    assert str(read_date(written)) == text


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("5/2/2024", "2024-02-05 or 2024-05-02"),
        ("2.5.2024", "2024-02-05 or 2024-05-02"),
        ("2024.1", "2024-01, or 2024-10"),
        ("2024-02-30", "2024-02-30"),
        ("2024-13", "2024-13"),
        ("31/2/2024", "31/2/2024"),
        ("5/2/24", "5/2/24"),
        ("202402", "202402"),
        ("二月", "二月"),
        (2024.1, "2024.1"),
        (2500.0, "2500"),
    ],
)
def test_what_is_no_date_or_two_is_refused(written: str | float, says: str) -> None:
    with pytest.raises(InputError) as refused:
        read_date(written)
    assert says in refused.value.came


@pytest.mark.parametrize(("serial", "day"), [(39448, "2008-01-01"), (40729, "2011-07-05")])
def test_serial_dates(serial: int, day: str) -> None:
    # Microsoft: help on the function DATE, and on the date systems of Excel (39267 of 1904 is 2011-07-05).
    assert str(read_date(float(serial))) == str(read_date(str(serial))) == day
    assert str(read_date(39267.0, epoch=EPOCH_1904)) == "2011-07-05"


@given(DAYS)
def test_the_calendars_are_1462_days_apart(day: date) -> None:
    # Microsoft: the 1904 system counts 1462 days less.
    serial = float((day - date(1899, 12, 30)).days)
    assert str(read_date(serial)) == day.isoformat()
    if serial - 1462 > 10_000:
        assert str(read_date(serial - 1462, epoch=EPOCH_1904)) == day.isoformat()


@given(DAYS)
def test_a_day_reads_the_same_in_every_unambiguous_spelling(day: date) -> None:
    spellings = [
        f"{day.year}-{day.month}-{day.day}",
        f"{day.year}/{day.month:02}/{day.day:02}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        f"{day.day} {'JanFebMarAprMayJunJulAugSepOctNovDec'[3 * day.month - 3 : 3 * day.month]} {day.year}",
    ]
    assert {str(read_date(each)) for each in spellings} == {day.isoformat()}


@given(DAYS)
def test_a_day_and_a_month_that_can_change_places_are_never_guessed(day: date) -> None:
    written = f"{day.day}/{day.month}/{day.year}"
    if day.day <= 12 and day.day != day.month:
        with pytest.raises(InputError):
            read_date(written)
    else:
        assert str(read_date(written)) == day.isoformat()


def test_a_day_that_cannot_be_is_told_from_the_next() -> None:
    assert date(2024, 2, 29) + timedelta(1) == date(2024, 3, 1)
    assert str(read_date("2024-02-29")) == "2024-02-29"
    with pytest.raises(InputError):
        read_date("2023-02-29")
