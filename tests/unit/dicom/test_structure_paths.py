"""Needles and seeds in a structure set: written, and recovered by position and name."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset, dcmread

from seedbed.dicom import CtSeries, read_structures, write_structures
from seedbed.dicom.structure_paths import read_structure_paths
from seedbed.errors import InputError, StructureError
from seedbed.geometry import Structure
from seedbed.implant import Needle, SeedImplant

Edit = Callable[[Path, Callable[[Dataset], object]], Path]
NEEDLES = (
    Needle("N1", (-3.123456789, 4.0, 139.9), (0.0, 0.5, 104.00004)),
    Needle("针 2", (5.0, -80.25, 111.0), (5.0, 12.0, 111.0)),
)
IMPLANT = SeedImplant(
    "6711", np.array([[0.1, 0.2, 108.3], [-7.0, 1e-9, 112.0], [5.0, 5.0, 111.0]]), None, np.full(3, 0.6),
    NEEDLES, np.array([0, 0, 1]),
)  # fmt: skip


@pytest.fixture
def written(tmp_path: Path, series: CtSeries, box: Callable[..., Structure]) -> Path:
    path = tmp_path / "rs.dcm"
    write_structures([box("GTV")], series, path, series.identity, types=["GTV"], implant=IMPLANT)
    return path


def test_needles_and_seeds_come_back(written: Path, series: CtSeries) -> None:
    found = read_structure_paths(written, series.identity.frame_uid)
    assert [needle.name for needle in found.needles] == ["N1", "针 2"]
    for one, other in zip(found.needles, NEEDLES, strict=True):
        np.testing.assert_allclose(one.entry_mm, other.entry_mm, atol=1e-4)
        np.testing.assert_allclose(one.tip_mm, other.tip_mm, atol=1e-4)
    assert list(found.points_mm) == ["Seeds"]
    np.testing.assert_allclose(found.points_mm["Seeds"], IMPLANT.positions_mm, atol=1e-4)


def test_the_volumes_beside_them_are_as_without(written: Path, series: CtSeries) -> None:
    assert {name: s.volume_mm3 for name, s in read_structures(written, series).items()} == {
        "GTV": pytest.approx(256 * 6)
    }


def test_the_file_says_what_each_is(written: Path, series: CtSeries) -> None:
    dataset = dcmread(written)
    assert [roi.ROINumber for roi in dataset.StructureSetROISequence] == [1, 2, 3, 4]
    types = [item.RTROIInterpretedType for item in dataset.RTROIObservationsSequence]
    assert types == ["GTV", "BRACHY_CHANNEL", "BRACHY_CHANNEL", "MARKER"]
    drawn = [item.ContourSequence for item in dataset.ROIContourSequence]
    assert {c.ContourGeometricType for c in drawn[1]} == {"OPEN_NONPLANAR"}
    assert [c.NumberOfContourPoints for c in drawn[3]] == [1, 1, 1]
    for contours in drawn:
        for contour in contours:
            assert len(contour.ContourData) == 3 * contour.NumberOfContourPoints
            assert max(len(str(value)) for value in contour.ContourData) <= 16


def test_a_seed_refers_to_the_slice_in_which_it_lies(written: Path, series: CtSeries) -> None:
    for contour in dcmread(written).ROIContourSequence[3].ContourSequence:
        uid = contour.ContourImageSequence[0].ReferencedSOPInstanceUID
        plane = series.plane_mm[series.instance_uids.index(uid)]
        assert abs(plane - float(contour.ContourData[2])) <= 1.0  # slices of 2 mm


def test_what_lies_beyond_the_slices_refers_to_none(
    tmp_path: Path, series: CtSeries, box: Callable[..., Structure]
) -> None:
    path = tmp_path / "rs.dcm"
    write_structures([box(z=(90.0, 110.0))], series, path, series.identity, types=["GTV"])
    below, inside = dcmread(path).ROIContourSequence[0].ContourSequence
    assert "ContourImageSequence" not in below
    assert "ContourImageSequence" in inside


def test_an_implant_makes_another_file_than_none(
    tmp_path: Path, series: CtSeries, box: Callable[..., Structure]
) -> None:
    uids = [
        write_structures(
            [box()], series, tmp_path / "rs.dcm", series.identity, types=["GTV"], implant=implant
        )
        for implant in (None, IMPLANT, IMPLANT.without_seed(0), IMPLANT)
    ]
    assert len(set(uids)) == 3
    assert uids[1] == uids[3]


@pytest.mark.parametrize("name", ["N1", "Seeds", "针 2"])
def test_a_structure_with_the_name_of_a_needle_or_of_the_seeds_is_refused(
    tmp_path: Path, series: CtSeries, box: Callable[..., Structure], name: str
) -> None:
    with pytest.raises(StructureError, match="names that differ"):
        write_structures(
            [box(name)], series, tmp_path / "rs.dcm", series.identity, types=["GTV"], implant=IMPLANT
        )
    assert not (tmp_path / "rs.dcm").exists()


def test_another_frame_of_reference_is_refused(written: Path) -> None:
    with pytest.raises(StructureError, match=r"that of the plan, 1\.2\.3"):
        read_structure_paths(written, "1.2.3", of="plan")


def bend(dataset: Dataset) -> None:
    contour = dataset.ROIContourSequence[1].ContourSequence[0]
    contour.ContourData, contour.NumberOfContourPoints = [0, 0, 100, 3, 0, 110, 0, 0, 120], 3


def shrink(dataset: Dataset) -> None:
    dataset.ROIContourSequence[1].ContourSequence[0].ContourData = [1, 2, 110, 1, 2, 110]


def double(dataset: Dataset) -> None:
    drawn = dataset.ROIContourSequence[1]
    drawn.ContourSequence = [*drawn.ContourSequence, *drawn.ContourSequence]


@pytest.mark.parametrize("change", [bend, shrink, double])
def test_a_needle_that_is_no_straight_line_is_refused(
    written: Path, series: CtSeries, edited: Edit, change: Callable[[Dataset], object]
) -> None:
    with pytest.raises(StructureError, match=r"'N1'.*one straight line"):
        read_structure_paths(edited(written, change), series.identity.frame_uid)


def test_a_count_of_points_that_is_wrong_is_refused(written: Path, series: CtSeries, edited: Edit) -> None:
    def lose(dataset: Dataset) -> None:
        dataset.ROIContourSequence[3].ContourSequence[1].ContourData = [1.0, 2.0]

    with pytest.raises(InputError, match="ContourData"):
        read_structure_paths(edited(written, lose), series.identity.frame_uid)


def test_lines_of_another_kind_are_no_needles(written: Path, series: CtSeries, edited: Edit) -> None:
    def retype(dataset: Dataset) -> None:
        dataset.RTROIObservationsSequence[1].RTROIInterpretedType = "MARKER"

    found = read_structure_paths(edited(written, retype), series.identity.frame_uid)
    assert [needle.name for needle in found.needles] == ["针 2"]


def test_a_line_that_is_no_needle_by_its_kind_is_named(written: Path, series: CtSeries, edited: Edit) -> None:
    def forget(dataset: Dataset) -> None:
        dataset.RTROIObservationsSequence[1].RTROIInterpretedType = ""

    found = read_structure_paths(edited(written, forget), series.identity.frame_uid)
    assert [needle.name for needle in found.needles] == ["针 2"]
    assert found.others == ("N1",)


@pytest.mark.parametrize("keyword", ["ROIName", "ContourGeometricType"])
def test_a_line_without_a_name_or_a_type_is_refused(
    written: Path, series: CtSeries, edited: Edit, keyword: str
) -> None:
    def blank(dataset: Dataset) -> None:
        line = dataset.ROIContourSequence[1].ContourSequence[0]
        setattr(line if keyword in line else dataset.StructureSetROISequence[1], keyword, "")

    with pytest.raises(InputError, match=keyword):
        read_structure_paths(edited(written, blank), series.identity.frame_uid)


def test_a_line_of_a_structure_that_is_not_listed_is_refused(
    written: Path, series: CtSeries, edited: Edit
) -> None:
    def unlist(dataset: Dataset) -> None:
        del dataset.StructureSetROISequence[1]

    with pytest.raises(StructureError, match="StructureSetROISequence does not list"):
        read_structure_paths(edited(written, unlist), series.identity.frame_uid)
