"""Refuse what each key alone cannot show: names that are not there, cells that cannot be taken apart."""

from collections.abc import Callable, Iterable
from itertools import chain
from typing import Final

from seedbed.cohort.auditing.cell_texts import read_cell
from seedbed.cohort.auditing.models import (
    AnyClaim,
    CellOf,
    ExtremeClaim,
    PClaim,
    Survival,
    SurvivalClaim,
    Typed,
    ValueClaim,
    Variable,
)
from seedbed.cohort.auditing.places import Place
from seedbed.cohort.auditing.quartile_definitions import DEFINITIONS
from seedbed.cohort.printed import PrintedP
from seedbed.errors import TableError, one_of

MOST_PATIENTS: Final = 1_000_000
Refuse = Callable[..., TableError]


def check_study(typed: Typed, refuse: Refuse) -> None:
    """Refuse a paper that names what is not there.

    Parameters
    ----------
    typed : Typed
    refuse : callable
        From a place, and the keywords ``came``, ``expected`` and ``do``, to the error.
    """
    _ids(typed, refuse)
    for number, group in enumerate(typed.group):
        _patients(group.n, ("group", number, "n"), refuse)
        if group.id == "level":
            raise refuse(("group", number, "id"), came="is 'level'", expected="another id")
    own = typed.study.quartiles
    if own is not None:
        _named([own], DEFINITIONS, ("study", "quartiles"), refuse)
    for number, one in enumerate(typed.variable):
        _variable(one, typed, ("variable", number), refuse)
    for number, lasting in enumerate(typed.survival):
        _survival(lasting, typed, ("survival", number), refuse)
    for number, claim in enumerate(typed.claim):
        _claim(claim, typed, ("claim", number), refuse)
    lines = {each.id: each for each in typed.variable}
    for number, link in enumerate(typed.volume):
        place = ("volume", number)
        _named([link.reduction], lines, (*place, "reduction"), refuse)
        _named([link.response], lines, (*place, "response"), refuse)
        _named(link.levels, _levels(typed, link.response), (*place, "levels"), refuse)


def _ids(typed: Typed, refuse: Refuse) -> None:
    for key in ("group", "variable", "survival", "claim", "criterion"):
        seen: set[str] = {one.id for one in typed.variable} if key == "survival" else set()
        for number, one in enumerate(getattr(typed, key)):
            if one.id in seen:
                raise refuse((key, number, "id"), came=f"is '{one.id}' a second time", expected="another id")
            seen.add(one.id)


def _variable(one: Variable, typed: Typed, place: tuple[str, int], refuse: Refuse) -> None:
    _shape(one, place, refuse)
    groups = [group.id for group in typed.group]
    key = "rows" if one.rows else "cells"
    for group, text in chain.from_iterable(row.items() for row in (*one.rows, one.cells)):
        if group != "level":
            _named([group], groups, (*place, key), refuse)
            _readable(one.kind, text, (*place, key), refuse)
    _named(one.n, groups, (*place, "n"), refuse)
    _named(one.groups, groups, (*place, "groups"), refuse)
    for size in one.n.values():
        _patients(size, (*place, "n"), refuse)
    _p_value(one.p, (*place, "p"), refuse)
    if one.rate_of is not None:
        _named([one.rate_of.variable], (each.id for each in typed.variable), (*place, "rate_of"), refuse)
        _named(one.rate_of.levels, _levels(typed, one.rate_of.variable), (*place, "rate_of"), refuse)


def _shape(one: Variable, place: tuple[str, int], refuse: Refuse) -> None:
    """Demand rows for counts, cells for means and quartiles, neither for a p-value alone."""
    wanted = {"counts": "rows", "p_only": ""}.get(one.kind, "cells")
    for key, given in (("rows", one.rows), ("cells", one.cells)):
        if bool(given) != (key == wanted):
            came = f"stands in a line of kind '{one.kind}'" if given else "is missing or empty"
            raise refuse(
                (*place, key), came=came, expected=f"'{wanted}'" if wanted else "neither rows nor cells"
            )
    levels = [row.get("level", "") for row in one.rows]
    if "" in levels or len(set(levels)) < len(levels):
        raise refuse((*place, "rows"), came="has a level without a name or twice", expected="each level once")
    if one.kind == "p_only" and (one.p is None or one.scale not in ("repeated", "paired")):
        raise refuse((*place, "kind"), came="is 'p_only'", expected="'p', and 'scale' repeated or paired")
    if one.kind != "p_only" and one.scale in ("repeated", "paired"):
        raise refuse(
            (*place, "scale"), came=f"is '{one.scale}'", expected="that scale with kind 'p_only' only"
        )
    if one.min is not None and one.max is not None and float(one.min) > float(one.max):
        raise refuse((*place, "min"), came=f"is {one.min}, above {one.max}", expected="at most 'max'")


def _survival(one: Survival, typed: Typed, place: tuple[str, int], refuse: Refuse) -> None:
    groups = [group.id for group in typed.group]
    for key, named in (("values", one.values), ("n", one.n), ("events", one.events)):
        _named(named, groups, (*place, key), refuse)
    sizes = {group.id: group.n for group in typed.group} | one.n
    for group, count in one.events.items():
        if int(count) > int(sizes[group]):
            raise refuse((*place, "events"), came=f"is {count} of {sizes[group]}", expected="at most n")
    for size in one.n.values():
        _patients(size, (*place, "n"), refuse)
    _p_value(one.p, (*place, "p"), refuse)
    if one.not_longer_than:
        lasting = [each.id for each in typed.survival]
        _named([one.not_longer_than], lasting, (*place, "not_longer_than"), refuse)


def _claim(claim: AnyClaim, typed: Typed, place: tuple[str, int], refuse: Refuse) -> None:
    lines, lasting = [one.id for one in typed.variable], [one.id for one in typed.survival]
    groups = [group.id for group in typed.group]
    if isinstance(claim, PClaim):
        _p_value(claim.p, (*place, "p"), refuse)
        _named(claim.about, lines + lasting, (*place, "about"), refuse)
        _named(claim.groups, groups, (*place, "groups"), refuse)
    elif isinstance(claim, SurvivalClaim):
        _named([claim.of], lasting, (*place, "of"), refuse)
        _named(claim.values, groups, (*place, "values"), refuse)
    elif isinstance(claim, ValueClaim):
        _pointer(claim.of, typed, (*place, "of"), refuse)
    elif isinstance(claim, ExtremeClaim):
        _named([claim.variable], lines, (*place, "variable"), refuse)
        _named([claim.group], groups, (*place, "group"), refuse)
        _named([claim.level], _levels(typed, claim.variable) or [""], (*place, "level"), refuse)


def _pointer(of: CellOf, typed: Typed, place: Place, refuse: Refuse) -> None:
    _named([of.variable], (one.id for one in typed.variable), place, refuse)
    _named([of.group], (group.id for group in typed.group), place, refuse)
    _named([of.level], _levels(typed, of.variable) or [""], place, refuse)


def _levels(typed: Typed, name: str) -> list[str]:
    return [row["level"] for one in typed.variable if one.id == name for row in one.rows if "level" in row]


def _named(names: Iterable[str], known: Iterable[str], place: Place, refuse: Refuse) -> None:
    listed = list(known)
    for name in names:
        if name not in listed:
            raise refuse(place, came=f"names '{name}'", expected=one_of(listed, name))


def _patients(size: str, place: Place, refuse: Refuse) -> None:
    if not 1 <= int(size) <= MOST_PATIENTS:
        raise refuse(place, came=f"is {size}", expected="1 to a million patients")


def _readable(kind: str, text: str, place: Place, refuse: Refuse) -> None:
    try:
        size = read_cell(kind, text).size
    except TableError as error:
        raise refuse(place, came=f"holds {error.came}", expected=error.expected, do=error.do) from None
    if size is not None:
        _patients(str(size), place, refuse)


def _p_value(text: str | None, place: Place, refuse: Refuse) -> None:
    if text is None:
        return
    try:
        PrintedP.parse(text)
    except TableError as error:
        raise refuse(place, came=f"holds {error.came}", expected=error.expected, do=error.do) from None
