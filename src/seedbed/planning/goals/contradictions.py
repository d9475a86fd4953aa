"""Goals that no plan can meet together, whatever the anatomy."""

from collections.abc import Iterator, Mapping

from seedbed.errors import NoPlanError
from seedbed.planning.goals.goal import Goal, PlanGoals
from seedbed.planning.goals.statements import exclude_each_other, statement_of


def check_goals(goals: PlanGoals, *, volumes_cc: Mapping[str, float] | None = None) -> None:
    """Refuse goals of which two contradict each other, hard or not.

    Only what is certain is refused: volume falls with dose, the mean lies between least and highest dose and
    is no less than a dose times the share that gets it. Whether goals can be met in this patient is for the
    planner to find out.

    Parameters
    ----------
    goals : PlanGoals
    volumes_cc : mapping of str to float, optional
        Volumes of structures by the names that the goals use. Without it, goals in cc are compared with
        goals in cc alone.

    Raises
    ------
    NoPlanError
        Names the two goals.

    Examples
    --------
    >>> texts = [("V100", "at least", 95.0), ("D90", "at most", 90.0)]
    >>> pair = tuple(Goal("target", metric, sense, limit, False, "user") for metric, sense, limit in texts)
    >>> check_goals(PlanGoals(100.0, pair, (0.5,)))
    Traceback (most recent call last):
    seedbed.errors.NoPlanError: goals 'target:V100>=95?' and 'target:D90<=90?' contradict each other; ...
    """
    for lower, upper in contradictions(goals, volumes_cc=volumes_cc):
        raise NoPlanError(
            f"goals '{lower}' and '{upper}' contradict each other",
            "goals that one dose can meet together",
            "change or drop one of the two",
        )


def contradictions(
    goals: PlanGoals, *, volumes_cc: Mapping[str, float] | None = None
) -> Iterator[tuple[Goal, Goal]]:
    """Yield every pair that `check_goals` refuses, the goal "at least" first.

    Examples
    --------
    >>> list(contradictions(PlanGoals(100.0, (), (0.5,))))
    []
    """
    for name in goals.structures:
        total_cc = (volumes_cc or {}).get(name)
        read = (statement_of(goal, goals.prescription_gy, total_cc) for goal in goals.of(name))
        said = [statement for statement in read if statement is not None]
        for lower in said:
            for upper in said:
                if lower.is_lower and not upper.is_lower and exclude_each_other(lower, upper):
                    yield lower.goal, upper.goal
