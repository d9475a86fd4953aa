"""What an import of the workbench tells: each patient that the files name, in answer and trail."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.unit.journey.workbench.test_drawn import IDENTITY
from tests.unit.web.benches import bench_at

from seedbed.dicom import write_ct_series
from seedbed.errors import InputError
from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.journey.workbench.imports import run_import

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
        with pytest.raises(InputError, match="3 objects were not imported"):
            run_import(workplace, asked, lambda _step, _done, _total: None, lambda: False)
        assert len([each for each in workplace.trail.page()[1] if each.what == "images imported"]) == 1
