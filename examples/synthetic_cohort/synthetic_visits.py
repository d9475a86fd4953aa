"""Visits of the made-up patients: how they are, what the laboratory says, and pain."""

from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import Any

from numpy.random import Generator
from printed_numbers import printed_quartiles, with_quartiles
from synthetic_care import Drug
from synthetic_courses import Course, Days
from synthetic_people import Person

from seedbed.patient import PartialDate
from seedbed.patient.records import AdverseEvent, LaboratoryValue, Pain, Record, VisitRecord

TG_LINES = {0: "tg_baseline", 2: "tg_2_months", 4: "tg_4_months", 6: "tg_6_months", 12: "tg_12_months"}
TG_UNIT = "ng/mL"
Values = dict[tuple[str, int], float]


def thyroglobulin(courses: Sequence[Course], days: Mapping[str, Days], *, rng: Generator) -> Values:
    """Return Tg by patient and month: with the printed quartiles up to month 12, then along its own way."""
    usual = dict(zip((each.patient for each in courses), rng.normal(size=len(courses)), strict=True))
    found: Values = {}
    for month, line in TG_LINES.items():
        seen = [each.patient for each in courses if month in days[each.patient].visits]
        seen.sort(key=lambda patient: usual[patient] + 0.3 * rng.normal())
        low, middle, high = printed_quartiles(line, courses[0].arm)
        values = with_quartiles(len(seen), (low, middle, high), ends=(low / 5, 4 * high))
        found |= {(patient, month): value for patient, value in zip(seen, values, strict=True)}
    for course in courses:
        found |= _later(course, days[course.patient], found, rng)
    return found


def _later(course: Course, days: Days, found: Values, rng: Generator) -> Values:
    progressed = course.progression[0] if course.progression else None
    value, later = 0.0, {}
    for month in days.visits:
        if (course.patient, month) in found:
            value = found[course.patient, month]
            continue
        rises = progressed is not None and month >= progressed
        value = round(value * float(rng.uniform(1.2, 1.5) if rises else rng.uniform(0.85, 1.1)), 2)
        later[course.patient, month] = value
    return later


def first_laboratory(
    course: Course, days: Days, tg: Values, choices: Mapping[str, Any], *, rng: Generator
) -> dict[str, LaboratoryValue]:
    """Return the laboratory values of baseline, by analyte."""
    on = PartialDate.of(days.visits[0])
    values = _laboratory(course.patient, on, tg[course.patient, 0], choices, rng)
    return {each.analyte: each for each in values}


def visits(
    course: Course,
    days: Days,
    person: Person,
    *,
    drug: Drug | None,
    event: AdverseEvent | None,
    rng: Generator,
) -> Iterator[VisitRecord]:
    """Return every visit, that of baseline among them."""
    weight = person.weight_kg
    for month, on in days.visits.items():
        hurts = pain_at(course, month)
        complaints = ["pain"] if hurts else []
        if event is not None and lasts_on(event, PartialDate.of(on)):
            complaints.append(f"{event.term}, grade {event.grade}")
        yield VisitRecord(
            patient_id=course.patient,
            on=PartialDate.of(on),
            label=f"month {month}" if month else "baseline",
            weight_kg=weight if month == 0 else round(weight + float(rng.uniform(-1.5, 1.5)), 1),
            kps=person.kps,
            ecog=person.ecog,
            drug_use="none" if drug is None or month == 0 else drug.use_on(on),
            symptoms="; ".join(complaints) or "none",
            adverse_events_asked=True,
            note="synthetic",
        )


def lasts_on(event: AdverseEvent, on: PartialDate) -> bool:
    """Tell whether an event lasts on a day."""
    return event.start.earliest <= on.latest and (event.end is None or on.earliest <= event.end.latest)


def laboratory(
    course: Course,
    days: Days,
    tg: Values,
    choices: Mapping[str, Any],
    *,
    event: AdverseEvent | None,
    rng: Generator,
) -> Iterator[LaboratoryValue]:
    """Return the laboratory values of every visit after baseline, and those that showed an adverse event."""
    shown = choices["disorders"].get(event.term, {}) if event else {}
    if event is not None:
        for analyte, by_grade in shown.items():
            yield _value(course.patient, event.start, analyte, by_grade[str(event.grade)], choices)
    for month, day in days.visits.items():
        if month == 0:
            continue
        on = PartialDate.of(day)
        for each in _laboratory(course.patient, on, tg[course.patient, month], choices, rng):
            if event is not None and each.analyte in shown and lasts_on(event, on):
                worst = shown[each.analyte][str(event.grade)]
                yield _value(course.patient, on, each.analyte, worst, choices)
            else:
                yield each


def _laboratory(
    patient: str, on: PartialDate, tg: float, choices: Mapping[str, Any], rng: Generator
) -> Iterator[LaboratoryValue]:
    for analyte, (_, low, high, digits) in choices["ranges"].items():
        yield _value(patient, on, analyte, round(float(rng.uniform(low, high)), digits), choices)
    yield LaboratoryValue(patient_id=patient, on=on, analyte="tg", value=tg, unit=TG_UNIT)
    tgab = choices["tgab"]
    below = rng.random() < tgab["share_below"]
    yield LaboratoryValue(
        patient_id=patient,
        on=on,
        analyte="tgab",
        value=tgab["below"] if below else round(float(rng.uniform(tgab["low"], tgab["high"])), 1),
        comparator="<" if below else None,
        unit=tgab["unit"],
    )


def _value(
    patient: str, on: PartialDate, analyte: str, value: float, choices: Mapping[str, Any]
) -> LaboratoryValue:
    unit = choices["ranges"][analyte][0]
    return LaboratoryValue(patient_id=patient, on=on, analyte=analyte, value=value, unit=unit)


def pain_at(course: Course, month: int) -> float | None:
    """Return the pain of a month: half-way down at month 2, from month 4 on as at month 6."""
    if course.pain is None:
        return None
    before, after = course.pain
    return {0: before, 2: float(ceil((before + after) / 2))}.get(month, after)


def pains(course: Course, days: Days) -> Iterator[Record]:
    """Return pain at every visit where there was some at first; else at baseline and at 6 months."""
    for month, on in days.visits.items():
        nrs = pain_at(course, month)
        if nrs is not None and (month in (0, 6) or (course.pain and course.pain[0])):
            yield Pain(patient_id=course.patient, on=PartialDate.of(on), nrs=nrs)
