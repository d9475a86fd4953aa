"""Criteria of inclusion and exclusion that say the same twice, or contradict each other."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from seedbed.cohort.auditing.findings import Finding, Fine, NoPower, Verdict, Where
from seedbed.cohort.auditing.models import Criterion
from seedbed.cohort.auditing.study import Study

DUPLICATE, CONTRADICTION = "duplicate_criterion", "contradictory_criteria"

RELATIONS: Final = {
    r">=|≥|at least|no less than|not less than|or more|minimum of": ">=",
    r"<=|≤|at most|no more than|not more than|or less|maximum of": "<=",
    r">|more than|greater than|longer than|above|over|exceeding": ">",
    r"<|less than|fewer than|shorter than|below|under": "<",
}
OPPOSITE: Final = {">": "<=", "<": ">=", ">=": "<", "<=": ">"}
IDLE: Final = frozenset(
    "a an and are as at be by for have in is of on or than that the to with".split()  # noqa: SIM905
)
ALIKE: Final = 0.6
"""Part of the words that two criteria share, from which on they speak of one thing (local rule)."""


@dataclass(frozen=True)
class Meaning:
    """What a criterion says: its words, its number, and the relation to it."""

    words: frozenset[str]
    number: str | None
    relation: str | None


def meaning(text: str) -> Meaning:
    """Take a criterion apart.

    Examples
    --------
    >>> found = meaning("Expected survival time of more than 3 months.")
    >>> sorted(found.words), found.number, found.relation
    (['expected', 'month', 'survival', 'time'], '3', '>')
    """
    folded, relation = text.casefold(), None
    for pattern, sign in RELATIONS.items():
        if relation is None and re.search(
            pattern if not pattern[0].isalpha() else rf"\b(?:{pattern})\b", folded
        ):
            relation = sign
        folded = re.sub(pattern, " ", folded)
    numbers = re.findall(r"\d+(?:\.\d+)?", folded)
    words = {word.rstrip("s") for word in re.findall(r"[^\W\d_]+", folded)} - IDLE
    return Meaning(frozenset(words), numbers[0] if len(numbers) == 1 else None, relation)


def check_criteria(study: Study) -> Iterator[Verdict]:
    """Compare every two criteria."""
    listed = study.typed.criterion
    if len(listed) < 2:
        return
    found = [verdict for one, two in combinations(listed, 2) if (verdict := _compare(one, two)) is not None]
    yield from found
    if not found:
        place = Where(place=listed[0].place)
        yield Fine(
            kind=DUPLICATE, where=place, text=f"no two of {len(listed)} criteria speak of the same limit"
        )
    many = [one.id for one in listed if meaning(one.text).number is None]
    if many:
        text = f"criteria without exactly one number are compared by their words alone: {', '.join(many)}"
        yield NoPower(kind=DUPLICATE, where=Where(place=listed[0].place), text=text)


def _compare(one: Criterion, two: Criterion) -> Finding | None:
    a, b = meaning(one.text), meaning(two.text)
    shared = len(a.words & b.words) / max(len(a.words | b.words), 1)
    if shared < ALIKE or a.number != b.number:
        return None
    place = Where(
        place=one.place if one.place == two.place else f"{one.place}, {two.place}",
        row=f"{one.id} and {two.id}",
    )
    quoted = f"{one.id} ({one.kind}): '{one.text}'; {two.id} ({two.kind}): '{two.text}'"
    if one.kind != two.kind and a.relation is not None and a.relation == b.relation:
        return Finding(
            kind=CONTRADICTION,
            where=place,
            text=f"{one.id} asks for what {two.id} excludes",
            arithmetic=quoted,
            certainty="likely",
            settle="the protocol",
        )
    return Finding(
        kind=DUPLICATE,
        where=place,
        text=f"{one.id} and {two.id} say the same" + _gap(one, two, a, b),
        arithmetic=f"{quoted}; {shared:.0%} of their words are shared"
        + (f", and the limit {a.number}" if a.number else ""),
        certainty="likely" if a.number and a.relation and b.relation else "possible",
        settle="the protocol",
    )


def _gap(one: Criterion, two: Criterion, a: Meaning, b: Meaning) -> str:
    """Say what an inclusion and an exclusion of one limit leave open."""
    if one.kind == two.kind or a.number is None or a.relation is None or b.relation is None:
        return ""
    if OPPOSITE[a.relation] == b.relation:
        return ", once as inclusion and once as exclusion"
    return f", once as inclusion and once as exclusion; exactly {a.number} is neither or both"
