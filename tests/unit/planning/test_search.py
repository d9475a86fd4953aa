"""The search: what it starts from, what it tells, when it stops."""

import numpy as np
import pytest
from tests.unit.planning.tiny_problems import plain_energy, tiny_problem

from seedbed.planning.search import CHUNKS, Found, best_first, search


def test_the_same_arguments_give_the_same_plan() -> None:
    problem = tiny_problem(np.random.default_rng(0), needles=8, seats=4, points=200)
    first, again = (search(problem, moves=4000, random_seed=7) for _ in range(2))
    np.testing.assert_array_equal(first.on, again.on)
    assert first.energy == again.energy


def test_a_plan_is_only_replaced_by_a_better_one() -> None:
    problem = tiny_problem(np.random.default_rng(1), needles=8, seats=4, points=200)
    good = search(problem, moves=20_000, random_seed=0)
    for seed in range(4):
        warm = search(problem, moves=80, random_seed=seed, start=good.on, first_temperature=1e-6)
        assert warm.energy <= good.energy + 1e-2


def test_each_plan_that_is_told_is_better_than_the_one_before() -> None:
    problem = tiny_problem(np.random.default_rng(2), needles=8, seats=4, points=200)
    told: list[Found] = []
    found = search(problem, moves=8000, random_seed=0, improved=told.append)
    energies = [each.energy for each in told]
    assert energies == sorted(energies, reverse=True)
    assert told[-1] == found


def test_it_stops_when_it_is_told_to_and_returns_the_best_until_then() -> None:
    problem = tiny_problem(np.random.default_rng(3), needles=8, seats=4, points=200)
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) == 2

    found = search(problem, moves=8000, random_seed=0, stop=stop)
    assert len(asked) == 2 < CHUNKS
    assert found.on.any()
    assert found.energy == pytest.approx(float(plain_energy(problem, found.on)), rel=1e-4, abs=1e-2)


def test_without_a_start_only_the_fixed_seeds_are_there() -> None:
    problem = tiny_problem(np.random.default_rng(5), fixed=0.3, costs=(100.0, 100.0))
    assert problem.rows.fixed.any()
    dear = search(problem, moves=1, random_seed=0)
    np.testing.assert_array_equal(dear.on & problem.rows.fixed, problem.rows.fixed)


def test_of_several_problems_the_best_comes_first() -> None:
    rng = np.random.default_rng(6)
    problems = [tiny_problem(rng, needles=5, points=100) for _ in range(5)]
    ranked = best_first(problems, moves=2000, random_seed=3, stop=None)
    energies = [found.energy for found in ranked]
    assert energies == sorted(energies)
    alone = {id(p): search(p, moves=2000, random_seed=3 + n).energy for n, p in enumerate(problems)}
    assert all(found.energy == alone[id(found.problem)] for found in ranked)


def test_what_is_free_or_already_there_is_not_paid_for() -> None:
    problem = tiny_problem(np.random.default_rng(7), needles=3, seats=2, free=1.0, costs=(1.0, 50.0))
    on = np.ones(6, dtype=bool)
    assert Found(problem, on, 0.0).cost == 6.0
