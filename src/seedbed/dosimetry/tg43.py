"""Dose in water around sealed seeds by the TG-43U1 formalism.

Rivard et al., Med Phys 31 (2004) 633, doi 10.1118/1.1646040 (TG-43U1), and the interpolation rules of its
supplement, Med Phys 34 (2007) 2187, doi 10.1118/1.2736790 (TG-43U1S1):

- ``g_L(r)``: ln g linear in r; below the first radius the first value; beyond the last radius the line of
  the last two nodes goes on.
- ``F(r, theta)``: bilinear in r and theta; outside the radii of the table the nearest radius.
- ``phi_an(r)``: linear in r; outside the table the nearest radius.
- Inside the capsule TG-43 has no meaning; the dose at the capsule wall is given there, so that it is finite.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from seedbed.dosimetry.sources import Source
from seedbed.errors import DoseError
from seedbed.implant.seeds import check_seeds
from seedbed.units import CGY_PER_GY, MM_PER_CM

FloatArray = NDArray[np.float64]
REFERENCE_RADIUS_CM = 1.0
Progress = Callable[[int, int], None]


def geometry_function(rho_cm: FloatArray, along_cm: FloatArray, length_cm: float) -> FloatArray:
    """Line-source geometry function G_L (TG-43U1, Eq. 4), 1/cm2.

    Parameters
    ----------
    rho_cm, along_cm : ndarray, any equal shape
        Distance from the seed axis (not negative) and position along it from the centre.
    length_cm : float
        Active length L.

    Notes
    -----
    ``beta / (L rho)`` with ``beta = atan2(L rho, r^2 - L^2/4)``, the angle that the line subtends; on the
    axis the limit ``1 / (r^2 - L^2/4)``.

    Examples
    --------
    >>> far = geometry_function(np.array([100.0]), np.array([0.0]), 0.3)
    >>> bool(abs(far[0] * 100.0**2 - 1) < 1e-5)
    True
    """
    difference = rho_cm**2 + along_cm**2 - length_cm**2 / 4
    product = length_cm * rho_cm
    on_axis = product < 1e-12
    with np.errstate(divide="ignore", invalid="ignore"):
        result: FloatArray = np.where(
            on_axis, 1.0 / difference, np.arctan2(product, difference) / np.where(on_axis, 1.0, product)
        )
    return result


def radial_dose(source: Source, r_cm: FloatArray) -> FloatArray:
    """Radial dose function g_L(r), shape as ``r_cm``.

    Examples
    --------
    >>> from seedbed.dosimetry import load_source
    >>> radial_dose(load_source("6711"), np.array([1.0, 5.0]))
    array([1.   , 0.364])
    """
    radii, log_g = source.g_r_cm, np.log(source.g)
    slope = (log_g[-1] - log_g[-2]) / (radii[-1] - radii[-2])
    beyond = np.maximum(r_cm - radii[-1], 0.0)
    result: FloatArray = np.exp(np.interp(r_cm, radii, log_g) + slope * beyond)
    return result


def anisotropy(source: Source, r_cm: FloatArray, theta_deg: FloatArray) -> FloatArray:
    """Two-dimensional anisotropy function F(r, theta), theta folded into 0 to 90 degrees by the caller.

    Examples
    --------
    >>> from seedbed.dosimetry import load_source
    >>> anisotropy(load_source("6711"), np.array([1.0]), np.array([0.0]))
    array([0.37])
    """
    column, toward_r = _cell(source.f_r_cm, r_cm)
    row, toward_theta = _cell(source.f_theta_deg, theta_deg)
    low = source.f[row, column] * (1 - toward_r) + source.f[row, column + 1] * toward_r
    high = source.f[row + 1, column] * (1 - toward_r) + source.f[row + 1, column + 1] * toward_r
    result: FloatArray = low * (1 - toward_theta) + high * toward_theta
    return result


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
        Unit vectors along the seeds (TG-43U1 two-dimensional formula, Eq. 1); None where the orientation is
        not known (one-dimensional formula with phi_an, Eq. 11).
    strengths_u : ndarray, shape (n,)
        Air-kerma strengths, U.
    points_mm : ndarray, shape (m, 3)
    progress : callable, optional
        Called with seeds done and seeds in all.

    Returns
    -------
    ndarray, shape (m,)
        cGy/h.

    Raises
    ------
    DoseError
        Wrong shapes, NaN, negative strengths, axes that are not unit vectors.

    Examples
    --------
    >>> from seedbed.dosimetry import load_source
    >>> rate = dose_rate(load_source("6711"), np.zeros((1, 3)), np.array([[0.0, 0.0, 1.0]]), np.array([1.0]),
    ...                  np.array([[10.0, 0.0, 0.0]]))
    >>> round(float(rate[0]), 6)
    0.965
    """
    positions, strengths = np.asarray(positions_mm, dtype=float), np.asarray(strengths_u, dtype=float)
    points = np.asarray(points_mm, dtype=float)
    check_seeds(positions, axes, strengths)
    if points.ndim != 2 or points.shape[1] != 3 or not np.isfinite(points).all():
        raise DoseError(
            f"dose points of shape {points.shape}", "finite numbers of shape (m, 3) in mm", "check the points"
        )
    total = np.zeros(len(points))
    for number, (position, strength) in enumerate(zip(positions, strengths, strict=True)):
        offset_cm = (points - position) / MM_PER_CM
        if axes is None:
            total += strength * _rate_1d(source, offset_cm)
        else:
            total += strength * _rate_2d(source, offset_cm, np.asarray(axes, dtype=float)[number])
        if progress:
            progress(number + 1, len(positions))
    return total


def total_dose(
    source: Source,
    positions_mm: FloatArray,
    axes: FloatArray | None,
    strengths_u: FloatArray,
    points_mm: FloatArray,
    *,
    progress: Progress | None = None,
) -> FloatArray:
    """Dose to complete decay at points, shape (m,), Gy; parameters as for `dose_rate`.

    Examples
    --------
    >>> from seedbed.dosimetry import load_source
    >>> dose = total_dose(load_source("6711"), np.zeros((1, 3)), np.array([[0.0, 0.0, 1.0]]), np.array([1.0]),
    ...                   np.array([[10.0, 0.0, 0.0]]))
    >>> round(float(dose[0]), 3)
    19.847
    """
    rate = dose_rate(source, positions_mm, axes, strengths_u, points_mm, progress=progress)
    return rate * (source.mean_life_hours / CGY_PER_GY)


def _rate_2d(source: Source, offset_cm: FloatArray, axis: FloatArray) -> FloatArray:
    """Dose rate per unit strength, cGy/(h U), TG-43U1 Eq. 1."""
    along = np.abs(offset_cm @ axis)
    rho = np.linalg.norm(offset_cm - np.outer(offset_cm @ axis, axis), axis=1)
    inside = along < source.capsule_length_mm / 2 / MM_PER_CM
    rho = np.where(inside, np.maximum(rho, source.capsule_diameter_mm / 2 / MM_PER_CM), rho)
    r = np.hypot(rho, along)
    theta = np.degrees(np.arctan2(rho, along))
    return _geometry_ratio(source, rho, along) * radial_dose(source, r) * anisotropy(source, r, theta)


def _rate_1d(source: Source, offset_cm: FloatArray) -> FloatArray:
    """Dose rate per unit strength, cGy/(h U), TG-43U1 Eq. 11."""
    r = np.maximum(np.linalg.norm(offset_cm, axis=1), source.capsule_diameter_mm / 2 / MM_PER_CM)
    phi: FloatArray = np.interp(r, source.phi_r_cm, source.phi)
    return _geometry_ratio(source, r, np.zeros_like(r)) * radial_dose(source, r) * phi


def _geometry_ratio(source: Source, rho_cm: FloatArray, along_cm: FloatArray) -> FloatArray:
    length = source.active_length_mm / MM_PER_CM
    reference = float(geometry_function(np.array([REFERENCE_RADIUS_CM]), np.zeros(1), length)[0])
    return geometry_function(rho_cm, along_cm, length) * (source.dose_rate_constant / reference)


def _cell(nodes: FloatArray, values: FloatArray) -> tuple[NDArray[np.int64], FloatArray]:
    """Cell of each value and how far it lies towards the cell's upper node, held within the table."""
    held = np.clip(values, nodes[0], nodes[-1])
    cell = np.clip(np.searchsorted(nodes, held, side="right") - 1, 0, len(nodes) - 2).astype(np.int64)
    return cell, (held - nodes[cell]) / (nodes[cell + 1] - nodes[cell])
