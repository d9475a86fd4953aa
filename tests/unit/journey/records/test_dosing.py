"""The next dose by Chen et al. 2025, section 2.3: 12, 10, 8 mg; grade 3 or 4 lowers it; it never rises."""

from datetime import date

import pytest

from seedbed.errors import InputError, UndecidedError
from seedbed.journey.records.dosing import drug_now
from seedbed.patient import PartialDate
from seedbed.patient.records import AdverseEvent, DrugCourse, DrugDose, Patient, Progression, Record
from seedbed.registry.clinic import ClinicRegister

ON = date(2026, 6, 1)


def treated(clinic: ClinicRegister, *records: Record, end: str | None = None) -> ClinicRegister:
    course = DrugCourse(
        patient_id="S-01",
        course="1",
        drug="anlotinib",
        start=PartialDate("2026-03-02"),
        end=PartialDate(end) if end else None,
    )
    clinic.write([Patient(patient_id="S-01"), course, *records], who="A. Tester", why="synthetic")
    return clinic


def dose(since: str, dose_mg: float) -> DrugDose:
    return DrugDose(patient_id="S-01", course="1", since=PartialDate(since), dose_mg=dose_mg)


def event(start: str, grade: int, attribution: str | None = "drug") -> AdverseEvent:
    return AdverseEvent(
        patient_id="S-01", term="Diarrhea", start=PartialDate(start), grade=grade, attribution=attribution
    )


@pytest.mark.parametrize(
    ("records", "next_mg", "rule_id"),
    [
        ([], 12, "DRUG-CONTINUE"),
        ([event("2026-04-01", 2)], 12, "DRUG-CONTINUE"),
        ([event("2026-04-01", 3)], 10, "DRUG-REDUCE"),
        ([event("2026-04-01", 3), dose("2026-04-13", 10)], 10, "DRUG-CONTINUE"),
        ([event("2026-04-13", 3), dose("2026-04-13", 10)], 10, "DRUG-CONTINUE"),  # the event lowered it
        ([event("2026-05-01", 4), dose("2026-04-13", 10)], 8, "DRUG-REDUCE"),
        ([event("2026-05-20", 3), dose("2026-04-13", 10), dose("2026-05-04", 8)], None, "DRUG-STOP"),
        ([event("2026-04-01", 3, "disease")], 12, "DRUG-CONTINUE"),
        ([event("2026-07-01", 3)], 12, "DRUG-CONTINUE"),  # later than the day that is asked about
    ],
)
def test_the_next_dose_follows_from_what_happened_under_this_one(
    clinic: ClinicRegister, records: list[Record], next_mg: float | None, rule_id: str
) -> None:
    found = drug_now(treated(clinic, *records).where, "S-01", on=ON)
    assert found.decision is not None
    assert (found.decision.dose_mg, rule_id in found.decision.rule_ids) == (next_mg, True)
    assert (found.calendar is None) == (next_mg is None)


def test_the_calendar_goes_on_after_the_running_cycle(clinic: ClinicRegister) -> None:
    found = drug_now(treated(clinic).where, "S-01", on=ON, cycles=2)
    assert found.calendar is not None
    # from 2 March every 21 days: 23 March, 13 April, 4 May, 25 May (cycle 5), 15 June
    first, second = found.calendar.cycles
    assert (first.number, str(first.first_dose), str(first.last_dose)) == (6, "2026-06-15", "2026-06-28")
    assert str(second.first_dose) == "2026-07-06"


def test_progression_stops_the_drug(clinic: ClinicRegister) -> None:
    seen = Progression(patient_id="S-01", on=PartialDate("2026-05-04"), where="distant")
    found = drug_now(treated(clinic, seen).where, "S-01", on=ON)
    assert found.decision is not None
    assert (found.decision.stopped, found.decision.rule_ids) == (True, ("DRUG-STOP",))


def test_a_course_that_ended_has_no_next_dose(clinic: ClinicRegister) -> None:
    found = drug_now(treated(clinic, end="2026-05-01").where, "S-01", on=ON)
    assert (found.decision, found.calendar) == (None, None)


def test_a_severe_event_of_unknown_cause_is_asked_about(clinic: ClinicRegister) -> None:
    with pytest.raises(UndecidedError):
        drug_now(treated(clinic, event("2026-04-01", 3, None)).where, "S-01", on=ON)


def test_without_a_course_there_is_nothing_to_decide(clinic: ClinicRegister) -> None:
    with pytest.raises(InputError, match="no course of anlotinib"):
        drug_now(treated(clinic).where, "S-01", on=date(2026, 3, 1))


def test_an_event_that_is_no_term_counts_by_its_grade_and_is_named(clinic: ClinicRegister) -> None:
    odd = AdverseEvent(
        patient_id="S-01", term="spots", start=PartialDate("2026-04-01"), grade=3, attribution="drug"
    )
    found = drug_now(treated(clinic, odd).where, "S-01", on=ON)
    assert found.decision is not None
    assert (found.decision.dose_mg, found.unnamed) == (10, ("spots",))


def test_an_interruption_that_nobody_ended_is_told(clinic: ClinicRegister) -> None:
    found = drug_now(treated(clinic, dose("2026-03-02", 12), dose("2026-05-20", 0)).where, "S-01", on=ON)
    assert str(found.interrupted_since) == "2026-05-20"
    assert drug_now(clinic.where, "S-01", on=date(2026, 5, 1)).interrupted_since is None


def given_up(since: str) -> DrugDose:
    return DrugDose(
        patient_id="S-01", course="1", since=PartialDate(since), dose_mg=0, reason="not tolerated"
    )


@pytest.mark.parametrize(("taken", "next_mg"), [([], 10), ([("2026-03-02", 12), ("2026-04-13", 8)], None)])
def test_a_dose_that_is_not_tolerated_lowers_and_8_mg_stops(
    clinic: ClinicRegister, taken: list[tuple[str, float]], next_mg: float | None
) -> None:
    doses = [dose(*each) for each in taken]
    found = drug_now(treated(clinic, *doses, given_up("2026-05-10")).where, "S-01", on=ON)
    assert found.decision is not None
    assert found.decision.dose_mg == next_mg


def test_another_drug_is_not_judged_by_these_rules(clinic: ClinicRegister) -> None:
    other = DrugCourse(patient_id="S-01", course="2", drug="levothyroxine", start=PartialDate("2020-01-01"))
    running = DrugCourse(patient_id="S-01", course="10", drug="安罗替尼", start=PartialDate("2026-04-06"))
    found = drug_now(treated(clinic, other, running, end="2026-03-29").where, "S-01", on=ON)
    assert found.report.record.course == "10"
    assert found.decision is not None
