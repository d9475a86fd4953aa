"""Results written for machines: dataclasses and rules as dictionaries, dates as texts."""

from dataclasses import fields, is_dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from pydantic import BaseModel

from seedbed.patient import PartialDate


def as_plain(value: Any) -> Any:
    """Return a value as JSON can hold it; fields that take no part in comparison are left out.

    Examples
    --------
    >>> as_plain((date(2026, 3, 2), PartialDate("2026-03")))
    ['2026-03-02', '2026-03']
    """
    if isinstance(value, PartialDate | date):
        return str(value)
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Fraction):
        return float(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: as_plain(getattr(value, each.name)) for each in fields(value) if each.compare}
    if isinstance(value, dict):
        return {str(name): as_plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple | frozenset | set):
        return [as_plain(each) for each in value]
    return value
