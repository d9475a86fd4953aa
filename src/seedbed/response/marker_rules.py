"""Rules by which a tumour marker is judged."""

from functools import cache

from pydantic import Field, PositiveFloat, PositiveInt

from seedbed.protocol import Rule
from seedbed.protocol.conditions import RuleModel
from seedbed.response.rule_tables import TableSource, read_rule_table


class ChangeRule(Rule):
    """A change from baseline, percent."""

    change_pct: PositiveFloat


class DecreaseRule(Rule):
    """A decrease from baseline, percent."""

    change_pct: float = Field(gt=0, le=100)


class CaveatRule(Rule):
    """What to know about two samples; ``forbids``: they are not compared."""

    forbids: bool


class AntibodyChange(CaveatRule):
    """A change of TgAb, percent."""

    change_pct: PositiveFloat


class TshRule(CaveatRule):
    """What is called suppressed and stimulated TSH, mU/L."""

    suppressed_below_mu_per_l: PositiveFloat
    stimulated_from_mu_per_l: PositiveFloat


class DoublingRule(Rule):
    """Which values give a doubling time."""

    tsh_below_mu_per_l: PositiveFloat
    at_least: PositiveInt = Field(ge=3)
    published_at_least: PositiveInt


class MarkerRules(RuleModel):
    """Categories of Tg response, and caveats."""

    source: TableSource
    decreased: DecreaseRule
    increased: ChangeRule
    stable: Rule
    undecided: Rule
    not_comparable: Rule
    antibody_positive: CaveatRule
    antibody_changed: AntibodyChange
    tsh_differs: TshRule
    assay_changed: CaveatRule
    not_stated: CaveatRule
    censored: CaveatRule
    doubling: DoublingRule


@cache
def marker_rules() -> MarkerRules:
    """Return the shipped rules.

    Examples
    --------
    >>> marker_rules().decreased.change_pct
    50.0
    """
    return read_rule_table("tumour_marker.toml", MarkerRules)
