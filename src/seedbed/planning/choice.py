"""Which of several plans is the better one, and what further plans ask for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.planning.plan import Plan
from seedbed.planning.problem import HOT_WEIGHT, shortfall_limit_pct
from seedbed.planning.search import Found
from seedbed.planning.tracks import NeedleSet

FloatArray = NDArray[np.float64]
AS_COLD = 1.1
"""The search keeps the limit of the mean shortfall on its samples; the DVH of record within this factor."""


@dataclass(frozen=True)
class Variant:
    """What a plan asks for beside the goals.

    Attributes
    ----------
    name : str
    needle_cost : float
        In units of the goals'.
    hot_weight : float
        Cost of each percent of the target at 150 %, and again at 200 %, of the prescription.
    close : bool
        Whether parallel needles may lie as close as possible.
    """

    name: str
    needle_cost: float = 1.0
    hot_weight: float = HOT_WEIGHT
    close: bool = False


VARIANTS = (
    Variant("fewest needles", needle_cost=3.0),
    Variant("even dose", hot_weight=10 * HOT_WEIGHT, close=True),
    Variant("most even dose", needle_cost=0.5, hot_weight=30 * HOT_WEIGHT, close=True),
)
"""What further plans ask for; local rule."""
BEST = Variant("lowest cost")
CLOSER_COSTS = 1.02
"""A plan on closer needles, whose bound is weaker, is preferred where it is this much cheaper; local rule."""


def shortcoming(plan: Plan) -> float:
    """How far hard goals and the limit of the mean shortfall are missed, each in shares of its limit."""
    missed = sum(-result.by / max(result.goal.limit, 1.0) for result in plan.missed)
    return float(missed + max(0.0, plan.shortfall_pct / shortfall_limit_pct(plan.goals) - AS_COLD))


def order(each: tuple[Plan, Found]) -> tuple[float, float, float]:
    """Return what makes a plan the better one: hard goals, then cost, then energy."""
    return shortcoming(each[0]), each[0].cost, each[1].energy


def worth(plan: Plan, needles: NeedleSet) -> tuple[float, float]:
    """Return hard goals missed, then cost; a plan on other needles has to be cheaper by some percent."""
    return shortcoming(plan), plan.cost * (1.0 if plan.needles is needles else CLOSER_COSTS)


def undominated(plans: Sequence[Plan]) -> list[Plan]:
    """Return the first, and of the others those that nothing beats or equals."""
    found = [merits(plan) for plan in plans]
    kept = [plans[0]]
    for n in range(1, len(plans)):
        beaten = any(
            (found[m] <= found[n]).all() and ((found[m] < found[n]).any() or m < n)
            for m in range(len(plans))
            if m != n
        )
        kept += [] if beaten else [plans[n]]
    return kept


def merits(plan: Plan) -> FloatArray:
    """Return what is to be small: missed hard goals, needles, seeds, hot volume, missed aims."""
    aims = sum(not result.met for result in plan.results)
    hot = round(plan.target_dvh.volume_pct(1.5 * plan.goals.prescription_gy))
    return np.array(
        [shortcoming(plan), len(plan.implant.needles), plan.implant.count, hot, aims], dtype=float
    )
