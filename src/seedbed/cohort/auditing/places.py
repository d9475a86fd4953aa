"""Say where in a typed paper something stands: key and line."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from seedbed.errors import TableError

Place = Sequence[int | str]


def line_of(text: str, place: Place) -> int | None:
    r"""Find the line of a key such as ``("variable", 3, "kind")``; of its table where the key is missing.

    Examples
    --------
    >>> line_of('[[group]]\nid = "A"\n[[group]]\nid = "B"', ("group", 1, "id"))
    4
    """
    if not place:
        return None
    head, number = str(place[0]), place[1] if len(place) > 1 and isinstance(place[1], int) else 0
    lines = text.splitlines()
    starts = [at for at, line in enumerate(lines) if re.match(rf"\s*\[\[?\s*{re.escape(head)}\s*\]", line)]
    if int(number) >= len(starts):
        return None
    start = starts[int(number)]
    ends = (at for at in range(start + 1, len(lines)) if re.match(r"\s*\[\[?[A-Za-z_]+\]", lines[at]))
    keys = [part for part in place[1:] if isinstance(part, str)]
    found = start
    for at in range(start, next(ends, len(lines))):
        if keys and re.match(rf"\s*{re.escape(keys[0])}\s*[.=]", lines[at]):
            found = at
    return found + 1


def written(place: Place) -> str:
    """Write a place as a path, counted from 1.

    Examples
    --------
    >>> written(("variable", 3, "kind"))
    'variable 4, kind'
    """
    parts = [f"{part}{_number(place, at)}" for at, part in enumerate(place) if isinstance(part, str)]
    return ", ".join(parts)


def _number(place: Place, at: int) -> str:
    following = place[at + 1] if at + 1 < len(place) else None
    return f" {following + 1}" if isinstance(following, int) else ""


def fault(
    name: str, text: str, place: Place, *, came: str, expected: str, do: str = "correct it"
) -> TableError:
    """Return the error of one place in a typed paper."""
    line = line_of(text, place)
    where = written(place) + ("" if line is None else f", line {line}")
    return TableError(f"'{name}' ({where}) {came}", expected, do)


def known_part(content: Mapping[str, Any], place: Place) -> tuple[int | str, ...]:
    """Drop what a validator adds to a place and the file does not hold: the kind of a claim."""
    kept: list[int | str] = []
    here: Any = content
    for number, part in enumerate(place):
        if isinstance(here, dict) and (part in here or number == len(place) - 1):
            here = here.get(part)
        elif isinstance(here, list) and isinstance(part, int):
            here = here[part]
        else:
            continue
        kept.append(part)
    return tuple(kept)
