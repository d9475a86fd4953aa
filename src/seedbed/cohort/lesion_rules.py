"""What is looked at of each implanted lesion, as data: each choice a rule with its place."""

from functools import cache
from importlib.resources import files

from pydantic import Field

from seedbed.cohort.analysis_rules import AnalysisRule, RuleSource
from seedbed.protocol.conditions import RuleModel
from seedbed.tables import read_toml


class GrowthRule(AnalysisRule):
    """From when a lesion has grown."""

    increase_pct: float = Field(gt=0)
    absolute_increase_mm: float = Field(ge=0)
    node_at_least_mm: float = Field(ge=0)


class LesionRules(RuleModel):
    """All choices on lesions.

    Examples
    --------
    >>> rules = lesion_rules()
    >>> rules.growth.id, rules.growth.increase_pct, rules.growth.absolute_increase_mm
    ('LES-GROWTH', 20.0, 5.0)
    """

    source: RuleSource
    unit: AnalysisRule
    dose: AnalysisRule
    volume: AnalysisRule
    growth: GrowthRule
    back: AnalysisRule
    control: AnalysisRule

    @property
    def every(self) -> tuple[AnalysisRule, ...]:
        """The rules in their order."""
        return self.unit, self.dose, self.volume, self.growth, self.back, self.control


@cache
def lesion_rules() -> LesionRules:
    """Return the shipped rules."""
    return LesionRules.model_validate(read_toml(files("seedbed.cohort") / "lesion_rules.toml"))
