"""The energy is what it says, the running dose does not drift, and what is forbidden never happens."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.planning.tiny_problems import (
    allowed,
    plain_cost,
    plain_dose,
    plain_energy,
    plain_penalty,
    tiny_problem,
)

from seedbed.planning.annealing import anneal, penalty, total_of
from seedbed.planning.problem import Problem
from seedbed.planning.search import cost_of, energy_of

SEEDS = st.integers(0, 2**32 - 1)


def some_rows(problem: Problem, rng: np.random.Generator) -> np.ndarray:
    """A plan that is allowed: the fixed rows and some others."""
    rows, on = problem.rows, problem.rows.fixed.copy()
    for row in rng.permutation(len(on))[: rng.integers(0, len(on) + 1)]:
        trial = on.copy()
        trial[row] = True
        on = trial if allowed(trial, rows.needle, rows.slot, rows.clash) else on
    return on


def annealed(
    problem: Problem, on: np.ndarray, seed: int, moves: int = 3000
) -> tuple[float, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    energy, best, last = anneal(
        problem.rows, problem.volume, problem.given, problem.terms, on, problem.costs, moves, (2.0, 0.05), rng
    )
    return float(energy), best, last


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_the_energy_is_that_of_plain_arithmetic(seed: int) -> None:
    rng = np.random.default_rng(seed)
    problem = tiny_problem(
        rng, strengths=(0.7, 1.3), given=0.5 * (seed % 2), costs=(rng.uniform(0, 3), 1.5), free=0.4
    )
    on = some_rows(problem, rng)
    dose = total_of(problem.rows, problem.given, on)
    np.testing.assert_allclose(dose, plain_dose(problem, on), rtol=1e-5)
    assert float(penalty(dose, problem.volume, problem.terms)) == pytest.approx(
        plain_penalty(problem, dose), rel=1e-5, abs=1e-3
    )
    assert cost_of(problem, on) == pytest.approx(plain_cost(problem, on))
    assert energy_of(problem, on) == pytest.approx(
        plain_cost(problem, on) + plain_penalty(problem, dose), rel=1e-5, abs=1e-3
    )


def test_a_dose_in_the_middle_of_all_limits_has_the_energy_written_here() -> None:
    problem = tiny_problem(np.random.default_rng(0), points=4, organ_points=2)
    even = np.array([25.0, 25.0, 25.0, 25.0, 50.0, 50.0], dtype=np.float32)
    problem = replace(problem, volume=even)
    dose = np.array([0.5, 1.05, 1.6, 2.5, 1.3, 0.1], dtype=np.float32)
    hot = 0.01 * 50 + 0.01 * 25
    cold = 3.0 * (95 - 75) + 0.1 * (90 - 50) + 20.0 * (25 * 0.5 - 0.4)
    organ = 30.0 * 50 + 0.1 * (50 - 20)
    assert float(penalty(dose, problem.volume, problem.terms)) == pytest.approx(hot + cold + organ, rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.sampled_from([(1.0,), (0.6, 1.0), (0.5, 1.0, 1.7)]))
def test_the_energy_returned_is_that_of_the_plan_returned(seed: int, strengths: tuple[float, ...]) -> None:
    rng = np.random.default_rng(seed)
    problem = tiny_problem(rng, strengths=strengths, given=0.4, clashes=0.2, free=0.3, fixed=0.1)
    energy, best, last = annealed(problem, some_rows(problem, rng), seed)
    assert energy == pytest.approx(plain_energy(problem, best), rel=1e-4, abs=1e-2)
    assert energy <= plain_energy(problem, last) + 1e-2


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.sampled_from([(1.0,), (0.6, 1.0, 1.7)]))
def test_what_is_forbidden_never_happens(seed: int, strengths: tuple[float, ...]) -> None:
    rng = np.random.default_rng(seed)
    problem = tiny_problem(
        rng, needles=7, strengths=strengths, clashes=0.4, free=0.3, fixed=0.1, costs=(0.05, 0.05)
    )
    rows, start = problem.rows, some_rows(problem, rng)
    fixed = rows.fixed | (rng.random(len(start)) < 0.1)  # some rows stay on, and some stay off
    problem = replace(problem, rows=rows._replace(fixed=fixed))
    for plan in annealed(problem, start, seed, moves=2000)[1:]:
        assert allowed(plan, rows.needle, rows.slot, rows.clash)
        np.testing.assert_array_equal(plan[fixed], start[fixed])


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_the_energy_is_never_above_that_of_the_start(seed: int) -> None:
    rng = np.random.default_rng(seed)
    problem = tiny_problem(rng, clashes=0.2)
    start = some_rows(problem, rng)
    assert annealed(problem, start, seed, moves=50)[0] <= plain_energy(problem, start) + 1e-2


def test_the_same_random_seed_gives_the_same_plan() -> None:
    problem = tiny_problem(np.random.default_rng(1), needles=8, seats=5, clashes=0.1)
    start = problem.rows.fixed.copy()
    first, again, other = (annealed(problem, start, seed, moves=400) for seed in (5, 5, 6))
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, two)
    assert (first[2] != other[2]).any()


def test_the_start_is_left_as_it_was() -> None:
    problem = tiny_problem(np.random.default_rng(2))
    start = some_rows(problem, np.random.default_rng(3))
    before = start.copy()
    annealed(problem, start, 1)
    np.testing.assert_array_equal(start, before)


def test_one_possible_seed_is_enough_to_search() -> None:
    problem = tiny_problem(np.random.default_rng(4), needles=1, seats=1)
    _, best, _ = annealed(problem, np.zeros(1, dtype=bool), 0)
    choices = [np.zeros(1, dtype=bool), np.ones(1, dtype=bool)]
    assert plain_energy(problem, best) == pytest.approx(min(plain_energy(problem, on) for on in choices))
