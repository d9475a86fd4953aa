"""Images of the register become visits: near days together, baseline the latest before treatment."""

from dataclasses import replace

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
    point = assess_response(case.lesions, case.visits).timepoints[0]
    assert (point.response, point.new_lesions, point.decided_by) == ("PD", ("N1",), ("N1",))


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


NEW = LesionRecord(patient_id="S-01", lesion="N1", role="new")
TARGET = LesionRecord(patient_id="S-01", lesion="T1", role="target")


def test_a_new_lesion_without_a_date_is_named(clinic: ClinicRegister) -> None:
    case = case_of(clinic, image("2026-01-05", 30), image("2026-03-05", 20), lesions=(TARGET, NEW))
    assert any("Lesion N1 is new and has no date: it is not counted" in note for note in case.notes)
    assert assess_response(case.lesions, case.visits).timepoints[0].response == "PR"


def test_a_new_lesion_that_was_measured_has_its_date(clinic: ClinicRegister) -> None:
    images = (image("2026-01-05", 30), image("2026-03-05", 20), image("2026-03-06", 9, "N1"))
    case = case_of(clinic, *images, lesions=(TARGET, NEW))
    assert not any("no date" in note for note in case.notes)
    assert assess_response(case.lesions, case.visits).timepoints[0].new_lesions == ("N1",)


def test_a_new_lesion_counts_from_when_it_was_seen_not_from_when_it_was_measured(
    clinic: ClinicRegister,
) -> None:
    images = (image("2026-01-05", 30), image("2026-03-05", 20), image("2026-05-05", 20))
    seen = replace(NEW, seen_on=PartialDate("2026-03-05"))
    case = case_of(clinic, *images, image("2026-05-05", 9, "N1"), lesions=(TARGET, seen))
    history = assess_response(case.lesions, case.visits)
    assert [point.new_lesions for point in history.timepoints] == [("N1",), ("N1",)]
    assert str(history.progressed_when) == "2026-03-05"


def test_two_new_lesions_of_a_day_without_images_are_one_visit(clinic: ClinicRegister) -> None:
    new = [replace(NEW, lesion=name, seen_on=PartialDate("2026-02-01")) for name in ("N1", "N2")]
    case = case_of(clinic, image("2026-01-05", 30), image("2026-03-05", 20), lesions=(TARGET, *new))
    assert days(case) == ["2026-01-05", "2026-02-01", "2026-03-05"]
    assert assess_response(case.lesions, case.visits).timepoints[0].new_lesions == ("N1", "N2")


def test_a_reader_who_changes_is_named_in_both_cases(clinic: ClinicRegister) -> None:
    case_of(clinic, image("2026-01-05", 30))
    later = [image("2026-03-05", 10, reader="B"), image("2026-05-01", 10, reader="B")]
    clinic.write(later, who="A. Tester", why="synthetic")
    blank, second = tumour_cases(clinic)
    assert "Also measured by B: 2026-03-05, 2026-05-01; judged apart." in blank.notes
    assert "Also measured by a reader who is not named: 2026-01-05; judged apart." in second.notes
