"""Where needles and seeds should go."""

from seedbed.planning.goals import Goal, GoalResult, PlanGoals, default_goals
from seedbed.planning.plan import Plan
from seedbed.planning.planner import Planned, PlanRequest, plan_implant

__all__ = [
    "Goal",
    "GoalResult",
    "Plan",
    "PlanGoals",
    "PlanRequest",
    "Planned",
    "default_goals",
    "plan_implant",
]
