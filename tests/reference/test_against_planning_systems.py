"""DVHs of two external-beam plans against those of Eclipse, CERR, SlicerRT and one stored in an RTDOSE."""

import csv
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pydicom
import pytest

from seedbed.dicom import read_dose_file
from seedbed.dicom.dvh_items import read_dvhs
from seedbed.dosimetry.metrics import parse_metric
from seedbed.geometry.crossing import check_contours

ROOT = Path(__file__).parents[2]
LEAST_CC = 2.0
OUR_CAPS_ARE_LONGER = "Tumor Bed Block"
"""That system has hardly any end caps; within ours, half a plane distance, the dose falls off."""
COLUMNS = {"D2cc (GY)": "D2cc", "D5cc (GY)": "D5cc", "D5% (GY)": "D5", "D10% (GY)": "D10"}


@pytest.fixture(scope="module")
def example() -> ModuleType:
    """The script that makes the table and the picture of the documents."""
    spec = importlib.util.spec_from_file_location("dvh_agreement", ROOT / "examples" / "dvh_agreement.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("system", ["Eclipse", "CERR", "SlicerRT"])
def test_every_point_within_one_percent_of_volume_or_dose(
    system: str, example: ModuleType, reference_data: Path
) -> None:
    cases = [
        c for c in example.slicerrt_prostate(reference_data / "dvh/slicerrt_prostate") if c.system == system
    ]
    assert len(cases) == 6
    for case in cases:
        check_contours(case.structure)
        own = case.own()
        assert case.difference_pct(own) < 1, case.structure.name
        assert own.outside_cc == 0


def test_volumes_are_those_of_cerr_which_has_the_same_end_caps(
    example: ModuleType, reference_data: Path
) -> None:
    cases = example.slicerrt_prostate(reference_data / "dvh/slicerrt_prostate")
    for case in (case for case in cases if case.system == "CERR"):
        assert case.own().total_cc == pytest.approx(case.volume_cc, rel=0.002), case.structure.name


def test_volumes_of_eclipse_lie_between_ours_with_end_caps_and_without(
    example: ModuleType, reference_data: Path
) -> None:
    cases = example.slicerrt_prostate(reference_data / "dvh/slicerrt_prostate")
    for case in (case for case in cases if case.system == "Eclipse"):
        bare, full = case.own(end_cap_mm=0.0).total_cc, case.own().total_cc
        assert bare - 0.05 - 0.001 * full < case.volume_cc < full, case.structure.name


def test_metrics_of_slicerrt_within_one_percent(example: ModuleType, reference_data: Path) -> None:
    folder = reference_data / "dvh/slicerrt_prostate"
    own = {c.structure.name: c.own() for c in example.slicerrt_prostate(folder) if c.system == "SlicerRT"}
    with (folder / "EclipseProstate_DvhMetrics_SlicerRT.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6
    for row in rows:
        dvh = own[row["Structure"]]
        assert dvh.mean_gy == pytest.approx(float(row["Mean dose (GY)"]), rel=0.01)
        for column, metric in COLUMNS.items():
            assert parse_metric(metric).of(dvh) == pytest.approx(float(row[column]), rel=0.01), (column, row)
        for dose in (5, 20):
            answer = parse_metric(f"V{dose}Gy").of(dvh)
            assert answer == pytest.approx(float(row[f"V{dose} (%)"]), abs=1), row


def test_every_point_of_the_stored_curves_within_one_percent_of_volume_or_dose(
    example: ModuleType, reference_data: Path
) -> None:
    cases = list(example.dicompyler(reference_data / "dvh/dicompyler"))
    assert len(cases) == 9
    large = [case for case in cases if case.volume_cc > LEAST_CC]
    assert len(large) == 6
    for case in large:
        check_contours(case.structure)
        caps = 0.0 if case.structure.name == OUR_CAPS_ARE_LONGER else None
        assert case.difference_pct(case.own(caps)) < 1, case.structure.name
        assert case.difference_pct(case.own()) < 2, case.structure.name


def test_stored_means_within_one_percent(example: ModuleType, reference_data: Path) -> None:
    dataset = pydicom.dcmread(reference_data / "dvh/dicompyler/rtdose.dcm")
    cases = example.dicompyler(reference_data / "dvh/dicompyler")
    for case, stored in zip(cases, dataset.DVHSequence, strict=True):
        if (
            case.volume_cc > LEAST_CC and case.structure.name != "BODY"
        ):  # it leaves out cold parts of the body
            mean_gy = float(stored.DVHMeanDose) / 100 * 14.0  # in percent of the prescription of 14 Gy
            assert case.own().mean_gy == pytest.approx(mean_gy, rel=0.01), case.structure.name


def test_the_hot_part_of_the_body_has_the_stored_volume(example: ModuleType, reference_data: Path) -> None:
    body = next(iter(example.dicompyler(reference_data / "dvh/dicompyler")))
    stored_cc = body.volume_cc / 100 * body.volume_pct
    for dose in (0.5, 1.0, 2.0, 5.0, 10.0):
        stored = np.interp(dose, body.dose_gy, stored_cc)
        assert body.own().volume_cc_at(dose) == pytest.approx(stored, rel=0.01)


def test_the_reader_of_doses_reads_what_is_stored(reference_data: Path) -> None:
    path = reference_data / "dvh/dicompyler/rtdose.dcm"
    found, dataset = read_dose_file(path), pydicom.dcmread(path)
    np.testing.assert_array_equal(found.dose_gy, dataset.pixel_array * float(dataset.DoseGridScaling))
    assert found.grid.origin_mm == tuple(map(float, dataset.ImagePositionPatient))
    assert found.grid.spacing_mm == (2.5, 2.5, 3.0)
    assert found.summation == "PLAN"
    assert len(found.notes) == 1  # calculated in tissue
    assert "IMAGE" in found.notes[0]


def test_stored_histograms_are_read_and_what_is_stated_in_percent_is_not_taken_for_gray(
    example: ModuleType, reference_data: Path
) -> None:
    folder = reference_data / "dvh/dicompyler"
    stored, cases = read_dvhs(folder / "rtdose.dcm"), list(example.dicompyler(folder))
    assert len(stored) == len(cases) == 9
    for dvh, case in zip(stored, cases, strict=True):
        assert (dvh.kind, dvh.dose_units, dvh.volume_units) == ("CUMULATIVE", "GY", "CM3")
        assert (dvh.least, dvh.mean, dvh.highest) == (None, None, None)
        assert "percent" in dvh.notes[0]
        assert dvh.volume.sum() == pytest.approx(case.volume_cc, rel=1e-6)
        read = dvh.as_dvh(case.structure.name)
        assert case.difference_pct(read) < 100 * 0.01 / read.max_gy, "within a bin of 0.01 Gy"
        if case.volume_cc > LEAST_CC and case.structure.name not in ("BODY", OUR_CAPS_ARE_LONGER):
            assert read.mean_gy == pytest.approx(case.own().mean_gy, rel=0.01), case.structure.name


def test_stored_means_in_percent_are_those_of_the_curves(reference_data: Path) -> None:
    path = reference_data / "dvh/dicompyler/rtdose.dcm"
    stated = [float(item.DVHMeanDose) for item in pydicom.dcmread(path).DVHSequence]
    pairs = list(zip(read_dvhs(path), stated, strict=True))
    for dvh, percent in pairs[1:]:  # of the prescription of 14 Gy; the mean of the body leaves out cold parts
        assert dvh.curve_mean == pytest.approx(percent / 100 * 14.0, rel=0.01, abs=0.01)


def test_contours_of_real_structure_sets_do_not_cross(example: ModuleType, reference_data: Path) -> None:
    for file in sorted(reference_data.glob("ct/*/CT/mask/RS.dcm")):
        dataset = pydicom.dcmread(file)
        for roi in dataset.ROIContourSequence:
            check_contours(example._structure(file.parts[-4], [c.ContourData for c in roi.ContourSequence]))
