"""A planning problem as arrays: what each possible seed gives to samples of target and organs."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from seedbed.dosimetry import Source, structure_samples, total_dose
from seedbed.dosimetry.seed_matrix import seed_matrix
from seedbed.geometry import Structure
from seedbed.geometry.sampling import contour_points
from seedbed.implant import Needle, SeedImplant
from seedbed.planning.goals import TARGET, Goal, PlanGoals, judged_metric
from seedbed.planning.kept_needles import exclusions
from seedbed.planning.needle_rules import NeedleRules
from seedbed.planning.search_arrays import Rows, Terms
from seedbed.planning.tracks import NeedleSet
from seedbed.units import CC_PER_MM3

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

ORGAN_SAMPLES, ORGAN_POINTS = 4000, 500
"""An organ is sampled at least so often, and the samples nearest to the target are kept; local rule."""
ORGAN_CC = 6.0
"""At least so much of an organ is kept, the part nearest to the target; local rule."""
NEAR_ROWS = 12
SHORTFALL_SHARE, USUAL_V100_PCT = 0.08, 95.0
"""What the part of the target that V100 leaves over may lack in the mean, as a share of the prescription: the
cold tail. Without it a plan could leave 5 % of the target with no dose at all. Local rule; plans that just
reach V100 = 95 % lack 7 to 9 % there by themselves. Where no V100 is asked for, that of 95 % counts."""
HARD_WEIGHT, ZERO_WEIGHT, AIM_WEIGHT = 3.0, 30.0, 0.1
"""Cost of each percent of the target, or of `ORGAN_WEIGHT_CC` of an organ, by which a hard limit, a
hard limit of zero, or an aim is missed; local rule."""
ORGAN_WEIGHT_CC, ORGAN_SAMPLE_CC, MOST_ORGAN_SAMPLES = 7.0, 0.01, 60_000
SHORTFALL_WEIGHT = 20.0
HOT_LEVELS, HOT_WEIGHT = (1.5, 2.0), 0.01
"""Between plans of one cost, that with less of the target at these doses is better."""
MARGIN_PCT, LEVEL_MARGIN = 0.25, 0.004
"""What the search asks beyond the goals, since its samples are fewer than those of the DVH of record."""


@dataclass(frozen=True)
class Candidates:
    """Possible seeds: positions on needles, each with the strengths in stock.

    Attributes
    ----------
    needles : NeedleSet
    positions_mm, axes : ndarray, shape (rows, 3)
    strengths_u : ndarray, shape (rows,)
    needle, slot : ndarray of int, shape (rows,)
    clash : ndarray of bool, shape (needles, needles)
        Needles that cannot both be used.
    kept : frozenset of str
        Names of needles that are there already: they stay as they are and cost nothing. Some offer no seat.
    seed_half_mm : float
        Half the length of a seed.
    """

    needles: NeedleSet
    positions_mm: FloatArray
    axes: FloatArray
    strengths_u: FloatArray
    needle: NDArray[np.int64]
    slot: NDArray[np.int64]
    clash: BoolArray
    kept: frozenset[str]
    seed_half_mm: float

    @classmethod
    def of(
        cls,
        needles: NeedleSet,
        strengths_u: Sequence[float],
        rules: NeedleRules,
        *,
        kept: Collection[str] = (),
    ) -> "Candidates":
        """Lay out the seats of a needle set, needle by needle; needles that are kept are there already."""
        counts = np.array([len(track.seats_mm) for track in needles.tracks])
        seats = np.concatenate([track.seats_mm for track in needles.tracks])
        number = np.repeat(np.arange(len(counts)), counts)
        along = np.array([track.needle.direction for track in needles.tracks])
        many = len(strengths_u)
        return cls(
            needles,
            np.repeat(seats, many, axis=0),
            np.repeat(along[number], many, axis=0),
            np.tile(np.asarray(strengths_u, dtype=float), len(seats)),
            np.repeat(number, many),
            np.repeat(np.arange(len(seats)), many),
            exclusions(needles, _is_kept(needles, kept), rules),
            frozenset(kept),
            rules.seed_half_mm,
        )

    def implant(self, source: Source, on: BoolArray) -> SeedImplant:
        """Return the seeds of some rows on the needles that carry them.

        Needles end at their deepest seed and are numbered anew; those that are there stay as they are.
        """
        rows = np.flatnonzero(on)
        used = np.unique(self.needle[rows])
        names = (name for name in map("N{}".format, count(1)) if name not in self.kept)
        needles = [self._needle(int(number), rows, names) for number in used]
        return SeedImplant(
            source.name,
            self.positions_mm[rows],
            self.axes[rows],
            self.strengths_u[rows],
            needles=tuple(needles),
            needle_index=np.searchsorted(used, self.needle[rows]).astype(np.int64),
        )

    def _needle(self, number: int, rows: IntArray, names: Iterator[str]) -> Needle:
        """Return a needle as far as its deepest seed needs it, under the next name."""
        needle = self.needles.tracks[number].needle
        if needle.name in self.kept:
            return needle
        seats = self.positions_mm[rows[self.needle[rows] == number]]
        deepest = seats[int((seats @ needle.direction).argmax())]
        x, y, z = (deepest + self.seed_half_mm * needle.direction).tolist()
        return Needle(next(names), needle.entry_mm, (x, y, z))


def _is_kept(needles: NeedleSet, kept: Collection[str]) -> BoolArray:
    return np.array([track.needle.name in kept for track in needles.tracks], dtype=bool)


@dataclass(frozen=True)
class Problem:
    """All that the search needs.

    Attributes
    ----------
    candidates : Candidates
    rows : Rows
    volume : ndarray of float32, shape (points,)
        Percent of its structure that each point stands for.
    given : ndarray of float32, shape (points,)
        Dose of seeds that are there already, in units of the prescription.
    target_points : int
        The target comes first and has so many points.
    terms : Terms
    costs : (seed, needle)
    """

    candidates: Candidates
    rows: Rows
    volume: NDArray[np.float32]
    given: NDArray[np.float32]
    target_points: int
    terms: Terms
    costs: tuple[float, float]


@dataclass(frozen=True)
class Samples:
    """Points of target and organs.

    Attributes
    ----------
    names : tuple of str
        ``"target"`` first.
    points_mm : tuple of ndarray, shape (k, 3)
    volume_pct : tuple of ndarray, shape (k,)
        Percent of the structure; less than 100 in all where far parts were left out.
    whole_cc : tuple of float
    """

    names: tuple[str, ...]
    points_mm: tuple[FloatArray, ...]
    volume_pct: tuple[FloatArray, ...]
    whole_cc: tuple[float, ...]

    @classmethod
    def of(cls, target: Structure, organs: Sequence[Structure], *, count: int) -> "Samples":
        """Sample a target evenly, and of each organ what lies nearest to the target."""
        points, volume = structure_samples(target, count=count)
        surface = cKDTree(contour_points(target))
        near = [_organ(organ, surface) for organ in organs]
        return cls(
            (TARGET, *(organ.name for organ in organs)),
            (points, *(found[0] for found in near)),
            (100 * volume / volume.sum(), *(found[1] for found in near)),
            (float(volume.sum()), *(found[2] for found in near)),
        )


def _organ(organ: Structure, surface: cKDTree) -> tuple[FloatArray, FloatArray, float]:
    wanted = organ.volume_mm3 * CC_PER_MM3 / ORGAN_SAMPLE_CC
    points, volume = structure_samples(organ, count=int(np.clip(wanted, ORGAN_SAMPLES, MOST_ORGAN_SAMPLES)))
    whole = float(volume.sum())
    order = np.argsort(surface.query(points)[0], kind="stable")
    enough = int(np.searchsorted(np.cumsum(volume[order]), ORGAN_CC)) + 1
    kept = order[: max(ORGAN_POINTS, enough)]
    return points[kept], 100 * volume[kept] / whole, whole


def make_problem(
    candidates: Candidates,
    samples: Samples,
    source: Source,
    goals: PlanGoals,
    *,
    given: SeedImplant | None = None,
    fixed: BoolArray | None = None,
) -> Problem:
    """Calculate the dose of every possible seed at every sample and write the goals as terms.

    Parameters
    ----------
    candidates : Candidates
    samples : Samples
    source : Source
    goals : PlanGoals
    given : SeedImplant, optional
        Seeds that are there already.
    fixed : ndarray of bool, shape (rows,), optional
        Rows that the search may not change.
    """
    points = np.concatenate(samples.points_mm)
    seats, row_seat = np.unique(candidates.slot, return_index=True)[1], candidates.slot
    per_u = seed_matrix(source, candidates.positions_mm[seats], candidates.axes[seats], points)
    dose = per_u[row_seat] * (candidates.strengths_u / goals.prescription_gy).astype(np.float32)[:, None]
    return Problem(
        candidates,
        _rows(candidates, dose, fixed),
        np.concatenate(samples.volume_pct).astype(np.float32),
        _given(source, given, points, goals.prescription_gy),
        len(samples.points_mm[0]),
        make_terms(goals, samples),
        (goals.seed_cost, goals.needle_cost),
    )


def _given(
    source: Source, given: SeedImplant | None, points: FloatArray, prescription_gy: float
) -> NDArray[np.float32]:
    if given is None or not given.count:
        return np.zeros(len(points), dtype=np.float32)
    dose = total_dose(source, given.positions_mm, given.axes, given.strengths_u, points)
    return (dose / prescription_gy).astype(np.float32)


def _rows(candidates: Candidates, dose: NDArray[np.float32], fixed: BoolArray | None) -> Rows:
    needles = len(candidates.needles.tracks)
    count = np.bincount(candidates.needle, minlength=needles)
    wanted = min(NEAR_ROWS + 1, len(dose))
    near = cKDTree(candidates.positions_mm).query(candidates.positions_mm, k=wanted)[1].reshape(-1, wanted)
    return Rows(
        np.ascontiguousarray(dose),
        candidates.needle.astype(np.int64),
        candidates.slot.astype(np.int64),
        np.concatenate([[0], np.cumsum(count)[:-1]]).astype(np.int64),
        count.astype(np.int64),
        near[:, min(1, wanted - 1) :].astype(np.int64),
        candidates.clash,
        np.zeros(len(dose), dtype=bool) if fixed is None else fixed,
        _is_kept(candidates.needles, candidates.kept),
    )


def make_terms(
    goals: PlanGoals, samples: Samples, *, margin: float = 1.0, hot_weight: float = HOT_WEIGHT
) -> Terms:
    """Write goals as terms of the energy: each says how much of a structure may, or must, get a dose.

    Goals on mean or least dose are judged, not searched for.

    Parameters
    ----------
    goals : PlanGoals
    samples : Samples
    margin : float
        How much of the usual margins beyond the goals the search keeps.
    hot_weight : float
        Cost of each percent of the target at 150 %, and again at 200 %, of the prescription.
    """
    place = {name: n for n, name in enumerate(samples.names)}
    entries = [(0, level, 0, 0.0, hot_weight) for level in HOT_LEVELS]
    entries += [
        (place[goal.structure], *entry)
        for goal in goals.goals
        if goal.structure in place
        and (entry := _term(goal, goals.prescription_gy, samples.whole_cc[place[goal.structure]], margin))
    ]
    entries.sort(key=lambda entry: entry[0])
    where = [entry[0] for entry in entries]
    return Terms(
        np.concatenate([[0], np.cumsum([len(points) for points in samples.points_mm])]).astype(np.int64),
        np.searchsorted(where, np.arange(len(samples.names) + 1)).astype(np.int64),
        np.array([entry[1] for entry in entries], dtype=np.float32),
        np.array([entry[2] for entry in entries], dtype=np.int64),
        np.array([entry[3] for entry in entries], dtype=np.float32),
        np.array([entry[4] for entry in entries], dtype=np.float32),
        shortfall_limit_pct(goals),
        SHORTFALL_WEIGHT,
    )


def _term(
    goal: Goal, prescription_gy: float, whole_cc: float, margin: float
) -> tuple[float, int, float, float] | None:
    """Level (in units of the prescription), sense, percent of the structure, and weight of a goal."""
    metric, sense = judged_metric(goal, whole_cc), 1 if goal.sense == "at least" else -1
    if metric.what in ("mean", "min"):
        return None
    if metric.letter == "V":
        level = float(metric.what) / (100 if metric.what_unit == "%" else prescription_gy)
        share = goal.limit if metric.unit == "%" else 100 * goal.limit / whole_cc
    else:
        level = goal.limit / (100 if metric.unit == "%" else prescription_gy)
        volume = 0.0 if metric.what == "max" else float(metric.what)
        share = volume if metric.what_unit == "%" else 100 * volume / whole_cc
    level *= 1 + sense * LEVEL_MARGIN * margin if metric.letter == "D" else 1.0
    share = min(share + MARGIN_PCT * margin, 100.0) if sense > 0 else share
    weight = (ZERO_WEIGHT if share <= 0 else HARD_WEIGHT) if goal.hard else AIM_WEIGHT
    if goal.structure != TARGET:
        weight *= whole_cc / ORGAN_WEIGHT_CC
    return level, sense, share, weight


def shortfall_limit_pct(goals: PlanGoals) -> float:
    """Mean shortfall that a plan may have, percent of the prescription; see `SHORTFALL_SHARE`.

    Examples
    --------
    >>> round(shortfall_limit_pct(PlanGoals(120.0, (), (0.889,))), 6)
    0.4
    """
    asked = [g.limit for g in goals.of(TARGET) if (g.metric, g.sense) == ("V100", "at least")]
    return SHORTFALL_SHARE * (100.0 - min(max([*asked, 0.0]) or USUAL_V100_PCT, 99.5))
