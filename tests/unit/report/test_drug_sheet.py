"""The drug calendar in both languages: the dose by rule, a box for each dose, and what is not known."""

import re
from dataclasses import replace
from datetime import date

import pytest

from seedbed.patient import PartialDate
from seedbed.patient.drug_records import DrugChange
from seedbed.patient.records import AdverseEvent, DrugCourse
from seedbed.protocol import drug_calendar, load_rules, next_dose
from seedbed.protocol.drug_course import drug_course
from seedbed.protocol.drug_findings import DrugFinding
from seedbed.protocol.safety import suggestions
from seedbed.report.drug_sheet import MARK, DrugSheet, decision_text, drug_page
from seedbed.report.sheet import SheetHead
from seedbed.report.words import LANGUAGES, Language, say_in, words

ON = date(2026, 4, 20)
PATIENT = SheetHead(ON, "9.9", patient_name="Made Up", patient_id="S-01", birth_date="1961-05")


def change(on: str, dose_mg: float, reason: str, **more) -> DrugChange:
    return DrugChange(on=PartialDate(on), dose_mg=dose_mg, reason=reason, **more)


def sheet(*changes: DrugChange, event: str | None = "tolerated", mg: float = 12.0, **other) -> DrugSheet:
    """12 mg from 2 March 2026 on, with an event on 20 April; the next cycle begins on 4 May."""
    decision = None if event is None else next_dose(mg, event)
    dose = None if decision is None else decision.dose_mg
    made = DrugSheet(
        protocol=load_rules(),
        on=ON,
        record=DrugCourse(patient_id="S-01", course="1", drug="anlotinib", start=PartialDate("2026-03-02")),
        course=drug_course([change("2026-03-02", 12.0, "planned"), *changes], ON),
        findings=(),
        since=date(2026, 3, 2),
        events=(),
        decision=decision,
        suggestions=(),
        calendar=None if dose is None else drug_calendar(date(2026, 5, 4), 2, dose_mg=dose, first_number=4),
    )
    return replace(made, **other)


def happened(term: str, grade: int, attribution: str | None = "drug") -> AdverseEvent:
    start = PartialDate("2026-04-01")
    return AdverseEvent(patient_id="S-01", term=term, start=start, grade=grade, attribution=attribution)


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<main>")[2])).replace(" ;", ";")


@pytest.mark.parametrize(
    ("mg", "event", "said", "loud"),
    [
        (12.0, "tolerated", "anlotinib 12 mg: go on", False),
        (12.0, "grade 3", "LOWER anlotinib from 12 to 10 mg", True),
        (10.0, "not tolerated", "LOWER anlotinib from 10 to 8 mg", True),
        (8.0, "grade 4", "STOP anlotinib", True),
        (12.0, "progression", "STOP anlotinib", True),
        (12.0, None, "anlotinib HAS BEEN STOPPED", True),
    ],
)
def test_the_decision_is_that_of_the_paper(mg: float, event: str | None, said: str, loud: bool) -> None:
    """Chen et al. 2025, section 2.3: 12, 10, 8 mg; stopped at progression, and when 8 mg is not tolerated."""
    made = sheet(event=event, mg=mg)
    page = drug_page(made, PATIENT)
    assert decision_text(made, say_in("en")) == said
    assert f"<strong>{said}</strong>" in page
    assert ('<div class="dose loud">' in page) == loud
    assert said.split(":")[0] in page.partition("@top-left { content:")[2].partition("}")[0], "each page"
    for rule in made.decision.rule_ids if made.decision else ():
        assert f"<code>{rule}</code>" in page


def test_each_dose_of_the_calendar_has_its_box_and_day() -> None:
    """Days 1 to 14 of 21: 4 to 17 May and 25 May to 7 June 2026."""
    page = drug_page(sheet(), PATIENT)
    boxes = re.findall(r'<span class="box"></span>(\d\d-\d\d)', page)
    first = [f"05-{day:02}" for day in range(4, 18)]
    second = [f"05-{day:02}" for day in range(25, 32)] + [f"06-{day:02}" for day in range(1, 8)]
    assert boxes == first + second
    assert "Cycle 4: 12 mg a day, 2026-05-04 to 2026-05-17, rest until 2026-05-24; 14 capsules" in page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("event", ["progression", None])
def test_a_drug_that_is_stopped_has_no_calendar(event: str | None, language: Language) -> None:
    page = drug_page(sheet(event=event), PATIENT, language=language)
    assert words(language)["drug.no_calendar"] in page
    assert 'class="box"' not in page


def test_the_course_so_far_holds_doses_reductions_interruptions_and_intensity() -> None:
    """By hand: 12 mg on 2 to 8 March; none on 9 to 29; 10 mg in a new cycle on 30 March to 12 April, and on
    the first day of the next, 20 April: 7 x 12 + 15 x 10 = 234 mg. Planned: (14 + 14 + 8) x 12 = 432 mg."""
    made = sheet(
        change("2026-03-09", 0.0, "interrupted", note="diarrhoea"),
        change("2026-03-30", 10.0, "reduced"),
        mg=10.0,
    )
    text = text_of(drug_page(made, PATIENT))
    assert "12 mg: 7 days 10 mg: 15 days" in text
    assert "54 % (234 of 432 mg)" in text
    assert "2026-03-30: from 12 to 10 mg" in text
    assert "2026-03-09 to 2026-03-29, 21 days, interrupted: diarrhoea" in text
    assert "INTERRUPTED" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_drug_that_is_interrupted_now_says_so(language: Language) -> None:
    page = drug_page(sheet(change("2026-04-14", 0.0, "interrupted")), PATIENT, language=language)
    assert say_in(language)("drug.interrupted", day="2026-04-14") in page


def test_a_drug_with_other_rules_says_so() -> None:
    record = replace(sheet().record, drug="lenvatinib")
    text = text_of(drug_page(sheet(record=record), PATIENT))
    assert "another drug than the rules: lenvatinib, not anlotinib" in text
    assert "another drug" not in text_of(drug_page(sheet(), PATIENT))


def test_an_event_that_no_rule_could_weigh_is_marked() -> None:
    events = (happened("Hypertension", 3), happened("spots", 3), happened("Nausea", 1, None))
    text = text_of(drug_page(sheet(event="grade 3", events=events), PATIENT))
    assert "Hypertension 3 drug counted" in text
    assert "No term of CTCAE, COUNTED BY GRADE alone: spots (grade 3)." in text.partition("2. The")[0]
    assert "spots 3 drug counted by grade; no term of CTCAE" in text
    assert "Nausea 1 not known not counted: nobody has said that the drug caused it" in text


def test_suggestions_are_suggestions_with_their_sources() -> None:
    told = suggestions("Proteinuria", 3)
    text = text_of(drug_page(sheet(event="grade 3", suggestions=told), PATIENT))
    assert "for the doctor to weigh, not orders" in text
    for rule in told:
        assert f"{rule.drug} {rule.id} {rule.action}" in text
        assert rule.text in text
        assert rule.place in text
    assert [rule.checked for rule in told] == ["from memory"]
    assert "the source was not at hand" in text


def test_what_to_do_at_each_event_starts_from_the_new_dose() -> None:
    text = text_of(drug_page(sheet(event="grade 3"), PATIENT))
    assert "adverse event of grade 2 anlotinib 10 mg: go on DRUG-CONTINUE" in text
    assert "adverse event of grade 4 LOWER anlotinib from 10 to 8 mg DRUG-REDUCE" in text
    assert "progression of the disease STOP anlotinib DRUG-STOP" in text
    at_least = text_of(drug_page(sheet(event="tolerated", mg=8.0), PATIENT))
    assert "the dose is not tolerated STOP anlotinib DRUG-REDUCE, DRUG-STOP" in at_least


@pytest.mark.parametrize("language", LANGUAGES)
def test_rules_readings_and_signatures_stand_there(language: Language) -> None:
    text = text_of(drug_page(sheet(), PATIENT, language=language))
    for rule in ("DRUG-SCHEDULE", "DRUG-START", "DRUG-REDUCE", "DRUG-STOP", "DRUG-CONTINUE", "R11", "R12"):
        assert rule in text
    for key in ("decision.physician", "sign.nurse", "drug.informed", "notice"):
        assert words(language)[key] in text


def test_a_departure_from_the_rules_is_marked() -> None:
    finding = DrugFinding(rule_id="DRUG-START", on=("2026-03-02",), text="anlotinib began 2 days late")
    text = text_of(drug_page(sheet(findings=(finding,)), PATIENT))
    assert "Departs from the rules DRUG-START anlotinib began 2 days late" in text


@pytest.mark.parametrize("reason", ["progression", "patient's wish", None])
def test_the_end_of_the_course_is_told(reason: str | None) -> None:
    end = replace(sheet().record, end=PartialDate("2026-04-10"), stop_reason=reason)
    text = text_of(drug_page(sheet(event=None, record=end), PATIENT))
    assert f"2026-03-02 to 2026-04-10 ({reason or 'not stated'})" in text.replace("&#39;", "'")


def test_no_name_can_run_as_a_script() -> None:
    hostile = "<script>alert(1)</script>\"'"
    made = sheet(
        change("2026-04-14", 0.0, "interrupted", note=hostile),
        event="grade 3",
        events=(happened(hostile, 2),),
        record=replace(sheet().record, drug=hostile),
    )
    page = drug_page(made, replace(PATIENT, patient_name=hostile, patient_id=hostile))
    assert "<script" not in page
    assert page.count("&lt;script&gt;") >= 4


def test_the_page_is_marked_and_says_what_it_is() -> None:
    page = drug_page(sheet(synthetic=True), PATIENT)
    assert MARK in page
    assert "Seedbed 9.9" in page
    assert "MADE-UP PATIENT" in page
