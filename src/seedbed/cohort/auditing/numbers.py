"""A number as it is printed, and the interval that rounding leaves open, in exact fractions."""

import re
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from seedbed.errors import TableError

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True)
class PrintedNumber:
    """A printed decimal number.

    Attributes
    ----------
    text : str
        As printed, for instance ``52.80``; the last zero counts.
    """

    text: str

    def __post_init__(self) -> None:
        if not _NUMBER.fullmatch(self.text):
            raise TableError(f"the printed number '{self.text}'", "a plain decimal number", "correct it")

    @property
    def value(self) -> Fraction:
        """The number."""
        return Fraction(self.text)

    @property
    def decimals(self) -> int:
        """Digits after the point."""
        return len(self.text.partition(".")[2])

    @property
    def unit(self) -> Fraction:
        """One unit of the last printed digit."""
        return Fraction(1, 10**self.decimals)

    @property
    def low(self) -> Fraction:
        """Smallest number that may be printed so."""
        return self.value - self.unit / 2

    @property
    def high(self) -> Fraction:
        """Largest number that may be printed so; a half may go up or down."""
        return self.value + self.unit / 2

    def covers(self, exact: Fraction) -> bool:
        """Tell whether a number may be printed so.

        Examples
        --------
        >>> PrintedNumber("79").covers(Fraction(1100, 14)), PrintedNumber("77").covers(Fraction(1100, 14))
        (True, False)
        """
        return self.low <= exact <= self.high

    def meets(self, other: "PrintedNumber") -> bool:
        """Tell whether one number may be printed in both ways.

        Examples
        --------
        >>> PrintedNumber("18.6").meets(PrintedNumber("18.64"))
        True
        """
        return self.low <= other.high and other.low <= self.high


def whole_between(low: Fraction, high: Fraction) -> range:
    """Return the whole numbers from `low` to `high`, both included.

    Examples
    --------
    >>> list(whole_between(Fraction(7, 2), Fraction(5)))
    [4, 5]
    """
    return range(ceil(low), floor(high) + 1)


def shown(number: Fraction | float, decimals: int = 2) -> str:
    """Write a number with so many decimals.

    Examples
    --------
    >>> shown(Fraction(1100, 14)), shown(Fraction(1, 9), 4)
    ('78.57', '0.1111')
    """
    return f"{float(number):.{decimals}f}"
