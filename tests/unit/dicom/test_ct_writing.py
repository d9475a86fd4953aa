from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.dataset import FileDataset

from seedbed.dicom import Identity, read_ct_series, write_ct_series
from seedbed.errors import InputError
from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume

COORDINATE, STEP = st.floats(-900, 900), st.floats(0.2, 5)


@settings(max_examples=15, deadline=None)
@given(st.tuples(*[COORDINATE] * 3), st.tuples(*[STEP] * 3), st.integers(0, 2**32 - 1))
def test_a_volume_comes_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory,
    identity: Callable[..., Identity],
    origin: tuple[float, float, float],
    spacing: tuple[float, float, float],
    seed: int,
) -> None:
    grid = VoxelGrid(origin, spacing, (3, 4, 5))
    hu = np.random.default_rng(seed).integers(-1024, 3072, grid.shape).astype(np.float32)
    folder = tmp_path_factory.mktemp("ct")
    written = write_ct_series(CtVolume(grid, hu), folder, identity(), series="Planning CT")
    found = read_ct_series(folder)
    np.testing.assert_array_equal(found.volume.hu, hu)
    np.testing.assert_allclose(found.volume.grid.origin_mm, origin, atol=1e-6)
    np.testing.assert_allclose(found.volume.grid.spacing_mm, spacing, atol=1e-6)
    assert (found.instance_uids, found.series_uid) == (written.instance_uids, written.series_uid)
    np.testing.assert_allclose(found.plane_mm, written.plane_mm, atol=1e-6)


def test_who_and_when_come_back(tmp_path: Path, volume: CtVolume, identity: Callable[..., Identity]) -> None:
    given_ = identity(patient_name="王^小明", patient_id="中文-7", synthetic=False)
    write_ct_series(volume, tmp_path, given_, series="CT")
    assert read_ct_series(tmp_path).identity == given_


def test_a_synthetic_series_says_so_in_every_file(
    tmp_path: Path, volume: CtVolume, identity: Callable[..., Identity]
) -> None:
    write_ct_series(volume, tmp_path, identity(synthetic=True), series="CT")
    assert all("SYNTHETIC" in dcmread(path).SeriesDescription for path in tmp_path.iterdir())


@pytest.mark.parametrize("hu", [32767.0, 40000.0, 70000.0, -32768.0, -40000.0])
def test_metal_is_never_written_as_air(
    tmp_path: Path, volume: CtVolume, identity: Callable[..., Identity], hu: float
) -> None:
    volume.hu[2, 3, 4] = hu
    try:
        write_ct_series(volume, tmp_path, identity(), series="CT")
    except InputError:
        return
    assert read_ct_series(tmp_path).volume.hu[2, 3, 4] == pytest.approx(np.clip(hu, -32768, 32767))


REAL_WORLD = {
    "a sex in words": ("PatientSex", "female"),
    "a birth date with points": ("PatientBirthDate", "1960.01.02"),
    "a birth date that is a year": ("PatientBirthDate", "1960"),
    "a time with colons": ("StudyTime", "10:15:00"),
    "a date with points": ("StudyDate", "2026.03.01"),
    "a long identifier": ("PatientID", "P" * 80),
    "a long name": ("PatientName", "N" * 100),
    "a long accession number": ("AccessionNumber", "A" * 30),
    "a long study identifier": ("StudyID", "S" * 30),
    "a study UID with a leading zero": ("StudyInstanceUID", "1.2.03.4"),
    "a name with a backslash": ("PatientName", "Wang\\Xiao"),
    "no name": ("PatientName", ""),
    "no date": ("StudyDate", ""),
}


@pytest.mark.filterwarnings("ignore::UserWarning")  # of the pydicom that writes the faulty file
@pytest.mark.parametrize(("keyword", "value"), REAL_WORLD.values(), ids=REAL_WORLD.keys())
def test_faults_of_real_headers_do_not_stop_new_objects(
    tmp_path: Path,
    volume: CtVolume,
    slices: Callable[..., list[FileDataset]],
    keyword: str,
    value: str,
) -> None:
    from pydicom import config

    stored = slices(volume)
    before = config.settings.writing_validation_mode
    config.settings.writing_validation_mode = config.IGNORE
    try:
        for number, dataset in enumerate(stored):
            setattr(dataset, keyword, value)
            dataset.save_as(tmp_path / f"{number}.dcm")
    finally:
        config.settings.writing_validation_mode = before
    identity = read_ct_series(tmp_path).identity
    write_ct_series(volume, tmp_path / "new", identity, series="CT")
    assert read_ct_series(tmp_path / "new").volume.grid == volume.grid
