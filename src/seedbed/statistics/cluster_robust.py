"""Cox regression of members of clusters: lesions of one patient are alike, so the error counts patients."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from seedbed.errors import InputError
from seedbed.statistics.counts import FloatArray, IntArray
from seedbed.statistics.cox import HazardRatio, few_events, read_hazards, wald_ratios
from seedbed.statistics.efron import RiskSets, maximise, partial_likelihood, risk_sets
from seedbed.statistics.survival_times import SurvivalTimes

FEWEST_CLUSTERS = 40
"""Clusters below which a robust error tends to be too small (local rule)."""


@dataclass(frozen=True)
class ClusterHazards:
    """Hazard ratios of a Cox model with an error that is robust to likeness within clusters.

    Attributes
    ----------
    method : str
    estimates : tuple of HazardRatio
        One for each covariate.
    members, clusters, events : int
    remark : str
        What a reader must know; empty else.
    """

    method: str
    estimates: tuple[HazardRatio, ...]
    members: int
    clusters: int
    events: int
    remark: str


def cluster_cox(
    times: ArrayLike,
    events: ArrayLike,
    *,
    covariates: ArrayLike,
    clusters: ArrayLike,
    names: Sequence[str] | None = None,
    level: float = 0.95,
) -> ClusterHazards:
    r"""Fit Cox's model to members of clusters, ties by Efron, with the error of Lin and Wei by cluster.

    The coefficients are those of `seedbed.statistics.cox_regression`. Their covariance is
    :math:`I^{-1} (\sum_c U_c U_c^T) I^{-1}`, with the information I and the sum :math:`U_c` of the score
    residuals of cluster c. Clusters of one give the ordinary robust error.

    Parameters
    ----------
    times, events : array_like, shape (members,)
        As `seedbed.statistics.kaplan_meier`.
    covariates : array_like, shape (members,) or (members, covariates)
    clusters : array_like of int or str, shape (members,)
        Which cluster each member belongs to.
    names : sequence of str or None
        Of the covariates; x1, x2 and so on without it.
    level : float
        Of the confidence limits.

    Raises
    ------
    InputError
        As `seedbed.statistics.cox_regression`; one cluster only; an error of zero, as where the score of
        every cluster is nothing.

    Notes
    -----
    D. Y. Lin and L. J. Wei, J. Am. Stat. Assoc. 84 (1989) 1074-1078, doi 10.1080/01621459.1989.10478874;
    clusters: E. W. Lee, L. J. Wei and D. A. Amato, in Survival Analysis: State of the Art, Kluwer (1992)
    237-247. R: ``coxph(..., cluster=)``.

    Examples
    --------
    >>> times, events = [6, 7, 10, 13, 2, 3, 5, 12], [1, 1, 0, 1, 1, 1, 1, 0]
    >>> found = cluster_cox(times, events, covariates=[0, 0, 0, 0, 1, 1, 1, 1], clusters=list("aabbccdd"))
    >>> found.clusters, round(found.estimates[0].ratio, 2)
    (4, 3.08)
    """
    members, table, labels = read_hazards(times, events, covariates, names)
    groups = read_clusters(clusters, len(table))
    sets = risk_sets(members, table)
    coefficients, found = maximise(sets, table.std(axis=0))
    residuals = score_residuals(members, sets, coefficients)
    count = int(groups.max()) + 1
    summed = np.zeros((count, table.shape[1]))
    np.add.at(summed, groups, residuals)
    bread = np.linalg.inv(found.information)
    errors = np.sqrt(np.diag(bread @ summed.T @ summed @ bread))
    if not (errors > 0).all():
        raise InputError(
            "a robust error of zero: the score of every cluster is nothing",
            "clusters that differ",
            "give no interval",
        )
    events_in_all = int(members.events.sum())
    remarks = (few_events(events_in_all, table.shape[1]), few_clusters(count))
    return ClusterHazards(
        method="Cox, ties by Efron, cluster-robust error (Lin and Wei), Wald intervals",
        estimates=wald_ratios(labels, coefficients, errors, level=level),
        members=len(table),
        clusters=count,
        events=events_in_all,
        remark="; ".join(filter(None, remarks)),
    )


def score_residuals(members: SurvivalTimes, sets: RiskSets, coefficients: FloatArray) -> FloatArray:
    """Return the score residual of each member, in the order given, shape (members, covariates).

    Of d deaths at one time the l-th sees the other d - 1 with the weight 1 - l/d, as in Efron's likelihood.

    Notes
    -----
    T. M. Therneau and P. M. Grambsch, Modeling Survival Data (2000), section 4.6 and appendix E.

    Examples
    --------
    >>> from seedbed.statistics.survival_times import read_survival
    >>> members = read_survival([1, 2], [1, 1])
    >>> sets = risk_sets(members, np.array([[0.0], [1.0]]))
    >>> score_residuals(members, sets, np.zeros(1)).tolist()
    [[-0.25], [-0.25]]
    """
    x, rows, share = sets.covariates, sets.death_rows, sets.tie_share
    score = x @ coefficients
    risk = np.exp(score - score.max())
    mean = x[rows] - partial_likelihood(sets, coefficients).residuals
    tied = np.bincount(sets.tie, weights=risk[rows])
    hazard = 1.0 / (np.cumsum(risk)[sets.risk_ends - 1] - share * tied[sets.tie])
    order = np.argsort(-members.times, kind="stable")
    first = np.searchsorted(-members.times[order][rows], -members.times[order], side="left")
    seen, seen_mean = _until(hazard)[first], _until(hazard[:, None] * mean)[first]
    seen[rows] -= _of_tie(share * hazard, sets.tie)
    seen_mean[rows] -= _of_tie((share * hazard)[:, None] * mean, sets.tie)
    found = -risk[:, None] * (x * seen[:, None] - seen_mean)
    found[rows] += x[rows] - _of_tie(mean, sets.tie) / np.bincount(sets.tie)[sets.tie][:, None]
    given: FloatArray = np.empty(found.shape, dtype=np.float64)
    given[order] = found
    return given


def few_clusters(clusters: int) -> str:
    """Say so where there are too few clusters for a robust error.

    Examples
    --------
    >>> few_clusters(12)
    '12 clusters: fewer than 40, the robust error tends to be too small'
    """
    if clusters >= FEWEST_CLUSTERS:
        return ""
    return f"{clusters} clusters: fewer than {FEWEST_CLUSTERS}, the robust error tends to be too small"


def read_clusters(clusters: ArrayLike, members: int) -> IntArray:
    """Give each cluster a number, from 0.

    Raises
    ------
    InputError
        Another number of them than members; one cluster only.

    Examples
    --------
    >>> read_clusters(["b", "a", "b"], 3).tolist()
    [1, 0, 1]
    """
    labels = np.asarray(clusters)
    if labels.shape != (members,):
        raise InputError(
            f"clusters of shape {labels.shape} for {members} members", "one for each member", "correct them"
        )
    _, places = np.unique(labels, return_inverse=True)
    if places.max() == 0:
        raise InputError(
            "members of one cluster only", "two clusters at least", "give no error: none can be told"
        )
    numbered: IntArray = places.astype(np.int64)
    return numbered


def _until(values: FloatArray) -> FloatArray:
    """Sum from the earliest death, the last row, up to each; with a row of zero for before all deaths."""
    summed = np.cumsum(values[::-1], axis=0)[::-1]
    none = np.zeros((1, *values.shape[1:]))
    return np.concatenate([summed, none])


def _of_tie(values: FloatArray, tie: IntArray) -> FloatArray:
    """Sum over the deaths of one time, for each of them."""
    total = np.zeros((int(tie.max()) + 1, *values.shape[1:]))
    np.add.at(total, tie, values)
    found: FloatArray = total[tie]
    return found
