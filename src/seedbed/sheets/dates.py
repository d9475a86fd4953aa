"""Dates as people and spreadsheets write them; what can be two days is refused."""

import re
from datetime import date, datetime, timedelta
from typing import Final

from seedbed.errors import InputError
from seedbed.patient.partial_dates import PartialDate
from seedbed.patient.records import partial
from seedbed.sheets.titles import half_width

TIME = r"(?:[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
YEAR_FIRST = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})\s*[日号]?" + TIME + r"|\s*月)?", re.ASCII
)
YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})" + TIME, re.ASCII)
NAMED = re.compile(r"(\d{1,2})[-\s.]*([a-z]{3})[a-z]*[-\s.,]*(\d{4})", re.ASCII | re.IGNORECASE)
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
YEAR = re.compile(r"(\d{4})年?", re.ASCII)
SERIAL = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
MONTHS: Final = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
SERIALS: Final = (10_000, 80_000)
"""Days after the spreadsheet's first that are read as dates: 1927 to 2119 (local rule)."""
EPOCH_1900: Final = date(1899, 12, 30)
"""Excel counts a 29 February 1900; from March 1900 on this start is right (ECMA-376 part 1, 18.17.4)."""
EPOCH_1904: Final = date(1904, 1, 1)
EXPECTED: Final = "a date of the calendar (2026-01-31, 2026-01 or 2026)"
Raw = str | float | date


def read_date(raw: Raw, *, epoch: date = EPOCH_1900) -> PartialDate:
    """Read a date as far as it is known.

    Parameters
    ----------
    raw : str, float, date or datetime
        ``2024``, ``2024-02``, ``2024/2/5``, ``2024.2.5``, ``2024年2月5日``, ``20240205``, ``5 Feb 2024``, a
        day of a spreadsheet as a number; a time of day is left out.
    epoch : date
        The day that the spreadsheet counts as 0.

    Raises
    ------
    InputError
        No date, or one that can be two.

    Examples
    --------
    >>> str(read_date("2024年2月5日")), str(read_date(45327.0)), str(read_date("25/12/2024"))
    ('2024-02-05', '2024-02-05', '2024-12-25')
    >>> read_date("5/2/2024")
    Traceback (most recent call last):
    ...
    seedbed.errors.InputError: '5/2/2024', which is 2024-02-05 or 2024-05-02; expected ...
    """
    if isinstance(raw, date):
        return partial(raw.date().isoformat() if isinstance(raw, datetime) else raw.isoformat())
    if isinstance(raw, float):
        return partial(_of_number(raw, epoch))
    text = half_width(raw).strip()
    if SERIAL.fullmatch(text):
        return partial(_of_number(float(text), epoch))
    return partial(_of_text(text))


def is_serial(raw: object) -> bool:
    """Tell whether a date is written as a number of days."""
    return (isinstance(raw, float) and raw >= SERIALS[0] and raw < 1e6) or (
        isinstance(raw, str) and SERIAL.fullmatch(raw) is not None
    )


def _of_number(number: float, epoch: date) -> str:
    whole = int(number)
    if whole == number and (1900 <= whole <= 2100 or 19000000 < whole < 21010000):
        return _of_text(str(whole))
    if SERIALS[0] <= number <= SERIALS[1]:
        return (epoch + timedelta(days=whole)).isoformat()
    raise InputError(f"the number {number:.10g}", EXPECTED, "write the date as text")


def _of_text(text: str) -> str:
    if found := YEAR_FIRST.fullmatch(text):
        return _year_first(text, found)
    if found := COMPACT.fullmatch(text):
        return _day(text, int(found[1]), int(found[2]), int(found[3]))
    if found := YEAR.fullmatch(text):
        return found[1]
    if found := YEAR_LAST.fullmatch(text):
        return _year_last(text, int(found[1]), int(found[2]), int(found[3]))
    if (found := NAMED.fullmatch(text)) and found[2].casefold() in MONTHS:
        return _day(text, int(found[3]), MONTHS.index(found[2].casefold()) + 1, int(found[1]))
    raise InputError(f"'{text}'", EXPECTED, "correct the date")


def _year_first(text: str, found: re.Match[str]) -> str:
    year, month, day = int(found[1]), int(found[2]), found[3]
    if day:
        return _day(text, year, month, int(day))
    if text == f"{found[1]}.1":
        raise InputError(
            f"'{text}', which is {year}-01, or {year}-10 without its 0", EXPECTED, "write it with two digits"
        )
    _day(text, year, month, 1)
    return f"{year:04d}-{month:02d}"


def _year_last(text: str, first: int, second: int, year: int) -> str:
    if first != second and first <= 12 and second <= 12:
        one, other = sorted((_day(text, year, second, first), _day(text, year, first, second)))
        raise InputError(f"'{text}', which is {one} or {other}", EXPECTED, "write the year first")
    return _day(text, year, first, second) if second > 12 else _day(text, year, second, first)


def _day(text: str, year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise InputError(f"'{text}'", EXPECTED, "correct the date") from None
