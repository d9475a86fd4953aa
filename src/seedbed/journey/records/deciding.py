"""Screening and prescription by rule, for the facts of a file or of the register, with the reasons."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from seedbed.errors import InputError
from seedbed.journey.records.facts import FoundFacts, facts_from_file, facts_from_register
from seedbed.patient import PartialDate, format_value
from seedbed.patient.records import Decision
from seedbed.protocol import (
    FactUsed,
    Prescription,
    Protocol,
    Screening,
    SeedActivity,
    load_rules,
    prescribe,
    screen,
    seed_activity,
)
from seedbed.registry.clinic import open_clinic


@dataclass(frozen=True, kw_only=True)
class DecisionQuestion:
    """Whose facts are held against the rules.

    Attributes
    ----------
    facts_file : Path, optional
        Facts in a TOML file; or
    register, patient_id : Path or str, str
        a patient of the register.
    on : date
        Day of the decision; of the treatment, where the facts do not state one.
    rules_file : Path, optional
        Another protocol than the shipped one.
    arm : str, optional
        The arm that is asked for; all criteria without it.
    who : str
        Who decides; then the decision is written into the register.
    """

    facts_file: Path | None = None
    register: Path | str | None = None
    patient_id: str | None = None
    on: date
    rules_file: Path | None = None
    arm: str | None = None
    who: str = ""


@dataclass(frozen=True)
class Screened:
    """The answer of the criteria for one patient."""

    found: FoundFacts
    protocol: Protocol
    screening: Screening
    recorded: bool

    def to_dict(self) -> dict[str, Any]:
        """Return it for machines."""
        return {
            "subject": self.found.subject,
            "protocol": self.protocol.title,
            "decision": self.screening.decision,
            "against": list(self.screening.against),
            "unknown": list(self.screening.unknown),
            "missing_facts": list(self.screening.missing),
            "criteria": [
                {
                    "rule_id": each.rule_id,
                    "kind": each.kind,
                    "status": each.status,
                    "text": each.text,
                    "source": self.protocol.cite(each.rule_id),
                    "facts": _facts(each.facts, self.found),
                    "missing": list(each.missing),
                    "notes": [reading.text for reading in self.protocol.readings(each.rule_id)],
                }
                for each in self.screening.criteria
            ],
            "recorded": self.recorded,
        }


@dataclass(frozen=True)
class Prescribed:
    """The dose and the activity for one patient, and why."""

    found: FoundFacts
    protocol: Protocol
    prescription: Prescription
    activity: SeedActivity | None
    recorded: bool

    def to_dict(self) -> dict[str, Any]:
        """Return it for machines."""
        given, activity = self.prescription, self.activity
        return {
            "subject": self.found.subject,
            "protocol": self.protocol.title,
            "dose_gy": given.dose_gy,
            "rule_id": given.rule_id,
            "text": given.text,
            "source": self.protocol.cite(given.rule_id),
            "facts": _facts(given.facts, self.found),
            "also_matched": list(given.also_matched),
            "note": given.note,
            "readings": [reading.text for reading in self.protocol.readings(given.rule_id)],
            "activity": None
            if activity is None
            else {
                "site": activity.site,
                "rule_id": activity.rule_id,
                "low_mbq": activity.low_mbq,
                "high_mbq": activity.high_mbq,
                "default_mbq": activity.default_mbq,
                "default_mci": round(activity.default_mci, 4),
                "default_u": round(activity.default_u, 4),
                "text": activity.text,
                "note": activity.note,
                "source": self.protocol.cite(activity.rule_id),
            },
            "recorded": self.recorded,
        }


def screen_patient(question: DecisionQuestion) -> Screened:
    """Hold one patient against the criteria; eligible only when none is unknown.

    Raises
    ------
    InputError
        No such file, patient or arm.
    """
    protocol, found = load_rules(question.rules_file), _facts_of(question)
    screening = screen(found.facts, protocol, arm=question.arm)
    used = [fact for each in screening.criteria for fact in each.facts]
    rules = [f"{each.rule_id} {each.status}" for each in screening.criteria]
    recorded = _record(question, "screening", screening.decision, rules, used)
    return Screened(found, protocol, screening, recorded)


def prescribe_dose(question: DecisionQuestion, *, site: str | None = None) -> Prescribed:
    """Choose dose and activity by rule.

    Raises
    ------
    InputError
        No such file, patient or site.
    UndecidedError
        A fact that decides the dose is not stated.
    """
    protocol, found = load_rules(question.rules_file), _facts_of(question)
    prescription = prescribe(found.facts, protocol)
    activity = None if site is None else seed_activity(site, protocol)
    decided = f"{prescription.dose_gy:g} Gy"
    rules = [prescription.rule_id]
    if activity is not None:
        decided += f", seeds of {activity.default_mbq:g} MBq"
        rules.append(activity.rule_id)
    recorded = _record(question, "prescription", decided, rules, prescription.facts)
    return Prescribed(found, protocol, prescription, activity, recorded)


def _facts_of(question: DecisionQuestion) -> FoundFacts:
    if (question.facts_file is None) == (question.patient_id is None):
        both = "both a file of facts and a patient" if question.facts_file else "neither facts nor a patient"
        raise InputError(both, "a file of facts, or a patient of the register", "give one of the two")
    if question.facts_file is not None:
        return facts_from_file(question.facts_file)
    if question.register is None or question.patient_id is None:
        raise InputError("a patient without a register", "the register", "name it with --register")
    with open_clinic(question.register) as clinic:
        return facts_from_register(clinic, question.patient_id, on=question.on)


def _record(question: DecisionQuestion, subject: str, decided: str, rules: list[str], facts: Any) -> bool:
    if not question.who:
        return False
    if question.register is None or question.patient_id is None:
        raise InputError(
            "a decision to be recorded for facts from a file",
            "a patient of the register",
            "name one with --patient, or leave --record out",
        )
    decision = Decision(
        patient_id=question.patient_id,
        on=PartialDate.of(question.on),
        subject=subject,
        decided=decided,
        rules=", ".join(rules),
        facts="; ".join(dict.fromkeys(str(each) for each in facts)),
        by=question.who,
    )
    with open_clinic(question.register) as clinic:
        clinic.write([decision], who=question.who, why=f"{subject} by rule")
    return True


def _facts(used: tuple[FactUsed, ...], found: FoundFacts) -> list[dict[str, str]]:
    return [
        {"name": each.name, "value": format_value(each.value), "from": found.origin.get(each.name, "")}
        for each in used
    ]
