"""Put metal seeds into a CT as a scanner would show them, and move them as an implant would.

The images are synthetic: they show what the blurred-capsule model predicts, with streaks whose size
and decay imitate a scanner but whose pattern is drawn.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from seedbed.errors import InputError
from seedbed.geometry import VoxelGrid
from seedbed.imaging.seed_model import (
    DEFAULT_LOOK,
    FloatArray,
    Patch,
    SeedLook,
    blurred_capsule,
    patch_around,
)
from seedbed.imaging.volume import CtVolume

Pattern = Callable[[FloatArray, FloatArray], FloatArray]

STREAK_REACH_MM = 15.0
"""Streaks of one seed are lost in the noise beyond this."""
STREAK_START_MM = 2.2
"""Streaks begin at the edge of the bloomed metal."""
STREAK_AT_MM = 3.0
"""Distance where streaks have their stated size."""
STREAK_FALL = 1.8
"""Power of the fall with distance. It and the 140 HU at 3 mm were measured in an independent simulation
(XCIST/CatSim, 120 kVp)."""


def render_seeds(
    ct: CtVolume,
    positions_mm: FloatArray,
    *,
    axes: FloatArray,
    rng: np.random.Generator,
    look: SeedLook = DEFAULT_LOOK,
) -> CtVolume:
    """Add metal seeds to a CT.

    Parameters
    ----------
    ct : CtVolume
        Any CT; it is not changed.
    positions_mm : ndarray, shape (n, 3)
        Seed centres, LPS mm. A seed outside the grid is not seen.
    axes : ndarray, shape (n, 3)
        Unit vectors along the seeds.
    rng : numpy.random.Generator
        Draws the fine pattern of the streaks; nothing else is random.
    look : SeedLook
        The seed and the scanner.

    Returns
    -------
    CtVolume
        On the same grid, cut at ``look.ceiling_hu``.

    Examples
    --------
    >>> import numpy as np
    >>> from seedbed.geometry import VoxelGrid
    >>> grid = VoxelGrid((-10, -10, -10), (1, 1, 2), (11, 21, 21))
    >>> water = CtVolume(grid, np.zeros(grid.shape, dtype=np.float32))
    >>> rng = np.random.default_rng(1)
    >>> seen = render_seeds(water, np.zeros((1, 3)), axes=np.array([[1.0, 0.0, 0.0]]), rng=rng)
    >>> bool(seen.hu.max() > 2000)
    True
    """
    positions_mm, axes = _checked(positions_mm, axes)
    hu = ct.hu.astype(np.float32)
    for centre, axis in zip(positions_mm, axes, strict=True):
        found = blurred_capsule(ct.grid, centre, axis=axis, look=look)
        if found is None:
            continue
        patch, metal = found
        hu[patch] += metal
        if look.streak_hu:
            streaks = _streak_pattern(axis, rng, size_hu=look.streak_hu)
            _add_streaks(hu, ct.grid, centre=centre, pattern_of=streaks, metal=found)
    return CtVolume(ct.grid, np.minimum(hu, np.float32(look.ceiling_hu)))


def displace_seeds(
    positions_mm: FloatArray,
    axes: FloatArray,
    *,
    rng: np.random.Generator,
    sd_mm: float,
    needle_index: NDArray[np.int64] | None = None,
    needle_sd_mm: float = 0.0,
    tilt_sd_deg: float = 5.0,
) -> tuple[FloatArray, FloatArray]:
    """Move planned seeds to where an implant could have put them.

    Each seed is shifted by a normal deviate along x, y and z; the seeds of one needle share a second
    shift; each axis is tilted by a small angle in a random direction.

    Parameters
    ----------
    positions_mm, axes : ndarray, shape (n, 3)
        Planned centres and unit vectors.
    rng : numpy.random.Generator
        Draws the displacement.
    sd_mm : float
        Standard deviation of the shift of a seed along each of x, y, z.
    needle_index : ndarray of int, shape (n,), optional
        Needle of each seed; without it no seeds share a shift.
    needle_sd_mm : float
        Standard deviation of the shift of a needle along each of x, y, z.
    tilt_sd_deg : float
        Standard deviation of the tilt about each of two axes across the seed.

    Returns
    -------
    positions_mm, axes : ndarray, shape (n, 3)
        Displaced centres and unit vectors.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> x, u = displace_seeds(np.zeros((2, 3)), np.eye(3)[:2], rng=rng, sd_mm=0.0, tilt_sd_deg=0.0)
    >>> bool((x == 0).all() and (u == np.eye(3)[:2]).all())
    True
    """
    positions_mm, axes = _checked(positions_mm, axes)
    moved = positions_mm + rng.normal(0.0, 1.0, positions_mm.shape) * sd_mm
    if needle_index is not None and len(needle_index):
        _, needle = np.unique(needle_index, return_inverse=True)
        moved = moved + (rng.normal(0.0, 1.0, (needle.max() + 1, 3)) * needle_sd_mm)[needle]
    lean = rng.normal(0.0, 1.0, axes.shape) * np.tan(np.deg2rad(tilt_sd_deg))
    lean -= np.sum(lean * axes, axis=1, keepdims=True) * axes
    tilted = axes + lean
    return moved, tilted / np.linalg.norm(tilted, axis=1, keepdims=True)


def _checked(positions_mm: FloatArray, axes: FloatArray) -> tuple[FloatArray, FloatArray]:
    positions = np.asarray(positions_mm, dtype=float).reshape(-1, 3)
    directions = np.asarray(axes, dtype=float).reshape(-1, 3)
    if directions.shape != positions.shape or not np.isfinite(positions).all():
        raise InputError(
            f"{len(positions)} seed positions with {len(directions)} axes",
            "finite centres in mm and one unit vector for each",
            "check the list of seeds",
        )
    if np.abs(np.linalg.norm(directions, axis=1) - 1).max(initial=0.0) > 1e-6:
        raise InputError(
            "a seed axis that is no unit vector", "vectors of length 1", "divide each axis by its length"
        )
    return positions, directions


def _add_streaks(
    hu: NDArray[np.float32],
    grid: VoxelGrid,
    *,
    centre: FloatArray,
    pattern_of: Pattern,
    metal: tuple[Patch, FloatArray],
) -> None:
    """Add streaks in place, on each slice in proportion to the metal that it holds."""
    slices, share = metal[0][0], metal[1].sum(axis=(1, 2))
    window = patch_around(grid, centre, np.array([STREAK_REACH_MM, STREAK_REACH_MM, grid.spacing_mm[2]]))
    if window is None or share.max() <= 0:
        return
    _, rows, columns = window
    y = grid.axis_mm(1)[rows, None] - centre[1]
    x = grid.axis_mm(0)[None, columns] - centre[0]
    pattern = pattern_of(x, y)
    for number, weight in zip(range(slices.start, slices.stop), share / share.max(), strict=True):
        hu[number, rows, columns] += weight * pattern


def _streak_pattern(axis: FloatArray, rng: np.random.Generator, *, size_hu: float) -> Pattern:
    """Draw dark streaks off the ends of a seed and bright ones off its sides, of a size at `STREAK_AT_MM`.

    Rays along the seed meet most metal; the logarithm of their few photons errs to dark lines that continue
    the long axis. The pattern has no mean over the angle, so it adds no metal.
    """
    lie = float(np.hypot(axis[0], axis[1]))  # a seed along z has no long side in the plane
    turn = float(np.arctan2(axis[1], axis[0]))
    fine = [(order, rng.uniform(0, 2 * np.pi)) for order in (6, 10, 14)]

    def pattern(x: FloatArray, y: FloatArray) -> FloatArray:
        radius, angle = np.hypot(x, y), np.arctan2(y, x) - turn
        spokes = sum(0.3 * np.cos(order * angle + phase) for order, phase in fine) - lie * np.cos(2 * angle)
        rise = 1 / (1 + np.exp(-(radius - STREAK_START_MM) / 0.3))
        fall = (STREAK_AT_MM / np.maximum(radius, 1.0)) ** STREAK_FALL
        fade = np.clip((STREAK_REACH_MM - radius) / 4.0, 0.0, 1.0)
        shaped: FloatArray = size_hu * spokes * rise * fade * fall
        return shaped

    return pattern
