from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError, UndecidedError
from seedbed.patient import PatientFacts
from seedbed.protocol import Prescription, prescribe, seed_activity

TREATED = date(2026, 1, 31)
STATED = st.fixed_dictionaries(
    {},
    optional={
        "treatment_date": st.just(TREATED),
        "last_external_beam_date": st.dates(date(2020, 1, 1), TREATED),
        "cumulative_i131_gbq": st.floats(0, 100),
    },
)


def decide(**stated: object) -> Prescription | UndecidedError:
    try:
        return prescribe(PatientFacts.from_mapping(stated))
    except UndecidedError as error:
        return error


@pytest.mark.parametrize(
    ("stated", "named"),
    [
        ({}, "had_external_beam"),
        ({"cumulative_i131_gbq": 40.0}, "had_external_beam"),
        ({"had_external_beam": True, "treatment_date": TREATED}, "last_external_beam_date"),
        ({"last_external_beam_date": date(2025, 12, 1)}, "treatment_date"),
        ({"had_external_beam": False}, "cumulative_i131_gbq"),
    ],
)
def test_the_fact_that_is_lacking_is_named(stated: dict[str, object], named: str) -> None:
    error = decide(**stated)
    assert isinstance(error, UndecidedError)
    assert f"state '{named}'" in str(error)


@pytest.mark.parametrize(
    ("stated", "dose_gy"),
    [
        ({"last_external_beam_date": date(2025, 12, 1), "treatment_date": TREATED}, 80.0),
        ({"last_external_beam_date": date(2024, 12, 1), "treatment_date": TREATED}, 100.0),
        ({"had_external_beam": False, "cumulative_i131_gbq": 40.0}, 100.0),
        ({"had_external_beam": False, "cumulative_i131_gbq": 1.0}, 120.0),
    ],
)
def test_a_fact_that_cannot_matter_is_not_asked_for(stated: dict[str, object], dose_gy: float) -> None:
    decision = decide(**stated)
    assert isinstance(decision, Prescription)
    assert decision.dose_gy == dose_gy
    assert decision.facts


@given(STATED, st.dates(date(2020, 1, 1), TREATED), st.floats(0, 100))
def test_stating_more_never_changes_a_decision(
    stated: dict[str, object], last: date, i131_gbq: float
) -> None:
    first = decide(**stated)
    more = {"treatment_date": TREATED, "last_external_beam_date": last, "cumulative_i131_gbq": i131_gbq}
    second = decide(**(more | stated))
    assert isinstance(second, Prescription)
    if isinstance(first, Prescription):
        assert (second.dose_gy, second.rule_id) == (first.dose_gy, first.rule_id)


@given(st.dates(date(2020, 1, 1), TREATED), st.floats(0, 100), st.floats(0, 100))
def test_more_radiation_before_never_raises_the_dose(last: date, less: float, more: float) -> None:
    less, more = sorted((less, more))
    beam: dict[str, object] = {"treatment_date": TREATED, "last_external_beam_date": last}
    without: dict[str, object] = {"had_external_beam": False}
    for before in (beam, without):
        lower = decide(**before, cumulative_i131_gbq=more)
        higher = decide(**before, cumulative_i131_gbq=less)
        assert isinstance(lower, Prescription)
        assert isinstance(higher, Prescription)
        assert lower.dose_gy <= higher.dose_gy


def test_a_prescription_shows_the_facts_it_used() -> None:
    decision = decide(had_external_beam=False, cumulative_i131_gbq=40.0)
    assert isinstance(decision, Prescription)
    assert "cumulative_i131_gbq = 40 GBq" in [str(fact) for fact in decision.facts]
    assert (decision.note, decision.also_matched) == ("", ())


def test_activity_tells_its_strength_and_our_reading() -> None:
    activity = seed_activity("surface")
    assert activity.default_mci == pytest.approx(0.5)
    assert activity.default_u == pytest.approx(0.635)  # 0.5 mCi x 1.270 U/mCi
    assert "R10" in activity.note


def test_an_unknown_site_is_refused() -> None:
    with pytest.raises(InputError, match=r"did you mean 'bone'\?"):
        seed_activity("bones")
