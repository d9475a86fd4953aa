"""Values as machines have them: results as dictionaries with dates as texts, dates as numbers of days."""

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from seedbed.patient import PartialDate

EPOCH = date(1970, 1, 1).toordinal()


def first_days(texts: Sequence[str]) -> NDArray[np.int64]:
    """Return the first day that each date, perhaps partial, can be, as an ordinal.

    Examples
    --------
    >>> (first_days(["2024", "2024-02", "2024-02-03"]) - first_days(["2024-01-01"])).tolist()
    [0, 31, 33]
    """
    unix = np.array(list(texts), dtype="datetime64[D]").astype(np.int64)
    return np.asarray(unix + EPOCH, dtype=np.int64)


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
