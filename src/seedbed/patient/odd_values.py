"""Laboratory values that an outpatient hardly has: a slip, or another unit than is stated."""

from collections.abc import Iterable, Iterator
from functools import lru_cache

from seedbed.errors import InputError
from seedbed.patient.analytes import convert, find_analyte
from seedbed.patient.doubts import Finding
from seedbed.patient.records import LaboratoryValue, Record

NO_LIMITS = (float("-inf"), float("inf"))


def odd_values(records: Iterable[Record]) -> Iterator[Finding]:
    """Ask about laboratory values outside what the table of analytes expects (local rule).

    Examples
    --------
    >>> from seedbed.patient.partial_dates import PartialDate
    >>> on = PartialDate("2026-01-05")
    >>> slip = LaboratoryValue(patient_id="S-01", on=on, analyte="Hb", value=12.5, unit="g/L")
    >>> print(next(odd_values([slip])).sentence)
    laboratory value S-01, 2026-01-05, Hb is 12.5 g/L, and 40 to 220 g/L are expected: is the unit right?
    """
    for each in records:
        if not isinstance(each, LaboratoryValue) or each.comparator is not None:
            continue
        low, high = expected_values(each.analyte, each.unit)
        if low <= each.value <= high:
            continue
        ends = f"{low:.4g} to {high:.4g}" if low > NO_LIMITS[0] else f"at most {high:.4g}"
        said = f"{each.value:g} {each.unit}, and {ends} {each.unit} are expected"
        yield Finding("ask", each, "value", f"{each.name} is {said}: is the unit right?")


@lru_cache(maxsize=4096)
def expected_values(name: str, unit: str) -> tuple[float, float]:
    """Return what an outpatient can be expected to have, in a unit; without limits where nothing is known.

    Examples
    --------
    >>> expected_values("haemoglobin", "g/dL"), expected_values("miR-146b", "copies")
    ((4.0, 22.0), (-inf, inf))
    """
    quantity = find_analyte(name)
    if quantity is None:
        return NO_LIMITS
    try:
        ends = [None if end is None else float(convert(end, quantity.unit, quantity, to=unit))
                for end in quantity.ask]  # fmt: skip
    except InputError:
        return NO_LIMITS  # a unit that does not fit is refused where the cell is read
    low, high = ends
    return NO_LIMITS[0] if low is None else low, NO_LIMITS[1] if high is None else high
