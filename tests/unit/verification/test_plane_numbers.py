import numpy as np
import pytest

from seedbed.errors import InputError, StructureError
from seedbed.verification.plane_numbers import PlaneNumbers


@pytest.mark.parametrize("rising", [True, False])
def test_the_nearest_slice_has_the_number(rising: bool) -> None:
    heights, numbers = np.arange(-10.0, 11.0, 2.5), list(range(1, 10))
    planes = PlaneNumbers(heights, numbers if rising else numbers[::-1])
    for z, rank in ((-10.0, 1), (-8.8, 1), (-8.7, 2), (0.0, 5), (1.2, 5), (1.3, 6), (12.0, 9)):
        assert planes(z) == (rank if rising else 10 - rank)


def test_a_height_beyond_the_slices_is_refused() -> None:
    planes = PlaneNumbers(np.array([0.0, 5.0, 10.0]), (1, 2, 3))
    assert planes(14.9) == 3
    for z in (15.1, -5.1, float("nan")):
        with pytest.raises(StructureError, match="within the slices"):
            planes(z)


@pytest.mark.parametrize(
    ("heights", "numbers"),
    [([], ()), ([0.0, 0.0], (1, 2)), ([0.0, 1.0], (1,)), ([0.0, np.nan], (1, 2)), ([[0.0, 1.0]], (1, 2))],
)
def test_slices_that_cannot_be_counted_are_refused(heights: list[float], numbers: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="one number for each slice"):
        PlaneNumbers(np.array(heights), numbers)
