"""Adverse events: the terms of CTCAE v5.0, grades of laboratory values, and what follows for the drug."""

from seedbed.response.toxicity.drug import AdverseEvent, DrugAction, drug_action, worst_related
from seedbed.response.toxicity.laboratory import LaboratoryGrade, grade_blood_pressure, grade_value
from seedbed.response.toxicity.terms import TERMS, Match, Term, find_term, one_term, search

__all__ = [
    "TERMS",
    "AdverseEvent",
    "DrugAction",
    "LaboratoryGrade",
    "Match",
    "Term",
    "drug_action",
    "find_term",
    "grade_blood_pressure",
    "grade_value",
    "one_term",
    "search",
    "worst_related",
]
