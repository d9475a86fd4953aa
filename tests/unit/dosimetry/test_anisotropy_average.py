import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.dosimetry.anisotropy_average import anisotropy_average

POINT_CM = 1e-7


def test_a_point_with_f_rising_as_the_angle_has_the_average_two_over_pi() -> None:
    # integral of (2 theta / pi) sin(theta) over 0 to pi/2 = 2/pi
    f = np.array([[0.0], [1.0]])
    average = anisotropy_average(np.array([1.0]), np.array([0.0, 90.0]), f, length_cm=POINT_CM)
    assert average[0] == pytest.approx(2 / np.pi, rel=1e-9)


def test_a_bare_line_far_away_is_a_point_and_near_it_is_more() -> None:
    even = np.ones((3, 3))
    near, middle, far = anisotropy_average(
        np.array([0.1, 0.5, 100.0]), np.array([0.0, 30.0, 90.0]), even, length_cm=0.3
    )
    assert far == pytest.approx(1.0, abs=1e-5)
    assert near > middle > far


def test_within_the_length_of_the_line_it_is_finite() -> None:
    # r = L/2: beta = atan2(x, 0) = pi/2 at every angle but 0, so that the average is pi/2.
    average = anisotropy_average(np.array([0.15]), np.array([0.0, 90.0]), np.ones((2, 1)), length_cm=0.3)
    assert average[0] == pytest.approx(np.pi / 2, rel=1e-9)


@given(
    factor=st.floats(0.1, 10),
    values=st.lists(st.floats(0.1, 2.0), min_size=4, max_size=4),
    length=st.floats(0.05, 0.5),
)
def test_it_is_linear_in_f(factor: float, values: list[float], length: float) -> None:
    r, theta = np.array([1.0]), np.array([0.0, 10.0, 45.0, 90.0])
    f = np.array(values)[:, None]
    once = anisotropy_average(r, theta, f, length_cm=length)
    assert anisotropy_average(r, theta, factor * f, length_cm=length) == pytest.approx(
        factor * once, rel=1e-12
    )
