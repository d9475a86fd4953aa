"""PET in SUV: a body in which the dose is spread evenly by mass has an SUV of 1 everywhere (closed form)."""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.dataset import FileDataset
from pydicom.uid import EnhancedPETImageStorage, PositronEmissionTomographyImageStorage

from seedbed.dicom.pet import read_pet_series
from seedbed.dicom.suv import lean_body_mass_kg
from seedbed.errors import ImageError
from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume

Slices = Callable[..., list[FileDataset]]
Save = Callable[..., Path]
Change = Callable[[list[FileDataset]], object]
GRID = VoxelGrid((-6.0, -8.0, 40.0), (4.0, 4.0, 3.0), (5, 4, 6))
HALF_LIFE_S, DOSE_BQ, WEIGHT_KG = 6586.2, 370e6, 74.0
SCAN = datetime(2026, 3, 2, 10, 15)
UPTAKE_S = 3600.0


def written(moment: datetime) -> tuple[str, str]:
    return f"{moment:%Y%m%d}", f"{moment:%H%M%S.%f}"


def decayed(seconds: float, half_life_s: float = HALF_LIFE_S) -> float:
    return math.exp(-math.log(2) * seconds / half_life_s)


@pytest.fixture
def pet(slices: Slices) -> Callable[..., list[FileDataset]]:
    """Slices of an even activity, each with a slope of its own, corrected to the start of the series."""

    def made(bq_per_ml: float, injected: datetime = SCAN - timedelta(seconds=UPTAKE_S)) -> list[FileDataset]:
        stored = slices(CtVolume(GRID, np.zeros(GRID.shape, dtype=np.float32)))
        for number, dataset in enumerate(stored):
            dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = (
                PositronEmissionTomographyImageStorage
            )
            dataset.Modality, dataset.Units, dataset.DecayCorrection = "PT", "BQML", "START"
            dataset.CorrectedImage = ["DECY", "ATTN", "SCAT"]
            dataset.PatientWeight, dataset.PatientSize, dataset.PatientSex = WEIGHT_KG, 1.7, "F"
            dataset.SeriesDate, dataset.SeriesTime = written(SCAN)
            dataset.AcquisitionDate, dataset.AcquisitionTime = written(SCAN + timedelta(seconds=90 * number))
            injection = Dataset()
            injection.RadionuclideTotalDose, injection.RadionuclideHalfLife = DOSE_BQ, HALF_LIFE_S
            injection.RadiopharmaceuticalStartTime = written(injected)[1]
            dataset.RadiopharmaceuticalInformationSequence = [injection]
            dataset.RescaleSlope = f"{bq_per_ml / (10000 + 1000 * number):.9e}"
            pixels = np.full(GRID.shape[1:], 10000 + 1000 * number, dtype="<i2")
            dataset.PixelData = pixels.tobytes()
        return stored

    return made


def injection(stored: list[FileDataset], **values: object) -> None:
    for dataset in stored:
        for keyword, value in values.items():
            setattr(dataset.RadiopharmaceuticalInformationSequence[0], keyword, value)


def on_all(stored: list[FileDataset], **values: object) -> None:
    for dataset in stored:
        for keyword, value in values.items():
            setattr(dataset, keyword, value)


ONE = DOSE_BQ * decayed(UPTAKE_S) / (1000 * WEIGHT_KG)
"""Bq/mL of an SUV of 1 at the start of the series."""


def test_an_even_activity_has_an_suv_of_one(tmp_path: Path, pet: Slices, save: Save) -> None:
    found = read_pet_series(save(pet(ONE), tmp_path))
    np.testing.assert_allclose(found.suv, 1.0, rtol=1e-6)
    np.testing.assert_allclose(found.grid.origin_mm, GRID.origin_mm)
    np.testing.assert_allclose(found.grid.spacing_mm, GRID.spacing_mm)
    assert (found.weighting, found.notes) == ("BW", ())


def test_after_one_half_life_half_the_activity_is_an_suv_of_one(
    tmp_path: Path, pet: Slices, save: Save
) -> None:
    stored = pet(DOSE_BQ / 2 / (1000 * WEIGHT_KG), SCAN - timedelta(seconds=HALF_LIFE_S))
    np.testing.assert_allclose(read_pet_series(save(stored, tmp_path)).suv, 1.0, rtol=1e-6)


def test_corrected_to_the_injection_no_time_is_needed(tmp_path: Path, pet: Slices, save: Save) -> None:
    stored = pet(DOSE_BQ / (1000 * WEIGHT_KG))
    on_all(stored, DecayCorrection="ADMIN")
    for dataset in stored:
        del dataset.SeriesTime, dataset.AcquisitionTime
    injection(stored, RadiopharmaceuticalStartTime="")
    np.testing.assert_allclose(read_pet_series(save(stored, tmp_path)).suv, 1.0, rtol=1e-6)


def test_an_injection_before_midnight(tmp_path: Path, pet: Slices, save: Save) -> None:
    scan = datetime(2026, 3, 2, 0, 20)
    stored = pet(ONE, scan - timedelta(seconds=UPTAKE_S))
    for dataset in stored:
        dataset.SeriesDate, dataset.SeriesTime = dataset.AcquisitionDate, dataset.AcquisitionTime = written(
            scan
        )
    found = read_pet_series(save(stored, tmp_path))
    np.testing.assert_allclose(found.suv, 1.0, rtol=1e-6)
    assert "the day before, at 2026-03-01 23:20:00" in found.notes[0]


def test_a_series_over_midnight_by_date_and_time(tmp_path: Path, pet: Slices, save: Save) -> None:
    scan = datetime(2026, 3, 1, 23, 59, 30)
    stored = pet(ONE, scan - timedelta(seconds=UPTAKE_S))
    for number, dataset in enumerate(stored):
        dataset.SeriesDate, dataset.SeriesTime = written(scan)
        dataset.AcquisitionDate, dataset.AcquisitionTime = written(scan + timedelta(seconds=60 * number))
    np.testing.assert_allclose(read_pet_series(save(stored, tmp_path)).suv, 1.0, rtol=1e-6)


@pytest.mark.parametrize("ending", ["", "+0800", ".000000", ".250000+0800"])
def test_a_date_and_time_of_injection_counts_over_days(
    tmp_path: Path, pet: Slices, save: Save, ending: str
) -> None:
    half_life, uptake = (
        4.176 * 86400,
        72 * 3600.0 - (0.25 if ".25" in ending else 0),
    )  # iodine-124, three days
    stored = pet(DOSE_BQ * decayed(uptake, half_life) / (1000 * WEIGHT_KG))
    injection(
        stored,
        RadionuclideHalfLife=half_life,
        RadiopharmaceuticalStartDateTime=f"{SCAN - timedelta(hours=72):%Y%m%d%H%M%S}{ending}",
        RadiopharmaceuticalStartTime="",
    )
    on_all(stored, TimezoneOffsetFromUTC="+0800")
    np.testing.assert_allclose(read_pet_series(save(stored, tmp_path)).suv, 1.0, rtol=1e-6)


def test_a_series_made_later_is_dated_by_its_frames(tmp_path: Path, pet: Slices, save: Save) -> None:
    # QIBA: the mean count rate of a frame of length T comes ln(x / (1 - exp(-x))) / lambda after its start.
    stored, length = pet(ONE), 1200.0
    x = math.log(2) * length / HALF_LIFE_S
    average = math.log(x / (1 - math.exp(-x))) * HALF_LIFE_S / math.log(2)
    for number, dataset in enumerate(stored):
        dataset.SeriesDate, dataset.SeriesTime = written(SCAN + timedelta(hours=5))
        dataset.ActualFrameDuration = int(length * 1000)
        dataset.FrameReferenceTime = f"{(90 * number + average) * 1000:.6f}"
    found = read_pet_series(save(stored, tmp_path))
    np.testing.assert_allclose(found.suv, 1.0, rtol=1e-5)
    assert "FrameReferenceTime" in found.notes[0]


def test_a_series_made_later_is_dated_by_the_scan_time_of_ge(tmp_path: Path, pet: Slices, save: Save) -> None:
    stored = pet(ONE)
    for dataset in stored:
        dataset.SeriesDate, dataset.SeriesTime = written(SCAN + timedelta(hours=5))
        dataset.private_block(0x0009, "GEMS_PETD_01", create=True).add_new(
            0x0D, "DT", f"{SCAN:%Y%m%d%H%M%S}.00"
        )
    found = read_pet_series(save(stored, tmp_path))
    np.testing.assert_allclose(found.suv, 1.0, rtol=1e-6)
    assert "(0009,100D)" in found.notes[0]


def test_frames_that_say_otherwise_are_noted(tmp_path: Path, pet: Slices, save: Save) -> None:
    stored = pet(ONE)
    on_all(stored, ActualFrameDuration=90000, FrameReferenceTime="1800000")
    found = read_pet_series(save(stored, tmp_path))
    assert "SeriesTime" in found.notes[0]


@pytest.mark.parametrize(("element", "factor"), [(0x00, 1 / 500), (0x09, ONE / 500)])
def test_counts_of_philips(tmp_path: Path, pet: Slices, save: Save, element: int, factor: float) -> None:
    stored = pet(500.0)
    on_all(stored, Units="CNTS")
    for dataset in stored:
        block = dataset.private_block(0x7053, "Philips PET Private Group", create=True)
        block.add_new(element, "DS", f"{factor:.10g}")
        if element == 0x09:
            block.add_new(0x00, "DS", "0")
    np.testing.assert_allclose(read_pet_series(save(stored, tmp_path)).suv, 1.0, rtol=1e-6)


@pytest.mark.parametrize(("kind", "notes"), [("BW", 0), ("", 1)])
def test_grams_are_suv_already(tmp_path: Path, pet: Slices, save: Save, kind: str, notes: int) -> None:
    stored = pet(2.5)
    on_all(stored, Units="GML", SUVType=kind)
    found = read_pet_series(save(stored, tmp_path))
    np.testing.assert_allclose(found.suv, 2.5, rtol=1e-6)
    assert len(found.notes) == notes


@pytest.mark.parametrize("units", ["BQML", "GML", "CNTS"])
@pytest.mark.parametrize("formula", ["LBMJAMES128", "LBMJANMA"])
def test_lean_body_mass_takes_the_place_of_weight(
    tmp_path: Path, pet: Slices, save: Save, formula: str, units: str
) -> None:
    stored = pet({"BQML": ONE, "GML": 1.0, "CNTS": 500.0}[units])
    on_all(stored, Units=units, SUVType="BW")
    for dataset in stored:
        block = dataset.private_block(0x7053, "Philips PET Private Group", create=True)
        block.add_new(0x00, "DS", str(1 / 500))
    lean = lean_body_mass_kg(WEIGHT_KG, 170.0, sex="F", formula=formula)
    found = read_pet_series(save(stored, tmp_path), weighting=formula)
    np.testing.assert_allclose(found.suv, lean / WEIGHT_KG, rtol=1e-6)


@pytest.mark.parametrize(
    ("formula", "sex", "expected"),
    [  # typed from the formulas of Tahari et al. 2014, 80 kg and 1.6 m: W/H = 0.5 kg/cm, BMI = 31.25
        ("LBMJAMES128", "M", 88.0 - 32.0),
        ("LBMJAMES128", "F", 85.6 - 37.0),
        ("LBMJANMA", "M", 741600 / 13430),
        ("LBMJANMA", "F", 741600 / 16405),
    ],
)
def test_lean_body_mass_by_hand(formula: str, sex: str, expected: float) -> None:
    assert lean_body_mass_kg(80.0, 160.0, sex=sex, formula=formula) == pytest.approx(expected, rel=1e-9)


def test_the_formula_of_james_is_noted_where_it_fails(tmp_path: Path, pet: Slices, save: Save) -> None:
    stored = pet(ONE)
    on_all(stored, PatientWeight=110)
    assert "James" in read_pet_series(save(stored, tmp_path), weighting="LBMJAMES128").notes[0]


def without(keyword: str) -> Change:
    return lambda stored: [delattr(dataset, keyword) for dataset in stored]


def with_(**values: object) -> Change:
    return lambda stored: on_all(stored, **values)


def injected_with(**values: object) -> Change:
    return lambda stored: injection(stored, **values)


INJECTION = "RadiopharmaceuticalInformationSequence"
REFUSED: dict[str, tuple[Change, str]] = {
    "no weight": (without("PatientWeight"), "PatientWeight"),
    "a weight of zero": (with_(PatientWeight=0), "PatientWeight"),
    "a weight in g": (with_(PatientWeight=74000), "PatientWeight"),
    "no injection": (without(INJECTION), INJECTION),
    "an empty injection": (with_(RadiopharmaceuticalInformationSequence=[]), INJECTION),
    "no dose": (injected_with(RadionuclideTotalDose=None), "RadionuclideTotalDose"),
    "a dose in MBq": (injected_with(RadionuclideTotalDose=370), "RadionuclideTotalDose"),
    "no half-life": (injected_with(RadionuclideHalfLife=None), "RadionuclideHalfLife"),
    "a half-life in minutes": (injected_with(RadionuclideHalfLife=109.77), "RadionuclideHalfLife"),
    "no time of injection": (injected_with(RadiopharmaceuticalStartTime=""), "RadiopharmaceuticalStartTime"),
    "an hour alone": (injected_with(RadiopharmaceuticalStartTime="09"), "RadiopharmaceuticalStartTime"),
    "two times of injection": (
        injected_with(RadiopharmaceuticalStartDateTime="20260302083000"), "RadiopharmaceuticalStartDateTime",
    ),
    "an injection after the scan": (
        injected_with(RadiopharmaceuticalStartDateTime="20260302111500", RadiopharmaceuticalStartTime=""),
        "half-lives",
    ),
    "an injection a year before": (
        injected_with(RadiopharmaceuticalStartDateTime="20250302091500"), "half-lives",
    ),
    "another time zone": (
        injected_with(RadiopharmaceuticalStartDateTime="20260302091500+0900"), "TimezoneOffsetFromUTC",
    ),
    "iodine-124 without a day": (injected_with(RadionuclideHalfLife=360806), r"StartDateTime \(0018,1078\)"),
    "no series time": (without("SeriesTime"), "SeriesTime"),
    "no acquisition date": (without("AcquisitionDate"), "AcquisitionDate"),
    "a later series without frames": (with_(SeriesTime="151500"), "FrameReferenceTime"),
    "no decay correction": (with_(DecayCorrection="NONE"), "DecayCorrection"),
    "not corrected for decay": (with_(CorrectedImage=["ATTN"]), "CorrectedImage"),
    "not corrected for attenuation": (with_(CorrectedImage=["DECY"]), "CorrectedImage"),
    "counts": (with_(Units="CNTS"), r"7053,1000.*7053,1009"),
    "percent": (with_(Units="PCNT"), "Units"),
    "no units": (without("Units"), "Units"),
    "units that differ": (lambda stored: on_all(stored[2:3], Units="CNTS"), "Units"),
    "weights that differ": (lambda stored: on_all(stored[2:3], PatientWeight=70), "PatientWeight"),
    "doses that differ": (lambda stored: injection(stored[2:3], RadionuclideTotalDose=350e6), INJECTION),
    "SUV by body surface": (with_(Units="GML", SUVType="BSA"), "SUVType"),
    "no slope": (without("RescaleSlope"), "RescaleSlope"),
    "a slice missing": (lambda stored: stored.pop(2), "missing"),
    "all in one file": (with_(SOPClassUID=EnhancedPETImageStorage), "SOPClassUID"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "named"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_missing_or_wrong_is_refused_by_name(
    tmp_path: Path, pet: Slices, save: Save, change: Change, named: str
) -> None:
    stored = pet(ONE)
    change(stored)
    with pytest.raises(ImageError, match=named):
        read_pet_series(save(stored, tmp_path))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (without("PatientSize"), "PatientSize"),
        (with_(PatientSize=170), "PatientSize"),
        (with_(PatientSex="O"), "PatientSex"),
    ],
)
def test_lean_body_mass_needs_height_and_sex(
    tmp_path: Path, pet: Slices, save: Save, change: Change, named: str
) -> None:
    stored = pet(ONE)
    change(stored)
    with pytest.raises(ImageError, match=named):
        read_pet_series(save(stored, tmp_path), weighting="LBMJANMA")


def test_another_weighting_is_refused(tmp_path: Path, pet: Slices, save: Save) -> None:
    with pytest.raises(ImageError, match="LBMJANMA"):
        read_pet_series(save(pet(ONE), tmp_path), weighting="BSA")
