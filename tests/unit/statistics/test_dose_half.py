"""The dose at which half are controlled."""

from math import exp

import numpy as np
import pytest

from seedbed.errors import InputError
from seedbed.statistics.dose_half import half_control_dose


def test_a_known_curve_is_found_again() -> None:
    """Shares that are those of a curve at four doses: its half is where it was put."""
    doses, kept = [], []
    for dose in (70.0, 90.0, 110.0, 130.0):
        share = 1 / (1 + exp(-0.05 * (dose - 100.0)))
        count = round(1000 * share)
        doses += [dose] * 1000
        kept += [True] * count + [False] * (1000 - count)
    found = half_control_dose(doses, kept, clusters=range(len(doses)))
    assert found.dose == pytest.approx(100.0, abs=0.5)
    assert found.log_odds == pytest.approx(0.05, rel=0.02)
    assert found.low < 100 < found.high


@pytest.mark.parametrize(
    ("doses", "kept", "said"),
    [
        ([80, 120] * 10, [False, True] * 10, "part them without exception"),
        ([80, 120] * 12, [False] * 9 + [True] * 15, "9 not controlled and 15 controlled"),
        ([80, 80, 120, 120] * 10, [False, True] * 20, "may be flat"),
        ([80, 80, 120, 120] * 20, [True, True, False, True] * 20, "part them"),
    ],
)
def test_too_little_is_told_and_not_fitted(doses: list[float], kept: list[bool], said: str) -> None:
    with pytest.raises(InputError, match=said):
        half_control_dose(doses, kept, clusters=range(len(doses)))


def test_a_half_outside_the_doses_is_not_given() -> None:
    rng = np.random.default_rng(1)
    doses = np.repeat([100.0, 140.0], 200)
    kept = rng.random(400) < np.where(doses > 120, 0.95, 0.75)
    with pytest.raises(InputError, match="outside the doses"):
        half_control_dose(doses, kept, clusters=range(400))
