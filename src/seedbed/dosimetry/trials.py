"""Many trials of what a dose may be: each assumes an implant and outlines, and answers the same questions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.dosimetry.displacement import in_trials
from seedbed.dosimetry.dvh import Dvh
from seedbed.dosimetry.metrics import Metric, parse_metric
from seedbed.dosimetry.placement_errors import PlacementErrors
from seedbed.dosimetry.samples import structure_samples
from seedbed.dosimetry.sources import Source
from seedbed.dosimetry.tg43 import Progress, dose_function
from seedbed.errors import DoseError
from seedbed.geometry import Structure
from seedbed.implant import SeedImplant

FloatArray = NDArray[np.float64]
SAMPLES = 3000
"""Samples a structure in each trial: D90 and V100 then differ from the DVH of record by some tenths of a
percent; local rule."""
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


def spread_of(spreads: Sequence[Spread], structure: str, metric: str) -> Spread:
    """Pick a spread by the names of structure and metric.

    Examples
    --------
    >>> spread_of([Spread("GTV", "D90", "Gy", 50.0, np.ones(3))], "GTV", "D90").planned
    50.0
    """
    return next(s for s in spreads if (s.structure, s.metric) == (structure, metric))


@dataclass(frozen=True)
class Trial:
    """What one trial assumes.

    Attributes
    ----------
    implant : SeedImplant
    growth_mm : float
        How much farther out the outline of the target, the first structure, lies on every side.
    shifts_mm : ndarray, shape (structures, 3)
        How far the outline of each structure lies aside.
    """

    implant: SeedImplant
    growth_mm: float
    shifts_mm: FloatArray


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


def spreads_in_trials(
    source: Source,
    implant: SeedImplant,
    questions: Sequence[Question],
    *,
    prescription_gy: float,
    draw: Callable[[np.random.Generator], Trial],
    trials: int,
    rng: np.random.Generator,
    progress: Progress | None = None,
) -> tuple[Spread, ...]:
    """Ask questions of trials that the caller draws, each from random numbers of its own.

    Parameters
    ----------
    source : Source
    implant : SeedImplant
        Without errors.
    questions : sequence of Question
        The target, whose outline grows and shrinks, then organs, whose outlines shift.
    prescription_gy : float
        For V100; positive.
    draw : callable
        Random numbers to a `Trial`.
    trials : int
    rng : numpy.random.Generator
        Each trial has random numbers of its own, spawned from it.
    progress : callable, optional
        Called with trials done and trials in all.

    Returns
    -------
    tuple of Spread
        One for each metric of each question, in their order.

    Examples
    --------
    >>> from seedbed.dosimetry.sources import load_source
    >>> one = SeedImplant("6711", np.zeros((1, 3)), None, np.ones(1))
    >>> there = Question("point", np.array([[10.0, 0, 0]]), np.ones(1), np.ones(3), (parse_metric("D90"),))
    >>> (spread,) = spreads_in_trials(load_source("6711"), one, [there], prescription_gy=10.0, trials=2,
    ...     draw=lambda own: Trial(one, 0.0, np.zeros((1, 3))), rng=np.random.default_rng(1))
    >>> round(spread.planned, 2), spread.sd
    (18.74, 0.0)
    """
    found = in_trials(
        lambda own: _of_trial(source, draw(own), questions, prescription_gy),
        trials=trials,
        rng=rng,
        progress=progress,
    )
    return _gathered(questions, _without_errors(source, implant, questions, prescription_gy), found)


def outlines_of(
    implant: SeedImplant, errors: PlacementErrors, *, structures: int, rng: np.random.Generator
) -> Trial:
    """Draw the outlines beside an implant: the target grows or shrinks, organs lie aside.

    Examples
    --------
    >>> one = SeedImplant("6711", np.zeros((1, 3)), None, np.ones(1))
    >>> trial = outlines_of(one, PlacementErrors("none"), structures=2, rng=np.random.default_rng(1))
    >>> trial.growth_mm, trial.shifts_mm.shape
    (0.0, (2, 3))
    """
    growth, *shifts = errors.contour_sd_mm * rng.standard_normal((structures, 3))
    return Trial(implant, float(growth[0]), np.array([np.zeros(3), *shifts]))


def _of_trial(
    source: Source, trial: Trial, questions: Sequence[Question], prescription_gy: float
) -> list[list[float]]:
    growths = [trial.growth_mm, *[0.0] * (len(questions) - 1)]
    return [
        _answers(source, trial.implant, question, prescription_gy, shift, growth)
        for question, shift, growth in zip(questions, trial.shifts_mm, growths, strict=True)
    ]


def _without_errors(
    source: Source, implant: SeedImplant, questions: Sequence[Question], prescription_gy: float
) -> list[list[float]]:
    nothing = Trial(implant, 0.0, np.zeros((len(questions), 3)))
    return _of_trial(source, nothing, questions, prescription_gy)


def _gathered(
    questions: Sequence[Question], planned: list[list[float]], found: list[list[list[float]]]
) -> tuple[Spread, ...]:
    return tuple(
        Spread(
            question.name, metric.name, metric.unit, planned[q][m], np.array([trial[q][m] for trial in found])
        )
        for q, question in enumerate(questions)
        for m, metric in enumerate(question.metrics)
    )


def question_of(structure: Structure, metrics: Sequence[str]) -> Question:
    """Ask metrics of a structure, at `SAMPLES` places in it.

    Raises
    ------
    DoseError
        A metric that is none; a structure without volume.

    Examples
    --------
    >>> from seedbed.geometry import PlanarContour
    >>> square = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])
    >>> asked = question_of(Structure("box", (PlanarContour(0.0, square),), 5.0), ("D90", "V100"))
    >>> asked.name, len(asked.points_mm) >= 3000
    ('box', True)
    """
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
