"""Plan the rest anew around needles and seeds that lie in the patient, where they really lie."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from seedbed.errors import NoPlanError, one_of
from seedbed.implant import Needle, SeedImplant
from seedbed.planning.goals import GoalResult
from seedbed.planning.joining import joined_by_name
from seedbed.planning.plan import judged, samples_of_record
from seedbed.planning.planner import Planned, PlanRequest, Tell, plan_implant
from seedbed.planning.search import Stop
from seedbed.planning.top_up import enough


@dataclass(frozen=True)
class Replanned:
    """A plan around what lies in the patient.

    Attributes
    ----------
    planned : Planned or None
        The new seeds, judged together with those that are delivered; None where these meet every hard goal
        "at least" already.
    implant : SeedImplant
        Delivered seeds, then new ones; all needles that are kept, used or not. Fit for `PlanEditor.adopt`.
    delivered : int
        Number of delivered seeds.
    """

    planned: Planned | None
    implant: SeedImplant
    delivered: int

    @property
    def extra(self) -> int:
        """Number of seeds that are still to be delivered."""
        return self.implant.count - self.delivered


def replan(
    request: PlanRequest,
    implant: SeedImplant,
    *,
    keep: Sequence[str] = (),
    delivered: Sequence[int] = (),
    tell: Tell | None = None,
    stop: Stop | None = None,
) -> Replanned:
    """Keep needles and seeds that lie in the patient, and plan the rest anew.

    A needle that is kept costs nothing and may carry other seeds than before, on seats that it reaches
    without touching a delivered seed. Further needles are found as ``request.mode`` says; none in the mode
    "fixed". Seeds that are not delivered, and needles that are neither kept nor have delivered seeds, are
    dropped.

    Parameters
    ----------
    request : PlanRequest
        Its needles and given seeds are set aside: what lies in the patient is said by the other arguments.
    implant : SeedImplant
        The plan, with the needles moved to where they really lie; see `PlanEditor.move_needle`.
    keep : sequence of str
        Names of the needles that lie in the patient.
    delivered : sequence of int
        Seeds of ``implant``, from 0, that have been placed.
    tell, stop : callable, optional
        As for `plan_implant`.

    Raises
    ------
    NoPlanError
        A needle to be kept that is not there, or two of its name; all that `plan_implant` refuses.
    DoseError
        No seed of one of the numbers.
    """
    kept = _kept(implant, keep)
    given = _lying(implant, kept, delivered)
    if given.count and enough(_results(request, given)):
        return Replanned(None, given, given.count)
    ask = replace(request, needles=kept, given=given if given.count else None)
    planned = plan_implant(ask, tell=tell, stop=stop)
    whole = joined_by_name(given, planned.plan.implant, same=keep)
    return Replanned(planned, whole, given.count)


def _results(request: PlanRequest, given: SeedImplant) -> tuple[GoalResult, ...]:
    return judged(request.goals, request.source, given, samples_of_record(request.target, request.organs))[1]


def _kept(implant: SeedImplant, keep: Sequence[str]) -> tuple[Needle, ...]:
    """Needles to be kept, in the order of the implant."""
    names = Counter(needle.name for needle in implant.needles)
    for name in keep:
        if names[name] != 1:
            found = "which is not in the plan" if not names[name] else f"of which there are {names[name]}"
            raise NoPlanError(
                f"needle '{name}' is to be kept, {found}", one_of(names, name), "name each needle once"
            )
    return tuple(needle for needle in implant.needles if needle.name in set(keep))


def _lying(implant: SeedImplant, kept: Sequence[Needle], delivered: Sequence[int]) -> SeedImplant:
    """Return the delivered seeds, on their own needles, and the needles that are kept."""
    seeds = implant.only(sorted(set(delivered)))
    names = {needle.name for needle in kept}
    carrying = set(seeds.needle_index.tolist())
    lying = [n for n, needle in enumerate(implant.needles) if needle.name in names or n in carrying]
    place = np.full(len(implant.needles) + 1, -1, dtype=np.int64)
    place[lying] = np.arange(len(lying))
    index = place[seeds.needle_index] if implant.needles else seeds.needle_index
    return replace(seeds, needles=tuple(implant.needles[n] for n in lying), needle_index=index)
