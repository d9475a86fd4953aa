"""The parts of a protocol: typed, frozen, every key known."""

from itertools import chain
from typing import Annotated, Literal

from pydantic import Field, PositiveFloat, PositiveInt

from seedbed.errors import RulesError, one_of
from seedbed.protocol.conditions import Condition, Many, RuleModel

LARGEST_DOSE_GY, LONGEST_DAYS, LONGEST_MONTHS = 1000.0, 3660, 600
"""Beyond these a number is a slip or in another unit (cGy, hours)."""

Months = Annotated[int, Field(gt=0, le=LONGEST_MONTHS)]
Site = Literal["surface", "bone", "other"]
DrugEvent = Literal[
    "tolerated",
    "grade 1",
    "grade 2",
    "grade 3",
    "grade 4",
    "not tolerated",
    "progression",
    "intolerable toxicity",
]


class Source(RuleModel):
    """Where the rules come from."""

    source: str
    place: str
    doi: str = ""
    edition: str
    licence: str = ""


class Rule(RuleModel):
    """What every rule has: an id, a text, its place in the source (and its own source, if another)."""

    id: str = Field(min_length=1)
    text: str = Field(min_length=1)
    place: str = Field(min_length=1)
    source: str = ""


class Arm(RuleModel):
    """A group of patients treated alike."""

    id: str
    name: str
    drug: bool
    seeds: bool
    place: str


class Criterion(Rule):
    """A criterion of inclusion or exclusion; without ``arms`` it holds for every arm."""

    when: Condition
    arms: Many[str] | None = None


class PrescriptionRule(Rule):
    """A dose and the condition under which it is prescribed; without ``when``: for all others."""

    precedence: PositiveInt
    dose_gy: float = Field(gt=0, le=LARGEST_DOSE_GY)
    when: Condition | None = None


class ActivityRule(Rule):
    """The apparent activity of one seed for lesions at one site, MBq."""

    site: Site
    low_mbq: PositiveFloat
    high_mbq: PositiveFloat
    default_mbq: PositiveFloat


class DrugSchedule(Rule):
    """Dose and days of a cycle."""

    dose_mg: PositiveFloat
    days_on: int = Field(gt=0, le=LONGEST_DAYS)
    cycle_days: int = Field(gt=0, le=LONGEST_DAYS)
    capsules_per_day: PositiveInt


class DrugStart(Rule):
    """When the drug starts beside seeds."""

    days_after_implantation: int = Field(ge=0, le=LONGEST_DAYS)


class DrugReduction(Rule):
    """The doses going down, and the events that lower the dose by one step."""

    steps_mg: Many[PositiveFloat] = Field(min_length=1)
    events: Many[DrugEvent]


class DrugEvents(Rule):
    """Events with one consequence: the drug is stopped, or goes on."""

    events: Many[DrugEvent]


class Drug(RuleModel):
    """The course of the drug; ``names``: what it is called elsewhere."""

    name: str
    names: Many[str] = ()
    schedule: DrugSchedule
    start: DrugStart
    reduction: DrugReduction
    stop: DrugEvents
    continuation: DrugEvents


class VisitItem(Rule):
    """Something that is looked at at a visit.

    ``drug_only``: only for patients who take the drug. ``analytes``: codes of the laboratory values of which
    none may lack.
    """

    drug_only: bool = False
    analytes: Many[str] = ()


class VisitWindow(Rule):
    """How far from the day it is due a visit is still on time, days before or after."""

    days: int = Field(ge=0, le=LONGEST_DAYS)
    until_month: Months
    later_days: int = Field(ge=0, le=LONGEST_DAYS)


class VisitRules(Rule):
    """When visits are due, and what is looked at; without ``window`` no visit is judged early or late."""

    months: Many[Months] = Field(min_length=1)
    then_every_months: Months
    window: VisitWindow | None = None
    item: Many[VisitItem]


class CompleteRule(Rule):
    """Complete response."""

    node_short_axis_below_mm: PositiveFloat


class PartialRule(Rule):
    """Partial response."""

    decrease_pct: float = Field(gt=0, le=100)


class ProgressionRule(Rule):
    """Progression."""

    increase_pct: float = Field(gt=0)
    absolute_increase_mm: float = Field(ge=0)


class StableRule(Rule):
    """Stable disease, and how long after baseline it must have been seen to count as the best response."""

    minimum_weeks: int = Field(default=0, ge=0)


class ConfirmationRule(Rule):
    """How long a response must last to be confirmed, and which responses must be."""

    weeks: PositiveInt
    responses: Many[Literal["CR", "PR", "SD", "PD"]] = ("CR", "PR", "SD", "PD")
    not_evaluable_between_at_most: int | None = Field(default=None, ge=0)


class MeasurabilityRule(Rule):
    """From which size a target lesion is measurable; ``above``: the two limits themselves are too small.

    CT slices thicker than ``slice_up_to_mm`` raise the limit to ``slices`` times their thickness; other
    methods have limits of their own.
    """

    longest_at_least_mm: PositiveFloat
    node_short_axis_at_least_mm: PositiveFloat
    above: bool = False
    slice_up_to_mm: PositiveFloat | None = None
    slices: PositiveFloat | None = None
    caliper_at_least_mm: PositiveFloat | None = None
    chest_x_ray_at_least_mm: PositiveFloat | None = None


class TargetLimitRule(Rule):
    """How many target lesions there may be, in all and in one organ."""

    at_most: PositiveInt
    in_one_organ: PositiveInt


class ResponseRules(RuleModel):
    """Criteria of response; without ``non_target`` only target lesions and new lesions are judged."""

    criteria: str
    complete: CompleteRule
    partial: PartialRule
    progression: ProgressionRule
    stable: StableRule
    not_evaluable: Rule
    confirmation: ConfirmationRule
    measurability: MeasurabilityRule
    non_target: Rule | None = None
    new_lesion: Rule | None = None
    overall: Rule | None = None
    best: Rule | None = None
    target_limit: TargetLimitRule | None = None

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule that is there."""
        always = (self.complete, self.partial, self.progression, self.stable)
        others = (self.not_evaluable, self.confirmation, self.measurability)
        perhaps = (self.non_target, self.new_lesion, self.overall, self.best, self.target_limit)
        return (*always, *others, *(rule for rule in perhaps if rule is not None))


class Endpoint(Rule):
    """An endpoint: a time with its events, or a rate with its responses."""

    name: str
    rank: Literal["primary", "secondary"]
    origin: Literal["treatment start"] | None = None
    events: Many[Literal["local progression", "progression", "death"]] = ()
    censored_at: Literal["last follow-up"] | None = None
    responses: Many[Literal["CR", "PR", "SD", "PD", "NE"]] = ()


class Reading(RuleModel):
    """What we took where the source is silent or two of its rules meet."""

    id: str
    about: Many[str]
    question: str
    text: str


class Protocol(RuleModel):
    """The rules of one protocol.

    Attributes
    ----------
    source : Source
        The publication they come from.
    inclusion, exclusion, prescription, activity, drug, visits, response, endpoint
        The rules.
    reading : tuple of Reading
        Our readings, by rule.
    """

    title: str
    source: Source
    arm: Many[Arm]
    inclusion: Many[Criterion]
    exclusion: Many[Criterion]
    prescription: Many[PrescriptionRule] = Field(min_length=1)
    activity: Many[ActivityRule]
    drug: Drug
    visits: VisitRules
    response: ResponseRules
    endpoint: Many[Endpoint]
    reading: Many[Reading]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule with an id, in the order of the file."""
        drug, response = self.drug, self.response
        return (
            *chain(self.inclusion, self.exclusion, self.prescription, self.activity),
            *(drug.schedule, drug.start, drug.reduction, drug.stop, drug.continuation),
            *(self.visits, *((self.visits.window,) if self.visits.window else ()), *self.visits.item),
            *response.rules,
            *self.endpoint,
        )

    def rule(self, rule_id: str) -> Rule:
        """Return the rule with an id.

        Raises
        ------
        RulesError
            There is no such rule.

        Examples
        --------
        >>> from seedbed.protocol import load_rules
        >>> load_rules().rule("RX-80").place
        'section 2.3, I-125 seed implantation'
        """
        known = {rule.id: rule for rule in self.rules}
        if rule_id not in known:
            raise RulesError(f"there is no rule '{rule_id}'", one_of(known, rule_id), "correct the id")
        return known[rule_id]

    def cite(self, rule_id: str) -> str:
        """Say where a rule stands: source, place, doi.

        Examples
        --------
        >>> from seedbed.protocol import load_rules
        >>> print(load_rules().cite("I4"))
        Chen Z, ... (2025), section 2.1, inclusion criterion 4, doi 10.3389/fendo.2025.1587412
        """
        rule = self.rule(rule_id)
        if rule.source:
            return f"{rule.source}, {rule.place}"
        doi = f", doi {self.source.doi}" if self.source.doi else ""
        return f"{self.source.source}, {rule.place}{doi}"

    def readings(self, rule_id: str) -> tuple[Reading, ...]:
        """Return our readings of one rule.

        Examples
        --------
        >>> from seedbed.protocol import load_rules
        >>> [reading.id for reading in load_rules().readings("RX-80")]
        ['R1', 'R2', 'R3']
        """
        return tuple(reading for reading in self.reading if rule_id in reading.about)
