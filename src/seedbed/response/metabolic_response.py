"""A metabolic response, and which measurement and rule decided."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from seedbed.protocol import Rule
from seedbed.response.pet_comparability import PetCaveat

Metabolic = Literal["CMR", "PMR", "SMD", "PMD", "NE"]


@dataclass(frozen=True, kw_only=True)
class MetabolicResponse:
    """Metabolic response of one scan against baseline, and which measurement and rule decided.

    Attributes
    ----------
    on : date
        Day of the later scan.
    criteria : str
        ``PERCIST 1.0`` or ``EORTC 1999``.
    response : {"CMR", "PMR", "SMD", "PMD", "NE"}
        Complete or partial metabolic response, stable or progressive metabolic disease, not evaluable.
    decided_by : str
        Id of the rule that decided.
    measurement : str
        What it was decided on, as a phrase.
    lesions : tuple of str or None
        The lesions that were measured, at baseline and now: the hottest of each scan (PERCIST), all (EORTC).
    baseline_value, value : float or None
        SULpeak of the hottest lesion (PERCIST); sum of the maximum SUV by body surface area (EORTC).
    change, change_pct : float or None
        Of that value.
    summed_change_pct : float or None
        PERCIST: of the sum of SULpeak over up to five lesions, told beside the response.
    tlg_change_pct : float or None
        PERCIST: of the sum of total lesion glycolysis over the same lesions.
    caveats : tuple of PetCaveat
        What the two scans do not share.
    rule_ids : tuple of str
        The rule that decided, and those of the caveats.
    """

    on: date
    criteria: str
    response: Metabolic
    decided_by: str
    measurement: str
    lesions: tuple[str, str] | None
    baseline_value: float | None
    value: float | None
    change: float | None
    change_pct: float | None
    caveats: tuple[PetCaveat, ...]
    rule_ids: tuple[str, ...]
    summed_change_pct: float | None = None
    tlg_change_pct: float | None = None


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A response, the rule for it and what it was decided on."""

    response: Metabolic
    rule: Rule
    measurement: str
