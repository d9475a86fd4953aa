"""Cox regression with an error by cluster."""

import numpy as np
import pandas as pd
import pytest
from lifelines import CoxPHFitter

from seedbed.errors import InputError
from seedbed.statistics import cox_regression
from seedbed.statistics.cluster_robust import cluster_cox, few_clusters, score_residuals
from seedbed.statistics.efron import risk_sets
from seedbed.statistics.survival_times import read_survival


def made_up(clusters: int, *, each: int, seed: int) -> pd.DataFrame:
    """Return times without ties, alike within clusters."""
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(clusters), each)
    alike = rng.normal(0, 0.7, clusters)[cluster]
    x, z = rng.normal(size=(2, len(cluster)))
    times = rng.exponential(1, len(cluster)) * np.exp(-0.5 * x - alike)
    events = rng.random(len(cluster)) < 0.7
    return pd.DataFrame({"time": times, "event": events, "x": x, "z": z, "cluster": cluster})


@pytest.mark.parametrize(("clusters", "each"), [(40, 2), (25, 4), (80, 1)])
def test_lifelines_gives_the_same_where_no_times_are_tied(clusters: int, each: int) -> None:
    data = made_up(clusters, each=each, seed=clusters)
    fitter = CoxPHFitter()
    fitter.fit(data, "time", "event", cluster_col="cluster", fit_options={"precision": 1e-12})
    found = cluster_cox(
        data["time"], data["event"], covariates=data[["x", "z"]], clusters=data["cluster"], names=["x", "z"]
    )
    assert found.clusters == clusters
    for name, estimate in zip("xz", found.estimates, strict=True):
        assert estimate.coefficient == pytest.approx(fitter.summary["coef"][name], rel=1e-6)
        assert estimate.standard_error == pytest.approx(fitter.summary["se(coef)"][name], rel=1e-6)


def test_clusters_of_one_are_the_robust_error_without_clusters() -> None:
    data = made_up(60, each=1, seed=5)
    fitter = CoxPHFitter()
    fitter.fit(data[["time", "event", "x"]], "time", "event", robust=True, fit_options={"precision": 1e-12})
    (found,) = cluster_cox(
        data["time"], data["event"], covariates=data["x"], clusters=np.arange(60)
    ).estimates
    assert found.standard_error == pytest.approx(fitter.summary["se(coef)"]["x"], rel=1e-6)


def test_the_estimate_is_that_of_cox_and_copies_in_a_cluster_add_nothing() -> None:
    data = made_up(30, each=1, seed=9)
    twice = pd.concat([data, data])
    plain = cox_regression(data["time"], data["event"], covariates=data["x"]).estimates[0]
    (once,) = cluster_cox(
        data["time"], data["event"], covariates=data["x"], clusters=data["cluster"]
    ).estimates
    (copied,) = cluster_cox(
        twice["time"], twice["event"], covariates=twice["x"], clusters=twice["cluster"]
    ).estimates
    assert once.coefficient == pytest.approx(plain.coefficient, rel=1e-9)
    # Efron's ties of each death with its copy move it a little; without clusters it would be 0.71 of it.
    assert copied.standard_error == pytest.approx(once.standard_error, rel=0.1)


def test_score_residuals_add_up_to_nothing_at_the_estimate() -> None:
    data = made_up(40, each=2, seed=3)
    members = read_survival(np.ceil(4 * data["time"]), data["event"])
    sets = risk_sets(members, data[["x"]].to_numpy())
    beta = cox_regression(members.times, members.events, covariates=data["x"]).estimates[0].coefficient
    assert score_residuals(members, sets, np.array([beta])).sum() == pytest.approx(0, abs=1e-9)


def test_what_has_no_answer_is_refused() -> None:
    times, events, x = [1, 2, 3, 4], [1, 1, 0, 1], [0.0, 1.0, 1.0, 0.0]
    with pytest.raises(InputError, match="one cluster only"):
        cluster_cox(times, events, covariates=x, clusters=[7, 7, 7, 7])
    with pytest.raises(InputError, match="for 4 members"):
        cluster_cox(times, events, covariates=x, clusters=[7, 7, 8])
    with pytest.raises(InputError, match="no event"):
        cluster_cox(times, [0, 0, 0, 0], covariates=x, clusters=[1, 1, 2, 2])
    with pytest.raises(InputError, match="the same in all"):
        cluster_cox(times, events, covariates=[1, 1, 1, 1], clusters=[1, 1, 2, 2])


def test_few_clusters_and_events_are_told() -> None:
    times, events, clusters = [1, 2, 3, 4, 5], [1, 1, 0, 1, 1], [1, 1, 2, 2, 3]
    found = cluster_cox(times, events, covariates=[0, 1, 1, 0, 2], clusters=clusters)
    assert "4 events for 1 covariate" in found.remark
    assert "3 clusters: fewer than 40" in found.remark
    assert few_clusters(40) == ""
