"""The bound: what it counts, how it moves with the limit, and what it refuses."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.planning.tiny_problems import (
    plain_cost,
    plain_dose,
    plain_shortfall,
    tiny_problem,
)

from seedbed.planning.bound import Bound, lower_bound
from seedbed.planning.problem import Problem

SEEDS = st.integers(0, 2**32 - 1)


def bounded(problem: Problem, limit: float, *, cost: float = 100.0, seconds: float = 3.0) -> Bound:
    return lower_bound(problem, shortfall_pct=limit, cost_at_most=cost, seconds=seconds)


def one_seed_each(points: int) -> Problem:
    """As many needles as samples; each carries one seed that fills one sample alone."""
    problem = tiny_problem(
        np.random.default_rng(0), needles=points, seats=1, points=points, organ_points=1, costs=(1.0, 2.0)
    )
    dose = np.hstack([np.eye(points), np.zeros((points, 1))]).astype(np.float32)
    even = np.append(np.full(points, 100.0 / points), 100.0).astype(np.float32)
    return replace(problem, rows=problem.rows._replace(dose=dose), volume=even)


def test_seeds_that_fill_one_sample_each_are_needed_for_all_but_what_may_lack() -> None:
    # Of ten samples two may lack their dose, so eight seeds on eight needles are needed: 8 x (1 + 2).
    bound = bounded(one_seed_each(10), 20.0, cost=24.0)
    assert bound.cost == pytest.approx(24.0)
    assert bound.linear == pytest.approx(24.0)
    assert bound.proven_best
    assert bound.gap_pct(30.0) == pytest.approx(25.0)


def test_a_limit_between_two_plans_is_rounded_up_by_the_tree() -> None:
    # 15 % may lack: 8.5 seeds in fractions, nine whole ones.
    bound = bounded(one_seed_each(10), 15.0)
    assert bound.linear == pytest.approx(8.5 * 3)
    assert bound.cost == pytest.approx(27.0)


def test_needles_that_are_there_cost_nothing() -> None:
    problem = one_seed_each(10)
    free = np.arange(10) < 4
    bound = bounded(replace(problem, rows=problem.rows._replace(free=free)), 20.0)
    assert bound.cost == pytest.approx(4 * 1 + 4 * 3)


def test_dose_that_is_there_is_not_asked_for_again() -> None:
    problem = one_seed_each(10)
    given = np.append(np.repeat([1.5, 0.0], 5), 0.0).astype(np.float32)
    assert bounded(replace(problem, given=given), 20.0).cost == pytest.approx(3 * 3)
    assert bounded(replace(problem, given=np.full(11, 2.0, dtype=np.float32)), 0.4).cost == 0.0


def test_the_strengths_of_one_position_exclude_each_other() -> None:
    # Half strength and full strength at one position make no more than a full one.
    problem = tiny_problem(
        np.random.default_rng(0), needles=2, seats=1, strengths=(0.5, 1.0), points=2, organ_points=1
    )
    dose = np.array([[0.5, 0, 0], [0.9, 0, 0], [0, 0.5, 0], [0, 0.9, 0]], dtype=np.float32)
    volume = np.array([50.0, 50.0, 100.0], dtype=np.float32)
    problem = replace(problem, rows=problem.rows._replace(dose=dose), volume=volume)
    with pytest.raises(ValueError, match="no plan of cost"):
        bounded(problem, 9.0)
    assert bounded(problem, 10.1).cost == pytest.approx(4.0)


@pytest.mark.parametrize(("limit", "cost"), [(20.0, 23.0), (0.0, 20.0)])
def test_a_cost_below_the_bound_is_refused(limit: float, cost: float) -> None:
    with pytest.raises(ValueError, match=f"no plan of cost {cost:g} keeps a shortfall of {limit:g} %"):
        bounded(one_seed_each(10), limit, cost=cost)


@settings(max_examples=6, deadline=None)
@given(SEEDS, st.sampled_from([(1.0,), (0.6, 1.1)]), st.sampled_from([(1.0, 1.0), (0.7, 1.9)]))
def test_a_stricter_limit_never_lowers_the_bound(
    seed: int, strengths: tuple[float, ...], costs: tuple[float, float]
) -> None:
    problem = tiny_problem(np.random.default_rng(seed), strengths=strengths, costs=costs, points=20)
    whole = np.ones(len(problem.rows.slot), dtype=bool)
    low = float(plain_shortfall(problem, plain_dose(problem, whole)))
    none = float(plain_shortfall(problem, problem.given))
    limits = np.linspace(low if len(strengths) == 1 else (low + none) / 2, none, 5) + 1e-3
    found = [bounded(problem, limit, cost=float(plain_cost(problem, whole))) for limit in limits]
    assert (np.diff([bound.linear for bound in found]) <= 1e-6).all()
    assert (np.diff([bound.cost for bound in found]) <= 3e-4 * found[0].cost).all()
    assert found[-1].cost == pytest.approx(0.0, abs=1e-6)


def test_goals_of_organs_do_not_move_the_bound() -> None:
    problem = tiny_problem(np.random.default_rng(3))
    burnt = problem.rows.dose.copy()
    burnt[:, problem.target_points :] = 100.0
    dearer = replace(problem, rows=problem.rows._replace(dose=burnt))
    assert bounded(dearer, 5.0).cost == pytest.approx(bounded(problem, 5.0).cost)


def test_twice_the_costs_are_twice_the_bound() -> None:
    problem = tiny_problem(np.random.default_rng(4), costs=(1.0, 1.5))
    twice = replace(problem, costs=(2.0, 3.0))
    once = bounded(problem, 3.0, seconds=0.0)
    assert bounded(twice, 3.0, seconds=0.0).linear == pytest.approx(2 * once.linear)


def test_without_cost_there_is_no_gap_to_state() -> None:
    assert Bound(0.0, True, 0.0, 0.4, 1, 1, 0, 0.1).gap_pct(3.0) == float("inf")
