"""Pictures of seeds in doubt: the mark lies where the seed lies; nothing is too odd to be drawn."""

import numpy as np
import pytest
from tests.unit.report.picture_reading import GRID, is_near, pixels, water

from seedbed.errors import InputError
from seedbed.imaging import CtVolume
from seedbed.report.cuts import OUTSIDE
from seedbed.report.seed_figures import (
    DPI,
    GAP_INCH,
    HALF_MM,
    SIDE_INCH,
    SeedInDoubt,
    doubtful_seed,
    doubtful_sheet,
)
from seedbed.report.seed_marks import DOUBTFUL

PIXEL_A_MM = SIDE_INCH * DPI / (2 * HALF_MM)


def panel(picture: np.ndarray, number: int) -> tuple[int, int]:
    """Row and column of the middle of one of the three cuts."""
    column = GAP_INCH + number * (SIDE_INCH + GAP_INCH) + SIDE_INCH / 2
    return round((0.28 + SIDE_INCH / 2) * DPI), round(column * DPI)


@pytest.mark.parametrize("place", [(0.0, 0.0, 0.0), (-12.3, 20.1, 17.0)])
def test_a_seed_lies_in_the_middle_of_each_cut(place: tuple[float, float, float]) -> None:
    picture = pixels(doubtful_seed(water(), SeedInDoubt("1", np.array(place))))
    for number in range(3):
        row, column = panel(picture, number)
        assert is_near(picture[row, column], DOUBTFUL)
        assert not is_near(picture[row + 20, column + 20], DOUBTFUL)


def test_an_axis_is_seen_in_its_length() -> None:
    seed = SeedInDoubt("1", np.zeros(3), np.array([0.0, 0.0, 1.0]))
    picture = pixels(doubtful_seed(water(), seed))
    row, column = panel(picture, 1)
    end = round(2.25 * PIXEL_A_MM)
    reach = [is_near(pixel, DOUBTFUL, within=70) for pixel in picture[row - 2 * end : row + 2 * end, column]]
    first, last = np.flatnonzero(reach)[[0, -1]]
    assert (last - first) / PIXEL_A_MM == pytest.approx(4.5, abs=0.4)


def test_a_bright_voxel_at_the_patients_left_and_back_shows_right_and_below() -> None:
    hu = np.zeros(GRID.shape, dtype=np.float32)
    hu[8, 45:48, 45:48] = 3071.0  # z 0, x and y from 5.5 to 7.5
    picture = pixels(doubtful_seed(CtVolume(GRID, hu), SeedInDoubt("1", np.zeros(3)))).astype(float)
    row, column = panel(picture, 0)
    step = round(6.5 * PIXEL_A_MM)
    assert picture[row + step, column + step].min() > 200
    for across, down in ((-step, step), (step, -step), (-step, -step)):
        assert picture[row + down, column + across].max() < 60


def test_outside_the_ct_there_is_another_colour() -> None:
    edge = pixels(doubtful_seed(water(), SeedInDoubt("1", np.array([40.0, 0.0, 0.0]))))
    row, column = panel(edge, 0)
    assert is_near(edge[row + 40, column + 60], OUTSIDE, within=4)
    assert not is_near(edge[row + 40, column - 60], OUTSIDE, within=4)
    beyond = pixels(doubtful_seed(water(), SeedInDoubt("1", np.full(3, 900.0))))
    row, column = panel(beyond, 2)
    assert is_near(beyond[row + 60, column + 60], OUTSIDE, within=4)


def test_pages_hold_eight_and_no_seed_has_no_page() -> None:
    seeds = [SeedInDoubt(str(n), np.zeros(3), None, 0.5, "A doubt that $is$ told. " * 20) for n in range(9)]
    pages = doubtful_sheet(water(), seeds, others_mm={"0": np.zeros(3), "x": np.ones(3)}, title="存疑 $a_b$")
    assert len(pages) == 2
    first, second = (pixels(page) for page in pages)
    assert first.shape[1] == second.shape[1]
    assert first.shape[0] > 2 * second.shape[0]
    assert doubtful_sheet(water(), []) == []


def test_a_crowd_of_neighbours_can_be_drawn() -> None:
    rng = np.random.default_rng(1)
    others = {str(n): rng.uniform(-15, 15, 3) for n in range(150)}
    assert pixels(doubtful_seed(water(), SeedInDoubt("1", np.zeros(3)), others_mm=others)).shape[2] == 3


def test_the_seed_itself_is_no_neighbour() -> None:
    seed = SeedInDoubt("7", np.zeros(3))
    alone, with_itself = (
        doubtful_seed(water(), seed, others_mm=others) for others in ({}, {"7": np.array([5.0, 5.0, 0.0])})
    )
    assert alone == with_itself
    assert alone != doubtful_seed(water(), seed, others_mm={"8": np.array([5.0, 5.0, 0.0])})


@pytest.mark.parametrize("place", [[np.nan, 0, 0], [0, 0], [np.inf, 0, 0]])
def test_a_place_that_is_none_is_refused(place: list[float]) -> None:
    with pytest.raises(InputError, match="seed 3 at"):
        SeedInDoubt("3", np.array(place))
