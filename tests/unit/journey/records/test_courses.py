"""What was taken of what was planned, counted by hand: days 1 to 14 of 21 (Chen et al. 2025, section 2.3)."""

from datetime import date

import pytest
from tests.unit.journey.records.registers import hold, on

from seedbed.journey.records.courses import CourseReport, course_reports
from seedbed.patient.records import AdverseEvent, DrugCourse, DrugDose, Implantation, Progression, Record
from seedbed.protocol import load_rules
from seedbed.registry.clinic import ClinicRegister


def course(end: str | None = None) -> DrugCourse:
    stopped = on(end) if end else None
    return DrugCourse(patient_id="S-01", course="1", drug="anlotinib", start=on("2026-03-02"), end=stopped)


def dose(since: str, dose_mg: float, until: str | None = None, reason: str | None = None) -> DrugDose:
    return DrugDose(
        patient_id="S-01",
        course="1",
        since=on(since),
        until=on(until) if until else None,
        dose_mg=dose_mg,
        reason=reason,
    )


def report(clinic: ClinicRegister, *records: Record, day: str = "2026-05-03") -> CourseReport:
    (found,) = course_reports(
        hold(clinic, *records), "S-01", on=date.fromisoformat(day), protocol=load_rules()
    )
    return found


def test_three_cycles_as_planned(clinic: ClinicRegister) -> None:
    found = report(clinic, course())  # 2 March to 3 May: 63 days, three cycles
    assert len(found.course.cycles) == 3
    assert str(found.course.taken_mg) == str(found.course.planned_mg) == str(3 * 14 * 12)
    assert str(found.course.dose_intensity_pct) == "100"
    assert found.findings == ()


def test_a_lower_dose_from_the_second_cycle_on(clinic: ClinicRegister) -> None:
    found = report(clinic, course(), dose("2026-03-02", 12, reason="planned"), dose("2026-03-23", 10))
    assert str(found.course.taken_mg) == str(14 * 12 + 2 * 14 * 10)
    assert [(row.from_mg, row.to_mg) for row in found.course.reductions] == [(12, 10)]


def test_an_interruption_of_a_week(clinic: ClinicRegister) -> None:
    week = dose("2026-03-04", 0, until="2026-03-10", reason="adverse event")
    found = report(clinic, course(), dose("2026-03-02", 12), week, day="2026-03-22")
    assert str(found.course.taken_mg) == str(7 * 12)  # 14 days less 4 to 10 March
    assert len(found.course.pauses) == 1


def test_the_last_dose_is_the_last_day(clinic: ClinicRegister) -> None:
    found = report(clinic, course("2026-03-05"))
    assert (found.course.stopped, str(found.course.taken_mg)) == (True, str(4 * 12))


def test_a_dose_that_rises_again_is_found(clinic: ClinicRegister) -> None:
    found = report(clinic, course(), dose("2026-03-02", 12), dose("2026-03-23", 10), dose("2026-04-13", 12))
    assert [finding.rule_id for finding in found.findings] == ["DRUG-REDUCE"]


@pytest.mark.parametrize(
    ("record", "rule_id"),
    [
        (
            AdverseEvent(
                patient_id="S-01", term="Diarrhea", start=on("2026-03-10"), grade=3, attribution="drug"
            ),
            "DRUG-REDUCE",
        ),
        (Progression(patient_id="S-01", on=on("2026-03-20"), where="local"), "DRUG-STOP"),
        (Implantation(patient_id="S-01", implant="1", session=1, on=on("2026-02-27")), "DRUG-START"),
    ],
)
def test_what_breaks_a_rule_is_named(clinic: ClinicRegister, record: Record, rule_id: str) -> None:
    assert [finding.rule_id for finding in report(clinic, course(), record).findings] == [rule_id]


def test_seeds_of_another_year_do_not_belong_to_the_course(clinic: ClinicRegister) -> None:
    long_ago = Implantation(patient_id="S-01", implant="1", session=1, on=on("2024-02-27"))
    assert report(clinic, course(), long_ago).findings == ()


def test_a_dose_that_ended_and_never_went_on_is_no_full_intensity(clinic: ClinicRegister) -> None:
    first, last = dose("2026-03-02", 12, until="2026-03-15"), dose("2026-04-13", 12, until="2026-04-26")
    found = report(clinic, course(), first, last, day="2026-05-24")
    assert str(found.course.taken_mg) == str(28 * 12)
    # four cycles were due from 2 March to 24 May, two were taken
    assert str(found.course.planned_mg) == str(4 * 14 * 12)
    assert next(pause.days for pause in found.course.pauses) == 28


def test_the_rest_of_a_cycle_is_no_interruption(clinic: ClinicRegister) -> None:
    doses = [dose("2026-03-02", 12, until="2026-03-15"), dose("2026-03-23", 12, until="2026-04-05")]
    assert report(clinic, course(), *doses, day="2026-04-12").course.pauses == ()


def test_a_dose_that_is_lowered_on_the_day_of_the_event_is_lowered(clinic: ClinicRegister) -> None:
    event = AdverseEvent(
        patient_id="S-01", term="Diarrhea", start=on("2026-03-23"), grade=3, attribution="drug"
    )
    found = report(clinic, course(), dose("2026-03-02", 12), dose("2026-03-23", 10), event)
    assert found.findings == ()


def test_a_course_that_begins_below_the_protocol_is_told(clinic: ClinicRegister) -> None:
    (finding,) = report(clinic, course(), dose("2026-03-02", 10)).findings
    assert (finding.rule_id, "began at 10 mg" in finding.text) == ("DRUG-SCHEDULE", True)
