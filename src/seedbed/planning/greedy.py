"""Choose seeds one after another where they help most, then take away those that are not needed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.dosimetry import Source, structure_samples, total_dose
from seedbed.dosimetry.tg43 import Progress
from seedbed.errors import DoseError, NoPlanError
from seedbed.geometry import Structure
from seedbed.imaging import CtVolume
from seedbed.implant import SeedImplant
from seedbed.implant.seeds import check_seeds
from seedbed.planning.anatomy import read_anatomy
from seedbed.planning.needles import NeedleSet, needle_sets

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


COARSE_MARGIN_PCT = 0.5
"""V100 of about 5000 samples differs from that of the DVH of record by less; local rule."""
DIRECTIONS = 3
"""Directions of push that are planned in full; the cheapest plan wins."""


@dataclass(frozen=True)
class PlanGoals:
    """What a plan shall reach and what it may cost.

    Attributes
    ----------
    dose_gy : float
        Prescription dose.
    v100_pct : float
        Least share of the target that gets the prescription dose.
    needle_cost : float
        Cost of a needle in seeds.
    needle_spacings_mm : tuple of float
        Distance between needles; the next is tried where one misses the aim.
    seed_spacings_mm : tuple of float
        Least distance between seed centres on one needle; likewise.
    """

    dose_gy: float
    v100_pct: float = 96.0
    needle_cost: float = 1.0
    needle_spacings_mm: tuple[float, ...] = (10.0, 7.5, 5.0)
    seed_spacings_mm: tuple[float, ...] = (10.0, 7.5, 5.0)

    @property
    def coarse_aim_pct(self) -> float:
        """Coverage to reach on the planner's own coarse samples, so that the finer DVH meets the aim."""
        return min(100.0, self.v100_pct + COARSE_MARGIN_PCT)

    def __post_init__(self) -> None:
        if not (0 < self.dose_gy < np.inf and 0 < self.v100_pct <= 100):
            raise DoseError(
                f"a plan of {self.dose_gy} Gy to {self.v100_pct} % of the target",
                "a positive dose and more than 0, at most 100 %",
                "correct the prescription",
            )


@dataclass(frozen=True)
class Plan:
    """Seeds and needles, what they were asked and what they reach.

    Attributes
    ----------
    implant : SeedImplant
    goals : PlanGoals
    azimuth_deg : float
        Direction of the needles in the axial plane.
    skin_seen : bool
        False where the image ends before the skin does for some needle.
    v100_pct : float
        On the planner's own coarse samples; the DVH of record is calculated afterwards.
    """

    implant: SeedImplant
    goals: PlanGoals
    azimuth_deg: float
    skin_seen: bool
    v100_pct: float


@dataclass(frozen=True)
class _Problem:
    """Dose of every possible seed at every target sample, and what each seat belongs to."""

    seats_mm: FloatArray
    needle: IntArray
    dose_gy: NDArray[np.float32]
    weight: FloatArray
    goals: PlanGoals


def plan_greedy(
    ct: CtVolume,
    target: Structure,
    organs: Sequence[Structure],
    *,
    source: Source,
    strength_u: float,
    goals: PlanGoals,
    progress: Progress | None = None,
) -> Plan:
    """Plan seeds of one strength on parallel needles in axial planes.

    For the best directions of push, seeds are added where they lift most of the underdosed target for their
    cost (a new needle costs extra), until the coverage aim is met, and then thinned out; first with wide,
    then with closer spacing along the needles, and then between them. The cheapest plan that meets the aim
    is returned, or the one that covers most where none does.

    Parameters
    ----------
    ct : CtVolume
    target : Structure
    organs : sequence of Structure
        Not to be touched by needles.
    source : Source
    strength_u : float
        Air-kerma strength of one seed at implantation, U.
    goals : PlanGoals
    progress : callable, optional
        Called with directions tried and directions in all.

    Raises
    ------
    NoPlanError
        No needle reaches the target, or the target is too small for one seed.
    """
    tell = progress or (lambda _done, _total: None)
    steps = 1 + DIRECTIONS * len(goals.needle_spacings_mm)
    tell(0, steps)
    check_seeds(np.zeros((1, 3)), None, np.array([strength_u]))
    anatomy = read_anatomy(ct, target, organs)
    plans: list[Plan] = []
    for spacing in goals.needle_spacings_mm:
        for needles in needle_sets(anatomy, target, keep=DIRECTIONS, spacing_mm=spacing):
            tell(len(plans) + 1, steps)
            plans.append(_plan_direction(needles, target, source, strength_u=strength_u, goals=goals))
        if any(plan.v100_pct >= goals.coarse_aim_pct for plan in plans):
            break
    tell(steps, steps)
    found = [plan for plan in plans if plan.implant.count]
    if not found:
        raise NoPlanError(
            f"no seed of {strength_u:.3g} U helps target '{target.name}'",
            "a target that holds at least one 4.5 mm seed",
            "check the target and the seed strength",
        )
    return min(found, key=_rank)


def _rank(plan: Plan) -> tuple[float, float]:
    shortfall = max(0.0, plan.goals.coarse_aim_pct - plan.v100_pct)
    return shortfall, plan.implant.count + plan.goals.needle_cost * len(plan.implant.needles)


def _plan_direction(
    needles: NeedleSet, target: Structure, source: Source, *, strength_u: float, goals: PlanGoals
) -> Plan:
    problem = _problem(needles, target, source, strength_u=strength_u, goals=goals)
    chosen: list[int] = []
    for spacing in goals.seed_spacings_mm:
        chosen = _thin_out(problem, _add_seeds(problem, spacing))
        if _v100(problem, problem.dose_gy[chosen].sum(axis=0, dtype=float)) >= goals.coarse_aim_pct:
            break
    used = sorted({int(problem.needle[seat]) for seat in chosen})
    chosen.sort(key=lambda seat: (int(problem.needle[seat]), seat))
    implant = SeedImplant(
        source=source.name,
        positions_mm=problem.seats_mm[chosen],
        axes=np.tile(needles.direction, (len(chosen), 1)),
        strengths_u=np.full(len(chosen), strength_u),
        needles=tuple(needles.tracks[number].needle for number in used),
        needle_index=np.array([used.index(int(problem.needle[seat])) for seat in chosen], dtype=np.int64),
    )
    covered = _v100(problem, problem.dose_gy[chosen].sum(axis=0, dtype=float))
    seen = all(needles.tracks[number].reaches_skin for number in used)
    return Plan(implant, goals, needles.azimuth_deg, seen, covered)


def _problem(
    needles: NeedleSet, target: Structure, source: Source, *, strength_u: float, goals: PlanGoals
) -> _Problem:
    points, weight = structure_samples(target, count=5000)
    seats = np.concatenate([track.seats_mm for track in needles.tracks])
    needle = np.repeat(np.arange(len(needles.tracks)), [len(track.seats_mm) for track in needles.tracks])
    dose = np.empty((len(seats), len(points)), dtype=np.float32)
    axis, strength = needles.direction[None], np.array([strength_u])
    for number, seat in enumerate(seats):
        dose[number] = total_dose(source, seat[None], axis, strength, points)
    return _Problem(seats, needle.astype(np.int64), dose, weight / weight.sum(), goals)


def _add_seeds(problem: _Problem, spacing_mm: float) -> list[int]:
    """Add the seed with the best gain for its cost until the aim is met or nothing helps."""
    goals = problem.goals
    dose = np.zeros(problem.dose_gy.shape[1], dtype=np.float32)
    free = np.ones(len(problem.seats_mm), dtype=bool)
    opened = np.zeros(int(problem.needle.max()) + 1, dtype=bool)
    chosen: list[int] = []
    while free.any() and 100 * problem.weight[dose >= goals.dose_gy].sum() < goals.coarse_aim_pct:
        missing = np.maximum(goals.dose_gy - dose, 0.0)
        gain = np.minimum(problem.dose_gy, missing) @ problem.weight.astype(np.float32)
        worth = np.where(free, gain / (1 + goals.needle_cost * ~opened[problem.needle]), -1.0)
        best = int(worth.argmax())
        if worth[best] <= 0:
            break
        chosen.append(best)
        dose += problem.dose_gy[best]
        opened[problem.needle[best]] = True
        free &= ~_too_close(problem, best, spacing_mm)
    return chosen


def _too_close(problem: _Problem, seat: int, spacing_mm: float) -> NDArray[np.bool_]:
    distance = np.linalg.norm(problem.seats_mm - problem.seats_mm[seat], axis=1)
    close: NDArray[np.bool_] = (problem.needle == problem.needle[seat]) & (distance < spacing_mm - 1e-6)
    return close


def _thin_out(problem: _Problem, chosen: list[int]) -> list[int]:
    """Take away seeds, least useful first, as long as the coverage aim (or what was reached) is kept."""
    kept = list(chosen)
    dose = problem.dose_gy[kept].sum(axis=0, dtype=float)
    aim = min(problem.goals.coarse_aim_pct, _v100(problem, dose))
    while len(kept) > 1:
        left = [(_v100(problem, dose - problem.dose_gy[seat]), seat) for seat in kept]
        best, seat = max(left)
        if best < aim:
            break
        kept.remove(seat)
        dose -= problem.dose_gy[seat]
    return kept


def _v100(problem: _Problem, dose: FloatArray) -> float:
    return float(100 * problem.weight[dose >= problem.goals.dose_gy].sum())
