"""Found seeds against planned seeds where the whole implant lies shifted and turned."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from seedbed.geometry import RigidTransform
from seedbed.implant import SeedImplant
from seedbed.verification.drift import (
    LEAST_FOR_DRIFT,
    SystematicDrift,
    shift_words,
    systematic_drift,
)
from seedbed.verification.drift_search import MOST_SCATTER_MM, REACH_MM, Solution, find_solutions
from seedbed.verification.matching import (
    GATE_MM,
    Match,
    check_gate,
    checked_points,
    match_seeds,
    places_and_needles,
)

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

AMBIGUOUS = 10.0
"""A second solution is ruled out by a difference of 10 in -2 log likelihood, "very strong" evidence: Kass
and Raftery, J Am Stat Assoc 90 (1995) 773."""

SWAPPED = 3.0
"""Places nearer than this many sd of the scatter get mixed up: in simulated implants 9 % of the pairs at
2.5 sd, 1 % at 4; local rule."""
LEAST_AGREEING = 0.6
"""With a smaller share of the seeds near their places, moved as a whole, the plan is perhaps another; so it
is with a scatter above `MOST_SCATTER_MM`, as seeds of another plan have it. Local rule."""


@dataclass(frozen=True)
class DriftedMatch:
    """Match of found to planned seeds, with the drift of the implant taken out.

    Attributes
    ----------
    match : Match
        Pairs; its displacements are raw, found minus planned.
    drift : RigidTransform
        Carries planned onto found places; a shift alone where a turn cannot be told; none with too few pairs.
    systematic : SystematicDrift or None
        The drift with its standard errors, in words; None with fewer than `LEAST_FOR_DRIFT` pairs.
    beyond_drift_mm : ndarray, shape (k, 3)
        Found minus planned place carried along by the drift.
    regular : ndarray of bool, shape (k,)
        Pairs within the scatter, which set the drift. The others are further off, yet within the gate.
    scatter_mm : float
        Scatter beyond the drift in each direction, one sd, of the regular pairs; 0 without any.
    ambiguous : bool
        A second solution is nearly as good.
    remarks : tuple of str
        What a reader has to know, in sentences.
    """

    match: Match
    drift: RigidTransform
    systematic: SystematicDrift | None
    beyond_drift_mm: FloatArray
    regular: NDArray[np.bool_]
    scatter_mm: float
    ambiguous: bool
    remarks: tuple[str, ...]

    @property
    def residual_mm(self) -> FloatArray:
        """Distance of each pair beyond the drift, shape (k,)."""
        length: FloatArray = np.linalg.norm(self.beyond_drift_mm, axis=1)
        return length

    @property
    def sentences(self) -> tuple[str, ...]:
        """The drift and the remarks, in words."""
        drift = () if self.systematic is None else self.systematic.sentences
        return (*drift, *self.remarks)

    @property
    def sentence(self) -> str:
        """All of it in one line."""
        return " ".join(self.sentences)


def match_with_drift(
    planned: SeedImplant | FloatArray,
    found_mm: FloatArray,
    *,
    gate_mm: float = GATE_MM,
    reach_mm: float = REACH_MM,
) -> DriftedMatch:
    """Match found to planned seeds of an implant that may lie shifted and turned as a whole.

    Parameters
    ----------
    planned : SeedImplant or ndarray, shape (n, 3)
        An implant tells which seeds share a needle, for the standard errors.
    found_mm : ndarray, shape (m, 3)
    gate_mm : float
        Pairs further apart beyond the drift are not made.
    reach_mm : float
        Drifts up to this shift are looked for; 0 to 150 mm.

    Returns
    -------
    DriftedMatch
        With fewer than `LEAST_FOR_DRIFT` seeds on one side the plain match, without a drift.

    Raises
    ------
    InputError
        Positions that are not finite; a gate that is no length; another reach.

    Examples
    --------
    >>> plan = np.array([[x, y, z] for x in (0.0, 9, 21) for y in (0.0, 12) for z in (0.0, 8, 15, 30)])
    >>> seen = match_with_drift(plan, plan + [14.0, 0.0, 0.0])
    >>> seen.match.found.tolist() == list(range(24)), bool(np.allclose(seen.drift.shift_mm, [14.0, 0.0, 0.0]))
    (True, True)
    """
    places, needles = places_and_needles(planned)
    found = checked_points(found_mm, "found")
    check_gate(gate_mm)
    solutions = find_solutions(places, found, gate_mm=gate_mm, reach_mm=reach_mm)
    if not solutions:
        return _plain(places, found, gate_mm)
    best, others = solutions[0], solutions[1:]
    groups = None if needles is None else needles[best.planned]
    systematic = systematic_drift(places[best.planned], found[best.found], groups=groups)
    match, regular = _with_stragglers(best, systematic.motion, places, found, gate_mm=gate_mm)
    beyond = found[match.found] - systematic.motion.apply(places[match.planned])
    rival = next((each for each in others if each.cost - best.cost < AMBIGUOUS), None)
    return DriftedMatch(
        match=match,
        drift=systematic.motion,
        systematic=systematic,
        beyond_drift_mm=beyond,
        regular=regular,
        scatter_mm=_scatter(beyond[regular]),
        ambiguous=rival is not None,
        remarks=_remarks(best, rival, places, found),
    )


def _plain(places: FloatArray, found: FloatArray, gate_mm: float) -> DriftedMatch:
    """Without enough pairs, no drift is told."""
    match = match_seeds(places, found, gate_mm=gate_mm)
    remark = f"Fewer than {LEAST_FOR_DRIFT} pairs agree: no drift of the implant can be told."
    size, scatter = len(match.planned), _scatter(match.displacement_mm)
    return DriftedMatch(
        match, RigidTransform.none(), None, match.displacement_mm, np.ones(size, dtype=bool), scatter, False,
        (remark,),
    )  # fmt: skip


def _with_stragglers(
    best: Solution, motion: RigidTransform, planned: FloatArray, found: FloatArray, *, gate_mm: float
) -> tuple[Match, NDArray[np.bool_]]:
    """Pairs of the solution, and those that the seeds left over still make within the gate."""
    left = np.setdiff1d(np.arange(len(planned)), best.planned)
    over = np.setdiff1d(np.arange(len(found)), best.found)
    late = match_seeds(motion.apply(planned[left]), found[over], gate_mm=gate_mm)
    rows = np.concatenate([best.planned, left[late.planned]])
    columns = np.concatenate([best.found, over[late.found]])
    order = np.argsort(rows)
    regular = (np.arange(len(rows)) < len(best.planned))[order]
    rows, columns = rows[order], columns[order]
    match = Match(
        rows,
        columns,
        found[columns] - planned[rows],
        np.setdiff1d(np.arange(len(planned)), rows),
        np.setdiff1d(np.arange(len(found)), columns),
    )
    return match, regular


def _scatter(beyond_mm: FloatArray) -> float:
    return float(np.sqrt((beyond_mm**2).mean())) if len(beyond_mm) else 0.0


def _remarks(
    best: Solution, rival: Solution | None, places: FloatArray, found: FloatArray
) -> tuple[str, ...]:
    remarks = [] if rival is None else [_rivalry(best, rival, places.mean(axis=0))]
    scatter = _scatter(found[best.found] - best.motion.apply(places[best.planned]))
    apart = float(np.median(cKDTree(places).query(places, k=2)[0][:, 1]))
    if apart < SWAPPED * scatter:
        remarks.append(
            f"Planned places lie {apart:.1f} mm apart and the seeds scatter by {scatter:.1f} mm: some may be "
            "paired with a neighbour's place; the figures of needles and of the implant are surer."
        )
    smaller = min(len(places), len(found))
    if len(best.planned) < LEAST_AGREEING * smaller or scatter > MOST_SCATTER_MM:
        remarks.append(
            f"{len(best.planned)} of {smaller} seeds agree with the plan, scattered by {scatter:.1f} mm: "
            "check that plan and CT belong together and lie in one coordinate system."
        )
    return tuple(remarks)


def _rivalry(best: Solution, rival: Solution, centre_mm: FloatArray) -> str:
    apart = rival.motion.shift_at_mm(centre_mm) - best.motion.shift_at_mm(centre_mm)
    return (
        f"A second solution is nearly as good: with the implant {shift_words(apart)} of the one taken it "
        f"pairs {len(rival.planned)} seeds instead of {len(best.planned)}. Look at the needles before the "
        "pairs are used."
    )
