"""Who is analysed, in which group, and who is not."""

from dataclasses import replace
from datetime import date

import pytest
from tests.unit.journey.analysis.made_up_clinics import ON, patient, set_of

from seedbed.errors import InputError
from seedbed.patient.records import Decision, DrugCourse, Patient, partial


def test_who_was_not_treated_or_has_no_group_is_left_out_by_name() -> None:
    data = set_of(
        *patient("S-1", arm="B"),
        *patient("S-2", arm="A"),
        *patient("S-3", arm=""),
        Patient(patient_id="S-4", arm="A"),
        *patient("S-5", arm="A", start="2027-01-01"),
    )
    assert data.patients == ("S-1", "S-2")
    assert (data.groups, data.group_of.tolist()) == (("A", "B"), [1, 0])
    assert [(each.reason, each.patients) for each in data.exclusions] == [
        ("no treatment by 2026-01-01", ("S-4", "S-5")),
        ("no group ('arm' is not stated)", ("S-3",)),
    ]
    assert dict(data.steps)["Treated"] == 3


def test_the_latest_screening_counts() -> None:
    decisions = [
        Decision(patient_id="S-1", on=partial(day), subject="screening", decided=decided)
        for day, decided in (("2024-01-02", "not eligible"), ("2024-01-05", "eligible"), ("2027-01-01", "x"))
    ]
    steps = dict(set_of(*patient(), *decisions).steps)
    assert steps == {"In the register": 1, "Screened": 1, "Screened: eligible": 1, "Treated": 1}


def test_the_earlier_of_drug_and_implant_starts() -> None:
    drug = DrugCourse(patient_id="S-1", course="1", drug="anlotinib", start=partial("2023-05-19"))
    data = set_of(*patient(born="1961-05-20"), drug)
    assert data.column("age_years").plain() == [61.0]


def test_groups_by_a_variable_in_its_order() -> None:
    male = [each if each.KIND != "patient" else replace(each, sex="male") for each in patient("S-2")]
    data = set_of(*patient("S-1"), *male, group_by="sex")
    assert (data.groups, data.group_of.tolist()) == (("male", "female"), [1, 0])
    assert data.titles() == ("male (N=1)", "female (N=1)")


def test_groups_by_an_outcome_are_warned_of() -> None:
    assert "guarantee-time bias" in set_of(*patient(), group_by="os_event").notes[0]
    assert set_of(*patient(), group_by="sex").notes == ()


@pytest.mark.parametrize(
    ("records", "more", "said"),
    [
        ([Patient(patient_id="S-1", arm="A")], {}, "no patient who was treated and has a group"),
        (patient(), {"on": date(2024, 1, 9)}, "no patient who was treated and has a group"),
        (patient(), {"group_by": "age_years"}, "groups by 'age_years'"),
        ([each for at in range(9) for each in patient(f"S-{at}", arm=str(at))], {}, "9 groups by 'arm'"),
        (patient(born="2025"), {}, "S-1: a birth on 2025"),
    ],
)
def test_refusals(records, more, said) -> None:
    with pytest.raises(InputError, match=said):
        set_of(*records, **more)


def test_the_day_itself_counts() -> None:
    assert set_of(*patient(start=ON.isoformat())).patients == ("S-1",)
