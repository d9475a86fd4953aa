"""Implants as they may end up: needles shifted and tilted, seeds shifted, strengths changed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from seedbed.dosimetry.kernel import Progress, threads
from seedbed.dosimetry.placement_errors import Breathing, PlacementErrors
from seedbed.implant import SeedImplant

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Result = TypeVar("Result")
LEAST_STRENGTH = 0.01
"""Share below which no strength falls, however wide the errors."""


@dataclass(frozen=True)
class _Holds:
    """Where each group of seeds turns: number of each seed's group, pivots (g, 3), two directions across."""

    group: IntArray
    pivots_mm: FloatArray
    across: FloatArray
    second: FloatArray


def displace(
    implant: SeedImplant,
    errors: PlacementErrors,
    rng: np.random.Generator,
    *,
    breathing: Breathing | None = None,
) -> SeedImplant:
    """Return an implant as it may end up.

    A needle tilts about its tip, or its deepest seed where that is unknown; a seed's axis tilts with it.
    Breathing shifts each needle as `Breathing.shifts_mm` says; the other errors stay the same with it.

    Examples
    --------
    >>> implant = SeedImplant("6711", np.zeros((2, 3)), None, np.ones(2))
    >>> same = displace(implant, PlacementErrors("none"), np.random.default_rng(1))
    >>> bool((same.positions_mm == implant.positions_mm).all())
    True
    """
    return displacing(implant, errors, breathing=breathing)(rng)


def displacing(
    implant: SeedImplant, errors: PlacementErrors, *, breathing: Breathing | None = None
) -> Callable[[np.random.Generator], SeedImplant]:
    """Return what displaces an implant again and again, as `displace` does.

    Examples
    --------
    >>> implant = SeedImplant("6711", np.zeros((2, 3)), None, np.ones(2))
    >>> displacing(implant, PlacementErrors("none"))(np.random.default_rng(1)).count
    2
    """
    holds = _holds(implant)
    return lambda rng: _displaced(implant, holds, errors, rng, breathing)


def over_trials(
    work: Callable[[SeedImplant, np.random.Generator], Result],
    implant: SeedImplant,
    errors: PlacementErrors,
    *,
    breathing: Breathing | None,
    trials: int,
    rng: np.random.Generator,
    progress: Progress | None = None,
) -> list[Result]:
    """Return what ``work`` says of each of many displaced implants, in order; threads share the trials.

    Each trial has random numbers of its own, spawned from ``rng``: one trial more does not change the others.

    Examples
    --------
    >>> implant = SeedImplant("6711", np.zeros((1, 3)), None, np.ones(1))
    >>> over_trials(lambda displaced, _rng: displaced.count, implant, PlacementErrors("none"),
    ...             breathing=None, trials=3, rng=np.random.default_rng(1))
    [1, 1, 1]
    """
    displaced = displacing(implant, errors, breathing=breathing)
    return in_trials(
        lambda own: work(displaced(own), own),
        trials=trials,
        rng=rng,
        progress=progress,
    )


def in_trials(
    work: Callable[[np.random.Generator], Result],
    *,
    trials: int,
    rng: np.random.Generator,
    progress: Progress | None = None,
) -> list[Result]:
    """Return what ``work`` makes of the random numbers of each of many trials, as `over_trials` does.

    Examples
    --------
    >>> in_trials(lambda own: int(own.integers(1, 2)), trials=3, rng=np.random.default_rng(1))
    [1, 1, 1]
    """
    found: list[Result] = []
    with ThreadPoolExecutor(threads()) as pool:
        for result in pool.map(work, rng.spawn(trials)):
            found.append(result)
            if progress:
                progress(len(found), trials)
    return found


def strengths_of(implant: SeedImplant, errors: PlacementErrors, rng: np.random.Generator) -> FloatArray:
    """Draw the strengths that seeds may have, shape (n,), U: one error for all and one for each.

    Examples
    --------
    >>> implant = SeedImplant("6711", np.zeros((1, 3)), None, np.array([0.7]))
    >>> strengths_of(implant, PlacementErrors("none"), np.random.default_rng(1))
    array([0.7])
    """
    common = 1 + errors.strength_common_sd_pct / 100 * rng.standard_normal()
    each = 1 + errors.strength_seed_sd_pct / 100 * rng.standard_normal(implant.count)
    drawn: FloatArray = implant.strengths_u * np.maximum(common, LEAST_STRENGTH)
    return drawn * np.maximum(each, LEAST_STRENGTH)


def moving_together(implant: SeedImplant) -> list[IntArray]:
    """Return the numbers of the seeds of each needle; seeds without a needle each alone.

    Examples
    --------
    >>> loose = SeedImplant("6711", np.zeros((3, 3)), None, np.ones(3), (), np.array([4, -1, 4]))
    >>> [seeds.tolist() for seeds in moving_together(loose)]
    [[0, 2], [1]]
    """
    numbers = implant.needle_index
    needles = [np.flatnonzero(numbers == number) for number in np.unique(numbers[numbers >= 0])]
    return needles + [np.array([seed]) for seed in np.flatnonzero(numbers < 0)]


def _displaced(
    implant: SeedImplant,
    holds: _Holds,
    errors: PlacementErrors,
    rng: np.random.Generator,
    breathing: Breathing | None,
) -> SeedImplant:
    drawn = rng.standard_normal((len(holds.pivots_mm), 5))
    shift = errors.needle_tip_sd_mm * drawn[:, :3]
    if breathing is not None:
        shift = shift + breathing.shifts_mm(len(shift), rng.spawn(1)[0])
    angles = np.radians(errors.needle_tilt_sd_deg) * drawn[:, 3:]
    turn = Rotation.from_rotvec(angles[:, :1] * holds.across + angles[:, 1:] * holds.second).as_matrix()
    tilt = (turn - np.eye(3))[holds.group]  # what changes, so that nothing does without errors
    arms = implant.positions_mm - holds.pivots_mm[holds.group]
    positions = implant.positions_mm + shift[holds.group] + np.einsum("nij,nj->ni", tilt, arms)
    positions += errors.seed_sd_mm * rng.standard_normal(positions.shape)
    strengths = strengths_of(implant, errors, rng)
    axes = None if implant.axes is None else _tilted(implant.axes, tilt)
    return replace(implant, positions_mm=positions, axes=axes, strengths_u=strengths)


def _tilted(axes: FloatArray, tilt: FloatArray) -> FloatArray:
    """Turn axes; those that are not known stay zero."""
    turned: FloatArray = axes + np.einsum("nij,nj->ni", tilt, axes)
    length = np.linalg.norm(turned, axis=1, keepdims=True)
    return turned / np.where(length > 0, length, 1.0)


def _holds(implant: SeedImplant) -> _Holds:
    groups = moving_together(implant)
    group = np.empty(implant.count, dtype=np.int64)
    for number, seeds in enumerate(groups):
        group[seeds] = number
    along = np.array([_along(implant, seeds) for seeds in groups]).reshape(-1, 3)
    across = np.cross(along, np.eye(3)[np.abs(along).argmin(axis=1)]) if len(groups) else along
    across = across / np.linalg.norm(across, axis=1, keepdims=True)
    pivots = np.array([_pivot(implant, seeds) for seeds in groups]).reshape(-1, 3)
    return _Holds(group, pivots, across, np.cross(along, across) if len(groups) else along)


def _along(implant: SeedImplant, seeds: IntArray) -> FloatArray:
    """Direction of a needle: its own, that of its seeds, or any where neither is known."""
    number = int(implant.needle_index[seeds[0]])
    if 0 <= number < len(implant.needles):
        return implant.needles[number].direction
    known = seeds[implant.axis_known[seeds]]
    if len(known):
        axis: FloatArray = implant.directions[known[0]]
        return axis
    if len(seeds) > 1:
        line: FloatArray = implant.positions_mm[seeds[-1]] - implant.positions_mm[seeds[0]]
        if np.linalg.norm(line) > 0:
            return line / np.linalg.norm(line)
    return np.array([0.0, 0.0, 1.0])


def _pivot(implant: SeedImplant, seeds: IntArray) -> FloatArray:
    number = int(implant.needle_index[seeds[0]])
    if 0 <= number < len(implant.needles):
        return np.asarray(implant.needles[number].tip_mm, dtype=float)
    places = implant.positions_mm[seeds]
    deepest: FloatArray = places[int((places @ _along(implant, seeds)).argmax())]
    return deepest
