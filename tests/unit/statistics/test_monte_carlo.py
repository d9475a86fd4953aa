import numpy as np
import pytest

from seedbed.errors import InputError
from seedbed.statistics import chi_square, fisher_exact, fisher_monte_carlo

LARGE = [[30, 45, 40, 35], [50, 60, 45, 45], [40, 30, 35, 45]]


@pytest.mark.parametrize(
    "table", [[[7, 7], [8, 17], [4, 9]], [[1, 3, 10, 6], [2, 3, 10, 7], [1, 6, 14, 12], [0, 1, 9, 11]]]
)
def test_its_limits_hold_the_exact_p_value(table):
    found = fisher_monte_carlo(table, seed=3, draws=100_000)
    assert found.low < fisher_exact(table).p_value < found.high
    assert found.high - found.low < 0.01


def test_a_table_of_500_that_the_exact_test_refuses_is_estimated():
    assert np.sum(LARGE) == 500
    with pytest.raises(InputError):
        fisher_exact(LARGE)
    found = fisher_monte_carlo(LARGE, seed=1)
    # with counts of this size Pearson's approximation is close
    assert found.p_value == pytest.approx(chi_square(LARGE).p_value, abs=0.01)


def test_the_same_seed_gives_the_same_answer_and_never_zero():
    one, two = (fisher_monte_carlo([[60, 0], [0, 60]], seed=5, draws=1000) for _ in range(2))
    assert one == two
    assert (one.low, one.p_value) == (0, 1 / 1001)


def test_rows_and_columns_of_zeros_are_left_out_and_named():
    found = fisher_monte_carlo([[3, 0, 4], [0, 0, 0], [5, 0, 6]], seed=1, draws=1000)
    assert (found.dropped_rows, found.dropped_columns) == ((1,), (1,))


def test_more_observations_than_double_precision_tells_apart_are_refused():
    with pytest.raises(InputError, match="Pearson"):
        fisher_monte_carlo([[60_000, 50_000], [3, 4]], seed=1)


@pytest.mark.parametrize("more", [{"seed": -1}, {"seed": 1, "draws": 10}, {"seed": 1, "draws": 10**9}])
def test_other_numbers_are_refused(more):
    with pytest.raises(InputError):
        fisher_monte_carlo([[3, 4], [5, 6]], **more)
