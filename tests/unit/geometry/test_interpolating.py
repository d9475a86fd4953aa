"""Contours between drawn ones: closed forms of circles, and what must not change."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.geometry import PlanarContour, Structure
from seedbed.geometry.interpolating import between_planes

ANGLE = np.linspace(0, 2 * np.pi, 90, endpoint=False)
RING = np.column_stack([np.cos(ANGLE), np.sin(ANGLE)])


def rings(*places: tuple[float, float, float]) -> Structure:
    """Circles of a radius about x, at z."""
    return Structure("x", tuple(PlanarContour(z, r * RING + [x, 0.0]) for z, r, x in places), 5.0)


@settings(max_examples=15, deadline=None)
@given(st.floats(4, 15), st.floats(4, 15), st.floats(0.05, 0.95))
def test_between_two_circles_the_radius_is_between_theirs(low: float, high: float, share: float) -> None:
    (found,) = between_planes(rings((0.0, low, 0.0), (10.0, high, 0.0)), [10 * share])
    radius = np.hypot(*found.points_mm.T)
    assert radius == pytest.approx(np.full(len(radius), (1 - share) * low + share * high), abs=0.5)


def test_a_cylinder_stays_one() -> None:
    found = between_planes(rings((0.0, 8.0, 3.0), (10.0, 8.0, 3.0)), [2.5, 5.0, 7.5])
    assert [each.z_mm for each in found] == [2.5, 5.0, 7.5]
    for each in found:
        assert np.hypot(each.points_mm[:, 0] - 3.0, each.points_mm[:, 1]) == pytest.approx(8.0, abs=0.4)


def test_planes_that_are_drawn_or_outside_give_nothing() -> None:
    cone = rings((0.0, 8.0, 0.0), (10.0, 8.0, 0.0), (20.0, 8.0, 0.0))
    assert between_planes(cone, [0.0, 10.0, 20.0, -5.0, 25.0]) == ()


def test_each_gap_is_filled_from_its_own_neighbours() -> None:
    steps = rings((0.0, 5.0, 0.0), (10.0, 5.0, 0.0), (20.0, 15.0, 0.0))
    low, high = between_planes(steps, [5.0, 15.0])
    assert np.hypot(*low.points_mm.T).mean() == pytest.approx(5.0, abs=0.3)
    assert np.hypot(*high.points_mm.T).mean() == pytest.approx(10.0, abs=0.3)


def test_circles_that_lie_apart_leave_nothing_half_way() -> None:
    assert between_planes(rings((0.0, 4.0, -20.0), (10.0, 4.0, 20.0)), [5.0]) == ()
