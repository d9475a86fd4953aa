from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.patient import PartialDate
from seedbed.patient.analytes import ANALYTES
from seedbed.patient.consistency import JUMP, alike_patients, inconsistencies, same_events
from seedbed.patient.records import (
    KINDS,
    AdverseEvent,
    Baseline,
    Death,
    Decision,
    DrugCourse,
    DrugDose,
    Implantation,
    LaboratoryValue,
    LesionRecord,
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


@given(st.floats(5, 40), st.floats(0.5, 1.6))
def test_centimetres_typed_as_millimetres_are_asked_about(longest: float, change: float) -> None:
    right, wrong = longest, longest * change / 10
    for first, second in ((right, wrong), (wrong, right)):
        sizes = size("2026-01-05", longest_mm=first), size("2026-03-05", longest_mm=second)
        assert {*found(*sizes)} == {("ask", "longest_mm")}


@given(st.floats(5, 40), st.floats(1 / JUMP + 0.01, JUMP - 0.01))
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


def test_a_column_in_centimetres_is_asked_about_at_the_first_image_of_a_target() -> None:
    first, later = size("2026-01-05", longest_mm=3.2), size("2026-03-05", longest_mm=2.1)
    assert found(later, first) == [("ask", "longest_mm")]
    assert found(size("2026-01-05", ap_mm=3.1, cc_mm=2.2, transverse_mm=2.0)) == [("ask", "ap_mm")]


@pytest.mark.parametrize("role", ["target", "non-target", "new", None])
def test_only_a_target_must_not_be_tiny(role: str | None) -> None:
    lesion = LesionRecord(patient_id="S-01", lesion="T1", role=role)
    asked = [("ask", "longest_mm")] if role in ("target", None) else []
    assert found(lesion, size("2026-01-05", longest_mm=4.9)) == asked
    assert found(lesion, size("2026-01-05", longest_mm=5.0)) == []


def sample(analyte: str, value: float, unit: str, comparator: str | None = None) -> LaboratoryValue:
    return LaboratoryValue(
        patient_id="S-01", on=on("2026-01-05"), analyte=analyte, value=value, unit=unit, comparator=comparator
    )


@pytest.mark.parametrize(
    ("value", "asked"),
    [
        (sample("Hb", 12.5, "g/L"), True),  # typed in g/dL
        (sample("Hb", 12.5, "g/dL"), False),
        (sample("血小板", 180000, "10^9/L"), True),  # typed per microlitre
        (sample("血小板", 180, "10^9/L"), False),
        (sample("calcium", 9.4, "mmol/L"), True),  # typed in mg/dL
        (sample("calcium", 9.4, "mg/dL"), False),
        (sample("TSH", 0.001, "mU/L"), False),
        (sample("Tg", 50_000, "ng/mL"), False),  # a tumour marker has no such limit
        (sample("miR-146b", 1e6, "copies"), False),
        (sample("Hb", 12.5, "g/L", "<"), False),
    ],
)
def test_a_value_that_an_outpatient_hardly_has_is_asked_about(value: LaboratoryValue, *, asked: bool) -> None:
    assert found(value) == ([("ask", "value")] if asked else [])


@pytest.mark.parametrize("code", ANALYTES)
def test_no_normal_limit_is_asked_about_and_what_is_asked_is_plausible(code: str) -> None:
    quantity = ANALYTES[code]
    low, high = quantity.ask
    least, most = quantity.limits or (quantity.high, quantity.low)
    assert low is None or quantity.low <= low <= least
    assert high is None or most <= high <= quantity.high


def implant(day: str, **stated: object) -> Implantation:
    return Implantation(patient_id="S-01", implant="1", session=1, on=on(day), **stated)  # type: ignore[arg-type]


def dose(since: str, mg: float, until: str = "") -> DrugDose:
    last = on(until) if until else None
    return DrugDose(patient_id="S-01", course="1", since=on(since), until=last, dose_mg=mg)


def decision(day: str) -> Decision:
    return Decision(patient_id="S-01", on=on(day), subject="response", decided="PR")


COURSE = DrugCourse(
    patient_id="S-01", course="1", drug="anlotinib", start=on("2026-03-02"), end=on("2026-07-31")
)


@pytest.mark.parametrize(
    ("record", "severity", "field"),
    [
        (Patient(patient_id="S-01", consent_on=on("2027")), "wrong", "consent_on"),
        (
            Patient(patient_id="S-01", born=on("1961-05"), consent_on=on("1961-04-30")),
            "wrong",
            "consent_on",
        ),
        (decision("2026-11-02"), "wrong", "on"),
        (LesionRecord(patient_id="S-01", lesion="T1", seen_on=on("2026-12")), "wrong", "seen_on"),
        (implant("2026-03-02", verified_on=on("2026-03-01")), "wrong", "verified_on"),
        (implant("2026-03-02", lesion="T9"), "ask", "lesion"),
        (dose("2026-03-01", 12), "wrong", "since"),
        (dose("2026-03-01", 0), "ask", "since"),  # an interruption before the first dose
        (dose("2026-08-01", 8), "wrong", "since"),
        (dose("2026-07-01", 8, "2026-08-02"), "ask", "until"),
        (fatigue("2026-03", "2026-11-02"), "wrong", "end"),
        (fatigue("2026-03", "2026-11"), "ask", "end"),  # may have ended today, the first
    ],
)
def test_what_was_not_looked_at(record: Record, severity: str, field: str) -> None:
    assert found(COURSE, record) == [(severity, field)]


@pytest.mark.parametrize(
    "record",
    [
        implant("2026-03-02", verified_on=on("2026-03")),
        dose("2026-03", 12),
        dose("2026-07-01", 8, "2026-07-31"),
        fatigue("2026-03", "2026-10-31"),
        decision("2026-11-01"),
    ],
)
def test_what_may_be_true_is_not_told(record: Record) -> None:
    assert found(COURSE, record) == []


def test_a_birth_in_the_future_is_wrong() -> None:
    assert found(Patient(patient_id="S-01", born=on("2026-12"))) == [("wrong", "born")]


def test_a_lesion_seen_before_birth_is_wrong_and_a_decision_after_death_is_not() -> None:
    early = LesionRecord(patient_id="S-01", lesion="T1", seen_on=on("1960"))
    assert found(BORN, DIED, early, decision("2026-10-01")) == [("wrong", "seen_on")]


@pytest.mark.parametrize(
    ("until", "asked"), [("2026-04-11", False), ("2026-04-12", True), ("2026-05", True), ("2026-04", False)]
)
def test_doses_that_overlap_are_asked_about(until: str, *, asked: bool) -> None:
    doses = dose("2026-04-12", 10), dose("2026-03-02", 12, until)
    assert found(COURSE, *doses) == ([("ask", "until")] if asked else [])


@pytest.mark.parametrize("written", ["s-02", "S-2", "S\u200b-02", "Ｓ－０２", "S02", "S_02"])
def test_identifiers_that_are_written_alike_are_asked_about(written: str) -> None:
    one, other = Patient(patient_id="S-02"), Patient(patient_id=written)
    assert [each.record for each in alike_patients([one, other])] == [other]
    assert [each.record for each in alike_patients([other], ["S-02"])] == [other]


@pytest.mark.parametrize("other", ["S-20", "S-002-1", "T-02", "S-02a", "患者02"])
def test_other_identifiers_are_not(other: str) -> None:
    assert list(alike_patients([Patient(patient_id="S-02"), Patient(patient_id=other)])) == []
    assert list(alike_patients([Patient(patient_id="S-02")], ["S-02"])) == []


def test_lesions_and_courses_written_alike_are_asked_about() -> None:
    lesions = [LesionRecord(patient_id="S-01", lesion=name) for name in ("T1", "T2", "t01")]
    assert found(*lesions) == [("ask", "lesion")]


def event(term: str, start: str) -> AdverseEvent:
    return AdverseEvent(patient_id="S-01", term=term, start=on(start), grade=1)


def test_events_of_one_meaning_on_one_day_are_asked_about() -> None:
    meant = {"腹泻": "Diarrhea", "Diarrhea": "Diarrhea", "diarrhoea": "Diarrhea", "Fatigue": "Fatigue"}
    three = [event(term, "2026-03-05") for term in ("腹泻", "Diarrhea", "diarrhoea")]
    others = [event("腹泻", "2026-03-06"), event("Fatigue", "2026-03-05"), event("odd", "2026-03-05")]
    asked = [each.record for each in same_events([*three, *others], meant.get)]
    assert asked == three[1:]
    assert [each.record for each in same_events([event("Odd ", "2026-03"), others[2]], meant.get)] == [
        others[2]
    ]


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
