"""What happened to each patient day by day, from the register: drug courses, implants, progressions, ends."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from seedbed.cohort.courses import Happenings, Spans
from seedbed.cohort.endpoints import DAYS_A_MONTH
from seedbed.cohort.frame import Column, IntArray
from seedbed.journey.analysis.members import Members, plain_rows
from seedbed.journey.records.plain import first_days
from seedbed.patient.records import DrugCourse, Implantation, Progression, partial
from seedbed.protocol import is_protocol_drug
from seedbed.registry.clinic import ClinicRegister
from seedbed.registry.clinic_tables import TABLES

IMPLANT, DEATH, LAST_SEEN = "implant", "death", "last seen"
PROGRESSED = " progression"


def ends(columns: Mapping[str, Column]) -> tuple[IntArray, NDArray[np.bool_]]:
    """Return until which day each patient was followed, and whether death ended it.

    They are those of overall survival, so that a figure never tells another time than the tables.

    Parameters
    ----------
    columns : mapping of str to Column
        With ``os_months`` and ``os_event``.

    Returns
    -------
    days : ndarray of int, shape (patients,)
        Since the first day of treatment.
    died : ndarray of bool, shape (patients,)
    """
    days = np.rint(columns["os_months"].values * DAYS_A_MONTH).astype(np.int64)
    return days, columns["os_event"].values == 1


def drug_spans(clinic: ClinicRegister, members: Members, *, columns: Mapping[str, Column]) -> Spans:
    """Return the courses of the protocol's drug as of the day of the analysis.

    Of a date that is known in part the first day counts, but none before the first day of treatment or of the
    course. A course without an end, or with one after the day of the analysis, is going on until that day, if
    death did not end it.
    """
    on = members.on.isoformat()
    table = TABLES[DrugCourse.KIND].c
    every = plain_rows(clinic, DrugCourse, ("patient_id", "drug", "start", "end"), table.start <= on)
    ours = {drug for drug in {row[1] for row in every} if is_protocol_drug(drug, members.protocol)}
    rows = [row for row in every if row[1] in ours and row[0] in members.row]
    if not rows:
        return Spans()
    patients = _patients(rows, members)
    open_ended = np.array([row[3] is None or row[3] > on for row in rows], dtype=bool)
    first = np.maximum(_days(patients, [row[2] for row in rows], members), 0)
    last = _days(
        patients, [on if here else row[3] for here, row in zip(open_ended, rows, strict=True)], members
    )
    until, died = ends(columns)
    last = np.where(died[patients], np.minimum(last, until[patients]), last)
    return Spans(
        patients=patients,
        first_days=first,
        last_days=np.maximum(last, first),
        going_on=open_ended & ~died[patients],
        words=np.full(len(rows), members.protocol.drug.name),
    )


def happenings(clinic: ClinicRegister, members: Members, *, columns: Mapping[str, Column]) -> Happenings:
    """Return implants, progressions, deaths, and when the others were last seen.

    Of a date that is known in part the first day counts, but none before the first day of treatment; a
    progression surely before the treatment is left out, as in the endpoints.
    """
    implants = {tuple(row) for row in _until(clinic, Implantation, ("patient_id", "on"), members)}
    progressions = [
        row
        for row in _until(clinic, Progression, ("patient_id", "on", "where"), members)
        if partial(row[1]).latest >= members.starts[members.row[row[0]]].earliest
    ]
    rows = [*sorted(implants), *progressions]
    until, died = ends(columns)
    patients = np.concatenate([_patients(rows, members), np.arange(len(members.ids))])
    first = np.maximum(_days(patients[: len(rows)], [row[1] for row in rows], members), 0)
    days = np.concatenate([first, until])
    words = np.concatenate(
        [
            np.array([IMPLANT] * len(implants), dtype=np.str_),
            np.array([f"{row[2]}{PROGRESSED}" for row in progressions], dtype=np.str_),
            np.where(died, DEATH, LAST_SEEN),
        ]
    )
    order = np.lexsort((days, patients))
    return Happenings(patients=patients[order], days=days[order], words=words[order])


def _until(clinic: ClinicRegister, kind: Any, names: Sequence[str], members: Members) -> list[Any]:
    """Return rows of the patients who are analysed up to the day of the analysis."""
    rows = plain_rows(clinic, kind, names, TABLES[kind.KIND].c.on <= members.on.isoformat())
    return [row for row in rows if row[0] in members.row]


def _patients(rows: Sequence[Any], members: Members) -> IntArray:
    return np.array([members.row[row[0]] for row in rows], dtype=np.int64)


def _days(patients: IntArray, texts: Sequence[str], members: Members) -> IntArray:
    return np.asarray(first_days(texts) - members.first_days[patients], dtype=np.int64)
