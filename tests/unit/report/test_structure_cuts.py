"""Outlines in cuts and shadows: of boxes, whose sides are known."""

import numpy as np
import pytest
from shapely import Polygon
from tests.unit.report.picture_reading import box

from seedbed.geometry import PlanarContour, Structure
from seedbed.report.cuts import AXIAL, CORONAL, CUTS, SAGITTAL, Cut
from seedbed.report.structure_cuts import outlines_in, shadow_of


@pytest.mark.parametrize("cut", CUTS)
def test_a_cube_is_a_square_in_each_cut_and_shadow(cut: Cut) -> None:
    cube = box(10.0, centre=(1.0, 2.0, 3.0))
    middle = cut.flat(np.array([1.0, 2.0, 3.0]))[0]
    for rings in (outlines_in(cube, cut, through_mm=np.array([0.5, 1.0, 3.0])), shadow_of(cube, cut)):
        (ring,) = rings
        np.testing.assert_allclose(ring.min(axis=0), middle - 10, atol=1e-9)
        np.testing.assert_allclose(ring.max(axis=0), middle + 10, atol=1e-9)
        assert Polygon(ring).area == pytest.approx(400)


@pytest.mark.parametrize("cut", CUTS)
def test_a_cut_beside_the_structure_shows_nothing(cut: Cut) -> None:
    assert outlines_in(box(10.0), cut, through_mm=np.full(3, 50.0)) == []


def test_two_parts_and_a_hole_stay_apart() -> None:
    square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    parts = (square, square + np.array([20.0, 0.0]), square * 0.4 + 3.0)
    pair = Structure("pair", tuple(PlanarContour(0.0, each) for each in parts), 4.0)
    widths = sorted(
        float(np.ptp(ring[:, 0])) for ring in outlines_in(pair, CORONAL, through_mm=np.full(3, 5.0))
    )
    assert widths == pytest.approx([3.0, 3.0, 10.0])
    assert len(shadow_of(pair, AXIAL)) == 3
    assert len(shadow_of(pair, CORONAL)) == 2
    assert len(shadow_of(pair, SAGITTAL)) == 1
