"""Seeds, prescription, D90 and body mass index."""

import pytest
from tests.unit.journey.analysis.made_up_clinics import patient, set_of

from seedbed.patient.records import Baseline, DrugCourse, Implantation, Patient, partial


def session(number: int, on: str, **given):
    return Implantation(patient_id="S-1", implant="1", session=number, on=partial(on), **given)


def test_sessions_add_up_and_the_first_prescription_and_lowest_dose_count() -> None:
    more = [
        session(2, "2024-01-20", seeds_implanted=4, prescription_gy=100.0, d90_gy=110.0),
        session(3, "2024-02-20", seeds_implanted=2, d90_gy=130.0),
    ]
    data = set_of(*patient(), *more)
    assert data.column("seeds").plain() == [36]
    assert data.column("prescription_gy").plain() == ["120"]
    assert data.column("d90_gy").plain() == [110.0]
    assert data.column("seeds").sources[0][1] == "implantation S-1, 1, 2"


def test_an_unknown_number_of_seeds_is_no_zero() -> None:
    column = set_of(*patient(), session(2, "2024-01-20")).column("seeds")
    assert column.plain() == [None]
    assert column.notes == ("1 patient with a session whose seeds are not stated has no value",)


def test_another_prescription_is_a_class_of_its_own() -> None:
    drug = [
        Patient(patient_id="S-2", arm="A"),
        DrugCourse(patient_id="S-2", course="1", drug="anlotinib", start=partial("2024-01-10")),
    ]
    other = [
        each if each.KIND != "implantation" else session(1, "2024-01-10", prescription_gy=145.0)
        for each in patient()
    ]
    column = set_of(*other, *drug).column("prescription_gy")
    assert column.variable.classes == ("80", "100", "120", "145")
    assert column.plain() == ["145", None]
    assert "1 patient without an implant has no value" in column.notes


def test_body_mass_index_needs_both() -> None:
    first = Baseline(patient_id="S-1", on=partial("2024-01-05"), height_cm=160.0, weight_kg=64.0)
    assert set_of(*patient(), first).column("bmi_kg_m2").plain() == [pytest.approx(25.0)]
    lacking = Baseline(patient_id="S-1", on=partial("2024-01-05"), height_cm=160.0)
    assert set_of(*patient(), lacking).column("bmi_kg_m2").plain() == [None]


def test_an_age_left_open_is_told() -> None:
    column = set_of(*patient(born="1961")).column("age_years")
    assert column.plain() == [62.0]
    assert "1 age that a partial date of birth leaves open" in column.notes[0]
