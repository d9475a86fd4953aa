"""The one-dimensional anisotropy function as the average that defines it."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
POINTS_PER_CELL = 12


def anisotropy_average(
    f_r_cm: FloatArray, f_theta_deg: FloatArray, f: FloatArray, *, length_cm: float
) -> FloatArray:
    """Average the two-dimensional data over the sphere: phi_an(r) at the radii of F.

    Parameters
    ----------
    f_r_cm : ndarray, shape (m,)
    f_theta_deg : ndarray, shape (n,)
        From 0 to 90.
    f : ndarray, shape (n, m)
    length_cm : float
        Active length L.

    Returns
    -------
    ndarray, shape (m,)

    Notes
    -----
    TG-43U1 (doi 10.1118/1.1646040): phi_an(r) is the dose rate averaged over the whole solid angle at r, over
    that at the same distance on the transverse axis. With ``G_L = beta / (L r sin(theta))`` it becomes the
    integral of ``F beta`` over theta from 0 to 90 degrees, divided by ``beta(90)``. F is linear in theta
    between its nodes; each cell is integrated by Gauss and Legendre.

    Examples
    --------
    A point that radiates alike in all directions has no anisotropy:

    >>> even = np.ones((2, 1))
    >>> round(float(anisotropy_average(np.array([1.0]), np.array([0.0, 90.0]), even, length_cm=1e-6)[0]), 9)
    1.0
    """
    nodes, weights = np.polynomial.legendre.leggauss(POINTS_PER_CELL)
    half = np.diff(f_theta_deg)[:, None] / 2
    theta_deg = (f_theta_deg[:-1, None] + half * (1 + nodes)).ravel()
    weight = np.radians(half * weights).ravel()
    between = np.array([np.interp(theta_deg, f_theta_deg, column) for column in f.T])
    angles = _subtended(f_r_cm[:, None], np.radians(theta_deg), length_cm)
    across: FloatArray = _subtended(f_r_cm, np.array(np.pi / 2), length_cm)
    result: FloatArray = (between * angles) @ weight / across
    return result


def _subtended(r_cm: FloatArray, theta: FloatArray, length_cm: float) -> FloatArray:
    """Angle beta that the line subtends, rad."""
    return np.arctan2(length_cm * r_cm * np.sin(theta), r_cm**2 - length_cm**2 / 4)
