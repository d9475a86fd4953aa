"""The search of a written file finds what a cleaner could forget, one thing at a time."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydicom import Dataset
from pydicom.uid import RTDoseStorage

from seedbed.dicom.deidentification import Pseudonym, deidentify, traces_of
from seedbed.dicom.deidentification.checking import remains
from seedbed.dicom.files import lenient, save

PSEUDONYM = Pseudonym("SB-7F3K2Q", -100, bytes(range(32)))


def original() -> Dataset:
    dose = Dataset()
    dose.SOPClassUID, dose.SOPInstanceUID, dose.StudyInstanceUID = RTDoseStorage, "1.2.3.4", "1.2.3"
    dose.PatientID, dose.PatientName, dose.PatientBirthDate = "P1234", "Wu^Li", "19500401"
    dose.StudyDate, dose.Manufacturer = "20260301", "Example Works"
    return dose


def found_in(folder: Path, forget: Callable[[Dataset], object]) -> list[str]:
    clean = deidentify(original(), PSEUDONYM).dataset
    with lenient():
        forget(clean)
    path, traces = save(clean, folder / "clean.dcm"), traces_of(original())
    return remains(path, traces, traces, date_shift_days=PSEUDONYM.date_shift_days)


def test_a_clean_copy_holds_nothing(tmp_path: Path) -> None:
    assert found_in(tmp_path, id) == []


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("DoseComment", "room 12"), ("BeamName", "GTV of somebody"), ("OperatorsName", "Zhou"),
        ("Manufacturer", "Works of Wu"), ("RetrieveURL", "urn:x"), ("BodyPartExamined", "Somebody of ward 3"),
        ("Date", "19491222"), ("StudyDate", "20260301"), ("SeriesDate", "20260302"),
        ("StudyInstanceUID", "1.2.3"), ("PatientBirthDate", "19000101"), ("PatientAge", "old!"),
        ("RescaleType", "Wu"), ("CodeMeaning", "Prof. Sun"), ("ContentLabel", "ROOM 12"),
    ],
)  # fmt: skip
def test_what_was_forgotten_is_found(tmp_path: Path, keyword: str, value: str) -> None:
    """19491222 is the birth date moved by -100 days: 1 April 1950 less 31 + 28 + 31 + 10 days."""
    assert found_in(tmp_path, lambda clean: setattr(clean, keyword, value)) == [keyword]


@pytest.mark.parametrize(
    ("keyword", "value"),
    [("DoseComment", "GTV left"), ("Manufacturer", "Wuhan Works"), ("Date", "20251121"), ("Modality", "CT"),
     ("SeriesDate", "19491222"), ("ROIName", "ROI 12"), ("RescaleType", "HU")],
)  # fmt: skip
def test_what_may_stand_there_is_not_accused(tmp_path: Path, keyword: str, value: str) -> None:
    assert found_in(tmp_path, lambda clean: setattr(clean, keyword, value)) == []
