"""A record written again: what of it stays, what goes, and what is replaced as a whole."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.registry.test_clinic import DAY, SYNTHETIC, one_patient, put

from seedbed.errors import InputError
from seedbed.patient import PartialDate
from seedbed.patient.records import LaboratoryValue, LesionRecord, Measurement, Patient, VisitRecord
from seedbed.registry.clinic import ClinicRegister
from seedbed.registry.proof import prove


def laboratory(value: float, unit: str = "ng/mL", **more: object) -> LaboratoryValue:
    return LaboratoryValue(
        patient_id="S-01", on=PartialDate("2026-05-04"), analyte="creatinine", value=value, unit=unit, **more
    )


def test_a_corrected_value_does_not_keep_the_sign_and_limits_of_the_old_one(clinic: ClinicRegister) -> None:
    put(clinic, *one_patient(), laboratory(0.04, comparator="<", low=0.0, high=50.0))
    put(clinic, laboratory(5.2))
    (found,) = [each for each in clinic.records(LaboratoryValue) if each.analyte == "creatinine"]
    assert (found.value, found.comparator, found.high) == (5.2, None, 50.0)
    put(clinic, laboratory(106, "umol/L"))
    (found,) = [each for each in clinic.records(LaboratoryValue) if each.analyte == "creatinine"]
    assert (found.unit, found.low, found.high) == ("umol/L", None, None)


def test_a_lesion_that_is_measured_again_is_absent_no_more(clinic: ClinicRegister) -> None:
    day = PartialDate("2026-06-01")
    absent = Measurement(patient_id="S-01", lesion="T1", on=day, state="absent")
    put(clinic, *one_patient(), absent)
    put(clinic, Measurement(patient_id="S-01", lesion="T1", on=day, longest_mm=4))
    assert clinic.records(Measurement)[-1].state is None
    put(clinic, absent)
    assert clinic.records(Measurement)[-1].longest_mm is None


def test_a_birth_may_be_told_more_exactly_but_not_less(clinic: ClinicRegister) -> None:
    put(clinic, *one_patient())
    put(clinic, Patient(patient_id="S-01", born=PartialDate("1961-05-03")))
    put(clinic, Patient(patient_id="S-01", born=PartialDate("1961-05")))
    assert str(clinic.records(Patient)[0].born) == "1961-05-03"


def test_what_was_checked_against_another_state_is_not_written(clinic: ClinicRegister) -> None:
    put(clinic, *one_patient())
    with pytest.raises(InputError, match="somebody else wrote"):
        clinic.write([Patient(patient_id="S-02")], **SYNTHETIC, after=0)
    assert clinic.write([Patient(patient_id="S-02")], **SYNTHETIC, after=1).counts.added == 1


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "weight_kg": st.floats(30, 200, allow_nan=False),
                "kps": st.sampled_from([60, 70, 80, 90]),
                "note": st.sampled_from(["a", "b"]),
            },
        ),
        min_size=1,
        max_size=5,
    )
)
def test_a_record_that_is_replaced_is_what_was_written_last_and_one_change_each(
    clinic: ClinicRegister, steps: list[dict[str, float | int | str]]
) -> None:
    put(clinic, Patient(patient_id="S-01"))
    for stated in steps:
        record = VisitRecord(patient_id="S-01", on=DAY, **stated)  # type: ignore[arg-type]
        (before, _), there = clinic.head(), clinic.records(VisitRecord)
        written = clinic.replace(record, **SYNTHETIC)
        assert clinic.records(VisitRecord) == [record]
        assert clinic.head()[0] - before == (0 if there == [record] else 1)
        assert (written.change_set is None) is (there == [record])
    assert prove(clinic).sound


def test_a_record_that_others_refer_to_is_replaced_and_they_stay(clinic: ClinicRegister) -> None:
    put(clinic, *one_patient())
    (lesion,) = clinic.records(LesionRecord)
    bare = LesionRecord(patient_id="S-01", lesion=lesion.lesion)
    clinic.replace(bare, **SYNTHETIC)
    assert clinic.records(LesionRecord) == [bare]
    assert len(clinic.records(Measurement)) == 1
    with pytest.raises(InputError, match="somebody else"):
        clinic.replace(lesion, **SYNTHETIC, after=clinic.head()[0] - 1)
