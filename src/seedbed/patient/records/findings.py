"""What was found: lesions, and what visits, laboratory and imaging said of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar

from seedbed.patient.fields import choice, number, partial_date, text, whole, yes_or_no
from seedbed.patient.partial_dates import PartialDate
from seedbed.patient.records.base import Record

DIAMETERS = ("longest_mm", "short_axis_mm", "ap_mm", "cc_mm", "transverse_mm")


@dataclass(frozen=True, kw_only=True)
class LesionRecord(Record):
    """A lesion that is followed."""

    KIND: ClassVar[str] = "lesion"
    KEY: ClassVar[tuple[str, ...]] = ("patient_id", "lesion")

    lesion: str = field(metadata=text("short name of the lesion, such as T1"))
    role: str | None = field(
        default=None, metadata=choice("role in the response", "target", "non-target", "new")
    )
    organ: str = field(default="", metadata=text("organ it lies in"))
    is_lymph_node: bool | None = field(default=None, metadata=yes_or_no("is a lymph node"))
    previously_irradiated: bool | None = field(
        default=None, metadata=yes_or_no("was irradiated before this treatment")
    )
    implanted: bool | None = field(default=None, metadata=yes_or_no("is treated with seeds"))
    location: str = field(default="", metadata=text("where it lies, in words"))
    seen_on: PartialDate | None = field(
        default=None, metadata=partial_date("date on which a new lesion was first seen")
    )


@dataclass(frozen=True, kw_only=True)
class VisitRecord(Record):
    """A visit."""

    KIND: ClassVar[str] = "visit"
    KEY: ClassVar[tuple[str, ...]] = ("patient_id", "on")

    on: PartialDate = field(metadata=partial_date("date of the visit"))
    label: str = field(default="", metadata=text("name of the visit, such as month 2"))
    weight_kg: float | None = field(default=None, metadata=number("weight", "kg", 10, 400))
    kps: int | None = field(default=None, metadata=whole("Karnofsky performance status", 0, 100))
    ecog: int | None = field(default=None, metadata=whole("ECOG performance status", 0, 5))
    drug_use: str | None = field(
        default=None, metadata=choice("use of the drug", "going on", "interrupted", "stopped", "none")
    )
    symptoms: str = field(default="", metadata=text("symptoms; 'none' where there are none"))
    adverse_events_asked: bool | None = field(
        default=None, metadata=yes_or_no("adverse events were asked for, also where there were none")
    )
    note: str = field(default="", metadata=text("remark"))


@dataclass(frozen=True, kw_only=True)
class LaboratoryValue(Record):
    """A laboratory value, as the laboratory gave it.

    Examples
    --------
    >>> LaboratoryValue(patient_id="S-01", on=PartialDate("2026-03-02"), analyte="Tg", value=0.04,
    ...                 comparator="<", unit="ng/mL").name
    'laboratory value S-01, 2026-03-02, Tg'
    """

    KIND: ClassVar[str] = "laboratory value"
    KEY: ClassVar[tuple[str, ...]] = ("patient_id", "on", "analyte")
    STATED_WITH: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType({"value": ("comparator",)})
    CHANGES_WITH: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType({"unit": ("low", "high")})

    on: PartialDate = field(metadata=partial_date("date of the sample"))
    analyte: str = field(metadata=text("what was measured, such as Tg"))
    value: float = field(metadata=number("value", "", -1e9, 1e9))
    comparator: str | None = field(
        default=None, metadata=choice("below or above what can be measured", "<", ">")
    )
    unit: str = field(metadata=text("unit of the value and its limits"))
    low: float | None = field(default=None, metadata=number("lower reference limit", "", -1e9, 1e9))
    high: float | None = field(default=None, metadata=number("upper reference limit", "", -1e9, 1e9))
    assay: str = field(default="", metadata=text("assay or device"))


@dataclass(frozen=True, kw_only=True)
class Measurement(Record):
    """What an image said of one lesion."""

    KIND: ClassVar[str] = "measurement"
    KEY: ClassVar[tuple[str, ...]] = ("patient_id", "lesion", "on", "reader")
    CHANGES_WITH: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType(
        {"state": DIAMETERS, **dict.fromkeys(DIAMETERS, ("state",))}
    )

    lesion: str = field(metadata=text("name of the lesion"))
    on: PartialDate = field(metadata=partial_date("date of the image"))
    reader: str = field(default="", metadata=text("who measured"))
    longest_mm: float | None = field(default=None, metadata=number("longest diameter", "mm", 0, 500))
    short_axis_mm: float | None = field(default=None, metadata=number("short axis", "mm", 0, 500))
    ap_mm: float | None = field(default=None, metadata=number("anteroposterior diameter", "mm", 0, 500))
    cc_mm: float | None = field(default=None, metadata=number("craniocaudal diameter", "mm", 0, 500))
    transverse_mm: float | None = field(default=None, metadata=number("transverse diameter", "mm", 0, 500))
    state: str | None = field(
        default=None,
        metadata=choice(
            "what was seen, where no diameter says it",
            *("measured", "too small", "absent", "present", "unequivocal progression", "not evaluable"),
        ),
    )
    method: str | None = field(
        default=None, metadata=choice("method", "CT", "MRI", "PET/CT", "X-ray", "ultrasound", "clinical")
    )
    slice_mm: float | None = field(default=None, metadata=number("slice thickness", "mm", 0.1, 20))
    note: str = field(default="", metadata=text("remark"))


@dataclass(frozen=True, kw_only=True)
class PetUptake(Record):
    """Uptake of a lesion in PET, and of the liver."""

    KIND: ClassVar[str] = "PET uptake"
    KEY: ClassVar[tuple[str, ...]] = ("patient_id", "on", "lesion")

    on: PartialDate = field(metadata=partial_date("date of the PET"))
    lesion: str = field(metadata=text("name of the lesion"))
    tracer: str = field(default="", metadata=text("tracer, such as FDG"))
    suv_max: float | None = field(default=None, metadata=number("SUVmax by body weight", "", 0, 500))
    suv_bsa_max: float | None = field(default=None, metadata=number("SUVmax by body surface", "", 0, 500))
    sul_peak: float | None = field(default=None, metadata=number("SULpeak", "", 0, 500))
    lesion_glycolysis_ml: float | None = field(
        default=None, metadata=number("total lesion glycolysis", "mL", 0, 1e6)
    )
    liver_sul_mean: float | None = field(default=None, metadata=number("mean SUL of the liver", "", 0, 50))
    liver_sul_sd: float | None = field(
        default=None, metadata=number("standard deviation of the SUL of the liver", "", 0, 50)
    )
    injected_mbq: float | None = field(default=None, metadata=number("injected activity", "MBq", 1, 2000))
    uptake_min: float | None = field(
        default=None, metadata=number("time from injection to scan", "min", 0, 600)
    )
    scanner: str = field(default="", metadata=text("scanner"))


@dataclass(frozen=True, kw_only=True)
class Pain(Record):
    """Pain on the numerical rating scale."""

    KIND: ClassVar[str] = "pain"
    KEY: ClassVar[tuple[str, ...]] = ("patient_id", "on", "site")

    on: PartialDate = field(metadata=partial_date("date"))
    site: str = field(default="", metadata=text("where it hurts"))
    nrs: float = field(metadata=number("worst pain, numerical rating scale", "", 0, 10))
    opioid_mg_per_day: float | None = field(
        default=None, metadata=number("opioids as oral morphine equivalent", "mg/d", 0, 5000)
    )


@dataclass(frozen=True, kw_only=True)
class AdverseEvent(Record):
    """An adverse event by CTCAE."""

    KIND: ClassVar[str] = "adverse event"
    KEY: ClassVar[tuple[str, ...]] = ("patient_id", "term", "start")

    term: str = field(metadata=text("term of CTCAE"))
    start: PartialDate = field(metadata=partial_date("date it began"))
    grade: int = field(metadata=whole("worst grade", 1, 5))
    end: PartialDate | None = field(default=None, metadata=partial_date("date it ended"))
    attribution: str | None = field(
        default=None,
        metadata=choice("caused by", "drug", "seeds", "drug and seeds", "disease", "other", "unknown"),
    )
    action: str | None = field(
        default=None,
        metadata=choice(
            "what was done with the drug", "none", "dose reduced", "interrupted", "stopped", "not applicable"
        ),
    )
    serious: bool | None = field(default=None, metadata=yes_or_no("serious by the law on trials"))
    note: str = field(default="", metadata=text("remark"))


@dataclass(frozen=True, kw_only=True)
class Progression(Record):
    """Progression as the clinic judged it."""

    KIND: ClassVar[str] = "progression"
    KEY: ClassVar[tuple[str, ...]] = ("patient_id", "on")

    on: PartialDate = field(metadata=partial_date("date on which it was seen"))
    where: str = field(metadata=choice("where", "local", "distant", "local and distant"))
    evidence: str = field(default="", metadata=text("image, marker or symptom that showed it"))
