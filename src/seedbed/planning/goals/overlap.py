"""An organ that lies in the target, in part or wholly: what the target's goals then do to it."""

from collections.abc import Iterator, Sequence
from math import sqrt

import numpy as np

from seedbed.dosimetry import structure_samples
from seedbed.errors import NoPlanError
from seedbed.geometry import Structure
from seedbed.planning.goals.goal import ALL_OF_IT, TARGET, PlanGoals
from seedbed.planning.goals.statements import Statement, exclude_each_other, statement_of
from seedbed.units import CC_PER_MM3

SAMPLES = 20_000
"""Samples of an organ; local rule."""


def check_overlap(target: Structure, organs: Sequence[Structure], goals: PlanGoals) -> dict[str, float]:
    """Refuse hard goals of the target and of an organ within it that cannot both be met.

    Where the target demands a dose in all but a part of its volume, an organ gets that dose in at least the
    volume of the overlap less that part. The overlap is sampled; what is certain of it is the sampled volume
    less that of as many samples as the square root of their number.

    Parameters
    ----------
    target : Structure
    organs : sequence of Structure
        By the names that the goals use.
    goals : PlanGoals

    Returns
    -------
    dict of str to float
        Volume (cc) that each organ shares with the target; only organs that share some.

    Raises
    ------
    NoPlanError
        Names the organ, the shared volume and the two goals.
    StructureError
        Contours that cross.

    Examples
    --------
    >>> from seedbed.geometry import PlanarContour
    >>> square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    >>> target = Structure("GTV", (PlanarContour(0.0, square),), 10.0)
    >>> organ = Structure("Vein", (PlanarContour(0.0, square + [5.0, 0.0]),), 10.0)
    >>> shared = check_overlap(target, [organ], PlanGoals(120.0, (), (0.5,)))
    >>> round(shared["Vein"], 2)
    0.5
    """
    shared: dict[str, float] = {}
    for organ in organs:
        overlap_cc, doubt_cc = overlap_volume(target, organ)
        if overlap_cc > 0:
            shared[organ.name] = overlap_cc
            _check_pair(target, organ, goals, overlap_cc=overlap_cc, certain_cc=overlap_cc - doubt_cc)
    return shared


def overlap_volume(target: Structure, organ: Structure) -> tuple[float, float]:
    """Return the volume that two structures share and its uncertainty, cc.

    Examples
    --------
    >>> from seedbed.geometry import PlanarContour
    >>> square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    >>> here = Structure("here", (PlanarContour(0.0, square),), 10.0)
    >>> overlap_volume(here, Structure("there", (PlanarContour(50.0, square),), 10.0))
    (0.0, 0.0)
    """
    (low, high), (organ_low, organ_high) = target.bounds_mm, organ.bounds_mm
    if np.any(organ_low >= high) or np.any(organ_high <= low):
        return 0.0, 0.0
    points, volume_cc = structure_samples(organ, count=SAMPLES)
    inside = volume_cc[target.contains(points)]
    shared = float(inside.sum())
    return shared, shared / sqrt(len(inside)) if len(inside) else 0.0


def _check_pair(
    target: Structure, organ: Structure, goals: PlanGoals, *, overlap_cc: float, certain_cc: float
) -> None:
    organ_cc = organ.volume_mm3 * CC_PER_MM3
    limits = [
        statement_of(goal, goals.prescription_gy, organ_cc) for goal in goals.of(organ.name) if goal.hard
    ]
    for forced in _forced(target, goals, certain_cc, organ_cc):
        for limit in limits:
            if limit is not None and not limit.is_lower and exclude_each_other(forced, limit):
                raise NoPlanError(
                    f"{overlap_cc:.2f} cc of organ '{organ.name}' lie in target '{target.name}', so that "
                    f"goal '{forced.goal}' gives {forced.dose_gy:g} Gy to part of it, against goal "
                    f"'{limit.goal}'",
                    "hard goals that both hold where organ and target overlap",
                    "cut the organ out of the target, or ease or drop one of the two goals",
                )


def _forced(target: Structure, goals: PlanGoals, shared_cc: float, organ_cc: float) -> Iterator[Statement]:
    """Yield what each hard goal of the target says of the organ."""
    target_cc = target.volume_mm3 * CC_PER_MM3
    for goal in goals.of(TARGET):
        said = statement_of(goal, goals.prescription_gy, target_cc) if goal.hard else None
        if said is None or not said.is_lower or said.about != "dose":
            continue
        organ_part = shared_cc - target_cc * (1 - min(said.volume, ALL_OF_IT) / ALL_OF_IT)
        if said.volume > 0 and organ_part > 0:
            yield Statement(goal, "dose", said.dose_gy, ALL_OF_IT * organ_part / organ_cc)
