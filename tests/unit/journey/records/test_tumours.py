"""Images of the register become visits: near days together, baseline the latest before treatment."""

from seedbed.journey.records.tumours import tumour_cases
from seedbed.patient import PartialDate
from seedbed.patient.records import Implantation, LesionRecord, Measurement, Patient
from seedbed.registry.clinic import ClinicRegister
from seedbed.response import assess_response
from seedbed.sheets.cdisc_tumour import TumourCase


def image(day: str, longest_mm: float, lesion: str = "T1", **more: str) -> Measurement:
    return Measurement(patient_id="S-01", lesion=lesion, on=PartialDate(day), longest_mm=longest_mm, **more)


def case_of(
    clinic: ClinicRegister, *images: Measurement, lesions: tuple[LesionRecord, ...] = ()
) -> TumourCase:
    known = lesions or tuple(
        LesionRecord(patient_id="S-01", lesion=name, role="target") for name in ("T1", "T2")
    )
    implanted = Implantation(patient_id="S-01", implant="1", session=1, on=PartialDate("2026-01-10"))
    records = [Patient(patient_id="S-01"), *known, implanted, *images]
    clinic.write(records, who="A. Tester", why="synthetic")
    (case,) = tumour_cases(clinic)
    return case


def days(case: TumourCase) -> list[str]:
    return [str(visit.when) for visit in case.visits]


def test_images_of_near_days_are_one_visit(clinic: ClinicRegister) -> None:
    case = case_of(
        clinic,
        *(image("2026-01-05", 30), image("2026-01-08", 20, "T2")),
        *(image("2026-03-05", 30), image("2026-03-19", 20, "T2")),
        image("2026-04-03", 20),
    )
    assert days(case) == ["2026-01-05", "2026-03-05", "2026-04-03"]
    assert [len(visit.measurements) for visit in case.visits] == [2, 2, 1]


def test_the_same_lesion_again_is_another_visit_however_near(clinic: ClinicRegister) -> None:
    case = case_of(clinic, image("2026-01-05", 30), image("2026-03-05", 30), image("2026-03-09", 28))
    assert days(case) == ["2026-01-05", "2026-03-05", "2026-03-09"]


def test_the_latest_images_before_treatment_are_baseline_and_earlier_ones_are_named(
    clinic: ClinicRegister,
) -> None:
    only = (LesionRecord(patient_id="S-01", lesion="T1", role="target"),)
    images = (image("2025-08-01", 15), image("2026-01-05", 30), image("2026-03-05", 20))
    case = case_of(clinic, *images, lesions=only)
    assert days(case) == ["2026-01-05", "2026-03-05"]
    assert any("2025-08-01" in note for note in case.notes)
    assert assess_response(case.lesions, case.visits).timepoints[0].response == "PR"  # against 30, not 15 mm


def test_a_new_lesion_that_was_seen_and_not_measured_marks_the_visit(clinic: ClinicRegister) -> None:
    lesions = (
        LesionRecord(patient_id="S-01", lesion="T1", role="target"),
        LesionRecord(patient_id="S-01", lesion="N1", role="new", seen_on=PartialDate("2026-03-01")),
    )
    case = case_of(clinic, image("2026-01-05", 30), image("2026-03-05", 20), lesions=lesions)
    assert [visit.new_lesion for visit in case.visits] == [False, True]
    assert assess_response(case.lesions, case.visits).timepoints[0].response == "PD"


def test_a_partial_date_is_a_visit_of_its_own_with_its_precision(clinic: ClinicRegister) -> None:
    case = case_of(clinic, image("2026-01-05", 30), image("2026-03", 20))
    assert days(case) == ["2026-01-05", "2026-03"]


def test_each_reader_is_a_case(clinic: ClinicRegister) -> None:
    case_of(clinic, image("2026-01-05", 30))
    other = [image("2026-01-05", 28, reader="B"), image("2026-03-05", 10, reader="B")]
    clinic.write(other, who="A. Tester", why="synthetic")
    assert [(case.reader, len(case.visits)) for case in tumour_cases(clinic)] == [("", 1), ("B", 2)]


def test_a_lesion_without_a_role_is_no_target_and_that_is_said(clinic: ClinicRegister) -> None:
    case = case_of(clinic, image("2026-01-05", 30), lesions=(LesionRecord(patient_id="S-01", lesion="T1"),))
    assert case.lesions[0].role == "non-target"
    assert "Lesion T1 has no role; it is no target." in case.notes
