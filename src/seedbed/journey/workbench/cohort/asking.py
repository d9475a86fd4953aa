"""What may be asked of a cohort, and the name under which the answer to a question is kept."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from importlib.metadata import version
from typing import Any

from sqlalchemy import select

from seedbed.cohort.row_filters import FILTERS, RowFilter
from seedbed.cohort.variables import Variable, variable, variables
from seedbed.errors import InputError
from seedbed.journey.analysis.building import ARM, check_grouping
from seedbed.patient.records import Implantation, Patient
from seedbed.registry.clinic import ClinicRegister
from seedbed.registry.clinic_tables import TABLES
from seedbed.response import PROFILES, load_profile

OUTCOMES = ("response_", "best_response", "worst_grade", "lpfs", "pfs", "os_", "ttr", "dor")
"""Beginnings of the names of variables that tell what happened after treatment began."""
MOST_FILTERS = len(FILTERS)


@dataclass(frozen=True, kw_only=True)
class CohortQuestion:
    """What is asked of a cohort.

    Attributes
    ----------
    group : str
        ``arm``, or a variable with classes.
    on : date
        The data cut: nothing later is looked at.
    profile : str
        Criteria of response.
    filters : tuple of RowFilter
    coded : bool
        Whether patients stand by codes, for those who may not see who a patient is.

    Raises
    ------
    InputError
        A grouping, profile or filter that is unknown, or one variable filtered twice.
    """

    group: str
    on: date
    profile: str = "recist11"
    filters: tuple[RowFilter, ...] = ()
    coded: bool = False

    def __post_init__(self) -> None:
        check_grouping(self.group)
        load_profile(self.profile)
        names = [each.variable for each in self.filters]
        if len({*names}) < len(names):
            raise InputError("two filters of one variable", "one of each", "put them together")
        for each in self.filters:
            _check_kind(each)

    @classmethod
    def from_plain(cls, given: Mapping[str, Any]) -> "CohortQuestion":
        """Build it from JSON values, as `to_plain` returns them."""
        filters = tuple(
            RowFilter(**{**each, "classes": tuple(each.get("classes", ()))}) for each in given["filters"]
        )
        return cls(**{**given, "on": date.fromisoformat(given["on"]), "filters": filters})

    def to_plain(self) -> dict[str, Any]:
        """Return it as JSON values.

        Examples
        --------
        >>> asked = CohortQuestion(group="arm", on=date(2025, 2, 28),
        ...                        filters=(RowFilter(variable="sex", classes=("female",)),))
        >>> CohortQuestion.from_plain(asked.to_plain()) == asked
        True
        """
        filters = [{**asdict(each), "classes": list(each.classes)} for each in self.filters]
        return {
            "group": self.group,
            "on": self.on.isoformat(),
            "profile": self.profile,
            "filters": filters,
            "coded": self.coded,
        }

    def name(self, head: tuple[int, str]) -> str:
        """Return the name of the answer: of this question, this state of the register, this Seedbed.

        Parameters
        ----------
        head : tuple of (int, str)
            Number and hash of the latest change set of the register.
        """
        asked = {**self.to_plain(), "filters": sorted(each.text for each in self.filters)}
        said = json.dumps([asked, *head, version("seedbed")], sort_keys=True, ensure_ascii=False)
        return sha256(said.encode()).hexdigest()[:24]


def _check_kind(asked: RowFilter) -> None:
    if bool(variable(asked.variable).classes) != bool(asked.classes):
        wanted = "a list of classes" if variable(asked.variable).classes else "a range"
        raise InputError(f"a filter {asked.text}", wanted, "correct it")


def askable(clinic: ClinicRegister) -> dict[str, Any]:
    """Return what a question may be made of.

    Parameters
    ----------
    clinic : ClinicRegister
        Its arms and prescriptions are listed.

    Returns
    -------
    dict
        ``groups``, ``filters``, ``profiles``, and ``arms`` with the number of patients in each.
    """
    patients, implants = TABLES[Patient.KIND].c, TABLES[Implantation.KIND].c
    arms = clinic.rows(select(patients.arm).where(~patients.voided))
    doses = clinic.rows(select(implants.prescription_gy).where(~implants.voided).distinct())
    prescribed = {float(row[0]) for row in doses if row[0] is not None}
    counted: dict[str, int] = {}
    for (arm,) in arms:
        counted[arm or ""] = counted.get(arm or "", 0) + 1
    return {
        "groups": [{"name": ARM, "label": "Arm", "outcome": False}, *_groups()],
        "filters": [_filter(variable(name), prescribed) for name in FILTERS],
        "profiles": list(PROFILES),
        "arms": [{"name": name, "patients": count} for name, count in sorted(counted.items())],
        "patients": len(arms),
    }


def _groups() -> list[dict[str, Any]]:
    return [
        {"name": each.name, "label": each.label, "outcome": each.name.startswith(OUTCOMES)}
        for each in variables().values()
        if each.classes
    ]


def _filter(known: Variable, prescribed: set[float]) -> dict[str, Any]:
    classes = list(known.classes)
    if known.name == "prescription_gy":
        classes = [f"{each:g}" for each in sorted({float(each) for each in classes} | prescribed)]
    return {"name": known.name, "label": known.label, "unit": known.unit, "classes": classes}
