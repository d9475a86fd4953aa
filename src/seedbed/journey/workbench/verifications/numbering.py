"""How many seeds count, how many were implanted as somebody stated, and who said why where these differ."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seedbed.errors import InputError
from seedbed.journey.workbench.verifications.folder import KeptRun, kept_runs, read_asked, search_of
from seedbed.journey.workbench.verifications.judgement import (
    RESTATED,
    Change,
    Judgement,
    counted,
    read_judgement,
)
from seedbed.journey.workbench.verifications.seeds import numbers_of


@dataclass(frozen=True)
class Numbering:
    """Seeds that count beside those implanted.

    Attributes
    ----------
    counting : int
    implanted : int or None
        As stated now; None where nobody did.
    first : int or None
        As stated when the verification was begun.
    restated : Change or None
        Who corrected it last, and why.
    explained : Change or None
        Who said why the two differ, of just these numbers.

    Examples
    --------
    >>> Numbering(13, 12).differ, Numbering(12, 12).differ, Numbering(12, None).differ
    (True, False, False)
    """

    counting: int
    implanted: int | None
    first: int | None = None
    restated: Change | None = None
    explained: Change | None = None

    @classmethod
    def of(cls, judgement: Judgement, search: KeptRun, first: int | None) -> "Numbering":
        """Count the seeds of a search as people judged them."""
        counting, implanted = len(counted(judgement, *numbers_of(search))), judgement.implanted(first)
        restated = [each for each in judgement.standing if each.kind == RESTATED]
        return cls(
            counting, implanted, first, restated[-1] if restated else None,
            judgement.explained(counting, implanted),
        )  # fmt: skip

    @property
    def differ(self) -> bool:
        """Whether other seeds count than were implanted."""
        return self.implanted is not None and self.counting != self.implanted

    def to_dict(self) -> dict[str, Any]:
        """Return it for the page."""
        said = self.explained if self.differ else None
        return {
            "counting": self.counting,
            "implanted": self.implanted,
            "first": self.first,
            "differ": self.differ,
            "explained": None if said is None else {"why": said.why, "by": said.by, "at": said.at},
        }

    def sentences(self) -> list[str]:
        """Say who corrected the number and who said why another one counts; nothing where nobody did."""
        said: list[str] = []
        last = self.restated
        if last is not None:
            before = "not stated" if self.first is None else str(self.first)
            said.append(
                f"The number of seeds implanted was corrected to {last.implanted} (at first {before}): "
                f"{last.why} ({last.by}, {last.at[:10]})."
            )
        if self.differ and self.explained is not None:
            last = self.explained
            said.append(
                f"{self.counting} seeds count where {self.implanted} were implanted: "
                f"{last.why} ({last.by}, {last.at[:10]})."
            )
        return said


def numbering_of(folder: Path) -> Numbering | None:
    """Return the numbers of a verification; None before its search."""
    search = search_of(kept_runs(folder))
    return None if search is None else Numbering.of(read_judgement(folder), search, read_asked(folder).count)


def refuse_unexplained(numbering: Numbering) -> None:
    """Refuse a signature while other seeds count than were implanted and nobody said why.

    Raises
    ------
    InputError

    Examples
    --------
    >>> refuse_unexplained(Numbering(12, 12))
    """
    if numbering.differ and numbering.explained is None:
        raise InputError(
            f"{numbering.counting} seeds that count where {numbering.implanted} were implanted",
            "as many, or the reason of the difference",
            "refuse or add seeds, correct the number implanted, or say why they differ",
        )
