"""What the register knows of patients, studies, series and objects, as frozen rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, select

from seedbed.imaging.instance import InstanceFacts
from seedbed.registry.schema import FACTS, DicomInstance

Instance = DicomInstance


@dataclass(frozen=True)
class StoredInstance:
    """One object of the store: its facts, its file, and when it was kept, UTC."""

    facts: InstanceFacts
    sha256: str
    path: Path
    kept_at: datetime


@dataclass(frozen=True)
class PatientRow:
    """A patient as files name one, with the number of studies and objects."""

    patient_id: str
    issuer_of_patient_id: str
    patient_name: str
    patient_birth_date: str
    patient_sex: str
    studies: int
    instances: int


@dataclass(frozen=True)
class StudyRow:
    """A study, with the number of series and objects."""

    study_uid: str
    patient_id: str
    patient_name: str
    study_date: str
    study_description: str
    series: int
    instances: int


@dataclass(frozen=True)
class SeriesRow:
    """A series, with the number of objects."""

    series_uid: str
    study_uid: str
    patient_id: str
    modality: str
    series_number: str
    series_description: str
    frame_uid: str
    instances: int


def instance_rows(
    connection: Connection, path_of: Callable[[str], Path], wanted: Mapping[str, str | None]
) -> list[StoredInstance]:
    """Return objects whose columns are as wanted; None is any."""
    columns = [getattr(Instance, name) for name in FACTS]
    query = select(Instance.sha256, Instance.kept_at, *columns)
    for name, value in wanted.items():
        if value is not None:
            query = query.where(getattr(Instance, name) == value)
    order = (Instance.study_uid, Instance.series_uid, Instance.instance_uid)
    return [
        StoredInstance(InstanceFacts(*facts), sha256, path_of(sha256), kept_at)
        for sha256, kept_at, *facts in connection.execute(query.order_by(*order))
    ]


def patient_rows(connection: Connection) -> list[PatientRow]:
    """Return patients by ID and name."""
    who = (
        Instance.patient_id,
        Instance.issuer_of_patient_id,
        Instance.patient_name,
        Instance.patient_birth_date,
        Instance.patient_sex,
    )
    query = (
        select(*who, func.count(Instance.study_uid.distinct()), func.count()).group_by(*who).order_by(*who)
    )
    return [PatientRow(*row) for row in connection.execute(query)]


def study_rows(connection: Connection, patient_id: str | None) -> list[StudyRow]:
    """Return studies, newest first."""
    query = select(
        Instance.study_uid,
        Instance.patient_id,
        func.min(Instance.patient_name),
        func.max(Instance.study_date),
        func.max(Instance.study_description),
        func.count(Instance.series_uid.distinct()),
        func.count(),
    ).group_by(Instance.study_uid, Instance.patient_id)
    if patient_id is not None:
        query = query.where(Instance.patient_id == patient_id)
    newest = (func.max(Instance.study_date).desc(), Instance.study_uid)
    return [StudyRow(*row) for row in connection.execute(query.order_by(*newest))]


def series_rows(connection: Connection, study_uid: str | None) -> list[SeriesRow]:
    """Return series by study, modality and UID."""
    query = select(
        Instance.series_uid,
        Instance.study_uid,
        Instance.patient_id,
        Instance.modality,
        func.min(Instance.series_number),
        func.max(Instance.series_description),
        func.max(Instance.frame_uid),
        func.count(),
    ).group_by(Instance.series_uid, Instance.study_uid, Instance.patient_id, Instance.modality)
    if study_uid is not None:
        query = query.where(Instance.study_uid == study_uid)
    order = (Instance.study_uid, Instance.modality, Instance.series_uid)
    return [SeriesRow(*row) for row in connection.execute(query.order_by(*order))]
