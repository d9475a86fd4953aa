"""Where each definition of a quartile looks: two neighbouring ordered values and the weight of the second."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from importlib.resources import files
from math import ceil, floor
from typing import Final

from seedbed.tables.reader import read_table

QUARTER, HALF, THREE_QUARTERS = Fraction(1, 4), Fraction(1, 2), Fraction(3, 4)


@dataclass(frozen=True)
class Seat:
    """A quantile is ``x[rank] + weight (x[rank + 1] - x[rank])`` of the ordered values, counted from 1."""

    rank: int
    weight: Fraction


@dataclass(frozen=True)
class Definition:
    """A definition of quartiles.

    Attributes
    ----------
    id : str
    software : str
        Who gives it.
    usual : bool
        Whether common software gives it without being asked.
    seat : callable
        From number of values and p to the seat.
    """

    id: str
    software: str
    usual: bool
    seat: Callable[[int, Fraction], Seat]


def _at(position: Fraction, n: int) -> Seat:
    if position <= 1:
        return Seat(1, Fraction(0))
    if position >= n:
        return Seat(n, Fraction(0))
    return Seat(floor(position), position - floor(position))


def linear(n: int, p: Fraction, *, m: Fraction) -> Seat:
    """Return the seat at position ``n p + m`` (Hyndman and Fan 1996, definitions 4 to 9).

    Examples
    --------
    >>> linear(13, Fraction(1, 4), m=Fraction(1, 4))  # (n + 1) p = 3.5
    Seat(rank=3, weight=Fraction(1, 2))
    """
    return _at(n * p + m, n)


def inverse(n: int, p: Fraction) -> Seat:
    """Return the seat of the first value that at least the part p does not exceed (definition 1)."""
    return _at(Fraction(ceil(n * p)), n)


def averaged(n: int, p: Fraction) -> Seat:
    """As `inverse`, but midway to the next value where n p is whole (definition 2)."""
    place = n * p
    return _at(place + HALF if place.denominator == 1 else Fraction(ceil(place)), n)


def nearest(n: int, p: Fraction) -> Seat:
    """Return the seat whose number is nearest to n p, the even one of two (definition 3)."""
    return _at(Fraction(round(n * p)), n)


def hinges(n: int, p: Fraction) -> Seat:
    """Return the median of each half; the median belongs to both (Tukey 1977).

    Examples
    --------
    >>> hinges(13, Fraction(1, 4)), hinges(14, Fraction(3, 4))
    (Seat(rank=4, weight=Fraction(0, 1)), Seat(rank=11, weight=Fraction(0, 1)))
    """
    return _of_halves(n, p, half=(n + 1) // 2)


def halves(n: int, p: Fraction) -> Seat:
    """Return the median of each half; the median belongs to neither (Moore and McCabe)."""
    return _of_halves(n, p, half=max(n // 2, 1))


def _of_halves(n: int, p: Fraction, *, half: int) -> Seat:
    if p == HALF:
        return usual_median(n)
    depth = Fraction(half + 1, 2)
    return _at(depth if p < HALF else n + 1 - depth, n)


def usual_median(n: int) -> Seat:
    """Return the seat of the middle value, or midway between the two.

    Examples
    --------
    >>> usual_median(14)
    Seat(rank=7, weight=Fraction(1, 2))
    """
    return _at(Fraction(n + 1, 2), n)


def _definition(row: dict[str, str]) -> Definition:
    plain = {"inverse": inverse, "averaged": averaged, "nearest": nearest, "hinges": hinges, "halves": halves}
    if row["method"] != "linear":
        return Definition(row["id"], row["software"], row["usual"] == "yes", plain[row["method"]])
    m0, m1 = Fraction(row["m0"]), Fraction(row["m1"])

    def seat(n: int, p: Fraction) -> Seat:
        return linear(n, p, m=m0 + m1 * p)

    return Definition(row["id"], row["software"], row["usual"] == "yes", seat)


_TABLE = read_table(files("seedbed.cohort.auditing").joinpath("quartile_definitions.csv"))
DEFINITIONS: Final = {row["id"]: _definition(row) for row in _TABLE.rows}
"""Every definition by its id."""
