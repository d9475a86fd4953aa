"""Days and counts that cannot be, refused before any work is begun on them."""

from datetime import date, timedelta
from typing import Final

from seedbed.errors import InputError

FIRST_DAY: Final = date(1960, 1, 1)
"""Nobody was implanted with iodine-125 before; local rule."""
ONE_DAY: Final = timedelta(days=1)


def check_implanted(on: date | None, count: int | None, *, ct_day: str | None, today: date) -> None:
    """Refuse a day of implantation, or a number of seeds, that cannot be.

    Parameters
    ----------
    on : date or None
        Day of implantation, where somebody stated it.
    count : int or None
        Seeds implanted, where somebody stated it.
    ct_day : str or None
        Of the CT that shows them, ISO.
    today : date

    Raises
    ------
    InputError
        Before seeds were implanted at all, after the CT or after today; no seed.

    Examples
    --------
    >>> check_implanted(date(2026, 3, 2), 20, ct_day="2026-03-02", today=date(2026, 3, 9))
    """
    if count is not None and count < 1:
        raise InputError(f"{count} seeds implanted", "at least one", "leave it empty where it is not known")
    if on is None:
        return
    latest = date.fromisoformat(ct_day) if ct_day else today + ONE_DAY
    until = f"the day of the CT, {ct_day}" if ct_day else "today"
    if not FIRST_DAY <= on <= latest:
        raise InputError(
            f"an implantation on {on.isoformat()}",
            f"a day from {FIRST_DAY.isoformat()} to {until}",
            "correct the day, or leave it empty where it is not known",
        )


def check_data_cut(on: date, *, today: date) -> None:
    """Refuse a data cut that cannot be: a day before any implant, or one that has not come.

    Somewhere it may be tomorrow already.

    Raises
    ------
    InputError

    Examples
    --------
    >>> check_data_cut(date(2026, 3, 2), today=date(2026, 3, 2))
    """
    if not FIRST_DAY <= on <= today + ONE_DAY:
        raise InputError(
            f"a data cut on {on.isoformat()}",
            f"a day from {FIRST_DAY.isoformat()} to today",
            "correct the day",
        )
