"""Fine and Gray's model for groups, by sums, against the same with every patient (SurPyval's maximum)."""

import numpy as np
import pytest

from seedbed.errors import InputError
from seedbed.statistics.fine_gray import fine_gray
from seedbed.statistics.fine_gray_groups import fine_gray_groups


@pytest.mark.parametrize("seed", range(6))
def test_it_is_the_model_with_indicators(seed: int) -> None:
    """With ties, times of zero and censoring among the events."""
    rng = np.random.default_rng(seed)
    times = np.floor(rng.exponential(8, 90)) / 2
    causes, group = rng.integers(0, 3, 90), rng.integers(0, 3, 90)
    covariates = np.column_stack([group == 1, group == 2]).astype(float)
    wanted = fine_gray(times, causes, covariates=covariates)
    found = fine_gray_groups(times, causes, np.array(list("abc"))[group])
    for one, two in zip(found.estimates, wanted.estimates, strict=True):
        assert one.coefficient == pytest.approx(two.coefficient, abs=1e-5)
        assert one.standard_error == pytest.approx(two.standard_error, rel=1e-4)
    assert [each.name for each in found.estimates] == ["b", "c"]


def test_two_alike_groups_have_a_ratio_of_one() -> None:
    times, causes = [1, 2, 3, 4, 5] * 2, [1, 2, 0, 1, 1] * 2
    found = fine_gray_groups(times, causes, ["a"] * 5 + ["b"] * 5)
    assert found.estimates[0].ratio == pytest.approx(1.0)


def test_a_group_without_the_event_is_named() -> None:
    with pytest.raises(InputError, match="no event of cause 1 in b"):
        fine_gray_groups([1, 2, 3, 4], [1, 1, 0, 2], list("aabb"))
    with pytest.raises(InputError, match="one group"):
        fine_gray_groups([1, 2], [1, 1], list("aa"))
