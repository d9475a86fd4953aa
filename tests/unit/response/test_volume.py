from math import inf, nan, pi

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.errors import InputError
from seedbed.response import ellipsoid_volume_cc, volume_reduction_pct

DIAMETER = st.floats(0.1, 400)


@given(DIAMETER)
def test_three_equal_diameters_make_a_sphere(diameter_mm: float) -> None:
    sphere_cc = 4 / 3 * pi * (diameter_mm / 2) ** 3 / 1000
    assert ellipsoid_volume_cc(diameter_mm, diameter_mm, diameter_mm) == pytest.approx(sphere_cc)


@given(DIAMETER, DIAMETER, DIAMETER)
def test_the_order_of_the_diameters_does_not_matter(a: float, b: float, c: float) -> None:
    assert ellipsoid_volume_cc(a, b, c) == pytest.approx(ellipsoid_volume_cc(c, a, b))


def test_half_the_diameters_leave_an_eighth() -> None:
    large, small = ellipsoid_volume_cc(20.0, 30.0, 40.0), ellipsoid_volume_cc(10.0, 15.0, 20.0)
    assert volume_reduction_pct(large, small) == pytest.approx(87.5)


@given(st.floats(0.01, 1000), st.floats(0, 1000), st.floats(0.1, 10))
def test_the_unit_of_volume_does_not_matter(original: float, current: float, unit: float) -> None:
    scaled = volume_reduction_pct(original * unit, current * unit)
    assert scaled == pytest.approx(volume_reduction_pct(original, current), abs=1e-6)


def test_a_lesion_that_grew_has_a_negative_rate() -> None:
    assert volume_reduction_pct(4.0, 5.0) == -25.0


@pytest.mark.parametrize("value", [-1.0, nan, inf])
def test_impossible_sizes_are_refused(value: float) -> None:
    with pytest.raises(InputError, match="'cc_mm'"):
        ellipsoid_volume_cc(10.0, value, 10.0)
    with pytest.raises(InputError, match="'current_cc'"):
        volume_reduction_pct(1.0, value)


def test_a_rate_needs_an_original_volume() -> None:
    with pytest.raises(InputError, match="original volume of 0"):
        volume_reduction_pct(0.0, 1.0)
