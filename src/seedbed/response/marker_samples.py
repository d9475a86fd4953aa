"""Values of a laboratory as they are printed, with bounds where they lie beyond the range of an assay."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, Self

from seedbed.errors import InputError
from seedbed.response.marker_rules import TshRule

TshState = Literal["suppressed", "neither suppressed nor stimulated", "stimulated"]
PRINTED: Final = re.compile(r"([<>]?)\s*(\d+(?:\.\d+)?)", re.ASCII)
SIGNS: Final = str.maketrans({"＜": "<", "＞": ">"})
HIGHEST: Final = 1e7
SAME_UNIT: Final = {"ng/mL": "ng/mL", "ug/L": "ng/mL", "µg/L": "ng/mL", "μg/L": "ng/mL"}
"""1 ng/mL is 1 ug/L."""


@dataclass(frozen=True)
class MarkerValue:
    """A value from ``low`` to ``high``: equal where it was measured, apart where only a limit is known.

    Attributes
    ----------
    low : float
        At least this.
    high : float or None
        At most this; None above the range of the assay.

    Examples
    --------
    >>> MarkerValue.of("<0.04")
    MarkerValue(low=0.0, high=0.04)
    >>> str(MarkerValue.of("> 5000")), MarkerValue.of("12.5").censored
    ('>5000', False)
    """

    low: float
    high: float | None

    def __post_init__(self) -> None:
        high = self.low if self.high is None else self.high
        if not 0 <= self.low <= high <= HIGHEST:
            raise InputError(
                f"a laboratory value from {self.low} to {self.high}",
                "numbers from 0 to 1e7, the lower one first",
                "correct the value or its unit",
            )

    @classmethod
    def of(cls, printed: str | float) -> Self:
        """Read a value as a laboratory prints it: ``12.5``, ``<0.04`` or ``>5000``.

        Raises
        ------
        InputError
            Another text, such as a comma for the decimal point.
        """
        text = str(printed).translate(SIGNS).strip()
        found = PRINTED.fullmatch(text)
        if found is None or (found[1] == "<" and float(found[2]) == 0):
            raise InputError(
                f"the laboratory value '{printed}'", "a number, or '<' or '>' and a number", "correct it"
            )
        number = float(found[2])
        if found[1] == "<":
            return cls(0.0, number)
        return cls(number, None if found[1] == ">" else number)

    @property
    def censored(self) -> bool:
        """Whether only a limit is known."""
        return self.low != self.high

    def __str__(self) -> str:
        if self.high is None:
            return f">{self.low:g}"
        if not self.censored:
            return f"{self.low:g}"
        return f"<{self.high:g}" if self.low == 0 else f"{self.low:g} to {self.high:g}"


@dataclass(frozen=True, kw_only=True)
class TgSample:
    """One blood sample.

    Attributes
    ----------
    on : date
        The day.
    tg : MarkerValue
        Thyroglobulin.
    unit : str
        Of Tg: ng/mL or ug/L, which are the same and kept as ng/mL.
    tg_assay : str
        Name of the assay of Tg; empty where it is not stated.
    tsh_mu_per_l : MarkerValue or None
        TSH, mU/L.
    tgab : MarkerValue or None
        Thyroglobulin antibody, in the unit of its limit.
    tgab_limit : float or None
        TgAb above this is positive, by its assay.
    tgab_positive : bool or None
        As the laboratory says, where value or limit are not known.

    Raises
    ------
    InputError
        An unknown unit, or a TgAb that is called negative and lies above its limit (or the reverse).

    Examples
    --------
    >>> sample = TgSample(on=date(2026, 3, 2), tg=MarkerValue.of("8.2"), unit="ug/L",
    ...                   tgab=MarkerValue.of("<15"), tgab_limit=115.0)
    >>> sample.unit, sample.antibody_positive
    ('ng/mL', False)
    """

    on: date
    tg: MarkerValue
    unit: str = "ng/mL"
    tg_assay: str = ""
    tsh_mu_per_l: MarkerValue | None = None
    tgab: MarkerValue | None = None
    tgab_limit: float | None = None
    tgab_positive: bool | None = None

    def __post_init__(self) -> None:
        if self.unit not in SAME_UNIT:
            raise InputError(f"Tg in '{self.unit}'", "ng/mL or ug/L", "convert the value")
        object.__setattr__(self, "unit", SAME_UNIT[self.unit])
        by_value = self._positive_by_value()
        if self.tgab_limit is not None and not 0 < self.tgab_limit < HIGHEST:
            raise InputError(f"a limit of {self.tgab_limit} for TgAb", "a number above 0", "correct it")
        if None not in (by_value, self.tgab_positive) and by_value is not self.tgab_positive:
            raise InputError(
                f"TgAb of {self.tgab} with a limit of {self.tgab_limit:g} on {self.on}, called "
                f"{'positive' if self.tgab_positive else 'negative'}",
                "a value and a word that agree",
                "correct one of them",
            )

    @property
    def antibody_positive(self) -> bool | None:
        """Whether TgAb is positive; None where that is not known."""
        by_value = self._positive_by_value()
        return self.tgab_positive if by_value is None else by_value

    def _positive_by_value(self) -> bool | None:
        if self.tgab is None or self.tgab_limit is None:
            return None
        if self.tgab.low > self.tgab_limit or (self.tgab.high is None and self.tgab.low >= self.tgab_limit):
            return True
        return False if self.tgab.high is not None and self.tgab.high <= self.tgab_limit else None


def antibody_lacking(sample: TgSample) -> str:
    """Say what lacks to know whether TgAb of a sample is positive; empty where it is known.

    Examples
    --------
    >>> antibody_lacking(TgSample(on=date(2026, 3, 2), tg=MarkerValue.of("8.2"), tgab=MarkerValue.of("10")))
    'TgAb 10 has no limit'
    """
    if sample.antibody_positive is not None:
        return ""
    if sample.tgab is None:
        return "TgAb is not stated"
    if sample.tgab_limit is None:
        return f"TgAb {sample.tgab} has no limit"
    return f"TgAb {sample.tgab} may be below or above its limit of {sample.tgab_limit:g}"


def tsh_state(sample: TgSample, rule: TshRule) -> TshState | None:
    """Say whether TSH of a sample is suppressed or stimulated; None where that is not known.

    Examples
    --------
    >>> from seedbed.response.marker_rules import marker_rules
    >>> sample = TgSample(on=date(2026, 3, 2), tg=MarkerValue.of(8.2), tsh_mu_per_l=MarkerValue.of("<0.01"))
    >>> tsh_state(sample, marker_rules().tsh_differs)
    'suppressed'
    """
    tsh = sample.tsh_mu_per_l
    if tsh is None:
        return None
    if tsh.low >= rule.stimulated_from_mu_per_l:
        return "stimulated"
    if tsh.high is None:
        return None
    if tsh.high < rule.suppressed_below_mu_per_l or (
        tsh.low == 0 and tsh.high == rule.suppressed_below_mu_per_l
    ):
        return "suppressed"
    within = tsh.low >= rule.suppressed_below_mu_per_l and tsh.high < rule.stimulated_from_mu_per_l
    return "neither suppressed nor stimulated" if within else None
