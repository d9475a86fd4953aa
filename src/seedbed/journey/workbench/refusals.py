"""What the workbench says no to, each with the word by which the browser knows it.

::

    SeedbedError
    +-- Refusal                  has a ``code``
        +-- NotSignedInError     nobody is signed in, or no longer
        +-- ForbiddenError       the roles do not allow it
        +-- NotFoundError        no case, plan, job or account of that name
        +-- ChangedElsewhereError  somebody saved another version since
        +-- LockedError          approved, or held by somebody else
        +-- TooLargeError        more than the settings allow
        +-- BusyError            too much at once; later it may be asked again
"""

from typing import ClassVar

from seedbed.errors import SeedbedError

BAD_INPUT = "bad_input"


class Refusal(SeedbedError):  # noqa: N818 - the base; what is raised ends in Error
    """Something that the workbench refuses."""

    code: ClassVar[str] = BAD_INPUT


class NotSignedInError(Refusal):
    """Nobody is signed in."""

    code = "not_signed_in"


class ForbiddenError(Refusal):
    """The roles do not allow it."""

    code = "forbidden"


class NotFoundError(Refusal):
    """There is none of that name."""

    code = "not_found"


class ChangedElsewhereError(Refusal):
    """Somebody saved another version since."""

    code = "changed_elsewhere"


class LockedError(Refusal):
    """It is approved, or somebody else holds it."""

    code = "locked"


class TooLargeError(Refusal):
    """It is more than the settings allow."""

    code = "too_large"


class BusyError(Refusal):
    """Too much at once."""

    code = "busy"


def check_version(name: str, saw: int, there: int, *, who: str = "", at: str = "") -> None:
    """Refuse a change to another version than was seen.

    Parameters
    ----------
    name : str
        What is changed, as the sentence calls it.
    saw, there : int
        Version that the change was made on, and the one that is kept.
    who, at : str
        Who saved the one that is kept, and when.

    Raises
    ------
    ChangedElsewhereError

    Examples
    --------
    >>> check_version("plan 3", 4, 4)
    """
    if saw != there:
        by = f" by {who}" if who else ""
        when = f" at {at}" if at else ""
        raise ChangedElsewhereError(
            f"{name} was saved{by}{when} since (version {there}, not {saw})",
            "the version that is kept",
            "load it again and make the change there",
        )
