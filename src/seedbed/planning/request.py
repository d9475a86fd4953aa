"""What is to be planned, and what comes of it."""

from dataclasses import dataclass, field
from typing import Literal

from seedbed.dosimetry import Source
from seedbed.geometry import Structure
from seedbed.imaging import CtVolume
from seedbed.implant import Needle, SeedImplant
from seedbed.planning.anatomy import Anatomy
from seedbed.planning.goals import PlanGoals
from seedbed.planning.needle_rules import NeedleRules, load_needle_rules
from seedbed.planning.plan import Plan
from seedbed.planning.search import Effort

Mode = Literal["parallel", "fan", "fixed"]


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
