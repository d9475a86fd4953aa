"""The facts that rules ask for, taken from the register, each with where it was found."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from seedbed.errors import InputError
from seedbed.patient import PatientFacts, read_patient_facts
from seedbed.patient.analytes import analyte, convert, find_analyte
from seedbed.patient.facts import FactValue
from seedbed.patient.records import Baseline, LaboratoryValue, Measurement, Patient, ScreeningFacts
from seedbed.registry.clinic import ClinicRegister

LABORATORY = {"tsh_mu_per_l": ("TSH", "mU/L"), "platelets_1e9_per_l": ("platelets", "10^9/L")}
"""Facts that the laboratory states: the analyte, and the unit of the fact."""
LABORATORY_DAYS = 30
"""A laboratory value older than this does not state a fact (local rule)."""


@dataclass(frozen=True)
class FoundFacts:
    """Facts of a patient, and where each was found.

    Attributes
    ----------
    facts : PatientFacts
    origin : dict of str to str
        By the name of the fact.
    subject : str
        Whose facts these are.
    """

    facts: PatientFacts
    origin: dict[str, str]
    subject: str


def facts_from_file(path: Path) -> FoundFacts:
    """Read facts from a TOML file.

    Raises
    ------
    InputError
        A file that cannot be read, or a fact that does not fit.
    """
    facts = read_patient_facts(path)
    return FoundFacts(facts, dict.fromkeys(facts.stated(), path.name), path.name)


def facts_from_register(clinic: ClinicRegister, patient_id: str, *, on: date) -> FoundFacts:
    """Gather what the register says of a patient on a day.

    The latest record of screening facts counts first. What it does not state is taken from the baseline,
    from laboratory values of the last 30 days and from the images before that day.

    Raises
    ------
    InputError
        No such patient.
    """
    if not clinic.records(Patient, patients=[patient_id]):
        raise InputError(
            f"there is no patient '{patient_id}' in the register", "the identifier of a patient", "check it"
        )
    values: dict[str, FactValue] = {}
    origin: dict[str, str] = {}
    for name, value, where in _found(clinic, patient_id, on):
        if name not in values:
            values[name], origin[name] = value, where
    values.setdefault("treatment_date", on)
    origin.setdefault("treatment_date", "the day that was asked for")
    facts = PatientFacts.from_mapping(values, where=f"the records of {patient_id}")
    return FoundFacts(facts, origin, patient_id)


def _found(clinic: ClinicRegister, patient_id: str, on: date) -> Iterator[tuple[str, FactValue, str]]:
    stated = [
        each for each in clinic.records(ScreeningFacts, patients=[patient_id]) if each.on.earliest <= on
    ]
    if stated:
        newest = stated[-1]
        for name, value in newest.facts.stated().items():
            yield name, value, newest.name
    for baseline in clinic.records(Baseline, patients=[patient_id]):
        for name in ("kps", "cumulative_i131_gbq"):
            value = getattr(baseline, name)
            if value is not None:
                yield name, float(value), baseline.name
    yield from _from_laboratory(clinic, patient_id, on)
    yield from _from_images(clinic, patient_id, on)


def _from_laboratory(
    clinic: ClinicRegister, patient_id: str, on: date
) -> Iterator[tuple[str, FactValue, str]]:
    first = on - timedelta(days=LABORATORY_DAYS)
    values = [
        each
        for each in clinic.records(LaboratoryValue, patients=[patient_id])
        if first <= each.on.earliest and each.on.latest <= on and each.comparator is None
    ]
    for name, (wanted, unit) in LABORATORY.items():
        same = [each for each in values if find_analyte(each.analyte) == analyte(wanted)]
        for each in same[-1:]:
            yield name, float(convert(each.value, each.unit, wanted, to=unit)), each.name


def _from_images(clinic: ClinicRegister, patient_id: str, on: date) -> Iterator[tuple[str, FactValue, str]]:
    before = [each for each in clinic.records(Measurement, patients=[patient_id]) if each.on.latest <= on]
    newest = max((each.on for each in before), default=None)
    sizes = {
        size: each
        for each in before
        if each.on == newest
        for size in (each.longest_mm, each.ap_mm, each.cc_mm, each.transverse_mm)
        if size is not None
    }
    if sizes:
        largest = max(sizes)
        yield "largest_diameter_mm", largest, sizes[largest].name
