"""Patients of a register judged by their images, batch after batch, in this process or in others."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from seedbed.journey.analysis.judging import IMAGE_FIELDS, LESION_FIELDS, Batch, JudgedImages, judge_batch
from seedbed.journey.analysis.many_processes import Later, OtherProcesses
from seedbed.journey.analysis.members import Members, plain_rows
from seedbed.journey.collection import no_collection
from seedbed.patient import PartialDate
from seedbed.patient.records import LesionRecord, Measurement
from seedbed.registry.clinic import ClinicRegister, open_clinic
from seedbed.registry.clinic_tables import TABLES

JUDGING = __name__
"""The module that a process needs which judges."""
AT_ONCE = 1000
"""Patients whose images are judged at once: bounds the memory, and the wait after Ctrl-C."""


@dataclass(frozen=True)
class ImageQuestion:
    """By which criteria, and whose reading where a patient has several."""

    profile: str = "recist11"
    reader: str | None = None


@dataclass(frozen=True, kw_only=True)
class AskedBatch:
    """Some patients whose images are to be read and judged; the attributes are those of `Batch`."""

    rows: tuple[int, ...]
    patients: tuple[str, ...]
    starts: tuple[PartialDate, ...]
    on: date
    profile: str
    reader: str | None
    stays: bool


def begin_judging(
    clinic: ClinicRegister, members: Members, *, question: ImageQuestion, others: OtherProcesses
) -> list[Later[JudgedImages]]:
    """Give all batches to the other processes; without any, each is judged when it is asked for.

    Returns
    -------
    list of callable
        Each gives what was found of one batch, in the order of the patients. It raises InputError for a
        patient whose images were measured by several readers, where nobody said whose count.
    """
    asked = _asked(members, question)
    if others.started:
        return [others.give(judge_there, clinic.where, each) for each in asked]
    return [partial(judge_here, clinic, each) for each in asked]


def judge_here(clinic: ClinicRegister, asked: AskedBatch) -> JudgedImages:
    """Read and judge a batch."""
    return judge_batch(read_batch(clinic, asked))


def judge_there(where: Path | str, asked: AskedBatch) -> JudgedImages:
    """Read and judge a batch in a process that has nothing open."""
    with open_clinic(where) as clinic, no_collection():
        return judge_here(clinic, asked)


def read_batch(clinic: ClinicRegister, asked: AskedBatch) -> Batch:
    """Read the lesions and images of some patients."""
    lesions, images = TABLES[LesionRecord.KIND].c, TABLES[Measurement.KIND].c
    until = images.on <= asked.on.isoformat()
    return Batch(
        **vars(asked),
        lesions=plain_rows(clinic, LesionRecord, LESION_FIELDS, lesions.patient_id.in_(asked.patients)),
        images=plain_rows(clinic, Measurement, IMAGE_FIELDS, images.patient_id.in_(asked.patients), until),
    )


def _asked(members: Members, question: ImageQuestion) -> Iterator[AskedBatch]:
    for first in range(0, len(members.ids), AT_ONCE):
        patients = members.ids[first : first + AT_ONCE]
        yield AskedBatch(
            rows=tuple(range(first, first + len(patients))),
            patients=patients,
            starts=members.starts[first : first + AT_ONCE],
            on=members.on,
            profile=question.profile,
            reader=question.reader,
            stays=members.rules.progressed.later_response == "progression",
        )
