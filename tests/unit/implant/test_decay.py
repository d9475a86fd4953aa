from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.implant import decay_factor, strength_at

DAYS = st.floats(-400, 400)
HALF_LIFE = st.floats(1, 100)
NOON = datetime(2026, 1, 1, 12)


@given(st.integers(0, 30), HALF_LIFE)
def test_each_half_life_halves(count: int, half_life: float) -> None:
    assert decay_factor(count * half_life, half_life) == pytest.approx(0.5**count, rel=1e-12)


@given(DAYS, DAYS, HALF_LIFE)
def test_decay_in_two_steps_is_decay_in_one(first: float, second: float, half_life: float) -> None:
    both = decay_factor(first, half_life) * decay_factor(second, half_life)
    assert decay_factor(first + second, half_life) == pytest.approx(both, rel=1e-9)


@given(st.floats(0, 400), st.floats(0.01, 100), HALF_LIFE)
def test_strength_only_falls(days: float, more: float, half_life: float) -> None:
    assert decay_factor(days + more, half_life) < decay_factor(days, half_life) <= 1.0


def test_a_day_of_iodine_125_costs_1_16_percent() -> None:
    # TG-43U1: T1/2 = 59.40 d, so lambda = ln 2 / 59.40 = 0.011669 per day.
    assert 1 - decay_factor(1.0, 59.40) == pytest.approx(0.0116015, abs=1e-6)


@given(st.floats(0.01, 5), DAYS)
def test_there_and_back_again(strength: float, days: float) -> None:
    later = NOON + timedelta(days=days)
    there = strength_at(strength, NOON, later, 59.40)
    assert strength_at(there, later, NOON, 59.40) == pytest.approx(strength, rel=1e-9)


def test_a_seed_implanted_before_its_assay_date_was_stronger() -> None:
    assert strength_at(1.0, NOON, NOON - timedelta(days=59.40), 59.40) == pytest.approx(2.0)
