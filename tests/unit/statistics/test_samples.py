import numpy as np
import pytest

from seedbed.errors import InputError
from seedbed.statistics.intervals import normal_quantile
from seedbed.statistics.samples import covariate_table, finite_sample


def test_an_error_names_the_value_and_the_sample():
    with pytest.raises(InputError, match="value 2 of the pain scores is inf"):
        finite_sample([1, np.inf], least=1, what="the pain scores")


def test_covariates_that_follow_from_each_other_are_refused_at_any_scale():
    x = np.arange(6.0) ** 2
    for other in (x * 1e6, 3 - x, x / 7 + 1e5):
        with pytest.raises(InputError, match="follows from the others"):
            covariate_table(np.column_stack([x, other]), None, 6)
    assert covariate_table(np.column_stack([x, np.arange(6)]), None, 6).shape == (6, 2)


def test_names_must_be_as_many_as_covariates():
    with pytest.raises(InputError, match="2 names for 1 covariates"):
        covariate_table([0, 1], ("a", "b"), 2)


@pytest.mark.parametrize("level", [0.5, 1, 95, float("nan"), 0])
def test_a_level_is_a_share(level):
    with pytest.raises(InputError):
        normal_quantile(level)
