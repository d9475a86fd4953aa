"""From adverse events to the next dose; the doses are those of Chen et al. 2025, section 2.3."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError, UndecidedError
from seedbed.protocol import next_dose
from seedbed.protocol.safety import load_safety
from seedbed.response.toxicity import TERMS, AdverseEvent, drug_action


def event(term: str, grade: int, related: bool | None = True) -> AdverseEvent:
    return AdverseEvent(term=term, grade=grade, related=related)


@pytest.mark.parametrize(
    ("events", "current", "dose"),
    [
        ([], 12.0, 12.0),
        ([event("Fatigue", 2)], 12.0, 12.0),
        ([event("Fatigue", 2), event("Hypertension", 3)], 12.0, 10.0),
        ([event("Hypertension", 3, related=False), event("Nausea", 1)], 12.0, 12.0),
        ([event("Platelet count decreased", 4)], 10.0, 8.0),
        ([event("Proteinuria", 3)], 8.0, None),
    ],
)
def test_the_worst_event_from_the_drug_decides(
    events: list[AdverseEvent], current: float, dose: float | None
) -> None:
    assert drug_action(events, current).decision.dose_mg == dose


@given(st.lists(st.integers(1, 4), max_size=6), st.sampled_from([12.0, 10.0, 8.0]))
def test_the_order_of_events_does_not_matter(grades: list[int], current: float) -> None:
    events = [event("Anemia", grade) for grade in grades]
    expected = next_dose(current, f"grade {max(grades)}" if grades else "tolerated")
    assert drug_action(events, current).decision == expected
    assert drug_action(events[::-1], current).decision == expected


def test_an_unstated_cause_is_asked_for_where_it_matters() -> None:
    with pytest.raises(UndecidedError, match="whether it comes from the drug"):
        drug_action([event("Nausea", 1), event("Hypertension", 3, None)], 12.0)
    assert drug_action([event("Hypertension", 3), event("Nausea", 2, None)], 12.0).decision.dose_mg == 10.0


def test_death_is_no_dose() -> None:
    with pytest.raises(InputError, match="death"):
        drug_action([event("Stroke", 5)], 12.0)


@pytest.mark.parametrize(("term", "grade"), [("Alopecia", 3), ("no such thing", 1), ("myelosuppression", 3)])
def test_an_event_is_a_term_with_a_grade_it_has(term: str, grade: int) -> None:
    with pytest.raises(InputError):
        event(term, grade)


def test_a_synonym_is_kept_as_the_published_term() -> None:
    assert event("手足综合征", 2).term == "Palmar-plantar erythrodysesthesia syndrome"


def test_suggestions_stand_beside_the_decision_of_the_protocol() -> None:
    found = drug_action([event("咯血", 3), event("Nausea", 3, related=False)], 12.0)
    assert found.decision.rule_ids == ("DRUG-REDUCE",)
    assert [(rule.id, rule.action) for rule in found.suggestions] == [
        ("SAFE-BLEED-3", "stop"),
        ("SAFE-BLEED-SORAFENIB", "stop"),
    ]


def test_every_suggestion_is_about_terms_and_grades_of_ctcae() -> None:
    known = {(term, grade) for rule in load_safety().rule for term in rule.terms for grade in rule.grades}
    unknown = [term for term, _ in known if term not in TERMS]
    assert unknown == []
    for rule in load_safety().rule:
        for term in rule.terms:
            assert set(rule.grades) & set(TERMS[term].grades), (rule.id, term)
