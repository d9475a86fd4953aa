"""The formulas of TG-43U1 for a line source, one function each, arrays in, arrays out.

Rivard et al., Med Phys 31 (2004) 633, doi 10.1118/1.1646040 (TG-43U1), and the interpolation rules of its
supplement, Med Phys 34 (2007) 2187, doi 10.1118/1.2736790 (TG-43U1S1). The compiled kernel does the same.
"""

import numpy as np
from numpy.typing import NDArray

from seedbed.dosimetry.sources import Source

FloatArray = NDArray[np.float64]
REFERENCE_RADIUS_CM = 1.0


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


def _cell(nodes: FloatArray, values: FloatArray) -> tuple[NDArray[np.int64], FloatArray]:
    """Cell of each value and how far it lies towards the cell's upper node, held within the table."""
    held = np.clip(values, nodes[0], nodes[-1])
    cell = np.clip(np.searchsorted(nodes, held, side="right") - 1, 0, len(nodes) - 2).astype(np.int64)
    return cell, (held - nodes[cell]) / (nodes[cell + 1] - nodes[cell])
