"""Parquet files as pyarrow sees them."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from seedbed.errors import InputError
from seedbed.patient.partial_dates import PartialDate
from seedbed.patient.records import Measurement, Patient
from seedbed.sheets.parquet import write_parquet_folder
from seedbed.sheets.reader import read_records


def test_columns_have_types_units_and_meanings(tmp_path: Path) -> None:
    found = [Measurement(patient_id="S-01", lesion="T1", on=PartialDate("2024-02"), longest_mm=12.5)]
    write_parquet_folder(tmp_path, found)
    table = pq.read_table(tmp_path / "measurement.parquet")
    assert table.to_pylist()[0]["longest_mm"] == 12.5
    assert str(table.schema.field("longest_mm").type) == "double"
    assert table.schema.field("longest_mm").metadata[b"unit"] == b"mm"
    assert table.to_pylist()[0]["on"] == "2024-02"


def test_a_file_under_another_name_still_says_what_it_holds(tmp_path: Path) -> None:
    (path,) = write_parquet_folder(tmp_path, [Patient(patient_id="S-01")])
    moved = path.rename(tmp_path / "anything.parquet")
    assert [each.record for each in read_records(moved).records] == [Patient(patient_id="S-01")]


def test_what_is_no_parquet_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "patient.parquet").write_bytes(b"rubbish")
    with pytest.raises(InputError, match="Parquet"):
        read_records(tmp_path / "patient.parquet")
