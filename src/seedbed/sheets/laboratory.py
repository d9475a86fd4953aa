"""Laboratory values: one name for a quantity, a unit that fits, a plausible range."""

from collections.abc import Sequence
from functools import lru_cache

from seedbed.errors import InputError
from seedbed.patient.analyte_units import unit_meanings
from seedbed.patient.analytes import convert, find_analyte, unit_of
from seedbed.sheets.cells import Refused
from seedbed.sheets.titles import folded


def same_name(name: str) -> str:
    """Return the code of a laboratory quantity that is known, else the name as it came.

    Examples
    --------
    >>> same_name("甲状腺球蛋白"), same_name("Tg"), same_name("miR-146b")
    ('tg', 'tg', 'miR-146b')
    """
    found = find_analyte(name)
    return name if found is None else found.code


@lru_cache(maxsize=4096)
def same_meaning(written: str, unit: str, name: str | None) -> bool:
    """Tell whether two units mean the same for a quantity.

    Examples
    --------
    >>> same_meaning("µg/L", "ng/mL", "tg"), same_meaning("mmol/L", "mg/dL", "glucose")
    (True, False)
    """
    if folded(written) == folded(unit):
        return True
    quantity = find_analyte(name or "")
    if quantity is None:
        return bool({*unit_meanings(written)} & {*unit_meanings(unit)})
    try:
        return unit_of(quantity, written) == unit_of(quantity, unit)
    except InputError:
        return False


@lru_cache(maxsize=4096)
def plausible(name: str, unit: str) -> tuple[float, float] | Refused | None:
    """Return the plausible range of a quantity in a unit; None where the quantity is not known.

    Examples
    --------
    >>> plausible("tg", "ng/mL"), plausible("tg", "mmol/L").came, plausible("miR-146b", "copies")
    ((0.0, 1000000.0), "thyroglobulin in 'mmol/L'", None)
    """
    quantity = find_analyte(name)
    if quantity is None:
        return None
    try:
        unit_of(quantity, unit)
        ends = sorted(float(convert(end, quantity.unit, quantity, to=unit))
                      for end in (quantity.low, quantity.high))  # fmt: skip
    except InputError as error:
        return Refused(error.came, error.expected)
    return ends[0], ends[1]


def implausible(
    names: Sequence[object], units: Sequence[object], values: Sequence[object]
) -> list[tuple[int, str, Refused]]:
    """Return the rows whose unit does not fit or whose value no patient has: place, field, why."""
    wrong: list[tuple[int, str, Refused]] = []
    for index, (name, unit, value) in enumerate(zip(names, units, values, strict=True)):
        if not isinstance(name, str) or not isinstance(unit, str) or not isinstance(value, float):
            continue
        ends = plausible(name, unit)
        if isinstance(ends, Refused):
            wrong.append((index, "unit", ends))
        elif ends is not None and not ends[0] <= value <= ends[1]:
            expected = f"{ends[0]:g} to {ends[1]:g} {unit}"
            wrong.append((index, "value", Refused(f"{name} is {value:g} {unit}", expected)))
    return wrong
