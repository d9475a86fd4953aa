"""Read numbers as they are printed: the sign before a p-value, and how far rounding may have moved it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from seedbed.errors import TableError

SIGNIFICANT = 0.05
"""Limit that a paper means when it calls a difference not significant."""


def verdict_counts(agrees: Sequence[bool | None]) -> dict[str, int]:
    """Count what recomputing found: recomputed, agree, disagree, not_recomputable.

    Examples
    --------
    >>> verdict_counts([True, True, False, None])
    {'recomputed': 3, 'agree': 2, 'disagree': 1, 'not_recomputable': 1}
    """
    judged = list(agrees)
    return {
        "recomputed": len(judged) - judged.count(None),
        "agree": judged.count(True),
        "disagree": judged.count(False),
        "not_recomputable": judged.count(None),
    }


@dataclass(frozen=True)
class PrintedP:
    """A p-value as a paper prints it.

    Attributes
    ----------
    text : str
        As printed: ``0.529``, ``<0.001``, ``not significant``.
    relation : str
        ``=``, ``<``, ``>`` or ``>=``.
    value : float
        The number; 0.05 for ``not significant``.
    half : float
        Half a unit of the last printed digit.
    """

    text: str
    relation: str
    value: float
    half: float

    @classmethod
    def parse(cls, text: str) -> "PrintedP":
        """Read a printed p-value.

        Raises
        ------
        TableError
            The text is neither a number from 0 to 1, with or without ``<`` or ``>``, nor ``not significant``.

        Examples
        --------
        >>> PrintedP.parse("<0.001")
        PrintedP(text='<0.001', relation='<', value=0.001, half=0.0005)
        """
        if text == "not significant":
            return cls(text, ">=", SIGNIFICANT, 0.0)
        match = re.fullmatch(r"([<>]?)\s*([01](?:\.\d+)?)", text)
        if match is None or float(match[2]) > 1:
            raise TableError(
                f"the p-value '{text}'",
                "a number such as 0.529 or <0.001, or 'not significant'",
                "correct it",
            )
        return cls(text, match[1] or "=", float(match[2]), half_unit(match[2]))

    @property
    def sentence(self) -> str:
        """As a sentence says it: ``p < 0.001``, ``not significant``."""
        return self.text if self.relation == ">=" else f"p {self.relation} {self.text.lstrip('<> ')}"

    def allows(self, low: float, high: float) -> bool:
        """Tell whether some p-value from `low` to `high` would be printed so.

        Examples
        --------
        >>> PrintedP.parse("0.342").allows(0.3415, 0.3438), PrintedP.parse("<0.05").allows(0.52, 0.52)
        (True, False)
        """
        if self.relation == "=":
            return low <= self.value + self.half and high >= self.value - self.half
        if self.relation == "<":
            return low < self.value
        return high > self.value or (self.relation == ">=" and high == self.value)


def half_unit(text: str) -> float:
    """Return half a unit of the last printed digit.

    Raises
    ------
    TableError
        The text is no number.

    Examples
    --------
    >>> half_unit("52.79"), half_unit("90")
    (0.005, 0.5)
    """
    try:
        exponent = Decimal(text).as_tuple().exponent
    except InvalidOperation:
        exponent = "n"
    if not isinstance(exponent, int):
        raise TableError(f"the printed number '{text}'", "a plain decimal number", "correct it")
    return float(Decimal(5).scaleb(exponent - 1))
