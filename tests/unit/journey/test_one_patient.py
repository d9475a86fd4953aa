"""Objects of one patient are told from those of several, however names are written."""

import re
from dataclasses import replace
from typing import Any

import pytest

from seedbed.errors import InputError
from seedbed.imaging.instance import InstanceFacts
from seedbed.journey.one_patient import check_one_patient, check_patients, other_names, same_name


def of(patient_id: str = "A1", name: str = "Wang^XiaoDong", **more: Any) -> InstanceFacts:
    return InstanceFacts("1.1", "1.2", "1.3", "1.4", patient_id=patient_id, patient_name=name, **more)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Wang^XiaoDong", "WANG^XIAODONG^^^", True),
        ("Wang^XiaoDong", "Wang XiaoDong", True),
        ("Wang^XiaoDong=王^小东", "王^小东", True),
        ("Wang^XiaoDong=王^小东", "=王^小东", True),
        ("Wang^XiaoDong", "Wang^XiaoHong", False),
        ("王^小东", "王^晓东", False),
        ("", "Wang^XiaoDong", False),
    ],
)
def test_a_name_written_differently_is_one_name(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same
    assert same_name(other, one) is same


def test_one_patient_is_taken_with_names_in_two_scripts_and_objects_without_a_name() -> None:
    check_one_patient([of(), of(name="WANG^XIAODONG=王^小东"), of(name="王^小东"), of(name="")])
    check_one_patient([of(patient_birth_date="19600102"), of()])


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (of("B2", "Li^Na"), "several patients: 'A1' (Wang^XiaoDong), 'B2' (Li^Na)"),
        (of("B2"), "one name under several patient IDs: 'A1' (Wang^XiaoDong), 'B2' (Wang^XiaoDong)"),
        (of(""), "one name under several patient IDs: '' (Wang^XiaoDong), 'A1' (Wang^XiaoDong)"),
        (of(name="Li^Na"), "patient ID 'A1' with different names: 'A1' (Li^Na), 'A1' (Wang^XiaoDong)"),
        (
            of(patient_birth_date="19600103"),
            "different birth dates: 'A1' (Wang^XiaoDong, born 19600102), 'A1' (Wang^XiaoDong, born 19600103)",
        ),
        (of(issuer_of_patient_id="Other hospital"), "patient ID 'A1' from several issuers"),
    ],
)
def test_several_patients_are_refused_with_all_of_them_named(other: InstanceFacts, said: str) -> None:
    first = of(patient_birth_date="19600102", issuer_of_patient_id="Hospital")
    if "born" not in said:
        first = of(issuer_of_patient_id="Hospital")
    for facts in ([first, other], [other, first, first]):
        with pytest.raises(InputError) as error:
            check_one_patient(facts)
        assert said in str(error.value)


def test_another_name_in_the_store_is_a_note() -> None:
    assert list(other_names([of(), of(name="WANG^XIAODONG")])) == []
    (note,) = other_names([of(), of(name="Li^Na")])
    assert note.startswith("The store now holds patient ID 'A1' with different names")
    assert list(other_names([])) == []


@pytest.mark.parametrize("patient_id", ["", " "])
def test_objects_without_an_id_are_a_note_whatever_their_names(patient_id: str) -> None:
    (note,) = other_names([of(patient_id, ""), of(patient_id, "Other^Man")])
    assert note == (
        "The store now holds objects without a patient ID: "
        f"'{patient_id}' (no name), '{patient_id}' (Other^Man). Is it one patient?"
    )
    assert len(list(other_names([of(patient_id)]))) == 1
    assert "different names" in next(other_names([of(patient_id), of(patient_id, "Li^Na")]))


def test_patients_with_an_id_a_name_and_a_study_each_are_several() -> None:
    check_patients([of()])
    check_patients([of(name="")])
    check_patients([of(), replace(of("B2", "Li^Na"), study_uid="1.5"), of(name="WANG^XIAODONG")])


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (replace(of("B2", "WANG^XIAODONG=王^小东"), study_uid="1.5"), "one name under several patient IDs"),
        (of("B2", "Li^Na"), "one study under several patient IDs"),
        (replace(of(" ", "Li^Na"), study_uid="1.5"), "patients with and without an ID"),
        (replace(of("A1", "Li^Na"), study_uid="1.5"), "patient ID 'A1' with different names"),
    ],
)
def test_what_may_be_one_patient_written_wrong_is_refused(other: InstanceFacts, said: str) -> None:
    for facts in ([of(), other], [other, of()]):
        with pytest.raises(InputError, match=re.escape(said)):
            check_patients(facts)
