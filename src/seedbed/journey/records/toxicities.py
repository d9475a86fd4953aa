"""Adverse events of one patient, what follows for the drug, and laboratory values with their grades."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from seedbed.errors import InputError, SeedbedError
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
    """A laboratory value with a grade of 1 or more."""

    record: LaboratoryValue
    grade: LaboratoryGrade


@dataclass(frozen=True, kw_only=True)
class LaboratoryReport:
    """Laboratory values of one patient by CTCAE.

    Attributes
    ----------
    graded : tuple of GradedValue
        Those of grade 1 or more.
    not_graded : dict of str to int
        By analyte, how many values have a term and lack what its grade turns on, mostly reference limits.
    """

    graded: tuple[GradedValue, ...]
    not_graded: dict[str, int]


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


def laboratory_report(clinic: ClinicRegister, patient_id: str, *, on: date) -> LaboratoryReport:
    """Grade laboratory values up to a day; those of analytes without a term are passed over."""
    graded: list[GradedValue] = []
    lacking: Counter[str] = Counter()
    for each in clinic.records(LaboratoryValue, patients=[patient_id]):
        known = find_analyte(each.analyte)
        if known is None or not terms_of(known.code) or each.on.earliest > on:
            continue
        try:
            grade = _grade(each)
        except SeedbedError:
            lacking[known.name] += 1
            continue
        if grade.grade > 0:
            graded.append(GradedValue(record=each, grade=grade))
    return LaboratoryReport(graded=tuple(graded), not_graded=dict(lacking))


def _grade(value: LaboratoryValue) -> LaboratoryGrade:
    if value.comparator is not None:
        raise InputError(f"{value.name} is beyond what can be measured", "a number", "grade it by hand")
    return grade_value(value.analyte, value.value, value.unit, low=value.low, high=value.high)
