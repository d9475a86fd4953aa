"""Goals as a user types them: "SpinalCord:Dmax<=45!", "target:V150<=60", "Trachea:D2cc=off"."""

import re
from collections.abc import Sequence
from dataclasses import replace
from unicodedata import normalize

from seedbed.dosimetry import Metric, parse_metric
from seedbed.dosimetry.metrics import UNITS
from seedbed.errors import DoseError, StructureError, one_of
from seedbed.planning.goals.goal import TARGET, Goal, PlanGoals, Sense
from seedbed.planning.goals.roles import organ_role

USER = "user"
NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?"
TYPED = re.compile(
    rf"(?P<structure>.+):(?P<metric>[^:<>=]+)"
    rf"(?:(?P<sign><=|>=)\s*(?P<limit>{NUMBER})\s*(?P<unit>%|cc|cm3|ml|gy)?\s*(?P<mark>[!?])?|(?P<off>=\s*off))",
    re.IGNORECASE,
)
SENSES: dict[str, Sense] = {">=": "at least", "<=": "at most"}
SIGNS_ALIKE = str.maketrans({"≤": "<=", "≥": ">=", "：": ":", "！": "!", "？": "?"})
SYNTAX = (
    "STRUCTURE:METRIC<=LIMIT or STRUCTURE:METRIC>=LIMIT, with '!' behind it for hard or '?' for an aim, "
    "such as 'SpinalCord:Dmax<=45!' or 'target:V150<=60', or STRUCTURE:METRIC=off"
)


def parse_goal(text: str, *, source: str = USER) -> Goal:
    """Read one goal.

    Parameters
    ----------
    text : str
        ``STRUCTURE:METRIC<=LIMIT`` or ``>=``; ``!`` at the end makes it hard, ``?`` or nothing an aim. The
        unit of the limit may follow it, and must then be that of the metric. ``str(goal)`` is such a text.
    source : str
        Who says so.

    Raises
    ------
    DoseError
        Another text, no metric, a limit without meaning or in another unit.

    Examples
    --------
    >>> parse_goal("SpinalCord: Dmax <= 45 Gy !")
    Goal(structure='SpinalCord', metric='Dmax', sense='at most', limit=45.0, hard=True, source='user')
    """
    found = _match(text)
    if found["off"]:
        raise DoseError(f"the goal '{text}'", "a goal, not its removal", "state a limit")
    return _goal(found, text, found["structure"].strip(), source, hard=found["mark"] == "!")


def with_goals(
    goals: PlanGoals, changes: Sequence[str], *, organs: Sequence[str] = (), source: str = USER
) -> PlanGoals:
    """Return goals with some replaced, added or taken out, as a user asks.

    A change replaces the goals of the same structure, metric and sense, in whatever unit those answer, and
    otherwise adds one. Without a mark it stays hard where it replaces a hard goal, so that a tighter limit is
    not weakened by accident; ``?`` makes it an aim.

    Parameters
    ----------
    goals : PlanGoals
    changes : sequence of str
        As for `parse_goal`, or ``STRUCTURE:METRIC=off``. Capitals of a structure do not matter, and a role
        ("spinal cord") stands for the one organ that has it.
    organs : sequence of str
        Structures that may be named although they have no goal yet.
    source : str

    Raises
    ------
    DoseError
        A text that is no goal; a goal to take out that is not there.
    StructureError
        A structure that is not there.

    Examples
    --------
    >>> first = PlanGoals(120.0, (parse_goal("Cord:Dmax<=50!"), parse_goal("target:V200<=30")), (0.889,))
    >>> second = with_goals(first, ["cord:Dmax<=45", "target:V200=off", "target:V150<=60"])
    >>> [str(goal) for goal in second.goals]
    ['Cord:Dmax<=45!', 'target:V150<=60?']
    """
    known = list(dict.fromkeys([TARGET, *goals.structures, *organs]))
    changed = list(goals.goals)
    for text in changes:
        found = _match(text)
        structure = _structure(found["structure"].strip(), known)
        changed = _changed(changed, found, text, structure, source)
    return replace(goals, goals=tuple(changed))


def _changed(goals: list[Goal], found: re.Match[str], text: str, structure: str, source: str) -> list[Goal]:
    metric, sense = parse_metric(found["metric"]), SENSES.get(found["sign"] or "")
    old = [
        goal
        for goal in goals
        if goal.structure == structure and _asks_same(goal.reading, metric) and sense in (None, goal.sense)
    ]
    if found["off"]:
        if not old:
            named = [str(goal) for goal in goals if goal.structure == structure]
            raise DoseError(f"no goal for '{text}' to take out", one_of(named), "name a goal that is there")
        return [goal for goal in goals if goal not in old]
    hard = any(goal.hard for goal in old) if found["mark"] is None else found["mark"] == "!"
    new = _goal(found, text, structure, source, hard=hard)
    if not old:
        return [*goals, new]
    place = goals.index(old[0])
    rest = [goal for goal in goals[place:] if goal not in old]
    return [*goals[:place], new, *rest]


def _match(text: str) -> re.Match[str]:
    found = TYPED.fullmatch(text.translate(SIGNS_ALIKE).strip())
    if not found:
        raise DoseError(f"the goal '{text}'", SYNTAX, "correct the goal")
    return found


def _goal(found: re.Match[str], text: str, structure: str, source: str, *, hard: bool) -> Goal:
    metric = parse_metric(found["metric"])
    unit = UNITS[found["unit"].casefold()] if found["unit"] else metric.unit
    if unit != metric.unit:
        raise DoseError(
            f"the goal '{text}' with a limit in {unit}",
            f"a limit in {metric.unit}, since {metric.name} answers in that",
            f"correct the unit, or ask for the metric in {unit}, as in 'D90[%]' or 'V100[cc]'",
        )
    return Goal(structure, metric.name, SENSES[found["sign"]], float(found["limit"]), hard, source)


def _asks_same(first: Metric, second: Metric) -> bool:
    return (first.letter, first.what, first.what_unit) == (second.letter, second.what, second.what_unit)


def _structure(name: str, known: Sequence[str]) -> str:
    if name in known:
        return name
    alike = [own for own in known if _folded(own) == _folded(name)]
    role = organ_role(name)
    same_role = [own for own in known if own != TARGET and role is not None and organ_role(own) == role]
    for choice in (alike, same_role):
        if len(choice) == 1:
            return choice[0]
    raise StructureError(f"a goal for '{name}'", one_of(known, name), "name a structure of this plan")


def _folded(name: str) -> str:
    return normalize("NFKC", name).casefold()
