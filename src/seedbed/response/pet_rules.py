"""Rules by which metabolic response is judged: PERCIST 1.0, EORTC 1999, and comparable scans."""

from functools import cache

from pydantic import Field, NonNegativeFloat, PositiveFloat, PositiveInt

from seedbed.protocol import Rule
from seedbed.protocol.conditions import RuleModel
from seedbed.response.rule_tables import TableSource, read_rule_table


class MeasurableRule(Rule):
    """From which SULpeak a lesion is measurable: factor x mean + deviations x SD of the background."""

    liver_factor: PositiveFloat
    blood_pool_factor: PositiveFloat
    standard_deviations: NonNegativeFloat


class SulChange(Rule):
    """A change of SULpeak: percent, and units of SUL."""

    change_pct: float = Field(gt=0)
    change_sul: float = Field(ge=0)


class PercentRule(Rule):
    """A change in percent."""

    change_pct: PositiveFloat


class SumRule(Rule):
    """How many lesions are summed."""

    lesions: PositiveInt
    per_organ: PositiveInt


class PercistRules(RuleModel):
    """PERCIST 1.0."""

    measurable: MeasurableRule
    complete: Rule
    partial: SulChange
    progression: SulChange
    new_lesion: Rule
    non_target: Rule
    glycolysis: PercentRule
    stable: Rule
    not_evaluable: Rule
    summed: SumRule


class EortcPartial(Rule):
    """A decrease after one cycle, and after more."""

    one_cycle_pct: float = Field(gt=0, le=100)
    more_cycles_pct: float = Field(gt=0, le=100)


class EortcRules(RuleModel):
    """EORTC 1999."""

    source: TableSource
    complete: Rule
    partial: EortcPartial
    progression: PercentRule
    extent: PercentRule
    new_lesion: Rule
    stable: Rule
    not_evaluable: Rule


class ComparableRule(Rule):
    """Something two scans should share; ``forbids``: without it they are not compared."""

    forbids: bool


class ComparableBackground(ComparableRule):
    """How far the background may differ."""

    change_pct: PositiveFloat
    change_sul: PositiveFloat


class ComparableMinutes(ComparableRule):
    """How far uptake times may differ."""

    minutes: PositiveFloat


class UptakeWindow(ComparableRule):
    """Between which minutes a scan should be."""

    from_minutes: PositiveFloat
    to_minutes: PositiveFloat


class ComparablePercent(ComparableRule):
    """How far something may differ, percent."""

    change_pct: PositiveFloat


class ComparableRules(RuleModel):
    """What makes two scans comparable."""

    background: ComparableBackground
    uptake_difference: ComparableMinutes
    uptake_window: UptakeWindow
    dose: ComparablePercent
    scanner: ComparableRule
    not_stated: ComparableRule


class PetRules(RuleModel):
    """Both criteria, and comparability."""

    source: TableSource
    percist: PercistRules
    eortc: EortcRules
    comparable: ComparableRules


@cache
def pet_rules() -> PetRules:
    """Return the shipped rules.

    Examples
    --------
    >>> pet_rules().percist.partial.change_pct
    30.0
    """
    return read_rule_table("pet.toml", PetRules)
