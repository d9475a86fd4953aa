"""Which images a written segmentation names, and how highdicom reads it, for slices in any orientation."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset, dcmread
from pydicom.uid import CTImageStorage

from seedbed.dicom import CtSeries, Identity, read_ct_series
from seedbed.dicom.segmentation_writing import write_segmentation
from seedbed.dicom.segmentations import read_segmentation
from seedbed.errors import StructureError
from seedbed.geometry import PlanarContour, Structure
from seedbed.geometry.masks import structure_mask
from seedbed.imaging import CtVolume

Box = Callable[..., Structure]
Slices = Callable[..., list[Dataset]]
PRONE, SAGITTAL = ((-1, 0, 0), (0, -1, 0)), ((0, 1, 0), (0, 0, -1))


@contextmanager
def quietly() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def in_marked_volume() -> list[Structure]:
    """Two boxes on the planes of the marked volume: one on three of them, one on the last."""
    square = np.array([[-8.0, 22.0], [-2.0, 22.0], [-2.0, 27.0], [-8.0, 27.0]])
    low = tuple(PlanarContour(z, square) for z in (-297.75, -295.25, -292.75))
    return [Structure("low", low, 2.5), Structure("top", (PlanarContour(-287.75, square + 1.7),), 2.5)]


@pytest.fixture
def write(tmp_path: Path, slices: Slices, save: Callable[..., Path], volume: CtVolume) -> Callable[..., Any]:
    """Write slices of the marked volume, read them, write structures on them."""

    def made(row: Any = (1, 0, 0), column: Any = (0, 1, 0), **changes: Any) -> tuple[CtSeries, Path]:
        images = slices(volume, row, column)
        for image in images:
            for keyword, value in changes.items():
                setattr(image, keyword, value)
        save(images, tmp_path / "ct")
        (tmp_path / "ct" / "readme.txt").write_text("no DICOM")
        ct = read_ct_series(tmp_path / "ct")
        path = tmp_path / "seg.dcm"
        write_segmentation(
            in_marked_volume(), ct, path, ct.identity,
            types=["GTV", "ORGAN"], source_images=(tmp_path / "ct").iterdir(),
        )  # fmt: skip
        return ct, path

    return made


@pytest.mark.parametrize("turn", [((1, 0, 0), (0, 1, 0)), PRONE, SAGITTAL])
def test_highdicom_reads_the_masks_where_they_lie(write: Callable[..., Any], turn: Any) -> None:
    from highdicom.seg import segread

    ct, path = write(*turn)
    grid = ct.volume.grid
    with quietly():
        read = segread(path)
        with closing(read._db_con):  # highdicom leaves its index open
            found = read.get_volume(combine_segments=False, rescale_fractional=False)
    masks = np.stack([structure_mask(structure, grid) for structure in in_marked_volume()], axis=-1)
    places = np.moveaxis(np.indices(found.array.shape[:3]), 0, -1).reshape(-1, 3)
    index = np.rint(grid.indices(found.map_indices_to_reference(places))).astype(int)
    np.testing.assert_array_equal(masks[tuple(index.T)], found.array.reshape(-1, 2))
    assert found.array.sum() == masks.sum()
    assert found.frame_of_reference_uid == ct.identity.frame_uid


@pytest.mark.parametrize("turn", [((1, 0, 0), (0, 1, 0)), PRONE, SAGITTAL])
def test_it_comes_back_on_a_ct_in_any_orientation(write: Callable[..., Any], turn: Any) -> None:
    ct, path = write(*turn)
    found = read_segmentation(path, ct)
    for structure in in_marked_volume():
        again = structure_mask(found[structure.name], ct.volume.grid)
        np.testing.assert_array_equal(again, structure_mask(structure, ct.volume.grid))


@pytest.mark.parametrize(("turn", "said"), [(((1, 0, 0), (0, 1, 0)), "YES"), (PRONE, None)])
def test_each_frame_of_axial_slices_names_the_image_of_its_plane(
    write: Callable[..., Any], tmp_path: Path, turn: Any, said: str | None
) -> None:
    """Pixels lie where those of the image do only if rows and columns run the same way (PS3.3 Table 10-3)."""
    _, path = write(*turn)
    z = {
        image.SOPInstanceUID: float(image.ImagePositionPatient[2])
        for image in map(dcmread, (tmp_path / "ct").glob("I*"))
    }
    for groups in dcmread(path).PerFrameFunctionalGroupsSequence:
        (source,) = groups.DerivationImageSequence[0].SourceImageSequence
        place = groups.PlanePositionSequence[0].ImagePositionPatient
        assert z[source.ReferencedSOPInstanceUID] == pytest.approx(float(place[2]))
        assert source.get("SpatialLocationsPreserved") == said


def test_frames_across_the_slices_name_all_images_together(write: Callable[..., Any]) -> None:
    ct, path = write(*SAGITTAL)
    dataset = dcmread(path)
    (derivation,) = dataset.SharedFunctionalGroupsSequence[0].DerivationImageSequence
    named = [source.ReferencedSOPInstanceUID for source in derivation.SourceImageSequence]
    assert sorted(named) == sorted(ct.instance_uids)
    assert not any("DerivationImageSequence" in each for each in dataset.PerFrameFunctionalGroupsSequence)


def test_frames_are_indexed_by_segment_and_plane_from_one_on(write: Callable[..., Any]) -> None:
    """PS3.3 C.7.6.17: the planes that are shown are counted, from feet to head."""
    _, path = write()
    groups = dcmread(path).PerFrameFunctionalGroupsSequence
    found = [list(each.FrameContentSequence[0].DimensionIndexValues) for each in groups]
    assert found == [[1, 1], [1, 2], [1, 3], [2, 4]]


def test_a_loss_of_the_images_is_told(write: Callable[..., Any]) -> None:
    """PS3.3 C.7.6.1.1.5: once an image has lost something, so has what is derived from it."""
    _, path = write(LossyImageCompression="01", LossyImageCompressionRatio=12)
    dataset = dcmread(path)
    assert (dataset.LossyImageCompression, dataset.LossyImageCompressionRatio) == ("01", 12)
    assert "LossyImageCompressionMethod" not in dataset


def test_images_of_another_study_are_named_as_such(
    tmp_path: Path, series: CtSeries, box: Box, identity: Callable[..., Identity]
) -> None:
    path, other = tmp_path / "seg.dcm", identity(study_uid="1.2.3.4")
    write_segmentation([box()], series, path, other, types=["GTV"], source_images=(tmp_path / "ct").iterdir())
    dataset = dcmread(path)
    (study,) = dataset.StudiesContainingOtherReferencedInstancesSequence
    assert study.StudyInstanceUID == series.identity.study_uid
    listed = study.ReferencedSeriesSequence[0].ReferencedInstanceSequence
    assert [(each.ReferencedSOPClassUID, each.ReferencedSOPInstanceUID) for each in listed] == [
        (CTImageStorage, uid) for uid in series.instance_uids
    ]
    assert "ReferencedSeriesSequence" not in dataset


def test_other_content_is_another_object(tmp_path: Path, series: CtSeries, box: Box) -> None:
    images = list((tmp_path / "ct").iterdir())
    uids = {
        write_segmentation(
            [structure], series, tmp_path / "seg.dcm", series.identity, types=[kind], source_images=images
        )
        for structure, kind in (
            (box(), "GTV"), (box(), "CTV"), (box("CTV"), "GTV"), (box(half=6.0), "GTV"),
            (box(z=(112.0, 114.0, 116.0)), "GTV"),
        )
    }  # fmt: skip
    assert len(uids) == 5


def test_a_structure_without_name_or_voxel_is_refused_and_not_left_out(
    tmp_path: Path, series: CtSeries, box: Box
) -> None:
    """An organ that is missing in silence would be taken as spared."""
    dot = np.array([[0.1, 0.1], [0.2, 0.1], [0.2, 0.2]])
    tiny = Structure("dot", (PlanarContour(110.0, dot),), 2.0)
    for wrong, said in ((tiny, "'dot' .* holds no voxel centre"), (box(""), "of different names")):
        with pytest.raises(StructureError, match=said):
            write_segmentation(
                [box(), wrong], series, tmp_path / "seg.dcm", series.identity,
                types=["GTV", "ORGAN"], source_images=(tmp_path / "ct").iterdir(),
            )  # fmt: skip
    assert not (tmp_path / "seg.dcm").exists()
