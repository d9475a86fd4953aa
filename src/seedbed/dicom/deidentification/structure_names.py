"""Names of structures: kept where every word is of a list of organs and targets."""

import re
from functools import cache
from importlib.resources import files

from seedbed.tables import read_table

PART = re.compile(r"[A-Za-z]+|\d+|[^\W\d_]+")
MOST_DIGITS = 2
"""More digits in a name may be of a record number or a date (local rule)."""


@cache
def safe_words() -> frozenset[str]:
    """Return the words that name organs and targets and no person."""
    table = read_table(files("seedbed.dicom.deidentification").joinpath("structure_words.csv"))
    return frozenset(row["word"] for row in table.rows)


def is_safe(name: str) -> bool:
    """Tell whether a name says nothing but organs, targets, sides and short numbers.

    Examples
    --------
    >>> is_safe("GTV_p1"), is_safe("Carotid artery L"), is_safe("GTV 左侧靶区")
    (True, True, True)
    >>> is_safe("Zhang GTV"), is_safe("GTV 12345"), is_safe("")
    (False, False, False)
    """
    parts = PART.findall(name)
    digits = sum(len(part) for part in parts if part.isdecimal())
    words = [part.casefold() for part in parts if not part.isdecimal()]
    return bool(words) and digits <= MOST_DIGITS and all(map(_is_spelled, words))


def _is_spelled(word: str) -> bool:
    """Tell whether a word is of the list; one without spaces, as in Chinese, may be of several."""
    if word in safe_words() or word.isascii():
        return word in safe_words()
    cuts = range(1, len(word))
    return any(word[:cut] in safe_words() and _is_spelled(word[cut:]) for cut in cuts)
