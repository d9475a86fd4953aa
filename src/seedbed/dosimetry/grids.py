"""Dose of an implant on a grid, and the same dose after one seed came, went or moved."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from seedbed.dosimetry.kernel import Progress, add_on_grid, in_turns, seed_groups
from seedbed.dosimetry.kernel_tables import FAR_CM, kernel_tables
from seedbed.dosimetry.line_source import radial_dose
from seedbed.dosimetry.sources import Source
from seedbed.dosimetry.tg43 import gy_per_rate
from seedbed.errors import DoseError
from seedbed.geometry import OrientedGrid, VoxelGrid
from seedbed.implant import SeedImplant
from seedbed.units import MM_PER_CM

FloatArray = NDArray[np.float64]
LEAST_CUTOFF_MM = 20.0
"""A cut-off within is refused: there a seed gives several Gy (local rule)."""
FARTHEST_MM = 200.0
"""A seed farther outside a grid lies in another frame, or its dose there means nothing (local rule)."""
ENVELOPE_CM, ENVELOPE_STEP_CM = 50.0, 0.05


@dataclass(frozen=True)
class GridDose:
    """Dose of an implant at the voxel centres of a grid.

    Attributes
    ----------
    dose_gy : ndarray, shape ``grid.shape``
        To complete decay, or up to ``until_days``.
    grid : VoxelGrid or OrientedGrid
    implant : SeedImplant
    source : Source
    until_days : float
        Infinite for complete decay.
    cutoff_mm : float
        Distance beyond which a seed was not counted; infinite without a cut-off.
    dropped_gy : float
        No voxel lacks more than this because of the cut-off.
    """

    dose_gy: FloatArray
    grid: VoxelGrid | OrientedGrid
    implant: SeedImplant
    source: Source
    until_days: float = np.inf
    cutoff_mm: float = np.inf
    dropped_gy: float = 0.0


def grid_dose(
    source: Source,
    implant: SeedImplant,
    grid: VoxelGrid | OrientedGrid,
    *,
    cutoff_mm: float | None = None,
    until_days: float = np.inf,
    progress: Progress | None = None,
) -> GridDose:
    """Dose in water on a grid; at each voxel centre the same as `total_dose` there.

    Parameters
    ----------
    source : Source
    implant : SeedImplant
        Strengths at implantation; for seeds without an axis the one-dimensional formula is used.
    grid : VoxelGrid or OrientedGrid
    cutoff_mm : float, optional
        Leave out seeds farther than this from a voxel, at least `LEAST_CUTOFF_MM`. ``dropped_gy`` of the
        result bounds what that drops.
    until_days : float
        Days after implantation; infinite for complete decay.
    progress : callable, optional
        Called with voxels done and voxels in all.

    Raises
    ------
    DoseError
        A cut-off that is too short or no number, a negative time, a seed more than `FARTHEST_MM` outside the
        grid.

    Examples
    --------
    >>> from seedbed.dosimetry.sources import load_source
    >>> seed = SeedImplant("6711", np.zeros((1, 3)), np.array([[0.0, 0.0, 1.0]]), np.ones(1))
    >>> found = grid_dose(load_source("6711"), seed, VoxelGrid((10, 0, 0), (1, 1, 1), (1, 1, 2)))
    >>> found.dose_gy.shape, round(float(found.dose_gy[0, 0, 0]), 3)
    ((1, 1, 2), 19.847)
    """
    cutoff = np.inf if cutoff_mm is None else float(cutoff_mm)
    if not cutoff >= LEAST_CUTOFF_MM:
        raise DoseError(
            f"a cut-off at {cutoff_mm} mm", f"{LEAST_CUTOFF_MM:g} mm or more", "widen it or leave it out"
        )
    _check_same_frame(implant, grid)
    dose = GridDose(
        np.zeros(grid.shape), grid, implant, source, until_days=until_days, cutoff_mm=cutoff,
        dropped_gy=dropped_at_most_gy(source, implant.strengths_u, cutoff_mm=cutoff, until_days=until_days),
    )  # fmt: skip
    _add(dose, [(implant, 1.0)], progress)
    return dose


def _check_same_frame(implant: SeedImplant, grid: VoxelGrid | OrientedGrid) -> None:
    """Refuse seeds far outside a grid: their dose would silently be almost zero."""
    unit = grid.steps_mm / np.asarray(grid.spacing_mm)[:, None]
    along = (implant.positions_mm - np.asarray(grid.origin_mm)) @ unit.T
    last = (np.array(grid.shape[::-1]) - 1) * np.asarray(grid.spacing_mm)
    beyond = np.linalg.norm(along - np.clip(along, 0.0, last), axis=1)
    if beyond.size and beyond.max() > FARTHEST_MM:
        seed = int(beyond.argmax())
        raise DoseError(
            f"seed {seed + 1} at {implant.positions_mm[seed].round(1).tolist()} mm lies "
            f"{beyond[seed]:.0f} mm outside the dose grid",
            f"seeds in the grid's frame, at most {FARTHEST_MM:g} mm outside",
            "check that seeds and grid belong to one frame of reference",
        )


def dropped_at_most_gy(
    source: Source, strengths_u: FloatArray, *, cutoff_mm: float, until_days: float = np.inf
) -> float:
    """Bound on the dose that a cut-off drops anywhere: that of all seeds just beyond it, best side ahead.

    The best side has G_L on the axis at the nearer end of each step of the radius, g_L at its nearer or
    farther end, whichever is larger, and the largest F of the table.

    Examples
    --------
    >>> from seedbed.dosimetry.sources import load_source
    >>> dropped_at_most_gy(load_source("6711"), np.ones(100), cutoff_mm=100.0) < 2.0
    True
    """
    if cutoff_mm == np.inf:
        return 0.0
    first_cm = cutoff_mm / MM_PER_CM
    r = np.union1d(np.arange(first_cm, first_cm + ENVELOPE_CM, ENVELOPE_STEP_CM), source.g_r_cm)
    r = r[r >= first_cm]
    g = radial_dose(source, r)
    length_cm = source.active_length_mm / MM_PER_CM
    best_g, best_f = np.maximum(g, np.append(g[1:], g[-1])), max(source.f.max(), source.phi.max())
    rate = kernel_tables(source).scale * (best_g / (r**2 - length_cm**2 / 4)).max() * best_f
    return float(np.sum(strengths_u) * rate * gy_per_rate(source, until_days))


def add_seed(dose: GridDose, position_mm: FloatArray, axis: FloatArray | None, strength_u: float) -> GridDose:
    """Dose after one more seed; only its own dose is calculated.

    Raises
    ------
    DoseError
        A seed without meaning.
    """
    implant = dose.implant.with_seed(position_mm, axis, strength_u)
    return _changed(dose, implant, come=dose.implant.count)


def remove_seed(dose: GridDose, index: int) -> GridDose:
    """Dose without one of the seeds; only its own dose is calculated.

    Raises
    ------
    DoseError
        No seed of that number.
    """
    return _changed(dose, dose.implant.without_seed(index), gone=index)


def move_seed(
    dose: GridDose, index: int, position_mm: FloatArray, axis: FloatArray | None = None
) -> GridDose:
    """Dose after one seed was put elsewhere, turned to ``axis`` where one is given; strength and needle stay.

    Raises
    ------
    DoseError
        No seed of that number, or a place or axis without meaning.

    Examples
    --------
    >>> from seedbed.dosimetry.sources import load_source
    >>> grid = VoxelGrid((0, 0, 0), (1, 1, 1), (9, 9, 9))
    >>> implant = SeedImplant("6711", np.array([[2.0, 2.0, 2.0], [6.0, 6.0, 6.0]]), None, np.ones(2))
    >>> before = grid_dose(load_source("6711"), implant, grid)
    >>> after = move_seed(before, 1, np.array([6.0, 3.0, 6.0]))
    >>> np.allclose(after.dose_gy, grid_dose(load_source("6711"), after.implant, grid).dose_gy)
    True
    """
    implant = dose.implant.with_seed_at(index, position_mm, axis)
    return _changed(dose, implant, gone=index, come=index)


def _changed(
    before: GridDose, implant: SeedImplant, *, gone: int | None = None, come: int | None = None
) -> GridDose:
    """Dose of another implant: seed ``gone`` of the old one is taken away, ``come`` of the new one added."""
    old = before.implant.only([] if gone is None else [gone])
    new = implant.only([] if come is None else [come])
    _check_same_frame(new, before.grid)
    dropped = dropped_at_most_gy(
        before.source, implant.strengths_u, cutoff_mm=before.cutoff_mm, until_days=before.until_days
    )
    after = replace(before, dose_gy=before.dose_gy.copy(), implant=implant, dropped_gy=dropped)
    _add(after, [(old, -1.0), (new, 1.0)], None)
    if old.count:
        np.maximum(after.dose_gy, 0.0, out=after.dose_gy)  # a rest of rounding
    return after


def _add(dose: GridDose, seeds: list[tuple[SeedImplant, float]], progress: Progress | None) -> None:
    """Add the dose of seeds to a grid in place, each times a factor; a negative one takes it away."""
    per_u = gy_per_rate(dose.source, dose.until_days)
    parts = [
        (group.tables, group.rows, factor * per_u * implant.strengths_u[group.number])
        for implant, factor in seeds
        for group in seed_groups(dose.source, implant.positions_mm, implant.axes)
    ]
    origin, steps = np.asarray(dose.grid.origin_mm, dtype=float), dose.grid.steps_mm
    shape, flat = np.array(dose.grid.shape, dtype=np.int64), dose.dose_gy.reshape(-1)
    cutoff_cm = min(dose.cutoff_mm / MM_PER_CM, FAR_CM)

    def add(first: int, last: int) -> None:
        for tables, rows, gy in parts:
            add_on_grid(origin, steps, shape, rows, gy, cutoff_cm, tables, flat, first, last)

    in_turns(add, flat.size, progress)
