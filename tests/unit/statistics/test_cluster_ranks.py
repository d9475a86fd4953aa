"""Rank correlation with an interval by cluster."""

import numpy as np
import pytest
from scipy import stats

from seedbed.errors import InputError
from seedbed.statistics import cluster_ranks
from seedbed.statistics.cluster_ranks import cluster_spearman


def made_up(clusters: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(clusters), 2)
    alike = rng.normal(size=clusters)[cluster]
    one = np.round(rng.normal(size=2 * clusters) + alike)
    return one, 0.5 * one + rng.normal(size=2 * clusters) + alike, cluster


def test_rho_is_that_of_scipy_with_ties() -> None:
    one, two, cluster = made_up(20, 1)
    found = cluster_spearman(one, two, clusters=cluster, seed=1)
    assert found.rho == pytest.approx(stats.spearmanr(one, two).statistic)
    assert found.low < found.rho < found.high


def test_of_many_members_the_jackknife_gives_what_draws_give(monkeypatch: pytest.MonkeyPatch) -> None:
    one, two, cluster = made_up(400, 2)
    drawn = cluster_spearman(one, two, clusters=cluster, seed=1)
    monkeypatch.setattr(cluster_ranks, "MOST_MEMBERS", 1)
    smooth = cluster_spearman(one, two, clusters=cluster, seed=1)
    assert (drawn.draws, smooth.draws) == (2000, 0)
    assert smooth.standard_error == pytest.approx(drawn.standard_error, rel=0.08)


def test_the_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Two normal values of correlation r have Spearman's rho 6 / pi asin(r / 2) (Pearson 1907)."""
    rng, truth, held = np.random.default_rng(3), 6 / np.pi * np.arcsin(0.25), 0
    for seed in range(60):
        one = rng.normal(size=40)
        two = 0.5 * one + np.sqrt(0.75) * rng.normal(size=40)
        found = cluster_spearman(one, two, clusters=np.arange(40), seed=seed)
        held += found.low < truth < found.high
    assert held >= stats.binom.ppf(0.001, 60, 0.95)


def test_members_that_are_copies_of_each_other_count_once() -> None:
    one, two, _ = made_up(30, 4)
    single = cluster_spearman(one, two, clusters=np.arange(60), seed=1)
    copied = cluster_spearman(np.tile(one, 3), np.tile(two, 3), clusters=np.tile(np.arange(60), 3), seed=1)
    assert copied.standard_error == pytest.approx(single.standard_error, rel=1e-9)


def test_the_seed_decides() -> None:
    one, two, cluster = made_up(10, 5)
    first, again, other = (cluster_spearman(one, two, clusters=cluster, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first.standard_error != other.standard_error


@pytest.mark.parametrize(
    ("one", "two", "clusters", "said"),
    [
        ([1, 1, 1], [1, 2, 3], [1, 2, 3], "all alike"),
        ([1, 2, 3], [2, 4, 9], [1, 2, 3], "one order without exception"),
        ([3, 2, 1], [2, 4, 9], [1, 2, 3], "one order without exception"),
        ([1, 2, 3], [3, 1, 2], [1, 1, 1], "one cluster only"),
        ([1, 2], [3, 1], [1, 2], "2 value"),
        ([1, 2, 3], [3, 1, 2, 4], [1, 2, 3], "of 3 and 4 values"),
    ],
)
def test_what_has_no_answer_is_refused(
    one: list[int], two: list[int], clusters: list[int], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        cluster_spearman(one, two, clusters=clusters, seed=1)
