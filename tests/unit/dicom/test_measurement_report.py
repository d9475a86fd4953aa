"""Lesion measurements as a structured report."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset, dcmread
from pydicom.sr.coding import Code
from pydicom.uid import RTStructureSetStorage, SegmentationStorage

from seedbed.dicom import CtSeries, Identity
from seedbed.dicom.measurement_reading import MeasuredLesion, read_measurements
from seedbed.dicom.measurement_report import Outlines, measure_lesion, write_measurements
from seedbed.errors import InputError, StructureError
from seedbed.geometry import Structure

NECK = Code("45048000", "SCT", "Neck")
SEGMENTATION = Outlines(SegmentationStorage, "1.2.3.4", "1.2.3.5")
Identities = Callable[..., Identity]
Box = Callable[..., Structure]


@pytest.fixture
def lesions(series: CtSeries, box: Box) -> list[MeasuredLesion]:
    """Two squares of 16 and 8 mm on three planes 2 mm apart."""
    return [
        measure_lesion(box("T1 靶区"), series, site=NECK),
        measure_lesion(box("T2", half=4.0, z=(120.0, 122.0)), series),
    ]


@pytest.fixture
def report(lesions: list[MeasuredLesion], series: CtSeries, tmp_path: Path, identity: Identities) -> Path:
    write_measurements(lesions, series, tmp_path / "sr.dcm", identity())
    return tmp_path / "sr.dcm"


def test_a_square_is_measured_in_mm_and_cc(lesions: list[MeasuredLesion], series: CtSeries) -> None:
    first, second = lesions
    assert first.longest_mm == pytest.approx(16 * 2**0.5)
    assert first.volume_cc == pytest.approx(16 * 16 * 6 / 1000)
    assert second.short_axis_mm == pytest.approx(8 * 2**0.5)
    assert second.volume_cc == pytest.approx(8 * 8 * 4 / 1000)
    assert first.tracking_uid != second.tracking_uid
    planes = dict(zip(series.instance_uids, series.plane_mm, strict=True))
    assert {110.0, 112.0, 114.0} <= {planes[uid] for uid in first.image_uids} <= {110.0, 112.0, 114.0, 116.0}
    assert first.long_axis_mm is not None
    ends = np.array(first.long_axis_mm)
    assert np.linalg.norm(ends[1] - ends[0]) == pytest.approx(16 * 2**0.5, abs=1e-3)


def test_a_lesion_has_the_same_uid_at_every_visit(series: CtSeries, box: Box) -> None:
    first, later = (measure_lesion(box("T1", half=half), series) for half in (8.0, 5.0))
    assert first.tracking_uid == later.tracking_uid


def tracking_uid(box: Structure, ct: CtSeries, **changes: str) -> str:
    return measure_lesion(box, replace(ct, identity=replace(ct.identity, **changes))).tracking_uid


def test_the_uid_of_a_lesion_does_not_depend_on_the_study(series: CtSeries, box: Box) -> None:
    later = {"study_uid": "1.2.3", "study_date": "20260501", "accession_number": "A7", "frame_uid": "1.2.4"}
    assert tracking_uid(box(), series, **later) == tracking_uid(box(), series)


@pytest.mark.parametrize("patient_id", ["P1", "", " "])
def test_lesions_of_two_people_have_different_uids(series: CtSeries, box: Box, patient_id: str) -> None:
    """Two hospitals may give one ID to two people."""
    others = [{}, {"patient_name": "Who^Else"}, {"patient_birth_date": "19600103"}, {"patient_sex": "M"}]
    uids = [tracking_uid(box(), series, patient_id=patient_id, **other) for other in others]
    assert len(set(uids)) == 4


def test_without_a_patient_id_two_studies_are_not_taken_as_one_patient(series: CtSeries, box: Box) -> None:
    nobody = {"patient_id": "", "patient_name": "", "patient_birth_date": "", "patient_sex": ""}
    uids = [tracking_uid(box(), series, **nobody, study_uid=study) for study in ("1.2.3", "1.2.4", "1.2.3")]
    assert uids[0] == uids[2] != uids[1]


def test_measurements_come_back(report: Path, lesions: list[MeasuredLesion]) -> None:
    found = read_measurements(report)
    assert len(found) == 2
    for own, back in zip(lesions, found, strict=True):
        assert (back.name, back.tracking_uid, back.site, back.image_uids) == (
            own.name, own.tracking_uid, own.site, own.image_uids,
        )  # fmt: skip
        numbers = ("longest_mm", "short_axis_mm", "volume_cc")
        assert [getattr(back, n) for n in numbers] == pytest.approx(
            [getattr(own, n) for n in numbers], rel=1e-12
        )
        np.testing.assert_allclose(back.long_axis_mm, own.long_axis_mm, atol=1e-3)


def test_what_was_not_measured_comes_back_as_none(
    lesions: list[MeasuredLesion], series: CtSeries, tmp_path: Path, identity: Identities
) -> None:
    node = replace(lesions[0], longest_mm=None, volume_cc=None, long_axis_mm=None)
    write_measurements([node], series, tmp_path / "sr.dcm", identity())
    (found,) = read_measurements(tmp_path / "sr.dcm")
    assert (found.longest_mm, found.volume_cc, found.long_axis_mm) == (None, None, None)
    assert found.short_axis_mm == pytest.approx(16 * 2**0.5)


def test_a_lesion_of_a_segmentation_refers_to_its_segment(
    lesions: list[MeasuredLesion], series: CtSeries, tmp_path: Path, identity: Identities
) -> None:
    segmented = [replace(lesion, segment=n) for n, lesion in enumerate(lesions, start=4)]
    write_measurements(segmented, series, tmp_path / "sr.dcm", identity(), outlines=SEGMENTATION)
    found = read_measurements(tmp_path / "sr.dcm")
    assert [lesion.segment for lesion in found] == [4, 5]
    assert [lesion.image_uids for lesion in found] == [lesion.image_uids for lesion in lesions]


def test_everything_that_is_referred_to_is_listed_as_evidence(
    lesions: list[MeasuredLesion], series: CtSeries, tmp_path: Path, identity: Identities
) -> None:
    structures = Outlines(RTStructureSetStorage, "1.2.3.6", "1.2.3.7")
    write_measurements(lesions, series, tmp_path / "sr.dcm", identity(), outlines=structures)
    dataset = dcmread(tmp_path / "sr.dcm")
    (study,) = dataset.CurrentRequestedProcedureEvidenceSequence
    listed = {
        each.SeriesInstanceUID: {item.ReferencedSOPInstanceUID for item in each.ReferencedSOPSequence}
        for each in study.ReferencedSeriesSequence
    }
    assert listed["1.2.3.7"] == {"1.2.3.6"}
    assert listed[series.series_uid] == {uid for lesion in lesions for uid in lesion.image_uids}
    assert (dataset.CompletionFlag, dataset.VerificationFlag) == ("COMPLETE", "UNVERIFIED")
    other = write_measurements(lesions, series, tmp_path / "a.dcm", identity(study_uid="1.2.3.9"))
    assert "PertinentOtherEvidenceSequence" in dcmread(tmp_path / "a.dcm")
    assert other != dataset.SOPInstanceUID


def test_codes_are_those_of_the_standard(report: Path) -> None:
    # PS3.16 CID 7470 and CID 7469, in SNOMED CT; units of UCUM.
    said = [
        (item.ConceptNameCodeSequence[0].CodeValue, item.MeasuredValueSequence[0])
        for item in groups(dcmread(report))[0].ContentSequence
        if item.ValueType == "NUM"
    ]
    assert [(code, value.MeasurementUnitsCodeSequence[0].CodeValue) for code, value in said] == [
        ("103339001", "mm"), ("103340004", "mm"), ("118565006", "cm3"),
    ]  # fmt: skip


def groups(dataset: Dataset) -> list[Dataset]:
    (measurements,) = [
        item for item in dataset.ContentSequence if item.ConceptNameCodeSequence[0].CodeValue == "126010"
    ]
    return list(measurements.ContentSequence)


def numbered(dataset: Dataset) -> list[Dataset]:
    return [item for item in groups(dataset)[0].ContentSequence if item.ValueType == "NUM"]


def in_cm(dataset: Dataset) -> None:
    value = numbered(dataset)[0].MeasuredValueSequence[0]
    value.NumericValue = 2.5
    value.MeasurementUnitsCodeSequence[0].CodeValue = "cm"


def in_old_codes(dataset: Dataset) -> None:
    code = numbered(dataset)[0].ConceptNameCodeSequence[0]
    code.CodeValue, code.CodingSchemeDesignator = "G-A185", "SRT"
    numbered(dataset)[0].MeasuredValueSequence[0].NumericValue = 25


@pytest.mark.parametrize("change", [in_cm, in_old_codes])
def test_reports_of_other_systems_are_read(
    report: Path, edited: Callable[..., Path], change: Callable[[Dataset], object]
) -> None:
    assert read_measurements(edited(report, change))[0].longest_mm == 25.0


def twice(dataset: Dataset) -> None:
    groups(dataset)[0].ContentSequence.append(numbered(dataset)[0])


def nameless(dataset: Dataset) -> None:
    group = groups(dataset)[0]
    group.ContentSequence = [
        item for item in group.ContentSequence if item.ConceptNameCodeSequence[0].CodeValue != "112039"
    ]


def in_inches(dataset: Dataset) -> None:
    code = numbered(dataset)[0].MeasuredValueSequence[0].MeasurementUnitsCodeSequence[0]
    code.CodeValue = "[in_i]"


WRONG: dict[str, Callable[[Dataset], object]] = {
    "twice": twice,
    "nameless": nameless,
    "in inches": in_inches,
    "no unit": lambda d: delattr(numbered(d)[0].MeasuredValueSequence[0], "MeasurementUnitsCodeSequence"),
    "no value": lambda d: delattr(numbered(d)[0].MeasuredValueSequence[0], "NumericValue"),
    "no content": lambda d: delattr(d, "ContentSequence"),
    "no group": lambda d: setattr(d, "ContentSequence", d.ContentSequence[:2]),
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG.keys())
def test_a_report_that_can_be_read_in_two_ways_is_refused(
    report: Path, edited: Callable[..., Path], change: Callable[[Dataset], object]
) -> None:
    with pytest.raises(InputError, match="expected"):
        read_measurements(edited(report, change))


def test_a_measurement_that_the_report_leaves_empty_is_none(
    report: Path, edited: Callable[..., Path]
) -> None:
    found = read_measurements(edited(report, lambda d: setattr(numbered(d)[0], "MeasuredValueSequence", [])))
    assert found[0].longest_mm is None


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""}, {"name": "a\\b"}, {"tracking_uid": ""}, {"segment": 1}, {"image_uids": ()},
        {"image_uids": ("1.2.3",)}, {"longest_mm": None, "short_axis_mm": None, "volume_cc": None},
    ],
)  # fmt: skip
def test_a_lesion_that_says_too_little_is_not_written(
    lesions: list[MeasuredLesion],
    series: CtSeries,
    tmp_path: Path,
    identity: Identities,
    changes: dict[str, object],
) -> None:
    with pytest.raises(InputError, match="expected"):
        write_measurements(
            [replace(lesions[0], **changes)],
            series,
            tmp_path / "sr.dcm",
            identity(),  # type: ignore[arg-type]
        )
    assert not (tmp_path / "sr.dcm").exists()


def test_two_lesions_of_one_name_and_no_lesion_are_refused(
    lesions: list[MeasuredLesion], series: CtSeries, tmp_path: Path, identity: Identities
) -> None:
    for listed in ([], [lesions[0], lesions[0]]):
        with pytest.raises(InputError, match="expected"):
            write_measurements(listed, series, tmp_path / "sr.dcm", identity())


def test_a_lesion_beside_the_images_is_refused(series: CtSeries, box: Box) -> None:
    with pytest.raises(StructureError, match="expected"):
        measure_lesion(box(z=(500.0,)), series)


@pytest.mark.parametrize("keyword", ["CodeValue", "CodingSchemeDesignator"])
def test_a_number_that_does_not_say_what_it_is_is_not_passed_over(
    report: Path, edited: Callable[[Path, Callable[[Dataset], object]], Path], keyword: str
) -> None:
    def forget(dataset: Dataset) -> None:
        numbers = [item for item in walked(dataset) if item.get("ValueType") == "NUM"]
        delattr(numbers[0].ConceptNameCodeSequence[0], keyword)

    with pytest.raises(InputError, match=f"ConceptNameCodeSequence; expected .*{keyword}"):
        read_measurements(edited(report, forget))


def walked(item: Dataset) -> list[Dataset]:
    children = list(item.get("ContentSequence") or [])
    return children + [each for child in children for each in walked(child)]
