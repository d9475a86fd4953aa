"""What an import of the workbench tells: each patient that the files name, in answer and trail."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from tests.unit.journey.workbench.test_drawn import IDENTITY
from tests.unit.web.benches import bench_at

from seedbed.dicom import write_ct_series
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
