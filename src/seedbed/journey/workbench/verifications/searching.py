"""With which number stated the seeds were searched, and whether the one stated now gives the very same."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seedbed.errors import InputError
from seedbed.journey.verification.making import NO_NUMBER
from seedbed.journey.workbench.verifications.folder import KeptRun, kept_runs, read_asked
from seedbed.journey.workbench.verifications.judgement import Judgement, read_judgement
from seedbed.journey.workbench.verifications.shown import SAME_SEARCH


@dataclass(frozen=True)
class Searched:
    """The number with which the seeds were searched beside the one that is stated now.

    Attributes
    ----------
    first : int or None
        With which it was searched: a search takes another number of seeds in a blob where the number stated
        speaks for it.
    now : int or None
    same : bool or None
        Whether a search with the number of now gives the very same seeds; None where no calculation tried.

    Examples
    --------
    >>> Searched(23, 20).other, Searched(23, 20, True).other, Searched(20, 20).other
    (True, False, False)
    """

    first: int | None
    now: int | None
    same: bool | None = None

    @classmethod
    def of(cls, judgement: Judgement, runs: Sequence[KeptRun], first: int | None) -> "Searched":
        """Look whether a calculation with the number stated now searched with it."""
        now = judgement.implanted(first)
        if now == first:
            return cls(first, now)
        of_now = (
            each for each in runs
            if judgement.at_version(each.run.judgement_version).implanted(first) == now
        )  # fmt: skip
        told = [same for each in of_now if (same := each.shown().get(SAME_SEARCH)) is not None]
        return cls(first, now, told[-1] if told else None)

    @property
    def other(self) -> bool:
        """Whether the seeds may be others than those of a search with the number stated now."""
        return self.now != self.first and not self.same

    def to_dict(self) -> dict[str, Any]:
        """Return it for the page."""
        return {"first": self.first, "now": self.now, "same": self.same, "other": self.other}


def searched_of(folder: Path) -> Searched:
    """Return with which number a verification was searched."""
    return Searched.of(read_judgement(folder), kept_runs(folder), read_asked(folder).count)


def refuse_other_search(searched: Searched) -> None:
    """Refuse a signature under seeds that were searched with another number than the one stated now.

    Raises
    ------
    InputError

    Examples
    --------
    >>> refuse_other_search(Searched(20, 20))
    """
    if searched.other:
        first = NO_NUMBER if searched.first is None else f"{searched.first} seeds"
        raise InputError(
            f"seeds of a search made with {first} stated, which may have split or joined seeds for it",
            f"seeds of a search with {searched.now}",
            f"begin another verification with {searched.now}",
        )
