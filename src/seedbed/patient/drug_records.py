"""What became of a drug that was prescribed: changes of the dose, and events, day by day."""

from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Final, Literal, get_args

from seedbed.errors import InputError, one_of
from seedbed.patient.partial_dates import PartialDate

ChangeReason = Literal["planned", "reduced", "interrupted", "missed", "stopped"]
WITHOUT_DRUG: Final = ("interrupted", "missed", "stopped")
HIGHEST_DOSE_MG: Final = 10_000.0


@dataclass(frozen=True, kw_only=True)
class DrugChange:
    """A day from which a drug is taken otherwise than before.

    Attributes
    ----------
    on : PartialDate
        First day. Only the first and the last of a course, its start and its stop, may be a month or a year.
    dose_mg : float
        Daily dose from that day on; 0 where the drug is not taken.
    reason : {"planned", "reduced", "interrupted", "missed", "stopped"}
        ``planned``: a cycle begins on that day; ``reduced``: a lower dose from that day on, in the running
        cycle, or in a new one after an interruption; ``interrupted``: no drug until the next dose, or until
        the last day; ``missed``: no drug on that day, or until the last day; ``stopped``: no drug from then
        on.
    last_day : date or None
        Last day without the drug, for ``interrupted`` and ``missed``.
    note : str
        Why, in free words.

    Raises
    ------
    InputError
        A dose that does not fit the reason, or a last day before the first.

    Examples
    --------
    >>> DrugChange(on=PartialDate("2026-03-02"), dose_mg=12.0, reason="planned").dose_mg
    12.0
    """

    on: PartialDate
    dose_mg: float
    reason: ChangeReason
    last_day: date | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if self.reason not in get_args(ChangeReason):
            raise InputError(
                f"a change of the drug for the reason '{self.reason}'",
                one_of(get_args(ChangeReason), self.reason),
                "correct the reason",
            )
        without = self.reason in WITHOUT_DRUG
        if not isfinite(self.dose_mg) or not 0 <= self.dose_mg <= HIGHEST_DOSE_MG:
            raise InputError(f"a daily dose of {self.dose_mg} mg", "0 to 10000 mg", "correct the dose")
        if without is not (self.dose_mg == 0):
            raise InputError(
                f"a daily dose of {self.dose_mg:g} mg that is '{self.reason}' on {self.on}",
                "0 mg where the drug is not taken, and more where it is",
                "correct the dose or the reason",
            )
        if self.last_day is not None and (
            self.reason not in ("interrupted", "missed") or self.last_day < self.on.earliest
        ):
            raise InputError(
                f"a last day of {self.last_day} for a drug that is '{self.reason}' on {self.on}",
                "a last day only of an interruption, and not before its first day",
                "correct it or leave it out",
            )


@dataclass(frozen=True, kw_only=True)
class DrugEventSeen:
    """Something that happened under a drug and may change its dose.

    Attributes
    ----------
    on : date
        The day.
    event : str
        As the protocol names it: ``grade 3``, ``not tolerated``, ``progression``, ...
    note : str
        What it was, in free words, such as the term of the adverse event.

    Examples
    --------
    >>> DrugEventSeen(on=date(2026, 3, 20), event="grade 3", note="diarrhoea").event
    'grade 3'
    """

    on: date
    event: str
    note: str = ""
