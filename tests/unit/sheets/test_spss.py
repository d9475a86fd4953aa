"""SPSS files as pyreadstat sees them, and files of other hands."""

from datetime import date
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from seedbed.errors import InputError
from seedbed.patient.fields import fields_of
from seedbed.patient.partial_dates import PartialDate
from seedbed.patient.records import KINDS, Decision, LaboratoryValue, Patient, VisitRecord
from seedbed.sheets.reader import read_records
from seedbed.sheets.spss import RESERVED, write_sav_folder


def test_variables_have_labels_values_and_dates(tmp_path: Path) -> None:
    found = [
        Patient(
            patient_id="S-01", sex="male", born=PartialDate("1961"), consent_on=PartialDate("2024-02-05")
        ),
        Patient(patient_id="S-02", sex="female", synthetic=True),
    ]
    write_sav_folder(tmp_path, found, language="zh")
    columns, about = pyreadstat.read_sav(str(tmp_path / "patient.sav"), output_format="dict")
    assert about.column_names_to_labels["sex"] == "性别"
    assert about.variable_value_labels["sex"] == {1.0: "女", 2.0: "男"}
    assert columns["sex"] == [2.0, 1.0]
    assert columns["consent_on"] == [date(2024, 2, 5), None]
    assert columns["born"] == ["1961", ""]
    assert about.original_variable_types["consent_on"].startswith("DATE")


def test_names_of_variables_are_those_that_spss_takes(tmp_path: Path) -> None:
    for kind in KINDS:
        for name in fields_of(KINDS[kind]):
            assert name.isascii()
            assert len(name) <= 64
    decided = Decision(
        patient_id="S-01", on=PartialDate("2024"), subject="activity", decided="0.4 mCi", by="x"
    )
    write_sav_folder(tmp_path, [decided])
    columns, _ = pyreadstat.read_sav(str(tmp_path / "decision.sav"), output_format="dict")
    assert not set(columns) & set(RESERVED)
    assert [each.record for each in read_records(tmp_path).records] == [decided]


def test_a_file_of_another_hand(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"patient_id": ["1", "2"], "on": [date(2024, 2, 5), date(2024, 3, 5)], "weight_kg": [70.0, None],
         "drug_use": [1.0, 9.0], "t": [5.0, 6.0], "x": [1.0, 2.0]}
    )  # fmt: skip
    pyreadstat.write_sav(
        frame,
        str(tmp_path / "visits.sav"),
        column_labels=["No", None, None, None, "Tg [µg/L]", "foo"],
        variable_value_labels={"drug_use": {1.0: "继续用药", 2.0: "停药"}},
    )
    content = read_records(tmp_path / "visits.sav")
    assert [each.record for each in content.records] == [
        VisitRecord(patient_id="1", on=PartialDate("2024-02-05"), weight_kg=70.0, drug_use="going on"),
        VisitRecord(patient_id="2", on=PartialDate("2024-03-05")),
        LaboratoryValue(patient_id="1", on=PartialDate("2024-02-05"), analyte="tg", value=5.0, unit="µg/L"),
        LaboratoryValue(patient_id="2", on=PartialDate("2024-03-05"), analyte="tg", value=6.0, unit="µg/L"),
    ]
    assert {str(each.address) for each in content.bad} == {"visits!drug_use:2"}
    assert "'x' is not known" in content.remarks[0]


def test_what_is_no_sav_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "patient.sav").write_bytes(b"rubbish")
    with pytest.raises(InputError, match="SPSS"):
        read_records(tmp_path / "patient.sav")


def test_damaged_files_end_no_more_than_their_own_reading(tmp_path: Path) -> None:
    # ReadStat ends the process on some of these; here each is a sentence or a table.
    (path,) = write_sav_folder(tmp_path, [Patient(patient_id="S-01", sex="male")])
    whole = path.read_bytes()
    for end in (len(whole) // 2, 200):
        path.write_bytes(whole[:end])
        with pytest.raises(InputError, match="SPSS"):
            read_records(path)
