"""The list of all patients: searched, parted by what is due, sorted, one page at a time."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

from seedbed.journey.workbench.clinic.counting import keeper_of
from seedbed.journey.workbench.clinic.listed import Filter, ListedPatient
from seedbed.registry.clinic import ClinicRegister

Sort = Literal["patient_id", "name", "arm", "last_visit", "next_due", "longest_open"]
SORTS: tuple[Sort, ...] = get_args(Sort)
NEVER = "9999"


@dataclass(frozen=True, kw_only=True)
class ListQuestion:
    """Which patients are wanted.

    Attributes
    ----------
    search : str
        Part of an identifier or name.
    part : str
        One of `FILTERS`.
    arm : str or None
    sort : str
        One of `SORTS`.
    descending : bool
    page, per_page : int
        From 1.
    """

    search: str = ""
    part: Filter = "all"
    arm: str | None = None
    sort: Sort = "patient_id"
    descending: bool = False
    page: int = 1
    per_page: int = 50


def patient_list(clinic: ClinicRegister, question: ListQuestion, *, on: date) -> dict[str, Any]:
    """Return one page of the patients of the register.

    What is due is counted anew only when something was written to the register.

    Raises
    ------
    OutputError
        The register cannot be read.
    """
    found = keeper_of(clinic).at(on)
    sought = question.search.strip().casefold()
    chosen = [
        each
        for each in found.patients
        if sought in each.sought
        and question.part in each.parts
        and (question.arm is None or each.arm == question.arm)
    ]
    chosen.sort(key=lambda each: _rank(each, question.sort), reverse=question.descending)
    first = (question.page - 1) * question.per_page
    return {
        "on": on.isoformat(),
        "total": len(chosen),
        "page": question.page,
        "per_page": question.per_page,
        "counts": found.counts,
        "arms": sorted({each.arm for each in found.patients if each.arm}),
        "remarks": list(found.remarks),
        "patients": [each.to_dict() for each in chosen[first : first + question.per_page]],
    }


def _rank(each: ListedPatient, sort: Sort) -> tuple[str, str]:
    if sort == "longest_open":
        return (each.open[0].due_on.isoformat() if each.open else NEVER, each.patient_id)
    value = str(getattr(each, sort)).casefold()
    empty_last = value or (NEVER if sort in ("next_due", "last_visit") else "")
    return (empty_last, each.patient_id)
