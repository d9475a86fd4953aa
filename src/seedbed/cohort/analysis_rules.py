"""How a cohort is summarised and tested, as data: section 2.5 of the paper, each choice a rule."""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError, model_validator

from seedbed.cohort.variables import variable
from seedbed.errors import RulesError
from seedbed.protocol.conditions import Many, RuleModel
from seedbed.tables import read_toml

SHIPPED = "analysis_rules.toml"
BEFORE_TREATMENT = (
    *("sex", "age_years", "bmi_kg_m2", "kps", "ecog", "pathology", "surgery", "bilateral_tumours"),
    *("extrathyroidal_extension", "metastasis", "mutation", "volume_0", "tg_0", "nrs_0"),
)
"""Variables that no treatment can have changed; groups are weighted by no others."""


class AnalysisRule(RuleModel):
    """A choice: its id, what it says, and where it is said."""

    id: str
    text: str
    place: str


class Level(AnalysisRule):
    """From when a difference is called significant."""

    alpha: float = Field(gt=0, lt=1)


class Normality(AnalysisRule):
    """What decides whether numbers are normal."""

    decides: Literal["Shapiro-Wilk", "always normal", "never normal"]
    alpha: float = Field(gt=0, lt=1)
    fewest: int = Field(ge=3)


class Quartiles(AnalysisRule):
    """Where quartiles stand."""

    method: Literal["n + 1"]


class Nominal(AnalysisRule):
    """When classes without an order are tested exactly."""

    expected_below: float = Field(ge=0)
    always_exact_up_to: int = Field(ge=0)


class Age(AnalysisRule):
    """How a partial date of birth counts."""

    partial: Literal["middle", "leave out"]


class VisitRule(AnalysisRule):
    """Which finding counts for which visit."""

    outside_window: Literal["count", "leave out"]


class Progressed(AnalysisRule):
    """What a response counts that was seen after a progression."""

    later_response: Literal["progression", "as judged"]


class AdverseEvents(AnalysisRule):
    """Which adverse events count."""

    not_related: Many[str]


class Covariate(RuleModel):
    """A characteristic that groups are weighted by.

    Attributes
    ----------
    name : str
        A variable that is known before treatment.
    scale : {"number", "log", "classes"}
        ``log``: the logarithm of 1 + the number.
    one_if : tuple of str
        Classes that count as one against all others; empty: each class against the most frequent one.
    reason : str
    """

    name: str
    scale: Literal["number", "log", "classes"]
    one_if: Many[str] = ()
    reason: str

    @model_validator(mode="after")
    def _refuse_what_it_cannot_be(self) -> "Covariate":
        if self.name not in BEFORE_TREATMENT:
            raise ValueError(f"'{self.name}' is not one of {', '.join(BEFORE_TREATMENT)}")
        classes = variable(self.name).classes
        if bool(classes) != (self.scale == "classes"):
            raise ValueError(f"'{self.name}' is {'classes' if classes else 'a number'}, not '{self.scale}'")
        for each in self.one_if:
            if each not in classes:
                raise ValueError(f"'{each}' is no class of '{self.name}': {', '.join(classes) or 'none'}")
        return self


class Weights(AnalysisRule):
    """How groups that were not made by chance are weighted so that they are alike."""

    fewest_in_group: int = Field(ge=2)
    patients_for_each: int = Field(ge=1)
    fewest_with: int = Field(ge=1)
    least_known: float = Field(ge=0, le=1)
    leave_out_up_to: int = Field(ge=0, le=2000)
    covariates: Many[Covariate]


class EValues(AnalysisRule):
    """When an event is rare, so that a hazard ratio is read as a risk ratio."""

    rare_below: float = Field(gt=0, lt=1)


class RuleSource(RuleModel):
    """Where the rules come from."""

    source: str
    place: str
    doi: str = ""
    name: str
    edition: str


class AnalysisRules(RuleModel):
    """All choices of an analysis.

    Examples
    --------
    >>> rules = analysis_rules()
    >>> rules.source.name, rules.level.alpha, rules.nominal.expected_below
    ('Chen et al. 2025, section 2.5', 0.05, 5.0)
    """

    source: RuleSource
    level: Level
    normality: Normality
    normal: AnalysisRule
    other: AnalysisRule
    quartiles: Quartiles
    nominal: Nominal
    ordered: AnalysisRule
    repeated: AnalysisRule
    survival: AnalysisRule
    age: Age
    visits: VisitRule
    progressed: Progressed
    adverse_events: AdverseEvents
    limits: AnalysisRule
    weights: Weights
    e_values: EValues

    @property
    def every(self) -> tuple[AnalysisRule, ...]:
        """The rules in their order."""
        parts = (getattr(self, name) for name in type(self).model_fields)
        return tuple(part for part in parts if isinstance(part, AnalysisRule))

    def at_level(self, alpha: float | None) -> "AnalysisRules":
        """Return the rules with another level of significance; the same without one.

        Raises
        ------
        RulesError
            A level that is not between 0 and 1.
        """
        if alpha is None:
            return self
        if not 0 < alpha < 1:
            raise RulesError(f"a level of {alpha}", "a number between 0 and 1, such as 0.05", "correct it")
        text = f"Two-sided p below {alpha:g} is called significant."
        changed = self.level.model_copy(update={"alpha": alpha, "text": text, "place": "asked for"})
        return self.model_copy(update={"level": changed})


@cache
def analysis_rules() -> AnalysisRules:
    """Return the shipped rules."""
    return read_analysis_rules(files("seedbed.cohort") / SHIPPED)


def read_analysis_rules(path: Path | Traversable) -> AnalysisRules:
    """Read a file of rules.

    Raises
    ------
    RulesError
        A rule that lacks, is unknown, or holds what it cannot.
    TableError
        No TOML, or no source.
    """
    try:
        return AnalysisRules.model_validate(read_toml(path))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise RulesError(
            f"'{path.name}', {where}: {first['msg']}",
            "the rules of the shipped analysis_rules.toml",
            "correct it; copy the shipped file to begin with",
        ) from error
