"""A case is a CT series of the store; its folder holds the CT's files and nothing else's."""

from pathlib import Path

import numpy as np
import pytest
from tests.unit.journey.workbench.test_drawn import IDENTITY

from seedbed.dicom import write_ct_series, write_structures
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.journey.filing import filing
from seedbed.journey.workbench.case_folder import (
    case_folder,
    case_name,
    find_case,
    list_cases,
    read_case_ct,
    structure_files,
)
from seedbed.journey.workbench.refusals import NotFoundError

GRID = VoxelGrid((-20.0, -20.0, 0.0), (2.0, 2.0, 2.5), (4, 21, 21))
SQUARE = 5.0 * np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with one CT and its structure set, all synthetic."""
    hu = np.arange(GRID.shape[0] * 441, dtype=np.float32).reshape(GRID.shape)
    ct = write_ct_series(CtVolume(GRID, hu), tmp_path / "in" / "ct", IDENTITY, series="Planning CT")
    box = Structure("GTV", (PlanarContour(2.5, SQUARE),), 2.5)
    write_structures([box], ct, tmp_path / "in" / "rs.dcm", IDENTITY, types=["GTV"])
    with filing(tmp_path / "store", origin="test") as files:
        for path in sorted((tmp_path / "in").rglob("*.dcm")):
            files.keep(path.read_bytes(), path.name)
    return tmp_path / "store"


def test_the_case_has_all_slices_and_its_structure_set(store: Path, tmp_path: Path) -> None:
    with filing(store) as files:
        (row,) = list_cases(files.store)
        assert (row.images, row.structure_sets, row.patient_id) == (4, 1, "SYN-1")
        assert row.case == case_name(row.series_uid)
        folder = case_folder(tmp_path / "cases", files.store, row)
        ct = read_case_ct(folder)
        assert ct.series_uid == row.series_uid
        expected = np.arange(GRID.shape[0] * 441).reshape(GRID.shape)
        np.testing.assert_array_equal(ct.volume.hu, expected)
        assert len(structure_files(files.store, row)) == 1
        assert list_cases(files.store, patient_id="nobody") == []


def test_a_folder_that_lost_or_gained_files_is_set_right(store: Path, tmp_path: Path) -> None:
    with filing(store) as files:
        (row,) = list_cases(files.store)
        folder = case_folder(tmp_path / "cases", files.store, row)
        names = sorted(path.name for path in (folder / "ct").iterdir())
        (folder / "ct" / names[0]).unlink()
        (folder / "ct" / "stranger.dcm").write_bytes(b"not of this series")
        case_folder(tmp_path / "cases", files.store, row)
        assert sorted(path.name for path in (folder / "ct").iterdir()) == names


@pytest.mark.parametrize("name", ["0" * 16, "../../etc", "", "x" * 3000])
def test_no_such_case(store: Path, name: str) -> None:
    with filing(store) as files, pytest.raises(NotFoundError):
        find_case(files.store, name)
