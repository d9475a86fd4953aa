"""Dates moved by whole days, so that every interval stays true (PS3.15, E.3.6; values as in PS3.5, 6.2)."""

import re
from datetime import date, timedelta

DATE = re.compile(r"(\d{4})([.]?)(\d{2})\2(\d{2})")
IN_TEXT = re.compile(r"(?=(\d{4})([-/.]?)(\d{2})\2(\d{2}))")
AFTER_DATE = re.compile(r"(?:\d{2}){0,3}(?:\.\d{1,6})?(?:[+-]\d{4})?")


def shifted_date(text: str, days: int) -> str | None:
    """Return a DA value moved by days, or None where it is no whole date.

    Points in the date are the older way of writing; it comes back without.

    Examples
    --------
    >>> shifted_date("20240301", -1), shifted_date("2026.01.01", 31), shifted_date("202601", 1)
    ('20240229', '20260201', None)
    """
    found = DATE.fullmatch(text.strip("\0 "))
    return _moved(found, days) if found else None


def shifted_datetime(text: str, days: int) -> str | None:
    """Return a DT value moved by days, its time and offset as they were, or None where it has no whole date.

    Examples
    --------
    >>> shifted_datetime("20260301101500.25+0800", -59)
    '20260101101500.25+0800'
    >>> shifted_datetime("202603", -59) is None
    True
    """
    bare = text.strip("\0 ")
    found = DATE.match(bare)
    if not found or not AFTER_DATE.fullmatch(bare, found.end()):
        return None
    day = _moved(found, days)
    return None if day is None else day + bare[found.end() :]


def _moved(found: re.Match[str], days: int) -> str | None:
    year, _, month, day = found.groups()
    try:
        moved = date(int(year), int(month), int(day)) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return f"{moved:%Y%m%d}" if moved.year >= 1000 else None


def dates_in(text: str) -> set[str]:
    """Return what may be a date within a text as YYYYMMDD, also with dashes, slashes or points between.

    Examples
    --------
    >>> sorted(dates_in("seen 2026-03-01, again 20260501."))
    ['20260301', '20260501']
    """
    return {f"{year}{month}{day}" for year, _, month, day in IN_TEXT.findall(text)}
