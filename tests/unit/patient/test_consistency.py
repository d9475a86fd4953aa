from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.patient import PartialDate
from seedbed.patient.consistency import JUMP, inconsistencies
from seedbed.patient.records import (
    KINDS,
    AdverseEvent,
    Baseline,
    Death,
    DrugCourse,
    Measurement,
    Pain,
    Patient,
    Record,
    VisitRecord,
)

TODAY = date(2026, 11, 1)
BORN = Patient(patient_id="S-01", born=PartialDate("1961-05"))
DIED = Death(patient_id="S-01", on=PartialDate("2026-08"))


def on(day: str) -> PartialDate:
    return PartialDate(day)


def found(*records: Record) -> list[tuple[str, str]]:
    return [(each.severity, each.field) for each in inconsistencies(records, today=TODAY)]


def size(day: str, **diameters: float) -> Measurement:
    return Measurement(patient_id="S-01", lesion="T1", on=on(day), **diameters)


def fatigue(start: str, end: str) -> AdverseEvent:
    return AdverseEvent(patient_id="S-01", term="Fatigue", start=on(start), grade=1, end=on(end))


@pytest.mark.parametrize(
    ("record", "wrong"),
    [
        (VisitRecord(patient_id="S-01", on=on("1961-04-30")), ["on"]),
        (VisitRecord(patient_id="S-01", on=on("1961-05")), []),
        (VisitRecord(patient_id="S-01", on=on("1961")), []),  # may be after the birth
        (Pain(patient_id="S-01", on=on("2026-08-31"), nrs=1), []),  # may be before the death
        (Pain(patient_id="S-01", on=on("2026-09-01"), nrs=1), ["on"]),
        (Pain(patient_id="S-01", on=on("2026-11-02"), nrs=1), ["on"]),
        (fatigue("2026-03", "2026-02"), ["end"]),
        (fatigue("2026-03-05", "2026-03"), []),  # may end after it began
        (
            DrugCourse(
                patient_id="S-01", course="1", drug="anlotinib", start=on("2026-03-02"), end=on("2025")
            ),
            ["end"],
        ),
        (size("2026-03-02", longest_mm=20, short_axis_mm=21), ["short_axis_mm"]),
        (
            Measurement(patient_id="S-01", lesion="T1", on=on("2026-03-02"), longest_mm=4, state="absent"),
            ["longest_mm"],
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_true_is_wrong(record: Record, wrong: list[str]) -> None:
    assert found(BORN, DIED, record) == [("wrong", name) for name in wrong]


def test_a_day_in_the_future_is_wrong() -> None:
    assert found(VisitRecord(patient_id="S-01", on=on("2026-11-02"))) == [("wrong", "on")]
    assert found(VisitRecord(patient_id="S-01", on=on("2026-11"))) == []


@given(st.floats(2, 40), st.floats(0.5, 1.6))
def test_centimetres_typed_as_millimetres_are_asked_about(longest: float, change: float) -> None:
    right, wrong = longest, longest * change / 10
    for first, second in ((right, wrong), (wrong, right)):
        sizes = size("2026-01-05", longest_mm=first), size("2026-03-05", longest_mm=second)
        assert found(*sizes) == [("ask", "longest_mm")]


@given(st.floats(2, 40), st.floats(1 / JUMP + 0.01, JUMP - 0.01))
def test_other_changes_are_not_asked_about(longest: float, change: float) -> None:
    later = size("2026-03-05", longest_mm=longest * change)
    assert found(size("2026-01-05", longest_mm=longest), later) == []


def test_a_lesion_that_goes_or_is_too_small_to_measure_is_not_asked_about() -> None:
    small = Measurement(patient_id="S-01", lesion="T1", on=on("2026-03-05"), longest_mm=5, state="too small")
    assert found(size("2026-01-05", longest_mm=60), size("2026-02-05", longest_mm=0), small) == []


def test_one_diameter_in_centimetres_beside_others_is_asked_about() -> None:
    assert found(size("2026-01-05", ap_mm=31, cc_mm=2.8, transverse_mm=26)) == [("ask", "cc_mm")]


def test_grade_5_without_a_death_and_an_odd_body_are_asked_about() -> None:
    fatal = AdverseEvent(patient_id="S-01", term="Stroke", start=on("2026-03"), grade=5)
    body = Baseline(patient_id="S-01", on=on("2026-01"), height_cm=61.0, weight_kg=165.0)
    assert found(fatal, body) == [("ask", "grade"), ("ask", "height_cm")]
    assert found(fatal, DIED) == []


def test_records_of_every_kind_may_come() -> None:
    assert found(*(kind.from_plain(LEAST[name]) for name, kind in KINDS.items())) == []


BASIC = {"patient_id": "S-01", "on": "2026-03-02"}
LEAST: dict[str, dict[str, object]] = {
    **dict.fromkeys(("baseline", "screening", "visit", "contact", "death", "measurement"), BASIC),
    "patient": {"patient_id": "S-01"},
    "decision": BASIC | {"subject": "screening", "decided": "eligible"},
    "lesion": {"patient_id": "S-01", "lesion": "T1"},
    "measurement": BASIC | {"lesion": "T1", "longest_mm": 20},
    "PET uptake": BASIC | {"lesion": "T1"},
    "implantation": BASIC | {"implant": "1", "session": 1},
    "drug course": {"patient_id": "S-01", "course": "1", "drug": "anlotinib", "start": "2026-03-02"},
    "drug dose": {"patient_id": "S-01", "course": "1", "since": "2026-03-02", "dose_mg": 12},
    "laboratory value": BASIC | {"analyte": "Tg", "value": 2, "unit": "ng/mL"},
    "pain": BASIC | {"nrs": 3},
    "adverse event": {"patient_id": "S-01", "term": "Fatigue", "start": "2026-03-02", "grade": 1},
    "progression": BASIC | {"where": "local"},
}
