"""One patient in the list of the clinic, and the list as it is on a day."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Literal, get_args

from seedbed.journey.records.due import DueRow

Filter = Literal["all", "open", "due", "missing", "late", "early", "not started"]
FILTERS: tuple[Filter, ...] = get_args(Filter)
TO_DO = ("missing", "due", "seen, day not known")
"""States of visits that somebody has to look after; early and late ones are past."""

LEFT_OUT = ("open", "sought", "parts")
"""What the answer does not hold."""


@dataclass(frozen=True, kw_only=True)
class ListedPatient:
    """One line of the list.

    Attributes
    ----------
    patient_id, name, sex, born, arm : str
        Empty where not stated.
    synthetic : bool
    started : bool
        Whether treatment has begun.
    died : bool
    last_visit, next_due : str
        ISO dates; empty where there is none.
    open : tuple of DueRow
        Visits to look after, the longest overdue first.
    early, late : int
        Past visits outside their window.
    sought : str
        What a search looks into.
    """

    patient_id: str
    name: str
    sex: str
    born: str
    arm: str
    synthetic: bool
    started: bool = False
    died: bool = False
    last_visit: str = ""
    next_due: str = ""
    open: tuple[DueRow, ...] = ()
    early: int = 0
    late: int = 0
    sought: str = field(default="", repr=False)

    def to_dict(self) -> dict[str, Any]:
        """Return it for machines."""
        plain = {name: value for name, value in vars(self).items() if name not in LEFT_OUT}
        due = [
            {
                "month": row.month,
                "on": row.due_on.isoformat(),
                "state": row.status,
                "days_off": row.days_off,
                "note": row.note,
            }
            for row in self.open
        ]
        return {**plain, "due": due}

    @cached_property
    def parts(self) -> frozenset[Filter]:
        """The parts of the list to which it belongs; nobody looks after visits that a dead patient missed."""
        holds: dict[Filter, bool] = {
            "all": True,
            "open": bool(self.open) and not self.died,
            "due": any(row.status == "due" for row in self.open),
            "missing": any(row.status == "missing" for row in self.open),
            "late": bool(self.late),
            "early": bool(self.early),
            "not started": not self.started,
        }
        return frozenset(part for part, belongs in holds.items() if belongs)


@dataclass(frozen=True)
class Overview:
    """All patients on a day.

    Attributes
    ----------
    on : date
    patients : tuple of ListedPatient
        By identifier.
    counts : dict of str to int
        Patients in each part of the list.
    remarks : tuple of str
    """

    on: date
    patients: tuple[ListedPatient, ...]
    counts: dict[str, int]
    remarks: tuple[str, ...]
