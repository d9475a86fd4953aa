"""The partial likelihood of Cox with Efron's treatment of ties: value, score, information, death by death."""

from dataclasses import dataclass

import numpy as np

from seedbed.errors import InputError
from seedbed.statistics.counts import FloatArray, IntArray
from seedbed.statistics.survival_times import SurvivalTimes

MOST_STEPS = 60
"""Newton steps; a likelihood with a maximum needs fewer than ten."""
SMALL_CHANGE = 1e-13
"""Change of the log likelihood, as a share of it, at which the search ends."""
SMALL_STEP = 1e-4
"""Largest last step, in standard deviations of a covariate; without a maximum the steps do not shrink."""


@dataclass(frozen=True)
class RiskSets:
    """Patients in falling order of time, and where each death finds its risk set.

    Attributes
    ----------
    covariates : ndarray of float, shape (patients, covariates)
        Centred.
    death_rows : ndarray of int, shape (deaths,)
        Rows of `covariates` that die, the latest first.
    risk_ends : ndarray of int, shape (deaths,)
        How many of the first rows are at risk at each death.
    tie : ndarray of int, shape (deaths,)
        Number of the time of each death, the latest 0.
    tie_share : ndarray of float, shape (deaths,)
        0, 1/d, ..., (d - 1)/d for the d deaths of one time.
    """

    covariates: FloatArray
    death_rows: IntArray
    risk_ends: IntArray
    tie: IntArray
    tie_share: FloatArray


@dataclass(frozen=True)
class PartialLikelihood:
    """Efron's partial likelihood at one vector of coefficients.

    Attributes
    ----------
    log_likelihood : float
    residuals : ndarray, shape (deaths, covariates)
        Covariates of each death less their weighted mean in its risk set (Schoenfeld).
    covariances : ndarray, shape (deaths, covariates, covariates)
        Weighted covariance in each risk set; their sum is the information.
    """

    log_likelihood: float
    residuals: FloatArray
    covariances: FloatArray

    @property
    def score(self) -> FloatArray:
        """Derivative of the log likelihood."""
        total: FloatArray = self.residuals.sum(axis=0)
        return total

    @property
    def information(self) -> FloatArray:
        """Negative second derivative of the log likelihood."""
        total: FloatArray = self.covariances.sum(axis=0)
        return total


def risk_sets(patients: SurvivalTimes, covariates: FloatArray) -> RiskSets:
    """Order patients and find the risk set of each death.

    Examples
    --------
    >>> from seedbed.statistics.survival_times import read_survival
    >>> sets = risk_sets(read_survival([1, 2, 2, 3], [1, 1, 1, 0]), np.array([[0.0], [1.0], [0.0], [1.0]]))
    >>> sets.risk_ends.tolist(), sets.tie_share.tolist()
    ([3, 3, 4], [0.0, 0.5, 0.0])
    """
    order = np.argsort(-patients.times, kind="stable")
    times, rows = patients.times[order], np.flatnonzero(patients.events[order])
    _, tie, size = np.unique(-times[rows], return_inverse=True, return_counts=True)
    first = np.cumsum(size) - size
    return RiskSets(
        covariates=(covariates - covariates.mean(axis=0))[order],
        death_rows=rows,
        risk_ends=np.searchsorted(-times, -times[rows], side="right"),
        tie=tie,
        tie_share=(np.arange(len(rows)) - first[tie]) / size[tie],
    )


def partial_likelihood(sets: RiskSets, coefficients: FloatArray) -> PartialLikelihood:
    r"""Return Efron's partial likelihood.

    With risk scores :math:`r = e^{x \beta}`, the l-th of d deaths at one time sees the sum over its risk set
    less the share l/d of the sum over the d deaths, for :math:`r`, :math:`r x` and :math:`r x x^T` alike.

    Notes
    -----
    B. Efron, J. Am. Stat. Assoc. 72 (1977) 557-565, doi 10.1080/01621459.1977.10480613.

    Examples
    --------
    >>> from seedbed.statistics.survival_times import read_survival
    >>> sets = risk_sets(read_survival([1, 2], [1, 1]), np.array([[0.0], [1.0]]))
    >>> found = partial_likelihood(sets, np.zeros(1))
    >>> round(float(np.exp(found.log_likelihood)), 6), found.residuals.tolist()
    (0.5, [[0.0], [-0.5]])
    """
    x, rows = sets.covariates, sets.death_rows
    score = x @ coefficients
    top = score.max()
    risk = np.exp(score - top)
    moments = (risk, risk[:, None] * x, risk[:, None, None] * x[:, :, None] * x[:, None, :])
    s0, s1, s2 = (_seen(each, sets) for each in moments)
    mean = s1 / s0[:, None]
    return PartialLikelihood(
        log_likelihood=float((score[rows] - top - np.log(s0)).sum()),
        residuals=x[rows] - mean,
        covariances=s2 / s0[:, None, None] - mean[:, :, None] * mean[:, None, :],
    )


def maximise(sets: RiskSets, scale: FloatArray) -> tuple[FloatArray, PartialLikelihood]:
    """Find the coefficients of the largest likelihood by Newton's steps, halved where they overshoot.

    Parameters
    ----------
    sets : RiskSets
    scale : ndarray, shape (covariates,)
        Standard deviation of each covariate.

    Raises
    ------
    InputError
        The likelihood has no maximum.

    Examples
    --------
    >>> from seedbed.statistics.survival_times import read_survival
    >>> patients = read_survival([1, 2, 3, 4], [1, 1, 1, 1])
    >>> beta, _ = maximise(risk_sets(patients, np.array([[0.0], [1.0], [1.0], [0.0]])), np.ones(1))
    >>> round(float(beta[0]), 4), round(float(np.log((1 + 5**0.5) / 2)), 4)
    (0.4812, 0.4812)
    """
    coefficients: FloatArray = np.zeros(len(scale))
    found = partial_likelihood(sets, coefficients)
    for _ in range(MOST_STEPS):
        step = _newton_step(found, scale)
        taken, trial = 1.0, partial_likelihood(sets, coefficients + step)
        while (
            trial.log_likelihood < found.log_likelihood - 1e-12 * abs(found.log_likelihood) and taken > 1e-6
        ):
            taken /= 2
            trial = partial_likelihood(sets, coefficients + taken * step)
        change = abs(trial.log_likelihood - found.log_likelihood)
        coefficients, found = coefficients + taken * step, trial
        if change <= SMALL_CHANGE * (1 + abs(found.log_likelihood)):
            if np.abs(step * scale).max() < SMALL_STEP:
                return coefficients, found
            break
    raise _no_maximum()


def _seen(moment: FloatArray, sets: RiskSets) -> FloatArray:
    """Sum a moment over the risk set of each death, less its share of the tied deaths."""
    at_risk = np.cumsum(moment, axis=0)[sets.risk_ends - 1]
    tied = np.zeros((sets.tie.max() + 1, *moment.shape[1:]))
    np.add.at(tied, sets.tie, moment[sets.death_rows])
    share = sets.tie_share.reshape(-1, *[1] * (moment.ndim - 1))
    seen: FloatArray = at_risk - share * tied[sets.tie]
    return seen


def _newton_step(found: PartialLikelihood, scale: FloatArray) -> FloatArray:
    scaled = found.information * np.outer(1 / scale, 1 / scale)
    if not np.isfinite(scaled).all() or np.linalg.eigvalsh(scaled)[0] <= 1e-10:
        raise _no_maximum()
    return np.asarray(np.linalg.solve(found.information, found.score), dtype=np.float64)


def _no_maximum() -> InputError:
    return InputError(
        "a likelihood without a maximum: a covariate, or a sum of some, tells the events from the others "
        "without exception, as where a group has no event or all the early ones",
        "events on both sides of every covariate",
        "use Firth's method, firth_regression",
    )
