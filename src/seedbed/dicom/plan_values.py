"""Numbers of an RTPLAN, or a sentence that names the attribute and what stands there."""

import math
from typing import Any

from pydicom import Dataset
from pydicom.dataelem import RawDataElement

from seedbed.dicom.files import text
from seedbed.errors import InputError


def stated_number(item: Dataset, keyword: str, *, of: str) -> float | None:
    """Return the number of an attribute, None where it is missing or empty.

    Parameters
    ----------
    item : Dataset
    keyword : str
    of : str
        What the item is, for the sentence: ``"source 1 of plan 'p.dcm'"``.

    Raises
    ------
    InputError
        Anything but one finite number; the attribute and its value are named.

    Examples
    --------
    >>> channel = Dataset()
    >>> channel.ChannelTotalTime = "85.7"
    >>> stated_number(channel, "ChannelTotalTime", of="channel 1")
    85.7
    >>> stated_number(channel, "FinalCumulativeTimeWeight", of="channel 1") is None
    True
    """
    written = _as_written(item, keyword)
    if not written:
        return None
    try:
        found = float(written)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise InputError(f"{of} has the {keyword} '{written}'", "one finite number", "export it again")
    return found


def needed_number(item: Dataset, keyword: str, *, of: str) -> float:
    """Return the number of an attribute that must be there; see `stated_number`.

    Raises
    ------
    InputError
        No number.
    """
    found = stated_number(item, keyword, of=of)
    if found is None:
        raise InputError(f"{of} has no {keyword}", "a number", "export it again with this attribute")
    return found


def counted(count: int, one: str, many: str = "") -> str:
    """Write a count and its noun.

    Examples
    --------
    >>> counted(1, "place"), counted(21, "seed")
    ('1 place', '21 seeds')
    """
    return f"{count} {one if count == 1 else many or one + 's'}"


def _as_written(item: Dataset, keyword: str) -> str:
    """Text of an attribute as it stands in the file, although it may be no number."""
    if keyword not in item:
        return ""
    element: Any = item.get_item(keyword)
    if (
        isinstance(element, RawDataElement)
        and isinstance(element.value, bytes)
        and element.VR in ("DS", "IS")
    ):
        return element.value.decode("latin-1").strip(" \0")
    return text(item, keyword).strip()
