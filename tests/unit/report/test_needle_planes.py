"""A picture's plane holds its needle, and its sides are named as DICOM names them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.implant import Needle
from seedbed.report.needle_planes import ABOVE_SKIN_MM, BELOW_TIP_MM, needle_plane, side_letters


@given(
    st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda d: np.linalg.norm(d) > 0.1),
    st.tuples(*[st.floats(-40, 40)] * 3),
)
def test_a_plane_holds_needle_and_centroid(direction, centre) -> None:
    push = np.array(direction) / np.linalg.norm(direction)
    needle = Needle("N1", (1.0, 2.0, 3.0), tuple(np.array([1.0, 2.0, 3.0]) + 50 * push))
    plane = needle_plane(needle, np.array(centre), np.array([centre]))
    assert plane.across @ plane.down == pytest.approx(0, abs=1e-6)
    assert np.linalg.norm(plane.across) == pytest.approx(1)
    found = plane.place(np.array([needle.entry_mm, needle.tip_mm, centre]))
    np.testing.assert_allclose(found[:2], [[0, 0, 0], [0, 50, 0]], atol=1e-6)
    assert abs(found[2, 2]) <= 1.0  # a centroid nearer to the needle than 1 mm chooses no plane


def test_a_deep_needle_has_a_picture_that_is_not_narrow() -> None:
    needle = Needle("N1", (0.0, 0.0, 0.0), (0.0, 126.0, 0.0))
    tip = np.array(needle.tip_mm)
    left, right, top, bottom = needle_plane(needle, tip, tip[None]).box_mm
    assert (top, bottom) == (-ABOVE_SKIN_MM, 126.0 + BELOW_TIP_MM)
    assert (left, right) == pytest.approx((-52.5, 52.5))  # 0.35 of 150 mm to each side


@pytest.mark.parametrize(
    ("direction", "letters"),
    [((1, 0, 0), "L"), ((-1, 0, 0), "R"), ((0, 1, 0), "P"), ((0, -1, 0), "A"), ((0, 0, 1), "H"),
     ((0, 0, -1), "F"), ((0.8, -0.6, 0), "LA"), ((0.98, 0.2, 0), "L")],
)  # fmt: skip
def test_sides_are_those_of_dicom(direction: tuple[float, ...], letters: str) -> None:
    assert side_letters(np.array(direction, dtype=float)) == letters
