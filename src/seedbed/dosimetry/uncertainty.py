"""What dose the patient may get when seeds, strengths and contours are not quite as planned.

Monte Carlo: each trial moves needles and seeds, changes strengths and contours at random, and calculates the
dose of the displaced implant by TG-43. All random numbers come from one seed, which the result keeps.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.dosimetry.displacement import displace, over_trials
from seedbed.dosimetry.dvh import Dvh
from seedbed.dosimetry.metrics import Metric, parse_metric
from seedbed.dosimetry.placement_errors import Breathing, PlacementErrors
from seedbed.dosimetry.samples import structure_samples
from seedbed.dosimetry.sources import Source
from seedbed.dosimetry.tg43 import Progress, dose_function
from seedbed.errors import DoseError
from seedbed.geometry import Structure
from seedbed.implant import SeedImplant

__all__ = ["Question", "Spread", "Uncertainty", "displace", "simulate_uncertainty", "spreads_of"]

FloatArray = NDArray[np.float64]
SAMPLES = 3000
"""Samples a structure in each trial: D90 and V100 then differ from the DVH of record by some tenths of a
percent; local rule."""
MOST_TRIALS = 100_000
TARGET_METRICS, ORGAN_METRICS = ("D90", "V100"), ("D2cc",)
LEAST_SIZE = 0.2
"""Share below which no half extent of a structure falls, however wide the errors."""


@dataclass(frozen=True)
class Spread:
    """One metric of one structure over all trials.

    Attributes
    ----------
    structure, metric, unit : str
    planned : float
        Without errors.
    values : ndarray, shape (trials,)
    """

    structure: str
    metric: str
    unit: str
    planned: float
    values: FloatArray

    @property
    def mean(self) -> float:
        """Mean over all trials."""
        return float(self.values.mean())

    @property
    def sd(self) -> float:
        """Standard deviation over all trials."""
        return float(self.values.std(ddof=1))

    def percentile(self, share_pct: float) -> float:
        """Value that ``share_pct`` percent of the trials stay at or below."""
        return float(np.percentile(self.values, share_pct))

    def chance_pct(self, at_least: float) -> float:
        """Percent of the trials with at least this value."""
        return float(100 * np.mean(self.values >= at_least))


@dataclass(frozen=True)
class Uncertainty:
    """Result of a simulation.

    Attributes
    ----------
    spreads : tuple of Spread
        D90 and V100 of the target and what else was asked of it, then D2cc of each organ and what else was
        asked.
    errors : PlacementErrors
    prescription_gy : float
    trials, random_seed : int
        The same seed, plan and version give the same numbers.
    breathing : Breathing or None
    """

    spreads: tuple[Spread, ...]
    errors: PlacementErrors
    prescription_gy: float
    trials: int
    random_seed: int
    breathing: Breathing | None = None

    def of(self, structure: str, metric: str) -> Spread:
        """Return one spread by the names of structure and metric."""
        return next(s for s in self.spreads if (s.structure, s.metric) == (structure, metric))


@dataclass(frozen=True)
class Question:
    """A structure's samples, half its extent along each axis, and what is asked of it."""

    name: str
    points_mm: FloatArray
    volume_cc: FloatArray
    half_extent_mm: FloatArray
    metrics: tuple[Metric, ...]

    def __post_init__(self) -> None:
        if not np.sum(self.volume_cc) > 0:
            raise DoseError(
                f"structure '{self.name}' without volume", "one that holds something", "draw it again"
            )


def simulate_uncertainty(
    source: Source,
    implant: SeedImplant,
    target: Structure,
    organs: Sequence[Structure] = (),
    *,
    prescription_gy: float,
    errors: PlacementErrors,
    breathing: Breathing | None = None,
    asked: Mapping[str, Sequence[str]] | None = None,
    trials: int = 200,
    random_seed: int = 0,
    progress: Progress | None = None,
) -> Uncertainty:
    """Simulate random displacement of seeds, and errors of strengths and contours.

    Parameters
    ----------
    source : Source
    implant : SeedImplant
        As planned. Seeds of one needle move with it; seeds without a needle move alone, as far as a needle.
    target : Structure
    organs : sequence of Structure
    prescription_gy : float
        For V100; positive.
    errors : PlacementErrors
        See `seedbed.dosimetry.placement_errors.load_errors`.
    breathing : Breathing, optional
        See `seedbed.dosimetry.placement_errors.load_breathing`; without it nobody breathes.
    asked : mapping of str to sequence of str, optional
        Further metrics of structures, by their names.
    trials : int
        2 to `MOST_TRIALS`.
    random_seed : int
        Not negative; kept in the result.
    progress : callable, optional
        Called with trials done and trials in all.

    Raises
    ------
    DoseError
        A number without meaning, an implant without seeds, a structure without volume.

    Examples
    --------
    >>> from seedbed.dosimetry.placement_errors import load_errors
    >>> from seedbed.dosimetry.sources import load_source
    >>> from seedbed.geometry import PlanarContour
    >>> square = 5.0 * np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
    >>> box = Structure("box", (PlanarContour(-2.5, square), PlanarContour(2.5, square)), 5.0)
    >>> implant = SeedImplant("6711", np.zeros((1, 3)), None, np.ones(1))
    >>> found = simulate_uncertainty(load_source("6711"), implant, box, prescription_gy=40.0,
    ...                              errors=load_errors(), trials=50, random_seed=1)
    >>> d90 = found.of("box", "D90")
    >>> d90.unit, found.random_seed, d90.mean < d90.planned
    ('Gy', 1, True)
    """
    _check(implant, prescription_gy, trials, random_seed)
    more = asked or {}
    structures = [(target, TARGET_METRICS), *((organ, ORGAN_METRICS) for organ in organs)]
    questions = [_question(part, (*usual, *more.get(part.name, ()))) for part, usual in structures]
    spreads = spreads_of(
        source,
        implant,
        questions,
        prescription_gy=prescription_gy,
        errors=errors,
        breathing=breathing,
        trials=trials,
        rng=np.random.default_rng(random_seed),
        progress=progress,
    )
    return Uncertainty(spreads, errors, prescription_gy, trials, random_seed, breathing)


def spreads_of(
    source: Source,
    implant: SeedImplant,
    questions: Sequence[Question],
    *,
    prescription_gy: float,
    errors: PlacementErrors,
    breathing: Breathing | None,
    trials: int,
    rng: np.random.Generator,
    progress: Progress | None = None,
) -> tuple[Spread, ...]:
    """Ask questions of displaced implants: the work of `simulate_uncertainty`, at any points.

    Parameters
    ----------
    source, implant, prescription_gy, errors, breathing, trials, progress
        As for `simulate_uncertainty`.
    questions : sequence of Question
        The target, whose outline grows and shrinks, then organs, whose outlines shift.
    rng : numpy.random.Generator

    Returns
    -------
    tuple of Spread
        One for each metric of each question, in their order.
    """

    def answers(displaced: SeedImplant, own: np.random.Generator) -> list[list[float]]:
        growth, *shifts = errors.contour_sd_mm * own.standard_normal((len(questions), 3))
        target = _answers(source, displaced, questions[0], prescription_gy, np.zeros(3), float(growth[0]))
        beside = zip(questions[1:], shifts, strict=True)
        return [target, *(_answers(source, displaced, q, prescription_gy, shift, 0.0) for q, shift in beside)]

    planned = [_answers(source, implant, q, prescription_gy, np.zeros(3), 0.0) for q in questions]
    found = over_trials(
        answers, implant, errors, breathing=breathing, trials=trials, rng=rng, progress=progress
    )
    return tuple(
        Spread(
            question.name, metric.name, metric.unit, planned[q][m], np.array([trial[q][m] for trial in found])
        )
        for q, question in enumerate(questions)
        for m, metric in enumerate(question.metrics)
    )


def _question(structure: Structure, metrics: Sequence[str]) -> Question:
    asked = {metric.name: metric for metric in map(parse_metric, metrics)}
    points, volume = structure_samples(structure, count=SAMPLES)
    lower, upper = structure.bounds_mm
    return Question(structure.name, points, volume, (upper - lower) / 2, tuple(asked.values()))


def _answers(
    source: Source,
    implant: SeedImplant,
    question: Question,
    prescription_gy: float,
    shift_mm: FloatArray,
    growth_mm: float,
) -> list[float]:
    """Answer for a structure shifted, and stretched about its middle to be larger on every side."""
    stretch = np.maximum(1 + growth_mm / np.maximum(question.half_extent_mm, 1e-9), LEAST_SIZE)
    middle = np.average(question.points_mm, axis=0, weights=question.volume_cc)
    points = question.points_mm + shift_mm + (question.points_mm - middle) * (stretch - 1)
    dose = dose_function(source, implant)(points)
    dvh = Dvh.of(question.name, dose, question.volume_cc * float(np.prod(stretch)))
    return [metric.of(dvh, prescription_gy) for metric in question.metrics]


def _check(implant: SeedImplant, prescription_gy: float, trials: int, random_seed: int) -> None:
    if not implant.count:
        raise DoseError("an implant without seeds", "at least one seed", "choose the plan with its seeds")
    if not 0 < prescription_gy < np.inf:
        raise DoseError(
            f"a prescription of {prescription_gy} Gy", "a positive dose", "state the prescription"
        )
    if not 2 <= trials <= MOST_TRIALS:
        raise DoseError(f"{trials} trials", f"2 to {MOST_TRIALS}", "choose 200, for example")
    if random_seed < 0:
        raise DoseError(f"the random seed {random_seed}", "zero or more", "choose another")
