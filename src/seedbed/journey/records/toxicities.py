"""Adverse events of one patient, what follows for the drug, and laboratory values with their grades."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from seedbed.errors import SeedbedError
from seedbed.patient.analytes import find_analyte
from seedbed.patient.records import AdverseEvent, LaboratoryValue
from seedbed.protocol.safety import SafetyRule, suggestions
from seedbed.registry.clinic import ClinicRegister
from seedbed.response.toxicity import LaboratoryGrade, find_term, grade_value
from seedbed.response.toxicity.scales import terms_of


@dataclass(frozen=True, kw_only=True)
class EventReport:
    """An adverse event, and what labels and consensus papers suggest for the drug."""

    record: AdverseEvent
    ctcae_term: str
    organ_class: str
    suggestions: tuple[SafetyRule, ...]


@dataclass(frozen=True, kw_only=True)
class GradedValue:
    """A laboratory value with a grade of 1 or more; or why it could not be graded."""

    record: LaboratoryValue
    grade: LaboratoryGrade | None
    problem: str = ""


def event_reports(clinic: ClinicRegister, patient_id: str, *, on: date) -> list[EventReport]:
    """Return the adverse events up to a day, in the order of time."""
    found = []
    for each in clinic.records(AdverseEvent, patients=[patient_id]):
        if each.start.earliest > on:
            continue
        term = find_term(each.term)
        told = suggestions(term.name, each.grade) if term is not None and each.grade < 5 else ()
        found.append(
            EventReport(
                record=each,
                ctcae_term=term.name if term else "",
                organ_class=term.organ_class if term else "",
                suggestions=told,
            )
        )
    return sorted(found, key=lambda each: each.record.start)


def graded_values(clinic: ClinicRegister, patient_id: str, *, on: date) -> Iterator[GradedValue]:
    """Grade laboratory values up to a day; grade 0 and analytes without a term are left out."""
    for each in clinic.records(LaboratoryValue, patients=[patient_id]):
        known = find_analyte(each.analyte)
        graded = known is not None and terms_of(known.code)
        if not graded or each.on.earliest > on or each.comparator is not None:
            continue
        try:
            grade = grade_value(each.analyte, each.value, each.unit, low=each.low, high=each.high)
        except SeedbedError as error:
            yield GradedValue(record=each, grade=None, problem=str(error))
            continue
        if grade.grade > 0:
            yield GradedValue(record=each, grade=grade)
