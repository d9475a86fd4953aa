"""The DICOM objects of a plan are opened together: one study and frame, references that lead to objects."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import highdicom
import numpy as np
import pydicom
import pytest
from tests.journey.planned_cases import write_neck
from tests.reference.dciodvfy import errors_of

from seedbed.dicom import read_dvhs, read_segmentation, read_structure_paths
from seedbed.dicom.ct import read_ct_series
from seedbed.dicom.measurement_reading import read_measurements
from seedbed.geometry import measure_diameters
from seedbed.journey.contoured_ct import ContouredCt, read_contoured_ct
from seedbed.journey.plan import PlanQuestion, make_plan

OBJECTS = {
    "structures.dcm", "plan.dcm", "dose.dcm", "segmentation.dcm", "measurements.dcm", "sheet_images",
}  # fmt: skip
Case = tuple[Path, Path]


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """Read a segmentation with highdicom, and close the index that it leaves open."""
    segmentation = highdicom.seg.segread(path)
    with closing(segmentation._db_con):
        yield segmentation


@pytest.fixture(scope="module")
def neck(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return write_neck(tmp_path_factory.mktemp("neck"))


@pytest.fixture(scope="module")
def made(neck: Case, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    out = tmp_path_factory.mktemp("made") / "plan"
    question = PlanQuestion(
        neck[0], neck[1], out, 120.0, target="GTV_node", activities_mci=(0.7,), bound_seconds=0.0,
        alternatives=False, robust=False, guide=False,
    )  # fmt: skip
    return out, make_plan(question)


def test_all_of_them_are_listed(made: tuple[Path, dict[str, Any]]) -> None:
    assert set(made[1]["files"]) >= OBJECTS
    assert not [note for note in made[1]["notes"] if "segmentation" in note]


def test_they_name_one_patient_study_and_frame(made: tuple[Path, dict[str, Any]], neck: Case) -> None:
    ct = read_ct_series(neck[0]).identity
    for path in made[0].rglob("*.dcm"):
        written = pydicom.dcmread(path, stop_before_pixels=True)
        assert (written.PatientID, written.StudyInstanceUID) == (ct.patient_id, ct.study_uid)
        assert written.get("FrameOfReferenceUID", ct.frame_uid) == ct.frame_uid


def test_every_reference_leads_to_an_object(made: tuple[Path, dict[str, Any]], neck: Case) -> None:
    files = [*made[0].rglob("*.dcm"), *neck[0].iterdir()]
    objects = {path: pydicom.dcmread(path, stop_before_pixels=True) for path in files}
    there = {str(each.SOPInstanceUID) for each in objects.values()}
    for path, each in objects.items():
        for element in each.iterall():
            # (0008,1155) of a study is that of its obsolete management object, which nobody has
            if element.keyword == "ReferencedSOPInstanceUID" and element.value != each.StudyInstanceUID:
                assert str(element.value) in there, path.name


def test_needles_and_seeds_stand_among_the_structures(made: tuple[Path, dict[str, Any]], neck: Case) -> None:
    out, plan = made
    paths = read_structure_paths(out / "structures.dcm", read_ct_series(neck[0]).identity.frame_uid)
    assert [needle.name for needle in paths.needles] == [needle["name"] for needle in plan["needles"]]
    placed = np.array([seed["position_mm"] for seed in plan["seeds"]])
    written = paths.points_mm["Seeds"] if isinstance(paths.points_mm, dict) else paths.points_mm
    np.testing.assert_allclose(np.sort(written, axis=0), np.sort(placed, axis=0), atol=0.01)


def test_the_histograms_say_what_the_plan_says(made: tuple[Path, dict[str, Any]]) -> None:
    out, plan = made
    listed = {
        int(roi.ROINumber): str(roi.ROIName)
        for roi in pydicom.dcmread(out / "structures.dcm").StructureSetROISequence
    }
    stored = {listed[each.roi_numbers[0]]: each for each in read_dvhs(out / "dose.dcm")}
    assert "GTV_node" in stored
    assert len(stored) == len([name for name in plan["metrics"] if not name.startswith("Skin")])
    dvh = stored["GTV_node"].as_dvh("GTV_node")
    assert dvh.dose_to_pct(90) == pytest.approx(plan["metrics"]["target"]["d90_gy"], abs=0.2)
    assert dvh.total_cc == pytest.approx(plan["target"]["volume_cc"], rel=1e-3)


def test_another_library_finds_the_same_voxels(made: tuple[Path, dict[str, Any]], neck: Case) -> None:
    with opened(made[0] / "segmentation.dcm") as segmentation:
        number = next(
            n for n in segmentation.segment_numbers
            if segmentation.get_segment_description(n).segment_label == "GTV_node"
        )  # fmt: skip
        voxels = segmentation.get_volume(segment_numbers=[number]).array.astype(bool).sum()
    ct = read_ct_series(neck[0])
    target = read_segmentation(made[0] / "segmentation.dcm", ct)["GTV_node"]
    assert voxels * ct.volume.grid.voxel_volume_mm3 == pytest.approx(target.volume_mm3, rel=1e-6)


def test_the_report_measures_the_target(made: tuple[Path, dict[str, Any]], neck: Case) -> None:
    (lesion,) = read_measurements(made[0] / "measurements.dcm")
    read = read_contoured_ct(*neck, target_name="GTV_node", sphere=None)
    expected = measure_diameters(read.target)
    assert lesion.longest_mm == pytest.approx(expected.longest_mm, abs=0.01)
    assert lesion.short_axis_mm == pytest.approx(expected.short_axis_mm, abs=0.01)
    assert lesion.volume_cc == pytest.approx(read.target.volume_mm3 / 1000, rel=1e-4)


def test_the_sheets_are_pictures_that_say_so(made: tuple[Path, dict[str, Any]]) -> None:
    pages = sorted((made[0] / "sheet_images").rglob("*.dcm"))
    assert {path.parent.name for path in pages} == {"plan", "needles"}
    for path in pages:
        page = pydicom.dcmread(path)
        assert page.BurnedInAnnotation == "YES"
        assert page.pixel_array.mean() > 128  # ink on white paper


def test_an_independent_checker_finds_no_error(made: tuple[Path, dict[str, Any]]) -> None:
    checked = [path for path in made[0].rglob("*.dcm") if path.name != "dose.dcm"]  # 32 bit abort dciodvfy
    assert len(checked) >= len(OBJECTS)
    assert {path.name: errors_of(path) for path in checked} == {path.name: [] for path in checked}


def asked_of(read: ContouredCt, ct_folder: Path) -> Any:
    """What the objects that rest on outlines need."""
    purpose, question = SimpleNamespace(identity=read.ct.identity), SimpleNamespace(ct_folder=ct_folder)
    return SimpleNamespace(read=read, purpose=purpose, question=question)


def test_a_lesion_of_which_a_part_is_planned_is_measured_whole(neck: Case, tmp_path: Path) -> None:
    from seedbed.journey.plan import objects

    whole = read_contoured_ct(*neck, target_name="GTV_node", sphere=None).target
    x, y, z = (float(value) for value in np.mean(whole.bounds_mm, axis=0))
    read = read_contoured_ct(*neck, target_name="GTV_node", sphere=(x, y, z, 8.0))
    objects._write_outlined(asked_of(read, neck[0]), read.written_structures(), tmp_path)
    (lesion,) = read_measurements(tmp_path / "measurements.dcm")
    assert read.target.volume_mm3 < 0.5 * whole.volume_mm3
    assert lesion.volume_cc == pytest.approx(whole.volume_mm3 / 1000, rel=1e-4)
    assert lesion.name == "GTV_node"
    with opened(tmp_path / "segmentation.dcm") as segments:
        assert segments.get_segment_description(lesion.segment).segment_label == "GTV_node"


def test_a_target_without_a_voxel_is_measured_without_a_segment(neck: Case, tmp_path: Path) -> None:
    """A tiny target between voxel centres: no other organ's segment stands for it."""
    from seedbed.geometry import PlanarContour, Structure
    from seedbed.journey.plan import objects

    read = read_contoured_ct(*neck, target_name="GTV_node", sphere=None)
    grid = read.ct.volume.grid
    x, y = (float(grid.axis_mm(axis)[10] + 0.5 * grid.spacing_mm[axis]) for axis in range(2))
    square = np.array([[x - 0.2, y - 0.2], [x + 0.2, y - 0.2], [x + 0.2, y + 0.2], [x - 0.2, y + 0.2]])
    tiny = Structure("tiny", (PlanarContour(float(grid.axis_mm(2)[10]), square),), 0.1)
    asked = asked_of(replace(read, whole=tiny, target=tiny), neck[0])
    structures = {"tiny": tiny, **read.written_structures()}
    notes = objects._write_outlined(asked, structures, tmp_path)
    assert notes == ["Not in the segmentation, since they hold no voxel of the CT: tiny."]
    (lesion,) = read_measurements(tmp_path / "measurements.dcm")
    assert (lesion.name, lesion.segment) == ("tiny", None)


def test_names_that_dicom_cannot_hold_serve_from_reading_to_writing(neck: Case, tmp_path: Path) -> None:
    structures = pydicom.dcmread(neck[1])
    by_name = {roi.ROIName: roi for roi in structures.StructureSetROISequence}
    by_name["GTV_node"].ROIName, by_name["Trachea"].ROIName = "GTV\\node", "GTV/node"
    structures.save_as(tmp_path / "rs.dcm")
    question = PlanQuestion(
        neck[0], tmp_path / "rs.dcm", tmp_path / "plan", 120.0, target="GTV/node 2", activities_mci=(0.7,),
        bound_seconds=0.0, alternatives=False, robust=False, guide=False, pictures=False, pdf=False,
    )  # fmt: skip
    read = read_contoured_ct(neck[0], tmp_path / "rs.dcm", target_name="GTV/node 2", sphere=None)
    assert {"GTV/node", "GTV/node 2"} <= set(read.structures)
    plan = make_plan(question)
    assert any("is called" in note for note in plan["notes"])
    listed = {
        int(roi.ROINumber): str(roi.ROIName)
        for roi in pydicom.dcmread(tmp_path / "plan" / "structures.dcm").StructureSetROISequence
    }
    stored = {listed[each.roi_numbers[0]]: each for each in read_dvhs(tmp_path / "plan" / "dose.dcm")}
    target = stored["GTV/node 2"].as_dvh("GTV/node 2")
    assert target.dose_to_pct(90) == pytest.approx(plan["metrics"]["target"]["d90_gy"], abs=0.2)
