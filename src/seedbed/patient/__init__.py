"""People, lesions, visits and treatments as plain frozen records."""

from seedbed.patient.facts import FACTS, Fact, FactValue, PatientFacts, format_value
from seedbed.patient.lesions import Lesion, LesionMeasurement, LesionState, Role
from seedbed.patient.partial_dates import PartialDate
from seedbed.patient.reader import read_patient_facts
from seedbed.patient.treatment import DrugCycle
from seedbed.patient.visits import Visit, visits_from_measurements, visits_in_order

__all__ = [
    "FACTS",
    "DrugCycle",
    "Fact",
    "FactValue",
    "Lesion",
    "LesionMeasurement",
    "LesionState",
    "PartialDate",
    "PatientFacts",
    "Role",
    "Visit",
    "format_value",
    "read_patient_facts",
    "visits_from_measurements",
    "visits_in_order",
]
