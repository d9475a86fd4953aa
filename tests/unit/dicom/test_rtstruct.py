from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset, dcmread

from seedbed.dicom import (
    CtSeries,
    check_inside,
    choose,
    read_structure_set_header,
    read_structures,
    read_structures_of,
    write_structures,
)
from seedbed.errors import InputError, StructureError
from seedbed.geometry import PlanarContour, Structure

Box = Callable[..., Structure]
Edit = Callable[[Path, Callable[[Dataset], object]], Path]


@pytest.fixture
def written(tmp_path: Path, series: CtSeries, box: Box) -> Path:
    path = tmp_path / "structures.dcm"
    made = [box("GTVp"), box("Trachea", z=(106.0, 108.0), half=4.0)]
    write_structures(made, series, path, series.identity, types=["GTV", "ORGAN"])
    return path


def contour(dataset: Dataset, roi: int = 0, number: int = 0) -> Dataset:
    return dataset.ROIContourSequence[roi].ContourSequence[number]  # type: ignore[no-any-return]


def noisy_circle(radius: float, seed: int) -> np.ndarray:
    angle = 2 * np.pi * np.arange(90) / 90
    r = radius * (1 + 0.1 * np.random.default_rng(seed).random(90))
    return np.stack([r * np.cos(angle), r * np.sin(angle)], axis=1)


def test_volume_and_name_come_back(tmp_path: Path, series: CtSeries) -> None:
    contours = tuple(PlanarContour(102.0 + 2 * k, noisy_circle(10 + k, k)) for k in range(6))
    made = Structure("甲状腺癌 GTV+5", contours, 2.0)
    write_structures([made], series, tmp_path / "rs.dcm", series.identity, types=["GTV"])
    (found,) = read_structures(tmp_path / "rs.dcm", series).values()
    assert found.name == made.name
    assert found.volume_mm3 == pytest.approx(made.volume_mm3, rel=1e-4)
    for old, new in zip(made.contours, found.contours, strict=True):
        np.testing.assert_allclose(new.points_mm, old.points_mm, atol=1e-4)
        assert new.z_mm == pytest.approx(old.z_mm)


def test_a_hole_stays_a_hole(tmp_path: Path, series: CtSeries, box: Box) -> None:
    outer, inner = box(), box(half=3.0)
    made = Structure("ring", outer.contours + inner.contours, 2.0)
    write_structures([made], series, tmp_path / "rs.dcm", series.identity, types=["ORGAN"])
    found = read_structures(tmp_path / "rs.dcm", series)["ring"]
    assert found.volume_mm3 == pytest.approx((256 - 36) * 6)


def test_each_contour_refers_to_the_slice_of_its_plane(written: Path, series: CtSeries) -> None:
    item = contour(dcmread(written))
    uid = item.ContourImageSequence[0].ReferencedSOPInstanceUID
    assert series.plane_mm[series.instance_uids.index(uid)] == pytest.approx(float(item.ContourData[2]))


def test_wrong_image_references_do_no_harm(written: Path, series: CtSeries, edited: Edit) -> None:
    def spoil(dataset: Dataset) -> None:
        contour(dataset).ContourImageSequence[0].ReferencedSOPInstanceUID = "1.2.3"

    assert set(read_structures(edited(written, spoil), series)) == {"GTVp", "Trachea"}


def test_another_frame_of_reference_is_refused(written: Path, series: CtSeries, edited: Edit) -> None:
    def move(dataset: Dataset) -> None:
        dataset.StructureSetROISequence[1].ReferencedFrameOfReferenceUID = "1.2.3.4"

    with pytest.raises(StructureError, match=r"'Trachea'.*1\.2\.3\.4"):
        read_structures(edited(written, move), series)


def test_the_frame_is_known_from_the_header_where_a_roi_names_none(
    written: Path, series: CtSeries, edited: Edit
) -> None:
    def move(dataset: Dataset) -> None:
        for roi in dataset.StructureSetROISequence:
            roi.ReferencedFrameOfReferenceUID = ""
        dataset.ReferencedFrameOfReferenceSequence[0].FrameOfReferenceUID = "1.2.3.4"
        dataset.FrameOfReferenceUID = "1.2.3.4"

    with pytest.raises(StructureError, match=r"1\.2\.3\.4"):
        read_structures(edited(written, move), series)


@pytest.mark.parametrize(("asked", "meant"), [("GTV", "GTVp"), ("Trachae", "Trachea"), ("gtvp", "GTVp")])
def test_an_unknown_name_lists_all_names_and_guesses(
    written: Path, series: CtSeries, asked: str, meant: str
) -> None:
    with pytest.raises(StructureError, match=f"'GTVp', 'Trachea'.*did you mean '{meant}'"):
        choose(read_structures(written, series), asked)


def test_a_known_name_is_chosen(written: Path, series: CtSeries) -> None:
    assert choose(read_structures(written, series), "Trachea").name == "Trachea"


def test_structures_without_closed_contours_are_left_out(
    written: Path, series: CtSeries, edited: Edit
) -> None:
    def point(dataset: Dataset) -> None:
        for item in dataset.ROIContourSequence[0].ContourSequence:
            item.ContourGeometricType = "POINT"
            item.ContourData, item.NumberOfContourPoints = item.ContourData[:3], 1
        del dataset.ROIContourSequence[1].ContourSequence

    assert read_structures(edited(written, point), series) == {}
    with pytest.raises(StructureError, match="none"):
        choose({}, "GTVp")


def test_a_point_among_contours_is_ignored(written: Path, series: CtSeries, edited: Edit) -> None:
    def point(dataset: Dataset) -> None:
        item = contour(dataset, 0, 2)
        item.ContourGeometricType, item.ContourData = "POINT", [0, 0, 130.0]

    assert read_structures(edited(written, point), series)["GTVp"].volume_mm3 == pytest.approx(256 * 4)


def test_contours_joined_by_exclusive_or_are_read(written: Path, series: CtSeries, edited: Edit) -> None:
    # PS3.3 C.8.8.6.3: CLOSEDPLANAR_XOR, since 2019, for holes.
    def mark(dataset: Dataset) -> None:
        for item in dataset.ROIContourSequence[0].ContourSequence:
            item.ContourGeometricType = "CLOSEDPLANAR_XOR"

    assert read_structures(edited(written, mark), series)["GTVp"].volume_mm3 == pytest.approx(256 * 6)


def test_two_structures_of_one_name_are_refused(written: Path, series: CtSeries, edited: Edit) -> None:
    def rename(dataset: Dataset) -> None:
        dataset.StructureSetROISequence[1].ROIName = "GTVp"

    with pytest.raises(StructureError, match="two structures named 'GTVp'"):
        read_structures(edited(written, rename), series)


def test_two_structures_of_one_number_are_not_mixed_up(written: Path, series: CtSeries, edited: Edit) -> None:
    def renumber(dataset: Dataset) -> None:
        dataset.StructureSetROISequence[1].ROINumber = 1
        dataset.ROIContourSequence[1].ReferencedROINumber = 1

    with pytest.raises(InputError, match="expected"):
        read_structures(edited(written, renumber), series)


def test_contours_across_planes_are_refused(written: Path, series: CtSeries, edited: Edit) -> None:
    def lean(dataset: Dataset) -> None:
        contour(dataset).ContourData = [0, 0, 110, 10, 0, 110, 10, 0, 120, 0, 0, 120]

    with pytest.raises(StructureError, match="axial"):
        read_structures(edited(written, lean), series)


def test_contours_outside_the_image_are_refused(series: CtSeries, box: Box) -> None:
    check_inside(box(), series)
    check_inside(box(half=29.9), series)
    for outside in (box(half=33.0), box(z=(110.0, 150.0)), box(z=(90.0, 92.0))):
        with pytest.raises(StructureError, match="outside the image"):
            check_inside(outside, series)


def with_contours(dataset: Dataset, contours: list[list[float]]) -> None:
    items = []
    for data in contours:
        item = Dataset()
        item.ContourGeometricType, item.ContourData = "CLOSED_PLANAR", data
        item.NumberOfContourPoints = len(data) // 3
        items.append(item)
    dataset.ROIContourSequence[0].ContourSequence = items


def square_at(x: float, z: float, side: float = 4.0) -> list[float]:
    return [x, 0, z, x + side, 0, z, x + side, side, z, x, side, z]


@pytest.mark.parametrize("noise", [1e-6, 4e-4, 6e-4, 0.02])
def test_two_contours_of_one_slice_are_one_plane_although_written_with_noise(
    written: Path, series: CtSeries, edited: Edit, noise: float
) -> None:
    planes = [square_at(x, z + shift) for z in (110.0, 112.0, 114.0) for x, shift in ((0, 0), (9, noise))]
    found = read_structures(edited(written, lambda d: with_contours(d, planes)), series)["GTVp"]
    assert found.volume_mm3 == pytest.approx(2 * 16 * 6, rel=0.02)


def test_two_nodes_of_one_slice_each_do_not_grow_together(
    written: Path, series: CtSeries, edited: Edit
) -> None:
    planes = [square_at(0, 104.0), square_at(0, 130.0)]
    found = read_structures(edited(written, lambda d: with_contours(d, planes)), series)["GTVp"]
    assert found.volume_mm3 == pytest.approx(2 * 16 * 2.0)  # two slices of 2 mm


def test_contours_on_every_second_slice_are_bridged(written: Path, series: CtSeries, edited: Edit) -> None:
    planes = [square_at(0, z) for z in (104.0, 108.0, 112.0)]
    found = read_structures(edited(written, lambda d: with_contours(d, planes)), series)["GTVp"]
    assert 16 * 10 <= found.volume_mm3 <= 16 * 12  # with the caps of 1 or 2 mm


@pytest.mark.parametrize("reverse", [False, True])
def test_a_contour_exported_twice_counts_once(
    written: Path, series: CtSeries, edited: Edit, reverse: bool
) -> None:
    once = square_at(0, 110.0)
    corners = [once[k : k + 3] for k in range(0, 12, 3)]
    again = [value for corner in (corners[::-1] if reverse else corners) for value in corner]
    found = read_structures(edited(written, lambda d: with_contours(d, [once, again])), series)["GTVp"]
    assert found.volume_mm3 == pytest.approx(16 * 2)


def test_a_long_name_and_a_backslash_come_back_or_are_refused(
    tmp_path: Path, series: CtSeries, box: Box
) -> None:
    for name in ("G" * 80, "GTV\\node", "GTV\tnode"):
        path = tmp_path / "rs.dcm"
        try:
            write_structures([box(name)], series, path, series.identity, types=["GTV"])
        except InputError:
            continue
        assert next(iter(read_structures(path, series))) in (name, name[:64])


def test_without_a_ct_the_slice_distance_is_the_usual_one_of_the_planes(
    written: Path, series: CtSeries
) -> None:
    frame = series.identity.frame_uid
    for found in (read_structures_of(written, frame), read_structures_of(written, frame, 2.0)):
        with_ct = read_structures(written, series)
        assert list(found) == list(with_ct)
        for name, structure in found.items():
            assert structure.volume_mm3 == pytest.approx(with_ct[name].volume_mm3)
            assert structure.kind == with_ct[name].kind


def test_a_single_plane_gets_the_thickness_of_the_other_structures(
    written: Path, series: CtSeries, edited: Edit
) -> None:
    def thin(dataset: Dataset) -> None:
        trachea = dataset.ROIContourSequence[1]
        trachea.ContourSequence = trachea.ContourSequence[:1]

    found = read_structures_of(edited(written, thin), series.identity.frame_uid)
    assert found["Trachea"].volume_mm3 == pytest.approx(8 * 8 * 2.0)


def test_without_a_ct_planes_and_frame_are_needed(written: Path, series: CtSeries, edited: Edit) -> None:
    for frame in ("9.8.7", ""):
        with pytest.raises(StructureError, match="that of the dose"):
            read_structures_of(written, frame)

    def flat(dataset: Dataset) -> None:
        for drawn in dataset.ROIContourSequence:
            drawn.ContourSequence = drawn.ContourSequence[:1]

    with pytest.raises(StructureError, match="two planes"):
        read_structures_of(edited(written, flat), series.identity.frame_uid)


def test_the_header_names_all_structures_and_the_frame(written: Path, series: CtSeries, edited: Edit) -> None:
    def empty(dataset: Dataset) -> None:
        del dataset.ROIContourSequence[1]

    found = read_structure_set_header(edited(written, empty))
    assert found.names == ("GTVp", "Trachea")
    assert found.frame_uid == series.identity.frame_uid
    assert found.uid == dcmread(written).SOPInstanceUID


def delete(keyword: str) -> Callable[[Dataset], object]:
    return lambda dataset: delattr(contour(dataset), keyword)


BROKEN: dict[str, Callable[[Dataset], object]] = {
    "no contour data": delete("ContourData"),
    "contour data of two and a half points": lambda d: setattr(
        contour(d), "ContourData", [1, 2, 3] * 3 + [1]
    ),
    "a structure without a number": lambda d: delattr(d.StructureSetROISequence[0], "ROINumber"),
    "a structure without a name": lambda d: delattr(d.StructureSetROISequence[0], "ROIName"),
    "contours of no structure": lambda d: delattr(d.ROIContourSequence[0], "ReferencedROINumber"),
}


@pytest.mark.parametrize("change", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_structure_set_is_refused_in_a_sentence(
    written: Path, series: CtSeries, edited: Edit, change: Callable[[Dataset], object]
) -> None:
    with pytest.raises(InputError, match="expected"):
        read_structures(edited(written, change), series)


def test_an_empty_structure_set_holds_nothing(written: Path, series: CtSeries, edited: Edit) -> None:
    def empty(dataset: Dataset) -> None:
        dataset.StructureSetROISequence, dataset.ROIContourSequence = [], []

    assert read_structures(edited(written, empty), series) == {}


def test_what_is_no_structure_set_is_refused(tmp_path: Path, series: CtSeries, written: Path) -> None:
    text = tmp_path / "note.txt"
    text.write_text("x" * 300)
    (tmp_path / "cut.dcm").write_bytes(written.read_bytes()[: written.stat().st_size * 7 // 10])
    ct = next((tmp_path / "ct").iterdir())
    for path in (text, tmp_path, tmp_path / "absent.dcm", ct, tmp_path / "cut.dcm"):
        with pytest.raises(InputError, match="expected"):
            read_structures(path, series)
