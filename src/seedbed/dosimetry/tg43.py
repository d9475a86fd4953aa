"""Dose in water around sealed seeds by the TG-43U1 formalism.

Rivard et al., Med Phys 31 (2004) 633, doi 10.1118/1.1646040 (TG-43U1), and the interpolation rules of its
supplement, Med Phys 34 (2007) 2187, doi 10.1118/1.2736790 (TG-43U1S1):

- ``g_L(r)``: ln g linear in r; below the first radius the first value; beyond the last radius the line of
  the last two nodes goes on (to 50 cm, where it stays).
- ``F(r, theta)``: bilinear in r and theta; outside the radii or angles of the table the nearest.
- ``phi_an(r)``: linear in r; outside the table the nearest radius.
- Inside the capsule TG-43 has no meaning; the dose at the capsule wall is given there, so that it is finite.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from seedbed.dosimetry.kernel import add_at_points, in_turns, seed_groups
from seedbed.dosimetry.kernel_tables import FAR_CM
from seedbed.dosimetry.sources import Source
from seedbed.errors import DoseError
from seedbed.implant.decay import cumulated_days
from seedbed.implant.seeds import SeedImplant, check_seeds
from seedbed.units import CGY_PER_GY, HOURS_PER_DAY

FloatArray = NDArray[np.float64]
Progress = Callable[[int, int], None]


def dose_rate(
    source: Source,
    positions_mm: FloatArray,
    axes: FloatArray | None,
    strengths_u: FloatArray,
    points_mm: FloatArray,
    *,
    progress: Progress | None = None,
) -> FloatArray:
    """Dose rate in water at points, at the time for which the strengths are given.

    Parameters
    ----------
    source : Source
    positions_mm : ndarray, shape (n, 3)
        Seed centres.
    axes : ndarray, shape (n, 3), or None
        Unit vectors along the seeds (TG-43U1 two-dimensional formula, Eq. 1); three zeros for a seed whose
        orientation is not known (one-dimensional formula with phi_an, Eq. 11), None where that of no seed is.
    strengths_u : ndarray, shape (n,)
        Air-kerma strengths, U.
    points_mm : ndarray, shape (m, 3)
    progress : callable, optional
        Called with points done and points in all.

    Returns
    -------
    ndarray, shape (m,)
        cGy/h.

    Raises
    ------
    DoseError
        Wrong shapes, NaN, negative strengths, axes that are not unit vectors.

    Notes
    -----
    Compiled at the first call after installation, which takes some seconds; then read from a cache.

    Examples
    --------
    >>> from seedbed.dosimetry import load_source
    >>> rate = dose_rate(load_source("6711"), np.zeros((1, 3)), np.array([[0.0, 0.0, 1.0]]), np.array([1.0]),
    ...                  np.array([[10.0, 0.0, 0.0]]))
    >>> round(float(rate[0]), 6)
    0.965
    """
    if not isinstance(source, Source):
        raise DoseError(f"a source of the type {type(source).__name__}", "a seed model", "use load_source")
    positions, points = _places(positions_mm), _places(points_mm)
    strengths = np.asarray(strengths_u, dtype=float)
    check_seeds(positions, axes, strengths)
    if points.ndim != 2 or points.shape[1] != 3 or not np.isfinite(points).all():
        raise DoseError(
            f"dose points of shape {points.shape}", "finite numbers of shape (m, 3) in mm", "check the points"
        )
    groups, rate = seed_groups(source, positions, axes), np.zeros(len(points))

    def add(first: int, last: int) -> None:
        for tables, number, rows in groups:
            add_at_points(points, rows, strengths[number], FAR_CM, tables, rate, first, last)

    in_turns(add, len(points), progress)
    return rate


def _places(places_mm: FloatArray) -> FloatArray:
    """Return places as an array; an empty list is no places."""
    places = np.ascontiguousarray(places_mm, dtype=float)
    return places.reshape(0, 3) if places.size == 0 and places.ndim == 1 else places


def total_dose(
    source: Source,
    positions_mm: FloatArray,
    axes: FloatArray | None,
    strengths_u: FloatArray,
    points_mm: FloatArray,
    *,
    until_days: float = np.inf,
    progress: Progress | None = None,
) -> FloatArray:
    """Dose to complete decay, or up to a time, at points; parameters as for `dose_rate`.

    Parameters
    ----------
    source, positions_mm, axes, strengths_u, points_mm, progress
        As for `dose_rate`.
    until_days : float
        Days after the time for which the strengths are given; infinite for complete decay.

    Returns
    -------
    ndarray, shape (m,)
        Gy.

    Examples
    --------
    >>> from seedbed.dosimetry import load_source
    >>> dose = total_dose(load_source("6711"), np.zeros((1, 3)), np.array([[0.0, 0.0, 1.0]]), np.array([1.0]),
    ...                   np.array([[10.0, 0.0, 0.0]]))
    >>> round(float(dose[0]), 3)
    19.847
    """
    rate = dose_rate(source, positions_mm, axes, strengths_u, points_mm, progress=progress)
    return rate * gy_per_rate(source, until_days)


def dose_function(
    source: Source, implant: SeedImplant, *, progress: Progress | None = None
) -> Callable[[FloatArray], FloatArray]:
    """Return the function that gives the dose of an implant to complete decay (Gy) at points (n, 3).

    Examples
    --------
    >>> from seedbed.dosimetry import load_source
    >>> dose_at = dose_function(load_source("6711"), SeedImplant("6711", np.zeros((1, 3)), None, np.ones(1)))
    >>> round(float(dose_at(np.array([[10.0, 0.0, 0.0]]))[0]), 2)
    18.74
    """

    def at(points_mm: FloatArray) -> FloatArray:
        return total_dose(
            source, implant.positions_mm, implant.axes, implant.strengths_u, points_mm, progress=progress
        )

    return at


def gy_per_rate(source: Source, until_days: float = np.inf) -> float:
    """Gy that an initial dose rate of 1 cGy/h gives up to a time, or to complete decay.

    Examples
    --------
    >>> from seedbed.dosimetry import load_source
    >>> round(0.965 * gy_per_rate(load_source("6711")), 3)
    19.847
    """
    return cumulated_days(source.half_life_days, until_days) * HOURS_PER_DAY / CGY_PER_GY
