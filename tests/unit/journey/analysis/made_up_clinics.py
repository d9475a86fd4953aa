"""Registers of made-up patients for tests of the analysis set; nobody in them is a patient."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.unit.registry.clinics import new_register

from seedbed.cohort.analysis_rules import AnalysisRules, analysis_rules
from seedbed.cohort.frame import AnalysisSet
from seedbed.journey.analysis.batches import ImageQuestion
from seedbed.journey.analysis.building import SetQuestion, build_set
from seedbed.patient.records import Implantation, LesionRecord, Measurement, Patient, Record, partial
from seedbed.registry.clinic import ClinicRegister, open_clinic

START = "2024-01-10"
ON = date(2026, 1, 1)


def patient(
    name: str = "S-1", *, arm: str = "A", start: str = START, born: str = "1961-05-20"
) -> list[Record]:
    """Return a patient with one implant and one target lesion."""
    return [
        Patient(patient_id=name, sex="female", born=partial(born), arm=arm, synthetic=True),
        LesionRecord(patient_id=name, lesion="T1", role="target"),
        Implantation(
            patient_id=name,
            implant="1",
            session=1,
            on=partial(start),
            seeds_implanted=30,
            prescription_gy=120.0,
        ),
    ]


def image(on: str, size: float, *, name: str = "S-1", reader: str = "", lesion: str = "T1") -> Measurement:
    """Return an image of a round lesion."""
    return Measurement(
        patient_id=name,
        lesion=lesion,
        on=partial(on),
        reader=reader,
        longest_mm=size,
        ap_mm=size,
        cc_mm=size,
        transverse_mm=size,
    )


@contextmanager
def clinic_of(*records: Record) -> Iterator[ClinicRegister]:
    """Open a register that holds some records."""
    with (
        TemporaryDirectory() as folder,
        open_clinic(new_register(Path(folder) / "r.sqlite")) as clinic,
    ):
        clinic.write(records, who="test", why="synthetic")
        yield clinic


def set_of(
    *records: Record,
    on: date = ON,
    group_by: str = "arm",
    images: ImageQuestion | None = None,
    rules: AnalysisRules | None = None,
) -> AnalysisSet:
    """Build the analysis set of some records."""
    question = SetQuestion(
        group_by=group_by, on=on, rules=rules or analysis_rules(), images=images or ImageQuestion()
    )
    with clinic_of(*records) as clinic:
        return build_set(clinic, question)
