"""ADTTE by the ADaM document on times to events (CDISC 2012)."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from seedbed.errors import InputError
from seedbed.sheets.cdisc_adtte import COLUMNS, TimeToEvent, write_adtte

ROW: dict[str, Any] = {
    "study": "X", "subject": "X-01", "code": "LPFS",
    "parameter": "Local progression-free survival (days)",
    "start": date(2024, 2, 28), "end": date(2024, 3, 1), "censored": 0,
    "event": "local progression", "source": "RS",
}  # fmt: skip


def test_the_columns_and_their_order(tmp_path: Path) -> None:
    path = write_adtte(tmp_path / "adtte.csv", [TimeToEvent(**ROW)])
    with path.open(encoding="utf-8", newline="") as file:
        head, row = csv.reader(file)
    assert head == [
        "STUDYID",
        "USUBJID",
        "PARAMCD",
        "PARAM",
        "STARTDT",
        "ADT",
        "AVAL",
        "CNSR",
        "EVNTDESC",
        "CNSDTDSC",
        "SRCDOM",
    ]
    assert row[:4] == ["X", "X-01", "LPFS", "Local progression-free survival (days)"]
    assert row[4:] == ["2024-02-28", "2024-03-01", "3", "0", "local progression", "", "RS"]
    assert len(COLUMNS) == len(row)


def test_both_days_count() -> None:
    # ADaM for times to events, section 4: AVAL is ADT - STARTDT + 1; 2024 is a leap year.
    assert TimeToEvent(**ROW).days == 3
    assert TimeToEvent(**{**ROW, "end": ROW["start"]}).days == 1


@pytest.mark.parametrize(
    "change",
    [
        {"code": "LOCALPROG"},
        {"code": "1PFS"},
        {"code": "lpfs"},
        {"end": date(2024, 2, 27)},
        {"censored": 1},
        {"censored": -1},
        {"censored_on": "last CT"},
        {"event": ""},
        {"parameter": "长" * 67},
    ],
)
def test_what_contradicts_itself_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        TimeToEvent(**{**ROW, **change})


def test_a_subject_has_one_time_of_each_kind(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="two rows of LPFS of X-01"):
        write_adtte(tmp_path / "a.csv", [TimeToEvent(**ROW), TimeToEvent(**ROW)])


def test_no_text_is_a_formula(tmp_path: Path) -> None:
    path = write_adtte(tmp_path / "a.csv", [TimeToEvent(**{**ROW, "event": "=1+1"})])
    assert ",'=1+1," in path.read_text(encoding="utf-8")
