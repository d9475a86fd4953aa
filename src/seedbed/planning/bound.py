"""How cheap a plan could be at best: a lower bound that holds for every plan on the same needles.

Every plan has to keep the mean shortfall of the target within a limit: the mean, over the target, of what its
dose lacks of the prescription. That is a convex function of the dose, so a linear program bounds it from
below, and branch and bound tightens the bound as long as time allows (HiGHS, by `scipy.optimize.milp`).
Three facts keep it valid:

- The mean shortfall of a group of samples is at least the shortfall of their mean dose (Jensen), so samples
  may be grouped without loss of validity.
- A seed can fill no more of a sample than that lacks, so its dose counts up to there.
- Goals that are left out (V100, organs, spacing of needles) can only make a plan dearer.
"""

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from seedbed.planning.problem import Problem

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
FIRST_GROUPS, MOST_GROUPS, MOST_ROUNDS = 120, 600, 8
"""Groups at first and at most, and how often they are split where grouping loses most; local rule."""
SPLIT_SHARE, LEAST_SPLITS = 0.4, 60
CLOSE = 1.02
"""Groups are fine enough when the shortfall of the samples themselves is this close to the limit."""
MOST_CELLS = 100_000
"""Seed positions x groups above which a search tree gets nowhere in seconds and is left out; local rule."""
ROUNDING = 1e-6
INFEASIBLE = 2
"""Status of `scipy.optimize.milp`."""
SOLVER_TOLERANCE = 1e-4
"""A bound within this of a whole number is not rounded up past it: far more than the solver is off."""


@dataclass(frozen=True)
class Bound:
    """No plan on these needles costs less.

    Attributes
    ----------
    cost : float
        Seeds and needles, weighted, as the plan's own cost; never more than that.
    proven_best : bool
        The plan's cost cannot be undercut.
    linear : float
        What the linear program alone says.
    shortfall_pct : float
        Mean shortfall that the plans have to keep, percent of the prescription.
    groups, samples : int
    nodes : int
        Of the search tree.
    seconds : float
    """

    cost: float
    proven_best: bool
    linear: float
    shortfall_pct: float
    groups: int
    samples: int
    nodes: int
    seconds: float

    def gap_pct(self, cost: float) -> float:
        """By how much a cost lies above the bound, percent of the bound."""
        return 100.0 * (cost / self.cost - 1.0) if self.cost > 0 else float("inf")


def lower_bound(problem: Problem, *, shortfall_pct: float, cost_at_most: float, seconds: float) -> Bound:
    """Bound the cost of every plan that keeps a mean shortfall, whatever else it is asked.

    Parameters
    ----------
    problem : Problem
        Only its target samples count.
    shortfall_pct : float
        Mean shortfall that plans have to keep, percent of the prescription.
    cost_at_most : float
        Cost of a plan that keeps it; the bound is not sought beyond.
    seconds : float
        Time for it all; the linear program is finished in any case.

    Raises
    ------
    ValueError
        ``cost_at_most`` is below what the linear program proves: it is not the cost of such a plan.
    """
    start = time.perf_counter()
    samples = _Samples(problem)
    group, rounds = samples.first_groups(), 0
    while True:
        model = _Model(problem, samples, group, shortfall_pct, cost_at_most)
        linear = model.solve()
        if linear is None or linear > cost_at_most + ROUNDING * max(1.0, cost_at_most):
            raise ValueError(f"no plan of cost {cost_at_most:g} keeps a shortfall of {shortfall_pct:g} %")
        rounds += 1
        dose = samples.dose(model.chosen)
        late = time.perf_counter() - start > seconds / 2
        fine = samples.shortfall(dose) <= CLOSE * shortfall_pct
        if late or fine or rounds == MOST_ROUNDS or group.max() + 1 >= MOST_GROUPS:
            break
        group = samples.split(group, dose)
    left = seconds - (time.perf_counter() - start)
    small = model.seeds * (int(group.max()) + 1) <= MOST_CELLS
    best, nodes = model.branch(left) if left > 0 and small else (linear, 0)
    cost = min(_whole(max(linear, best, 0.0), problem.costs), cost_at_most) + 0.0
    return Bound(
        cost=cost,
        proven_best=cost >= cost_at_most - ROUNDING,
        linear=linear,
        shortfall_pct=shortfall_pct,
        groups=int(group.max()) + 1,
        samples=problem.target_points,
        nodes=nodes,
        seconds=time.perf_counter() - start,
    )


def _whole(linear: float, costs: tuple[float, float]) -> float:
    """Round a bound up where seeds and needles cost whole numbers, and so every plan does."""
    if not np.isfinite(linear):
        return linear
    return float(np.ceil(linear - SOLVER_TOLERANCE)) if all(cost == int(cost) for cost in costs) else linear


class _Samples:
    """Samples of the target: what each lacks and what each seed can fill of it, and how they are grouped."""

    def __init__(self, problem: Problem) -> None:
        count = problem.target_points
        self.weight = problem.volume[:count].astype(float)
        self.need = np.maximum(1.0 - problem.given[:count], 0.0).astype(np.float32)
        self.fills = np.minimum(problem.rows.dose[:, :count], self.need)

    def first_groups(self) -> IntArray:
        """Group samples that lie together, as the dose of the seeds sees them: by the nearest seed."""
        nearest = self.fills.argmax(axis=0)
        levels = np.clip((self.fills.sum(axis=0) / max(len(self.fills), 1)).argsort().argsort(), 0, None)
        parts = max(1, FIRST_GROUPS // max(1, len(np.unique(nearest))))
        return _numbered(nearest * parts + levels * parts // len(levels))

    def dose(self, seeds: FloatArray) -> FloatArray:
        """Return what (fractions of) seeds fill of each sample, shape (rows,) -> (samples,)."""
        filled: FloatArray = seeds.astype(np.float32) @ self.fills
        return filled.astype(float)

    def shortfall(self, dose: FloatArray) -> float:
        """Mean shortfall under a dose, percent."""
        return float(self.weight @ np.maximum(self.need - dose, 0.0))

    def split(self, group: IntArray, dose: FloatArray) -> IntArray:
        """Split the groups whose mean hides most shortfall: what lacks dose from what does not."""
        whole = np.bincount(group, self.weight)
        lacks = np.bincount(group, self.weight * np.maximum(self.need - dose, 0.0))
        mean = np.maximum(np.bincount(group, self.weight * (self.need - dose)), 0.0)
        hidden = np.where(whole > 0, lacks - mean, 0.0)
        many = max(LEAST_SPLITS, int(SPLIT_SHARE * len(whole)))
        worst = np.argsort(-hidden)[:many]
        chosen = np.zeros(len(whole), dtype=bool)
        chosen[worst[hidden[worst] > ROUNDING]] = True
        return _numbered(group * 2 + (chosen[group] & (dose < self.need)))

    def means(self, group: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Of each group what seeds fill, shape (rows, groups), what it lacks, and its share in percent."""
        order = np.argsort(group, kind="stable")
        starts = np.concatenate([[0], np.flatnonzero(np.diff(group[order])) + 1])
        share = np.bincount(group, self.weight).astype(float)
        weight = self.weight[order].astype(np.float32)
        fills = np.add.reduceat(self.fills[:, order] * weight, starts, axis=1, dtype=float) / share
        lacks = np.add.reduceat(self.need[order] * weight, starts, dtype=float) / share
        return fills, lacks, share


def _numbered(group: IntArray) -> IntArray:
    """Return group numbers from 0 without gaps."""
    return np.unique(group, return_inverse=True)[1].astype(np.int64)


class _Model:
    """The program: seeds, needles, shortfall of each group; each a column, the first two from 0 to 1."""

    def __init__(
        self, problem: Problem, samples: _Samples, group: IntArray, limit_pct: float, most: float
    ) -> None:
        fills, lacks, share = samples.means(group)
        self.seeds, self.needles = len(problem.rows.dose), len(problem.rows.first)
        whole, groups = self.seeds + self.needles, len(share)
        needle_costs = np.where(problem.rows.free, 0.0, problem.costs[1])
        costs = np.concatenate([np.full(self.seeds, problem.costs[0]), needle_costs])
        self.cost = np.concatenate([costs, np.zeros(groups)])
        self.bounds = Bounds(
            np.concatenate([problem.rows.fixed.astype(float), np.zeros(self.needles + groups)]),
            np.concatenate([np.ones(whole), np.full(groups, np.inf)]),
        )
        nothing = sparse.csr_array((groups, self.needles))
        self.rows = [
            LinearConstraint(
                sparse.hstack([fills.T, nothing, sparse.eye_array(groups)]).tocsr(), lacks, np.inf
            ),
            LinearConstraint(np.concatenate([np.zeros(whole), share])[None], -np.inf, limit_pct),
            LinearConstraint(_one_needle(problem, groups), -np.inf, 0.0),
            LinearConstraint(self.cost[None], -np.inf, most),
        ]
        self.chosen = np.zeros(self.seeds)

    def solve(self) -> float | None:
        """Return the least cost with fractions of seeds; None where nothing keeps the limits."""
        found = milp(self.cost, bounds=self.bounds, constraints=self.rows)
        if found.x is None:
            return None
        self.chosen = found.x[: self.seeds]
        return float(found.fun)

    def branch(self, seconds: float) -> tuple[float, int]:
        """Search with whole seeds and needles for a time; return the bound reached and the nodes."""
        whole = np.arange(len(self.cost)) < self.seeds + self.needles
        found = milp(
            self.cost, integrality=whole, bounds=self.bounds, constraints=self.rows,
            options={"time_limit": seconds},
        )  # fmt: skip
        if found.status == INFEASIBLE:
            return np.inf, 0
        bound = found.mip_dual_bound
        return (-np.inf if bound is None or np.isnan(bound) else float(bound)), int(found.mip_node_count or 0)


def _one_needle(problem: Problem, groups: int) -> sparse.csr_array:
    """Ask for the needle of each position that is used, and for one strength at most at each."""
    rows, seeds = problem.rows, len(problem.rows.dose)
    slots, first, slot = np.unique(rows.slot, return_index=True, return_inverse=True)
    many = len(slots)
    value = np.concatenate([np.ones(seeds), -np.ones(many)])
    row = np.concatenate([slot, np.arange(many)])
    column = np.concatenate([np.arange(seeds), seeds + rows.needle[first]])
    return sparse.csr_array((value, (row, column)), shape=(many, seeds + len(rows.first) + groups))
