"""REDCap: flat exports with boxes, codes, events and repeating instruments."""

from pathlib import Path

import pytest

from seedbed.errors import InputError
from seedbed.patient.partial_dates import PartialDate
from seedbed.patient.records import AdverseEvent, Baseline, LaboratoryValue, Pain, Patient, VisitRecord
from seedbed.sheets.addresses import SheetContent
from seedbed.sheets.reader import read_records

MAPPING = """
id = "study_id"
[columns]
dob = "patient.born"
gender = "patient.sex"
mets = "baseline.metastasis"
base_date = "baseline.on"
vis_date = "visit.on"
tg_lab = "visit.Tg [ng/mL]"
[codes.gender]
1 = "male"
2 = "female"
[codes.mets]
1 = "lung only"
2 = "bone only"
"1+2" = "lung and bone"
[events]
month_2_arm_1 = "month 2"
"""
FIELDS = (
    *("study_id", "redcap_event_name", "redcap_data_access_group", "dob", "gender", "base_date"),
    *("mets___1", "mets___2", "vis_date", "tg_lab", "shoes", "form_complete"),
)
EXPORT = f"""{",".join(FIELDS)}
1,baseline_arm_1,,1961-02,1,2024-01-01,1,1,,,40,2
1,month_2_arm_1,,,,,0,0,2024-03-01,<0.04,,2
2,baseline_arm_1,,1970,2,2024-01-02,0,1,,,,2
"""


def read(folder: Path, export: str, mapping: str | None) -> SheetContent:
    (folder / "export.csv").write_text(export, encoding="utf-8")
    (folder / "mapping.toml").write_text(mapping or "", encoding="utf-8")
    return read_records(folder / "export.csv", redcap=folder / "mapping.toml" if mapping else None)


def test_a_longitudinal_project_with_a_mapping(tmp_path: Path) -> None:
    content = read(tmp_path, EXPORT, MAPPING)
    march = PartialDate("2024-03-01")
    assert {each.record for each in content.records} == {
        Patient(patient_id="1", sex="male", born=PartialDate("1961-02")),
        Patient(patient_id="2", sex="female", born=PartialDate("1970")),
        Baseline(patient_id="1", on=PartialDate("2024-01-01"), metastasis="lung and bone"),
        Baseline(patient_id="2", on=PartialDate("2024-01-02"), metastasis="bone only"),
        VisitRecord(patient_id="1", on=march, label="month 2"),
        LaboratoryValue(patient_id="1", on=march, analyte="tg", value=0.04, comparator="<", unit="ng/mL"),
    }
    assert not content.bad
    assert content.remarks == ("export!K1: the field 'shoes' is not known and was not read",)


def test_repeating_instruments_by_our_names(tmp_path: Path) -> None:
    content = read(
        tmp_path,
        "record_id,redcap_repeat_instrument,redcap_repeat_instance,sex,pain_on,nrs,adverse_event_term,"
        "adverse_event_start,grade\n"
        "S-01,,,female,,,,,\n"
        "S-01,pain,1,,2024-03-01,3,,,\n"
        "S-01,pain,2,,2024-04-01,4,,,\n"
        "S-01,adverse_event,1,,,,Hypertension,2024-03,2\n",
        None,
    )
    assert [each.record for each in content.records] == [
        Patient(patient_id="S-01", sex="female"),
        Pain(patient_id="S-01", on=PartialDate("2024-03-01"), nrs=3.0),
        Pain(patient_id="S-01", on=PartialDate("2024-04-01"), nrs=4.0),
        AdverseEvent(patient_id="S-01", term="Hypertension", start=PartialDate("2024-03"), grade=2),
    ]
    assert not content.bad


def test_a_code_without_a_meaning_is_refused_and_never_guessed(tmp_path: Path) -> None:
    content = read(tmp_path, EXPORT.replace(",1961-02,1,", ",1961-02,3,"), MAPPING)
    (wrong,) = content.bad
    assert str(wrong.address) == "export!E2"
    assert "'3'; expected one of female, male" in wrong.sentence


def test_numbers_are_no_codes_without_a_mapping(tmp_path: Path) -> None:
    content = read(tmp_path, "record_id,redcap_event_name,sex\nS-01,a,1\n", None)
    assert "'sex' is '1'" in content.bad[0].sentence


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ('[columns]\ndob = "born"', "KIND.FIELD"),
        ('[columns]\ndob = "alien.born"', "KIND.FIELD"),
        ("[colums]\ndob = 1", "colums"),
        ("[codes]\nsex = 1", "codes.sex"),
        ("id = ", "TOML"),
    ],
)
def test_a_mapping_with_a_mistake_is_refused(tmp_path: Path, mapping: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read(tmp_path, EXPORT, mapping)
