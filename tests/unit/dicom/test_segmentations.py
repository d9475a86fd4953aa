"""DICOM SEG: written on the grid of a CT, read from any system; frames are placed as the standard says."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset, dcmread

from seedbed.dicom import CtSeries, Identity
from seedbed.dicom.segmentation_writing import write_segmentation
from seedbed.dicom.segmentations import read_segmentation, read_segmentation_file
from seedbed.errors import ImageError, InputError, StructureError
from seedbed.geometry import PlanarContour, Structure
from seedbed.geometry.masks import structure_mask

Edit = Callable[[Path, Callable[[Dataset], object]], Path]
Box = Callable[..., Structure]


@pytest.fixture
def drawn(box: Box) -> list[Structure]:
    hole = box(half=3.0).contours
    ring = Structure("环 ring", box().contours + hole, 2.0)
    return [ring, box("Cord", z=(104.0, 106.0, 110.0, 112.0), half=5.0)]


@pytest.fixture
def written(tmp_path: Path, series: CtSeries, drawn: list[Structure]) -> Path:
    path = tmp_path / "out" / "seg.dcm"
    made = replace(series.identity, synthetic=True)
    images = (tmp_path / "ct").iterdir()
    write_segmentation(drawn, series, path, made, types=["GTV", "ORGAN"], source_images=images)
    return path


def unpacked(dataset: Dataset) -> np.ndarray:
    """Frames of one bit a pixel, least significant bit first (PS3.5 8.1.1 and Annex D)."""
    size = dataset.Rows * dataset.Columns
    bits = np.unpackbits(np.frombuffer(dataset.PixelData, dtype=np.uint8), bitorder="little")
    frames = int(dataset.NumberOfFrames)
    return bits[: frames * size].reshape(frames, dataset.Rows, dataset.Columns)


def test_each_frame_is_the_mask_at_its_position(
    written: Path, series: CtSeries, drawn: list[Structure]
) -> None:
    dataset = dcmread(written)
    grid = series.volume.grid
    masks = [structure_mask(structure, grid) for structure in drawn]
    frames = unpacked(dataset)
    assert len(frames) == sum(int(mask.any(axis=(1, 2)).sum()) for mask in masks)
    for frame, groups in zip(frames, dataset.PerFrameFunctionalGroupsSequence, strict=True):
        segment = groups.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        x, y, z = map(float, groups.PlanePositionSequence[0].ImagePositionPatient)
        assert (x, y) == grid.origin_mm[:2]
        np.testing.assert_array_equal(frame, masks[segment - 1][round((z - grid.origin_mm[2]) / 2.0)])


def test_simpleitk_unpacks_the_same_frames(written: Path) -> None:
    """30 x 30 pixels are no whole bytes: frames begin within one."""
    itk = pytest.importorskip("SimpleITK", reason="SimpleITK is not installed")
    found = itk.GetArrayFromImage(itk.ReadImage(written))
    np.testing.assert_array_equal(found > 0, unpacked(dcmread(written)) > 0)


def test_each_frame_names_the_ct_slice_of_its_plane(written: Path, series: CtSeries) -> None:
    for groups in dcmread(written).PerFrameFunctionalGroupsSequence:
        z = float(groups.PlanePositionSequence[0].ImagePositionPatient[2])
        (source,) = groups.DerivationImageSequence[0].SourceImageSequence
        plane = series.plane_mm[series.instance_uids.index(source.ReferencedSOPInstanceUID)]
        assert plane == pytest.approx(z)


def test_it_belongs_to_patient_study_and_frame_of_the_ct(written: Path, series: CtSeries) -> None:
    dataset, identity = dcmread(written), series.identity
    assert dataset.PatientID == identity.patient_id
    assert dataset.StudyInstanceUID == identity.study_uid
    assert dataset.FrameOfReferenceUID == identity.frame_uid
    assert dataset.ReferencedSeriesSequence[0].SeriesInstanceUID == series.series_uid
    assert "SYNTHETIC" in dataset.SeriesDescription


def test_segments_are_coded(written: Path) -> None:
    ring, cord = dcmread(written).SegmentSequence
    assert ring.SegmentLabel == "环 ring"
    codes = [
        (
            part.SegmentedPropertyCategoryCodeSequence[0].CodeValue,
            part.SegmentedPropertyTypeCodeSequence[0].CodeValue,
        )
        for part in (ring, cord)
    ]
    assert codes == [("49755003", "108369006"), ("91723000", "91772007")]


def test_it_comes_back_voxel_by_voxel(written: Path, series: CtSeries, drawn: list[Structure]) -> None:
    found = read_segmentation_file(written, series)
    assert list(found.structures) == ["环 ring", "Cord"]
    assert (found.empty, found.notes) == ((), ())
    for structure, kind in zip(drawn, ("GTV", "ORGAN"), strict=True):
        again = found.structures[structure.name]
        mask = structure_mask(structure, series.volume.grid)
        np.testing.assert_array_equal(structure_mask(again, series.volume.grid), mask)
        assert again.volume_mm3 == pytest.approx(mask.sum() * 8.0)
        assert again.kind == kind


def test_the_same_content_is_the_same_file(tmp_path: Path, series: CtSeries, drawn: list[Structure]) -> None:
    names = [tmp_path / "a.dcm", tmp_path / "b.dcm"]
    for path in names:
        write_segmentation(
            drawn, series, path, series.identity, types=["GTV", ""], source_images=(tmp_path / "ct").iterdir()
        )
    assert names[0].read_bytes() == names[1].read_bytes()


def test_patient_and_study_are_those_of_the_identity(
    tmp_path: Path, series: CtSeries, box: Box, identity: Callable[..., Identity]
) -> None:
    other = identity(patient_id="PSEUDONYM", patient_name="Pseudo^Nym", study_uid="1.2.3.4")
    path = tmp_path / "seg.dcm"
    write_segmentation([box()], series, path, other, types=["GTV"], source_images=(tmp_path / "ct").iterdir())
    raw = path.read_bytes()
    assert b"PSEUDONYM" in raw
    assert b"Made^By^Test" not in raw
    assert dcmread(path).StudyInstanceUID == "1.2.3.4"


def fractional(dataset: Dataset) -> None:
    """Turn into occupancies of 8 bits, as PS3.3 C.8.20.2.3 describes: half of each voxel that was inside."""
    frames = unpacked(dataset)
    dataset.SegmentationType, dataset.SegmentationFractionalType = "FRACTIONAL", "OCCUPANCY"
    dataset.MaximumFractionalValue = 200
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
    dataset.PixelData = (frames * 100).astype(np.uint8).tobytes()
    dataset["PixelData"].VR = "OB"


def test_fractional_segments_have_the_volume_of_their_shares(
    written: Path, series: CtSeries, drawn: list[Structure], edited: Edit
) -> None:
    found = read_segmentation(edited(written, fractional), series)
    for structure in drawn:
        voxels = structure_mask(structure, series.volume.grid).sum()
        assert found[structure.name].volume_mm3 == pytest.approx(voxels * 8.0 / 2, rel=1e-4)


def flipped(dataset: Dataset) -> None:
    """Store each frame from its last pixel, with rows and columns that run the other way."""
    frames = unpacked(dataset)[:, ::-1, ::-1]
    dataset.PixelData = np.packbits(frames, bitorder="little").tobytes()
    orientation = dataset.SharedFunctionalGroupsSequence[0].PlaneOrientationSequence[0]
    orientation.ImageOrientationPatient = [-1, 0, 0, 0, -1, 0]
    for groups in dataset.PerFrameFunctionalGroupsSequence:
        position = groups.PlanePositionSequence[0]
        x, y, z = map(float, position.ImagePositionPatient)
        position.ImagePositionPatient = [x + 2.0 * (dataset.Columns - 1), y + 2.0 * (dataset.Rows - 1), z]


def sagittal(dataset: Dataset) -> None:
    """Store the same voxels as sagittal frames: from head to feet, to the back (PS3.3 C.7.6.2)."""
    volume = np.zeros((20, 30, 30), dtype=np.uint8)
    template = dataset.PerFrameFunctionalGroupsSequence[0]
    for frame, groups in zip(unpacked(dataset), dataset.PerFrameFunctionalGroupsSequence, strict=True):
        if groups.SegmentIdentificationSequence[0].ReferencedSegmentNumber == 1:
            volume[round((float(groups.PlanePositionSequence[0].ImagePositionPatient[2]) - 100.0) / 2)] = (
                frame
            )
    frames, items = [], []
    for k in range(30):
        groups = Dataset.from_json(template.to_json())
        groups.PlanePositionSequence[0].ImagePositionPatient = [-29.0 + 2.0 * k, -29.0, 138.0]
        frames.append(volume[::-1, :, k])
        items.append(groups)
    dataset.Rows, dataset.Columns, dataset.NumberOfFrames = 20, 30, 30
    dataset.PixelData = np.packbits(np.array(frames), bitorder="little").tobytes()
    dataset.PerFrameFunctionalGroupsSequence = items
    dataset.SharedFunctionalGroupsSequence[0].PlaneOrientationSequence[0].ImageOrientationPatient = [
        0,
        1,
        0,
        0,
        0,
        -1,
    ]


@pytest.mark.parametrize("change", [flipped, sagittal])
def test_frames_in_any_direction_are_placed_by_their_position(
    written: Path, series: CtSeries, drawn: list[Structure], edited: Edit, change: Callable[[Dataset], object]
) -> None:
    found = read_segmentation(edited(written, change), series)["环 ring"]
    grid = series.volume.grid
    np.testing.assert_array_equal(structure_mask(found, grid), structure_mask(drawn[0], grid))


def test_a_segment_without_a_voxel_is_named_as_empty(written: Path, series: CtSeries, edited: Edit) -> None:
    def empty(dataset: Dataset) -> None:
        dataset.PixelData = bytes(len(dataset.PixelData))

    found = read_segmentation_file(edited(written, empty), series)
    assert (found.structures, found.empty) == ({}, ("环 ring", "Cord"))


def other_frame(dataset: Dataset) -> None:
    dataset.FrameOfReferenceUID = "1.2.3"


def no_frame(dataset: Dataset) -> None:
    del dataset.FrameOfReferenceUID


def shifted(dataset: Dataset) -> None:
    for groups in dataset.PerFrameFunctionalGroupsSequence:
        groups.PlanePositionSequence[0].ImagePositionPatient[0] += 0.5


def finer(dataset: Dataset) -> None:
    dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].PixelSpacing = [1.0, 1.0]


def oblique(dataset: Dataset) -> None:
    dataset.SharedFunctionalGroupsSequence[0].PlaneOrientationSequence[0].ImageOrientationPatient = [
        0.9998, 0.02, 0, -0.02, 0.9998, 0,
    ]  # fmt: skip


def outside(dataset: Dataset) -> None:
    dataset.PerFrameFunctionalGroupsSequence[0].PlanePositionSequence[0].ImagePositionPatient[2] = 300.0


def thicker(dataset: Dataset) -> None:
    dataset.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].SpacingBetweenSlices = 4.0


def labelled_alike(dataset: Dataset) -> None:
    dataset.SegmentSequence[1].SegmentLabel = dataset.SegmentSequence[0].SegmentLabel


def undescribed(dataset: Dataset) -> None:
    dataset.SegmentSequence[1].SegmentNumber = 9


def unplaced(dataset: Dataset) -> None:
    dataset.PerFrameFunctionalGroupsSequence.pop()


def of_16_bits(dataset: Dataset) -> None:
    """A share of 256 would wrap to nothing in 8 bits."""
    fractional(dataset)
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 16, 15
    dataset.PixelData = np.full(int(dataset.NumberOfFrames) * 900, 256, dtype="<u2").tobytes()


def label_map(dataset: Dataset) -> None:
    dataset.SegmentationType = "LABELMAP"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (other_frame, r"frame of reference 1\.2\.3"), (no_frame, "frame of reference none"),
        (shifted, "does not lie on the voxels"), (finer, "does not lie on the voxels"),
        (oblique, "does not lie on the voxels"), (outside, "does not lie on the voxels"),
        (thicker, "stand 4 mm apart"), (labelled_alike, "a label of its own"),
        (undescribed, "a segment for each"), (label_map, "SegmentationType LABELMAP"),
        (unplaced, "NumberOfFrames 8, .* says of 7"), (of_16_bits, "type uint16"),
    ],
)  # fmt: skip
def test_what_does_not_fit_the_ct_is_refused(
    written: Path, series: CtSeries, edited: Edit, change: Callable[[Dataset], object], said: str
) -> None:
    with pytest.raises(StructureError, match=said):
        read_segmentation(edited(written, change), series)


@pytest.mark.parametrize(
    "keyword", ["PerFrameFunctionalGroupsSequence", "SegmentSequence", "PixelData", "Rows"]
)
def test_an_incomplete_file_is_refused_in_a_sentence(
    written: Path, series: CtSeries, edited: Edit, keyword: str
) -> None:
    with pytest.raises(InputError, match="expected"):
        read_segmentation(edited(written, lambda dataset: delattr(dataset, keyword)), series)


def test_fewer_pixels_than_frames_are_refused(written: Path, series: CtSeries, edited: Edit) -> None:
    def short(dataset: Dataset) -> None:
        dataset.PixelData = dataset.PixelData[:-200]

    with pytest.raises(InputError, match="expected"):
        read_segmentation(edited(written, short), series)


def test_a_cut_file_and_another_object_are_refused(written: Path, series: CtSeries, tmp_path: Path) -> None:
    (tmp_path / "cut.dcm").write_bytes(written.read_bytes()[:-200])
    for path in (tmp_path / "cut.dcm", next((tmp_path / "ct").iterdir()), tmp_path / "absent.dcm"):
        with pytest.raises(InputError, match="expected"):
            read_segmentation(path, series)


def test_what_cannot_be_written_is_refused(tmp_path: Path, series: CtSeries, box: Box) -> None:
    path, images = tmp_path / "seg.dcm", sorted((tmp_path / "ct").iterdir())
    dot = np.array([[0.1, 0.1], [0.2, 0.1], [0.2, 0.2]])
    tiny = Structure("dot", (PlanarContour(110.0, dot),), 2.0)
    for structures, types in (([], []), ([box(), box()], ["GTV"] * 2), ([box()], []), ([tiny], ["GTV"])):
        with pytest.raises(StructureError, match="expected"):
            write_segmentation(structures, series, path, series.identity, types=types, source_images=images)
    with pytest.raises(StructureError, match="outside the image"):
        write_segmentation(
            [box(half=40.0)], series, path, series.identity, types=["GTV"], source_images=images
        )
    with pytest.raises(ImageError, match="1 of 20 CT slices"):
        write_segmentation([box()], series, path, series.identity, types=["GTV"], source_images=images[1:])
    assert not path.exists()
