"""When treatment began, by the register."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Protocol, TypeVar

from seedbed.patient import PartialDate
from seedbed.patient.records import DrugCourse, Implantation
from seedbed.registry.clinic import ClinicRegister


class OnADay(Protocol):
    """Something that was found on a day."""

    @property
    def on(self) -> date:
        """The day."""


Dated = TypeVar("Dated", bound=OnADay)


def treatment_starts(
    clinic: ClinicRegister, *, patients: Collection[str] | None = None
) -> dict[str, PartialDate]:
    """Return the first implantation or first dose of each patient, whichever is earlier."""
    first: dict[str, PartialDate] = {}
    begun = [
        *((each.patient_id, each.on) for each in clinic.records(Implantation, patients=patients)),
        *((each.patient_id, each.start) for each in clinic.records(DrugCourse, patients=patients)),
    ]
    for patient_id, when in begun:
        first[patient_id] = min(first.get(patient_id, when), when, key=lambda each: each.earliest)
    return first


def from_baseline(dated: Sequence[Dated], started: PartialDate | None) -> Sequence[Dated]:
    """Return what was found from baseline on: the latest before the treatment, else the first.

    Parameters
    ----------
    dated : sequence
        In the order of time, each with a day ``on``.
    started : PartialDate or None
        First day of treatment; None where it has not begun.
    """
    before = [at for at, each in enumerate(dated) if started is not None and each.on <= started.latest]
    return dated[before[-1] :] if before else dated
