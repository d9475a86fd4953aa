"""What a plan says of itself beside its seeds, and what is said about it."""

import math
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pydicom import Dataset, dcmread
from tests.unit.dicom.foreign_plans import A, B, each_alone, plan_file

from seedbed.dicom import read_plan_file, write_plan
from seedbed.dicom.files import lenient
from seedbed.errors import InputError


def notes(tmp_path: Path, **changes: Any) -> tuple[str, ...]:
    return read_plan_file(plan_file(tmp_path / "p.dcm", each_alone([A, B]), **changes)).notes


def dose_references(*doses: float) -> list[Dataset]:
    made = []
    for dose in doses:
        item = Dataset()
        item.TargetPrescriptionDose = dose
        made.append(item)
    return made


def test_a_negative_prescription_counts_as_none_and_is_named(tmp_path: Path) -> None:
    path = plan_file(tmp_path / "p.dcm", each_alone([A]), DoseReferenceSequence=dose_references(-145))
    found = read_plan_file(path)
    assert found.dose_gy == 0
    assert any("-145 Gy" in note for note in found.notes)
    path = plan_file(tmp_path / "p.dcm", each_alone([A]), DoseReferenceSequence=dose_references(-1, 120))
    assert read_plan_file(path).dose_gy == 120


def test_a_rejected_plan_says_so(tmp_path: Path) -> None:
    assert any("REJECTED" in note for note in notes(tmp_path, ApprovalStatus="REJECTED"))
    assert not any("Approval" in note for note in notes(tmp_path, ApprovalStatus="APPROVED"))


@pytest.mark.parametrize(("fractions", "said"), [(1, False), (5, True), (None, False)])
def test_fractions_of_a_permanent_plan_are_remarked_on(
    tmp_path: Path, fractions: int | None, said: bool
) -> None:
    group = Dataset()
    group.NumberOfFractionsPlanned = fractions
    found = notes(tmp_path, FractionGroupSequence=[group])
    assert any("5 fractions" in note for note in found) is said


@pytest.mark.parametrize("movement", ["OSCILLATING", "STEPWISE", "UNIDIRECTIONAL"])
def test_sources_that_move_are_remarked_on(tmp_path: Path, movement: str) -> None:
    path = plan_file(tmp_path / "p.dcm", each_alone([A, B], SourceMovementType=movement))
    assert any(
        f"{movement}, although" in note and note.endswith(": 2.") for note in read_plan_file(path).notes
    )


@pytest.mark.parametrize("kind", ["hdr", "Hdr", "PDR", "mdr"])
def test_an_afterloader_is_refused_however_it_is_written(tmp_path: Path, kind: str) -> None:
    with lenient():
        path = plan_file(tmp_path / "p.dcm", each_alone([A]), BrachyTreatmentType=kind)
    with pytest.raises(InputError, match=kind):
        read_plan_file(path)


@pytest.mark.parametrize(
    ("time", "said"), [(6 * 86400, "518400 (6 d"), (0, "0 (0 d"), (72, "72 ("), (86400 * 59.4, "")]
)
def test_a_permanent_plan_of_temporary_times_names_them(tmp_path: Path, time: float, said: str) -> None:
    path = plan_file(tmp_path / "p.dcm", each_alone([A, B], ChannelTotalTime=time))
    found = [note for note in read_plan_file(path).notes if "no life of a seed" in note]
    assert len(found) == (1 if said else 0)
    assert all(said in note for note in found)


def test_times_for_life_are_not_called_short(tmp_path: Path) -> None:
    for days in (59.4 / math.log(2), 36525.0):
        path = plan_file(tmp_path / "p.dcm", each_alone([A], ChannelTotalTime=86400 * days))
        assert not any("no life of a seed" in note for note in read_plan_file(path).notes)


@pytest.mark.parametrize("study", [None, ""])
def test_a_plan_without_a_study_gets_one_that_follows_from_it(tmp_path: Path, study: str | None) -> None:
    path = plan_file(tmp_path / "p.dcm", each_alone([A]), StudyInstanceUID=study)
    first, again = read_plan_file(path), read_plan_file(path)
    assert first.identity.study_uid == again.identity.study_uid != ""
    assert any("names no study" in note for note in first.notes)
    other = plan_file(tmp_path / "q.dcm", each_alone([A]), StudyInstanceUID=study, SOPInstanceUID="1.2.9")
    assert read_plan_file(other).identity.study_uid != first.identity.study_uid
    assert not any("names no study" in note for note in notes(tmp_path))


def test_no_date_of_the_study_is_invented(tmp_path: Path) -> None:
    found = read_plan_file(plan_file(tmp_path / "p.dcm", each_alone([A])))
    write_plan(
        found.implant, found.source, tmp_path / "own.dcm", found.identity,
        dose_gy=100.0, target="GTV", structure_set_uid="1.2.3", implanted=datetime(2026, 3, 1),
    )  # fmt: skip
    own = dcmread(tmp_path / "own.dcm")
    assert own.StudyInstanceUID == "1.2.3"
    assert (own.StudyDate, own.StudyTime) == ("", "")


@pytest.mark.parametrize("channels", [[], each_alone([A, B], ChannelTotalTime=0)])
def test_a_plan_without_seeds_says_so(tmp_path: Path, channels: list[Dataset]) -> None:
    for channel in channels:
        channel.BrachyControlPointSequence = []
    with pytest.raises(InputError, match=r"plan 'p\.dcm' has no channel with seeds"):
        read_plan_file(plan_file(tmp_path / "p.dcm", channels))
