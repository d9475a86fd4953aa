"""Kleene's three-valued logic: the truth tables of 'Introduction to Metamathematics', section 64."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.patient import PatientFacts
from seedbed.protocol.conditions import Condition, evaluate

NAMES = ("tgab_positive", "prior_mki")
TRUTHS = [True, False, None]


def is_true(name: str) -> Condition:
    return Condition.model_validate({"fact": name, "op": "is", "value": True})


def facts_of(first: bool | None, second: bool | None) -> PatientFacts:
    return PatientFacts(tgab_positive=first, prior_mki=second)


@pytest.mark.parametrize("first", TRUTHS)
@pytest.mark.parametrize("second", TRUTHS)
def test_truth_tables(first: bool | None, second: bool | None) -> None:
    both = tuple(is_true(name) for name in NAMES)
    conjunction = False if False in (first, second) else None if None in (first, second) else True
    disjunction = True if True in (first, second) else None if None in (first, second) else False
    facts = facts_of(first, second)
    assert evaluate(Condition(all=both), facts).truth is conjunction
    assert evaluate(Condition(any=both), facts).truth is disjunction


@given(st.sampled_from(TRUTHS), st.sampled_from(TRUTHS))
def test_de_morgan(first: bool | None, second: bool | None) -> None:
    both = tuple(is_true(name) for name in NAMES)
    neither = tuple(Condition.model_validate({"not": part}) for part in both)
    facts = facts_of(first, second)
    negated = Condition.model_validate({"not": Condition(all=both)})
    assert evaluate(negated, facts).truth is evaluate(Condition(any=neither), facts).truth


@given(st.sampled_from(TRUTHS), st.sampled_from(TRUTHS))
def test_a_fact_is_missing_only_while_it_matters(first: bool | None, second: bool | None) -> None:
    verdict = evaluate(Condition(any=tuple(is_true(name) for name in NAMES)), facts_of(first, second))
    assert (verdict.truth is None) == bool(verdict.missing)
    stated = facts_of(first, second).stated()
    assert not set(verdict.missing) & set(stated)
    assert [fact.name for fact in verdict.facts] == list(NAMES)


def test_comparisons_are_exact_to_nine_decimals() -> None:
    above = Condition(fact="cumulative_i131_gbq", op=">", value=22.2, unit="GBq")
    assert 7.4 + 7.4 + 7.4 > 22.2  # the trap
    assert evaluate(above, PatientFacts(cumulative_i131_gbq=7.4 + 7.4 + 7.4)).truth is False


@pytest.mark.parametrize(
    ("last", "treated", "within"),
    [
        (date(2025, 2, 28), date(2025, 8, 31), True),  # 31 February is taken as its last day
        (date(2025, 2, 27), date(2025, 8, 31), False),
        (date(2024, 2, 29), date(2024, 8, 31), True),
        (date(2024, 2, 28), date(2024, 8, 31), False),
        (date(2025, 3, 15), date(2025, 9, 15), True),
        (date(2025, 3, 14), date(2025, 9, 15), False),
        (date(2025, 9, 15), date(2025, 9, 15), True),
    ],
)
def test_six_calendar_months(last: date, treated: date, within: bool) -> None:
    facts = PatientFacts(treatment_date=treated, last_external_beam_date=last)
    name, before = "last_external_beam_date", "treatment_date"
    recent = Condition(fact=name, op="within the months before", value=6, before=before)
    long_ago = Condition(fact=name, op="more than the months before", value=6, before=before)
    assert evaluate(recent, facts).truth is within
    assert evaluate(long_ago, facts).truth is not within
