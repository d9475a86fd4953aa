"""A small CT with a marked anatomy, written by the test itself in any orientation."""

import shutil
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from seedbed.dicom import CtSeries, Identity, read_ct_series, write_ct_series
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.imaging import CtVolume

GRID = VoxelGrid((-11.0, 20.5, -300.25), (1.5, 1.25, 2.5), (6, 8, 10))


def marked_volume() -> CtVolume:
    """HU that tell each voxel from every other."""
    hu = np.arange(np.prod(GRID.shape), dtype=np.float32).reshape(GRID.shape) - 200.0
    return CtVolume(GRID, hu)


def raw_slices(
    volume: CtVolume, row: tuple[int, int, int] = (1, 0, 0), column: tuple[int, int, int] = (0, 1, 0)
) -> list[FileDataset]:
    """Slices of a volume as a scanner stores them whose rows and columns run along ``row`` and ``column``.

    Written from PS3.3 C.7.6.2.1.1 alone: each voxel is looked up by its patient position.
    """
    along_row, along_column = np.array(row, dtype=float), np.array(column, dtype=float)
    normal = np.cross(along_row, along_column)
    grid, size = volume.grid, np.array(volume.grid.shape[::-1])
    count, step = (
        [int(abs(d) @ size) for d in (along_row, along_column, normal)],
        [float(abs(d) @ np.array(grid.spacing_mm)) for d in (along_row, along_column, normal)],
    )
    first = np.array(grid.origin_mm)  # the corner from which all three directions lead into the volume
    for d in (along_row, along_column, normal):
        axis = int(np.abs(d).argmax())
        if d[axis] < 0:
            first[axis] = grid.axis_mm(axis)[-1]
    study, series, frame = (generate_uid(entropy_srcs=["test", n]) for n in ("study", "series", "frame"))
    made = []
    for k in range(count[2]):
        corner = first + k * step[2] * normal
        i, j = np.meshgrid(np.arange(count[0]), np.arange(count[1]))
        where = corner + step[0] * i[..., None] * along_row + step[1] * j[..., None] * along_column
        index = np.rint(grid.indices(where.reshape(-1, 3))).astype(int)
        pixels = volume.hu[tuple(index.T)].reshape(count[1], count[0])
        dataset = raw_slice(pixels, series=series, study=study, frame=frame, number=k)
        dataset.ImagePositionPatient = [float(v) for v in corner]
        dataset.ImageOrientationPatient = [float(v) for v in (*row, *column)]
        dataset.PixelSpacing = [step[1], step[0]]  # between rows, between columns
        dataset.SliceThickness = step[2]
        made.append(dataset)
    return made


def raw_slice(pixels: np.ndarray, *, series: str, study: str, frame: str, number: int) -> FileDataset:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid(entropy_srcs=["test", series, str(number)])
    dataset = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    dataset.SOPClassUID, dataset.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    dataset.Modality, dataset.PatientID, dataset.PatientName = "CT", "P1", "Made^By^Test"
    dataset.PatientBirthDate, dataset.PatientSex = "19600102", "F"
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID, dataset.FrameOfReferenceUID = study, series, frame
    dataset.StudyDate, dataset.StudyTime, dataset.StudyID = "20260301", "101500", "7"
    dataset.InstanceNumber = 100 - number  # of no use to a reader
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 16, 15, 1
    dataset.RescaleSlope, dataset.RescaleIntercept = 1, 0
    dataset.PixelData = pixels.astype("<i2").tobytes()
    return dataset


def save_all(datasets: list[FileDataset], folder: Path, **keywords: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number, dataset in enumerate(datasets):
        dataset.save_as(folder / f"I{number * 7919 % 1009:04d}", enforce_file_format=True, **keywords)
    return folder


def identity_made(**changes: Any) -> Identity:
    parts = {
        "patient_id": "P1", "patient_name": "Made^By^Test", "patient_birth_date": "19600102",
        "patient_sex": "F", "study_uid": generate_uid(entropy_srcs=["test", "study"]),
        "study_date": "20260301", "study_time": "101500",
        "study_id": "7", "accession_number": "A1", "frame_uid": generate_uid(entropy_srcs=["test", "frame"]),
        "made": datetime(2026, 3, 1, 10, 15), "synthetic": True,
    }  # fmt: skip
    return Identity(**{**parts, **changes})


@pytest.fixture
def volume() -> CtVolume:
    return marked_volume()


@pytest.fixture(scope="session")
def slices() -> Callable[..., list[FileDataset]]:
    return raw_slices


@pytest.fixture(scope="session")
def save() -> Callable[..., Path]:
    return save_all


@pytest.fixture(scope="session")
def identity() -> Callable[..., Identity]:
    return identity_made


@pytest.fixture(scope="session")
def written_series(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, CtSeries]:
    """A CT of 60 x 60 x 40 mm, written by Seedbed and read back: once, for all tests."""
    folder = tmp_path_factory.mktemp("series") / "ct"
    grid = VoxelGrid((-29.0, -29.0, 100.0), (2.0, 2.0, 2.0), (20, 30, 30))
    hu = np.zeros(grid.shape, dtype=np.float32)
    write_ct_series(CtVolume(grid, hu), folder, identity_made(), series="CT")
    return folder, read_ct_series(folder)


@pytest.fixture
def series(written_series: tuple[Path, CtSeries], tmp_path: Path) -> CtSeries:
    """A copy of that CT, to which the test may do what it likes; its files lie in ``ct``."""
    folder, found = written_series
    shutil.copytree(folder, tmp_path / "ct")
    return deepcopy(found)


@pytest.fixture(scope="session")
def box() -> Callable[..., Structure]:
    def made(name: str = "GTV", z: tuple[float, ...] = (110.0, 112.0, 114.0), half: float = 8.0) -> Structure:
        square = np.array([[-half, -half], [half, -half], [half, half], [-half, half]]) + 0.12345
        return Structure(name, tuple(PlanarContour(plane, square) for plane in z), 2.0)

    return made


@pytest.fixture(scope="session")
def edited() -> Callable[[Path, Callable[[Dataset], object]], Path]:
    """Change a DICOM file in place by a function."""

    def edit(path: Path, change: Callable[[Dataset], object]) -> Path:
        from pydicom import dcmread

        dataset = dcmread(path)
        change(dataset)
        dataset.save_as(path)
        return path

    return edit
