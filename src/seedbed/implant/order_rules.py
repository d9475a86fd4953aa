"""Rules of ordering, measuring and handling seeds, read from a sourced table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from seedbed.errors import RulesError, one_of
from seedbed.tables import read_toml, require_source

TEXTS = ("id", "text", "source", "place", "edition")


@dataclass(frozen=True)
class OrderRule:
    """One rule: what it says, who says it, and its numbers.

    Attributes
    ----------
    id, text, source, place, edition : str
    radionuclide : str
        The only radionuclide it is about; empty for all.
    numbers : Mapping[str, float]
        By name, with the unit in the name.
    """

    id: str
    text: str
    source: str
    place: str
    edition: str
    radionuclide: str = ""
    numbers: Mapping[str, float] = field(default_factory=dict)


@cache
def order_rules() -> Mapping[str, OrderRule]:
    """Return the shipped rules by id, in file order.

    Examples
    --------
    >>> order_rules()["ASSAY-10"].numbers["least_percent"]
    10
    """
    return read_order_rules(files("seedbed.implant") / "order_rules.toml")


def order_rule(name: str) -> OrderRule:
    """Return one shipped rule.

    Raises
    ------
    RulesError
        There is no rule of this id.

    Examples
    --------
    >>> order_rule("RELEASE-I125").radionuclide
    'I-125'
    """
    if name not in order_rules():
        raise RulesError(f"rule '{name}' is not known", one_of(order_rules(), name), "choose a listed rule")
    return order_rules()[name]


def release_rule(radionuclide: str) -> OrderRule | None:
    """Return the release table's row for a radionuclide; None where the table has none.

    Examples
    --------
    >>> release_rule("Pd-103").numbers["release_mbq"]
    1500
    """
    rows = [rule for rule in order_rules().values() if "release_mbq" in rule.numbers]
    return next((rule for rule in rows if rule.radionuclide == radionuclide), None)


def read_order_rules(path: Path | Traversable) -> dict[str, OrderRule]:
    """Read every ``[[rule]]`` of a sourced TOML file.

    Raises
    ------
    TableError
        The file or a rule does not say its source and place.
    RulesError
        A rule without a text, with a number that is none, or an id that stands twice.
    """
    rules: dict[str, OrderRule] = {}
    for number, row in enumerate(read_toml(path).get("rule", []), start=1):
        rule = _rule(row, f"{path.name}, rule {number}")
        if rule.id in rules:
            raise RulesError(f"{path.name} has rule '{rule.id}' twice", "each once", "rename one of them")
        rules[rule.id] = rule
    return rules


def _rule(row: dict[str, Any], where: str) -> OrderRule:
    require_source(row, where)
    for key in TEXTS:
        if not isinstance(row.get(key), str) or not row[key].strip():
            raise RulesError(f"{where} has no '{key}'", "a text", "add it")
    numbers = row.get("numbers", {})
    for key, value in numbers.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
            raise RulesError(f"{where} has {key} = {value!r}", "a number above 0", "correct it")
    return OrderRule(
        **{key: row[key] for key in TEXTS}, radionuclide=row.get("radionuclide", ""), numbers=numbers
    )
