"""Volumes of one patient of the register: a lesion that has vanished is the best answer, no missing one."""

from pathlib import Path

from tests.unit.journey.records.registers import hold, on

from seedbed.journey.records.following import FollowQuestion, follow_patient
from seedbed.patient.records import Implantation, LesionRecord, Measurement
from seedbed.registry.clinic import open_clinic

RECORDS = (
    Implantation(patient_id="S-01", implant="1", session=1, on=on("2026-01-10")),
    LesionRecord(patient_id="S-01", lesion="T1", role="target"),
    Measurement(patient_id="S-01", lesion="T1", on=on("2026-01-05"), ap_mm=30, cc_mm=30, transverse_mm=30),
)


def volumes(folder: Path, *images: Measurement) -> list[dict[str, object]]:
    place = folder / "clinic.sqlite"
    with open_clinic(place, create=True) as clinic:
        hold(clinic, *RECORDS, *images)
    question = FollowQuestion(register=place, patient_id="S-01", on=on("2026-12-31").earliest)
    found = follow_patient(question)
    assert found["problems"] == []
    return [visit for lesion in found["volume"] for visit in lesion["visits"]]


def test_a_lesion_that_is_absent_has_lost_all_of_its_volume(tmp_path: Path) -> None:
    gone = Measurement(patient_id="S-01", lesion="T1", on=on("2026-03-05"), state="absent")
    (visit,) = volumes(tmp_path, gone)
    assert (visit["category"], visit["volume_cc"], visit["reduction_pct"]) == ("gone", 0.0, 100.0)


def test_a_new_lesion_that_was_absent_at_first_has_its_first_volume_for_baseline(tmp_path: Path) -> None:
    new = {"patient_id": "S-01", "lesion": "N1"}
    three = {"ap_mm": 10.0, "cc_mm": 10.0, "transverse_mm": 10.0}
    images = (
        Measurement(**new, on=on("2026-01-05"), state="absent"),
        Measurement(**new, on=on("2026-03-05"), **three),
        Measurement(**new, on=on("2026-05-05"), state="absent"),
    )
    later = Measurement(patient_id="S-01", lesion="T1", on=on("2026-03-05"), state="absent")
    (first, second) = volumes(tmp_path, later, *images, LesionRecord(**new, role="new"))
    assert {first["category"], second["category"]} == {"gone"}
