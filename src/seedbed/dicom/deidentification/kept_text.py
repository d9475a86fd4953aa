"""Which text stays: listed attributes with the forms of their values, and words of organs and targets."""

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from seedbed.dicom.deidentification.structure_names import is_safe
from seedbed.tables import read_table

CODE_STRING = re.compile(r"[ -~]{0,16}")
"""Form of a code string, lower case too, which real systems write (PS3.5, 6.2)."""
AGE = re.compile(r"\d{3}[DWMY]|")


@cache
def kept_text() -> dict[str, re.Pattern[str] | None]:
    """Return the attributes whose text may stay, each with the form of its values, None for any."""
    table = read_table(files("seedbed.dicom.deidentification").joinpath("kept_text.csv"))
    return {row["keyword"]: re.compile(row["pattern"]) if row["pattern"] else None for row in table.rows}


def stays(keyword: str, values: Sequence[str]) -> bool:
    """Tell whether the text of an attribute is of the list, in each of its values.

    Examples
    --------
    >>> stays("RescaleType", ["HU"]), stays("RescaleType", ["Wu"]), stays("BeamName", ["HU"])
    (True, False, False)
    """
    if keyword not in kept_text():
        return False
    form = kept_text()[keyword]
    return form is None or all(form.fullmatch(value.strip("\0 ")) for value in values)


def is_of_known_words(values: Sequence[str]) -> bool:
    """Tell whether all values together say nothing but organs, targets and short numbers."""
    return is_safe("\\".join(values))


def in_form(vr: str, value: str) -> bool:
    """Tell whether a code string or an age has the form that the standard gives it; other text is free."""
    return (AGE if vr == "AS" else CODE_STRING).fullmatch(value.strip("\0")) is not None
