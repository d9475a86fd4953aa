"""The NRC's release table, worked out again from its own equation and constants.

US NRC NUREG-1492 (February 1997), Table A.1 as corrected by the errata of April 1997 (ML20149E377), and
equation 1 of Regulatory Guide 8.39: D = 34.6 Gamma Q0 Tp E / r^2, with 100 cm, an occupancy factor E of 0.25
and 0.5 rem.
"""

import pytest

from seedbed.implant.order_rules import release_rule

CONSTANTS = {"I-125": (1.11, 60.14), "Pd-103": (0.86, 16.96)}
"""Exposure rate constant (R/h per mCi at 1 cm) and half-life (days) of the implant."""


@pytest.mark.parametrize("nuclide", CONSTANTS)
@pytest.mark.parametrize(("limit_rem", "kind"), [(0.5, "release"), (0.1, "instruct")])
def test_the_limits_come_out_of_their_equation(nuclide: str, limit_rem: float, kind: str) -> None:
    gamma, half_life = CONSTANTS[nuclide]
    activity_mci = limit_rem * 100**2 / (34.6 * gamma * half_life * 0.25)
    rate_msv_per_h = gamma * activity_mci / 100**2 * 10  # 1 R taken as 1 rem = 10 mSv
    rule = release_rule(nuclide)
    assert rule is not None
    # The table prints one or two significant figures.
    assert rule.numbers[f"{kind}_mbq"] == pytest.approx(
        37 * activity_mci, rel=0.2 if kind == "instruct" else 0.05
    )
    assert rule.numbers[f"{kind}_msv_per_h"] == pytest.approx(rate_msv_per_h, rel=0.15)
