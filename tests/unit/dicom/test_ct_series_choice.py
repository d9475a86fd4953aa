"""Of several series in a folder the one that was named is read; nothing is chosen in silence."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import FileDataset
from pydicom.uid import CTImageStorage, EnhancedCTImageStorage, LegacyConvertedEnhancedCTImageStorage

from seedbed.dicom import read_ct_series
from seedbed.errors import ImageError
from seedbed.imaging import CtVolume

Slices = Callable[..., list[FileDataset]]
Save = Callable[..., Path]
SERIES = {"1.2.3.10": (2, "Neck 1.25 soft"), "1.2.3.11": (3, "Neck 1.25 bone"), "1.2.3.12": (30, "Thorax")}


@pytest.fixture
def folder(tmp_path: Path, volume: CtVolume, slices: Slices, save: Save) -> Path:
    """Three series that differ by 1000 HU each."""
    for number, (uid, (series_number, described)) in enumerate(SERIES.items()):
        stored = slices(CtVolume(volume.grid, volume.hu + 1000 * number))
        for dataset in stored:
            dataset.SeriesInstanceUID, dataset.SeriesNumber = uid, series_number
            dataset.SeriesDescription = described
            dataset.SOPInstanceUID = f"{dataset.SOPInstanceUID[:50]}.{number}"
            dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
        save(stored, tmp_path / f"s{number}")
    return tmp_path


def test_a_list_names_every_series(folder: Path) -> None:
    with pytest.raises(ImageError) as refused:
        read_ct_series(folder)
    for uid, (number, described) in SERIES.items():
        assert f"number {number} {described!r}, CT, 6 images, {uid}" in refused.value.came


@pytest.mark.parametrize(
    ("word", "number"),
    [("1.2.3.11", 1), (3, 1), ("3", 1), (30, 2), ("bone", 1), ("SOFT", 0), ("thorax", 2), ("Neck 1.25 s", 0)],
)
def test_uid_number_or_part_of_the_description_name_one(
    folder: Path, volume: CtVolume, word: str | int, number: int
) -> None:
    found = read_ct_series(folder, series=word)
    np.testing.assert_array_equal(found.volume.hu, volume.hu + 1000 * number)
    assert found.series_uid == list(SERIES)[number]


@pytest.mark.parametrize(
    ("word", "fit"), [("Neck", "2 of which"), ("liver", "none of which"), ("", "none"), (4, "none")]
)
def test_a_word_that_fits_none_or_several_is_refused(folder: Path, word: str | int, fit: str) -> None:
    with pytest.raises(ImageError, match=fit):
        read_ct_series(folder, series=word)


def test_a_word_that_does_not_fit_the_only_series_is_refused(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save
) -> None:
    folder = save(slices(volume), tmp_path)
    with pytest.raises(ImageError, match="none of which fit 'liver'"):
        read_ct_series(folder, series="liver")


@pytest.mark.parametrize(("keyword", "value"), [("PatientID", "P2"), ("PatientBirthDate", "19700101")])
def test_another_patient_is_refused_even_where_a_series_is_named(
    folder: Path, keyword: str, value: str
) -> None:
    path = next((folder / "s2").iterdir())
    dataset = dcmread(path)
    setattr(dataset, keyword, value)
    dataset.save_as(path)
    with pytest.raises(ImageError, match=f"2 patients.*{keyword}.*{value}.*{path.name}"):
        read_ct_series(folder, series="1.2.3.10")


def test_faults_of_another_series_do_no_harm(folder: Path, volume: CtVolume) -> None:
    path = next((folder / "s2").iterdir())
    dataset = dcmread(path)
    del dataset.ImagePositionPatient
    dataset.save_as(path)
    np.testing.assert_array_equal(read_ct_series(folder, series=2).volume.hu, volume.hu)


def test_a_copied_file_counts_once_and_is_noted(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save
) -> None:
    folder = save(slices(volume), tmp_path / "ct")
    paths = sorted(folder.iterdir())
    shutil.copy(paths[0], folder / "again.dcm")
    written_anew = dcmread(paths[1])
    written_anew.file_meta.ImplementationVersionName = "OTHER"
    written_anew.save_as(folder / "anew.dcm")
    found = read_ct_series(folder)
    np.testing.assert_array_equal(found.volume.hu, volume.hu)
    assert any("2 files are copies" in note for note in found.notes)


def test_two_versions_of_one_image_are_refused_by_name(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save
) -> None:
    folder = save(slices(volume), tmp_path / "ct")
    path = sorted(folder.iterdir())[0]
    dataset = dcmread(path)
    dataset.PixelData = bytes(len(dataset.PixelData))
    dataset.save_as(folder / "other.dcm")
    with pytest.raises(ImageError, match=rf"{path.name}.*other\.dcm|other\.dcm.*{path.name}") as refused:
        read_ct_series(folder)
    assert "SOPInstanceUID" in refused.value.came


@pytest.mark.parametrize("kind", [EnhancedCTImageStorage, LegacyConvertedEnhancedCTImageStorage])
def test_all_slices_in_one_file_are_refused_by_the_name_of_their_class(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save, kind: str
) -> None:
    (dataset,) = slices(volume)[:1]
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = kind
    dataset.NumberOfFrames = 6
    with pytest.raises(ImageError, match=rf"SOPClassUID {kind}.*Enhanced CT Image"):
        read_ct_series(save([dataset], tmp_path))


def test_a_file_whose_header_and_content_disagree_is_refused(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save
) -> None:
    folder = save(slices(volume), tmp_path)
    path = sorted(folder.iterdir())[0]
    content = path.read_bytes()
    first = content.index(CTImageStorage.encode())
    second = content.index(CTImageStorage.encode(), first + 1)
    path.write_bytes(content[:second] + b"1.2.840.10008.5.1.4.1.1.4" + content[second + 25 :])
    with pytest.raises(ImageError, match=f"{path.name}.*SOPClassUID"):
        read_ct_series(folder)
