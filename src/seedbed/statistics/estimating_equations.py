"""Means of members of clusters by generalised estimating equations: slopes whose error counts clusters."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from seedbed.errors import InputError
from seedbed.statistics.cluster_robust import few_clusters, read_clusters
from seedbed.statistics.counts import FloatArray, IntArray
from seedbed.statistics.intervals import normal_quantile
from seedbed.statistics.samples import covariate_table, finite_sample

MOST_STEPS = 100
SMALL_CHANGE = 1e-10
"""Change of the correlation at which the search ends."""
NEAR_ONE = 1 - 1e-9
"""Correlation that is taken for 1."""
NOTHING = 1e-20
"""Share of the sum of squares below which what is left of the values is rounding only."""


@dataclass(frozen=True)
class Slope:
    """The effect of one covariate on the mean.

    Attributes
    ----------
    name : str
    coefficient, standard_error, low, high : float
        For one unit of the covariate, with limits.
    p_value : float
    """

    name: str
    coefficient: float
    standard_error: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True)
class ClusterMeans:
    """A fitted model of means.

    Attributes
    ----------
    intercept : float
    estimates : tuple of Slope
        One for each covariate.
    covariance : ndarray, shape (1 + covariates, 1 + covariates)
        Robust covariance of the intercept and the slopes.
    correlation : float
        Working correlation of two members of one cluster; 0 where too few pairs tell it.
    members, clusters : int
    remark : str
        What a reader must know; empty else.
    """

    intercept: float
    estimates: tuple[Slope, ...]
    covariance: FloatArray
    correlation: float
    members: int
    clusters: int
    remark: str


def cluster_means(
    values: ArrayLike,
    *,
    covariates: ArrayLike,
    clusters: ArrayLike,
    names: Sequence[str] | None = None,
    level: float = 0.95,
) -> ClusterMeans:
    """Fit a linear mean to members of clusters: exchangeable working correlation, robust error.

    Parameters
    ----------
    values : array_like, shape (members,)
    covariates : array_like, shape (members,) or (members, covariates)
    clusters : array_like of int or str, shape (members,)
        Which cluster each member belongs to.
    names : sequence of str or None
        Of the covariates; x1, x2 and so on without it.
    level : float
        Of the limits, which are Wald's.

    Raises
    ------
    InputError
        Values or covariates with holes, covariates that are constant or follow from each other, one cluster
        only, no more members than coefficients, values that lie on the line without exception.

    Notes
    -----
    K.-Y. Liang and S. L. Zeger, Biometrika 73 (1986) 13-22, doi 10.1093/biomet/73.1.13, with their moment
    estimates of scale and correlation. Agrees with statsmodels ``GEE(..., cov_struct=Exchangeable())``,
    which goes through the clusters one by one.

    Examples
    --------
    >>> found = cluster_means([1.0, 2.0, 2.0, 4.0], covariates=[0, 1, 0, 2], clusters=["a", "a", "b", "b"])
    >>> round(found.estimates[0].coefficient, 3), found.clusters
    (1.182, 2)
    """
    sample = finite_sample(values, least=3, what="what is explained")
    labels = None if names is None else tuple(names)
    table = covariate_table(covariates, labels, len(sample))
    groups = read_clusters(clusters, len(sample))
    fit = _Clustered(sample, np.column_stack([np.ones(len(sample)), table]), groups)
    if len(sample) <= fit.x.shape[1]:
        raise InputError(
            f"{len(sample)} values for {fit.x.shape[1]} coefficients", "more values", "give no estimate"
        )
    coefficients, correlation = fit.solve()
    covariance = fit.covariance(coefficients, correlation)
    errors = np.sqrt(np.diag(covariance))[1:]
    if not (errors > 0).all():
        raise _exact_line()
    z = normal_quantile(level)
    labels = labels or tuple(f"x{place + 1}" for place in range(table.shape[1]))
    return ClusterMeans(
        intercept=float(coefficients[0]),
        estimates=tuple(
            Slope(
                name,
                float(beta),
                float(error),
                float(beta - z * error),
                float(beta + z * error),
                float(2 * ndtr(-abs(beta / error))),
            )
            for name, beta, error in zip(labels, coefficients[1:], errors, strict=True)
        ),
        covariance=covariance,
        correlation=correlation,
        members=len(sample),
        clusters=len(fit.sizes),
        remark=few_clusters(len(fit.sizes)),
    )


class _Clustered:
    """Values, design and clusters, and the sums over clusters that every step needs."""

    def __init__(self, values: FloatArray, x: FloatArray, groups: IntArray) -> None:
        self.y, self.x, self.groups = values, x, groups
        self.sizes = np.bincount(groups)
        self.sums = self.over(x)
        self.gram = x.T @ x
        self.squares = float((values**2).sum())

    def over(self, values: FloatArray) -> FloatArray:
        """Sum the rows of each cluster."""
        total = [np.bincount(self.groups, weights=column) for column in values.reshape(len(self.y), -1).T]
        return np.asarray(np.column_stack(total), dtype=np.float64)

    def shrink(self, correlation: float) -> FloatArray:
        """Return c of each cluster, where the inverse correlation is (I - c J) / (1 - correlation)."""
        return np.asarray(correlation / (1 + (self.sizes - 1) * correlation), dtype=np.float64)

    def information(self, correlation: float) -> FloatArray:
        """Return X' R^-1 X, but for the factor of 1 - correlation."""
        found: FloatArray = self.gram - (self.sums * self.shrink(correlation)[:, None]).T @ self.sums
        return found

    def solve(self) -> tuple[FloatArray, float]:
        """Go between coefficients and correlation until neither changes."""
        correlation = 0.0
        for _ in range(MOST_STEPS):
            weighted = self.shrink(correlation)[:, None] * self.over(self.y)
            right = self.x.T @ self.y - (self.sums.T @ weighted)[:, 0]
            beta = np.asarray(np.linalg.solve(self.information(correlation), right), dtype=np.float64)
            found = self._correlation(self.y - self.x @ beta)
            if abs(found - correlation) < SMALL_CHANGE:
                return beta, correlation
            correlation = found
        raise InputError(
            "a correlation within clusters that does not settle", "more clusters", "give no estimate"
        )

    def _correlation(self, rest: FloatArray) -> float:
        """Moment estimate of Liang and Zeger, kept where the correlation of every cluster exists."""
        members, count = len(self.y), self.x.shape[1]
        squares = float((rest**2).sum())
        if squares <= NOTHING * self.squares:
            raise _exact_line()
        pairs = float((self.sizes * (self.sizes - 1) / 2).sum())
        if pairs <= count:
            return 0.0
        within = (float((self.over(rest) ** 2).sum()) - squares) / 2
        found = within / (pairs - count) / (squares / (members - count))
        lowest = -NEAR_ONE / (int(self.sizes.max()) - 1)
        return float(min(max(found, lowest), NEAR_ONE))

    def covariance(self, beta: FloatArray, correlation: float) -> FloatArray:
        """Return the sandwich."""
        rest = self.y - self.x @ beta
        part = self.over(self.x * rest[:, None])
        scores = part - self.shrink(correlation)[:, None] * self.sums * self.over(rest)
        bread = np.linalg.inv(self.information(correlation))
        found: FloatArray = bread @ (scores.T @ scores) @ bread
        return found


def _exact_line() -> InputError:
    return InputError(
        "values that lie on one line without exception", "values that vary about it", "give no interval"
    )
