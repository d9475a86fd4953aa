"""Sensible goals by site and organ, from the shipped table."""

from collections.abc import Sequence

from seedbed.errors import DoseError, StructureError, one_of
from seedbed.planning.goals.goal import TARGET, Goal, PlanGoals
from seedbed.planning.goals.roles import organ_role
from seedbed.planning.goals.table import goal_of, goal_table


def goal_sites() -> list[str]:
    """Names of the sites that `default_goals` knows: those of the shipped protocol.

    Examples
    --------
    >>> goal_sites()
    ['other', 'surface', 'bone']
    """
    return list(dict.fromkeys(entry["site"] for entry in goal_table()["target"]))


def default_goals(
    prescription_gy: float, *, strengths_u: Sequence[float], organs: Sequence[str] = (), site: str = "other"
) -> PlanGoals:
    """Return the goals of the shipped table for a target at a site and for the organs that are named.

    Parameters
    ----------
    prescription_gy : float
    strengths_u : sequence of float
        Air-kerma strengths in stock, U.
    organs : sequence of str
        Names as in the structure set; each once. An organ whose role is not known gets a general aim.
    site : str
        See `goal_sites`.

    Raises
    ------
    DoseError
        No such site; no positive prescription or strength.
    StructureError
        An organ called "target".

    Examples
    --------
    >>> goals = default_goals(120.0, strengths_u=[0.889], organs=["SpinalCord"])
    >>> [str(goal) for goal in goals.goals if goal.hard]
    ['target:V100>=95!', 'target:D90[%]>=105!', 'SpinalCord:Dmax<=50!']
    """
    if site not in goal_sites():
        raise DoseError(f"goals for site '{site}'", one_of(goal_sites(), site), "choose a listed site")
    target = [goal_of(entry, TARGET) for entry in goal_table()["target"] if entry["site"] == site]
    rest = [goal for name in dict.fromkeys(organs) for goal in organ_goals(name)]
    return PlanGoals(prescription_gy, (*target, *rest), tuple(float(strength) for strength in strengths_u))


def organ_goals(name: str) -> tuple[Goal, ...]:
    """Return the shipped goals of one organ by its role, or the general aim where it has none.

    Raises
    ------
    StructureError
        An organ called "target".

    Examples
    --------
    >>> [str(goal) for goal in organ_goals("气管")], [str(goal) for goal in organ_goals("Jugular_R")]
    (['气管:D2cc<=60?', '气管:D0.1cc<=90?'], ['Jugular_R:D2cc[%]<=100?'])
    """
    if name == TARGET:
        raise StructureError(f"an organ named '{TARGET}'", "a name of its own", "rename the organ")
    role = organ_role(name)
    entries = next((organ["goal"] for organ in goal_table()["organ"] if organ["role"] == role), None)
    return tuple(goal_of(entry, name) for entry in entries or goal_table()["any_organ"])
