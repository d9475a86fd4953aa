"""One anatomy, stored in every way a scanner may store it, is one volume in patient space."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmwrite
from pydicom.dataset import FileDataset
from pydicom.uid import (
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    MRImageStorage,
    RLELossless,
    RTStructureSetStorage,
    generate_uid,
)  # fmt: skip

from seedbed.dicom import CtSeries, read_ct_series
from seedbed.imaging import CtVolume

Slices = Callable[..., list[FileDataset]]
Save = Callable[..., Path]

ORIENTATIONS = {
    "head first supine": ((1, 0, 0), (0, 1, 0)),
    "feet first supine": ((-1, 0, 0), (0, 1, 0)),
    "head first prone": ((-1, 0, 0), (0, -1, 0)),
    "feet first prone": ((1, 0, 0), (0, -1, 0)),
    "decubitus": ((0, 1, 0), (-1, 0, 0)),
    "sagittal": ((0, 1, 0), (0, 0, -1)),
    "sagittal from the right": ((0, -1, 0), (0, 0, -1)),
    "coronal": ((1, 0, 0), (0, 0, -1)),
    "coronal upside down": ((-1, 0, 0), (0, 0, 1)),
}


def assert_same(found: CtSeries, volume: CtVolume) -> None:
    np.testing.assert_allclose(found.volume.grid.origin_mm, volume.grid.origin_mm, atol=1e-9)
    np.testing.assert_allclose(found.volume.grid.spacing_mm, volume.grid.spacing_mm, atol=1e-9)
    np.testing.assert_array_equal(found.volume.hu, volume.hu)


@pytest.mark.parametrize(("row", "column"), ORIENTATIONS.values(), ids=ORIENTATIONS.keys())
def test_any_patient_position_gives_the_same_volume(
    tmp_path: Path,
    volume: CtVolume,
    slices: Slices,
    save: Save,
    row: tuple[int, ...],
    column: tuple[int, ...],
) -> None:
    found = read_ct_series(save(slices(volume, row, column), tmp_path))
    assert_same(found, volume)


@pytest.mark.parametrize(("row", "column"), ORIENTATIONS.values(), ids=ORIENTATIONS.keys())
def test_instances_are_listed_by_plane(
    tmp_path: Path,
    volume: CtVolume,
    slices: Slices,
    save: Save,
    row: tuple[int, ...],
    column: tuple[int, ...],
) -> None:
    stored = slices(volume, row, column)
    found = read_ct_series(save(stored, tmp_path))
    assert found.instance_uids == tuple(str(d.SOPInstanceUID) for d in stored)
    assert (np.diff(found.plane_mm) > 0).all()


@pytest.mark.parametrize("order", [[5, 4, 3, 2, 1, 0], [3, 0, 5, 1, 4, 2]])
def test_neither_file_names_nor_instance_numbers_matter(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save, order: list[int]
) -> None:
    stored = slices(volume)
    assert_same(read_ct_series(save([stored[k] for k in order], tmp_path)), volume)


def test_folders_within_the_folder_are_read(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save
) -> None:
    stored = slices(volume)
    save(stored[:3], tmp_path / "a")
    save(stored[3:], tmp_path / "b" / "c")
    assert_same(read_ct_series(tmp_path), volume)


@pytest.mark.parametrize(("slope", "intercept"), [(1, -1024), (2, -1000), (0.5, 12.5)])
def test_rescaling_gives_hounsfield_units(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save, slope: float, intercept: float
) -> None:
    stored = slices(volume)
    for dataset in stored:
        raw = dataset.pixel_array
        dataset.RescaleSlope, dataset.RescaleIntercept = slope, intercept
        dataset.PixelData = np.rint((raw - intercept) / slope).astype("<i2").tobytes()
    found = read_ct_series(save(stored, tmp_path))
    np.testing.assert_allclose(found.volume.hu, volume.hu, atol=slope / 2)


def test_each_slice_may_have_a_rescaling_of_its_own(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save
) -> None:
    stored = slices(volume)
    for number, dataset in enumerate(stored):
        dataset.RescaleIntercept = -100 * number
        dataset.PixelData = (dataset.pixel_array + 100 * number).astype("<i2").tobytes()
    assert_same(read_ct_series(save(stored, tmp_path)), volume)


def test_unsigned_pixels_with_padding_are_air_outside_the_scanned_circle(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save
) -> None:
    stored = slices(volume)
    for dataset in stored:
        pixels = (dataset.pixel_array + 1024).astype("<u2")
        pixels[0, 0] = 63536  # -2000 as two unsigned bytes
        dataset.PixelRepresentation, dataset.RescaleIntercept = 0, -1024
        dataset.PixelPaddingValue = 63536
        dataset["PixelPaddingValue"].VR = "US"
        dataset.PixelData = pixels.tobytes()
    expected = volume.hu.copy()
    expected[:, 0, 0] = -1000.0
    found = read_ct_series(save(stored, tmp_path))
    np.testing.assert_array_equal(found.volume.hu, expected)


def test_a_range_of_padding_is_air(tmp_path: Path, volume: CtVolume, slices: Slices, save: Save) -> None:
    # PS3.3 C.7.5.1.1.2: values from Pixel Padding Value to Pixel Padding Range Limit are all padding.
    stored = slices(volume)
    for dataset in stored:
        pixels = dataset.pixel_array.copy()
        pixels[0, :2] = [-2000, -1990]
        dataset.PixelPaddingValue, dataset.PixelPaddingRangeLimit = -2000, -1980
        dataset["PixelPaddingValue"].VR = dataset["PixelPaddingRangeLimit"].VR = "SS"
        dataset.PixelData = pixels.astype("<i2").tobytes()
    found = read_ct_series(save(stored, tmp_path))
    assert (found.volume.hu[:, 0, :2] == -1000.0).all()


def test_twelve_bits_in_sixteen(tmp_path: Path, volume: CtVolume, slices: Slices, save: Save) -> None:
    stored = slices(volume)
    for dataset in stored:
        dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 12, 11, 0
        dataset.RescaleIntercept = -1024
        dataset.PixelData = (dataset.pixel_array + 1024).astype("<u2").tobytes()
    assert_same(read_ct_series(save(stored, tmp_path)), volume)


def test_big_endian(tmp_path: Path, volume: CtVolume, slices: Slices) -> None:
    stored = slices(volume)
    for dataset in stored:
        dataset.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
        dataset.PixelData = np.frombuffer(dataset.PixelData, "<i2").astype(">i2").tobytes()
        dataset["PixelData"].VR = "OW"
    for number, dataset in enumerate(stored):
        path = tmp_path / f"{number}.dcm"
        dcmwrite(path, dataset, little_endian=False, implicit_vr=False, force_encoding=True)
    assert_same(read_ct_series(tmp_path), volume)


def test_implicit_value_representation(tmp_path: Path, volume: CtVolume, slices: Slices, save: Save) -> None:
    stored = slices(volume)
    for dataset in stored:
        dataset.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    assert_same(read_ct_series(save(stored, tmp_path)), volume)


def test_run_length_compressed(tmp_path: Path, volume: CtVolume, slices: Slices, save: Save) -> None:
    stored = slices(volume)
    for dataset in stored:
        dataset.compress(RLELossless, generate_instance_uid=False)
    assert_same(read_ct_series(save(stored, tmp_path)), volume)


def test_what_is_no_ct_slice_is_passed_over(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save
) -> None:
    save(slices(volume), tmp_path)
    others = slices(volume)[:3]
    others[0].ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    others[0].ImageOrientationPatient = [1, 0, 0, 0, 0, -1]
    for dataset, kind in ((others[1], RTStructureSetStorage), (others[2], MRImageStorage)):
        dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = kind
    for dataset in others:
        dataset.SeriesInstanceUID, dataset.PatientID = generate_uid(), "someone else"
    save(others, tmp_path / "more")
    (tmp_path / "readme.txt").write_text("no DICOM here")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "Thumbs.db").write_bytes(bytes(range(256)) * 20)
    assert_same(read_ct_series(tmp_path), volume)


def test_tiny_noise_in_the_numbers_is_no_tilt(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save
) -> None:
    stored = slices(volume)
    for number, dataset in enumerate(stored):
        x, y, z = dataset.ImagePositionPatient
        dataset.ImagePositionPatient = [x + 0.001 * number, y, z]
        dataset.ImageOrientationPatient = [1, 0, 0, 0, 0.9999999, 0.0002]
    found = read_ct_series(save(stored, tmp_path))
    np.testing.assert_allclose(found.volume.grid.origin_mm, volume.grid.origin_mm, atol=0.01)
    np.testing.assert_array_equal(found.volume.hu, volume.hu)


@pytest.mark.parametrize("time", ["", "10", "1015", "101500", "101500.123456"])
@pytest.mark.parametrize("date", ["20260301", "20261112"])
def test_new_objects_are_dated_as_the_study(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save, date: str, time: str
) -> None:
    stored = slices(volume)
    for dataset in stored:
        dataset.StudyDate, dataset.StudyTime = date, time
    made = read_ct_series(save(stored, tmp_path)).identity.made
    assert f"{made:%Y%m%d}" == date
    assert f"{made:%H%M%S}".startswith(time[:6])


def test_without_a_study_date_new_objects_have_the_earliest_date_that_is_stated(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save
) -> None:
    stored = slices(volume)
    for dataset in stored:
        dataset.StudyDate, dataset.StudyTime = "", ""
        dataset.SeriesDate, dataset.SeriesTime = "20260302", "0800"
        dataset.AcquisitionDate, dataset.AcquisitionTime = "20260301", "1130"
        dataset.ContentDate, dataset.ContentTime = "20260301", "1145"
        dataset.InstanceCreationDate = "20260231"
    identity = read_ct_series(save(stored, tmp_path)).identity
    assert (identity.made, identity.study_date) == (datetime(2026, 3, 1, 11, 30), "")


def test_without_any_date_new_objects_are_of_now(
    tmp_path: Path, volume: CtVolume, slices: Slices, save: Save
) -> None:
    stored = slices(volume)
    for dataset in stored:
        dataset.StudyDate = ""
    before = datetime.now().replace(microsecond=0)
    assert before <= read_ct_series(save(stored, tmp_path)).identity.made <= datetime.now()
