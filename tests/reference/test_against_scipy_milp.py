"""Against SciPy's linear and integer programs, written anew for all samples at once, without groups.

The bound calls the same solver; what is compared is its model, its groups and its rounding.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp
from tests.unit.planning.tiny_problems import plain_dose, plain_shortfall, tiny_problem

from seedbed.planning.bound import Bound, lower_bound
from seedbed.planning.problem import Problem

SEEDS = st.integers(0, 2**32 - 1)
SIZES = (
    {"needles": 5, "seats": 4},
    {"needles": 4, "seats": 3, "strengths": (0.6, 1.1), "given": 0.5, "costs": (1.0, 1.7)},
    {"needles": 6, "seats": 3, "free": 0.4, "fixed": 0.1, "costs": (0.9, 1.3)},
)


def least_cost(problem: Problem, limit: float, *, whole: bool) -> float:
    """Least cost with (fractions of) seeds and needles, the shortfall of every sample a variable."""
    rows, count = problem.rows, problem.target_points
    seeds, needles = len(rows.slot), len(rows.first)
    slots = int(rows.slot.max()) + 1
    dose = np.maximum(1.0 - problem.given[:count], 0.0)
    fills = np.minimum(rows.dose[:, :count], dose).T
    no_needles, no_lack = np.zeros((count, needles)), np.zeros((slots, count))
    of_slot = np.arange(slots)[:, None] == rows.slot[None]
    needle_of_slot = np.array([rows.needle[rows.slot == slot][0] for slot in range(slots)])
    of_needle = np.arange(needles)[None] == needle_of_slot[:, None]
    share = np.concatenate([np.zeros(seeds + needles), problem.volume[:count]])
    cost = np.concatenate(
        [np.full(seeds, problem.costs[0]), np.where(rows.free, 0, problem.costs[1]), np.zeros(count)]
    )
    lower = np.concatenate([rows.fixed, np.zeros(needles + count)])
    upper = np.concatenate([np.ones(seeds + needles), np.full(count, np.inf)])
    found = milp(
        cost,
        constraints=[
            LinearConstraint(np.hstack([fills, no_needles, np.eye(count)]), lb=dose),
            LinearConstraint(np.hstack([of_slot, -1.0 * of_needle, no_lack]), ub=0.0),
            LinearConstraint(share[None], ub=limit),
        ],
        bounds=Bounds(lower, upper),
        integrality=np.concatenate([np.full(seeds + needles, int(whole)), np.zeros(count)]),
        options={"mip_rel_gap": 0.0},
    )
    assert found.success
    return float(found.fun)


def limit_of(problem: Problem, share: float) -> float:
    """Between the shortfall of all seeds together and that of none."""
    every, none = np.ones(len(problem.rows.slot), dtype=bool), problem.rows.fixed
    low, high = (float(plain_shortfall(problem, plain_dose(problem, on))) for on in (every, none))
    return low + share * (high - low) + 1e-3


def bounded(problem: Problem, limit: float, seconds: float) -> Bound:
    most = sum(problem.costs) * len(problem.rows.slot)
    return lower_bound(problem, shortfall_pct=limit, cost_at_most=most, seconds=seconds)


@settings(max_examples=8, deadline=None)
@given(SEEDS, st.sampled_from(SIZES), st.floats(0.02, 0.6), st.integers(150, 400))
def test_grouped_samples_never_prove_more_than_all_of_them(
    seed: int, size: dict, share: float, points: int
) -> None:
    problem = tiny_problem(np.random.default_rng(seed), **(size | {"strengths": (1.0,)}), points=points)
    limit = limit_of(problem, share)
    every = least_cost(problem, limit, whole=False)
    for seconds in (0.0, 2.0):
        bound = bounded(problem, limit, seconds)
        assert bound.groups < bound.samples == points
        assert bound.linear <= every + 1e-5


@settings(max_examples=8, deadline=None)
@given(SEEDS, st.sampled_from(SIZES), st.floats(0.02, 0.6))
def test_groups_of_one_sample_prove_what_all_samples_prove(seed: int, size: dict, share: float) -> None:
    problem = tiny_problem(np.random.default_rng(seed), **(size | {"strengths": (1.0,)}), points=10)
    limit = limit_of(problem, share)
    assert bounded(problem, limit, 0.0).linear == pytest.approx(
        least_cost(problem, limit, whole=False), rel=1e-6, abs=1e-6
    )


@settings(max_examples=8, deadline=None)
@given(SEEDS, st.sampled_from(SIZES), st.floats(0.05, 0.6))
def test_the_tree_finds_the_least_cost_of_whole_seeds(seed: int, size: dict, share: float) -> None:
    problem = tiny_problem(np.random.default_rng(seed), **(size | {"strengths": (1.0,)}), points=10)
    limit = limit_of(problem, share)
    assert bounded(problem, limit, 20.0).cost == pytest.approx(
        least_cost(problem, limit, whole=True), rel=2e-4, abs=1e-5
    )
