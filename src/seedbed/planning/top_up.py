"""Top up an implant: fewest extra seeds for what it left cold."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from seedbed.dosimetry import Dvh
from seedbed.errors import NoPlanError
from seedbed.implant import SeedImplant
from seedbed.planning.goals import TARGET, GoalResult
from seedbed.planning.joining import joined_by_name, without_loose_numbers
from seedbed.planning.plan import judged, samples_of_record
from seedbed.planning.planner import Planned, PlanRequest, Tell, plan_implant
from seedbed.planning.search import Stop

SEED_COST, NEEDLE_COST = 1.0, 0.1
"""Seeds first, then needles: up to nine needles more do not outweigh a seed. Local rule."""


@dataclass(frozen=True)
class TopUp:
    """What an implant lacks, and the seeds that mend it.

    Attributes
    ----------
    given : SeedImplant
        The seeds in the patient.
    planned : Planned or None
        The extra seeds, judged together with those in the patient; None where every hard goal "at least" is
        met without any.
    before : tuple of GoalResult
        The goals, without extra seeds.
    cold_before_cc, cold_after_cc : float
        Volume of the target below the prescription.
    """

    given: SeedImplant
    planned: Planned | None
    before: tuple[GoalResult, ...]
    cold_before_cc: float
    cold_after_cc: float

    @property
    def extra(self) -> int:
        """Number of extra seeds."""
        return self.planned.plan.implant.count if self.planned else 0

    @property
    def after(self) -> tuple[GoalResult, ...]:
        """The goals, with the extra seeds."""
        return self.planned.plan.results if self.planned else self.before

    @property
    def implant(self) -> SeedImplant:
        """All seeds, those in the patient first."""
        return joined_by_name(self.given, self.planned.plan.implant) if self.planned else self.given


def top_up(request: PlanRequest, *, tell: Tell | None = None, stop: Stop | None = None) -> TopUp:
    """Plan the fewest extra seeds with which the hard goals are met.

    The strengths of the seeds in the patient say which part of their dose counts; decay is up to the caller.
    With the strength that each has now, only what it will still give counts. With the strength it had when
    it was implanted, what it gave until now counts too. The extra seeds have the strengths of the goals on
    the day of the top-up.

    Parameters
    ----------
    request : PlanRequest
        ``given`` are the seeds in the patient. The costs of its goals are set aside: a seed counts 1, a
        needle 0.1.
    tell, stop : callable, optional
        As for `plan_implant`.

    Raises
    ------
    NoPlanError
        No seed in the patient; all that `plan_implant` refuses.
    """
    given = _given(request)
    goals = replace(request.goals, seed_cost=SEED_COST, needle_cost=NEEDLE_COST)
    dvhs, before = judged(goals, request.source, given, samples_of_record(request.target, request.organs))
    cold = cold_cc(dvhs[TARGET], goals.prescription_gy)
    if enough(before):
        return TopUp(given, None, before, cold, cold)
    planned = plan_implant(replace(request, given=given, goals=goals), tell=tell, stop=stop)
    after = cold_cc(planned.plan.target_dvh, goals.prescription_gy)
    return TopUp(given, planned, before, cold, after)


def cold_cc(dvh: Dvh, dose_gy: float) -> float:
    """Volume (cc) below a dose.

    Examples
    --------
    >>> import numpy as np
    >>> cold_cc(Dvh.of("GTV", np.array([50.0, 120.0]), np.array([0.5, 9.5])), 100.0)
    0.5
    """
    return dvh.total_cc - dvh.volume_cc_at(dose_gy)


def enough(results: Sequence[GoalResult]) -> bool:
    """Whether no hard goal asks for more dose.

    Examples
    --------
    >>> enough([])
    True
    """
    return all(result.met for result in results if result.goal.hard and result.goal.sense == "at least")


def _given(request: PlanRequest) -> SeedImplant:
    if request.given is None or not request.given.count:
        raise NoPlanError("no seed lies in the patient", "an implant to top up", "plan it as a new implant")
    return without_loose_numbers(request.given)
