"""What a field of a record is: its kind, unit, plausible range and meaning, and whether a value fits.

The plausible ranges are this project's own: they catch a slipped digit or a wrong unit, they decide nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, replace
from datetime import date, datetime
from functools import cache, cached_property
from sys import float_info
from types import MappingProxyType
from typing import Any, Literal

from seedbed.errors import InputError, one_of
from seedbed.patient.partial_dates import PartialDate

Kind = Literal["text", "choice", "number", "whole number", "yes or no", "date", "partial date"]
FieldValue = str | float | int | bool | date | PartialDate
LONGEST_TEXT = 2000
LARGEST = float_info.max
"""Of numbers without a range; neither infinity nor "not a number" lies within."""


@dataclass(frozen=True)
class Field:
    """What a field is.

    Attributes
    ----------
    name : str
    kind : str
        A ``date`` is a day; a ``partial date`` may stop after the month or the year.
    meaning : str
    unit : str
    low, high : float or None
        Plausible range of a number, both included.
    choices : tuple of str
        What a choice may be.
    needed : bool
        Whether a record must state it.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    needed: bool = False

    @property
    def expected(self) -> str:
        """What fits, in words."""
        if self.kind in ("number", "whole number"):
            return " ".join(f"a {self.kind} from {self.low:g} to {self.high:g} {self.unit}".split())
        return {
            "text": f"a text of at most {LONGEST_TEXT} signs",
            "choice": f"one of {', '.join(self.choices)}",
            "yes or no": "true or false",
            "date": "a date (2026-01-31)",
            "partial date": "a date (2026-01-31, 2026-01 or 2026)",
        }[self.kind]

    def fits(self, value: object) -> bool:
        """Tell whether a value is of the kind and within the range.

        Examples
        --------
        >>> pain = Field("nrs", "number", "pain", low=0, high=10)
        >>> pain.fits(3.0), pain.fits(11.0), pain.fits(float("nan")), pain.fits("3")
        (True, False, False, False)
        """
        return self.fitting(value)

    @cached_property
    def fitting(self) -> Callable[[Any], bool]:
        """The function behind `fits`, chosen once: a register is read a million values at a time."""
        if self.kind in ("number", "whole number"):
            return self._number_fits()
        return {
            "yes or no": lambda value: isinstance(value, bool),
            "text": lambda value: isinstance(value, str) and len(value) <= LONGEST_TEXT and "\0" not in value,
            "choice": lambda value: value in self.choices,
            "partial date": lambda value: isinstance(value, PartialDate),
            "date": lambda value: isinstance(value, date) and not isinstance(value, datetime),
        }[self.kind]

    def _number_fits(self) -> Callable[[Any], bool]:
        kinds = (int,) if self.kind == "whole number" else (int, float)
        low, high = self.low, self.high
        if low is None or high is None:
            low, high = -LARGEST, LARGEST
        return lambda value: isinstance(value, kinds) and value.__class__ is not bool and low <= value <= high


def text(meaning: str) -> dict[str, Field]:
    """Metadata of a field of text."""
    return {"field": Field("", "text", meaning)}


def choice(meaning: str, *choices: str) -> dict[str, Field]:
    """Metadata of a field with a few possible values."""
    return {"field": Field("", "choice", meaning, choices=choices)}


def number(meaning: str, unit: str, low: float, high: float) -> dict[str, Field]:
    """Metadata of a field with a number."""
    return {"field": Field("", "number", meaning, unit, low, high)}


def whole(meaning: str, low: int, high: int) -> dict[str, Field]:
    """Metadata of a field with a whole number."""
    return {"field": Field("", "whole number", meaning, "", low, high)}


def yes_or_no(meaning: str) -> dict[str, Field]:
    """Metadata of a field that is true or false."""
    return {"field": Field("", "yes or no", meaning)}


def day(meaning: str) -> dict[str, Field]:
    """Metadata of a field with a day."""
    return {"field": Field("", "date", meaning)}


def partial_date(meaning: str) -> dict[str, Field]:
    """Metadata of a field with a date as far as it is known."""
    return {"field": Field("", "partial date", meaning)}


def fields_of(kind: Any) -> Mapping[str, Field]:
    """Return the fields of a dataclass that were declared with the functions of this module.

    Examples
    --------
    >>> from seedbed.patient import PatientFacts
    >>> fields_of(PatientFacts)["kps"].high
    100
    """
    return _fields_of(kind)


@cache
def _fields_of(kind: Any) -> Mapping[str, Field]:
    return MappingProxyType(
        {
            each.name: replace(each.metadata["field"], name=each.name, needed=each.default is MISSING)
            for each in fields(kind)
            if "field" in each.metadata
        }
    )


def check_known(names: Mapping[str, object], known: Mapping[str, Field], *, where: str) -> None:
    """Refuse a name that is no field.

    Raises
    ------
    InputError
    """
    for name in names:
        if name not in known:
            raise InputError(f"{where} hold '{name}'", one_of(known, str(name)), "correct the name")


def shown(value: object) -> str:
    """Write what came for a sentence: texts in quotes."""
    return str(value) if isinstance(value, int | float | date) else repr(str(value))
