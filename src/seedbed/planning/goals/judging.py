"""Which goals a dose meets, and by how much."""

from collections.abc import Mapping
from dataclasses import dataclass

from seedbed.dosimetry import Dvh, Metric
from seedbed.dosimetry.dvh import VOLUME_ROUNDING
from seedbed.errors import StructureError, one_of
from seedbed.planning.goals.goal import Goal, PlanGoals, number_text

TOLERANCE = 1e-9
"""A value that misses its limit by no more than this share of it (or this much, of a limit under 1) meets it:
sums of many samples are no more exact. Local rule."""


@dataclass(frozen=True)
class GoalResult:
    """What became of one goal.

    Attributes
    ----------
    goal : Goal
    value : float
    unit : "Gy", "%" or "cc"
        Of ``value`` and ``by``.
    met : bool
    by : float
        How far inside the limit the value lies; negative where it is missed.
    judged_on : str
        The metric that was judged: that of the goal, or "Dmax" where the structure is smaller than the volume
        the goal speaks of; see `judged_metric`.
    """

    goal: Goal
    value: float
    unit: str
    met: bool
    by: float
    judged_on: str = ""

    def __str__(self) -> str:
        word = "met" if self.met else "missed"
        seen = "" if self.judged_on in ("", self.goal.metric) else f" as {self.judged_on}"
        by, value = (number_text(round(number, 2)) for number in (abs(self.by), self.value))
        return f"{self.goal} {word}{seen} by {by} {self.unit}: {value} {self.unit}"


def judged_metric(goal: Goal, total_cc: float) -> Metric:
    """Return the metric that a goal is judged on, for a structure of a given volume.

    The dose to 2 cc of a structure of 1 cc is its least dose by definition, which would let an organ pass
    with all but a corner of it burnt. A goal "at most" is therefore judged on the highest dose there; a goal
    "at least" on the least dose, as defined. Local rule.

    Parameters
    ----------
    goal : Goal
    total_cc : float
        Volume of the structure.

    Examples
    --------
    >>> limit = Goal("Nerve", "D2cc", "at most", 60.0, False, "user")
    >>> judged_metric(limit, 1.9).name, judged_metric(limit, 2.0).name
    ('Dmax', 'D2cc')
    """
    metric = goal.reading
    if metric.letter == "V" or metric.what_unit != "cc" or goal.sense == "at least":
        return metric
    if float(metric.what) <= total_cc * (1 + VOLUME_ROUNDING):
        return metric
    return Metric("D", "max", "%", metric.unit)


def judge_goal(goal: Goal, dvh: Dvh, prescription_gy: float) -> GoalResult:
    """Judge one goal by the DVH of its structure, as far as that has a dose.

    Examples
    --------
    >>> import numpy as np
    >>> dvh = Dvh.of("Cord", np.array([20.0, 48.0]), np.array([5.0, 0.5]))
    >>> print(judge_goal(Goal("Cord", "Dmax", "at most", 50.0, True, "user"), dvh, 120.0))
    Cord:Dmax<=50! met by 2 Gy: 48 Gy
    """
    metric = judged_metric(goal, dvh.total_cc)
    value = metric.of(dvh, prescription_gy)
    by = value - goal.limit if goal.sense == "at least" else goal.limit - value
    if abs(by) <= TOLERANCE * max(1.0, goal.limit):
        by = 0.0
    return GoalResult(goal, value, metric.unit, by >= 0, by, metric.name)


def judge_goals(goals: PlanGoals, dvhs: Mapping[str, Dvh]) -> tuple[GoalResult, ...]:
    """Judge all goals of a plan.

    Parameters
    ----------
    goals : PlanGoals
    dvhs : mapping of str to Dvh
        By the names that the goals use; the target's under ``"target"``.

    Raises
    ------
    StructureError
        A goal for a structure without a DVH: it is not passed over.

    Examples
    --------
    >>> import numpy as np
    >>> goals = PlanGoals(100.0, (Goal("target", "V100", "at least", 95.0, True, "user"),), (0.5,))
    >>> dvh = Dvh.of("GTV", np.array([90.0, 110.0]), np.array([1.0, 9.0]))
    >>> [(result.value, result.met, result.by) for result in judge_goals(goals, {"target": dvh})]
    [(90.0, False, -5.0)]
    """
    missing = next((name for name in goals.structures if name not in dvhs), None)
    if missing is not None:
        raise StructureError(
            f"a goal for '{missing}', which has no DVH",
            one_of(dvhs, missing),
            "add the structure or drop the goal",
        )
    return tuple(judge_goal(goal, dvhs[goal.structure], goals.prescription_gy) for goal in goals.goals)
