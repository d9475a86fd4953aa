"""What was done when the server started is not done again by the first who asks."""

import logging
from datetime import date
from pathlib import Path

import pytest

from seedbed.errors import OutputError
from seedbed.journey.workbench.clinic import counting
from seedbed.journey.workbench.clinic.overview import ListQuestion, patient_list
from seedbed.journey.workbench.warming import count_ahead, open_ahead
from seedbed.journey.workbench.workplace import WorkplaceAddress, open_workplace
from seedbed.patient.records import Patient

SYNTHETIC = {"who": "S", "why": "synthetic"}


def refuse(*_: object) -> None:
    raise OutputError("the register could not be used", "one that can", "start it")


def test_the_first_list_is_counted_already(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_workplace(WorkplaceAddress(tmp_path / "w")) as workplace:
        workplace.clinic.write([Patient(patient_id="SYN-1", synthetic=True)], **SYNTHETIC)
        count_ahead(workplace)
        open_ahead(workplace)
        monkeypatch.setattr(counting, "counted", refuse)
        found = patient_list(workplace.clinic, ListQuestion(), on=date.today())
        assert [each["patient_id"] for each in found["patients"]] == ["SYN-1"]
        assert not workplace.store.exists()


def test_what_cannot_be_counted_is_told_to_who_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(counting, "counted", refuse)
    with open_workplace(WorkplaceAddress(tmp_path / "w")) as workplace:
        with caplog.at_level(logging.INFO):
            count_ahead(workplace)
        assert "could not be used" in caplog.text
        with pytest.raises(OutputError):
            patient_list(workplace.clinic, ListQuestion(), on=date.today())
