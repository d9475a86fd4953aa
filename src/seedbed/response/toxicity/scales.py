"""The printed numbers of CTCAE v5.0 as intervals, and the grade that a number has on one of them.

The table thresholds.csv says how it is to be read, and which readings are ours.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Final

from seedbed.errors import TableError
from seedbed.tables import SourcedTable, read_table

PACKAGE: Final = "seedbed.response.toxicity"
GRADES: Final = (1, 2, 3, 4)
INTERVAL = re.compile(r"(?P<open>[\[(])\s*(?P<low>[\w.]*)\s*,\s*(?P<high>[\w.]*)\s*(?P<close>[\])])")
LIMITS: Final = ("LLN", "ULN")

Limits = Mapping[str, Fraction | None]
"""The laboratory's limits by ``LLN`` and ``ULN``, None where nobody has stated them."""


@dataclass(frozen=True)
class Interval:
    """A grade and the numbers that have it.

    Attributes
    ----------
    grade : int
    low, high : str
        As printed: a number, ``LLN``, ``ULN``, or nothing for no end.
    with_low, with_high : bool
        Whether the end itself has the grade.
    """

    grade: int
    low: str
    high: str
    with_low: bool
    with_high: bool

    @property
    def limits(self) -> tuple[str, ...]:
        """Limits of normal that must be known to say whether a number lies in it."""
        return tuple(each for each in (self.low, self.high) if each in LIMITS)

    def holds(self, number: Fraction, limits: Limits) -> bool:
        """Whether a number lies in it; a limit that is not stated excludes nothing."""
        low, high = _end(self.low, limits), _end(self.high, limits)
        above = low is None or number > low or (self.with_low and number == low)
        below = high is None or number < high or (self.with_high and number == high)
        return above and below

    def words(self, unit: str) -> str:
        """Return it in words.

        Examples
        --------
        >>> Interval(2, "8.0", "10.0", True, False).words("g/dL")
        '8.0 to below 10.0 g/dL'
        """
        if not self.low:
            return (
                f"{self.high} {unit}".rstrip() + " or less" if self.with_high else f"below {self.high} {unit}"
            )
        low = self.low if self.with_low else f"above {self.low}"
        if not self.high:
            return f"{low} {unit}".rstrip() + (" or more" if self.with_low else "")
        if self.high in LIMITS:
            return f"{low} {unit}".rstrip() + f" to below {self.high}"
        high = self.high if self.with_high else f"below {self.high}"
        return f"{low} to {high} {unit}".rstrip()


@dataclass(frozen=True)
class Reading:
    """The grade of a number on one scale.

    Attributes
    ----------
    grade : int
        0 where the number has none.
    interval : Interval or None
    in_gap : bool
        The number lies between two printed grades; this is the worse of them.
    needs : tuple of str
        Limits that must be stated before it is known; empty once it is.
    """

    grade: int
    interval: Interval | None = None
    in_gap: bool = False
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Scale:
    """One row of the table: what is compared, in which unit, when it holds, and the intervals.

    Attributes
    ----------
    term, analyte : str
        The term of CTCAE and the code of the laboratory quantity.
    basis : str
        ``value``, ``x LLN``, ``x ULN``, ``x baseline``, ``above ULN``, ``below LLN``, ``rise``, ``fall``,
        ``rise %`` or ``fall %``.
    unit, when : str
    high_is_worse : bool
    intervals : tuple of Interval
        By grade; grades without a number are left out.
    """

    term: str
    analyte: str
    basis: str
    unit: str
    when: str
    high_is_worse: bool
    intervals: tuple[Interval, ...]

    @property
    def worst(self) -> int:
        """The highest grade that a number can have."""
        return self.intervals[-1].grade

    @property
    def unit_words(self) -> str:
        """What the numbers are, for people.

        Examples
        --------
        >>> [scale.unit_words for scale in scales_of("Creatinine increased")]
        ['x ULN', 'x baseline']
        """
        unit = "" if self.unit == "1" else self.unit
        if self.basis == "value":
            return unit
        if self.basis.startswith("x "):
            return self.basis
        change = {"above ULN": "above ULN", "below LLN": "below LLN"}.get(self.basis, "from the baseline")
        return f"{unit or '%'} {change}"

    def read(self, number: Fraction, limits: Limits) -> Reading:
        """Return the grade of a number.

        Parameters
        ----------
        number : Fraction
            In the unit of the scale, or as the multiple or change that it compares.
        limits : Mapping
            The limits of normal in the same unit.

        Examples
        --------
        >>> scale = scales_of("Hyponatremia")[0]
        >>> [scale.read(Fraction(value), {}).grade for value in (129, 125, 124, 119)]
        [2, 2, 3, 4]
        """
        for interval in reversed(self.intervals):
            if interval.holds(number, limits):
                needs = tuple(each for each in interval.limits if limits.get(each) is None)
                return Reading(interval.grade, interval, needs=needs)
        between = self._gap(number, limits)
        return Reading(between.grade, between, in_gap=True) if between else Reading(0)

    def _gap(self, number: Fraction, limits: Limits) -> Interval | None:
        """Return the worse of the two printed intervals that a number lies between."""
        below = [each for each in self.intervals if _beyond(number, _end(each.high, limits))]
        above = [each for each in self.intervals if _beyond(_end(each.low, limits), number)]
        if not below or not above:
            return None
        worse = above if self.high_is_worse else below
        return min(worse, key=lambda each: each.grade)


def scales_of(term: str) -> tuple[Scale, ...]:
    """Return the scales of a term; none where no laboratory value grades it.

    Examples
    --------
    >>> [scale.unit for scale in scales_of("Anemia")], scales_of("Nausea")
    (['g/dL', 'mmol/L'], ())
    """
    return tuple(scale for scale in all_scales() if scale.term == term)


def terms_of(analyte: str) -> tuple[str, ...]:
    """Return the terms that a laboratory quantity grades, by its code.

    Examples
    --------
    >>> terms_of("potassium")
    ('Hyperkalemia', 'Hypokalemia')
    """
    return tuple(dict.fromkeys(scale.term for scale in all_scales() if scale.analyte == analyte))


@cache
def all_scales() -> tuple[Scale, ...]:
    """Return every row of the table.

    Examples
    --------
    >>> len({scale.term for scale in all_scales()})
    54
    """
    table = thresholds()
    return tuple(_scale(row, table.name) for row in table.rows)


@cache
def thresholds() -> SourcedTable:
    """Return the table as it is on file, with its source.

    Examples
    --------
    >>> thresholds().columns[:3]
    ('term', 'analyte', 'basis')
    """
    return read_table(files(PACKAGE) / "data" / "thresholds.csv")


def _scale(row: Mapping[str, str], name: str) -> Scale:
    return Scale(
        term=row["term"],
        analyte=row["analyte"],
        basis=row["basis"],
        unit=row["unit"],
        when=row["when"],
        high_is_worse=row["worse"] == "high",
        intervals=tuple(
            _interval(row[f"grade{grade}"], grade, f"{name}, {row['term']}")
            for grade in GRADES
            if row[f"grade{grade}"]
        ),
    )


def _interval(text: str, grade: int, where: str) -> Interval:
    found = INTERVAL.fullmatch(text)
    if found is None:
        raise TableError(f"'{text}' in {where}", "an interval such as [8.0, 10.0)", "correct it")
    return Interval(grade, found["low"], found["high"], found["open"] == "[", found["close"] == "]")


def _end(text: str, limits: Limits) -> Fraction | None:
    if not text:
        return None
    return limits.get(text) if text in LIMITS else Fraction(text)


def _beyond(larger: Fraction | None, smaller: Fraction | None) -> bool:
    return larger is not None and smaller is not None and larger > smaller
