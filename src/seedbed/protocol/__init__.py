"""Rules of care as data, and what they decide."""

from seedbed.protocol.conditions import FactUsed
from seedbed.protocol.drug import (
    DoseDecision,
    DrugCalendar,
    drug_calendar,
    drug_start,
    is_protocol_drug,
    next_dose,
)
from seedbed.protocol.eligibility import CriterionResult, Screening, screen
from seedbed.protocol.models import Protocol, ResponseRules, Rule
from seedbed.protocol.prescription import Prescription, SeedActivity, prescribe, seed_activity
from seedbed.protocol.rules import load_rules
from seedbed.protocol.visits import DueVisit, visits_due

__all__ = [
    "CriterionResult",
    "DoseDecision",
    "DrugCalendar",
    "DueVisit",
    "FactUsed",
    "Prescription",
    "Protocol",
    "ResponseRules",
    "Rule",
    "Screening",
    "SeedActivity",
    "drug_calendar",
    "drug_start",
    "is_protocol_drug",
    "load_rules",
    "next_dose",
    "prescribe",
    "screen",
    "seed_activity",
    "visits_due",
]
