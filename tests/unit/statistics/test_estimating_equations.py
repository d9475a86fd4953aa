"""Means of members of clusters."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats
from statsmodels.genmod.cov_struct import Exchangeable
from statsmodels.genmod.generalized_estimating_equations import GEE

from seedbed.errors import InputError
from seedbed.statistics.estimating_equations import cluster_means

Floats = NDArray[np.float64]


def made_up(clusters: int, *, most: int, seed: int) -> tuple[Floats, Floats, NDArray[np.int64]]:
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(clusters), rng.integers(1, most + 1, clusters))
    x = rng.normal(size=(len(cluster), 2))
    rest = rng.normal(0, 1.5, clusters)[cluster] + rng.normal(size=len(cluster))
    return 3 + x @ np.array([2.0, -1.0]) + rest, x, cluster


@pytest.mark.parametrize(("clusters", "most", "seed"), [(30, 4, 1), (200, 3, 2), (12, 5, 3)])
def test_statsmodels_gives_the_same(clusters: int, most: int, seed: int) -> None:
    values, x, cluster = made_up(clusters, most=most, seed=seed)
    design = np.column_stack([np.ones(len(x)), x])
    wanted = GEE(values, design, groups=cluster, cov_struct=Exchangeable()).fit(ctol=1e-12, maxiter=500)
    found = cluster_means(values, covariates=x, clusters=cluster)
    assert found.correlation == pytest.approx(wanted.cov_struct.dep_params, rel=1e-6)
    assert found.intercept == pytest.approx(wanted.params[0], rel=1e-7)
    assert np.sqrt(np.diag(found.covariance)) == pytest.approx(wanted.bse, rel=1e-6)
    for estimate, at in zip(found.estimates, (1, 2), strict=True):
        assert estimate.coefficient == pytest.approx(wanted.params[at], rel=1e-7)
        assert estimate.p_value == pytest.approx(wanted.pvalues[at], rel=1e-5)
        assert (estimate.low, estimate.high) == pytest.approx(wanted.conf_int()[at], rel=1e-6)


def test_clusters_of_one_are_least_squares_with_the_error_of_white() -> None:
    values, x, _ = made_up(40, most=1, seed=4)
    found = cluster_means(values, covariates=x[:, 0], clusters=np.arange(40))
    line = stats.linregress(x[:, 0], values)
    design = np.column_stack([np.ones(40), x[:, 0]])
    rest = values - design @ [line.intercept, line.slope]
    bread = np.linalg.inv(design.T @ design)
    white = bread @ (design * rest[:, None] ** 2).T @ design @ bread
    assert found.correlation == 0
    assert found.estimates[0].coefficient == pytest.approx(line.slope)
    assert found.covariance == pytest.approx(white)


@pytest.mark.parametrize(
    ("values", "x", "clusters", "said"),
    [
        ([1.0, 2.0, 4.0], [1, 1, 1], [1, 2, 3], "the same in all"),
        ([1.0, 2.0, 4.0], [1, 2, 3], [1, 1, 1], "one cluster only"),
        ([1.0, 2.0, 3.0], [1, 2, 3], [1, 2, 3], "on one line"),
        ([5.0, 5.0, 5.0, 5.0], [1, 2, 3, 5], [1, 2, 3, 4], "on one line"),
        ([1.0, 2.0], [1, 2], [1, 2], "2 value"),
        ([1.0, np.nan, 2.0], [1, 2, 3], [1, 2, 3], "is nan"),
    ],
)
def test_what_has_no_answer_is_refused(
    values: list[float], x: list[float], clusters: list[int], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        cluster_means(values, covariates=x, clusters=clusters)
