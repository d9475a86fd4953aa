"""The register as CDISC tables: what is left out is told, nothing is half there, and it reads back."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from tests.unit.journey.records.registers import hold, on

from seedbed.errors import InputError
from seedbed.journey.recist import RecistRequest, judge_files
from seedbed.journey.records.exporting import Exported, ExportQuestion, export_records
from seedbed.patient.records import Death, Implantation, LesionRecord, Measurement, Progression, Record
from seedbed.registry.clinic import open_clinic

IMPLANTED = Implantation(patient_id="S-01", implant="1", session=1, on=on("2026-01-10"))
TARGET = LesionRecord(patient_id="S-01", lesion="T1", role="target", location="lung")
NEW = LesionRecord(patient_id="S-01", lesion="N1", role="new", seen_on=on("2026-05-05"))
BEFORE = Progression(patient_id="S-01", on=on("2025-11-01"), where="local")


def image(day: str, longest_mm: float) -> Measurement:
    return Measurement(patient_id="S-01", lesion="T1", on=on(day), longest_mm=longest_mm)


IMAGES = (image("2026-01-05", 30), image("2026-03-05", 20), image("2026-05-06", 20))


def exported(folder: Path, *records: Record) -> Exported:
    place = folder / "clinic.sqlite"
    with open_clinic(place, create=True) as clinic:
        hold(clinic, *records)
    return export_records(ExportQuestion(out=folder / "out", register=place, form="cdisc"))


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def test_a_new_lesion_reads_back_with_the_same_responses(tmp_path: Path) -> None:
    files = {path.name: path for path in exported(tmp_path, IMPLANTED, TARGET, NEW, *IMAGES).files}
    identified = {row["TULNKID"]: row["TUDTC"] for row in rows(files["tu.csv"])}
    assert identified == {"T1": "2026-01-05", "N1": "2026-05-06"}
    written = [row["RSSTRESC"] for row in rows(files["rs.csv"]) if row["RSTESTCD"] == "OVRLRESP"]
    judged = judge_files(RecistRequest(tu=files["tu.csv"], tr=files["tr.csv"]))
    assert judged.faults == ()
    (subject,) = judged.to_dict()["subjects"]
    # 20 of 30 mm is 33 % less; a new lesion is progression (RECIST 1.1)
    assert [visit["overall_response"] for visit in subject["visits"]] == written == ["PR", "PD"]


def test_a_progression_before_the_treatment_is_left_out_and_told(tmp_path: Path) -> None:
    done = exported(tmp_path, IMPLANTED, TARGET, *IMAGES, BEFORE)
    times = {row["PARAMCD"]: row["CNSR"] for row in rows(tmp_path / "out" / "adtte.csv")}
    assert times == {"LPFS": "1", "PFS": "1", "OS": "1"}
    assert done.remarks == (
        "S-01: the progression of 2025-11-01 was before the treatment; it is no event of the endpoints.",
    )


@pytest.mark.parametrize(
    ("more", "ends"),
    [((), "is censored"), ((Death(patient_id="S-01", on=on("2026-08-01")),), "ends with death")],
)
def test_a_progression_by_recist_that_nobody_recorded_is_told(
    tmp_path: Path, more: tuple[Record, ...], ends: str
) -> None:
    said = f"S-01: PD by RECIST on 2026-05-06, and no progression is recorded; LPFS {ends}."
    assert said in exported(tmp_path, IMPLANTED, TARGET, NEW, *IMAGES, BEFORE, *more).remarks


def test_a_recorded_progression_needs_no_remark(tmp_path: Path) -> None:
    recorded = replace(BEFORE, on=on("2026-05-06"))
    assert exported(tmp_path, IMPLANTED, TARGET, NEW, *IMAGES, recorded).remarks == ()


def test_what_cannot_be_written_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="before the treatment"):
        exported(tmp_path, IMPLANTED, TARGET, *IMAGES, Death(patient_id="S-01", on=on("2025-01-01")))
    assert [path.name for path in tmp_path.iterdir() if "sqlite" not in path.name] == []
