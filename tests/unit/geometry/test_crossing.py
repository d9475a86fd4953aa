"""Contours that cross are refused; holes, keyholes and touching contours are not."""

from math import pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.errors import StructureError
from seedbed.geometry import PlanarContour, Structure
from seedbed.geometry.crossing import check_contours, self_crossing_mm2


def rectangle(x: float, y: float, width: float, height: float) -> np.ndarray:
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], dtype=float)


def plane(*polygons: np.ndarray) -> Structure:
    return Structure("GTV", tuple(PlanarContour(12.5, p) for p in polygons), 2.0)


BOW_TIE = np.array([[0.0, 0.0], [8.0, 8.0], [8.0, 0.0], [0.0, 8.0]])
OUTER = [[-10, -10], [10, -10], [10, 10], [-10, 10], [-10, 0], [-4, 0]]
INNER = [[-4, 4], [4, 4], [4, -4], [-4, -4], [-4, 0], [-10, 0]]
# The outline closes by running 6 mm over its own start, 4 mm inside: a strip is wound around twice.
OVERRUN = np.array(
    [[0, 0], [20, 0], [20, 20], [0, 20], [0, 0], [4, -2], [4, 6], [-2, 6], [-2, 0]], dtype=float
)


@pytest.mark.parametrize("polygon", [BOW_TIE, OVERRUN], ids=["bow tie", "overrun"])
def test_a_contour_that_crosses_itself_is_refused_with_its_place(polygon: np.ndarray) -> None:
    with pytest.raises(StructureError, match=r"a contour of 'GTV' at z = 12\.5 mm crosses itself") as caught:
        check_contours(plane(polygon))
    assert str(caught.value).count(";") == 2


def test_the_doubt_of_a_bow_tie_is_one_of_its_loops() -> None:
    assert self_crossing_mm2(BOW_TIE) == pytest.approx(16.0)


def test_contours_that_cross_each_other_are_refused() -> None:
    with pytest.raises(StructureError, match=r"two contours of 'GTV' at z = 12\.5 mm cross each other"):
        check_contours(plane(rectangle(0, 0, 10, 10), rectangle(5, 5, 10, 10)))


SOUND = {
    "one": [rectangle(0, 0, 10, 10)],
    "a hole": [rectangle(0, 0, 10, 10), rectangle(3, 3, 4, 4)],
    "an island in a hole": [rectangle(0, 0, 10, 10), rectangle(2, 2, 6, 6), rectangle(4, 4, 1, 1)],
    "apart": [rectangle(0, 0, 10, 10), rectangle(20, 0, 10, 10)],
    "a common side": [rectangle(0, 0, 10, 10), rectangle(10, 0, 10, 10)],
    "a common corner": [rectangle(0, 0, 10, 10), rectangle(10, 10, 10, 10)],
    "a hole that touches": [rectangle(0, 0, 10, 10), rectangle(0, 3, 4, 4)],
    "given twice": [rectangle(0, 0, 10, 10), rectangle(0, 0, 10, 10)],
    "a keyhole": [np.array(OUTER + INNER, dtype=float)],
    "a spike": [np.array([[0, 0], [10, 0], [15, 0], [10, 0], [10, 10], [0, 10]], dtype=float)],
    "a line": [np.array([[0.0, 0], [5, 0], [2, 0]])],
    "a point given twice": [rectangle(0, 0, 10, 10)[[0, 1, 1, 2, 3, 0]]],
    "loops that touch in a point": [
        np.array([[0, 0], [5, 0], [5, 5], [10, 5], [10, 10], [5, 10], [5, 5], [0, 5]], dtype=float)
    ],
}


@pytest.mark.parametrize("polygons", SOUND.values(), ids=SOUND.keys())
def test_contours_that_say_what_is_inside_pass(polygons: list[np.ndarray]) -> None:
    check_contours(plane(*polygons))
    check_contours(plane(*(polygon[::-1] for polygon in polygons)))


@pytest.mark.parametrize(("size", "refused"), [(0.5, False), (2.0, True)])
def test_a_crossing_below_the_tolerance_passes(size: float, refused: bool) -> None:
    # Two corners in the wrong order leave size^2 / 4 in doubt; 0.5 mm2 or 1 % of 64 mm2 are tolerated.
    c, d = [8 + size, 0], [8 + size, size]
    looped = np.array([[0, 0], c, [8, size], d, [8, 0], [8, 8], [0, 8]], dtype=float)
    if refused:
        with pytest.raises(StructureError):
            check_contours(plane(looped))
    else:
        check_contours(plane(looped))


@settings(max_examples=30, deadline=None)
@given(st.integers(3, 40), st.integers(0, 2**31))
def test_a_star_shaped_contour_never_crosses_itself(corners: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    angle = 2 * pi * (np.arange(corners) + rng.uniform(0, 0.9, corners)) / corners
    radius = rng.uniform(1, 20, corners)
    check_contours(plane(np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)))
