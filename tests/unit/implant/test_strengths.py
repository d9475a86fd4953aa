"""Limits that catch a typing error or another unit before seeds are ordered."""

import math

import pytest

from seedbed.errors import DoseError
from seedbed.implant.assay import assay, check_count, seeds_to_measure
from seedbed.implant.release import air_kerma_rate
from seedbed.implant.strengths import STRONGEST_U, WEAKEST_U, check_strength


@pytest.mark.parametrize("strength_u", [WEAKEST_U, 0.889, STRONGEST_U])
def test_strengths_of_seeds_are_accepted(strength_u: float) -> None:
    check_strength(strength_u, "a seed", u_per_mci=1.270)


@pytest.mark.parametrize(
    "strength_u", [0.0, -1.0, 0.0499, 8.01, 25.9 * 1.270, 1e300, 1e-200, math.nan, math.inf]
)
def test_other_strengths_are_refused_with_a_word_on_the_unit(strength_u: float) -> None:
    with pytest.raises(DoseError, match=r"expected 0\.05 to 8 U .* check the unit: 25\.9 MBq is 0\.7 mCi"):
        check_strength(strength_u, "a seed", u_per_mci=1.270)


@pytest.mark.parametrize("count", [0, 10_001, 10**400, 10**5000, -(10**400)], ids=range(5))
def test_a_number_of_seeds_beyond_reason_is_refused_in_a_short_sentence(count: int) -> None:
    with pytest.raises(DoseError, match="a whole number from 1 to 10000") as refused:
        check_count(count)
    assert len(str(refused.value)) < 200
    with pytest.raises(DoseError):
        seeds_to_measure(count)


@pytest.mark.parametrize("metres", [0.0, -1.0, 0.0099, 100.1, 1e-200, 1e200, math.nan, math.inf])
def test_a_distance_outside_one_centimetre_to_a_hundred_metres_is_refused(metres: float) -> None:
    with pytest.raises(DoseError, match=r"expected 0\.01 to 100 m"):
        air_kerma_rate(35.56, distance_m=metres)


@pytest.mark.parametrize("value", [0.0, -0.9, math.nan, math.inf, 1e308, 25.9 * 1.27])
def test_an_assay_value_that_no_seed_has_is_refused(value: float) -> None:
    with pytest.raises(DoseError, match="seed 2 of the assay"):
        assay((0.889, value, value, value), stated_u=0.889, seeds=40)


def test_a_dead_seed_in_the_assay_is_a_finding_not_a_typing_error() -> None:
    assert assay((0.001,) * 4, stated_u=0.889, seeds=40).verdict == "report"
