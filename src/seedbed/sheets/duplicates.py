"""Rows that say the same key twice: the same in all fields they are one, else none of them is taken."""

from collections.abc import Callable, Iterable
from functools import cache
from operator import attrgetter

from seedbed.patient.records import KINDS, Record
from seedbed.sheets.addresses import BadCell, CellAddress, Placed, SheetContent


def each_once(content: SheetContent) -> SheetContent:
    """Return the content with every key once; where rows of one key differ, all of them are bad.

    Which of two rows is right cannot be known, so neither is taken.
    """
    first: dict[tuple[object, ...], Placed] = {}
    differing: dict[tuple[object, ...], list[Placed]] = {}
    repeated: list[Placed] = []
    for placed in content.records:
        record = placed.record
        key = (record.KIND, _key_of(record.KIND)(record))
        other = first.setdefault(key, placed)
        if other is placed:
            continue
        if other.record == record:
            repeated.append(placed)
        else:
            differing.setdefault(key, [other]).append(placed)
    records = tuple(placed for key, placed in first.items() if key not in differing)
    bad = tuple(_bad(placed, group) for group in differing.values() for placed in group)
    return SheetContent(records, content.bad + bad, content.remarks + _remarks(repeated))


@cache
def _key_of(kind: str) -> Callable[[Record], object]:
    """Return the function that gives the values of a key, faster than `Record.key`."""
    return attrgetter(*KINDS[kind].KEY)


def _bad(placed: Placed, group: list[Placed]) -> BadCell:
    other = next(each for each in group if each is not placed)
    mine, its = placed.record.stated(), other.record.stated()
    fields = [name for name in {**mine, **its} if mine.get(name) != its.get(name)]
    place = _of_key(other)
    return BadCell(
        _of_key(placed),
        f"{placed.record.name} stands also in {place} with another {', '.join(fields)}; expected each once, "
        "or the same in all fields; none of them was taken",
    )


def _of_key(placed: Placed) -> CellAddress:
    last = placed.record.KEY[-1]
    return placed.cell(last if last in placed.cells else "value")


def _remarks(repeated: Iterable[Placed]) -> tuple[str, ...]:
    places = [str(placed.address_of_row) for placed in repeated]
    if not places:
        return ()
    shown = ", ".join(places[:5]) + (", ..." if len(places) > 5 else "")
    return (f"{len(places)} records repeat others and were taken once: {shown}",)
