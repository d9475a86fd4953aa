"""Adverse events of one patient, what follows for the drug, and laboratory values with their grades."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Final

from seedbed.errors import InputError, SeedbedError
from seedbed.journey.records.treatment import treatment_starts
from seedbed.patient import PartialDate
from seedbed.patient.analytes import Analyte, Number, convert, exact, find_analyte
from seedbed.patient.records import AdverseEvent, LaboratoryValue
from seedbed.protocol.safety import SafetyRule, suggestions
from seedbed.registry.clinic import ClinicRegister
from seedbed.response.toxicity import LaboratoryGrade, find_term, grade_value
from seedbed.response.toxicity.scales import terms_of

JUST_INSIDE: Final = Fraction(1, 10**9)
"""By so much of itself a value beyond a bound is taken to differ from it."""
OTHERWISE_MEASURED: Final = ("calcium",)
"""Quantities without a term whose terms CTCAE grades by another one: total calcium by the corrected."""


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
        By analyte, how many values have a term and lack what its grade turns on: mostly reference limits;
        the albumin of a total calcium; a bound that leaves several grades open.
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
    """Grade laboratory values up to a day; those of analytes without a term are passed over.

    The baseline of a value is the latest of its quantity on or before the first day of treatment; limits are
    those stated beside the value itself.
    """
    graded: list[GradedValue] = []
    lacking: Counter[str] = Counter()
    values = clinic.records(LaboratoryValue, patients=[patient_id])
    started = treatment_starts(clinic, patients=[patient_id]).get(patient_id)
    baselines = _baselines(values, started)
    for each in values:
        known = find_analyte(each.analyte)
        if known is None or each.on.earliest > on:
            continue
        if not terms_of(known.code):
            lacking.update([known.name] if known.code in OTHERWISE_MEASURED else [])
            continue
        try:
            grade = _grade(each, known, baselines.get(known.code))
        except SeedbedError:
            lacking[known.name] += 1
            continue
        if grade.grade > 0:
            graded.append(GradedValue(record=each, grade=grade))
    return LaboratoryReport(graded=tuple(graded), not_graded=dict(lacking))


def _baselines(values: Iterable[LaboratoryValue], started: PartialDate | None) -> dict[str, LaboratoryValue]:
    """Return the latest value of each quantity on or before the first day of treatment."""
    found: dict[str, LaboratoryValue] = {}
    for each in sorted(values, key=lambda value: value.on):
        known = find_analyte(each.analyte)
        if known is not None and started is not None and each.on.latest <= started.earliest:
            found[known.code] = each
    return found


def _grade(value: LaboratoryValue, known: Analyte, before: LaboratoryValue | None) -> LaboratoryGrade:
    """Grade a value; one beyond what can be measured where all that it can be have one grade."""
    baseline = _baseline(value, known, before)

    def graded(number: Number) -> LaboratoryGrade:
        return grade_value(
            value.analyte, number, value.unit, low=value.low, high=value.high, baseline=baseline
        )

    if value.comparator is None:
        return graded(value.value)
    inside, farthest = _ends(value, known)
    found, last = graded(inside), graded(farthest)
    if (found.grade, found.term) != (last.grade, last.term):
        raise InputError(f"{value.name} is beyond what can be measured", "a number", "grade it by hand")
    said = f"known only as {value.comparator}{value.value:g} {value.unit}, all of which has this grade"
    return replace(found, caveats=(said, *found.caveats))


def _ends(value: LaboratoryValue, known: Analyte) -> tuple[Fraction, Fraction]:
    """Return the two ends of what a value can be: just inside its bound, and the last that is plausible."""
    bound, inside = exact(value.value), 1 - JUST_INSIDE if value.comparator == "<" else 1 + JUST_INSIDE
    end = known.low if value.comparator == "<" else known.high
    return bound * inside, convert(end, known.unit, known, to=value.unit)


def _baseline(value: LaboratoryValue, known: Analyte, before: LaboratoryValue | None) -> Fraction | None:
    """Return the baseline of a later value in its unit; None where it is none, 0, or no number."""
    if before is None or value.on <= before.on or before.comparator is not None or before.value <= 0:
        return None
    return convert(before.value, before.unit, known, to=value.unit)
