"""A plan of another patient is not replaced, and one of the same patient may be."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pydicom.uid import RTPlanStorage

from seedbed.dicom import Identity
from seedbed.dicom.identity import new_dataset
from seedbed.errors import InputError, OutputError
from seedbed.journey.plan.owner import check_owner, of_one_patient

WHO = Identity(
    patient_id="P1", patient_name="Wang^XiaoDong", patient_birth_date="", patient_sex="", study_uid="1.2.3",
    study_date="", study_time="", study_id="", accession_number="", frame_uid="1.2.4",
    made=datetime(2026, 1, 5),
)  # fmt: skip


def write_plan_of(who: Identity, path: Path) -> None:
    plan = new_dataset(who, RTPlanStorage, "RTPLAN", series="Plan")
    plan.SOPInstanceUID = plan.file_meta.MediaStorageSOPInstanceUID = "1.2.5"
    plan.save_as(path)


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"patient_name": "Wang^XiaoHong", "study_uid": "1.9"}, True),
        ({"patient_id": "P2"}, False),
        ({"patient_id": "", "study_uid": "1.9"}, True),
        ({"patient_id": "", "patient_name": "Wang^XiaoHong"}, False),
        ({"patient_id": "", "patient_name": ""}, True),
        ({"patient_id": "", "patient_name": "", "study_uid": "1.9"}, False),
    ],
)
def test_one_patient_by_id_then_name_then_study(changes: dict[str, Any], same: bool) -> None:
    other = replace(WHO, **changes)
    assert of_one_patient(WHO, other) is same
    assert of_one_patient(other, WHO) is same


def test_a_folder_is_open_to_its_patient_alone(tmp_path: Path) -> None:
    check_owner(tmp_path, WHO)
    write_plan_of(WHO, tmp_path / "plan.dcm")
    check_owner(tmp_path, WHO)
    with pytest.raises(OutputError, match=r"plan of another patient, 'P1', not of 'P2'.*--out"):
        check_owner(tmp_path, replace(WHO, patient_id="P2"))


def test_a_plan_that_cannot_be_read_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "plan.dcm").write_text("torn")
    with pytest.raises(InputError, match=r"plan\.dcm"):
        check_owner(tmp_path, WHO)
