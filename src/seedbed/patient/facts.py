"""The facts that rules of care ask for: each with a kind, a unit, a plausible range and a meaning.

``None`` means that nobody has stated the fact; it is never taken for "no". The plausible ranges are
this project's own: they catch a slipped digit or a wrong unit, they decide nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from seedbed.errors import InputError
from seedbed.patient.fields import Field, check_known, day, fields_of, number, shown, yes_or_no

Fact = Field
FactValue = bool | float | date


@dataclass(frozen=True, kw_only=True)
class PatientFacts:
    """What is known of one patient on the day a decision is taken; None is "not stated".

    `FACTS` tells the meaning, unit and plausible range of each. A stated date of external beam states
    that there was external beam.

    Raises
    ------
    InputError
        A value of the wrong kind, not finite, outside its plausible range, or two facts that
        contradict each other.

    Examples
    --------
    >>> PatientFacts(kps=90.0, tgab_positive=False).kps
    90.0
    >>> PatientFacts(kps=850)
    Traceback (most recent call last):
    ...
    seedbed.errors.InputError: fact 'kps' is 850; expected a number from 0 to 100; correct it ...
    """

    treatment_date: date | None = field(
        default=None, metadata=day("day of the implantation or first dose that is planned")
    )
    no_lesion_takes_up_radioiodine: bool | None = field(
        default=None, metadata=yes_or_no("all known lesions show no significant uptake of radioiodine")
    )
    progressed_after_radioiodine: bool | None = field(
        default=None,
        metadata=yes_or_no("the disease progressed after radioiodine although some lesions took it up"),
    )
    largest_diameter_mm: float | None = field(
        default=None, metadata=number("largest diameter of the largest lesion", "mm", 0, 500)
    )
    expected_survival_months: float | None = field(
        default=None, metadata=number("expected survival", "months", 0, 600)
    )
    kps: float | None = field(default=None, metadata=number("Karnofsky performance status", "", 0, 100))
    tgab_positive: bool | None = field(
        default=None, metadata=yes_or_no("thyroglobulin antibody is positive at baseline")
    )
    tsh_mu_per_l: float | None = field(
        default=None, metadata=number("thyroid-stimulating hormone at baseline", "mU/L", 0, 500)
    )
    clinical_data_complete: bool | None = field(
        default=None, metadata=yes_or_no("the clinical data are complete")
    )
    compliant: bool | None = field(default=None, metadata=yes_or_no("complies with the treatment"))
    cooperates_with_implantation: bool | None = field(
        default=None, metadata=yes_or_no("can cooperate with the seed implantation")
    )
    prior_mki: bool | None = field(
        default=None, metadata=yes_or_no("was treated before with another multikinase inhibitor")
    )
    fev1_pct_predicted: float | None = field(
        default=None, metadata=number("FEV1, percent of the predicted value", "%", 5, 200)
    )
    lvef_pct: float | None = field(
        default=None, metadata=number("left ventricular ejection fraction", "%", 5, 95)
    )
    platelets_1e9_per_l: float | None = field(
        default=None, metadata=number("platelet count", "1e9/L", 0, 3000)
    )
    pt_ratio: float | None = field(
        default=None, metadata=number("prothrombin time, patient over control", "", 0.3, 10)
    )
    drug_tolerated: bool | None = field(
        default=None, metadata=yes_or_no("can tolerate the side effects of targeted therapy")
    )
    had_external_beam: bool | None = field(
        default=None, metadata=yes_or_no("was ever treated with external beam")
    )
    last_external_beam_date: date | None = field(
        default=None, metadata=day("last day of the latest course of external beam")
    )
    cumulative_i131_gbq: float | None = field(
        default=None, metadata=number("cumulative activity of I-131 given so far", "GBq", 0, 100)
    )

    def __post_init__(self) -> None:
        for fact in FACTS.values():
            value = getattr(self, fact.name)
            if value is not None:
                _check_value(fact, value)
        if self.last_external_beam_date is not None:
            self._check_external_beam(self.last_external_beam_date)

    def _check_external_beam(self, last: date) -> None:
        if self.had_external_beam is False:
            raise InputError(
                f"fact 'had_external_beam' is false but 'last_external_beam_date' is {last}",
                "a date only where there was external beam",
                "correct one of the two",
            )
        if self.treatment_date is not None and last > self.treatment_date:
            raise InputError(
                f"fact 'last_external_beam_date' is {last}, after 'treatment_date' {self.treatment_date}",
                "external beam that ended before the treatment that is planned",
                "correct one of the two dates",
            )
        object.__setattr__(self, "had_external_beam", True)

    @classmethod
    def from_mapping(cls, given: Mapping[str, object], *, where: str = "the facts") -> "PatientFacts":
        """Build the facts from names and values, as read from TOML, JSON or a row of a table.

        Parameters
        ----------
        given : Mapping
            Fact names and values; None is "not stated"; a date may be an ISO text (2026-01-31).
        where : str
            The place they came from, for messages.

        Raises
        ------
        InputError
            An unknown name, or a value `PatientFacts` refuses.

        Examples
        --------
        >>> PatientFacts.from_mapping({"kps": 90, "last_external_beam_date": "2025-11-03"}).had_external_beam
        True
        """
        check_known(given, FACTS, where=where)
        values: dict[str, Any] = {name: _from_text(FACTS[name], value) for name, value in given.items()}
        return cls(**values)

    def stated(self) -> dict[str, FactValue]:
        """Return the stated facts, in the order of `FACTS`.

        Examples
        --------
        >>> PatientFacts(kps=90.0).stated()
        {'kps': 90.0}
        """
        pairs = ((name, getattr(self, name)) for name in FACTS)
        return {name: value for name, value in pairs if value is not None}


FACTS: Final[Mapping[str, Fact]] = fields_of(PatientFacts)
"""The facts a rules file may ask for, by name."""


def format_value(value: FactValue | None) -> str:
    """Write the value of a fact for people: ``yes``, ``no``, ``not stated``, a number, an ISO date.

    Examples
    --------
    >>> format_value(True), format_value(22.2), format_value(90.0), format_value(None)
    ('yes', '22.2', '90', 'not stated')
    """
    if value is None:
        return "not stated"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else f"{value:.10g}"


def _from_text(fact: Fact, value: object) -> object:
    if fact.kind != "date" or not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        return value  # refused with a sentence by _check_value


def _check_value(fact: Fact, value: object) -> None:
    if not fact.fits(value):
        raise InputError(
            f"fact '{fact.name}' is {shown(value)}", fact.expected, f"correct it ({fact.meaning})"
        )
