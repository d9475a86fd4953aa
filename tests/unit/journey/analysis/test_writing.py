"""Files of an analysis: nothing is written over."""

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.unit.cohort.analysis_sets import analysis_set
from tests.unit.report.analysis_reports import report

from seedbed.cohort.courses import Courses
from seedbed.cohort.endpoint_records import DecidedTimes, EndpointRecords
from seedbed.cohort.endpoints import TimeToEvent
from seedbed.errors import OutputError
from seedbed.journey.analysis.writing import check_folder, write_analysis


def test_a_folder_that_holds_something_is_refused(tmp_path: Path) -> None:
    check_folder(tmp_path / "new")
    check_folder(tmp_path)
    (tmp_path / "x").touch()
    for place in (tmp_path, tmp_path / "x"):
        with pytest.raises(OutputError, match="is there already"):
            check_folder(place)


def test_numbers_keep_all_digits_and_names_run_no_formula(tmp_path: Path) -> None:
    data = analysis_set(["=A", "B"], tg_0=[0.1 + 0.2, None], sex=["male", None])
    files = write_analysis(tmp_path / "out", report(), data=data, results={"x": None})
    assert all(file.exists() for file in files)
    with (tmp_path / "out" / "csv" / "analysis_set.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["tg_0"] for row in rows] == ["0.30000000000000004", ""]
    assert [row["group"] for row in rows] == ["'=A", "B"]
    assert [row["sex"] for row in rows] == ["male", ""]


def test_how_each_endpoint_was_decided_is_written(tmp_path: Path) -> None:
    time = TimeToEvent(
        endpoint="END-OS",
        patient_id="SYN-0",
        start=date(2024, 1, 1),
        end=date(2024, 3, 1),
        event=False,
        what="alive when last seen",
        exact=True,
    )
    records = EndpointRecords((DecidedTimes.of("os", [time], [("contact SYN-0, 2024-03-01",)]),))
    data = replace(analysis_set(["A"]), courses=Courses(endpoints=records))
    write_analysis(tmp_path / "out", report(), data=data, results={"x": None})
    with (tmp_path / "out" / "csv" / "endpoints.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["patient_id"], row["start"], row["end"], row["days"]) == (
        *("SYN-0", "2024-01-01", "2024-03-01", "60"),
    )
    assert (row["event"], row["what_decided"]) == ("no", "alive when last seen")
    assert row["records"] == "contact SYN-0, 2024-03-01"


def test_nan_is_never_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="Out of range float"):
        write_analysis(tmp_path / "o", report(), data=analysis_set(["A"]), results={"x": float("nan")})
