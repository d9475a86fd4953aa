"""Rules DRUG-START, DRUG-REDUCE, DRUG-STOP of Chen et al. 2025, section 2.3."""

from datetime import date, timedelta

import pytest

from seedbed.errors import InputError
from seedbed.patient import PartialDate
from seedbed.patient.drug_records import ChangeReason, DrugChange, DrugEventSeen
from seedbed.protocol.drug_course import drug_course
from seedbed.protocol.drug_findings import DrugFinding, drug_findings

START = date(2026, 3, 2)


def day(number: int) -> date:
    return START + timedelta(days=number - 1)


def change(on: int | str, dose_mg: float, reason: ChangeReason) -> DrugChange:
    when = day(on) if isinstance(on, int) else on
    return DrugChange(on=PartialDate.of(when), dose_mg=dose_mg, reason=reason)


def found(
    *changes: DrugChange, events: tuple[tuple[int, str], ...] = (), start: float = 12.0, until: int = 84
) -> tuple[DrugFinding, ...]:
    course = drug_course([change(1, start, "planned"), *changes], day(until))
    return drug_findings(course, [DrugEventSeen(on=day(on), event=event) for on, event in events])


def only(findings: tuple[DrugFinding, ...]) -> DrugFinding:
    assert len(findings) == 1, findings
    return findings[0]


def test_a_course_by_the_rules_has_no_finding() -> None:
    assert found(change(22, 10.0, "reduced"), events=((15, "grade 3"), (40, "grade 2"))) == ()


def test_a_dose_that_rises_again_is_found() -> None:
    finding = only(found(change(22, 10.0, "reduced"), change(43, 12.0, "planned")))
    assert (finding.rule_id, finding.on) == ("DRUG-REDUCE", (str(day(22)), str(day(43))))
    assert f"rose from 10 to 12 mg on {day(43)}" in finding.text


def test_a_dose_that_is_no_step_is_found() -> None:
    assert "11 mg" in only(found(change(22, 11.0, "reduced"))).text


def test_a_course_that_begins_lower_is_found() -> None:
    finding = only(found(start=10.0))
    assert (finding.rule_id, finding.on) == ("DRUG-SCHEDULE", (str(day(1)),))
    assert "began at 10 mg, and the protocol at 12 mg" in finding.text


def test_an_event_on_the_first_day_counts() -> None:
    assert only(found(events=((1, "grade 3"),))).on[1] == str(day(2))


def test_a_reduction_to_the_same_dose_is_found() -> None:
    assert "the same before" in only(found(change(22, 12.0, "reduced"))).text


@pytest.mark.parametrize("event", ["grade 3", "grade 4", "not tolerated"])
def test_an_event_without_a_reduction_is_found(event: str) -> None:
    finding = only(found(events=((15, event),), until=42))
    assert finding.rule_id == "DRUG-REDUCE"
    assert finding.on == (str(day(15)), str(day(22)), str(day(35)))
    assert (
        f"{event} on {day(15)} at 12 mg, and the dose was not lowered: 12 mg or more on 14 days"
        in finding.text
    )


def test_a_late_reduction_is_found_with_its_day() -> None:
    finding = only(found(change(22, 10.0, "reduced"), events=((10, "grade 3"),)))
    assert f"was lowered only on {day(22)}" in finding.text
    assert finding.on == (str(day(10)), str(day(11)), str(day(14)))


def test_a_drug_that_is_paused_and_taken_again_at_the_same_dose_is_found() -> None:
    pause = change(11, 0.0, "interrupted")
    assert found(pause, change(30, 10.0, "reduced"), events=((10, "grade 3"),)) == ()
    assert (
        "was not lowered" in only(found(pause, change(30, 12.0, "planned"), events=((10, "grade 3"),))).text
    )


def test_each_event_asks_for_its_own_step() -> None:
    findings = found(change(22, 10.0, "reduced"), events=((15, "grade 3"), (36, "grade 3")))
    assert "at 10 mg" in only(findings).text


def test_8_mg_that_are_not_tolerated_stop_the_drug() -> None:
    steps = (change(22, 10.0, "reduced"), change(43, 8.0, "reduced"))
    events = ((15, "grade 3"), (36, "grade 3"), (57, "not tolerated"))
    finding = only(found(*steps, events=events))
    assert finding.rule_id == "DRUG-STOP"
    assert f"from {day(64)} to {day(77)}" in finding.text
    assert found(*steps, change(58, 0.0, "stopped"), events=events) == ()


@pytest.mark.parametrize("event", ["progression", "intolerable toxicity"])
def test_a_drug_taken_after_progression_is_found(event: str) -> None:
    finding = only(found(events=((40, event),), until=84))
    assert (finding.rule_id, finding.on) == ("DRUG-STOP", (str(day(40)), str(day(43)), str(day(77))))
    assert "on 28 days" in finding.text
    assert found(change(41, 0.0, "stopped"), events=((40, event),)) == ()


def test_the_dose_of_the_day_of_progression_is_no_finding() -> None:
    assert found(change(6, 0.0, "stopped"), events=((5, "progression"),)) == ()


def test_a_drug_taken_again_after_a_stop_is_found() -> None:
    finding = only(found(change(15, 0.0, "stopped"), change(43, 12.0, "planned")))
    assert finding.rule_id == "DRUG-STOP"


@pytest.mark.parametrize(("number", "side"), [(26, "4 days late"), (20, "2 days early")])
def test_a_cycle_at_another_time_is_found(number: int, side: str) -> None:
    finding = only(found(change(number, 12.0, "planned"), until=number + 20))
    assert finding.rule_id == "DRUG-SCHEDULE"
    assert f"cycle 2 began {side}" in finding.text


@pytest.mark.parametrize(
    ("start", "implanted_on", "said"),
    [
        ("2026-03-02", date(2026, 3, 2), None),
        ("2026-03-05", date(2026, 3, 2), "3 days late"),
        ("2026-03-01", date(2026, 3, 2), "1 day early"),
        ("2026-04", date(2026, 3, 30), "2 to 31 days late"),
        ("2026-02", date(2026, 3, 2), "2 to 29 days early"),
        ("2026-03", date(2026, 3, 2), "cannot be told"),
    ],
)
def test_the_start_beside_seeds(start: str, implanted_on: date, said: str | None) -> None:
    course = drug_course([change(start, 12.0, "planned")], date(2026, 12, 31))
    findings = drug_findings(course, implanted_on=implanted_on)
    if said is None:
        assert findings == ()
    else:
        assert only(findings).rule_id == "DRUG-START"
        assert said in findings[0].text


def test_a_finding_of_a_course_that_is_not_known_to_the_day_says_so() -> None:
    course = drug_course([change("2026-03", 12.0, "planned")], date(2026, 12, 31))
    event = DrugEventSeen(on=date(2026, 3, 20), event="progression")
    assert "not known" not in only(drug_findings(course, [event])).text
    assert "as for the earliest start" in only(drug_findings(course, [event])).text


def test_an_unknown_event_is_refused() -> None:
    with pytest.raises(InputError, match="did you mean 'grade 3'"):
        found(events=((5, "grad 3"),))
