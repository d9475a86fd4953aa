"""What to think of when the drug does harm: suggestions from labels and consensus papers, never orders.

The dose follows the protocol (`seedbed.protocol.next_dose`). These rules say beside it what a consensus on
anlotinib, or the label of another drug of its class, asks for at one adverse event.
"""

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field, PositiveInt, ValidationError

from seedbed.errors import RulesError, TableError
from seedbed.protocol.conditions import Many, RuleModel
from seedbed.protocol.models import Rule, Source
from seedbed.tables import read_toml

SHIPPED: Final = "anlotinib_safety.toml"
Grade = Annotated[int, Field(ge=1, le=4)]
Checked = Literal["read", "from memory"]


class SafetyRule(Rule):
    """What is suggested at some adverse events of some grades, and by whom.

    ``checked`` says whether the source was read when the rule was written.
    """

    event: str
    drug: str
    terms: Many[str] = Field(min_length=1)
    grades: Many[Grade] = Field(min_length=1)
    action: Literal["interrupt", "interrupt, then reduce", "stop"]
    checked: Checked


class SurgeryRule(Rule):
    """How long the drug is left out around an operation."""

    drug: str
    days_before: PositiveInt
    days_after: PositiveInt
    checked: Checked


class SafetyRules(RuleModel):
    """The suggestions of one file."""

    title: str
    source: Source
    rule: Many[SafetyRule]
    surgery: SurgeryRule


def load_safety(path: Path | None = None) -> SafetyRules:
    """Read a file of suggestions; without a path the shipped one (anlotinib and its class).

    Raises
    ------
    RulesError
        A typo, a missing key, a value that is not known, an id that stands there twice.

    Examples
    --------
    >>> load_safety().surgery.days_before
    10
    """
    return _shipped() if path is None else _read(path)


def suggestions(term: str, grade: int, *, rules: SafetyRules | None = None) -> tuple[SafetyRule, ...]:
    """Return what labels and consensus papers suggest at an adverse event; often nothing.

    Parameters
    ----------
    term : str
        A term of CTCAE v5.0, as published.
    grade : int
        Its grade, 1 to 4.
    rules : SafetyRules, optional
        The shipped ones by default.

    Examples
    --------
    >>> [(rule.id, rule.action) for rule in suggestions("Bronchopulmonary hemorrhage", 3)]
    [('SAFE-BLEED-3', 'stop'), ('SAFE-BLEED-SORAFENIB', 'stop')]
    >>> suggestions("Nausea", 2)
    ()
    """
    known = rules or load_safety()
    return tuple(rule for rule in known.rule if term in rule.terms and grade in rule.grades)


@cache
def _shipped() -> SafetyRules:
    return _read(files("seedbed.protocol") / "data" / SHIPPED)


def _read(path: Path | Traversable) -> SafetyRules:
    try:
        rules = SafetyRules.model_validate(read_toml(path))
    except TableError as error:
        raise RulesError(error.came, error.expected, error.do) from error
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in fault["loc"])
        raise RulesError(
            f"'{where}' of '{path.name}': {fault['msg']}", "a file built like the shipped one", "correct it"
        ) from None
    ids = [rule.id for rule in rules.rule]
    twice = [each for each in ids if ids.count(each) > 1]
    if twice:
        raise RulesError(f"rule '{twice[0]}' twice in '{path.name}'", "each id once", "rename one of them")
    return rules
