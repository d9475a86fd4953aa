"""Leaving each patient out: the closed form of a mean, and fits done by hand."""

import numpy as np
import pytest

from seedbed.statistics.overlap_weights import overlap_weights
from seedbed.statistics.propensity import fit_propensity
from seedbed.statistics.weighted_differences import carry_influence, weighted_difference
from seedbed.statistics.weighted_jackknife import LeftOut, jackknife_influence, leave_each_out
from seedbed.statistics.weighted_means import weighted_mean


def test_of_equal_weights_it_is_the_error_of_a_mean() -> None:
    values = np.array([1.0, 4, 4, 9, 12])
    alike = LeftOut(1.0 - np.eye(5), 0)
    found = jackknife_influence(
        alike, lambda weights: weighted_mean(values, weights), rows=np.arange(5), value=6.0
    )
    assert found.standard_error == pytest.approx(values.std(ddof=1) / 5**0.5)


def test_weights_are_those_of_the_others_alone() -> None:
    rng = np.random.default_rng(4)
    table, group_of = rng.normal(size=(30, 2)), rng.integers(0, 3, 30)
    left_out = leave_each_out(fit_propensity(group_of, table))
    for patient in (0, 11, 29):
        kept = np.arange(30) != patient
        alone = overlap_weights(fit_propensity(group_of[kept], table[kept]))
        np.testing.assert_allclose(left_out.weights[patient, kept], alone, atol=2e-6)
        assert left_out.weights[patient, patient] == 0


def test_in_a_large_group_it_agrees_with_the_sandwich() -> None:
    rng = np.random.default_rng(5)
    table = rng.normal(size=(250, 1))
    group_of = (rng.random(250) < 1 / (1 + np.exp(-table[:, 0]))).astype(int)
    values = table[:, 0] + rng.normal(size=250)
    model = fit_propensity(group_of, table)
    weights, left_out = overlap_weights(model), leave_each_out(model)
    rows = [np.flatnonzero(group_of == place) for place in (0, 1)]
    means = [weighted_mean(values[part], weights[part]) for part in rows]
    by_sandwich = weighted_difference(*carry_influence(model, means, rows=rows))
    by_jackknife = weighted_difference(
        *(
            jackknife_influence(
                left_out, lambda w, part=part: weighted_mean(values[part], w), rows=part, value=mean.value
            )
            for part, mean in zip(rows, means, strict=True)
        )
    )
    assert by_jackknife.standard_error == pytest.approx(by_sandwich.standard_error, rel=0.05)


def test_who_alone_keeps_the_groups_from_separation_is_counted() -> None:
    group_of = np.array([0] * 10 + [1] * 10)
    covariate = np.array([0, 1] * 5 + [0] * 9 + [1])  # the last one only has the class in the second group
    left_out = leave_each_out(fit_propensity(group_of, covariate))
    assert left_out.penalised == 1
    assert np.isfinite(left_out.weights).all()
