"""What is left of a plan when needles and seeds are displaced and the patient breathes.

The trials are those of `seedbed.dosimetry.simulate_uncertainty`; here they are set against the goals.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.dosimetry import PlacementErrors, Source, parse_metric
from seedbed.dosimetry.kernel import Progress
from seedbed.dosimetry.placement_errors import Breathing
from seedbed.dosimetry.uncertainty import Question, Spread, Uncertainty, simulate_uncertainty, spreads_of
from seedbed.errors import DoseError, StructureError, one_of
from seedbed.geometry import Structure
from seedbed.implant import SeedImplant
from seedbed.planning.goals import TARGET, Goal, PlanGoals, judged_metric
from seedbed.planning.goals.judging import TOLERANCE
from seedbed.units import CC_PER_MM3

FloatArray = NDArray[np.float64]
LOW_PCT, HIGH_PCT = 5.0, 95.0
FRONTIER_TRIALS = 200


@dataclass(frozen=True)
class RobustGoal:
    """How likely one goal is met.

    Attributes
    ----------
    goal : Goal
    spread : Spread
        The goal's metric over all trials.
    chance_pct : float
        Percent of the trials that meet it.
    """

    goal: Goal
    spread: Spread
    chance_pct: float


@dataclass(frozen=True)
class RobustReport:
    """A plan under random errors.

    Attributes
    ----------
    target : str
    found : Uncertainty
        All spreads, with errors, breathing, trials and the seed of the random numbers.
    goals : tuple of RobustGoal
        One for each goal, in their order.
    """

    target: str
    found: Uncertainty
    goals: tuple[RobustGoal, ...]

    @property
    def d90_gy(self) -> tuple[float, float, float]:
        """The 5th, 50th and 95th percentile of the target's D90, Gy."""
        return percentiles(self.found.of(self.target, "D90"))

    @property
    def v100_pct(self) -> tuple[float, float, float]:
        """The 5th, 50th and 95th percentile of the target's V100, percent."""
        return percentiles(self.found.of(self.target, "V100"))


def percentiles(spread: Spread) -> tuple[float, float, float]:
    """Return the 5th, 50th and 95th percentile.

    Examples
    --------
    >>> percentiles(Spread("GTV", "D90", "Gy", 50.0, np.arange(101.0)))
    (5.0, 50.0, 95.0)
    """
    return spread.percentile(LOW_PCT), spread.percentile(50.0), spread.percentile(HIGH_PCT)


def robust_report(
    source: Source,
    implant: SeedImplant,
    target: Structure,
    organs: Sequence[Structure] = (),
    *,
    goals: PlanGoals,
    errors: PlacementErrors,
    breathing: Breathing | None = None,
    trials: int = 200,
    random_seed: int = 0,
    progress: Progress | None = None,
) -> RobustReport:
    """Judge a plan by its goals in many displaced implants.

    Parameters
    ----------
    source : Source
    implant : SeedImplant
        As planned.
    target : Structure
    organs : sequence of Structure
        At least those that a goal names.
    goals : PlanGoals
    errors : PlacementErrors
        See `seedbed.dosimetry.load_errors`.
    breathing : Breathing, optional
        See `seedbed.dosimetry.placement_errors.load_breathing`.
    trials, random_seed : int
        The same seed gives the same numbers.
    progress : callable, optional
        Called with trials done and trials in all.

    Raises
    ------
    StructureError
        A goal for a structure that is not among the organs; two structures of one name.
    DoseError
        A number without meaning, an implant without seeds.

    Notes
    -----
    The chance of a goal has a standard error of ``sqrt(p (1 - p) / trials)``, 3.5 points at most with 200.

    Examples
    --------
    >>> from seedbed.dosimetry import load_errors, load_source
    >>> from seedbed.geometry import PlanarContour
    >>> square = 5.0 * np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    >>> box = Structure("box", (PlanarContour(-2.5, square), PlanarContour(2.5, square)), 5.0)
    >>> goals = PlanGoals(40.0, (Goal("target", "D90", "at least", 1.0, False, "local rule"),), (1.0,))
    >>> implant = SeedImplant("6711", np.zeros((1, 3)), None, np.ones(1))
    >>> report = robust_report(load_source("6711"), implant, box, goals=goals, errors=load_errors(),
    ...                        trials=20)
    >>> report.goals[0].chance_pct, report.d90_gy[0] < report.d90_gy[1]
    (100.0, True)
    """
    shapes = _shapes(target, organs)
    asked = [_asked(goal, shapes) for goal in goals.goals]
    metrics: dict[str, list[str]] = {}
    for name, metric in asked:
        metrics.setdefault(name, []).append(metric)
    found = simulate_uncertainty(
        source,
        implant,
        target,
        organs,
        prescription_gy=goals.prescription_gy,
        errors=errors,
        breathing=breathing,
        asked=metrics,
        trials=trials,
        random_seed=random_seed,
        progress=progress,
    )
    judged = zip(goals.goals, asked, strict=True)
    return RobustReport(target.name, found, tuple(_chance(goal, found.of(*what)) for goal, what in judged))


def percentile_d90(
    source: Source,
    implant: SeedImplant,
    target_points_mm: FloatArray,
    volume_cc: FloatArray,
    *,
    errors: PlacementErrors,
    rng: np.random.Generator,
    breathing: Breathing | None = None,
    trials: int = FRONTIER_TRIALS,
    share_pct: float = LOW_PCT,
) -> float:
    """Dose to 90 % of the target that all but 5 % of the displaced implants reach; to choose among plans.

    Parameters
    ----------
    source : Source
    implant : SeedImplant
    target_points_mm : ndarray, shape (k, 3)
        Some 3000 samples of the target, mm.
    volume_cc : ndarray, shape (k,)
        Volume of each.
    errors : PlacementErrors
    rng : numpy.random.Generator
        Give each plan a generator of the same seed: plans of equal needles then meet the same errors.
    breathing : Breathing, optional
    trials : int
    share_pct : float
        Percentile, 0 to 100.

    Returns
    -------
    float
        Gy.

    Raises
    ------
    DoseError
        No seeds, samples without volume, fewer than one trial, no percentage.

    Examples
    --------
    >>> from seedbed.dosimetry import load_errors, load_source
    >>> points = np.random.default_rng(1).uniform(-5, 5, (500, 3))
    >>> implant = SeedImplant("6711", np.zeros((1, 3)), None, np.ones(1))
    >>> def low(errors):
    ...     return percentile_d90(load_source("6711"), implant, points, np.full(500, 0.002), errors=errors,
    ...                           rng=np.random.default_rng(1), trials=40)
    >>> low(load_errors()) < low(PlacementErrors("none"))
    True
    """
    if not implant.count or trials < 1 or not 0 <= share_pct <= 100:
        raise DoseError(
            f"{implant.count} seeds, {trials} trials and the {share_pct:g} th percentile",
            "at least one seed and one trial, and a percentage",
            "correct what is asked",
        )
    points = np.asarray(target_points_mm, dtype=float)
    asked = Question(TARGET, points, volume_cc, np.ptp(points, axis=0) / 2, (parse_metric("D90"),))
    (spread,) = spreads_of(
        source,
        implant,
        [asked],
        prescription_gy=1.0,  # D90 in Gy needs none
        errors=errors,
        breathing=breathing,
        trials=trials,
        rng=rng,
    )
    return spread.percentile(share_pct)


def _shapes(target: Structure, organs: Sequence[Structure]) -> dict[str, Structure]:
    """Structures by the names that goals use."""
    names = [organ.name for organ in organs]
    if len({*names, TARGET}) <= len(names) or target.name in names:
        raise StructureError(
            f"target '{target.name}' and organs {', '.join(repr(organ.name) for organ in organs)}",
            "a name of its own for each",
            "rename one",
        )
    return {TARGET: target, **{organ.name: organ for organ in organs}}


def _asked(goal: Goal, shapes: dict[str, Structure]) -> tuple[str, str]:
    """Name of the structure and metric that a goal is judged on."""
    shape = shapes.get(goal.structure)
    if shape is None:
        raise StructureError(
            f"a goal {goal.metric} for '{goal.structure}'",
            one_of(shapes, goal.structure),
            "give its contours, or leave the goal out",
        )
    return shape.name, judged_metric(goal, shape.volume_mm3 * CC_PER_MM3).name


def _chance(goal: Goal, spread: Spread) -> RobustGoal:
    by = spread.values - goal.limit if goal.sense == "at least" else goal.limit - spread.values
    met = by >= -TOLERANCE * max(1.0, goal.limit)
    return RobustGoal(goal, spread, float(100 * np.mean(met)))
