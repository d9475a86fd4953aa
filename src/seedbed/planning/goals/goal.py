"""What a plan shall reach: goals as data, and what they cost."""

from dataclasses import dataclass
from math import isfinite
from typing import Literal

from seedbed.dosimetry import Metric, parse_metric
from seedbed.errors import DoseError, one_of

Sense = Literal["at least", "at most"]
SIGNS: dict[Sense, str] = {"at least": ">=", "at most": "<="}
TARGET = "target"
"""Name of the target in goals, whatever its name in the structure set."""
ALL_OF_IT = 100.0


@dataclass(frozen=True)
class Goal:
    """One goal: a metric of one structure that is to be at least, or at most, a limit.

    As text, ``str(goal)`` is what `parse_goal` reads.

    Attributes
    ----------
    structure : str
        ``"target"``, or an organ's own name.
    metric : str
        As `parse_metric` reads it; kept as that names it. D answers in Gy or, with ``[%]``, in percent of the
        prescription; V in percent of the structure or, with ``[cc]``, in cc.
    sense : "at least" or "at most"
    limit : float
        In the unit of the metric; not negative.
    hard : bool
        A hard goal must be met; an aim is weighed.
    source : str
        Where the limit comes from, or "local rule".

    Raises
    ------
    DoseError
        No metric, another sense, a limit that is negative or not finite, more than 100 % of a structure.

    Examples
    --------
    >>> print(Goal("SpinalCord", "d max", "at most", 50.0, True, "local rule"))
    SpinalCord:Dmax<=50!
    """

    structure: str
    metric: str
    sense: Sense
    limit: float
    hard: bool
    source: str

    def __post_init__(self) -> None:
        metric = parse_metric(self.metric)
        object.__setattr__(self, "metric", metric.name)
        if not self.structure.strip():
            raise DoseError(f"a goal for {metric.name} of nothing", "a structure", "name one")
        if self.sense not in SIGNS:
            raise DoseError(f"a goal '{self.sense}'", one_of(SIGNS, str(self.sense)), "correct its sense")
        if not (isfinite(self.limit) and self.limit >= 0):
            raise DoseError(f"the goal '{self}'", "a finite limit, zero or more", "correct the limit")
        if metric.letter == "V" and metric.unit == "%" and self.limit > ALL_OF_IT:
            raise DoseError(f"the goal '{self}'", "at most 100 % of the structure", "correct the limit")

    def __str__(self) -> str:
        mark = "!" if self.hard else "?"
        return f"{self.structure}:{self.metric}{SIGNS[self.sense]}{number_text(self.limit)}{mark}"

    @property
    def reading(self) -> Metric:
        """The metric, read."""
        return parse_metric(self.metric)


@dataclass(frozen=True)
class PlanGoals:
    """All that is asked of one plan.

    Attributes
    ----------
    prescription_gy : float
    goals : tuple of Goal
    strengths_u : tuple of float
        Air-kerma strengths in stock, U, at implantation; at least one.
    needle_cost, seed_cost : float
        What a needle and a seed count in the cost of a plan; zero or more.

    Raises
    ------
    DoseError
        A dose or strength that is not positive, a negative cost, nothing in stock.

    Examples
    --------
    >>> goals = PlanGoals(120.0, (Goal("target", "V100", "at least", 95.0, True, "user"),), (0.889,))
    >>> [str(goal) for goal in goals.of("target")]
    ['target:V100>=95!']
    """

    prescription_gy: float
    goals: tuple[Goal, ...]
    strengths_u: tuple[float, ...]
    needle_cost: float = 1.0
    seed_cost: float = 1.0

    def __post_init__(self) -> None:
        _check_positive(self.prescription_gy, "a prescription of", "Gy")
        if not self.strengths_u:
            raise DoseError("no seed strength in stock", "at least one, in U", "state the strengths in stock")
        for strength in self.strengths_u:
            _check_positive(strength, "a seed strength of", "U")
        for name, cost in (("needle", self.needle_cost), ("seed", self.seed_cost)):
            if not (isfinite(cost) and cost >= 0):
                raise DoseError(f"a cost of {cost} for a {name}", "a finite cost, zero or more", "correct it")

    def of(self, structure: str) -> tuple[Goal, ...]:
        """Return the goals of one structure."""
        return tuple(goal for goal in self.goals if goal.structure == structure)

    @property
    def structures(self) -> tuple[str, ...]:
        """Names of the structures that have a goal, each once."""
        return tuple(dict.fromkeys(goal.structure for goal in self.goals))


def number_text(value: float) -> str:
    """Write a number short, and so that reading it gives the same number.

    Examples
    --------
    >>> number_text(50.0), number_text(0.1), number_text(1 / 3)
    ('50', '0.1', '0.3333333333333333')
    """
    short = f"{value:g}"
    return short if float(short) == value else repr(float(value))


def _check_positive(value: float, what: str, unit: str) -> None:
    if not (isfinite(value) and value > 0):
        raise DoseError(f"{what} {value} {unit}", "a positive number", "correct it")
