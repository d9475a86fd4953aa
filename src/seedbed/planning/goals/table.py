"""The table of goals: read once, and every entry checked."""

from functools import cache
from importlib.resources import files
from typing import Any

from seedbed.errors import TableError
from seedbed.planning.goals.goal import Goal, Sense
from seedbed.tables import read_toml, require_source

PARTS = ("target", "organ", "any_organ")
LOCAL_RULE = "local rule"


@cache
def goal_table() -> dict[str, Any]:
    """Return the shipped table of goals, its entries as read.

    Raises
    ------
    TableError
        A part is missing, or an entry does not say its source and place.

    Examples
    --------
    >>> sorted({entry["site"] for entry in goal_table()["target"]})
    ['bone', 'other', 'surface']
    """
    path = files("seedbed.planning.goals") / "goals.toml"
    table = read_toml(path)
    missing = [part for part in PARTS if not table.get(part)]
    if missing:
        raise TableError(f"file '{path.name}' has no [[{missing[0]}]]", "each part", "install it again")
    organs = [goal for organ in table["organ"] for goal in organ["goal"]]
    for entry in (*table["target"], *organs, *table["any_organ"]):
        require_source(entry, path.name)
    return table


def goal_of(entry: dict[str, Any], structure: str) -> Goal:
    """Return an entry of the table as a goal of one structure; its source names the place.

    Examples
    --------
    >>> goal_of(goal_table()["any_organ"][0], "Jugular_R").metric
    'D2cc[%]'
    """
    sense: Sense = entry["sense"]
    source = f"{entry['source']}: {entry['place']}"
    return Goal(structure, entry["metric"], sense, float(entry["limit"]), entry["hard"], source)
