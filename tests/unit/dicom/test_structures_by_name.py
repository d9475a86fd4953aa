"""Structures asked for by name are read, whatever the others of the file are like."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydicom import Dataset

from seedbed.dicom import CtSeries, choose, read_structures_of, write_structures
from seedbed.errors import InputError, StructureError
from seedbed.geometry import Structure

Edit = Callable[[Path, Callable[[Dataset], object]], Path]


@pytest.fixture
def written(tmp_path: Path, series: CtSeries, box: Callable[..., Structure]) -> Path:
    path = tmp_path / "structures.dcm"
    made = [box("GTVp"), box("Trachea", z=(106.0, 108.0), half=4.0)]
    write_structures(made, series, path, series.identity, types=["GTV", "ORGAN"])
    return path


def second(dataset: Dataset) -> Dataset:
    return dataset.StructureSetROISequence[1]  # type: ignore[no-any-return]


OTHERS: dict[str, Callable[[Dataset], object]] = {
    "another frame": lambda d: setattr(second(d), "ReferencedFrameOfReferenceUID", "1.2.3.4"),
    "an empty name": lambda d: setattr(second(d), "ROIName", ""),
    "no number": lambda d: delattr(second(d), "ROINumber"),
    "broken contours": lambda d: delattr(d.ROIContourSequence[1].ContourSequence[0], "ContourData"),
    "contours of no structure": lambda d: d.StructureSetROISequence.pop(),
}


@pytest.mark.parametrize("change", OTHERS.values(), ids=OTHERS.keys())
def test_another_structure_does_no_harm(
    written: Path, series: CtSeries, edited: Edit, change: Callable[[Dataset], object]
) -> None:
    frame = series.identity.frame_uid
    path = edited(written, change)
    with pytest.raises(InputError, match="expected"):
        read_structures_of(path, frame)
    found = read_structures_of(path, frame, names=["GTVp"])
    assert list(found) == ["GTVp"]
    assert found["GTVp"].volume_mm3 == pytest.approx(256 * 6)  # a square of 16 mm on three planes
    assert found["GTVp"].kind == "GTV"


def test_the_slice_distance_does_not_depend_on_what_is_asked_for(
    written: Path, series: CtSeries, edited: Edit
) -> None:
    def thin(dataset: Dataset) -> None:
        trachea = dataset.ROIContourSequence[1]
        trachea.ContourSequence = trachea.ContourSequence[:1]

    found = read_structures_of(edited(written, thin), series.identity.frame_uid, names={"Trachea"})
    assert found["Trachea"].volume_mm3 == pytest.approx(8 * 8 * 2.0)


def test_a_name_that_is_not_there_is_refused_with_those_that_are(written: Path, series: CtSeries) -> None:
    with pytest.raises(StructureError, match=r"'GTVp', 'Trachea'.*did you mean 'Trachea'"):
        read_structures_of(written, series.identity.frame_uid, names=["Trachae"])


@pytest.mark.parametrize("of", ["plan", "dose"])
def test_the_sentence_says_what_the_frame_is_of(written: Path, of: str) -> None:
    with pytest.raises(StructureError, match=f"that of the {of}, 9.8.7; choose the {of}"):
        read_structures_of(written, "9.8.7", of=of)


def test_contours_without_area_are_refused_for_that(written: Path, series: CtSeries, edited: Edit) -> None:
    def flatten(dataset: Dataset) -> None:
        for contour in dataset.ROIContourSequence[1].ContourSequence:
            data = [float(value) for value in contour.ContourData]
            data[1::3] = [0.0] * (len(data) // 3)
            contour.ContourData = data

    frame = series.identity.frame_uid
    path = edited(written, flatten)
    with pytest.raises(StructureError, match="'Trachea' have no area"):
        read_structures_of(path, frame, names=["Trachea"])
    with pytest.raises(StructureError, match="'Trachea' have no area"):
        choose(read_structures_of(path, frame), "Trachea")
    assert choose(read_structures_of(path, frame), "GTVp").name == "GTVp"
