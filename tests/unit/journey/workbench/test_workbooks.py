"""A workbook is kept as it was shown, or not at all, whatever happens meanwhile; the trail says of whom."""

import os
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from time import time
from typing import Any

import pytest

from seedbed.errors import InputError, OutputError
from seedbed.journey.workbench import workbook_trail, workbooks
from seedbed.journey.workbench.refusals import ChangedElsewhereError, NotFoundError
from seedbed.journey.workbench.workbook_folder import Uploaded, begin_workbook, waiting_workbooks
from seedbed.journey.workbench.workbook_left import ABOUT, LEFT_S, sweep_workbooks
from seedbed.journey.workbench.workbooks import keeping, run_check, run_export, run_keep
from seedbed.journey.workbench.workplace import Workplace, WorkplaceAddress, open_workplace
from seedbed.patient import PartialDate
from seedbed.patient.records import Patient, Record, VisitRecord
from seedbed.registry.accounts.trail import Asked
from seedbed.sheets.workbook_writing import write_workbook

SYNTHETIC = {"who": "S", "why": "synthetic"}
NAME, BY = "made.xlsx", "clara"
ON = PartialDate.of(date(2024, 2, 5))


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Workplace]:
    with open_workplace(WorkplaceAddress(tmp_path / "w")) as found:
        yield found


def silent(_step: str, _done: int, _total: int) -> None:
    pass


def going_on() -> bool:
    return False


def uploaded(workplace: Workplace, *records: Record) -> Uploaded:
    made = begin_workbook(workplace, called=NAME, by=BY)
    write_workbook(made.file, records)
    return made


def check(
    workplace: Workplace, made: Uploaded, progress: Callable[[str, int, int], None] = silent, **options: bool
) -> dict[str, Any]:
    asked = {"workbook": made.folder.name, "by": BY, "new_identity": False, "restore": False, **options}
    run_check(workplace, asked, progress, going_on)
    return made.checked()


def decided(workplace: Workplace, made: Uploaded, found: Mapping[str, Any]) -> dict[str, Any]:
    asked = {"number": found["number"], "shown": found["shown"], "keep_asked": True, "why": "synthetic"}
    return dict(keeping(workplace, made, **asked))


def patients(workplace: Workplace) -> list[str]:
    return [each.patient_id for each in workplace.clinic.records(Patient)]


def noted_of(workplace: Workplace, patient_id: str) -> list[tuple[str, str]]:
    _, found = workplace.trail.page(Asked(patient_id=patient_id))
    return [(each.who, each.what) for each in found]


def test_a_check_with_other_options_changes_nothing_of_what_was_decided(workplace: Workplace) -> None:
    clinic = workplace.clinic
    clinic.write([Patient(patient_id="A")], **SYNTHETIC)
    clinic.void(Patient(patient_id="A"), **SYNTHETIC)
    made = uploaded(workplace, Patient(patient_id="A"), Patient(patient_id="B"))
    found = check(workplace, made)
    assert (found["planned"]["added"], found["planned"]["left_voided"]) == (1, 1)
    assert found["remarks"][-1].endswith("restore it below, and check again.")
    job = decided(workplace, made, found)
    again = check(workplace, made, restore=True)
    assert again["planned"]["restored"] == 1
    assert again["shown"] != found["shown"]
    with pytest.raises(ChangedElsewhereError, match="was checked again since it was shown"):
        decided(workplace, made, found)
    assert run_keep(workplace, job, silent, going_on)["written"]["left_voided"] == 1
    assert patients(workplace) == ["B"]


def test_the_same_check_again_is_the_same_to_who_decides(workplace: Workplace) -> None:
    made = uploaded(workplace, Patient(patient_id="A"), Patient(patient_id="a"))
    found = check(workplace, made)
    assert check(workplace, made)["shown"] == found["shown"]
    run_keep(workplace, decided(workplace, made, found), silent, going_on)
    assert patients(workplace) == ["A", "a"]


def test_what_others_write_during_a_check_is_checked_against(workplace: Workplace) -> None:
    made = uploaded(workplace, Patient(patient_id="S-01"))

    def meanwhile(step: str, _done: int, _total: int) -> None:
        if step == "Comparing" and not patients(workplace):
            workplace.clinic.write([Patient(patient_id="s-1")], **SYNTHETIC)

    found = check(workplace, made, meanwhile)
    assert (found["asked"], found["number"]) == (1, workplace.clinic.head()[0])
    assert "s-1" in found["faults"][0]["sentence"]


def test_a_register_that_never_stays_as_it_is_ends_the_check(workplace: Workplace) -> None:
    made = uploaded(workplace, Patient(patient_id="A"))

    def meanwhile(step: str, _done: int, _total: int) -> None:
        if step == "Comparing":
            workplace.clinic.write([Patient(patient_id=f"X-{len(patients(workplace))}")], **SYNTHETIC)

    with pytest.raises(ChangedElsewhereError, match="while the workbook was checked"):
        check(workplace, made, meanwhile)
    with pytest.raises(NotFoundError):
        made.checked()


@pytest.mark.parametrize("other", [Patient(patient_id="B", arm="x"), Patient(patient_id="b")])
def test_what_was_not_shown_is_not_kept(workplace: Workplace, other: Patient) -> None:
    made = uploaded(workplace, Patient(patient_id="B"))
    job = decided(workplace, made, check(workplace, made))
    made.file.unlink()
    write_workbook(made.file, [other])
    with pytest.raises(ChangedElsewhereError, match="something else is found"):
        run_keep(workplace, job, silent, going_on)
    assert patients(workplace) == []


@pytest.mark.parametrize("last", ["Reading", "Checking", "Writing"])
def test_a_stop_before_the_write_leaves_the_register_as_it_was(workplace: Workplace, last: str) -> None:
    made = uploaded(workplace, Patient(patient_id="A"))
    job = decided(workplace, made, check(workplace, made))
    steps: list[str] = []

    def told(step: str, _done: int, _total: int) -> None:
        steps.append(step)

    def asked() -> bool:  # before that step
        return {"Reading": 0, "Checking": 1, "Writing": 5}[last] <= len(steps)

    with pytest.raises(InputError, match="stopped"):
        run_keep(workplace, job, told, asked)
    assert last not in steps
    assert patients(workplace) == []
    assert waiting_workbooks(workplace, by=BY) == [made.folder.name]


def test_a_stop_after_the_write_says_that_it_is_kept(workplace: Workplace) -> None:
    made = uploaded(workplace, Patient(patient_id="A"))
    job = decided(workplace, made, check(workplace, made))
    result = run_keep(workplace, job, silent, lambda: bool(patients(workplace)))
    assert result["written"]["added"] == 1


def test_each_patient_has_the_workbook_in_its_trail(workplace: Workplace) -> None:
    workplace.clinic.write([Patient(patient_id="A", arm="x"), Patient(patient_id="C")], **SYNTHETIC)
    records = (Patient(patient_id="A", arm="y"), Patient(patient_id="B"), Patient(patient_id="C"))
    made = uploaded(workplace, *records)
    found = check(workplace, made)
    assert found["patients"] == ["A"]
    run_keep(workplace, decided(workplace, made, found), silent, going_on)
    assert {each: noted_of(workplace, each) for each in "ABC"} == {
        "A": [(BY, "workbook kept")],
        "B": [(BY, "workbook kept")],
        "C": [],
    }
    assert not workplace.trail.prove().faults


def test_of_very_many_patients_the_trail_says_how_many(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_trail, "MOST_NOTED", 2)
    made = uploaded(workplace, *(Patient(patient_id=each) for each in ("A", "B", "C", "D", "E")))
    run_keep(workplace, decided(workplace, made, check(workplace, made)), silent, going_on)
    details = [each.detail for each in workplace.trail.page()[1]]
    assert details == [f"3 more patients: {NAME}", NAME, NAME, f"{NAME}: 5 added, 0 changed"]


def test_a_trail_that_fails_after_the_write_is_told_and_the_work_is_done(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OutputError("no room", "a disk with room", "make room")

    made = uploaded(workplace, Patient(patient_id="A"))
    job = decided(workplace, made, check(workplace, made))
    monkeypatch.setattr(workbooks, "note_patients", refuse)
    result = run_keep(workplace, job, silent, going_on)
    assert result["remarks"][0].startswith("The workbook is kept, and the access trail does not say so")
    assert patients(workplace) == ["A"]


def test_patients_of_whom_a_fault_tells_are_seen(workplace: Workplace) -> None:
    there = (Patient(patient_id="A", sex="female"), VisitRecord(patient_id="A", on=ON))
    workplace.clinic.write([*there, Patient(patient_id="B")], **SYNTHETIC)
    found = check(
        workplace, uploaded(workplace, Patient(patient_id="A", sex="male"), Patient(patient_id="B"))
    )
    assert (found["wrong"], found["patients"]) == (1, ["A"])
    assert "correction below, and check again" in found["faults"][0]["sentence"]
    assert "--" not in str(found["faults"])


def test_the_register_written_out_is_in_the_trail_as_what_it_is(workplace: Workplace) -> None:
    workplace.clinic.write([Patient(patient_id="A"), Patient(patient_id="B")], **SYNTHETIC)
    run_export(workplace, {"by": BY, "language": "en"}, silent, going_on)
    (entry,) = workplace.trail.page()[1]
    assert (entry.what, entry.detail.partition(": ")[2]) == (
        "register exported",
        "all records of all patients (2)",
    )


def test_what_was_long_left_is_swept(workplace: Workplace) -> None:
    left, fresh = (uploaded(workplace, Patient(patient_id="A")) for _ in range(2))
    os.utime(left.folder / ABOUT, (time() - LEFT_S - 60,) * 2)
    sweep_workbooks(workplace)
    assert (left.folder.exists(), fresh.folder.exists()) == (False, True)
