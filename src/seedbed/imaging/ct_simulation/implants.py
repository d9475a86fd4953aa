"""Where the seeds of an implant lie: rows along needles, loose ones, and pairs that touch.

The numbers are local rules after how permanent implants look: needles nearly parallel, seeds 5 to 10 mm apart
along them, each pushed and tilted a little by tissue.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import InputError
from seedbed.imaging.ct_simulation.seed_build import SILVER_ROD, SeedBuild

FloatArray = NDArray[np.float64]
Place = Callable[[FloatArray, FloatArray], bool]

ROW, LOOSE, END_TO_END, SIDE_BY_SIDE = "row", "loose", "end to end", "side by side"
KINDS = (ROW, LOOSE, END_TO_END, SIDE_BY_SIDE)
CLEAR_MM = 2.2
"""Least distance between the middle lines of two seeds that are no pair."""
LOOSE_SHARE = 0.2
"""Share of the seeds that lie anyhow."""
JITTER_MM = 0.7
TILT_DEG = 7.0
TRIES = 400


@dataclass(frozen=True)
class Layout:
    """Seeds of an implant.

    Attributes
    ----------
    positions_mm, axes : ndarray, shape (n, 3)
        Centres, and unit vectors along the seeds.
    kinds : tuple of str
        Of `KINDS`, one for each seed.
    """

    positions_mm: FloatArray
    axes: FloatArray
    kinds: tuple[str, ...]


NO_SEEDS = Layout(np.empty((0, 3)), np.empty((0, 3)), ())


def anywhere(centre_mm: FloatArray, axis: FloatArray) -> bool:  # noqa: ARG001
    """Allow every place."""
    return True


def draw_implant(
    rng: np.random.Generator,
    *,
    seeds: int,
    touching_share: float = 0.12,
    build: SeedBuild = SILVER_ROD,
    allowed: Place = anywhere,
) -> Layout:
    """Draw an implant about the origin.

    Parameters
    ----------
    rng : numpy.random.Generator
    seeds : int
        How many, 1 to 300.
    touching_share : float
        Share of the seeds that lie in touching pairs, end to end or side by side.
    build : SeedBuild
        The kind of seed.
    allowed : callable
        Whether a seed may lie at a centre along an axis, as (centre, axis) -> bool.

    Returns
    -------
    Layout
        The seeds; the volume grows with their number.

    Examples
    --------
    >>> layout = draw_implant(np.random.default_rng(1), seeds=20)
    >>> layout.positions_mm.shape, len(layout.kinds)
    ((20, 3), 20)
    """
    if not 1 <= seeds <= 300:
        raise InputError(f"{seeds} seeds", "1 to 300", "correct the number")
    half = 0.5 * np.cbrt(420.0 * seeds) * rng.uniform(0.9, 1.15, 3) + 3.0
    needle = _direction(rng)
    drawn = _Drawn(build.length_mm, allowed)
    pairs = round(seeds * touching_share / 2)
    for _ in range(pairs):
        drawn.add_pair(rng, half, needle, gap_mm=build.diameter_mm)
    loose = round(seeds * LOOSE_SHARE)
    rows = seeds - loose - 2 * pairs
    while drawn.count_of(ROW) < rows:
        drawn.add_row(rng, half, needle, most=rows - drawn.count_of(ROW))
    while drawn.count < seeds:
        drawn.add_free(rng.uniform(-half, half), _direction(rng), LOOSE)
    return drawn.layout()


class _Drawn:
    """Seeds so far; a seed that would lie too near to one of them is not taken, except after many tries."""

    def __init__(self, length_mm: float, allowed: Place) -> None:
        self.length_mm, self.allowed = length_mm, allowed
        self.centres: list[FloatArray] = []
        self.axes: list[FloatArray] = []
        self.kinds: list[str] = []
        self.failures = 0

    @property
    def count(self) -> int:
        return len(self.centres)

    def count_of(self, kind: str) -> int:
        return self.kinds.count(kind)

    def layout(self) -> Layout:
        return Layout(np.array(self.centres), np.array(self.axes), tuple(self.kinds))

    def is_free(self, centre: FloatArray, axis: FloatArray) -> bool:
        return self.allowed(centre, axis) and all(
            between_segments_mm(centre, axis, other, line, length_mm=self.length_mm) >= CLEAR_MM
            for other, line in zip(self.centres, self.axes, strict=True)
        )

    def take(self, centre: FloatArray, axis: FloatArray, kind: str) -> None:
        self.centres.append(centre)
        self.axes.append(axis)
        self.kinds.append(kind)

    def add_free(self, centre: FloatArray, axis: FloatArray, kind: str) -> bool:
        """Take a seed where there is room; where tries run out, push it outwards."""
        room = 1.0 + 0.002 * self.failures
        if not self.is_free(room * centre, axis):
            self.failures += 1
            return False
        self.take(room * centre, axis, kind)
        return True

    def add_row(self, rng: np.random.Generator, half: FloatArray, needle: FloatArray, *, most: int) -> None:
        line = tilted(rng, needle, 4.0)
        reach = float(np.abs(half * needle).sum())
        start = rng.uniform(-half, half)
        start -= (start @ needle) * needle
        along = -reach * rng.uniform(0.5, 1.0)
        taken = 0
        while along < reach and taken < most:
            centre = start + along * line + rng.normal(0, JITTER_MM, 3)
            taken += self.add_free(centre, tilted(rng, line, TILT_DEG), ROW)
            along += float(rng.choice([5.0, 6.0, 7.5, 10.0]))

    def add_pair(
        self, rng: np.random.Generator, half: FloatArray, needle: FloatArray, *, gap_mm: float
    ) -> None:
        for _ in range(TRIES):
            centre, axis = rng.uniform(-half, half), tilted(rng, needle, 15.0)
            if rng.random() < 0.3:
                axis = _direction(rng)
            if rng.random() < 0.5:
                kind, second = END_TO_END, tilted(rng, axis, 4.0)
                step = (axis + second) / 2 * self.length_mm * rng.uniform(1.0, 1.06)
            else:
                kind, second = SIDE_BY_SIDE, tilted(rng, axis, 3.0)
                side = np.cross(axis, _direction(rng))
                step = side / np.linalg.norm(side) * gap_mm * rng.uniform(1.15, 1.6)
                step = step + axis * rng.normal(0, 0.4)
            if self.is_free(centre, axis) and self.is_free(centre + step, second):
                self.take(centre, axis, kind)
                self.take(centre + step, second, kind)
                return


def between_segments_mm(
    first: FloatArray, axis: FloatArray, second: FloatArray, line: FloatArray, *, length_mm: float
) -> float:
    """Least distance of two segments of equal length, given by middle and direction.

    Examples
    --------
    >>> x, z = np.eye(3)[0], np.eye(3)[2]
    >>> float(between_segments_mm(np.zeros(3), z, np.array([3.0, 0, 0]), z, length_mm=4.0))
    3.0
    """
    reach = length_mm / 2
    gap = first - second
    cosine = float(axis @ line)
    below = 1 - cosine**2
    s = np.clip((cosine * (gap @ line) - gap @ axis) / below, -reach, reach) if below > 1e-9 else 0.0
    t = float(np.clip(cosine * s + gap @ line, -reach, reach))
    s = float(np.clip(cosine * t - gap @ axis, -reach, reach))
    return float(np.linalg.norm(gap + s * axis - t * line))


def tilted(rng: np.random.Generator, axis: FloatArray, sd_deg: float) -> FloatArray:
    """Return a unit vector tilted by a normal angle about each of two axes across it."""
    lean = rng.normal(0.0, np.tan(np.deg2rad(sd_deg)), 3)
    turned: FloatArray = axis + lean - (lean @ axis) * axis
    return turned / np.linalg.norm(turned)


def _direction(rng: np.random.Generator) -> FloatArray:
    """Draw a direction: near one of the body's axes, or any."""
    if rng.random() < 0.6:
        return tilted(rng, np.eye(3)[rng.integers(3)], 12.0)
    free: FloatArray = rng.normal(size=3)
    return free / np.linalg.norm(free)
