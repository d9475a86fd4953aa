"""Laboratory grades of the register: baseline, limits, bounds. Expected grades are printed in CTCAE v5.0."""

import pytest
from tests.unit.journey.records.registers import hold, on

from seedbed.journey.records.toxicities import LaboratoryReport, laboratory_report
from seedbed.patient.records import DrugCourse, LaboratoryValue
from seedbed.registry.clinic import ClinicRegister

START = DrugCourse(patient_id="S-01", course="1", drug="anlotinib", start=on("2026-01-10"))


def value(day: str, analyte: str, number: float, unit: str, **more: object) -> LaboratoryValue:
    return LaboratoryValue(patient_id="S-01", on=on(day), analyte=analyte, value=number, unit=unit, **more)


def report(clinic: ClinicRegister, *values: LaboratoryValue) -> LaboratoryReport:
    return laboratory_report(hold(clinic, START, *values), "S-01", on=on("2026-12-31").earliest)


def grades(found: LaboratoryReport) -> dict[str, int]:
    return {str(each.record.on): each.grade.grade for each in found.graded}


def test_an_abnormal_baseline_counts_in_the_unit_of_the_value(clinic: ClinicRegister) -> None:
    before = value("2026-01-08", "ALT", 80 / 60, "ukat/L")  # 80 U/L, 1 ukat/s = 60 U
    found = report(clinic, before, value("2026-03-01", "ALT", 160, "U/L", high=40))
    # baseline abnormal: 2.0 x baseline is grade 1 (1.5 - 3.0 x baseline); by ULN alone 4.0 x is grade 2
    assert grades(found) == {"2026-03-01": 1}
    assert ("baseline", "80 U/L") in found.graded[0].grade.limits


def test_the_baseline_is_the_latest_on_or_before_the_first_day(clinic: ClinicRegister) -> None:
    values = (
        value("2025-10-01", "ALT", 30, "U/L", high=40),
        value("2026-01-10", "ALT", 80, "U/L"),
        value("2026-01-20", "ALT", 30, "U/L", high=40),
        value("2026-03-01", "ALT", 160, "U/L", high=40),
    )
    assert grades(report(clinic, *values)) == {"2026-03-01": 1}


def test_limits_of_another_visit_are_not_borrowed(clinic: ClinicRegister) -> None:
    values = (
        value("2026-02-01", "Hb", 130, "g/L", low=115, high=150),
        value("2026-03-01", "Hb", 105, "g/L"),
    )
    found = report(clinic, *values)
    assert (grades(found), found.not_graded) == ({}, {"haemoglobin": 1})


@pytest.mark.parametrize(
    ("analyte", "unit", "bound", "grade"),
    [
        ("platelets", "10^9/L", "<20", 4),  # grade 4 is below 25
        ("platelets", "10^9/L", "<25", 4),
        ("platelets", "10^9/L", "<30", None),  # 25 to 30 is grade 3
        ("platelets", "10^9/L", "<60", None),
        ("potassium", "mmol/L", ">7", 4),  # grade 4 is above 7.0
        ("potassium", "mmol/L", ">2", None),  # low, normal or high
        ("potassium", "mmol/L", "<20", None),
    ],
)
def test_a_bound_is_graded_where_it_decides(
    clinic: ClinicRegister, analyte: str, unit: str, bound: str, grade: int | None
) -> None:
    limits = {"low": 125.0, "high": 350.0} if analyte == "platelets" else {"low": 3.5, "high": 5.3}
    taken = value("2026-03-01", analyte, float(bound[1:]), unit, comparator=bound[0], **limits)
    found = report(clinic, taken)
    assert grades(found) == ({} if grade is None else {"2026-03-01": grade})
    assert found.not_graded == ({analyte: 1} if grade is None else {})
    if grade is not None:
        assert found.graded[0].grade.caveats[0].startswith(f"known only as {bound} {unit}")


def test_a_bound_that_is_normal_throughout_is_no_grade(clinic: ClinicRegister) -> None:
    taken = value("2026-03-01", "bilirubin", 3, "umol/L", comparator="<", high=21.0)
    assert report(clinic, taken) == LaboratoryReport(graded=(), not_graded={})


def test_a_bound_or_nothing_before_the_treatment_is_no_baseline(clinic: ClinicRegister) -> None:
    bound = value("2026-01-08", "ALT", 5, "U/L", comparator="<", high=40.0)
    zero = value("2026-01-08", "eosinophils", 0, "10^9/L")
    later = value("2026-03-01", "ALT", 130, "U/L", high=40)
    assert grades(report(clinic, bound, zero, later)) == {"2026-03-01": 2}  # above 3.0 x ULN


def test_total_calcium_is_counted_as_not_graded(clinic: ClinicRegister) -> None:
    assert report(clinic, value("2026-03-01", "calcium", 1.9, "mmol/L")).not_graded == {"total calcium": 1}


def test_a_limit_in_another_unit_is_not_graded(clinic: ClinicRegister) -> None:
    assert report(clinic, value("2026-03-01", "WBC", 3500, "/uL", low=4)).not_graded == {"leukocytes": 1}
