"""What an import of the workbench tells: each patient that the files name, in answer and trail."""

import shutil
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.journey.workbench.test_drawn import IDENTITY
from tests.unit.web.benches import bench_at

from seedbed.dicom import write_ct_series
from seedbed.errors import InputError
from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.journey.workbench.imports import run_import
from seedbed.journey.workbench.upload_names import keep_name
from seedbed.journey.workbench.workplace import Workplace

GRID = VoxelGrid((0.0, 0.0, 0.0), (2.0, 2.0, 2.5), (3, 11, 11))


def test_every_patient_of_the_files_is_told(tmp_path: Path) -> None:
    with bench_at(tmp_path) as bench:
        workplace = bench.workplace
        found = {}
        for series, name in (("1", "Synthetic^One"), ("2", "Synthetic^Two")):
            folder = workplace.uploads / series
            identity = replace(IDENTITY, patient_name=name)
            write_ct_series(CtVolume(GRID, np.full(GRID.shape, -1000.0)), folder, identity, series=series)
            asked = {"folder": series, "by": "tester"}
            found = run_import(workplace, asked, lambda _step, _done, _total: None, lambda: False)
        assert [each["patient_name"] for each in found["patients"]] == ["Synthetic^One", "Synthetic^Two"]
        assert {each["patient_id"] for each in found["patients"]} == {IDENTITY.patient_id}
        assert any("Is it one patient?" in note for note in found["notes"])
        noted = [each for each in workplace.trail.page()[1] if each.what == "images imported"]
        assert [each.patient_id for each in noted] == [IDENTITY.patient_id] * 2
        assert not [*workplace.uploads.iterdir()]


def upload(folder: Path, patient_id: str, name: str, *, slices: int, study: str) -> None:
    """Write a synthetic CT of a patient among the files of an upload."""
    grid = replace(GRID, shape=(slices, 11, 11))
    who = replace(IDENTITY, patient_id=patient_id, patient_name=name, study_uid=study)
    write_ct_series(CtVolume(grid, np.full(grid.shape, -1000.0)), folder / patient_id, who, series=patient_id)


def test_each_of_several_patients_is_imported_and_counted_alone(tmp_path: Path) -> None:
    with bench_at(tmp_path) as bench:
        workplace = bench.workplace
        folder = workplace.uploads / "1"
        upload(folder, "SYN-A", "Synthetic^One", slices=3, study="1.2.65")
        upload(folder, "SYN-B", "Synthetic^Two", slices=7, study="1.2.66")
        asked = {"folder": "1", "by": "tester"}
        found = run_import(workplace, asked, lambda _step, _done, _total: None, lambda: False)
        assert [(each["patient_id"], each["new"]) for each in found["imported"]] == [
            ("SYN-A", 3),
            ("SYN-B", 7),
        ]
        assert (found["new"], len(found["cases"])) == (10, 2)
        noted = [each for each in workplace.trail.page()[1] if each.what == "images imported"]
        assert {(each.patient_id, each.detail) for each in noted} == {
            ("SYN-A", "3 new objects"),
            ("SYN-B", "7 new objects"),
        }


@pytest.mark.parametrize(
    ("name", "study", "sentence"),
    [
        ("Synthetic^One", "1.2.66", "one name under several patient IDs"),
        ("Synthetic^Two", "1.2.65", "one study under several patient IDs"),
    ],
)
def test_what_may_be_one_patient_under_two_ids_is_refused_as_a_whole(
    tmp_path: Path, name: str, study: str, sentence: str
) -> None:
    with bench_at(tmp_path) as bench:
        workplace = bench.workplace
        upload(workplace.uploads / "1", "SYN-A", "Synthetic^One", slices=3, study="1.2.65")
        upload(workplace.uploads / "1", "SYN-B", name, slices=3, study=study)
        asked = {"folder": "1", "by": "tester"}
        with pytest.raises(InputError, match=sentence):
            run_import(workplace, asked, lambda _step, _done, _total: None, lambda: False)
        assert not workplace.store.exists()
        assert not [each for each in workplace.trail.page()[1] if each.what == "images imported"]


def test_an_upload_of_which_nothing_could_be_kept_is_a_sentence(tmp_path: Path) -> None:
    upload(tmp_path, "SYN-A", "Synthetic^One", slices=3, study="1.2.65")
    asked = {"folder": "1", "by": "tester"}
    with bench_at(tmp_path / "bench") as bench:
        workplace = bench.workplace
        shutil.copytree(tmp_path / "SYN-A", workplace.uploads / "1")
        run_import(workplace, asked, lambda _step, _done, _total: None, lambda: False)
        shutil.copytree(tmp_path / "SYN-A", workplace.uploads / "1")
        for file in (workplace.uploads / "1").iterdir():
            file.write_bytes(file.read_bytes()[:-2] + b"\1\1")  # the last pixel
        with pytest.raises(InputError, match="3 objects were not imported") as refused:
            run_import(workplace, asked, lambda _step, _done, _total: None, lambda: False)
        assert str(tmp_path) not in str(refused.value)
        assert len([each for each in workplace.trail.page()[1] if each.what == "images imported"]) == 1


def numbered(folder: Path, files: dict[str, bytes]) -> None:
    """Lay files as an upload lies: under numbers, their own names beside."""
    folder.mkdir()
    for number, (name, content) in enumerate(files.items()):
        (folder / f"{number:06d}{'.zip' if content[:2] == b'PK' else '.bin'}").write_bytes(content)
        keep_name(folder, number, name)


def ct_files(folder: Path) -> list[bytes]:
    upload(folder, "SYN-A", "Synthetic^One", slices=3, study="1.2.65")
    return [file.read_bytes() for file in sorted((folder / "SYN-A").iterdir())]


def zipped(files: dict[str, bytes]) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def imported(workplace: Workplace) -> dict[str, Any]:
    asked = {"folder": "1", "by": "tester"}
    return run_import(workplace, asked, lambda _step, _done, _total: None, lambda: False)


SCRIPT = "scan/<script>alert(1)</script>.txt"


def test_files_that_are_passed_over_are_called_as_their_owner_does(tmp_path: Path) -> None:
    first, *more = ct_files(tmp_path)
    members = {f"DICOM/IM{number}": content for number, content in enumerate(more)}
    files = {
        "scan/IM0001": first,
        SCRIPT: b"a letter",
        "scan/old.rar": b"Rar!",
        "数据.zip": zipped({**members, "DICOM/READ\nME": b"", "DICOM/inner.zip": zipped({"a": b"b"})}),
    }
    with bench_at(tmp_path / "bench") as bench:
        numbered(bench.workplace.uploads / "1", files)
        found = imported(bench.workplace)
        assert not [*bench.workplace.uploads.iterdir()]
    assert found["new"] == 3
    assert set(found["other_files"]) == {
        *(SCRIPT, "scan/old.rar", "数据.zip/DICOM/READ\ufffdME", "数据.zip/DICOM/inner.zip")
    }
    said = "\n".join(found["notes"])
    assert f"4 files are no DICOM objects and were passed over ('{SCRIPT}', 'scan/old.rar', " in said
    assert "2 archives were not looked into ('scan/old.rar', '数据.zip/DICOM/inner.zip')" in said
    assert "1 empty file was passed over ('数据.zip/DICOM/READ\ufffdME')" in said
    assert "0000" not in said.replace("IM0001", "")
    assert str(tmp_path) not in said


@pytest.mark.parametrize("inside", [False, True])
def test_a_damaged_file_is_named_as_its_owner_does(tmp_path: Path, *, inside: bool) -> None:
    first, *_ = ct_files(tmp_path)
    damaged = {
        "scan/IM0001": first,
        "scan/IM0002.dcm": b"no DICOM, whatever it is called",
        "IM3": first[:200],
    }
    files = {"study.zip": zipped(damaged)} if inside else damaged
    with bench_at(tmp_path / "bench") as bench:
        numbered(bench.workplace.uploads / "1", files)
        with pytest.raises(InputError) as refused:
            imported(bench.workplace)
    came = refused.value.came
    before = "study.zip/" if inside else ""
    assert came.startswith("the upload holds 2 damaged files, nothing was imported: ")
    assert f"'{before}scan/IM0002.dcm'" in came
    assert f"'{before}IM3'" in came
    assert "0000" not in came.replace("IM000", "")
    assert str(tmp_path) not in str(refused.value)


def test_other_content_under_a_known_uid_is_named_as_its_owner_does(tmp_path: Path) -> None:
    first, second, _ = ct_files(tmp_path)
    with bench_at(tmp_path / "bench") as bench:
        numbered(bench.workplace.uploads / "1", {"IM1": first, "IM2": second})
        imported(bench.workplace)
        changed = first[:-2] + b"\1\1"  # the last pixel
        numbered(bench.workplace.uploads / "1", {"later/IM1": changed, "later/IM2": second})
        found = imported(bench.workplace)
    (refused,) = found["refused"]
    assert refused["name"] == "later/IM1"
    assert "is in the store with other content (patient 'SYN-A' (Synthetic^One))" in refused["reason"]
    assert str(tmp_path) not in str(found)
    assert (found["new"], found["already_there"]) == (0, 1)


def test_a_refusal_of_all_names_the_file_and_no_place_on_the_disk(tmp_path: Path) -> None:
    first, *_ = ct_files(tmp_path)
    with bench_at(tmp_path / "bench") as bench:
        numbered(bench.workplace.uploads / "1", {"IM1": first})
        imported(bench.workplace)
        numbered(bench.workplace.uploads / "1", {"later/IM1": first[:-2] + b"\1\1"})  # the last pixel
        with pytest.raises(InputError) as refused:
            imported(bench.workplace)
    assert refused.value.came.startswith("1 object was not imported ('later/IM1': object ")
    assert str(tmp_path) not in str(refused.value)
    assert "conflicts" not in str(refused.value)


def test_two_people_without_an_id_in_two_uploads_are_noted(tmp_path: Path) -> None:
    with bench_at(tmp_path) as bench:
        notes = []
        for name, study in (("", "1.2.65"), ("Synthetic^Other", "1.2.66")):
            upload(bench.workplace.uploads / "1", "", name, slices=3, study=study)
            notes.append(imported(bench.workplace)["notes"])
    said = "The store now holds objects without a patient ID: '' (no name)"
    assert f"{said}. Is it one patient?" in notes[0]
    assert f"{said}, '' (Synthetic^Other). Is it one patient?" in notes[1]


def test_long_names_are_cut_in_notes(tmp_path: Path) -> None:
    first, *_ = ct_files(tmp_path)
    long = [f"{'x' * 480}/letter {number}.txt" for number in range(9)]
    with bench_at(tmp_path / "bench") as bench:
        numbered(bench.workplace.uploads / "1", {"IM1": first, **dict.fromkeys(long, b"text")})
        found = imported(bench.workplace)
    (note,) = [each for each in found["notes"] if "no DICOM" in each]
    assert len(note) < 5 * 260 + 200  # of nine names five, of each no more than a path of Windows is long
    assert "letter 4.txt'" in note
    assert found["other_files"] == long


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"a.txt": b"text", "b.txt": b"text"}, "the upload holds 2 files and no DICOM object among them"),
        ({"a <b>.zip": b"PK\3\4 and no more"}, "'a <b>.zip' cannot be unpacked"),
    ],
)
def test_an_upload_is_refused_as_what_its_owner_chose(
    tmp_path: Path, files: dict[str, bytes], sentence: str
) -> None:
    with bench_at(tmp_path) as bench:
        numbered(bench.workplace.uploads / "1", files)
        with pytest.raises(InputError) as refused:
            imported(bench.workplace)
        assert refused.value.came.startswith(sentence)


def test_a_file_that_came_without_a_name_is_called_by_its_number(tmp_path: Path) -> None:
    with bench_at(tmp_path) as bench:
        folder = bench.workplace.uploads / "1"
        folder.mkdir()
        (folder / "000007.zip").write_bytes(b"PK\3\4 and no more")
        with pytest.raises(InputError, match="'file 7' cannot be unpacked"):
            imported(bench.workplace)
