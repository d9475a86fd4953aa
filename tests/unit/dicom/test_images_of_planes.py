"""Which image shows a plane of the volume, and that contours, reports and segments refer to that one.

The image that shows a plane is the one whose Image Position (Patient) has its z (PS3.3 C.7.6.2.1.1); for
slices that run across the planes, or that were resampled, there is none.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.dataset import FileDataset

from seedbed.dicom import CtSeries, read_ct_series, write_ct_series, write_structures
from seedbed.dicom.measurement_report import measure_lesion
from seedbed.dicom.segmentation_writing import write_segmentation
from seedbed.errors import ImageError, StructureError
from seedbed.geometry import PlanarContour, Structure, VoxelGrid
from seedbed.imaging import CtVolume

Slices = Callable[..., list[FileDataset]]
Save = Callable[..., Path]
Turn = tuple[tuple[int, ...], tuple[int, ...]]

AXIAL = {
    "HFS": ((1, 0, 0), (0, 1, 0)), "HFP": ((-1, 0, 0), (0, -1, 0)),
    "HFDL": ((0, 1, 0), (-1, 0, 0)), "HFDR": ((0, -1, 0), (1, 0, 0)),
    "FFS": ((-1, 0, 0), (0, 1, 0)), "FFP": ((1, 0, 0), (0, -1, 0)),
    "FFDL": ((0, -1, 0), (-1, 0, 0)), "FFDR": ((0, 1, 0), (1, 0, 0)),
}  # fmt: skip
"""Directions of rows and columns by Patient Position."""
ACROSS = {
    "sagittal": ((0, 1, 0), (0, 0, -1)), "sagittal from the right": ((0, -1, 0), (0, 0, -1)),
    "coronal": ((1, 0, 0), (0, 0, -1)), "coronal upside down": ((-1, 0, 0), (0, 0, 1)),
}  # fmt: skip
SYMMETRIC = VoxelGrid((-5.0, -5.0, -5.0), (2.0, 2.0, 2.0), (6, 6, 6))
GRIDS = {
    "about zero": SYMMETRIC,
    "elsewhere": replace(SYMMETRIC, origin_mm=(-3.0, 20.0, -300.0)),
}
turns = pytest.mark.parametrize("turn", AXIAL.values(), ids=AXIAL.keys())
grids = pytest.mark.parametrize("grid", GRIDS.values(), ids=GRIDS.keys())


@pytest.fixture
def read(tmp_path: Path, slices: Slices, save: Save) -> Callable[..., tuple[CtSeries, dict[str, float]]]:
    """Write a marked cube as slices of an orientation; return what is read, and the z of each image."""

    def made(grid: VoxelGrid, turn: Turn) -> tuple[CtSeries, dict[str, float]]:
        hu = np.arange(np.prod(grid.shape), dtype=np.float32).reshape(grid.shape)
        stored = slices(CtVolume(grid, hu), *turn)
        found = read_ct_series(save(stored, tmp_path / "ct"))
        return found, {str(one.SOPInstanceUID): float(one.ImagePositionPatient[2]) for one in stored}

    return made


def box(grid: VoxelGrid, planes: slice = slice(0, 2)) -> Structure:
    square = np.array([[-2.9, -2.9], [2.9, -2.9], [2.9, 2.9], [-2.9, 2.9]])
    middle = np.array([grid.axis_mm(axis).mean() for axis in (0, 1)])
    contours = tuple(PlanarContour(float(z), square + middle) for z in grid.axis_mm(2)[planes])
    return Structure("GTV", contours, grid.spacing_mm[2])


@turns
@grids
def test_each_plane_is_shown_by_the_image_that_lies_in_it(
    read: Callable[..., tuple[CtSeries, dict[str, float]]], grid: VoxelGrid, turn: Turn
) -> None:
    found, z = read(grid, turn)
    assert [z[str(uid)] for uid in found.image_of_plane] == pytest.approx(grid.axis_mm(2))


@pytest.mark.parametrize("turn", ACROSS.values(), ids=ACROSS.keys())
@grids
def test_no_image_lies_in_a_plane_that_it_crosses(
    read: Callable[..., tuple[CtSeries, dict[str, float]]], grid: VoxelGrid, turn: Turn
) -> None:
    found, _ = read(grid, turn)
    assert found.image_of_plane == (None,) * 6


@turns
@grids
def test_a_contour_refers_to_the_image_in_which_it_lies(
    tmp_path: Path, read: Callable[..., tuple[CtSeries, dict[str, float]]], grid: VoxelGrid, turn: Turn
) -> None:
    ct, z = read(grid, turn)
    write_structures([box(grid)], ct, tmp_path / "rs.dcm", ct.identity, types=["GTV"])
    contours = dcmread(tmp_path / "rs.dcm").ROIContourSequence[0].ContourSequence
    for contour in contours:
        (image,) = contour.ContourImageSequence
        assert z[image.ReferencedSOPInstanceUID] == pytest.approx(float(contour.ContourData[2]))
    assert len(contours) == 2


@turns
@grids
def test_a_lesion_is_measured_on_the_images_that_it_meets(
    read: Callable[..., tuple[CtSeries, dict[str, float]]], grid: VoxelGrid, turn: Turn
) -> None:
    ct, z = read(grid, turn)
    structure = box(grid)
    lower, upper = structure.bounds_mm
    met = [place for place in grid.axis_mm(2) if lower[2] <= place <= upper[2]]
    assert sorted(z[uid] for uid in measure_lesion(structure, ct).image_uids) == pytest.approx(met)
    assert 2 <= len(met) <= 3


@turns
@grids
def test_a_frame_of_a_segmentation_refers_to_the_image_of_its_plane(
    tmp_path: Path, read: Callable[..., tuple[CtSeries, dict[str, float]]], grid: VoxelGrid, turn: Turn
) -> None:
    ct, z = read(grid, turn)
    write_segmentation(
        [box(grid)], ct, tmp_path / "seg.dcm", ct.identity,
        types=["GTV"], source_images=(tmp_path / "ct").iterdir(),
    )  # fmt: skip
    frames = dcmread(tmp_path / "seg.dcm").PerFrameFunctionalGroupsSequence
    for groups in frames:
        (source,) = groups.DerivationImageSequence[0].SourceImageSequence
        place = float(groups.PlanePositionSequence[0].ImagePositionPatient[2])
        assert z[source.ReferencedSOPInstanceUID] == pytest.approx(place)
        same = turn == AXIAL["HFS"]  # PS3.3 Table 10-3: pixels lie as those of the image
        assert source.get("SpatialLocationsPreserved") == ("YES" if same else None)
    assert len(frames) >= 2


@pytest.mark.parametrize("turn", ACROSS.values(), ids=ACROSS.keys())
def test_across_the_slices_a_contour_refers_to_none_and_a_lesion_to_all(
    tmp_path: Path, read: Callable[..., tuple[CtSeries, dict[str, float]]], turn: Turn
) -> None:
    ct, _ = read(SYMMETRIC, turn)
    write_structures([box(SYMMETRIC)], ct, tmp_path / "rs.dcm", ct.identity, types=["GTV"])
    contours = dcmread(tmp_path / "rs.dcm").ROIContourSequence[0].ContourSequence
    assert not any("ContourImageSequence" in contour for contour in contours)
    assert measure_lesion(box(SYMMETRIC), ct).image_uids == ct.instance_uids


def test_slices_that_were_resampled_show_no_plane(tmp_path: Path, slices: Slices, save: Save) -> None:
    stored = slices(CtVolume(SYMMETRIC, np.zeros(SYMMETRIC.shape, dtype=np.float32)))
    for number, dataset in enumerate(stored):
        dataset.ImagePositionPatient = [-5.0, -5.0 + 0.4 * number, -5.0 + 2.0 * number]
    found = read_ct_series(save(stored, tmp_path), correct_tilt=True)
    assert found.image_of_plane == (None,) * found.volume.grid.shape[0]


def test_a_series_that_was_written_knows_its_images_as_one_that_is_read(
    tmp_path: Path, series: CtSeries
) -> None:
    written = write_ct_series(series.volume, tmp_path / "again", series.identity, series="CT")
    assert written.image_of_plane == read_ct_series(tmp_path / "again").image_of_plane
    assert written.image_of_plane == written.instance_uids


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([66, 65, 64, 63, 62, 61], (66, 65, 64, 63, 62, 61)),
        ([5, 5, 6, 7, 8, 9], (1, 2, 3, 4, 5, 6)),
        ([5, None, 6, 7, 8, 9], (1, 2, 3, 4, 5, 6)),
    ],
    ids=["as the scanner counts", "one number twice", "one without"],
)
def test_planes_have_the_numbers_of_their_images_or_count_from_the_feet(
    tmp_path: Path, slices: Slices, save: Save, given: list[int | None], expected: tuple[int, ...]
) -> None:
    stored = slices(CtVolume(SYMMETRIC, np.zeros(SYMMETRIC.shape, dtype=np.float32)))
    upwards = sorted(stored, key=lambda one: one.ImagePositionPatient[2])
    for dataset, number in zip(upwards, given, strict=True):
        dataset.InstanceNumber = number
    assert read_ct_series(save(stored, tmp_path)).number_of_plane == expected


def test_images_of_another_number_of_planes_are_refused(series: CtSeries) -> None:
    with pytest.raises(ImageError, match="images of 3 planes for a volume of 20"):
        replace(series, image_of_plane=series.image_of_plane[:3])


def test_a_lesion_beyond_the_images_is_refused(series: CtSeries) -> None:
    beyond = replace(SYMMETRIC, origin_mm=(-5.0, -5.0, 900.0))
    with pytest.raises(StructureError, match="no image shows lesion 'GTV'"):
        measure_lesion(box(beyond), series)
