"""Structure sets with needles and seeds, and segmentations, validated by dciodvfy of dicom3tools."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from tests.reference.dciodvfy import errors_of
from tests.unit.dicom.conftest import raw_slices, save_all

from seedbed.dicom import CtSeries, Identity, content_uid, read_ct_series, write_ct_series, write_structures
from seedbed.dicom.segmentation_writing import write_segmentation
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.implant import Needle, SeedImplant

GRID = VoxelGrid((-14.5, -14.5, 100.0), (1.0, 1.0, 2.5), (6, 30, 30))
SQUARE = np.array([[-5.0, -5.0], [5.0, -5.0], [5.0, 5.0], [-5.0, 5.0]])
PLANES = (102.5, 105.0)


@pytest.fixture
def identity() -> Identity:
    return Identity(
        patient_id="P1", patient_name="王^小明", patient_birth_date="19600102", patient_sex="F",
        study_uid=str(content_uid("test", "study")),
        study_date="20260301", study_time="101500", study_id="7", accession_number="A1",
        frame_uid=str(content_uid("test", "frame")), made=datetime(2026, 3, 1, 10, 15), synthetic=True,
    )  # fmt: skip


@pytest.fixture
def ct(tmp_path: Path, identity: Identity) -> CtSeries:
    hu = np.zeros(GRID.shape, dtype=np.float32)
    return write_ct_series(CtVolume(GRID, hu), tmp_path / "ct", identity, series="Planning CT")


def drawn() -> list[Structure]:
    ring = tuple(PlanarContour(z, size * SQUARE) for z in PLANES for size in (1.0, 0.4))
    return [Structure("GTV 靶区", ring, 2.5), Structure("Cord", (PlanarContour(105.0, SQUARE + 6),), 2.5)]


def test_a_structure_set_with_needles_and_seeds(ct: CtSeries, tmp_path: Path, identity: Identity) -> None:
    needles = (
        Needle("N1", (-80.0, 0.1234567891, 105.0), (5.0, 0.0, 105.0)),
        Needle("针 2", (0, -70, 0), (0, 1, 1)),
    )
    places = np.array([[1 / 3, -1e-7, 105.0], [5.0, 0.0, 140.0]])
    implant = SeedImplant("6711", places, None, np.full(2, 0.6), needles, np.array([0, 1]))
    path = tmp_path / "rs.dcm"
    write_structures(drawn(), ct, path, identity, types=["GTV", "ORGAN"], implant=implant)
    assert errors_of(path) == []


def test_a_structure_set_of_seeds_alone(ct: CtSeries, tmp_path: Path, identity: Identity) -> None:
    implant = SeedImplant("6711", np.array([[0.0, 0.0, 105.0]]), None, np.full(1, 0.6))
    write_structures([], ct, tmp_path / "rs.dcm", identity, types=[], implant=implant)
    assert errors_of(tmp_path / "rs.dcm") == []


def test_a_name_of_more_than_64_characters(ct: CtSeries, tmp_path: Path, identity: Identity) -> None:
    long = Structure("G" * 80, drawn()[0].contours, 2.5)
    write_structures([long], ct, tmp_path / "rs.dcm", identity, types=["GTV"])
    assert errors_of(tmp_path / "rs.dcm") == []


@pytest.mark.parametrize("types", [("GTV", "ORGAN"), ("CTV", "EXTERNAL"), ("PTV", "AVOIDANCE")])
def test_a_segmentation(ct: CtSeries, tmp_path: Path, identity: Identity, types: tuple[str, str]) -> None:
    path = tmp_path / "seg.dcm"
    write_segmentation(drawn(), ct, path, identity, types=types, source_images=(tmp_path / "ct").iterdir())
    assert errors_of(path) == []


@pytest.mark.parametrize(
    ("row", "column"), [((-1, 0, 0), (0, -1, 0)), ((-1, 0, 0), (0, 1, 0)), ((0, 1, 0), (0, 0, -1))]
)
def test_objects_on_slices_that_run_otherwise(
    ct: CtSeries, tmp_path: Path, row: tuple[int, ...], column: tuple[int, ...]
) -> None:
    images = raw_slices(ct.volume, row, column)
    for image in images:
        image.LossyImageCompression, image.LossyImageCompressionRatio = "01", 12
        image.LossyImageCompressionMethod = "ISO_10918_1"
    save_all(images, tmp_path / "turned")
    turned, path = read_ct_series(tmp_path / "turned"), tmp_path / "seg.dcm"
    files = (tmp_path / "turned").iterdir()
    write_segmentation(drawn(), turned, path, turned.identity, types=["GTV", ""], source_images=files)
    assert errors_of(path) == []
    write_structures(drawn(), turned, path, turned.identity, types=["GTV", ""])
    assert errors_of(path) == []


def test_a_segmentation_in_another_study_with_frames_that_begin_within_a_byte(
    tmp_path: Path, identity: Identity
) -> None:
    grid = VoxelGrid((-10.0, -10.0, 100.0), (1.0, 1.0, 2.5), (6, 23, 25))
    hu = np.zeros(grid.shape, dtype=np.float32)
    ct = write_ct_series(CtVolume(grid, hu), tmp_path / "ct", identity, series="Planning CT")
    path, other = tmp_path / "seg.dcm", replace(identity, study_uid=str(content_uid("test", "other")))
    images = (tmp_path / "ct").iterdir()
    write_segmentation(drawn(), ct, path, other, types=["GTV", "ORGAN"], source_images=images)
    assert errors_of(path) == []
