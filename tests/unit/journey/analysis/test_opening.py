"""A spreadsheet's register goes when nobody has it open any more."""

import csv
import multiprocessing
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from tests.unit.journey.analysis.made_up_clinics import ON

from seedbed.errors import InputError
from seedbed.journey.analysis import building, opening
from seedbed.journey.analysis.analysing import AnalyseQuestion, analyse_cohort

SHEETS: dict[str, Sequence[tuple[object, ...]]] = {
    "Patients": [("Patient", "Group", "Synthetic"), ("S-1", "A", "yes"), ("S-2", "B", "yes")],
    "Implantations": [
        ("Patient", "Implant", "Session", "Date of session", "Seeds implanted"),
        ("S-1", "1", 1, "2024-01-10", 30),
        ("S-2", "1", 1, "2024-02-10", 20),
    ],
}


def test_the_other_processes_end_before_the_register_goes_that_they_have_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there: list[int] = []

    class Watched(TemporaryDirectory[str]):
        def cleanup(self) -> None:
            there.append(len(multiprocessing.active_children()))
            super().cleanup()

    def begun(*_: object, **__: object) -> None:
        there.append(len(multiprocessing.active_children()))
        raise InputError("something wrong of a patient", "something right", "correct it")

    folder = tmp_path / "sheets"
    folder.mkdir()
    for name, rows in SHEETS.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    monkeypatch.setattr(opening, "TemporaryDirectory", Watched)
    monkeypatch.setattr(building, "ENOUGH_FOR_PROCESSES", 1)
    monkeypatch.setattr(building, "begin_judging", begun)
    question = AnalyseQuestion(source=folder, out=tmp_path / "out", on=ON, today=ON, processes=2)
    with pytest.raises(InputError, match="something wrong of a patient"):
        analyse_cohort(question)
    assert there == [2, 0]
