"""The rules as tables: those of Chen et al. 2025, sections 2.1 and 2.3, typed again in part."""

from typing import Any

import pytest

from seedbed.journey.workbench.clinic.rules import prescription_rules, screening_rules
from seedbed.patient import PatientFacts
from seedbed.patient.fields import fields_of
from seedbed.protocol import load_rules, screen

PAPER = "10.3389/fendo.2025.1587412"


def test_there_are_four_criteria_of_inclusion_and_eight_of_exclusion_as_in_section_2_1() -> None:
    found = screening_rules()["criteria"]
    assert [each["rule_id"] for each in found] == [
        *(f"I{n}" for n in (1, 2, 3, 4)),
        *(f"E{n}" for n in range(1, 9)),
    ]
    assert [each["kind"] for each in found] == ["inclusion"] * 4 + ["exclusion"] * 8
    assert all(PAPER in each["source"] for each in found)


def test_doses_fall_in_the_order_of_section_2_3() -> None:
    found = prescription_rules()
    assert [each["dose_gy"] for each in found["doses"]] == [80, 100, 120]
    assert found["doses"][-1]["facts"] == []  # for all others
    assert {each["site"]: (each["low_mbq"], each["high_mbq"]) for each in found["activities"]} == {
        "surface": (18.5, 18.5),
        "bone": (33.3, 33.3),
        "other": (22.2, 29.6),
    }


@pytest.mark.parametrize("each", screening_rules()["criteria"], ids=lambda each: each["rule_id"])
def test_a_criterion_asks_for_facts_that_there_are_and_that_screening_misses(each: dict[str, Any]) -> None:
    assert set(each["facts"]) <= fields_of(PatientFacts).keys()
    missing = {one.rule_id: {*one.missing} for one in screen(PatientFacts(), load_rules()).criteria}
    assert {*each["facts"]} == missing[each["rule_id"]]
