"""Strengths in stock: mCi become U once, and the protocol's site rule is kept in mind."""

from pathlib import Path
from typing import Any

import pytest

from seedbed.dosimetry import load_source
from seedbed.errors import DoseError
from seedbed.journey.plan.asking import strengths_in_stock
from seedbed.journey.plan.question import PlanQuestion

HERE = Path()


def asked(**more: Any) -> tuple[tuple[float, ...], list[str]]:
    return strengths_in_stock(PlanQuestion(HERE, HERE, HERE, 120.0, **more), load_source("6711"))


def test_one_mci_is_1_27_u() -> None:
    assert asked(activities_mci=(0.7,)) == (pytest.approx((0.7 * 1.27,)), [])


def test_strengths_come_in_order_and_once() -> None:
    # 0.889 U is 0.7 mCi
    found, _ = asked(activities_mci=(0.8, 0.7), strengths_u=(0.889,))
    assert found == pytest.approx((0.889, 0.8 * 1.27))


@pytest.mark.parametrize(("site", "mci"), [("other", 0.7), ("surface", 0.5), ("bone", 0.9)])
def test_without_a_strength_the_protocol_says_which(site: str, mci: float) -> None:
    # Chen et al. 2025, section 2.3: a range for each site; the middle is our reading.
    found, (note,) = asked(site=site)
    assert found[0] / 1.27 == pytest.approx(mci, abs=0.11)
    assert site in note


def test_a_strength_outside_the_range_of_the_site_is_remarked_on() -> None:
    found, (note,) = asked(activities_mci=(0.3,))
    assert found == pytest.approx((0.381,))
    assert "0.30 mCi" in note


@pytest.mark.parametrize("mci", [26.0, 0.0, -0.7, float("nan"), float("inf")])
def test_what_no_seed_has(mci: float) -> None:
    with pytest.raises(DoseError, match="permanent seed"):
        asked(activities_mci=(mci,))
