"""Visits due where a date is known only in part, and what begins a treatment; made-up records."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.unit.journey.records.registers import WHO, hold, on

from seedbed.journey.records.due import ClinicDue, clinic_due, write_due
from seedbed.journey.records.patient_due import patient_due
from seedbed.journey.records.treatment import treatment_starts
from seedbed.patient.records import DrugCourse, Implantation, Patient, VisitRecord
from seedbed.registry.clinic import ClinicRegister

TODAY = date(2026, 8, 1)
MANY = 10_000


def seeds(day: str = "2026-01-01") -> Implantation:
    return Implantation(patient_id="S-01", implant="1", session=1, on=on(day))


def course(drug: str, day: str) -> DrugCourse:
    return DrugCourse(patient_id="S-01", course=drug, drug=drug, start=on(day))


def visit(day: str) -> VisitRecord:
    return VisitRecord(patient_id="S-01", on=on(day))


def by_month(clinic: ClinicRegister, today: date = TODAY) -> dict[int, dict[str, Any]]:
    found = patient_due(clinic.where, "S-01", on=today).to_dict()
    return {each["month"]: each for each in found["visits"]}


def whole(clinic: ClinicRegister, today: date = TODAY) -> ClinicDue:
    return clinic_due(clinic.where, on=today)


@pytest.mark.parametrize(
    ("started", "seen", "status"),
    [
        ("2026-01-01", "2026-03", "seen, day not known"),  # due 1 March, on time until 15 March
        ("2026-01-01", "2026-02", "seen, day not known"),  # on time from 15 February
        ("2026-01-10", "2026-04", "late"),  # due 10 March, on time until 24 March: no day of April is
    ],
)
def test_a_visit_of_a_month_is_shown_as_a_month(
    clinic: ClinicRegister, started: str, seen: str, status: str
) -> None:
    hold(clinic, seeds(started), visit(seen))
    found = by_month(clinic, date(2026, 4, 30))[2]
    assert (found["seen_on"], found["days_off"], found["status"]) == (seen, None, status)
    assert f"seen {seen}, day not known" in found["text"]
    assert f"{seen}-01" not in found["text"].replace(found["due_on"], "")


def test_a_month_within_the_window_is_seen(clinic: ClinicRegister) -> None:
    """Due at 12 months, 15 January 2027, 30 days before or after: all of January fits."""
    hold(clinic, seeds("2026-01-15"), visit("2027-01"))
    found = by_month(clinic, date(2027, 3, 1))[12]
    assert (found["status"], found["days_off"], found["seen_on"]) == ("seen", None, "2027-01")


def test_the_clinic_lists_a_visit_of_which_the_day_is_not_known(
    clinic: ClinicRegister, tmp_path: Path
) -> None:
    hold(clinic, seeds(), visit("2026-03"), visit("2026-05-20"))
    found = whole(clinic, date(2026, 6, 1))
    listed = [(row.month, row.status, row.days_off) for row in found.rows]
    assert listed == [(2, "seen, day not known", None), (4, "late", 19)]
    written = write_due(found, tmp_path / "due.csv").read_text(encoding="utf-8-sig")
    assert written.splitlines()[1] == 'S-01,,2,2026-03-01,"seen, day not known",,'


def test_other_visits_keep_their_precision(clinic: ClinicRegister) -> None:
    hold(clinic, seeds(), visit("2026-01"))
    assert patient_due(clinic.where, "S-01", on=TODAY).to_dict()["extra_visits"] == ["2026-01"]


def test_a_start_known_to_the_month_is_told_at_every_due_date(clinic: ClinicRegister) -> None:
    hold(clinic, seeds("2026-01"))
    found = patient_due(clinic.where, "S-01", on=TODAY).to_dict()
    assert "2026-01-01" not in json.dumps(found)
    assert found["treatment_started"] == "2026-01"
    assert {each["note"] for each in found["visits"]} == {"start known only as 2026-01"}
    all_due = whole(clinic)
    assert {row.note for row in all_due.rows} == {"start known only as 2026-01"}
    assert [remark[:13] for remark in all_due.remarks] == ["1 patient has"]


def test_a_known_start_has_no_note(clinic: ClinicRegister) -> None:
    hold(clinic, seeds())
    assert (whole(clinic).remarks, whole(clinic).rows[0].note) == ((), "")


@pytest.mark.parametrize("drug", ["anlotinib", "Anlotinib", "安罗替尼", "盐酸安罗替尼胶囊"])
def test_only_the_drug_of_the_protocol_begins_a_treatment(clinic: ClinicRegister, drug: str) -> None:
    hold(clinic, course("levothyroxine", "2010-05-01"), course(drug, "2026-02-01"), seeds("2026-03-01"))
    assert treatment_starts(clinic) == {"S-01": on("2026-02-01")}
    assert patient_due(clinic.where, "S-01", on=TODAY).to_dict()["treatment_started"] == "2026-02-01"
    assert by_month(clinic)[2]["due_on"] == "2026-04-01"
    assert whole(clinic).rows[0].due_on == date(2026, 4, 1)


def test_another_drug_alone_is_no_treatment(clinic: ClinicRegister) -> None:
    hold(clinic, course("levothyroxine", "2010-05-01"))
    assert whole(clinic).not_started == ("S-01",)
    assert treatment_starts(clinic, patients=["S-01"]) == {}


def test_each_of_many_patients_has_all_the_visits(clinic: ClinicRegister) -> None:
    names = [f"S-{number:05d}" for number in range(MANY)]
    clinic.write(
        [
            *(Patient(patient_id=name) for name in names),
            *(Implantation(patient_id=name, implant="1", session=1, on=on("2026-01-01")) for name in names),
            *(VisitRecord(patient_id=name, on=on("2026-03")) for name in names),
        ],
        **WHO,
    )
    assert len(whole(clinic).rows) == 3 * MANY
