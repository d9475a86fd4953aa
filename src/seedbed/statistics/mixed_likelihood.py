"""Likelihood of repeated values with one random intercept a patient, some values beyond what can be measured.

Given the intercept the values of a patient are independent, so that the likelihood is an integral over one
number. Patient by patient it is taken by Gauss's quadrature on both sides of its largest place.
"""

from dataclasses import dataclass

import numpy as np

from seedbed.statistics.counts import BoolArray, FloatArray, IntArray

NODES = 20
"""Points of the quadrature on each side of the largest place (local rule)."""
NORMAL_NODES = 3
"""Without a value beyond a limit the integrand is normal: three points give its moments exactly."""


@dataclass(frozen=True)
class RepeatedValues:
    """Values of patients at visits.

    Attributes
    ----------
    values : ndarray of float, shape (patients, visits)
        NaN where there is none; where it is beyond a limit, the limit.
    beyond : ndarray of int, shape (patients, visits)
        -1 below the limit, 1 above the limit, 0 measured.
    cells : ndarray of int, shape (patients, visits)
        Which mean the value has, from 0.
    """

    values: FloatArray
    beyond: IntArray
    cells: IntArray

    @property
    def known(self) -> BoolArray:
        """Where there is a value."""
        return ~np.isnan(self.values)

    def of_rows(self, rows: IntArray | BoolArray) -> "RepeatedValues":
        """Return some patients."""
        return RepeatedValues(self.values[rows], self.beyond[rows], self.cells[rows])


@dataclass(frozen=True)
class Likelihood:
    """Log-likelihood and its derivatives by each mean, the log of the residual SD and the intercept's SD.

    Attributes
    ----------
    value : float
    gradient : ndarray, shape (cells + 2,)
    hessian : ndarray, shape (cells + 2, cells + 2)
    """

    value: float
    gradient: FloatArray
    hessian: FloatArray


def mixed_likelihood(
    data: RepeatedValues, means: FloatArray, *, log_sd: float, intercept_sd: float, nodes: int = NODES
) -> Likelihood:
    r"""Return the log-likelihood of a random-intercept model with values beyond limits, and its derivatives.

    With residual standard deviation s and the mean m of each value, patient by patient

    .. math:: L = \int \varphi(z) \prod_j f_j(z) dz, \qquad u = (y - m - t z) / s

    where f is the normal density of a measured value, :math:`\Phi(u)` of one below its limit and
    :math:`\Phi(-u)` of one above it. Derivatives by Louis' identity from the same points.

    Parameters
    ----------
    data : RepeatedValues
    means : ndarray, shape (cells,)
    log_sd : float
        Natural logarithm of s.
    intercept_sd : float
        t; its sign does not matter.
    nodes : int
        Points of the quadrature on each side, for patients with a value beyond a limit.

    Notes
    -----
    J. P. Hughes, Biometrics 55 (1999) 625-629, doi 10.1111/j.0006-341X.1999.00625.x (the model); T. A.
    Louis, J. R. Stat. Soc. B 44 (1982) 226-233 (derivatives). The integrand of a patient with values beyond
    limits falls steeply on one side: Gauss and Legendre's points on each side, where it is above exp(-20) of
    its largest value; else Gauss and Hermite's.

    Examples
    --------
    >>> one = RepeatedValues(np.array([[0.0, 0.0]]), np.array([[-1, -1]]), np.array([[0, 0]]))
    >>> found = mixed_likelihood(one, np.array([0.0]), log_sd=0.0, intercept_sd=1.0)
    >>> round(float(np.exp(found.value)), 6)  # both below zero, correlation 1/2: one third
    0.333333
    """
    from seedbed.statistics.mixed_kernel import NONE, add_patients  # compiles

    size = len(means) + 2
    gradient, hessian = np.zeros(size), np.zeros((size, size))
    value = add_patients(
        np.ascontiguousarray(data.values, dtype=np.float64),
        np.where(data.known, data.beyond, NONE).astype(np.int64),
        np.ascontiguousarray(data.cells, dtype=np.int64),
        np.ascontiguousarray(means, dtype=np.float64),
        float(np.exp(log_sd)),
        float(intercept_sd),
        np.array(np.polynomial.hermite.hermgauss(NORMAL_NODES)),
        np.array(np.polynomial.legendre.leggauss(nodes)),
        gradient,
        hessian,
    )
    return Likelihood(float(value), gradient, hessian)
