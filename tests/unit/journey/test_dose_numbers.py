"""Metrics of a structure in plain numbers."""

import numpy as np
import pytest

from seedbed.dosimetry import Dvh
from seedbed.journey.dose_numbers import structure_numbers


def even(total_cc: float) -> Dvh:
    """Doses from 0 to 200 Gy, each with the same volume."""
    count = 20_000
    dose = (np.arange(count) + 0.5) * 200 / count
    return Dvh.of("even", dose, np.full(count, total_cc / count))


def test_numbers_of_an_even_dose() -> None:
    found = structure_numbers(even(10.0), 100.0)
    expected = {
        "volume_cc": 10.0, "v100_pct": 50.0, "v150_pct": 25.0, "v200_pct": 0.0, "d90_gy": 20.0,
        "d90_pct": 20.0, "d2cc_gy": 160.0, "d0.1cc_gy": 198.0, "mean_gy": 100.0, "max_gy": 200.0,
    }  # fmt: skip
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, abs=0.02), name


def test_a_volume_larger_than_the_structure_has_no_dose() -> None:
    small = structure_numbers(even(1.0), 100.0)
    assert small["d2cc_gy"] is None
    assert small["d0.1cc_gy"] == pytest.approx(180.0, abs=0.02)
    assert structure_numbers(even(0.05), 100.0)["d0.1cc_gy"] is None
