"""Plan an implant: needles that can be pushed, seeds that cover, several plans to choose from, a bound."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from seedbed.dosimetry import DoseSamples
from seedbed.dosimetry.kernel import threads
from seedbed.errors import NoPlanError
from seedbed.planning.anatomy import Anatomy, read_anatomy
from seedbed.planning.bound import Bound, lower_bound
from seedbed.planning.choice import BEST, VARIANTS, Variant, order, shortcoming, undominated, worth
from seedbed.planning.goals import check_goals, check_overlap
from seedbed.planning.needles import fan_sets, fixed_set, obstacles_of, parallel_along, parallel_sets
from seedbed.planning.offering import offered
from seedbed.planning.plan import Plan, judged, samples_of_record
from seedbed.planning.problem import (
    Candidates,
    Problem,
    Samples,
    make_problem,
    make_terms,
    shortfall_limit_pct,
)
from seedbed.planning.request import Planned, PlanRequest, check_request
from seedbed.planning.search import WARM, Found, Stop, best_first, search
from seedbed.planning.tracks import NeedleSet

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
SPACINGS_MM = (10.0, 5.0)
"""Distance of parallel needles; the next is tried where a hard goal is missed. Local rule."""
DIRECTIONS, LATTICES, FANS = 3, 4, 2
MARGINS = (1.0, 2.0, 4.0)
"""The search asks for more where the DVH of record misses what its coarser samples met; local rule."""
Tell = Callable[[str, int, int], None]
SAME = 1e-6
RUNNER_UP = "runner-up"
STEPS = ("Reading the anatomy", "Choosing needles", "Choosing seeds", "Refining", "Proving and comparing")


def plan_implant(request: PlanRequest, *, tell: Tell | None = None, stop: Stop | None = None) -> Planned:
    """Plan needles and seeds.

    Parameters
    ----------
    request : PlanRequest
    tell : callable, optional
        Called with the step in words (with the best plan so far), steps done and steps in all.
    stop : callable, optional
        Asked again and again; when it says so, the best plan so far is returned.

    Raises
    ------
    NoPlanError
        Contradictory goals, no needle that can be pushed, no seed that helps, an organ within the target
        whose limit cannot hold.
    """
    return _Planning(request, tell, stop).run()


class _Planning:
    """One run: keeps what several steps need."""

    def __init__(self, request: PlanRequest, tell: Tell | None, stop: Stop | None) -> None:
        self.request, self.stop, self.begin = request, stop, time.perf_counter()
        self._tell = tell or (lambda _text, _done, _total: None)
        self.samples: dict[int, Samples] = {}
        self.problems: dict[tuple[int, int], Problem] = {}
        self.record: tuple[DoseSamples, ...] = ()

    def tell(self, step: int, text: str = "") -> None:
        self._tell(f"{STEPS[step]}{text}", step, len(STEPS))

    def run(self) -> Planned:
        ask = self.request
        check_request(ask)
        check_goals(ask.goals, volumes_cc=_volumes(ask))
        overlaps = check_overlap(ask.target, ask.organs, ask.goals)
        self.tell(0)
        self.record = samples_of_record(ask.target, ask.organs)
        anatomy = read_anatomy(ask.ct, ask.target, obstacles_of(ask.organs, ask.rules), ask.rules)
        self.tell(1)
        best = self.best(anatomy)
        self.tell(4, f": {_words(best[0])}")
        plan, others = self.prove_and_compare(anatomy, *best)
        self._tell(STEPS[-1], len(STEPS), len(STEPS))
        return Planned(plan, others, anatomy, overlaps, stopped=bool(self.stop and self.stop()))

    def best(self, anatomy: Anatomy) -> tuple[Plan, Found]:
        """Return the plan of lowest cost; with closer needles where wide ones miss a hard goal."""
        tried: list[tuple[Plan, Found]] = []
        for spacing in SPACINGS_MM if self.request.mode == "parallel" else SPACINGS_MM[:1]:
            tried.append(self.on_sets(self.needle_sets(anatomy, spacing)))
            if not shortcoming(tried[-1][0]) or (self.stop and self.stop()):
                break
        return min(tried, key=order)

    def needle_sets(self, anatomy: Anatomy, spacing_mm: float) -> list[NeedleSet]:
        ask = self.request
        kept = fixed_set(anatomy, ask.target, ask.needles, ask.rules) if ask.needles else None
        if ask.mode == "fixed":
            if kept is None:
                raise NoPlanError("no needle is given", "at least one", "draw one, or let needles be found")
            return offered([], _with_seats(kept, ask), ask)
        if ask.mode == "fan":
            found = fan_sets(anatomy, ask.target, ask.rules, keep=FANS)
        else:
            found = parallel_sets(
                anatomy, ask.target, ask.rules, keep=DIRECTIONS, spacing_mm=spacing_mm, lattices=LATTICES
            )
        return offered(found, kept, ask)

    def on_sets(self, sets: Sequence[NeedleSet]) -> tuple[Plan, Found]:
        """Choose the set of needles by short searches, the seeds by long ones, and refine them."""
        effort, seed = self.request.effort, self.request.random_seed
        problems = [self.problem(each, effort.choosing_samples) for each in sets]
        ranked = best_first(problems, moves=effort.choosing_moves, random_seed=seed, stop=self.stop)
        self.tell(2, f": {_count(ranked[0])}")
        kept = [each.problem.candidates.needles for each in ranked[: effort.kept_sets]]
        problems = [self.problem(each, effort.searching_samples) for each in kept]
        ranked = best_first(problems, moves=effort.searching_moves, random_seed=seed, stop=self.stop)
        if not ranked[0].on.any() and not (self.request.given and self.request.given.count):
            raise NoPlanError(
                f"no seed of {', '.join(f'{u:.3g}' for u in self.request.goals.strengths_u)} U helps target "
                f"'{self.request.target.name}'",
                "a target that a seed in stock helps",
                "check target, prescription, strengths and costs",
            )
        self.tell(3, f": {_count(ranked[0])}")
        with ThreadPoolExecutor(threads()) as pool:
            few = [each for each in ranked[: effort.refined_sets] if each.on.any()] or ranked[:1]
            refined = pool.map(lambda each: self.refined(BEST, each.problem.candidates.needles, each.on), few)
            return min(refined, key=order)

    def refined(self, variant: Variant, needles: NeedleSet, on: BoolArray) -> tuple[Plan, Found]:
        """Search on finer samples, with more margin until the DVH of record keeps the hard goals."""
        effort, tried = self.request.effort, []
        for margin in MARGINS:
            found = search(
                self.problem(needles, effort.refining_samples, variant, margin), moves=effort.refining_moves,
                random_seed=self.request.random_seed, start=on, first_temperature=WARM, stop=self.stop,
            )  # fmt: skip
            tried.append((self.plan_of(variant.name, found), found))
            if not shortcoming(tried[-1][0]) or (self.stop and self.stop()):
                break
            on = found.on
        return min(tried, key=order)

    def problem(
        self, needles: NeedleSet, count: int, variant: Variant = BEST, margin: float = 1.0
    ) -> Problem:
        """Return the problem of a needle set on so many samples, and what a variant asks of it."""
        ask = self.request
        if count not in self.samples:
            self.samples[count] = Samples.of(ask.target, ask.organs, count=count)
        made = self.made(needles, count)
        terms = make_terms(ask.goals, self.samples[count], margin=margin, hot_weight=variant.hot_weight)
        return replace(made, terms=terms, costs=(made.costs[0], made.costs[1] * variant.needle_cost))

    def made(self, needles: NeedleSet, count: int) -> Problem:
        """Calculate doses once for each needle set and number of samples."""
        ask, key = self.request, (id(needles), count)
        if key not in self.problems:  # a problem keeps its needle set, so that the id stays its own
            kept = [needle.name for needle in ask.needles]
            candidates = Candidates.of(needles, ask.goals.strengths_u, ask.rules, kept=kept)
            made = make_problem(candidates, self.samples[count], ask.source, ask.goals, given=ask.given)
            self.problems[key] = made
        return self.problems[key]

    def priced(self, found: Found) -> Found:
        """Return what was found at what seeds and needles cost by the goals."""
        costs = (self.request.goals.seed_cost, self.request.goals.needle_cost)
        return replace(found, problem=replace(found.problem, costs=costs))

    def plan_of(self, name: str, found: Found) -> Plan:
        ask, candidates = self.request, found.problem.candidates
        implant = candidates.implant(ask.source, found.on)
        dvhs, results = judged(ask.goals, ask.source, implant, self.record, given=ask.given)
        return Plan(
            name, implant, ask.goals, candidates.needles, dvhs, results, self.priced(found).cost, None,
            ask.random_seed, time.perf_counter() - self.begin,
        )  # fmt: skip

    def prove_and_compare(self, anatomy: Anatomy, plan: Plan, found: Found) -> tuple[Plan, tuple[Plan, ...]]:
        """Bound the cost in one thread and look for further plans in another; one may be cheaper."""
        with ThreadPoolExecutor(1) as pool:
            job: Future[Bound | None] = pool.submit(self.bound, found, plan.cost)
            others = self.others(anatomy, plan) if self.request.alternatives else []
            bound = job.result()
        best = min([(plan, found), *others], key=lambda each: worth(each[0], plan.needles))
        if best[0] is not plan:
            before = (replace(plan, name=RUNNER_UP), found)
            others = [each for each in others if each is not best] + [before]
            if best[0].needles is not plan.needles or (
                bound and shortfall_pct(best[1]) > bound.shortfall_pct
            ):
                bound = self.bound(best[1], best[0].cost)
            plan = replace(best[0], name=BEST.name)
            if bound:
                bound = replace(bound, proven_best=bound.cost >= plan.cost * (1 - SAME))
        kept = undominated([plan, *(other for other, _ in others)])[1:]
        return replace(plan, bound=bound), tuple(kept)

    def bound(self, found: Found, cost: float) -> Bound | None:
        """Bound the cost of plans on the same needles, at what seeds and needles cost by the goals."""
        ask = self.request
        if ask.bound_seconds <= 0:
            return None
        limit = max(shortfall_limit_pct(ask.goals), shortfall_pct(found) * (1 + SAME))
        seconds = 0.0 if self.stop and self.stop() else ask.bound_seconds
        return lower_bound(
            self.priced(found).problem, shortfall_pct=limit, cost_at_most=cost, seconds=seconds
        )

    def others(self, anatomy: Anatomy, plan: Plan) -> list[tuple[Plan, Found]]:
        """Return plans that ask for something else."""
        ask, plans = self.request, []
        close = plan.needles
        if ask.mode == "parallel" and not ask.needles:
            spacing = SPACINGS_MM[-1]
            nearer = parallel_along(anatomy, ask.target, ask.rules, like=close, spacing_mm=spacing)
            close = offered([nearer], None, ask)[0] if nearer else close
        for variant in VARIANTS:
            if self.stop and self.stop():
                break
            needles = close if variant.close else plan.needles
            coarse = search(
                self.problem(needles, ask.effort.searching_samples, variant), random_seed=ask.random_seed,
                moves=ask.effort.searching_moves, stop=self.stop,
            )  # fmt: skip
            plans.append(self.refined(variant, needles, coarse.on))
        return plans


def shortfall_pct(found: Found) -> float:
    """Mean shortfall of the target's samples, percent of the prescription."""
    problem, count = found.problem, found.problem.target_points
    dose = problem.given[:count] + problem.rows.dose[found.on, :count].sum(axis=0)
    return float(problem.volume[:count] @ np.maximum(1.0 - dose, 0.0))


def _volumes(ask: PlanRequest) -> dict[str, float]:
    return {"target": ask.target.volume_mm3 / 1000} | {o.name: o.volume_mm3 / 1000 for o in ask.organs}


def _with_seats(kept: NeedleSet, ask: PlanRequest) -> NeedleSet:
    """Leave out needles that offer no seed position; refuse them where none does."""
    tracks = tuple(track for track in kept.tracks if len(track.seats_mm))
    if not tracks:
        raise NoPlanError(
            f"no needle given ({len(kept.tracks)}) holds a whole seed within '{ask.target.name}'",
            "a needle through the target",
            "draw it elsewhere, or let needles be found",
        )
    return replace(kept, tracks=tracks)


def _count(found: Found) -> str:
    needles = len(np.unique(found.problem.rows.needle[found.on]))
    return f"{int(found.on.sum())} seeds on {needles} needles"


def _words(plan: Plan) -> str:
    covered = plan.target_dvh.volume_pct(plan.goals.prescription_gy)
    return f"{plan.implant.count} seeds on {len(plan.implant.needles)} needles, V100 {covered:.1f} %"


__all__ = ["PlanRequest", "Planned", "plan_implant", "shortfall_pct"]
