"""Relative effectiveness of a decaying source: the double integral itself, and the closed forms of Dale.

Dale RG. Br J Radiol 1985;58:515-528: to complete decay RE = 1 + R0 / [(mu + lambda) (alpha/beta)]. The double
integral of Lea and Catcheside is taken numerically by SciPy.
"""

import math

import numpy as np
import pytest
from scipy.integrate import dblquad

from seedbed.dosimetry.bioeffect import protraction_factor, relative_effectiveness
from seedbed.dosimetry.tissues import load_tissue


def lea_catcheside(days: float, rate: float, repair: float) -> float:
    """G = 2/D^2 int_0^t R(s) int_0^s R(u) exp(-mu (s-u)) du ds by quadrature, R0 = 1."""
    double, _ = dblquad(
        lambda u, s: math.exp(-rate * (s + u) - repair * (s - u)),
        0,
        days,
        0,
        lambda s: s,
        epsabs=0,
        epsrel=1e-9,
    )
    return 2 * double / (-math.expm1(-rate * days) / rate) ** 2


@pytest.mark.parametrize("half_life", [59.40, 16.99, 9.69])
@pytest.mark.parametrize("hours", [2.0, 24.0, 16.99 * 24, 3000.0])
@pytest.mark.parametrize("days", [0.01, 1.0, 10.0])
def test_the_closed_form_is_the_double_integral(half_life: float, hours: float, days: float) -> None:
    found = protraction_factor(days, half_life_days=half_life, repair_half_time_hours=hours)
    expected = lea_catcheside(days, math.log(2) / half_life, math.log(2) * 24 / hours)
    assert found == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize("days", [0.5, 17.0, 100.0])
@pytest.mark.parametrize("apart", [0.0, 1e-12, 1e-7, 1e-5, 1e-3])
def test_where_repair_is_as_slow_as_decay(days: float, apart: float) -> None:
    half_life, hours = 17.0, 17.0 * 24 * (1 + apart)
    found = protraction_factor(days, half_life_days=half_life, repair_half_time_hours=hours)
    expected = lea_catcheside(days, math.log(2) / half_life, math.log(2) * 24 / hours)
    assert found == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("half_life", [59.40, 16.99, 9.69])
@pytest.mark.parametrize("name", ["prostate-tg137", "thyroid", "late-organ"])
def test_complete_decay(half_life: float, name: str) -> None:
    tissue, dose = load_tissue(name), 120.0
    rate, repair = math.log(2) / half_life, math.log(2) * 24 / tissue.repair_half_time_hours
    expected = 1 + dose * rate / ((repair + rate) * tissue.alpha_beta_gy)
    found = relative_effectiveness(dose, days=[math.inf, 1e5], half_life_days=half_life, tissue=tissue)
    assert found == pytest.approx([expected, expected], rel=1e-12)


def test_fast_repair_leaves_only_the_dose() -> None:
    # mu >> lambda, mu t >> 1: G tends to (lambda / mu) coth(lambda t / 2), from 2 int R^2 dt / (mu D^2).
    days = np.array([5.0, 60.0, 400.0])
    rate, repair = math.log(2) / 59.4, math.log(2) * 24 / 0.001
    found = protraction_factor(days, half_life_days=59.4, repair_half_time_hours=0.001)
    assert found == pytest.approx(rate / repair / np.tanh(rate * days / 2), rel=1e-4)


def test_no_repair_leaves_an_instant() -> None:
    found = protraction_factor([1.0, 60.0], half_life_days=59.4, repair_half_time_hours=1e9)
    assert found == pytest.approx([1.0, 1.0], rel=1e-5)
