"""Find the seeds of a plan: many short searches to choose the needles, few long ones to choose the seeds."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from seedbed.dosimetry.kernel import threads
from seedbed.planning.annealing import anneal, penalty, total_of
from seedbed.planning.problem import Problem

BoolArray = NDArray[np.bool_]
HOT, WARM, COLD = 1.0, 0.15, 0.02
"""Temperatures in units of cost: from the start, when refining a plan, and at the end; local rule."""
HOT_SEEDS = 25.0
"""`HOT` is right where about so many seeds are needed; where fewer are, each counts more. Local rule."""
CHUNKS = 8
"""A search is cut into so many parts, so that progress is seen and a stop is heard."""
FEWEST_MOVES, MOVES_PER_ROW = 80_000, 2_000
"""More moves than this do not help where there are few positions; local rule."""
Stop = Callable[[], bool]


@dataclass(frozen=True)
class Effort:
    """How long is searched; moves and samples of the target at each stage.

    Attributes
    ----------
    choosing_moves, choosing_samples : int
        To choose among sets of needles.
    searching_moves, searching_samples : int
        On the best sets.
    refining_moves, refining_samples : int
        Of the best plan, on finer samples.
    kept_sets, refined_sets : int
        Sets that are searched in full, and those of them whose plan is refined.
    """

    choosing_moves: int = 30_000
    choosing_samples: int = 1_200
    searching_moves: int = 300_000
    searching_samples: int = 1_500
    refining_moves: int = 60_000
    refining_samples: int = 8_000
    kept_sets: int = 4
    refined_sets: int = 2


@dataclass(frozen=True)
class Found:
    """A set of rows and its energy: cost, what is missed of the goals, and a little for hot parts."""

    problem: Problem
    on: BoolArray
    energy: float

    @property
    def cost(self) -> float:
        """Seeds and needles, weighted, without the needles that are there already."""
        return cost_of(self.problem, self.on)


def cost_of(problem: Problem, on: BoolArray) -> float:
    """Cost of a set of rows."""
    used = np.unique(problem.rows.needle[on])
    return problem.costs[0] * int(on.sum()) + problem.costs[1] * int((~problem.rows.free[used]).sum())


def search(
    problem: Problem,
    *,
    moves: int,
    random_seed: int,
    start: BoolArray | None = None,
    first_temperature: float | None = None,
    stop: Stop | None = None,
    improved: Callable[[Found], None] | None = None,
) -> Found:
    """Anneal from a start; the same arguments give the same plan.

    Parameters
    ----------
    problem : Problem
    moves : int
    random_seed : int
    start : ndarray of bool, shape (rows,), optional
        Without it only the fixed rows are on.
    first_temperature : float, optional
        In units of cost; without it as hot as few seeds need.
    stop : callable, optional
        Asked between parts of the search; the best plan so far is returned when it says so.
    improved : callable, optional
        Called with each better plan, between parts of the search.
    """
    on = problem.rows.fixed.copy() if start is None else start
    best = Found(problem, on, energy_of(problem, on))
    rng = np.random.default_rng(random_seed)
    first = start_temperature(problem) if first_temperature is None else first_temperature
    for hot, cold in pairwise(np.geomspace(first, COLD, CHUNKS + 1).tolist()):
        energy, lowest, on = anneal(
            problem.rows, problem.volume, problem.given, problem.terms, on, problem.costs,
            max(1, moves // CHUNKS), (hot, cold), rng,
        )  # fmt: skip
        if energy < best.energy:
            best = Found(problem, lowest, float(energy))
            if improved:
                improved(best)
        if stop and stop():
            break
    return best


def start_temperature(problem: Problem) -> float:
    """Return the temperature to start from: the higher, the more of the target each seed fills."""
    fills = np.minimum(problem.rows.dose[:, : problem.target_points], 1.0).mean()
    return HOT * max(1.0, HOT_SEEDS * float(fills))


def energy_of(problem: Problem, on: BoolArray) -> float:
    """Energy of a set of rows."""
    dose = total_of(problem.rows, problem.given, on)
    return cost_of(problem, on) + float(penalty(dose, problem.volume, problem.terms))


def best_first(
    problems: Sequence[Problem], *, moves: int, random_seed: int, stop: Stop | None = None
) -> list[Found]:
    """Search several problems side by side, each with a random seed of its own; the best first."""

    def one(number: int) -> Found:
        enough = FEWEST_MOVES + MOVES_PER_ROW * len(problems[number].rows.dose)
        return search(problems[number], moves=min(moves, enough), random_seed=random_seed + number, stop=stop)

    with ThreadPoolExecutor(threads()) as pool:
        found = list(pool.map(one, range(len(problems))))
    return sorted(found, key=lambda each: each.energy)
