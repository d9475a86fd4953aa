"""A laboratory value with its limits and its baseline, as one scale of CTCAE compares it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from seedbed.errors import InputError
from seedbed.patient.analytes import Analyte, Number, check_plausible, convert, exact
from seedbed.response.toxicity.scales import Limits, Scale, scales_of, terms_of

STATED: Final = MappingProxyType(
    {"LLN": "the lower limit of normal", "ULN": "the upper limit of normal", "baseline": "the baseline value"}
)
"""What a scale may need, in words."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A value of one laboratory quantity; limits and baseline in the unit of the value.

    Attributes
    ----------
    analyte : Analyte
    value : Fraction
    unit : str
    low, high : Fraction or None
        The laboratory's limits of normal, None where not stated.
    baseline : Fraction or None
        The value before the treatment.
    """

    analyte: Analyte
    value: Fraction
    unit: str
    low: Fraction | None = None
    high: Fraction | None = None
    baseline: Fraction | None = None

    @property
    def given(self) -> Mapping[str, Fraction | None]:
        """The limits and the baseline by the names that the table uses."""
        return {"LLN": self.low, "ULN": self.high, "baseline": self.baseline}

    def lacks(self, *names: str) -> tuple[str, ...]:
        """Return which of some limits nobody has stated."""
        return tuple(name for name in names if self.given[name] is None)

    def in_unit(self, number: Fraction, unit: str) -> Fraction:
        """Convert a value, limit or baseline."""
        return convert(number, self.unit, self.analyte, to=unit)

    def limits(self, scale: Scale) -> Limits:
        """Return the limits of normal in the unit of a scale."""
        if scale.basis != "value":
            return {}
        both = {"LLN": self.low, "ULN": self.high}
        return {name: None if each is None else self.in_unit(each, scale.unit) for name, each in both.items()}

    def number(self, scale: Scale) -> Fraction:
        """Return what a scale compares: the value in its unit, a multiple, a difference or a change."""
        against = _against(scale)
        if against is None:
            return self.in_unit(self.value, scale.unit)
        other = self.given[against]
        if other is None:
            raise ValueError(f"{scale.term} needs {against}")
        if scale.unit:
            change = self.in_unit(self.value, scale.unit) - self.in_unit(other, scale.unit)
            return -change if scale.basis in FALLING else change
        if other == 0:
            raise InputError(f"{STATED[against]} of {self.analyte.name} is 0", "more than 0", "correct it")
        return MULTIPLES[scale.basis.split()[0]](self.value, other)


FALLING: Final = ("fall", "below LLN")
MULTIPLES: Final[Mapping[str, Callable[[Fraction, Fraction], Fraction]]] = MappingProxyType(
    {
        "x": lambda value, other: value / other,
        "rise": lambda value, other: 100 * (value - other) / other,
        "fall": lambda value, other: 100 * (other - value) / other,
    }
)


def needed_for(scale: Scale) -> tuple[str, ...]:
    """Return what must be stated before a scale can compare at all.

    Examples
    --------
    >>> from seedbed.response.toxicity.scales import scales_of
    >>> [needed_for(scale) for scale in scales_of("Creatinine increased")]
    [('ULN',), ('baseline',)]
    """
    against = _against(scale)
    return () if against is None else (against,)


def measure(
    analyte: Analyte,
    value: Number,
    unit: str,
    *,
    low: Number | None = None,
    high: Number | None = None,
    baseline: Number | None = None,
) -> Measured:
    """Check a value, its limits and its baseline, all in one unit.

    Raises
    ------
    InputError
        A unit that does not fit, an implausible value or baseline, limits that exclude each other.

    Examples
    --------
    >>> from seedbed.patient.analytes import analyte
    >>> measure(analyte("K"), 4, "mmol/L", low=5.1, high=3.5)
    Traceback (most recent call last):
    ...
    seedbed.errors.InputError: limits of normal from 5.1 to 3.5 mmol/L; expected ...
    """
    check_plausible(value, unit, analyte)
    if baseline is not None:
        check_plausible(baseline, unit, analyte)
    if baseline is not None and exact(baseline) <= 0:
        raise InputError(f"a baseline of {baseline} {unit}", "more than 0", "correct the baseline")
    _check_limits(analyte, unit, low, high)
    return Measured(
        analyte=analyte,
        value=exact(value),
        unit=unit,
        low=None if low is None else exact(low),
        high=None if high is None else exact(high),
        baseline=None if baseline is None else exact(baseline),
    )


def _check_limits(analyte: Analyte, unit: str, low: Number | None, high: Number | None) -> None:
    for name, limit in (("lower", low), ("upper", high)):
        if limit is None:
            continue
        found = convert(limit, unit, analyte)
        if name == "lower" and found == 0 and not _low_counts(analyte):
            continue
        if found <= 0:
            raise InputError(
                f"{limit} {unit} as the {name} limit of {analyte.name}",
                "a positive number, more than 0",
                "correct the limit",
            )
        if analyte.limits and not analyte.limits[0] <= found <= analyte.limits[1]:
            raise InputError(
                f"{limit} {unit} as the {name} limit of {analyte.name}",
                f"a limit of normal from {analyte.limits[0]} to {analyte.limits[1]} {analyte.unit}",
                "state it in the unit of the value, correct it, or name the quantity that was measured",
            )
    if low is not None and high is not None and exact(low) >= exact(high):
        raise InputError(
            f"limits of normal from {low} to {high} {unit}".rstrip(),
            "the lower limit below the upper",
            "correct them",
        )


def _low_counts(analyte: Analyte) -> bool:
    """Whether a grade of the quantity turns on its lower limit; else that may be stated as 0."""
    scales = [scale for term in terms_of(analyte.code) for scale in scales_of(term)]
    return any(scale.analyte == analyte.code and not scale.high_is_worse for scale in scales)


def _against(scale: Scale) -> str | None:
    if scale.basis == "value":
        return None
    last = scale.basis.split()[-1]
    return last if last in ("LLN", "ULN") else "baseline"
