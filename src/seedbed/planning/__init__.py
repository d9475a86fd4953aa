"""Where needles and seeds should go."""

from seedbed.planning.greedy import Plan, PlanGoals, plan_greedy

__all__ = ["Plan", "PlanGoals", "plan_greedy"]
