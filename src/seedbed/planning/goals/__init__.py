"""Goals of a plan as data: defaults by site and organ, changes, judgement, contradictions."""

from seedbed.planning.goals.changes import parse_goal, with_goals
from seedbed.planning.goals.contradictions import check_goals, contradictions
from seedbed.planning.goals.defaults import default_goals, goal_sites, organ_goals
from seedbed.planning.goals.goal import TARGET, Goal, PlanGoals
from seedbed.planning.goals.judging import GoalResult, judge_goal, judge_goals, judged_metric
from seedbed.planning.goals.overlap import check_overlap
from seedbed.planning.goals.roles import organ_role, role_names

__all__ = [
    "TARGET",
    "Goal",
    "GoalResult",
    "PlanGoals",
    "check_goals",
    "check_overlap",
    "contradictions",
    "default_goals",
    "goal_sites",
    "judge_goal",
    "judge_goals",
    "judged_metric",
    "organ_goals",
    "organ_role",
    "parse_goal",
    "role_names",
    "with_goals",
]
