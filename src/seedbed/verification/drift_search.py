"""Rigid motions of an implant that explain the found seeds, the likeliest first.

A pair costs its squared distance after the motion, a seed left over as much as a pair at four times the
scatter: without that, one seed lost on a needle would pull all its neighbours one place on. Motions are
looked for from many starts: the shifts that most pairs of places agree on, unturned and after small turns.
From each, pairs and motion are found in turn until the pairs stay.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist
from scipy.spatial.transform import Rotation

from seedbed.errors import InputError
from seedbed.geometry import RigidTransform
from seedbed.verification.drift import LEAST_FOR_DRIFT, fit_motion, tells_turn

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

REACH_MM = 30.0
"""Shift up to which a drift is looked for; further off the images are not in one system. Local rule."""
MOST_REACH_MM = 150.0
"""Beyond this no search is made: the images have to be registered. Local rule."""
MOST_TURN_DEG = 30.0
"""A wider turn is another way of lying, or a solution upside down; local rule."""
USUAL_SHIFT_MM, USUAL_TURN_DEG = 10.0, 10.0
"""Of solutions equally good the smaller motion is taken: a prior this wide (one sd); local rule."""
USUAL_SCATTER_MM = 2.0
LEAST_SCATTER_MM, MOST_SCATTER_MM = 0.75, 3.0
"""Scatter of seeds about the drift (sd in each direction) is learnt within these limits; local rule."""
CAP = 4.0
"""A seed left over costs as much as a pair at this many sd: 99.9 % of pairs are nearer (chi-square, 3)."""
MEDIAN_CHI2_3 = 2.366
OTHER_SHARE = 0.8
"""Solutions that share fewer of their pairs are two solutions; local rule."""
TRIAL_TURN_DEG = 12.0
BIN_MM = 3.0
PEAKS, REFINED, ROUNDS = 6, 10, 12


@dataclass(frozen=True)
class Solution:
    """A motion and the pairs that lie within the scatter after it.

    Attributes
    ----------
    motion : RigidTransform
        Carries planned onto found places.
    planned, found : ndarray of int, shape (k,)
        Indices of the pairs.
    cost : float
        -2 log likelihood of pairs and motion up to a constant.
    """

    motion: RigidTransform
    planned: IntArray
    found: IntArray
    cost: float


def find_solutions(
    planned: FloatArray, found: FloatArray, *, gate_mm: float, reach_mm: float
) -> tuple[Solution, ...]:
    """Return different solutions, the best first; none where too few seeds agree.

    Parameters
    ----------
    planned, found : ndarray, shape (n, 3) and (m, 3)
    gate_mm : float
        No pair is wider after the motion.
    reach_mm : float
        No motion shifts the centre of the plan further; up to `MOST_REACH_MM`.

    Raises
    ------
    InputError
        Another reach.

    Examples
    --------
    >>> plan = np.array([[0.0, 0, 0], [9, 0, 0], [0, 14, 0], [0, 0, 21], [9, 14, 0], [9, 0, 30]])
    >>> best = find_solutions(plan, plan[::-1] + [6.0, 0.0, 0.0], gate_mm=12.0, reach_mm=30.0)[0]
    >>> best.found.tolist(), bool(np.allclose(best.motion.shift_mm, [6.0, 0.0, 0.0]))
    ([5, 4, 3, 2, 1, 0], True)
    """
    if not 0 <= reach_mm <= MOST_REACH_MM:
        raise InputError(
            f"a reach of {reach_mm} mm",
            f"0 to {MOST_REACH_MM:g} mm",
            "register the images first",
        )
    if min(len(planned), len(found)) < LEAST_FOR_DRIFT:
        return ()
    cap = min(CAP * USUAL_SCATTER_MM, gate_mm)
    starts = _best_starts(_starts(planned, found, reach_mm), planned, found, cap)
    motions = [_refined(start, planned, found, gate_mm) for start in starts]
    near = [each for each in motions if each is not None and _within(each, planned, reach_mm)]
    if not near:
        return ()
    rough = [_judged(motion, planned, found, USUAL_SCATTER_MM, gate_mm) for motion in near]
    scatter = _scatter(min(rough, key=lambda each: each.cost), planned, found)
    settled = [_settled(motion, planned, found, scatter, gate_mm) for motion in near]
    kept = [each for each in settled if each is not None and _within(each.motion, planned, reach_mm)]
    return _different(sorted(kept, key=lambda each: each.cost))


def _different(ranked: list[Solution]) -> tuple[Solution, ...]:
    """Return the best and those that share few of its pairs."""
    return tuple(ranked[:1] + [each for each in ranked[1:] if _shared(each, ranked[0]) < OTHER_SHARE])


def _starts(planned: FloatArray, found: FloatArray, reach_mm: float) -> list[RigidTransform]:
    """No motion, and for each trial turn the shifts that most pairs of places agree on."""
    centre = planned.mean(axis=0)
    starts = [RigidTransform.none()]
    for turn in _trial_turns(planned):
        turned = RigidTransform(turn, centre - turn @ centre)
        shifts = (found[None] - turned.apply(planned)[:, None]).reshape(-1, 3)
        starts += [RigidTransform(turn, turned.shift_mm + shift) for shift in _peaks(shifts, reach_mm)]
    return starts


def _trial_turns(planned: FloatArray) -> list[FloatArray]:
    """No turn, and turns about the main axes of the implant and between them."""
    turns = [np.eye(3)]
    if tells_turn(planned):
        main = np.linalg.svd(planned - planned.mean(axis=0), full_matrices=False)[2]
        signs = np.stack(np.meshgrid(*[[-1.0, 1.0]] * 3), axis=-1).reshape(-1, 3) / np.sqrt(3)
        vectors = np.vstack([np.eye(3), -np.eye(3), signs]) @ main * TRIAL_TURN_DEG
        turns += list(Rotation.from_rotvec(vectors, degrees=True).as_matrix())
    return turns


def _peaks(shifts: FloatArray, reach_mm: float) -> list[FloatArray]:
    """Shifts in space that many of the given ones lie near, at most `PEAKS`."""
    near = shifts[np.linalg.norm(shifts, axis=1) <= reach_mm + BIN_MM]
    if not len(near):
        return []
    half = int(np.ceil(reach_mm / BIN_MM)) + 2
    edges = (np.arange(2 * half + 2) - half - 0.5) * BIN_MM
    votes = ndimage.gaussian_filter(np.histogramdd(near, bins=[edges] * 3)[0], 1.0, mode="constant")
    tops = np.argwhere((votes == ndimage.maximum_filter(votes, 3)) & (votes > 0))
    order = np.argsort(-votes[tuple(tops.T)], kind="stable")[:PEAKS]
    return [(top - half) * BIN_MM for top in tops[order]]


def _best_starts(
    starts: list[RigidTransform], planned: FloatArray, found: FloatArray, cap_mm: float
) -> list[RigidTransform]:
    """No motion, and the starts after which most places have a near neighbour."""

    def poorness(start: RigidTransform) -> float:
        squared = np.minimum(cdist(start.apply(planned), found, "sqeuclidean"), cap_mm**2)
        return float(squared.min(axis=1).mean() + squared.min(axis=0).mean())

    return starts[:1] + sorted(starts[1:], key=poorness)[:REFINED]


def _refined(
    start: RigidTransform, planned: FloatArray, found: FloatArray, gate_mm: float
) -> RigidTransform | None:
    """Pairs and motion in turn, with a wide cap, then with the scatter's; None where too few agree."""
    motion, scatter = start, USUAL_SCATTER_MM
    for widen in (1.5, 1.0, 1.0):
        settled = _settled(motion, planned, found, widen * scatter, gate_mm)
        if settled is None:
            return None
        motion, scatter = settled.motion, _scatter(settled, planned, found)
    return motion


def _settled(
    motion: RigidTransform, planned: FloatArray, found: FloatArray, scatter_mm: float, gate_mm: float
) -> Solution | None:
    """Pairs and motion in turn until the pairs stay."""
    before: tuple[bytes, bytes] | None = None
    for _ in range(ROUNDS):
        solution = _judged(motion, planned, found, scatter_mm, gate_mm)
        if len(solution.planned) < LEAST_FOR_DRIFT:
            return None
        pairs = (solution.planned.tobytes(), solution.found.tobytes())
        if pairs == before:
            break
        before = pairs
        motion = fit_motion(planned[solution.planned], found[solution.found])
    return solution


def _judged(
    motion: RigidTransform, planned: FloatArray, found: FloatArray, scatter_mm: float, gate_mm: float
) -> Solution:
    """Best pairs after a motion, and -2 log likelihood of both up to a constant."""
    cap = min(CAP * scatter_mm, gate_mm)
    squared = cdist(motion.apply(planned), found, "sqeuclidean")
    capped = np.minimum(squared, cap**2)
    rows, columns = linear_sum_assignment(capped)
    near = squared[rows, columns] < cap**2
    shift = np.linalg.norm(motion.shift_at_mm(planned.mean(axis=0)))
    prior = (shift / USUAL_SHIFT_MM) ** 2 + (motion.angle_deg / USUAL_TURN_DEG) ** 2
    cost = float(capped[rows, columns].sum() / scatter_mm**2 + prior)
    return Solution(motion, rows[near].astype(np.int64), columns[near].astype(np.int64), cost)


def _scatter(solution: Solution, planned: FloatArray, found: FloatArray) -> float:
    """Scatter of the pairs in each direction, from the median of their squared distances."""
    if not len(solution.planned):
        return USUAL_SCATTER_MM
    beyond = found[solution.found] - solution.motion.apply(planned[solution.planned])
    middle = np.sqrt(np.median((beyond**2).sum(axis=1)) / MEDIAN_CHI2_3)
    return float(np.clip(middle, LEAST_SCATTER_MM, MOST_SCATTER_MM))


def _within(motion: RigidTransform, planned: FloatArray, reach_mm: float) -> bool:
    shift = np.linalg.norm(motion.shift_at_mm(planned.mean(axis=0)))
    return bool(shift <= reach_mm + 1e-9 and motion.angle_deg <= MOST_TURN_DEG)


def _shared(one: Solution, other: Solution) -> float:
    pairs = set(zip(other.planned.tolist(), other.found.tolist(), strict=True))
    same = len(pairs.intersection(zip(one.planned.tolist(), one.found.tolist(), strict=True)))
    return same / max(len(one.planned), len(pairs))
