"""Errors are sentences: what came, what was expected, what to do.

::

    SeedbedError                 anything Seedbed says no to; a shell prints it and leaves with 2
    +-- InputError               what the user gave cannot be used
    |   +-- TableError           a table without a source, with a hole or a wrong column
    |   +-- RulesError           a rules file with a typo or a rule that contradicts itself
    |   +-- ImageError           a CT that is missing, incomplete or of several patients
    |   +-- StructureError       a structure that is unknown, empty or outside the image
    |   +-- DoseError            a strength, axis, position or metric that has no meaning
    |   +-- OutputError          a place that cannot be written without losing something
    +-- UndecidedError           a rule needs a fact that nobody has stated
    +-- NoPlanError              no needle or no seed can do what was asked
    +-- PacsError                another system did not answer, refused or lost something
"""

from collections.abc import Iterable
from difflib import get_close_matches

LONGEST = 1500
"""Characters of one part of a sentence; damaged files hold longer values."""


class SeedbedError(Exception):
    """One sentence in three parts: what came, what was expected, what to do.

    Parameters
    ----------
    came : str
        What was found, with the value and the place.
    expected : str
        What would have been right.
    do : str
        What the user can do about it, as an imperative.

    Examples
    --------
    >>> print(SeedbedError("KPS is 850", "a number from 0 to 100", "correct the fact 'kps'"))
    KPS is 850; expected a number from 0 to 100; correct the fact 'kps'.
    """

    def __init__(self, came: str, expected: str, do: str) -> None:
        self.came, self.expected, self.do = (_one_line(part) for part in (came, expected, do))
        super().__init__(f"{self.came}; expected {self.expected}; {self.do}.")

    def __reduce__(self) -> tuple[type["SeedbedError"], tuple[str, str, str]]:
        return type(self), (self.came, self.expected, self.do)


def _one_line(text: str) -> str:
    """Show what a damaged file holds as one line, not too long; a question mark for what is not printable."""
    text = text if len(text) <= LONGEST else text[:LONGEST] + "..."
    return text if text.isprintable() else "".join(each if each.isprintable() else "?" for each in text)


class InputError(SeedbedError):
    """What the user gave cannot be used."""


class TableError(InputError):
    """A table has no source, a hole or a wrong column."""


class RulesError(InputError):
    """A rules file has a typo or contradicts itself."""


class ImageError(InputError):
    """A CT is missing, incomplete or mixed."""


class StructureError(InputError):
    """A structure is unknown, empty or outside the image."""


class DoseError(InputError):
    """A strength, axis, position or metric has no meaning."""


class OutputError(InputError):
    """A place cannot be written without losing something."""


class UndecidedError(SeedbedError):
    """A rule needs a fact that nobody has stated."""


class NoPlanError(SeedbedError):
    """No needle or no seed can do what was asked."""


class PacsError(SeedbedError):
    """Another system did not answer, refused or lost something."""


def one_of(names: Iterable[str], wrong: str | None = None) -> str:
    """Name what would have been accepted, the likeliest first meant.

    Examples
    --------
    >>> one_of(["GTV", "Trachea"], "GVT")
    "one of 'GTV', 'Trachea' (did you mean 'GTV'?)"
    """
    known = list(names)
    listed = (
        "one of " + ", ".join(repr(name) for name in known)
        if known
        else "a name, but there is none to choose from"
    )
    folded = {name.casefold(): name for name in known}
    near = get_close_matches(wrong.casefold(), folded, n=1, cutoff=0.5) if wrong else []
    return f"{listed} (did you mean {folded[near[0]]!r}?)" if near else listed
