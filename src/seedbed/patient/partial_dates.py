"""Dates as far as they are known: a day, a month or a year. What is not known is never made up."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final, Literal, Self

from seedbed.errors import InputError

Precision = Literal["day", "month", "year"]
PRECISIONS: Final[dict[int, Precision]] = {4: "year", 7: "month", 10: "day"}
PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


@dataclass(frozen=True, order=True)
class PartialDate:
    """A date of ISO 8601 that may stop after the month or the year.

    They order as their texts do: 2024 before 2024-02 before 2024-02-01. Where an order must be certain,
    compare `latest` of one with `earliest` of the other.

    Parameters
    ----------
    text : str
        ``2024``, ``2024-02`` or ``2024-02-29``.

    Raises
    ------
    InputError
        Another text, or a day that the calendar does not have.

    Examples
    --------
    >>> when = PartialDate("2024-02")
    >>> when.precision, when.earliest.isoformat(), when.latest.isoformat()
    ('month', '2024-02-01', '2024-02-29')
    >>> PartialDate("2024-02-30")
    Traceback (most recent call last):
    ...
    seedbed.errors.InputError: the date '2024-02-30'; expected ...
    """

    text: str

    def __post_init__(self) -> None:
        # The ends are worked out here, so that a date that exists is one that holds.
        try:
            known = PARTIAL.fullmatch(self.text)
            if known is None:
                raise ValueError(self.text)
            _ = self.earliest
        except ValueError:
            raise InputError(
                f"the date '{self.text}'",
                "a day, a month or a year of the calendar (2024-02-29, 2024-02 or 2024)",
                "correct the date",
            ) from None

    @classmethod
    def of(cls, given: "date | str | PartialDate") -> Self:
        """Return the partial date of a day, a text or a partial date."""
        return cls(given.isoformat() if isinstance(given, date) else str(given).strip())

    def __str__(self) -> str:
        return self.text

    @property
    def precision(self) -> Precision:
        """How far the date is known."""
        return PRECISIONS[len(self.text)]

    @cached_property
    def earliest(self) -> date:
        """First day that it can be."""
        year, month, day = self._parts
        return date(year, month or 1, day or 1)

    @cached_property
    def latest(self) -> date:
        """Last day that it can be."""
        year, month, day = self._parts
        month = month or 12
        return date(year, month, day or monthrange(year, month)[1])

    @cached_property
    def day(self) -> date | None:
        """The day, where it is known; else None."""
        return self.earliest if self.precision == "day" else None

    @property
    def _parts(self) -> tuple[int, int, int]:
        year, month, day = (*map(int, self.text.split("-")), 0, 0)[:3]
        return year, month, day

    def surely_before(self, other: "PartialDate | date") -> bool:
        """Tell whether every day that it can be is before every day that the other can be.

        Examples
        --------
        >>> PartialDate("2024-02").surely_before(date(2024, 3, 1))
        True
        >>> PartialDate("2024-02").surely_before(PartialDate("2024-02-20"))
        False
        """
        return self.latest < (other if isinstance(other, date) else other.earliest)
