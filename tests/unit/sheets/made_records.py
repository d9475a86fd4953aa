"""Records made up by hypothesis: every kind, every field, what a spreadsheet can hold."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.patient.analytes import ANALYTES, find_analyte
from seedbed.patient.fields import Field, fields_of
from seedbed.patient.partial_dates import PartialDate
from seedbed.patient.records import KINDS, LaboratoryValue, Patient, Record
from seedbed.sheets.cells import is_blank
from seedbed.sheets.reading import KEY_TEXTS
from seedbed.sheets.titles import half_width, is_no_patient

SIGNS = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Co", "Cn", "Zl", "Zp"])
TEXTS = st.text(SIGNS, min_size=1, max_size=12).map(str.strip).filter(lambda each: not is_blank(each))
"""Texts that do not mean 'not stated'; a sheet takes blanks at their ends away."""
FORMULAS = st.sampled_from(
    ["=1+1", "+1", "-x", "@SUM(A1)", "＝1", "'=1", "#N/A", "007", "1.50", "2026-01-31", "true", "8E3"]
)
DAYS = st.dates(date(1000, 1, 1), date(2200, 1, 1))
PARTIAL = st.builds(lambda day, to: PartialDate(day.isoformat()[:to]), DAYS, st.sampled_from([4, 7, 10]))


def numbers(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers of 12 digits; a workbook keeps 15."""
    return st.floats(low, high).map(lambda each: float(f"{each:.12g}") + 0.0)


def values(known: Field) -> st.SearchStrategy[Any]:
    if known.kind == "choice":
        return st.sampled_from(known.choices)
    if known.kind == "yes or no":
        return st.booleans()
    if known.kind == "date":
        return DAYS
    if known.kind == "partial date":
        return PARTIAL
    if known.kind == "whole number":
        return st.integers(int(known.low or 0), int(known.high or 0))
    if known.kind == "number":
        return numbers(known.low or 0.0, known.high or 0.0)
    texts = st.one_of(TEXTS, FORMULAS)
    if known.name in KEY_TEXTS:
        plain = texts.map(half_width).map(str.strip)
        return plain.filter(lambda each: not is_blank(each) and not is_no_patient(each))
    return texts


def stated(known: Field) -> st.SearchStrategy[Any]:
    nothing = "" if known.kind == "text" else None
    return values(known) if known.needed else st.one_of(st.just(nothing), values(known))


@st.composite
def record(draw: st.DrawFn, kind: str) -> Record | None:
    given = {name: draw(stated(known)) for name, known in fields_of(KINDS[kind]).items()}
    if kind == LaboratoryValue.KIND:
        given |= draw(laboratory())
    try:
        return KINDS[kind](**given)
    except InputError:  # facts of screening that contradict each other
        return None


@st.composite
def laboratory(draw: st.DrawFn) -> dict[str, Any]:
    """A known quantity by its code, in its unit and plausible; or another name."""
    known = draw(st.sampled_from(list(ANALYTES.values())))
    if draw(st.booleans()):
        name = draw(TEXTS.filter(lambda each: find_analyte(each) is None))
        return {"analyte": name, "unit": draw(TEXTS)}
    value = draw(numbers(float(known.low), float(known.high)))
    return {"analyte": known.code, "unit": known.unit, "value": value}


@st.composite
def records(draw: st.DrawFn) -> list[Record]:
    """A few records of any kinds, no two with one key."""
    kinds = draw(st.lists(st.sampled_from(list(KINDS)), min_size=1, max_size=5))
    found = [draw(record(kind)) for kind in kinds]
    return list({(each.KIND, each.key): each for each in found if each is not None}.values()) or [
        Patient(patient_id="S-01")
    ]
