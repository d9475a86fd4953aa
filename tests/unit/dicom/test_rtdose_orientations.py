"""RTDOSE grids along the patient axes in every way, in one file or in one file a plane."""

import itertools
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset, dcmread
from pydicom.dataset import FileDataset

from seedbed.dicom import Identity, read_dose, read_dose_file, write_dose
from seedbed.dicom.dose import read_dose_files
from seedbed.errors import InputError
from seedbed.imaging import CtVolume

AXES = [(1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1)]
ORIENTATIONS = [(row, column) for row, column in itertools.product(AXES, AXES) if not np.dot(row, column)]
SUPINE, PRONE, FEET_FIRST = ((1, 0, 0), (0, 1, 0)), ((-1, 0, 0), (0, -1, 0)), ((-1, 0, 0), (0, 1, 0))
SCALING = 0.125
Slices = Callable[..., list[FileDataset]]
Made = Callable[..., Path]


def expected_gy(volume: CtVolume) -> np.ndarray:
    return (volume.hu.astype(float) + 200.0) * SCALING


@pytest.fixture
def multi_frame(tmp_path: Path, slices: Slices, volume: CtVolume, identity: Callable[..., Identity]) -> Made:
    """One file as another system writes it, its voxels looked up by patient position (PS3.3 C.7.6.2.1.1)."""

    def made(orientation: tuple[tuple[int, ...], tuple[int, ...]], *, backwards: bool = False) -> Path:
        path = tmp_path / "dose.dcm"
        write_dose(expected_gy(volume), volume.grid, path, identity(), plan_uid="1.2.3")
        planes = slices(volume, *orientation)
        planes = planes[::-1] if backwards else planes
        dose, first = dcmread(path), np.array(planes[0].ImagePositionPatient)
        for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "Rows", "Columns"):
            setattr(dose, keyword, planes[0][keyword].value)
        dose.NumberOfFrames = len(planes)
        normal = np.cross(*orientation)
        dose.GridFrameOffsetVector = [
            float((np.array(plane.ImagePositionPatient) - first) @ normal) for plane in planes
        ]
        dose.DoseGridScaling = SCALING
        pixels = np.stack([np.frombuffer(plane.PixelData, "<i2").astype("<u4") + 200 for plane in planes])
        dose.PixelData = pixels.astype("<u4").tobytes()
        dose.save_as(path)
        return path

    return made


@pytest.fixture
def single_frames(multi_frame: Made, tmp_path: Path, slices: Slices, volume: CtVolume) -> Made:
    """One file a plane, each with its own scaling, in an order that says nothing."""

    def made(orientation: tuple[tuple[int, ...], tuple[int, ...]]) -> Path:
        dose, folder = dcmread(multi_frame(orientation)), tmp_path / "planes"
        (tmp_path / "dose.dcm").unlink()
        folder.mkdir()
        planes, frames = slices(volume, *orientation), dose.pixel_array
        for number, (plane, frame) in enumerate(zip(planes, frames, strict=True)):
            factor = number % 3 + 1
            dose.ImagePositionPatient = plane.ImagePositionPatient
            dose.NumberOfFrames = 1
            dose.DoseGridScaling = SCALING / factor
            dose.PixelData = (frame * factor).astype("<u4").tobytes()
            dose.SOPInstanceUID = dose.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{number + 1}"
            for keyword in ("GridFrameOffsetVector", "FrameIncrementPointer"):
                dose.pop(keyword, None)
            dose.save_as(folder / f"{number * 7919 % 1009:04d}.dcm")
        return folder

    return made


def check(path: Path, volume: CtVolume) -> None:
    dose, grid = read_dose(path)
    np.testing.assert_allclose(dose, expected_gy(volume))
    np.testing.assert_allclose(grid.origin_mm, volume.grid.origin_mm, atol=1e-9)
    np.testing.assert_allclose(grid.spacing_mm, volume.grid.spacing_mm)
    assert grid.shape == volume.grid.shape


@pytest.mark.parametrize("backwards", [False, True])
def test_every_orientation_comes_back_along_the_patient_axes(
    multi_frame: Made, volume: CtVolume, backwards: bool
) -> None:
    assert len(ORIENTATIONS) == 24
    for orientation in ORIENTATIONS:
        check(multi_frame(orientation, backwards=backwards), volume)


@pytest.mark.parametrize("orientation", [SUPINE, PRONE, FEET_FIRST, ((0, 1, 0), (0, 0, -1))])
def test_files_of_one_plane_each_are_joined(
    single_frames: Made, volume: CtVolume, orientation: tuple[tuple[int, ...], tuple[int, ...]]
) -> None:
    folder = single_frames(orientation)
    (folder / "note.txt").write_text("no DICOM")
    check(folder, volume)
    found = read_dose_file(folder)
    assert found.plan_uid == "1.2.3"
    assert len(found.notes) == 1
    again = read_dose_files(sorted(folder.glob("*.dcm"), reverse=True))
    np.testing.assert_array_equal(again.dose_gy, found.dose_gy)


@pytest.mark.parametrize("orientation", [SUPINE, PRONE, FEET_FIRST])
def test_places_along_z_are_read_in_axial_grids_and_remarked_on_where_dicom_has_none(
    multi_frame: Made, volume: CtVolume, orientation: tuple[tuple[int, ...], tuple[int, ...]]
) -> None:
    # PS3.3 C.8.8.3.2, option b, is for orientation 1, 0, 0, 0, 1, 0.
    path = multi_frame(orientation)
    dose = dcmread(path)
    z, along = float(dose.ImagePositionPatient[2]), np.cross(*orientation)[2]
    dose.GridFrameOffsetVector = [z + along * float(offset) for offset in dose.GridFrameOffsetVector]
    dose.save_as(path)
    check(path, volume)
    assert len(read_dose_file(path).notes) == (orientation != SUPINE)


def test_places_along_z_mean_nothing_in_a_sagittal_grid(multi_frame: Made) -> None:
    path = multi_frame(((0, 1, 0), (0, 0, -1)))
    dose = dcmread(path)
    z = float(dose.ImagePositionPatient[2])
    dose.GridFrameOffsetVector = [z + float(offset) for offset in dose.GridFrameOffsetVector]
    dose.save_as(path)
    with pytest.raises(InputError, match="in axial grids"):
        read_dose(path)


WRONG: dict[str, Callable[[Dataset], object]] = {
    "another series": lambda d: setattr(d, "SeriesInstanceUID", "1.2.9"),
    "another frame of reference": lambda d: setattr(d, "FrameOfReferenceUID", "1.2.9"),
    "another plan": lambda d: setattr(d.ReferencedRTPlanSequence[0], "ReferencedSOPInstanceUID", "1.2.9"),
    "another summation": lambda d: setattr(d, "DoseSummationType", "FRACTION"),
    "another spacing": lambda d: setattr(d, "PixelSpacing", [9, 9]),
    "another orientation": lambda d: setattr(d, "ImageOrientationPatient", [-1, 0, 0, 0, 1, 0]),
    "relative units": lambda d: setattr(d, "DoseUnits", "RELATIVE"),
    "no scaling": lambda d: setattr(d, "DoseGridScaling", 0),
    "shifted": lambda d: setattr(d, "ImagePositionPatient", [0, *d.ImagePositionPatient[1:]]),
    "out of place": lambda d: setattr(d, "ImagePositionPatient", [*d.ImagePositionPatient[:2], 90.0]),
    "several planes": lambda d: setattr(d, "NumberOfFrames", 2),
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG.keys())
def test_files_that_are_not_of_one_dose_are_refused(
    single_frames: Made, change: Callable[[Dataset], object], edited: Callable[..., Path]
) -> None:
    folder = single_frames(SUPINE)
    edited(sorted(folder.iterdir())[2], change)
    with pytest.raises(InputError, match="expected"):
        read_dose(folder)


def test_a_plane_that_is_missing_or_stands_twice_is_refused(single_frames: Made) -> None:
    folder = single_frames(SUPINE)
    files = {float(dcmread(path).ImagePositionPatient[2]): path for path in folder.iterdir()}
    inner = files[sorted(files)[2]]
    twice = folder / "twice.dcm"
    twice.write_bytes(inner.read_bytes())
    with pytest.raises(InputError, match="each once"):
        read_dose(folder)
    twice.unlink()
    inner.unlink()
    with pytest.raises(InputError, match="each once"):
        read_dose(folder)


def test_a_folder_without_a_dose_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no RTDOSE"):
        read_dose(tmp_path)
    with pytest.raises(InputError, match="at least one"):
        read_dose_files([])


@pytest.mark.parametrize("bits", [16, 32])
@pytest.mark.parametrize(
    ("program", "syntax"),
    [
        ("dcmconv +ti", "1.2.840.10008.1.2"),
        ("dcmconv +tb", "1.2.840.10008.1.2.2"),
        ("dcmcrle", "1.2.840.10008.1.2.5"),
    ],
    ids=["implicit", "big endian", "RLE"],
)
def test_files_that_dcmtk_converts_hold_the_same_dose(
    tmp_path: Path, volume: CtVolume, identity: Callable[..., Identity], program: str, syntax: str, bits: int
) -> None:
    path, other = tmp_path / "dose.dcm", tmp_path / "other.dcm"
    write_dose(expected_gy(volume), volume.grid, path, identity(), plan_uid="1.2.3", bits=bits)
    if shutil.which(program.split()[0]) is None:
        pytest.skip(f"{program} of dcmtk is not installed")
    subprocess.run([*program.split(), path, other], check=True, timeout=60)
    assert dcmread(other).file_meta.TransferSyntaxUID == syntax
    found = read_dose_file(other)
    np.testing.assert_array_equal(found.dose_gy, read_dose(path)[0])
    assert len(found.notes) == (bits == 32 and program == "dcmconv +tb")
