"""Structure sets as other systems write them: what is read, what is passed over, and what the notes say."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset, dcmread

from seedbed.dicom import CtSeries, read_structure_set_header, read_structures, write_structures
from seedbed.dicom.structures import read_structure_file
from seedbed.errors import StructureError
from seedbed.geometry import PlanarContour, Structure

Edit = Callable[[Path, Callable[[Dataset], object]], Path]
Box = Callable[..., Structure]


@pytest.fixture
def written(tmp_path: Path, series: CtSeries, box: Box) -> Path:
    path = tmp_path / "structures.dcm"
    made = [box("GTVp"), box("Trachea", z=(106.0, 108.0), half=4.0)]
    write_structures(made, series, path, series.identity, types=["GTV", "ORGAN"])
    return path


def with_name(path: Path, name: bytes, sets: str | list[str] | None) -> Path:
    """Put the bytes of a name into a file, and what it declares."""
    dataset = dcmread(path)
    dataset.SpecificCharacterSet = "ISO_IR 100"
    dataset.StructureSetROISequence[0].ROIName = name.decode("latin-1")
    marker = path.with_suffix(".latin")
    dataset.save_as(marker)
    if sets is None:
        del dataset.SpecificCharacterSet
    else:
        dataset.StructureSetROISequence[0].ROIName = "@" * len(name)
        dataset.SpecificCharacterSet = sets
    dataset.save_as(path)
    raw = path.read_bytes()
    path.write_bytes(raw if sets is None else raw.replace(b"@" * len(name), name))
    assert name in path.read_bytes()
    return path


@pytest.mark.parametrize(
    ("name", "sets", "expected", "note"),
    [
        (b"\xbc\xd7\xd7\xb4\xcf\xd9GTV ", "GB18030", "甲状腺GTV", None),
        (b"\xbc\xd7\xd7\xb4\xcf\xd9GTV ", "GBK", "甲状腺GTV", None),
        (b"\x1b$)A\xbc\xd7\xd7\xb4", ["", "ISO 2022 IR 58"], "甲状", None),
        (b"\xe7\x94\xb2\xe7\x8a\xb6", "ISO_IR 192", "甲状", None),
        (b"\xbc\xd7\xd7\xb4\xcf\xd9", None, "甲状腺", "GB18030"),
        (b"\xbc\xd7\xd7\xb4\xcf\xd9", "ISO_IR 192", "甲状腺", "GB18030"),
        (b"\xbc\xd7\xd7\xb4\xcf\xd9", "ISO_IR 100", "¼××´ÏÙ", "it would be '甲状腺'"),
    ],
)
def test_names_in_any_character_set(
    written: Path,
    series: CtSeries,
    name: bytes,
    sets: str | list[str] | None,
    expected: str,
    note: str | None,
) -> None:
    path = with_name(written, name, sets)
    found = read_structure_file(path, series)
    assert list(found.structures) == [expected, "Trachea"]
    header = read_structure_set_header(path)
    assert header.names == (expected, "Trachea")
    for notes in (found.notes, header.notes):
        assert len(notes) == (note is not None)
        assert note is None or note in notes[0]


def test_structures_without_contours_are_named_as_empty(
    written: Path, series: CtSeries, edited: Edit
) -> None:
    def empty(dataset: Dataset) -> None:
        dataset.ROIContourSequence[1].ContourSequence = []
        extra = Dataset()
        extra.ROINumber, extra.ROIName = 7, "PTV"
        extra.ReferencedFrameOfReferenceUID = series.identity.frame_uid
        dataset.StructureSetROISequence.append(extra)

    found = read_structure_file(edited(written, empty), series)
    assert (list(found.structures), found.empty, found.notes) == (["GTVp"], ("Trachea", "PTV"), ())


def test_points_and_lines_are_counted_in_a_note(written: Path, series: CtSeries, edited: Edit) -> None:
    def draw(dataset: Dataset) -> None:
        one, two = dataset.ROIContourSequence[0].ContourSequence[:2]
        one.ContourGeometricType, one.ContourData = "POINT", [0, 0, 110.0]
        two.ContourGeometricType = "OPEN_NONPLANAR"

    found = read_structure_file(edited(written, draw), series)
    (note,) = found.notes
    assert "'GTVp'" in note
    assert "1 OPEN_NONPLANAR, 1 POINT" in note
    assert found.structures["GTVp"].volume_mm3 == pytest.approx(256 * 2)
    assert found.empty == ()


def test_of_two_structures_of_one_name_the_empty_one_is_passed_over(
    written: Path, series: CtSeries, edited: Edit
) -> None:
    def rename(dataset: Dataset) -> None:
        dataset.StructureSetROISequence[1].ROIName = "GTVp"
        dataset.ROIContourSequence[1].ContourSequence = []

    found = read_structure_file(edited(written, rename), series)
    assert found.structures["GTVp"].volume_mm3 == pytest.approx(256 * 6)
    assert found.empty == ()
    assert "'GTVp' more than once" in found.notes[0]


def test_of_two_structures_of_one_name_with_contours_none_is_chosen(
    written: Path, series: CtSeries, edited: Edit
) -> None:
    def rename(dataset: Dataset) -> None:
        dataset.StructureSetROISequence[1].ROIName = "GTVp"

    with pytest.raises(StructureError, match="two structures named 'GTVp'"):
        read_structure_file(edited(written, rename), series)


def test_contours_between_the_slices_keep_their_place_and_volume(
    tmp_path: Path, series: CtSeries, box: Box
) -> None:
    between = box(z=(109.1, 111.1, 113.1))
    write_structures([between], series, tmp_path / "rs.dcm", series.identity, types=["GTV"])
    found = read_structures(tmp_path / "rs.dcm", series)["GTV"]
    assert sorted(found.regions) == pytest.approx([109.1, 111.1, 113.1])
    assert found.volume_mm3 == pytest.approx(256 * 6)
    share = found.coverage(series.volume.grid)
    assert share.sum() * 8.0 == pytest.approx(256 * 6, rel=0.01)


def test_a_keyhole_is_a_hole_and_any_direction_of_tracing_will_do(tmp_path: Path, series: CtSeries) -> None:
    outer = np.array([[-8.0, -8.0], [8.0, -8.0], [8.0, 8.0], [-8.0, 8.0], [-8.0, 0.0]])
    inner = np.array([[-3.0, 0.0], [-3.0, 3.0], [3.0, 3.0], [3.0, -3.0], [-3.0, -3.0], [-3.0, 0.0]])
    keyhole = np.vstack([outer, inner, outer[-1:]])
    made = [
        Structure(name, (PlanarContour(110.0, points),), 2.0)
        for name, points in (("one way", keyhole), ("other way", keyhole[::-1]))
    ]
    write_structures(made, series, tmp_path / "rs.dcm", series.identity, types=["ORGAN"] * 2)
    for found in read_structures(tmp_path / "rs.dcm", series).values():
        assert found.volume_mm3 == pytest.approx((256 - 36) * 2)


@pytest.mark.parametrize("axes", [(1, 2), (0, 2)])
def test_sagittal_and_coronal_contours_are_refused(
    written: Path, series: CtSeries, edited: Edit, axes: tuple[int, int]
) -> None:
    points = np.tile([0.0, 0.0, 110.0], (4, 1))
    points[:, axes[0]] += [0, 9, 9, 0]
    points[:, axes[1]] += [0, 0, 9, 9]

    def turn(dataset: Dataset) -> None:
        dataset.ROIContourSequence[0].ContourSequence[0].ContourData = points.ravel().tolist()

    with pytest.raises(StructureError, match="from foot to head; expected contours that lie in axial"):
        read_structures(edited(written, turn), series)


@pytest.mark.parametrize("kind", ["", "CLOSED", "POLYGON"])
def test_a_contour_of_an_unknown_type_is_not_left_out_in_silence(
    written: Path, series: CtSeries, edited: Edit, kind: str
) -> None:
    def damage(dataset: Dataset) -> None:
        dataset.ROIContourSequence[0].ContourSequence[0].ContourGeometricType = kind

    with pytest.raises(StructureError, match=r"ContourGeometricType .*; expected one of CLOSED_PLANAR"):
        read_structures(edited(written, damage), series)


@pytest.mark.parametrize("kept", [6, 9])
def test_a_contour_that_lost_points_is_refused(
    written: Path, series: CtSeries, edited: Edit, kept: int
) -> None:
    def cut(dataset: Dataset) -> None:
        contour = dataset.ROIContourSequence[0].ContourSequence[0]
        contour.ContourData = contour.ContourData[:kept]

    with pytest.raises(StructureError, match=f"NumberOfContourPoints 4 and {kept} numbers"):
        read_structures(edited(written, cut), series)
