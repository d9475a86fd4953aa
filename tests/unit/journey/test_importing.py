"""A folder imported: headers first, one patient, everything or a sentence."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import FileDataset
from tests.unit.dicom.conftest import raw_slice

from seedbed.errors import InputError
from seedbed.imaging.instance import InstanceFacts
from seedbed.journey.filing import filing
from seedbed.journey.import_files import READING, ImportRequest
from seedbed.journey.importing import (
    KEEPING,
    import_folder,
    import_study,
    refuse_incomplete,
)
from seedbed.journey.pacs import GetRequest


def slices(folder: Path, count: int = 4, **changes: str) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number in range(count):
        dataset = slice_of(number)
        for keyword, value in changes.items():
            setattr(dataset, keyword, value)
        paths.append(folder / f"IM{number:04d}")
        dataset.save_as(paths[-1], enforce_file_format=True)
    return paths


def slice_of(number: int, series: str = "1.2.3.4") -> FileDataset:
    dataset = raw_slice(np.full((3, 4), number), series=series, study="1.2.3", frame="1.2.9", number=number)
    dataset.ImagePositionPatient, dataset.ImageOrientationPatient = [0, 0, 2.5 * number], [1, 0, 0, 0, 1, 0]
    return dataset


def request(tmp_path: Path, **more: bool) -> ImportRequest:
    return ImportRequest(folder=tmp_path / "in", store=tmp_path / "store", **more)


def held(tmp_path: Path) -> list[InstanceFacts]:
    with filing(tmp_path / "store") as files:
        return [one.facts for one in files.store.instances()]


def test_a_folder_with_other_files_is_imported_and_counted(tmp_path: Path) -> None:
    slices(tmp_path / "in" / "deep" / "er")
    (tmp_path / "in" / "readme.txt").write_text("x")
    (tmp_path / "in" / "more.zip").write_bytes(b"PK")
    (tmp_path / "in" / "IM9999").write_bytes(b"")
    seen = []
    told = import_folder(request(tmp_path), lambda *step: seen.append(step))
    found = told.to_dict()
    assert (found["new"], found["already_there"]) == (4, 0)
    assert [(one["patient_id"], one["patient_name"]) for one in found["patients"]] == [("P1", "Made^By^Test")]
    (series,) = found["series"]
    assert (series["modality"], series["instances"], series["new"]) == ("CT", 4, 4)
    assert sorted(Path(path).name for path in found["other_files"]) == ["IM9999", "more.zip", "readme.txt"]
    assert any("more.zip" in note and "unpack" in note for note in found["notes"])
    assert any("IM9999" in note and "empty" in note for note in found["notes"])
    assert len(found["notes"]) == 2
    assert [step for step in seen if step[1] == step[2]] == [(READING, 7, 7), (KEEPING, 4, 4)]
    assert len(held(tmp_path)) == 4


def test_the_same_import_again_adds_nothing(tmp_path: Path) -> None:
    slices(tmp_path / "in")
    import_folder(request(tmp_path))
    found = import_folder(request(tmp_path)).to_dict()
    assert (found["new"], found["already_there"]) == (0, 4)
    assert len(held(tmp_path)) == 4


def test_a_file_that_lies_there_twice_counts_once(tmp_path: Path) -> None:
    slices(tmp_path / "in" / "a")
    slices(tmp_path / "in" / "b")
    found = import_folder(request(tmp_path)).to_dict()
    assert (found["new"], found["already_there"]) == (4, 0)


def test_an_import_that_was_stopped_is_completed(tmp_path: Path) -> None:
    slices(tmp_path / "in")

    def stop(step: str, done: int, _total: int) -> None:
        if (step, done) == (KEEPING, 2):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_folder(request(tmp_path), stop)
    assert len(held(tmp_path)) == 2
    found = import_folder(request(tmp_path)).to_dict()
    assert (found["new"], found["already_there"]) == (2, 2)


def test_several_patients_are_refused_before_anything_is_stored(tmp_path: Path) -> None:
    slices(tmp_path / "in" / "a")
    slices(tmp_path / "in" / "b", 1, PatientID="P2", PatientName="Other^One")
    with pytest.raises(InputError, match=r"several patients: 'P1' \(Made\^By\^Test.*'P2' \(Other\^One"):
        import_folder(request(tmp_path))
    assert not (tmp_path / "store").exists()


def test_damaged_files_are_refused_by_name_and_left_out_when_asked(tmp_path: Path) -> None:
    first, second, *_ = slices(tmp_path / "in")
    first.write_bytes(first.read_bytes()[:-5])
    second.rename(second.with_suffix(".dcm")).write_bytes(b"")
    with pytest.raises(InputError) as error:
        import_folder(request(tmp_path))
    assert "holds 2 damaged files, nothing was imported" in str(error.value)
    assert str(first) in str(error.value)
    assert f"'{second.with_suffix('.dcm')}' is not a DICOM file" in str(error.value)
    assert not (tmp_path / "store").exists()
    found = import_folder(request(tmp_path, skip_damaged=True)).to_dict()
    assert {Path(each["name"]).name for each in found["damaged"]} == {"IM0000", "IM0001.dcm"}
    assert found["new"] == 2
    refuse_incomplete(found)


def test_another_content_of_a_uid_is_named_while_the_rest_is_kept(tmp_path: Path) -> None:
    slices(tmp_path / "in", 2)
    import_folder(request(tmp_path))
    first = slices(tmp_path / "in", 4)[0]
    slices(tmp_path / "in", 1, SeriesDescription="changed")
    found = import_folder(request(tmp_path)).to_dict()
    (refused,) = found["refused"]
    assert refused["name"] == str(first)
    assert "with other content" in refused["reason"]
    assert (found["new"], found["already_there"]) == (2, 1)
    with pytest.raises(InputError, match="1 object was not imported"):
        refuse_incomplete(found)


def test_another_name_of_a_known_patient_id_is_noted(tmp_path: Path) -> None:
    slices(tmp_path / "in")
    import_folder(request(tmp_path))
    other = slice_of(9, series="1.2.3.5")
    other.PatientName = "Other^One"
    for path in (tmp_path / "in").iterdir():
        path.unlink()
    other.save_as(tmp_path / "in" / "one.dcm", enforce_file_format=True)
    notes = import_folder(request(tmp_path)).notes
    assert any("patient ID 'P1' with different names" in note and "Other^One" in note for note in notes)


def test_a_name_in_chinese_bytes_that_declares_no_character_set_is_read_with_a_note(tmp_path: Path) -> None:
    (path,) = slices(tmp_path / "in", 1, PatientName="######")
    path.write_bytes(path.read_bytes().replace(b"######", "王小东".encode("gb18030")))
    told = import_folder(request(tmp_path))
    assert told.patients[0].patient_name == "王小东"
    assert any("GB18030" in note and "(1 object)" in note for note in told.notes)


def test_a_store_below_the_folder_is_not_imported_into_itself(tmp_path: Path) -> None:
    slices(tmp_path / "in" / "a")
    inside = ImportRequest(folder=tmp_path / "in", store=tmp_path / "in" / "store")
    import_folder(inside)
    found = import_folder(inside).to_dict()
    assert (found["new"], found["already_there"], found["other_files"]) == (0, 4, [])


def test_a_subfolder_that_cannot_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slices(tmp_path / "in" / "closed")
    scandir = os.scandir

    def closed(path: str) -> Any:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    with pytest.raises(InputError, match=r"closed' cannot be read \(Permission denied\)"):
        import_folder(request(tmp_path))


def test_a_study_from_a_pacs_is_told_as_a_folder_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *others = slices(tmp_path / "in")
    with filing(tmp_path / "store") as files:
        files.keep(first.read_bytes())

    def fetched(wanted: GetRequest, _progress: object) -> dict[str, Any]:
        with filing(wanted.store) as files:
            for path in others[:2]:
                files.keep(path.read_bytes())
        return {"failed": [{"instance_uid": "1.9.9", "reason": "not sent"}]}

    monkeypatch.setattr("seedbed.journey.importing.get_from_pacs", fetched)
    wanted = GetRequest(Path("seedbed.toml"), "main", "1.2.3", tmp_path / "store")
    found = import_study(wanted).to_dict()
    assert (found["new"], found["already_there"]) == (2, 1)
    assert found["refused"] == [{"name": "1.9.9", "reason": "not sent"}]
    assert found["series"][0]["instances"] == 3


def test_nothing_to_import_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no folder"):
        import_folder(request(tmp_path))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "letter.pdf").write_bytes(b"%PDF")
    with pytest.raises(InputError, match="holds 1 file and no DICOM object"):
        import_folder(request(tmp_path))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("a.ZIP", "a.ZIP' is an archive; expected a folder with DICOM files; unpack it first"),
        (
            "IM1.dcm",
            "IM1.dcm' is a file; expected a folder with DICOM files; name the folder that it lies in",
        ),
    ],
)
def test_a_file_in_place_of_a_folder_is_called_what_it_is(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / name).write_bytes(b"PK")
    with pytest.raises(InputError) as error:
        import_folder(ImportRequest(folder=tmp_path / name, store=tmp_path / "store"))
    assert said in str(error.value)


def test_one_of_a_kind_is_told_in_the_singular(tmp_path: Path) -> None:
    slices(tmp_path / "in", 2)
    (tmp_path / "in" / "IM9999").write_bytes(b"")
    (tmp_path / "in" / "._IM0001.dcm").write_bytes(b"\0\5\x16\7" * 40)  # macOS lays such files beside others
    (note,) = import_folder(request(tmp_path)).notes
    assert note == (
        f"1 empty file was passed over ('{tmp_path / 'in' / 'IM9999'}'); a copy may have been interrupted."
    )
    (tmp_path / "in" / "IM0001").write_bytes(bytes(128) + b"DICM")
    with pytest.raises(InputError, match="holds 1 damaged file, nothing was imported"):
        import_folder(request(tmp_path))
