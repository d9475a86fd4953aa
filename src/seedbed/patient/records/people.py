"""Who the patients are, what they had at the start, and what became of them."""

from dataclasses import dataclass, field
from typing import ClassVar

from seedbed.patient.facts import PatientFacts
from seedbed.patient.fields import choice, number, partial_date, text, whole, yes_or_no
from seedbed.patient.partial_dates import PartialDate
from seedbed.patient.records.base import Record


@dataclass(frozen=True, kw_only=True)
class Patient(Record):
    """A patient of the register.

    Examples
    --------
    >>> Patient(patient_id="S-01", sex="female", born=PartialDate("1961")).name
    'patient S-01'
    """

    KIND: ClassVar[str] = "patient"
    KEY: ClassVar[tuple[str, ...]] = ("patient_id",)
    IDENTITY: ClassVar[tuple[str, ...]] = ("person", "sex", "born")

    person: str = field(default="", metadata=text("name of the patient"))
    sex: str | None = field(default=None, metadata=choice("sex", "female", "male"))
    born: PartialDate | None = field(default=None, metadata=partial_date("date of birth"))
    arm: str = field(default="", metadata=text("group of the protocol, such as A, B or C"))
    consent_on: PartialDate | None = field(default=None, metadata=partial_date("date of written consent"))
    synthetic: bool | None = field(default=None, metadata=yes_or_no("made up, not a real patient"))
    note: str = field(default="", metadata=text("remark"))


@dataclass(frozen=True, kw_only=True)
class Baseline(Record):
    """What a patient had before the treatment (Chen et al. 2025, table 1)."""

    KIND: ClassVar[str] = "baseline"
    KEY: ClassVar[tuple[str, ...]] = ("patient_id",)

    on: PartialDate = field(metadata=partial_date("date of the findings"))
    height_cm: float | None = field(default=None, metadata=number("height", "cm", 50, 250))
    weight_kg: float | None = field(default=None, metadata=number("weight", "kg", 10, 400))
    kps: int | None = field(default=None, metadata=whole("Karnofsky performance status", 0, 100))
    ecog: int | None = field(default=None, metadata=whole("ECOG performance status", 0, 4))
    pathology: str | None = field(
        default=None,
        metadata=choice("histology", *("PTC", "FTC", "oncocytic", "poorly differentiated", "other")),
    )
    surgery: str | None = field(
        default=None,
        metadata=choice(
            "extent of thyroidectomy and lymph node dissection",
            *("NTT", "TT", "TT + BCLND + LND", "other", "none"),
        ),
    )
    bilateral_tumours: bool | None = field(default=None, metadata=yes_or_no("tumours of both lobes"))
    extrathyroidal_extension: bool | None = field(
        default=None, metadata=yes_or_no("extrathyroidal extension")
    )
    metastasis: str | None = field(
        default=None,
        metadata=choice(
            "sites of metastasis",
            *("lymph node only", "lung only", "bone only", "lung and bone", "other", "none"),
        ),
    )
    mutation: str | None = field(
        default=None,
        metadata=choice(
            "oncogene mutation",
            *("negative", "BRAF V600E", "TERT", "BRAF V600E and TERT", "other", "not tested"),
        ),
    )
    i131_courses: int | None = field(default=None, metadata=whole("courses of radioiodine", 0, 50))
    cumulative_i131_gbq: float | None = field(
        default=None, metadata=number("cumulative activity of I-131", "GBq", 0, 100)
    )
    note: str = field(default="", metadata=text("remark"))

    @property
    def bmi_kg_m2(self) -> float | None:
        """Body mass index, kg/m2; None where height or weight is not stated."""
        if self.height_cm is None or self.weight_kg is None:
            return None
        return self.weight_kg / (self.height_cm / 100) ** 2


@dataclass(frozen=True, kw_only=True)
class ScreeningFacts(PatientFacts, Record):
    """The facts that screening and prescription ask for, as they were known on one day."""

    KIND: ClassVar[str] = "screening"
    KEY: ClassVar[tuple[str, ...]] = ("patient_id", "on")

    on: PartialDate = field(metadata=partial_date("date on which the facts were stated"))

    def __post_init__(self) -> None:
        PatientFacts.__post_init__(self)
        Record.__post_init__(self)

    @property
    def facts(self) -> PatientFacts:
        """The facts alone."""
        return PatientFacts.from_mapping(PatientFacts.stated(self))

    stated = Record.stated  # type: ignore[assignment]


@dataclass(frozen=True, kw_only=True)
class Decision(Record):
    """A decision that was taken, with the rules and the facts that it used."""

    KIND: ClassVar[str] = "decision"
    KEY: ClassVar[tuple[str, ...]] = ("patient_id", "on", "subject")

    on: PartialDate = field(metadata=partial_date("date of the decision"))
    subject: str = field(
        metadata=choice(
            "what was decided on", "screening", "prescription", "activity", "drug dose", "response", "other"
        )
    )
    decided: str = field(metadata=text("what was decided"))
    rules: str = field(default="", metadata=text("rules used, by id"))
    facts: str = field(default="", metadata=text("facts used"))
    by: str = field(default="", metadata=text("who decided"))


@dataclass(frozen=True, kw_only=True)
class Contact(Record):
    """A day on which the patient was known to be alive, beside visits."""

    KIND: ClassVar[str] = "contact"
    KEY: ClassVar[tuple[str, ...]] = ("patient_id", "on")

    on: PartialDate = field(metadata=partial_date("date of the contact"))
    how: str = field(default="", metadata=text("how, such as telephone"))


@dataclass(frozen=True, kw_only=True)
class Death(Record):
    """Death and its cause."""

    KIND: ClassVar[str] = "death"
    KEY: ClassVar[tuple[str, ...]] = ("patient_id",)

    on: PartialDate = field(metadata=partial_date("date of death"))
    cause: str = field(default="", metadata=text("cause of death, in words"))
    cause_class: str | None = field(
        default=None, metadata=choice("class of the cause", "disease", "treatment", "other", "unknown")
    )
