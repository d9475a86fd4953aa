"""What an organ is, from the name that somebody gave it."""

import re
from functools import cache
from string import digits
from unicodedata import normalize

from seedbed.errors import TableError
from seedbed.planning.goals.table import goal_table

SIDES = frozenset(["l", "r", "lt", "rt", "left", "right", "both", "bilat"])
EXTENT = re.compile(r"(?:prv)?\d*(?:mm|cm)?")
"""A margin or a number behind a name: PRV05, 3 mm, 2."""
SIDE_WITHIN = re.compile(r"^(?:left|right|[左右双雙][侧側]?)|(?:left|right|[左右双雙][侧側]?)$")
"""A side written without a gap: 左颈动脉, CarotidLeft."""


def organ_role(name: str) -> str | None:
    """Return the role of an organ: "spinal cord", "trachea", ...; None where no alias fits.

    Capitals, gaps, underscores, sides and margins do not matter. The whole name must be an alias: "vocal
    cord" is no spinal cord.

    Examples
    --------
    >>> organ_role("A_Carotid_L"), organ_role("Spinal cord PRV 5 mm"), organ_role("左臂丛")
    ('carotid artery', 'spinal cord', 'brachial plexus')
    >>> organ_role("vocal cord") is None
    True
    """
    plain = _plain(name)
    roles = _roles()
    return roles.get(plain) or roles.get(SIDE_WITHIN.sub("", plain))


def role_names() -> list[str]:
    """Names of all roles.

    Examples
    --------
    >>> "oesophagus" in role_names()
    True
    """
    return [organ["role"] for organ in goal_table()["organ"]]


def _plain(name: str) -> str:
    words = re.split(r"[\W_]+", normalize("NFKC", name).casefold())
    kept = (word for word in words if word not in SIDES and not EXTENT.fullmatch(word))
    return "".join(word.rstrip(digits) for word in kept)


@cache
def _roles() -> dict[str, str]:
    found: dict[str, str] = {}
    for organ in goal_table()["organ"]:
        for alias in {_plain(alias) for alias in (organ["role"], *organ["aliases"])}:
            if alias in found:
                raise TableError(f"alias '{alias}' has two roles", "one role an alias", "correct goals.toml")
            found[alias] = organ["role"]
    return found
