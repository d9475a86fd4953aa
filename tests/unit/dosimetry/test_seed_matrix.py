import numpy as np
import pytest

from seedbed.dosimetry import load_source, total_dose
from seedbed.dosimetry.seed_matrix import seed_matrix
from seedbed.errors import DoseError

SOURCE = load_source("6711")


@pytest.mark.parametrize("oriented", [True, False])
def test_each_row_is_the_dose_of_that_seed_alone(oriented: bool) -> None:
    rng = np.random.default_rng(3)
    seeds, points = rng.uniform(-20, 20, (7, 3)), rng.uniform(-30, 30, (300, 3))
    axes = rng.standard_normal((7, 3))
    axes = axes / np.linalg.norm(axes, axis=1, keepdims=True) if oriented else None
    found = seed_matrix(SOURCE, seeds, axes, points)
    for row in range(7):
        alone = None if axes is None else axes[row : row + 1]
        expected = total_dose(SOURCE, seeds[row : row + 1], alone, np.ones(1), points)
        np.testing.assert_allclose(found[row], expected, rtol=1e-6)


def test_a_row_without_axis_is_that_of_the_one_dimensional_formula() -> None:
    seeds, points = np.zeros((3, 3)), np.array([[0.0, 0.0, 9.0], [4.0, 0.0, 3.0]])
    up = np.array([0.0, 0.0, 1.0])
    found = seed_matrix(SOURCE, seeds, np.array([up, 0 * up, up]), points)
    np.testing.assert_array_equal(found[1], seed_matrix(SOURCE, seeds[:1], None, points)[0])
    np.testing.assert_array_equal(
        found[[0, 2]], seed_matrix(SOURCE, seeds[:2], up[None].repeat(2, 0), points)
    )


def test_no_seed_and_seeds_without_meaning() -> None:
    assert seed_matrix(SOURCE, np.empty((0, 3)), np.empty((0, 3)), np.zeros((4, 3))).shape == (0, 4)
    with pytest.raises(DoseError, match="seed positions"):
        seed_matrix(SOURCE, np.full((1, 3), np.nan), None, np.zeros((1, 3)))
