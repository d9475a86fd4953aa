"""What is written comes back: the same records from every kind of file."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from tests.unit.sheets.made_records import records

from seedbed.patient.records import Patient, Record
from seedbed.sheets.csv_folder import write_csv_folder
from seedbed.sheets.parquet import write_parquet_folder
from seedbed.sheets.reader import read_records
from seedbed.sheets.redcap import write_redcap
from seedbed.sheets.spss import write_sav_folder
from seedbed.sheets.workbook_writing import write_template, write_workbook

Write = Callable[[Path, list[Record]], Path]


def workbook(language: str) -> Write:
    return lambda folder, found: write_workbook(folder / "a.xlsx", found, language=language)


def template(folder: Path, found: list[Record]) -> Path:
    return write_template(folder / "a.xlsx", "en", records=found)


def in_folder(write: Callable[..., object], **options: object) -> Write:
    def written(folder: Path, found: list[Record]) -> Path:
        write(folder / "tables", found, **options)
        return folder / "tables"

    return written


FILES: dict[str, Write] = {
    "workbook": workbook("en"),
    "Chinese workbook": workbook("zh"),
    "template": template,
    "CSV": in_folder(write_csv_folder),
    "Chinese CSV": in_folder(write_csv_folder, language="zh"),
    "SPSS": in_folder(write_sav_folder),
    "Chinese SPSS": in_folder(write_sav_folder, language="zh"),
    "Parquet": in_folder(write_parquet_folder),
    "REDCap": lambda folder, found: write_redcap(folder / "redcap.csv", found),
}


def by_key(found: list[Record]) -> dict[object, Record]:
    return {(each.KIND, each.key): each for each in found}


def patients(found: list[Record]) -> set[str]:
    return {each.patient_id for each in found if isinstance(each, Patient)}


@pytest.mark.parametrize("name", [name for name in FILES if "SPSS" not in name])
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(found=records())
def test_reading_gives_back_what_was_written(name: str, found: list[Record]) -> None:
    check(name, found)


@pytest.mark.parametrize("name", ["SPSS", "Chinese SPSS"])
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(found=records())
def test_reading_gives_back_what_was_written_for_spss(name: str, found: list[Record]) -> None:
    check(name, found)  # each file in a process of its own: fewer examples


def check(name: str, found: list[Record]) -> None:
    if name == "REDCap":  # where a record is a patient
        found += [Patient(patient_id=each) for each in {each.patient_id for each in found} - patients(found)]
    with tempfile.TemporaryDirectory() as folder:
        content = read_records(FILES[name](Path(folder), found))
    assert not content.bad
    assert not [remark for remark in content.remarks if "days counted from" not in remark]
    assert by_key([each.record for each in content.records]) == by_key(found)
