"""A plan: seeds on needles, what it was asked, what it reaches, and how much cheaper any plan could be."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.dosimetry import DoseSamples, Dvh, Source, contour_samples, dose_function, sampled_dvh
from seedbed.dosimetry.kernel import threads
from seedbed.geometry import Structure
from seedbed.implant import SeedImplant
from seedbed.planning.bound import Bound
from seedbed.planning.goals import TARGET, GoalResult, PlanGoals, judge_goals
from seedbed.planning.tracks import NeedleSet


@dataclass(frozen=True)
class Plan:
    """Seeds and needles, and how they were judged.

    Attributes
    ----------
    name : str
        What this plan is best at, in words.
    implant : SeedImplant
        The new seeds.
    goals : PlanGoals
    needles : NeedleSet
        The needles that were offered.
    dvhs : Mapping of str to Dvh
        Of record, the target under ``"target"``; seeds that were there already are counted.
    results : tuple of GoalResult
    cost : float
        Seeds and needles, weighted.
    bound : Bound or None
        No plan on the same needles costs less; None where it was not asked for.
    random_seed : int
    seconds : float
        From the anatomy to this plan, without the bound.
    """

    name: str
    implant: SeedImplant
    goals: PlanGoals
    needles: NeedleSet
    dvhs: Mapping[str, Dvh]
    results: tuple[GoalResult, ...]
    cost: float
    bound: Bound | None
    random_seed: int
    seconds: float

    @property
    def skin_unseen(self) -> frozenset[str]:
        """Names of the needles whose entry is the edge of the image, not the skin."""
        edge = {track.needle.entry_mm for track in self.needles.tracks if not track.reaches_skin}
        return frozenset(needle.name for needle in self.implant.needles if needle.entry_mm in edge)

    @property
    def skin_seen(self) -> bool:
        """Whether the image shows where every needle enters the skin."""
        return not self.skin_unseen

    @property
    def shortfall_pct(self) -> float:
        """Mean of what the target's dose lacks of the prescription, percent of it."""
        dvh = self.target_dvh
        volume = np.diff(dvh.volume_cc, prepend=0.0)
        lacks = np.maximum(1.0 - dvh.dose_gy / self.goals.prescription_gy, 0.0)
        return float(100.0 * (volume @ lacks) / dvh.total_cc)

    @property
    def target_dvh(self) -> Dvh:
        """DVH of the target."""
        return self.dvhs[TARGET]

    @property
    def missed(self) -> tuple[GoalResult, ...]:
        """Hard goals that are not met."""
        return tuple(result for result in self.results if result.goal.hard and not result.met)

    @property
    def gap_pct(self) -> float | None:
        """How much more the plan costs than the bound, percent of the bound."""
        return None if self.bound is None else self.bound.gap_pct(self.cost)


def samples_of_record(target: Structure, organs: Sequence[Structure]) -> tuple[DoseSamples, ...]:
    """Sample target and organs for their DVHs of record."""
    with ThreadPoolExecutor(threads()) as pool:
        return tuple(pool.map(contour_samples, [target, *organs]))


def judged(
    goals: PlanGoals,
    source: Source,
    implant: SeedImplant,
    samples: Sequence[DoseSamples],
    *,
    given: SeedImplant | None = None,
) -> tuple[dict[str, Dvh], tuple[GoalResult, ...]]:
    """Judge an implant by its DVHs of record.

    Parameters
    ----------
    goals : PlanGoals
    source : Source
    implant : SeedImplant
    samples : sequence of DoseSamples
        See `samples_of_record`: the target first.
    given : SeedImplant, optional
        Seeds that are there already; they may lack axes that the others have.
    """
    doses = [dose_function(source, each) for each in (implant, given) if each is not None and each.count]

    def dose_at(points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.sum([dose(points_mm) for dose in doses], axis=0) if doses else np.zeros(len(points_mm))

    with ThreadPoolExecutor(threads()) as pool:
        found = list(pool.map(lambda each: sampled_dvh(each, dose_at), samples))
    dvhs = dict(zip([TARGET, *(each.name for each in samples[1:])], found, strict=True))
    return dvhs, judge_goals(goals, dvhs)
