"""Plan an implant: read, ask the planner, judge, write.

`make_plan` is loaded where it is first asked for: it brings all that draws sheets.
"""

from typing import TYPE_CHECKING

from seedbed.journey.plan.question import PlanQuestion

if TYPE_CHECKING:
    from seedbed.journey.plan.making import make_plan
else:

    def __getattr__(name: str) -> object:
        """Load the planner's step."""
        if name != "make_plan":
            raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
        from seedbed.journey.plan.making import make_plan

        return make_plan


__all__ = ["PlanQuestion", "make_plan"]
