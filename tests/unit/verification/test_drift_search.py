import numpy as np
import pytest

from seedbed.errors import InputError
from seedbed.verification.drift_search import find_solutions

BLOCK = np.array([[x, y, z] for x in (0.0, 10, 20) for y in (0.0, 10) for z in (0.0, 5, 10, 15)])


def test_the_best_is_first_and_the_others_have_other_pairs() -> None:
    solutions = find_solutions(BLOCK, BLOCK + np.array([0.0, 0.0, 2.0]), gate_mm=12.0, reach_mm=30.0)
    costs = [each.cost for each in solutions]
    assert costs == sorted(costs)
    assert solutions[0].found.tolist() == list(range(len(BLOCK)))
    for other in solutions[1:]:
        same = (other.planned == other.found).sum()
        assert same < 0.8 * len(BLOCK)


def test_a_motion_beyond_the_reach_is_not_offered() -> None:
    far = find_solutions(BLOCK, BLOCK + np.array([60.0, 0.0, 0.0]), gate_mm=12.0, reach_mm=30.0)
    assert all(np.linalg.norm(each.motion.shift_at_mm(BLOCK.mean(axis=0))) <= 30.0 + 1e-6 for each in far)
    near = find_solutions(BLOCK, BLOCK + np.array([60.0, 0.0, 0.0]), gate_mm=12.0, reach_mm=80.0)
    np.testing.assert_allclose(near[0].motion.shift_mm, [60.0, 0.0, 0.0], atol=1e-6)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_few_seeds_have_no_solution(count: int) -> None:
    assert find_solutions(BLOCK, BLOCK[:count], gate_mm=12.0, reach_mm=30.0) == ()
    assert find_solutions(BLOCK[:count], BLOCK, gate_mm=12.0, reach_mm=30.0) == ()


@pytest.mark.parametrize("reach", [-1.0, np.nan, np.inf, 1000.0])
def test_a_reach_without_meaning_is_refused(reach: float) -> None:
    with pytest.raises(InputError, match="register the images first"):
        find_solutions(BLOCK, BLOCK, gate_mm=12.0, reach_mm=reach)
