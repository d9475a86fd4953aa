from tests.unit.journey.records.registers import hold, on

from seedbed.journey.records.outcomes import adtte_rows, disease_courses, earlier_progressions
from seedbed.journey.records.scans import pet_scans
from seedbed.patient.records import (
    Contact,
    Death,
    DrugCourse,
    LesionRecord,
    PetUptake,
    Progression,
    VisitRecord,
)
from seedbed.registry.clinic import ClinicRegister

LESIONS = (
    LesionRecord(patient_id="S-01", lesion="T1", role="target", organ="lung"),
    LesionRecord(patient_id="S-01", lesion="N1", role="new", organ="bone"),
)
START = DrugCourse(patient_id="S-01", course="1", drug="anlotinib", start=on("2026-01-01"))


def uptake(day: str, lesion: str, **values: float) -> PetUptake:
    return PetUptake(patient_id="S-01", on=on(day), lesion=lesion, **values)


def test_a_scan_has_its_lesions_background_and_conditions(clinic: ClinicRegister) -> None:
    first = uptake("2026-01-01", "T1", sul_peak=5.0, liver_sul_mean=1.6, liver_sul_sd=0.2, uptake_min=60)
    later = (uptake("2026-04-01", "T1", sul_peak=2.0), uptake("2026-04-01", "N1", sul_peak=4.0))
    scans = pet_scans(hold(clinic, *LESIONS, first, *later), "S-01")
    assert [[each.name for each in scan.lesions] for scan in scans] == [["T1"], ["N1", "T1"]]
    assert scans[0].background is not None
    assert (scans[0].background.region, scans[0].background.sul_mean, scans[0].uptake_minutes) == (
        "liver",
        1.6,
        60,
    )
    assert scans[1].new_lesions == ("N1",)
    assert scans[1].background is None


def test_who_is_alive_was_last_seen_at_the_latest_visit_or_contact(clinic: ClinicRegister) -> None:
    visit = VisitRecord(patient_id="S-01", on=on("2026-03-01"))
    call = Contact(patient_id="S-01", on=on("2026-05-01"))
    (course,) = disease_courses(hold(clinic, START, visit, call))
    assert (str(course.last_seen), str(course.last_assessed), course.died) == (
        "2026-05-01",
        "2026-01-01",
        None,
    )


def test_endpoints_are_counted_from_the_start_of_treatment(clinic: ClinicRegister) -> None:
    local = Progression(patient_id="S-01", on=on("2026-02-01"), where="local")
    rows = adtte_rows(hold(clinic, START, local, Death(patient_id="S-01", on=on("2026-03-01"))))
    # CDISC counts both days: 1 January to 1 February are 32 days
    assert [(row.code, row.days, row.censored) for row in rows] == [
        ("LPFS", 32, 0),
        ("PFS", 32, 0),
        ("OS", 60, 0),
    ]


def test_a_death_known_in_part_is_not_before_the_last_visit(clinic: ClinicRegister) -> None:
    visit = VisitRecord(patient_id="S-01", on=on("2026-03-09"))
    rows = adtte_rows(hold(clinic, START, visit, Death(patient_id="S-01", on=on("2026"))))
    assert [(row.code, str(row.end), row.censored) for row in rows] == [
        (code, "2026-03-09", 0) for code in ("LPFS", "PFS", "OS")
    ]


def test_a_patient_whose_treatment_has_not_begun_has_no_endpoint(clinic: ClinicRegister) -> None:
    assert adtte_rows(hold(clinic)) == []


def test_a_progression_before_the_treatment_is_no_event_and_is_told(clinic: ClinicRegister) -> None:
    before = Progression(patient_id="S-01", on=on("2025-11-01"), where="local and distant")
    after = Progression(patient_id="S-01", on=on("2026-02-01"), where="distant")
    hold(clinic, START, before, after, VisitRecord(patient_id="S-01", on=on("2026-03-01")))
    rows = {row.code: row for row in adtte_rows(clinic)}
    assert [(code, row.censored) for code, row in rows.items()] == [("LPFS", 1), ("PFS", 0), ("OS", 1)]
    assert str(rows["PFS"].end) == "2026-02-01"
    assert [str(each.on) for each in earlier_progressions(clinic)] == ["2025-11-01"]


def test_a_progression_that_may_be_of_the_first_day_counts(clinic: ClinicRegister) -> None:
    hold(clinic, START, Progression(patient_id="S-01", on=on("2026"), where="local"))
    assert [row.censored for row in adtte_rows(clinic)] == [0, 0, 1]
    assert earlier_progressions(clinic) == []
