"""Permanent prostate implants by AAPM TG-137.

Nath R et al. Med Phys 2009;36:5310-5322, doi 10.1118/1.3246613. Its printed BED values are not compared here.
"""

import math

import pytest

from seedbed.dosimetry.bioeffect import bed_permanent, effective_days
from seedbed.dosimetry.tissues import load_tissue

PROSTATE = load_tissue("prostate-tg137")
PRESCRIPTIONS = {"I-125": (145.0, 59.40), "Pd-103": (125.0, 16.99), "Cs-131": (115.0, 9.69)}


def test_the_recommended_parameters() -> None:
    typed_again = (PROSTATE.alpha_per_gy, PROSTATE.alpha_beta_gy, PROSTATE.doubling_days)
    assert typed_again == (0.15, 3.0, 42.0)
    assert PROSTATE.repair_half_time_hours == 0.27


@pytest.mark.parametrize("nuclide", PRESCRIPTIONS)
def test_its_equations_written_out(nuclide: str) -> None:
    # The report's BED with Dale's RE(t), as printed: no divided differences.
    dose, half_life = PRESCRIPTIONS[nuclide]
    alpha, ratio, doubling = 0.15, 3.0, 42.0
    rate, repair = math.log(2) / half_life, math.log(2) / (0.27 / 24)
    first = dose * rate
    until = math.log(alpha * first * doubling / math.log(2)) / rate
    left = 1 - math.exp(-rate * until)
    bracket = (1 - math.exp(-2 * rate * until)) / (2 * rate)
    bracket -= (1 - math.exp(-(repair + rate) * until)) / (repair + rate)
    effectiveness = 1 + 2 * first * rate / (repair - rate) / ratio / left * bracket
    expected = dose * left * effectiveness - math.log(2) * until / (alpha * doubling)
    assert effective_days(dose, half_life_days=half_life, tissue=PROSTATE) == pytest.approx(until)
    assert bed_permanent(dose, half_life_days=half_life, tissue=PROSTATE) == pytest.approx(expected)


def test_the_usual_prescriptions_are_alike() -> None:
    # 145, 125 and 115 Gy are prescribed for one disease: their effects lie within a few percent.
    beds = [float(bed_permanent(d, half_life_days=t, tissue=PROSTATE)) for d, t in PRESCRIPTIONS.values()]
    assert max(beds) / min(beds) < 1.05
