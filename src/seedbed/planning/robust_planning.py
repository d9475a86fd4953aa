"""Plan so that displaced implants still give the prescription: with as much reserve of D90 as that takes."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from seedbed.dosimetry import PlacementErrors, structure_samples
from seedbed.dosimetry.placement_errors import Breathing
from seedbed.planning.goals import TARGET, Goal, PlanGoals, contradictions, parse_goal
from seedbed.planning.planner import Tell, plan_implant
from seedbed.planning.request import Planned, PlanRequest
from seedbed.planning.robustness import percentile_d90
from seedbed.planning.search import Stop

SAMPLES, ROUNDS = 4000, 3
CLOSE_SHARE = 0.995
"""The 5th percentile of D90 is reached when it is so close to the prescription; local rule."""
MOST_RESERVE_PCT = 160.0
"""More reserve than this is not asked for: then placement is the problem, not the plan. Local rule."""
SOURCE = "local rule: reserve for displaced needles and seeds"


@dataclass(frozen=True)
class RobustPlanned:
    """Plans with a reserve.

    Attributes
    ----------
    planned : Planned
    low_d90_gy : float
        5th percentile of D90 of its first plan under the errors.
    asked_d90_pct : float
        D90 that was asked for in the end, percent of the prescription.
    reached : bool
        Whether the 5th percentile reaches the prescription.
    given_up : tuple of Goal
        Aims that so much dose makes impossible.
    """

    planned: Planned
    low_d90_gy: float
    asked_d90_pct: float
    reached: bool
    given_up: tuple[Goal, ...]


def plan_robustly(
    request: PlanRequest,
    *,
    errors: PlacementErrors,
    breathing: Breathing | None = None,
    tell: Tell | None = None,
    stop: Stop | None = None,
) -> RobustPlanned:
    """Plan with so much D90 that 95 of 100 displaced implants still give the prescription to 90 %.

    The D90 to plan for follows from what displacement takes of the last plan's, round after round. Aims that
    so much dose makes impossible, such as a low V150, are given up.

    Parameters
    ----------
    request : PlanRequest
    errors : PlacementErrors
        See `seedbed.dosimetry.placement_errors.load_errors`.
    breathing : Breathing, optional
    tell, stop : callable, optional
        As for `plan_implant`.

    Raises
    ------
    NoPlanError
        As `plan_implant`.
    """
    low = _low_d90(request, errors, breathing)
    prescription = request.goals.prescription_gy
    quick, asked = replace(request, bound_seconds=0.0, alternatives=False), _asked(request.goals)
    for _ in range(ROUNDS):
        planned = plan_implant(replace(quick, goals=_goals(request.goals, asked)), tell=tell, stop=stop)
        found = low(planned)
        if found >= CLOSE_SHARE * prescription or asked >= MOST_RESERVE_PCT or (stop and stop()):
            break
        reached = 100 * planned.plan.target_dvh.dose_to_pct(90) / prescription
        asked = min(max(asked, reached) * prescription / found, MOST_RESERVE_PCT)
    if not planned.stopped:
        planned = plan_implant(replace(request, goals=_goals(request.goals, asked)), tell=tell, stop=stop)
        found = low(planned)
    kept = [(goal.structure, goal.metric) for goal in planned.plan.goals.goals]
    given_up = tuple(goal for goal in request.goals.goals if (goal.structure, goal.metric) not in kept)
    return RobustPlanned(planned, found, asked, found >= CLOSE_SHARE * prescription, given_up)


def _low_d90(
    request: PlanRequest, errors: PlacementErrors, breathing: Breathing | None
) -> Callable[[Planned], float]:
    """Return what gives the 5th percentile of D90 of the first plan, Gy, by the same trials each time."""
    points, volume = structure_samples(request.target, count=SAMPLES)

    def low(planned: Planned) -> float:
        new, given = planned.plan.implant, request.given
        return percentile_d90(
            request.source, new if given is None else new.joined(given), points, volume,
            errors=errors, breathing=breathing, rng=np.random.default_rng(request.random_seed),
        )  # fmt: skip

    return low


def _asked(goals: PlanGoals) -> float:
    """D90 that the goals ask for, percent of the prescription; 100 where they do not."""
    return max([100.0, *(goal.limit for goal in goals.of(TARGET) if goal.metric == "D90[%]")])


def _goals(goals: PlanGoals, asked_pct: float) -> PlanGoals:
    """Return goals that ask for a D90, without the aims that it makes impossible."""
    if asked_pct <= _asked(goals):
        return goals
    kept = tuple(goal for goal in goals.goals if (goal.structure, goal.metric) != (TARGET, "D90[%]"))
    more = parse_goal(f"{TARGET}:D90[%]>={asked_pct:.1f}!", source=SOURCE)
    raised = replace(goals, goals=(*kept, more))
    impossible = [goal for pair in contradictions(raised) for goal in pair if not goal.hard]
    goals_left = tuple(goal for goal in raised.goals if goal not in impossible)
    return replace(raised, goals=tuple(sorted(goals_left, key=lambda goal: goal.structure != TARGET)))
