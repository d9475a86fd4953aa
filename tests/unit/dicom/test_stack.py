"""What is wrong between slices is told with its place in mm and the files beside it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import FileDataset

from seedbed.dicom import read_ct_series
from seedbed.errors import ImageError
from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume

Slices = Callable[..., list[FileDataset]]
Save = Callable[..., Path]


def move(dataset: FileDataset, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> None:
    dataset.ImagePositionPatient = [
        float(v) + d for v, d in zip(dataset.ImagePositionPatient, (x, y, z), strict=True)
    ]


def refusal(stored: list[FileDataset], folder: Path, save: Save) -> str:
    with pytest.raises(ImageError) as refused:
        read_ct_series(save(stored, folder))
    return str(refused.value)


def names_between(folder: Path, *instance_numbers: int) -> list[str]:
    from pydicom import dcmread

    by_number = {int(dcmread(p).InstanceNumber): p.name for p in folder.iterdir()}
    return [f"'{by_number[n]}' (Instance Number {n})" for n in instance_numbers]


def test_a_missing_slice_is_told_with_its_neighbours(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save
) -> None:
    stored = slices(volume)
    del stored[3]
    said = refusal(stored, tmp_path, save)
    assert "missing between -295.25 and -290.25 mm" in said
    assert all(name in said for name in names_between(tmp_path, 98, 96))  # numbered 100 - k


def test_uneven_slices_are_no_missing_ones(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save
) -> None:
    stored = slices(volume)
    for number, dataset in enumerate(stored):
        move(dataset, z=0.3 if number > 3 else 0.0)
    said = refusal(stored, tmp_path, save)
    assert "uneven between -292.75 and -289.95 mm" in said
    assert all(name in said for name in names_between(tmp_path, 97, 96))


def test_two_images_at_one_place_are_both_named(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save
) -> None:
    stored = slices(volume)
    stored[3].ImagePositionPatient = stored[2].ImagePositionPatient
    said = refusal(stored, tmp_path, save)
    assert "same place (-295.25 mm" in said
    assert all(name in said for name in names_between(tmp_path, 98, 97))


def test_a_slice_that_is_shifted_alone_is_named(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save
) -> None:
    stored = slices(volume)
    move(stored[2], x=4.0)
    said = refusal(stored, tmp_path, save)
    assert "up to 4.00 mm and not as by a tilt (ImagePositionPatient of" in said
    assert names_between(tmp_path, 98)[0] in said


def test_slices_that_overlap_are_normal(tmp_path: Path, volume: CtVolume, slices: Slices, save: Save) -> None:
    stored = slices(volume)
    for dataset in stored:
        dataset.SliceThickness, dataset.SpacingBetweenSlices = 5.0, 2.5
    found = read_ct_series(save(stored, tmp_path))
    assert found.volume.grid == volume.grid
    assert found.notes == ()


def test_small_differences_do_not_add_up(tmp_path: Path, save: Save, slices: Slices) -> None:
    """Half of the gaps 2.5 mm, half 2.545 mm, each within 2 %: in the middle 0.45 mm have come together."""
    grid = VoxelGrid((0.0, 0.0, 0.0), (1.0, 1.0, 2.5), (41, 4, 4))
    stored = slices(CtVolume(grid, np.zeros(grid.shape, dtype=np.float32)))
    for dataset in stored:
        x, y, z = (float(value) for value in dataset.ImagePositionPatient)
        dataset.ImagePositionPatient = [x, y, z + max(0.0, z - 50.0) / 2.5 * 0.045]
    assert "0.45 mm from its place in an even stack" in refusal(stored, tmp_path, save)
