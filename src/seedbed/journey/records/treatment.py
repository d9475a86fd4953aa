"""When treatment began, by the register."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Final, Protocol, TypeVar

from sqlalchemy import select

from seedbed.patient import PartialDate
from seedbed.patient.records import DrugCourse, Implantation, partial
from seedbed.protocol import Protocol as Rules
from seedbed.protocol import is_protocol_drug
from seedbed.registry.clinic import MOST_NAMED, ClinicRegister
from seedbed.registry.clinic_tables import TABLES

DAY_LETTERS: Final = len("2026-01-31")


class OnADay(Protocol):
    """Something that was found on a day."""

    @property
    def on(self) -> date:
        """The day."""


Dated = TypeVar("Dated", bound=OnADay)


def treatment_starts(
    clinic: ClinicRegister, *, patients: Collection[str] | None = None, protocol: Rules | None = None
) -> dict[str, PartialDate]:
    """Return the first implantation or first dose of each patient, whichever is earlier.

    Only the drug of the protocol begins a treatment: a hormone taken for years does not.

    Parameters
    ----------
    clinic : ClinicRegister
    patients : collection of str, optional
        By default all.
    protocol : Protocol, optional
        The shipped one by default; its drug counts.
    """
    first: dict[str, str] = {}
    for patient_id, day in begun(clinic, patients=patients, protocol=protocol):
        first[patient_id] = min(first.get(patient_id, day), day, key=_first_day)
    return {patient_id: partial(day) for patient_id, day in first.items()}


def begun(
    clinic: ClinicRegister, *, patients: Collection[str] | None = None, protocol: Rules | None = None
) -> Iterator[tuple[str, str]]:
    """Give patient and day of what begins a treatment: implantations, and courses of the protocol's drug."""
    implants, courses = TABLES[Implantation.KIND].c, TABLES[DrugCourse.KIND].c
    wanted = None if patients is None else {*patients}
    seeds = select(implants.patient_id, implants.on).where(~implants.voided)
    drugs = select(courses.patient_id, courses.start, courses.drug).where(~courses.voided)
    if wanted is not None and len(wanted) <= MOST_NAMED:
        seeds = seeds.where(implants.patient_id.in_(wanted))
        drugs = drugs.where(courses.patient_id.in_(wanted))
    found, taken = clinic.read(
        lambda connection: (connection.execute(seeds).all(), connection.execute(drugs).all())
    )
    ours = {drug for drug in {row[2] for row in taken} if is_protocol_drug(drug, protocol)}
    rows = [*((row[0], row[1]) for row in found), *((row[0], row[1]) for row in taken if row[2] in ours)]
    yield from (row for row in rows if wanted is None or row[0] in wanted)


def _first_day(text: str) -> str:
    """Complete a partial date to the first day it can be."""
    return f"{text}{'-01-01'[len(text) - 4 :]}" if len(text) < DAY_LETTERS else text


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
