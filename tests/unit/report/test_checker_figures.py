"""The checker-board: tiles of both CTs, edges at their places."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.report.picture_reading import GRID, box, pixels, water

from seedbed.errors import ImageError, InputError
from seedbed.geometry import VoxelGrid
from seedbed.imaging import CtVolume
from seedbed.report.checker_figures import DPI, GAP_INCH, HALF_MM, SIDE_INCH, checker_figure, checker_tiles
from seedbed.report.cuts import CUTS, Cut

places = st.tuples(*(st.floats(-50, 50) for _ in range(3)))


@given(places, st.sampled_from(CUTS))
def test_tiles_side_by_side_differ_and_those_across_a_corner_are_the_same(
    point: tuple[float, float, float], cut: Cut
) -> None:
    at = np.array(point)
    tiles = checker_tiles(cut, point_mm=at, box=cut.box(at, 30.0), step_mm=1.0, tile_mm=15.0)
    assert tiles.shape == (60, 60)
    middles = tiles[7::15, 7::15]
    assert (middles[:, 1:] != middles[:, :-1]).all()
    assert (middles[1:] != middles[:-1]).all()
    assert tiles.mean() == pytest.approx(0.5, abs=0.1)


def test_each_tile_shows_its_own_ct() -> None:
    white = CtVolume(GRID, np.full(GRID.shape, 1000.0, dtype=np.float32))
    black = CtVolume(GRID, np.full(GRID.shape, -1000.0, dtype=np.float32))
    picture = pixels(checker_figure(white, black, point_mm=np.zeros(3))).astype(float)
    scale = SIDE_INCH * DPI / (2 * HALF_MM)
    row0, column0 = round((0.28 + SIDE_INCH / 2) * DPI), round((GAP_INCH + SIDE_INCH / 2) * DPI)

    def at(x: float, y: float) -> float:
        return float(picture[round(row0 + y * scale), round(column0 + x * scale)].min())

    for x, y, bright in ((7, 7, True), (-7, 7, False), (7, -7, False), (-7, -7, True), (22, 7, False)):
        assert (at(x, y) > 200) is bright, (x, y)


def test_a_target_and_the_edge_of_the_image_can_be_drawn() -> None:
    for point in ([0.0, 0.0, 0.0], [39.0, 39.0, 40.0], [500.0, 0.0, 0.0]):
        address = checker_figure(
            water(), water(), point_mm=np.array(point), target=box(1.0), title="a $b$ 甲"
        )
        assert pixels(address).shape[2] == 3


def test_two_grids_are_refused() -> None:
    other = VoxelGrid((0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (2, 2, 2))
    with pytest.raises(ImageError, match="two grids"):
        checker_figure(
            water(), CtVolume(other, np.zeros(other.shape, dtype=np.float32)), point_mm=np.zeros(3)
        )


@pytest.mark.parametrize(("tile", "point"), [(0.0, [0, 0, 0]), (np.nan, [0, 0, 0]), (15.0, [np.nan, 0, 0])])
def test_tiles_without_meaning_are_refused(tile: float, point: list[float]) -> None:
    with pytest.raises(InputError, match="tiles of"):
        checker_figure(water(), water(), point_mm=np.array(point), tile_mm=tile)
