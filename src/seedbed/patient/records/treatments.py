"""What patients were given: seeds, by lesion and session, and a drug, by course and dose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar

from seedbed.patient.fields import choice, number, partial_date, text, whole
from seedbed.patient.partial_dates import PartialDate
from seedbed.patient.records.base import Record


@dataclass(frozen=True, kw_only=True)
class Implantation(Record):
    """Seeds put into one lesion in one session.

    A patient can have several implants, each of several sessions.

    Examples
    --------
    >>> Implantation(patient_id="S-01", implant="1", session=2, on=PartialDate("2026-03-02"),
    ...              intent="top-up", seeds_implanted=4).key
    ('S-01', '1', 2, '')
    """

    KIND: ClassVar[str] = "implantation"
    KEY: ClassVar[tuple[str, ...]] = ("patient_id", "implant", "session", "lesion")

    implant: str = field(metadata=text("number or name of the implant"))
    session: int = field(metadata=whole("session of this implant, from 1", 1, 99))
    lesion: str = field(default="", metadata=text("name of the lesion, where sessions treat several"))
    on: PartialDate = field(metadata=partial_date("date of the session"))
    intent: str | None = field(default=None, metadata=choice("intent", "implant", "top-up", "repeat"))
    prescription_gy: float | None = field(default=None, metadata=number("prescribed dose", "Gy", 1, 1000))
    seeds_planned: int | None = field(default=None, metadata=whole("seeds planned", 0, 1000))
    seeds_implanted: int | None = field(default=None, metadata=whole("seeds implanted", 0, 1000))
    needles: int | None = field(default=None, metadata=whole("needles", 0, 200))
    source_model: str = field(default="", metadata=text("model of the seeds"))
    activity_mbq: float | None = field(
        default=None, metadata=number("apparent activity of one seed", "MBq", 1, 200)
    )
    strength_u: float | None = field(
        default=None, metadata=number("air-kerma strength of one seed", "U", 0.05, 8)
    )
    verified_on: PartialDate | None = field(
        default=None, metadata=partial_date("date of the CT on which the dose was verified")
    )
    d90_gy: float | None = field(default=None, metadata=number("D90 on that CT", "Gy", 0, 2000))
    v100_pct: float | None = field(default=None, metadata=number("V100 on that CT", "%", 0, 100))
    complications: str = field(default="", metadata=text("complications of the session"))


@dataclass(frozen=True, kw_only=True)
class DrugCourse(Record):
    """A course of a drug."""

    KIND: ClassVar[str] = "drug course"
    KEY: ClassVar[tuple[str, ...]] = ("patient_id", "course")

    course: str = field(metadata=text("number or name of the course"))
    drug: str = field(metadata=text("name of the drug"))
    start: PartialDate = field(metadata=partial_date("date of the first dose"))
    end: PartialDate | None = field(default=None, metadata=partial_date("date of the last dose"))
    stop_reason: str | None = field(
        default=None,
        metadata=choice(
            "why it ended",
            *("progression", "intolerable toxicity", "patient's wish", "death", "completed", "other"),
        ),
    )


@dataclass(frozen=True, kw_only=True)
class DrugDose(Record):
    """A daily dose from a day on, or an interruption: 0 mg."""

    KIND: ClassVar[str] = "drug dose"
    KEY: ClassVar[tuple[str, ...]] = ("patient_id", "course", "since")
    CHANGES_WITH: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType({"dose_mg": ("until", "reason")})

    course: str = field(metadata=text("number or name of the course"))
    since: PartialDate = field(metadata=partial_date("first day of this dose or interruption"))
    until: PartialDate | None = field(default=None, metadata=partial_date("its last day"))
    dose_mg: float = field(metadata=number("daily dose; 0 is an interruption", "mg", 0, 1000))
    reason: str | None = field(
        default=None,
        metadata=choice(
            "why",
            *("planned", "adverse event", "not tolerated", "missed", "surgery", "patient's wish", "other"),
        ),
    )
    note: str = field(default="", metadata=text("remark, such as the adverse event"))
