"""A mixed model for repeated values, some of which lie beyond what can be measured: maximum likelihood."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import chdtrc, ndtr

from seedbed.errors import InputError
from seedbed.statistics.counts import FloatArray
from seedbed.statistics.intervals import normal_quantile
from seedbed.statistics.mixed_likelihood import NODES, RepeatedValues, mixed_likelihood
from seedbed.statistics.mixed_start import read_repeated, start_of

CONVERGED = 1e-4
"""The maximum is found where a further step is below this share of a standard error (local rule)."""
MANY, FEW, SEED = 4000, 2000, 20250822
"""With more patients than the first the search begins at the maximum of a random part (local rule)."""


@dataclass(frozen=True)
class MixedModel:
    """A fitted model with one random intercept a patient.

    Attributes
    ----------
    coefficients : ndarray, shape (coefficients,)
    covariance : ndarray, shape (coefficients, coefficients)
        From the observed information of all parameters.
    residual_sd, intercept_sd : float
        Within and between patients.
    log_likelihood : float
        Density of the measured values, probability of those beyond a limit.
    patients, values : int
        That were counted; `values` holds those beyond a limit too.
    below, above : int
        Values beyond a limit.
    """

    coefficients: FloatArray
    covariance: FloatArray
    residual_sd: float
    intercept_sd: float
    log_likelihood: float
    patients: int
    values: int
    below: int
    above: int


@dataclass(frozen=True)
class Contrast:
    """A sum of coefficients, with Wald's limits and test of zero.

    Attributes
    ----------
    estimate, standard_error, low, high, p_value : float
    """

    estimate: float
    standard_error: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True)
class LikelihoodRatio:
    """A test of a model against one with fewer coefficients.

    Attributes
    ----------
    statistic : float
        Twice the difference of the log-likelihoods.
    df : int
    p_value : float
    """

    statistic: float
    df: int
    p_value: float


def mixed_model(
    values: ArrayLike, beyond: ArrayLike, *, cells: ArrayLike, design: ArrayLike, nodes: int = NODES
) -> MixedModel:
    r"""Fit :math:`y_{ij} = x_{ij}' \beta + b_i + e_{ij}` with normal b and e by maximum likelihood.

    A value below its limit counts with the probability to be below it, one above with that to be above.

    Parameters
    ----------
    values : array_like of float, shape (patients, visits)
        On a scale on which they are normal, such as logarithms. NaN where there is none; the limit where it
        is beyond one.
    beyond : array_like of int, shape (patients, visits)
        -1 below the limit, 1 above it, 0 measured.
    cells : array_like of int, shape (patients, visits)
        Row of `design` of each value.
    design : array_like of float, shape (cells, coefficients)
        What the mean of each cell is made of.
    nodes : int
        Points of the quadrature.

    Raises
    ------
    InputError
        Shapes that do not fit; values that cannot tell a coefficient or the two standard deviations: too
        few, without spread, or beyond limits only; no maximum found.

    Notes
    -----
    See `seedbed.statistics.mixed_likelihood.mixed_likelihood`. Standard errors by the observed information.
    Maximum likelihood takes the standard deviations a little too small in small samples; without a value
    beyond a limit it is that of `statsmodels` `MixedLM` with ``reml=False``.

    Examples
    --------
    >>> values = [[4.1, 2.0], [3.2, 1.6], [5.0, 2.1], [4.4, 1.6]]
    >>> beyond = [[0, 0], [0, -1], [0, 0], [0, -1]]
    >>> found = mixed_model(values, beyond, cells=[[0, 1]] * 4, design=[[1, 0], [1, 1]])
    >>> change = contrast(found, [0, 1])
    >>> round(float(found.coefficients[0]), 3), bool(change.estimate < -2.35)  # as with limits as values
    (4.175, True)
    """
    data, table = read_repeated(values, beyond, cells, design)
    start, scale = start_of(data, table)
    scaled = RepeatedValues(data.values / scale, data.beyond, data.cells)
    found = _maximum(_Minus(scaled, table, nodes), _nearer(scaled, table, start))
    covariance = np.linalg.inv(found.information)[:-2, :-2] * scale**2
    known, count = data.known, int(((data.beyond == 0) & data.known).sum())
    return MixedModel(
        coefficients=found.at[:-2] * scale,
        covariance=(covariance + covariance.T) / 2,
        residual_sd=float(np.exp(found.at[-2])) * scale,
        intercept_sd=abs(float(found.at[-1])) * scale,
        log_likelihood=found.value - count * float(np.log(scale)),
        patients=int(known.any(axis=1).sum()),
        values=int(known.sum()),
        below=int((known & (data.beyond < 0)).sum()),
        above=int((known & (data.beyond > 0)).sum()),
    )


def contrast(model: MixedModel, weights: ArrayLike, *, level: float = 0.95) -> Contrast:
    """Return a weighted sum of coefficients with its limits.

    Parameters
    ----------
    model : MixedModel
    weights : array_like, shape (coefficients,)
    level : float

    Raises
    ------
    InputError
        Another number of weights; a level outside 0.5 to 1.

    Examples
    --------
    >>> model = MixedModel(np.array([1.0, 3.0]), np.eye(2), 1.0, 1.0, 0.0, 9, 18, 0, 0)
    >>> found = contrast(model, [-1, 1])
    >>> found.estimate, round(found.standard_error, 3), round(found.low, 3)
    (2.0, 1.414, -0.772)
    """
    row = np.asarray(weights, dtype=np.float64)
    if row.shape != model.coefficients.shape:
        raise InputError(
            f"weights of shape {row.shape}", f"{len(model.coefficients)} of them", "one for each coefficient"
        )
    z = normal_quantile(level)
    estimate, error = float(row @ model.coefficients), float(np.sqrt(row @ model.covariance @ row))
    p = 2 * float(ndtr(-abs(estimate) / error)) if error > 0 else 1.0
    return Contrast(estimate, error, estimate - z * error, estimate + z * error, p)


def likelihood_ratio(full: MixedModel, reduced: MixedModel) -> LikelihoodRatio:
    """Test a model against a part of it, both fitted to the same values.

    Raises
    ------
    InputError
        Models of other values, or none that is smaller.

    Examples
    --------
    >>> full = MixedModel(np.zeros(3), np.eye(3), 1.0, 1.0, -10.0, 9, 18, 0, 0)
    >>> small = MixedModel(np.zeros(1), np.eye(1), 1.0, 1.0, -13.0, 9, 18, 0, 0)
    >>> found = likelihood_ratio(full, small)
    >>> found.statistic, found.df, round(found.p_value, 4)
    (6.0, 2, 0.0498)
    """
    df = len(full.coefficients) - len(reduced.coefficients)
    if df < 1 or (full.patients, full.values) != (reduced.patients, reduced.values):
        raise InputError(
            f"models of {full.values} and {reduced.values} values that differ by {df} coefficients",
            "one model and a smaller part of it, of the same values",
            "fit both to the same values",
        )
    statistic = max(2 * (full.log_likelihood - reduced.log_likelihood), 0.0)
    return LikelihoodRatio(statistic, df, float(chdtrc(df, statistic)))


@dataclass(frozen=True)
class _Place:
    at: FloatArray
    value: float
    gradient: FloatArray
    information: FloatArray


class _Minus:
    """Minus the log-likelihood a patient, as a function of coefficients, log SD and the intercept's SD."""

    def __init__(self, data: RepeatedValues, design: FloatArray, nodes: int) -> None:
        self.data, self.nodes = data, nodes
        self.design, self.count = design, len(data.values)
        self.last: _Place | None = None
        cells, columns = design.shape
        self.widened = np.zeros((cells + 2, columns + 2))
        self.widened[:cells, :columns] = design
        self.widened[cells:, columns:] = np.eye(2)

    def place(self, at: FloatArray) -> _Place:
        """Return value and derivatives of the log-likelihood; those of the last place are kept."""
        if self.last is None or not np.array_equal(self.last.at, at):
            found = mixed_likelihood(
                self.data,
                self.design @ at[:-2],
                log_sd=float(at[-2]),
                intercept_sd=float(at[-1]),
                nodes=self.nodes,
            )
            wide = self.widened
            gradient, information = found.gradient @ wide, -(wide.T @ found.hessian @ wide)
            self.last = _Place(at.copy(), found.value, gradient, information)
        return self.last

    def value(self, at: FloatArray) -> float:
        return -self.place(at).value / self.count

    def gradient(self, at: FloatArray) -> FloatArray:
        return np.asarray(-self.place(at).gradient / self.count)

    def hessian(self, at: FloatArray) -> FloatArray:
        return np.asarray(self.place(at).information / self.count)


def _nearer(data: RepeatedValues, design: FloatArray, start: FloatArray) -> FloatArray:
    """Begin, with many patients, at the maximum of some of them: it only spares steps."""
    if len(data.values) <= MANY:
        return start
    rows = np.random.default_rng(SEED).choice(len(data.values), FEW, replace=False)
    part = data.of_rows(np.sort(rows))
    try:
        start_of(part, design)
        return _maximum(_Minus(part, design, NODES), start).at
    except InputError:
        return start


def _maximum(minus: _Minus, start: FloatArray) -> _Place:
    """Climb by a trust region with the true second derivatives, then by Newton's last steps."""
    options = {"gtol": 1e-6, "maxiter": 200}
    climbed: Any = minimize(
        minus.value,
        start,
        jac=minus.gradient,
        hess=minus.hessian,
        method="trust-exact",
        options=options,
    )
    at = np.asarray(climbed.x, dtype=np.float64)
    for _ in range(5):
        place = minus.place(at)
        try:
            np.linalg.cholesky(place.information)
            step = np.linalg.solve(place.information, place.gradient)
        except np.linalg.LinAlgError as error:
            raise _no_maximum() from error
        if not np.isfinite(step).all():
            break
        if float(step @ place.gradient) < CONVERGED**2:
            return place
        at = at + step
    raise _no_maximum()


def _no_maximum() -> InputError:
    return InputError(
        "a likelihood of which no maximum was found", "enough values within the limits", "use fewer visits"
    )
