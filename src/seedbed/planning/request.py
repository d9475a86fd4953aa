"""What is to be planned, and what comes of it."""

from dataclasses import dataclass, field
from typing import Literal, get_args

from seedbed.dosimetry import Source
from seedbed.errors import InputError, NoPlanError, one_of
from seedbed.geometry import Structure
from seedbed.imaging import CtVolume
from seedbed.implant import Needle, SeedImplant
from seedbed.planning.anatomy import Anatomy
from seedbed.planning.goals import TARGET, PlanGoals
from seedbed.planning.needle_rules import NeedleRules, load_needle_rules
from seedbed.planning.plan import Plan
from seedbed.planning.search import Effort
from seedbed.units import CC_PER_MM3

Mode = Literal["parallel", "fan", "fixed"]
MOST_TARGET_CC = 400.0
"""A larger target takes minutes and hundreds of seeds: more than one implantation; local rule."""


@dataclass(frozen=True)
class PlanRequest:
    """What is to be planned.

    Attributes
    ----------
    ct : CtVolume
    target : Structure
    organs : tuple of Structure
        Judged by their goals; all but the skin are kept clear of needles.
    source : Source
    goals : PlanGoals
    mode : {"parallel", "fan", "fixed"}
        Parallel needles as through a template, a free-hand fan, or only the needles that are given.
    needles : tuple of Needle
        Needles that are kept as they are and cost nothing; more are added unless the mode is "fixed".
    given : SeedImplant or None
        Seeds that lie in the patient already. At their present strength only the dose still to come counts;
        at the strength of their implantation, what they have given counts too.
    rules : NeedleRules
    random_seed : int
    effort : Effort
    bound_seconds : float
        Time for the bound, beside the search for further plans; zero for none.
    alternatives : bool
        Whether to look for further plans.
    """

    ct: CtVolume
    target: Structure
    organs: tuple[Structure, ...]
    source: Source
    goals: PlanGoals
    mode: Mode = "parallel"
    needles: tuple[Needle, ...] = ()
    given: SeedImplant | None = None
    rules: NeedleRules = field(default_factory=load_needle_rules)
    random_seed: int = 0
    effort: Effort = field(default_factory=Effort)
    bound_seconds: float = 5.0
    alternatives: bool = True


@dataclass(frozen=True)
class Planned:
    """Plans to choose from.

    Attributes
    ----------
    plan : Plan
        That of lowest cost, with its bound.
    others : tuple of Plan
        Other plans, none of which another beats in needles, seeds, hot volume and goals.
    anatomy : Anatomy
    overlaps_cc : dict
        Volume that an organ shares with the target, by its name.
    stopped : bool
        The search was stopped; the plan is the best until then.
    """

    plan: Plan
    others: tuple[Plan, ...]
    anatomy: Anatomy
    overlaps_cc: dict[str, float]
    stopped: bool


def check_request(request: PlanRequest) -> None:
    """Refuse what can be refused before anything is calculated.

    Raises
    ------
    NoPlanError
        Two structures of one name, a target too large to plan at once, another seed model in the patient.
    InputError
        A mode, random seed, effort or time that is none.
    """
    names = [TARGET, *(organ.name for organ in request.organs)]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise NoPlanError(f"two structures are called '{twice}'", "a name of its own for each", "rename one")
    if request.target.volume_mm3 * CC_PER_MM3 > MOST_TARGET_CC:
        raise NoPlanError(
            f"target '{request.target.name}' has {request.target.volume_mm3 * CC_PER_MM3:.0f} cc",
            f"at most {MOST_TARGET_CC:g} cc in one plan",
            "plan a part of it (--sphere)",
        )
    given = request.given
    if given is not None and given.source != request.source.name:
        raise NoPlanError(
            f"the seeds that lie there are '{given.source}', those to plan '{request.source.name}'",
            "one seed model",
            "plan with the model of the seeds that lie there",
        )
    _check_numbers(request)


def _check_numbers(request: PlanRequest) -> None:
    if request.mode not in get_args(Mode):
        raise InputError(f"mode '{request.mode}'", one_of(get_args(Mode)), "choose one")
    if request.random_seed < 0:
        raise InputError(f"the random seed {request.random_seed}", "zero or more", "choose another")
    if min(vars(request.effort).values()) < 1:
        raise InputError(f"an effort of {request.effort}", "at least one of each", "correct it")
    if not 0 <= request.bound_seconds < float("inf"):
        raise InputError(f"{request.bound_seconds} s for the bound", "zero or more seconds", "correct it")
