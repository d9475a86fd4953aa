"""Gaps between planes: counted from the planes as they were laid out."""

import numpy as np
import pytest

from seedbed.geometry import PlanarContour, Structure
from seedbed.geometry.gaps import gap_warning, missing_planes

SQUARE = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])


def drawn(*planes: float, distance: float = 2.0) -> Structure:
    return Structure("GTV", tuple(PlanarContour(z, SQUARE) for z in planes), distance)


@pytest.mark.parametrize("step", [1, 2])
def test_planes_that_are_bridged_are_no_gap(step: int) -> None:
    whole = drawn(*(2.0 * step * k for k in range(10)))
    assert missing_planes(whole) == ()
    assert gap_warning(whole) is None


@pytest.mark.parametrize("step", [3, 4])
def test_a_structure_on_every_third_slice_is_warned_of_clearly(step: int) -> None:
    thinned = drawn(*(2.0 * step * k for k in range(10)))
    gaps = missing_planes(thinned)
    assert [gap.width_mm for gap in gaps] == pytest.approx([2.0 * step] * 9)
    assert thinned.volume_mm3 == pytest.approx(10 * 100 * 2.0)  # of 100 x 2 x step x 9 at least
    said = gap_warning(thinned)
    assert said is not None
    for word in (
        "seem to be missing",
        "9 gaps",
        "2.5 plane distances of 2 mm",
        f"z 0.0 and {18.0 * step:.1f} mm",
    ):
        assert word in said


def test_parts_that_are_apart_get_a_mild_sentence() -> None:
    one = gap_warning(drawn(0.0, 2.0, 4.0, 40.0, 42.0))
    assert one == "'GTV' was taken as 2 separate parts: it has no contours between z 4.0 and 40.0 mm."
    two = gap_warning(drawn(0.0, 2.0, 40.0, 42.0, 60.0))
    assert (
        two
        == "'GTV' was taken as 3 separate parts: it has 2 gaps without contours between z 2.0 and 60.0 mm."
    )
