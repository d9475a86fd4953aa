"""Overlap weights as Li and Li 2019 define them, and what they must do: take known confounding away.

F. Li and F. Li, Ann. Appl. Stat. 13 (2019) 2389-2415, doi 10.1214/19-AOAS1282. Simulated patients; the
treatment does nothing to any of them. Tolerances: three standard errors of the binomial distribution at 95 %.
"""

import numpy as np

from seedbed.statistics.overlap_weights import overlap_weights
from seedbed.statistics.propensity import fit_propensity, softmax
from seedbed.statistics.weighted_differences import WeightedDifference, carry_influence, weighted_difference
from seedbed.statistics.weighted_jackknife import jackknife_influence, leave_each_out
from seedbed.statistics.weighted_means import weighted_mean


def simulated(rng: np.random.Generator, patients: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Groups, covariates and a response that depends on the covariates only, as the groups do."""
    table = np.column_stack([rng.normal(size=patients), rng.random(patients) < 0.5]).astype(float)
    scores = np.column_stack([np.zeros(patients), table @ [1.0, 0.6], table @ [0.5, -0.5]])
    chance = rng.random((patients, 1))
    group_of = (chance > softmax(scores).cumsum(axis=1)[:, :2]).sum(axis=1)
    values = rng.random(patients) < 1 / (1 + np.exp(-table @ [1.2, 0.5]))
    return group_of, table, values.astype(float)


def compared(group_of: np.ndarray, table: np.ndarray, values: np.ndarray) -> WeightedDifference:
    model = fit_propensity(group_of, table)
    weights = overlap_weights(model)
    rows = [np.flatnonzero(group_of == place) for place in (0, 1)]
    means = [weighted_mean(values[part], weights[part]) for part in rows]
    if len(group_of) > 100:
        return weighted_difference(*carry_influence(model, means, rows=rows))
    left_out = leave_each_out(model)
    return weighted_difference(
        *(
            jackknife_influence(
                left_out, lambda w, part=part: weighted_mean(values[part], w), rows=part, value=m.value
            )
            for part, m in zip(rows, means, strict=True)
        )
    )


def covers(found: WeightedDifference) -> bool:
    assert found.interval.low is not None
    assert found.interval.high is not None
    return found.interval.low <= 0 <= found.interval.high


def plainly(group_of: np.ndarray, values: np.ndarray) -> bool:
    one, two = (values[group_of == place] for place in (0, 1))
    error = (one.var(ddof=1) / len(one) + two.var(ddof=1) / len(two)) ** 0.5
    return bool(abs(one.mean() - two.mean()) <= 1.96 * error)


def test_intervals_hold_the_truth_where_plain_ones_do_not() -> None:
    rng, times = np.random.default_rng(2019), 120
    weighted = plain = 0
    for _ in range(times):
        group_of, table, values = simulated(rng, 300)
        weighted += covers(compared(group_of, table, values))
        plain += plainly(group_of, values)
    error = (0.95 * 0.05 / times) ** 0.5
    assert abs(weighted / times - 0.95) < 3 * error
    assert plain / times < 0.95 - 5 * error


def test_intervals_of_small_cohorts_are_not_too_short() -> None:
    rng, times, weighted = np.random.default_rng(52), 50, 0
    for _ in range(times):
        weighted += covers(compared(*simulated(rng, 52)))
    assert weighted / times > 0.95 - 3 * (0.95 * 0.05 / times) ** 0.5
