"""Conditions over facts, and their truth: met, not met, or unknown while a fact is not stated.

The three-valued logic is Kleene's: "any" is met as soon as one part is, "all" is not met as soon as one
part is not, whatever is unknown beside it (S. C. Kleene, Introduction to Metamathematics, 1952, section 64).
"""

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, Literal, TypeVar

from dateutil.relativedelta import relativedelta
from pydantic import BaseModel, ConfigDict, Field

from seedbed.patient import FACTS, FactValue, PatientFacts, format_value

Item = TypeVar("Item")
Many = Annotated[tuple[Item, ...], Field(strict=False)]
"""An array of a rules file."""

Operator = Literal["is", ">", ">=", "<", "<=", "within the months before", "more than the months before"]
COMPARISONS: Final[dict[str, Callable[[float, float], bool]]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
OPERATORS_OF_KIND: Final[dict[str, tuple[str, ...]]] = {
    "yes or no": ("is",),
    "number": tuple(COMPARISONS),
    "date": ("within the months before", "more than the months before"),
}
DECIMALS_COMPARED: Final = 9
"""Sums such as 7.4 + 7.4 + 7.4 GBq must not exceed 22.2 GBq by a rounding error."""


class RuleModel(BaseModel):
    """A part of a rules file: frozen, every key known, every value of its own type, no NaN."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, str_strip_whitespace=True
    )


class Condition(RuleModel):
    """One comparison of a fact, or ``all``, ``any`` or ``not`` of conditions.

    A comparison has ``fact``, ``op`` and ``value``, the ``unit`` of the fact where it has one, and
    ``before`` (another date) where it compares dates.
    """

    fact: str | None = None
    op: Operator | None = None
    value: bool | float | None = None
    unit: str = ""
    before: str | None = None
    all: Many["Condition"] | None = None
    any: Many["Condition"] | None = None
    not_: "Condition | None" = Field(default=None, alias="not")


@dataclass(frozen=True)
class FactUsed:
    """A fact that a decision looked at; its value is None when nobody had stated it.

    Examples
    --------
    >>> print(FactUsed("cumulative_i131_gbq", 30.0))
    cumulative_i131_gbq = 30 GBq
    """

    name: str
    value: FactValue | None

    def __str__(self) -> str:
        unit = FACTS[self.name].unit if self.value is not None else ""
        return f"{self.name} = {format_value(self.value)} {unit}".rstrip()


@dataclass(frozen=True)
class Verdict:
    """What became of a condition.

    Attributes
    ----------
    truth : bool or None
        None while unknown.
    facts : tuple of FactUsed
        Every fact the condition asks for, with its value.
    missing : tuple of str
        Facts that are not stated and keep it unknown; empty once it is decided.
    """

    truth: bool | None
    facts: tuple[FactUsed, ...]
    missing: tuple[str, ...] = ()


def evaluate(condition: Condition, facts: PatientFacts) -> Verdict:
    """Decide a condition, or say which facts it lacks.

    Parameters
    ----------
    condition : Condition
        As read from a rules file.
    facts : PatientFacts
        What is known of the patient.

    Examples
    --------
    >>> condition = Condition(fact="kps", op=">=", value=80.0)
    >>> evaluate(condition, PatientFacts(kps=80.0)).truth
    True
    >>> evaluate(condition, PatientFacts()).missing
    ('kps',)
    """
    if condition.all is not None:
        return _combine([evaluate(part, facts) for part in condition.all], decisive=False)
    if condition.any is not None:
        return _combine([evaluate(part, facts) for part in condition.any], decisive=True)
    if condition.not_ is not None:
        inner = evaluate(condition.not_, facts)
        return Verdict(None if inner.truth is None else not inner.truth, inner.facts, inner.missing)
    return _compare(condition, facts)


def unique(items: Iterable[Item]) -> tuple[Item, ...]:
    """Drop repetitions, keep the order.

    Examples
    --------
    >>> unique("abca")
    ('a', 'b', 'c')
    """
    return tuple(dict.fromkeys(items))


def _combine(parts: list[Verdict], *, decisive: bool) -> Verdict:
    used = unique(fact for part in parts for fact in part.facts)
    if any(part.truth is decisive for part in parts):
        return Verdict(decisive, used)
    missing = unique(name for part in parts for name in part.missing)
    return Verdict(None if missing else not decisive, used, missing)


def _compare(condition: Condition, facts: PatientFacts) -> Verdict:
    names = [name for name in (condition.fact, condition.before) if name is not None]
    used = tuple(FactUsed(name, getattr(facts, name)) for name in names)
    missing = tuple(fact.name for fact in used if fact.value is None)
    if missing:
        return Verdict(None, used, missing)
    return Verdict(_holds(condition, [fact.value for fact in used]), used)


def _holds(condition: Condition, values: list[FactValue | None]) -> bool:
    first, wanted = values[0], condition.value
    if condition.op == "is":
        return first is wanted
    if condition.op in COMPARISONS and isinstance(first, int | float) and wanted is not None:
        compare = COMPARISONS[condition.op]
        return compare(round(first, DECIMALS_COMPARED), round(wanted, DECIMALS_COMPARED))
    last = values[-1]
    if not isinstance(first, date) or not isinstance(last, date) or wanted is None:
        raise TypeError(f"condition on '{condition.fact}' was not checked")
    within = last - relativedelta(months=int(wanted)) <= first <= last
    return within if condition.op == "within the months before" else first < last and not within
