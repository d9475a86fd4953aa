"""What dose the patient may get when seeds, strengths and contours are not quite as planned.

Monte Carlo: each trial moves needles and seeds, changes strengths and contours at random, and calculates the
dose of the displaced implant by TG-43. All random numbers come from one seed, which the result keeps.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

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
MOST_TRIALS = 100_000
TARGET_METRICS, ORGAN_METRICS = ("D90", "V100"), ("D2cc",)
LEAST_STRENGTH, LEAST_SIZE = 0.01, 0.2
"""Shares below which no strength and no half extent of a structure falls, however wide the errors."""


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
        D90 and V100 of the target, then D2cc of each organ.
    errors : PlacementErrors
    prescription_gy : float
    trials, random_seed : int
        The same seed, plan and version give the same numbers.
    """

    spreads: tuple[Spread, ...]
    errors: PlacementErrors
    prescription_gy: float
    trials: int
    random_seed: int

    def of(self, structure: str, metric: str) -> Spread:
        """Return one spread by the names of structure and metric."""
        return next(s for s in self.spreads if (s.structure, s.metric) == (structure, metric))


@dataclass(frozen=True)
class _Question:
    """A structure's samples and what is asked of them."""

    name: str
    points_mm: FloatArray
    volume_cc: FloatArray
    half_extent_mm: FloatArray
    metrics: tuple[Metric, ...]


def simulate_uncertainty(
    source: Source,
    implant: SeedImplant,
    target: Structure,
    organs: Sequence[Structure] = (),
    *,
    prescription_gy: float,
    errors: PlacementErrors,
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
    questions = [_question(target, TARGET_METRICS), *(_question(organ, ORGAN_METRICS) for organ in organs)]
    planned = [_answers(source, implant, q, prescription_gy, np.zeros(3), 0.0) for q in questions]
    found: list[list[list[float]]] = []
    for trial, rng in enumerate(np.random.default_rng(random_seed).spawn(trials), start=1):
        displaced = displace(implant, errors, rng)
        growth, *shifts = errors.contour_sd_mm * rng.standard_normal((len(questions), 3))
        found.append(
            [
                _answers(source, displaced, questions[0], prescription_gy, np.zeros(3), float(growth[0])),
                *(
                    _answers(source, displaced, organ, prescription_gy, shift, 0.0)
                    for organ, shift in zip(questions[1:], shifts, strict=True)
                ),
            ]
        )
        if progress:
            progress(trial, trials)
    spreads = [
        Spread(
            question.name, metric.name, metric.unit, planned[q][m], np.array([trial[q][m] for trial in found])
        )
        for q, question in enumerate(questions)
        for m, metric in enumerate(question.metrics)
    ]
    return Uncertainty(tuple(spreads), errors, prescription_gy, trials, random_seed)


def displace(implant: SeedImplant, errors: PlacementErrors, rng: np.random.Generator) -> SeedImplant:
    """Return an implant as it may end up: needles shifted and tilted, seeds shifted, strengths changed.

    A needle tilts about its tip, or its deepest seed where that is unknown; a seed's axis tilts with it.

    Examples
    --------
    >>> implant = SeedImplant("6711", np.zeros((2, 3)), None, np.ones(2))
    >>> same = displace(implant, PlacementErrors("none"), np.random.default_rng(1))
    >>> bool((same.positions_mm == implant.positions_mm).all())
    True
    """
    positions = implant.positions_mm.copy()
    axes = None if implant.axes is None else implant.axes.copy()
    for seeds in _moving_together(implant):
        shift = errors.needle_tip_sd_mm * rng.standard_normal(3)
        turn = _tilt(implant, seeds, np.radians(errors.needle_tilt_sd_deg) * rng.standard_normal(2))
        pivot = _pivot(implant, seeds)
        positions[seeds] = pivot + shift + turn.apply(positions[seeds] - pivot)
        if axes is not None:
            turned = turn.apply(axes[seeds])
            axes[seeds] = turned / np.linalg.norm(turned, axis=1, keepdims=True)
    positions += errors.seed_sd_mm * rng.standard_normal(positions.shape)
    common = 1 + errors.strength_common_sd_pct / 100 * rng.standard_normal()
    each = 1 + errors.strength_seed_sd_pct / 100 * rng.standard_normal(implant.count)
    strengths = implant.strengths_u * np.maximum(common, LEAST_STRENGTH) * np.maximum(each, LEAST_STRENGTH)
    return replace(implant, positions_mm=positions, axes=axes, strengths_u=strengths)


def _moving_together(implant: SeedImplant) -> list[NDArray[np.int64]]:
    """Seeds of each needle; seeds without a needle each alone."""
    numbers = implant.needle_index
    needles = [np.flatnonzero(numbers == number) for number in np.unique(numbers[numbers >= 0])]
    return needles + [np.array([seed]) for seed in np.flatnonzero(numbers < 0)]


def _along(implant: SeedImplant, seeds: NDArray[np.int64]) -> FloatArray:
    """Direction of a needle: its own, that of its seeds, or any where neither is known."""
    number = int(implant.needle_index[seeds[0]])
    if 0 <= number < len(implant.needles):
        return implant.needles[number].direction
    if implant.axes is not None:
        axis: FloatArray = implant.axes[seeds[0]]
        return axis
    if len(seeds) > 1:
        line: FloatArray = implant.positions_mm[seeds[-1]] - implant.positions_mm[seeds[0]]
        if np.linalg.norm(line) > 0:
            return line / np.linalg.norm(line)
    return np.array([0.0, 0.0, 1.0])


def _pivot(implant: SeedImplant, seeds: NDArray[np.int64]) -> FloatArray:
    number = int(implant.needle_index[seeds[0]])
    if 0 <= number < len(implant.needles):
        return np.asarray(implant.needles[number].tip_mm, dtype=float)
    places = implant.positions_mm[seeds]
    deepest: FloatArray = places[int((places @ _along(implant, seeds)).argmax())]
    return deepest


def _tilt(implant: SeedImplant, seeds: NDArray[np.int64], angles_rad: FloatArray) -> Rotation:
    """Rotation about two directions across the needle."""
    along = _along(implant, seeds)
    across = np.cross(along, np.eye(3)[int(np.abs(along).argmin())])
    across /= np.linalg.norm(across)
    return Rotation.from_rotvec(angles_rad[0] * across + angles_rad[1] * np.cross(along, across))


def _question(structure: Structure, metrics: tuple[str, ...]) -> _Question:
    points, volume = structure_samples(structure, count=SAMPLES)
    lower, upper = structure.bounds_mm
    asked = tuple(parse_metric(metric) for metric in metrics)
    return _Question(structure.name, points, volume, (upper - lower) / 2, asked)


def _answers(
    source: Source,
    implant: SeedImplant,
    question: _Question,
    prescription_gy: float,
    shift_mm: FloatArray,
    growth_mm: float,
) -> list[float]:
    """Answer for a structure shifted, and stretched about its middle to be larger on every side."""
    stretch = np.maximum(1 + growth_mm / np.maximum(question.half_extent_mm, 1e-9), LEAST_SIZE)
    middle = np.average(question.points_mm, axis=0, weights=question.volume_cc)
    points = middle + shift_mm + (question.points_mm - middle) * stretch
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
