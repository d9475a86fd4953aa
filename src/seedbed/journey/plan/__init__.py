"""Plan an implant: read, ask the planner, judge, write."""

from seedbed.journey.plan.making import make_plan
from seedbed.journey.plan.question import PlanQuestion

__all__ = ["PlanQuestion", "make_plan"]
