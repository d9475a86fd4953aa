from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.protocol import drug_calendar, is_protocol_drug, load_rules, next_dose

EVENTS = ["tolerated", "grade 1", "grade 2", "grade 3", "grade 4", "not tolerated", "progression"]
DAYS = st.dates(date(2016, 1, 1), date(2030, 12, 31))


@given(DAYS, st.integers(1, 40))
def test_cycles_follow_each_other_without_a_gap(start: date, count: int) -> None:
    calendar = drug_calendar(start, cycles=count)
    assert [cycle.number for cycle in calendar.cycles] == list(range(1, count + 1))
    assert calendar.cycles[0].first_dose == start
    firsts = [cycle.first_dose for cycle in calendar.cycles[1:]] + [calendar.next_cycle]
    for cycle, following in zip(calendar.cycles, firsts, strict=True):
        assert cycle.rest_until + timedelta(days=1) == following
        assert cycle.first_dose <= cycle.last_dose <= cycle.rest_until


@given(st.lists(st.sampled_from(EVENTS), max_size=12))
def test_the_dose_never_rises(events: list[str]) -> None:
    dose = 12.0
    for event in events:
        decision = next_dose(dose, event)
        assert decision.rule_ids
        if decision.dose_mg is None:
            return
        assert decision.dose_mg <= dose
        dose = decision.dose_mg


@pytest.mark.parametrize("dose_mg", [12.0, 10.0, 8.0])
@pytest.mark.parametrize("event", ["tolerated", "grade 1", "grade 2"])
def test_a_tolerated_dose_goes_on(dose_mg: float, event: str) -> None:
    decision = next_dose(dose_mg, event)
    assert (decision.dose_mg, decision.rule_ids) == (dose_mg, ("DRUG-CONTINUE",))


def test_the_last_step_names_both_rules() -> None:
    decision = next_dose(8.0, "grade 4")
    assert (decision.stopped, decision.rule_ids) == (True, ("DRUG-REDUCE", "DRUG-STOP"))
    assert decision.text == "stop anlotinib"


def test_capsules_are_those_of_fourteen_days() -> None:
    calendar = drug_calendar(date(2026, 1, 1), cycles=1, dose_mg=8.0, first_number=4)
    cycle = calendar.cycles[0]
    assert (cycle.number, cycle.capsules, cycle.total_mg) == (4, 14, 112.0)
    assert calendar.rule_ids == ("DRUG-SCHEDULE", "DRUG-REDUCE")


@pytest.mark.parametrize(("dose_mg", "event"), [(11.0, "grade 3"), (0.0, "tolerated")])
def test_a_dose_outside_the_protocol_is_refused(dose_mg: float, event: str) -> None:
    with pytest.raises(InputError, match="one of 12, 10, 8 mg"):
        next_dose(dose_mg, event)


def test_what_cannot_be_followed_is_refused() -> None:
    with pytest.raises(InputError, match=r"did you mean 'grade 3'\?"):
        next_dose(12.0, "grade3")
    with pytest.raises(InputError, match="0 cycles"):
        drug_calendar(date(2026, 1, 1), cycles=0)


@pytest.mark.parametrize(
    "name", ["anlotinib", "ANLOTINIB ", "Ａnlotinib", "安罗替尼", "盐酸安罗替尼", "AL-3818"]
)
def test_the_drug_of_the_protocol_has_several_names(name: str) -> None:
    assert is_protocol_drug(name)


@pytest.mark.parametrize("name", ["levothyroxine", "左甲状腺素", "lenvatinib", "an", "", "not anlotinib"])
def test_other_drugs_are_not_it(name: str) -> None:
    assert not is_protocol_drug(name)


def test_another_protocol_has_another_drug() -> None:
    rules = load_rules()
    other = rules.model_copy(
        update={"drug": rules.drug.model_copy(update={"name": "Lenvatinib", "names": ()})}
    )
    assert is_protocol_drug("lenvatinib", other)
    assert not is_protocol_drug("安罗替尼", other)
