"""Weighted groups compared, with an error that knows the weights to be estimated."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from scipy.special import ndtr

from seedbed.errors import InputError
from seedbed.statistics.counts import FloatArray, IntArray
from seedbed.statistics.intervals import Interval, normal_quantile
from seedbed.statistics.overlap_weights import weights_of_every_group
from seedbed.statistics.propensity import Propensity, coefficient_influence
from seedbed.statistics.weighted_means import WeightedEstimate


@dataclass(frozen=True)
class WeightedGroup:
    """An estimate of one group, and how much each patient of all groups moves it.

    Attributes
    ----------
    value : float
    influence : ndarray, shape (patients,)
        Also through the weights, which are estimated from everybody.
    """

    value: float
    influence: FloatArray

    @property
    def standard_error(self) -> float:
        """The root of the sum of squared influences."""
        return sqrt(float(self.influence @ self.influence))


@dataclass(frozen=True)
class WeightedDifference:
    """The first of two groups less the second.

    Attributes
    ----------
    value, standard_error : float
    interval : Interval
    p_value : float
        Two-sided, normal.
    """

    value: float
    standard_error: float
    interval: Interval
    p_value: float


def carry_influence(
    model: Propensity, estimates: Sequence[WeightedEstimate], *, rows: Sequence[IntArray]
) -> tuple[WeightedGroup, ...]:
    r"""Give estimates of weighted groups the influence of each patient, through the propensity too.

    .. math:: \psi_i = w_i \frac{\partial T}{\partial w_i}
        + \Big(\sum_k \frac{\partial T}{\partial w_k} \frac{\partial w_k}{\partial \beta}\Big)^T I^{-1} s_i,
        \qquad \frac{\partial w_k}{\partial \beta_l} = w_k (w_{kl} - [g_k = l]) x_k

    with :math:`s_i` the score of the propensity, I its information and :math:`w_{kl}` the weight that patient
    k would have in group l: the sandwich of both estimating equations together.

    Parameters
    ----------
    model : Propensity
    estimates : sequence of WeightedEstimate
        Made with the overlap weights of the model.
    rows : sequence of ndarray of int
        For each estimate the patients, as rows of the model, that its slopes belong to.

    Notes
    -----
    L. A. Stefanski and D. D. Boos, Am. Stat. 56 (2002) 29-38, doi 10.1198/000313002753631330; F. Li and
    F. Li, Ann. Appl. Stat. 13 (2019) 2389-2415.

    Examples
    --------
    >>> from seedbed.statistics.overlap_weights import overlap_weights
    >>> from seedbed.statistics.propensity import fit_propensity
    >>> from seedbed.statistics.weighted_means import weighted_mean
    >>> model = fit_propensity([0, 0, 0, 1, 1, 0, 1, 1], [0, 0, 0, 0, 1, 1, 1, 1])
    >>> rows = np.array([0, 1, 2, 5])
    >>> mean = weighted_mean(np.array([1.0, 2, 3, 4]), overlap_weights(model)[rows])
    >>> (found,) = carry_influence(model, [mean], rows=[rows])
    >>> found.value, abs(round(float(found.influence.sum()), 9))
    (3.0, 0.0)
    """
    every = weights_of_every_group(model)
    moved = coefficient_influence(model)
    return tuple(
        _carried(model, every, moved, estimate, part) for estimate, part in zip(estimates, rows, strict=True)
    )


def _carried(
    model: Propensity, every: FloatArray, moved: FloatArray, estimate: WeightedEstimate, part: IntArray
) -> WeightedGroup:
    own = model.group_of[part]
    direct = every[part, own] * estimate.slopes
    gradient = [
        model.design[part].T @ (direct * (every[part, place] - (own == place)))
        for place in range(1, model.groups)
    ]
    influence = moved @ np.concatenate(gradient)
    influence[part] += direct
    return WeightedGroup(estimate.value, influence)


def weighted_difference(one: WeightedGroup, two: WeightedGroup, *, level: float = 0.95) -> WeightedDifference:
    """Compare two weighted groups.

    Parameters
    ----------
    one, two : WeightedGroup
        Of one model; they share the patients who made the weights, and the error knows it.
    level : float

    Raises
    ------
    InputError
        No error to compare by: each group has one value only.

    Examples
    --------
    >>> one, two = (WeightedGroup(x, np.array([0.5, -0.5]) * y) for x, y in ((3.0, 1.0), (1.0, -1.0)))
    >>> found = weighted_difference(one, two)
    >>> found.value, round(found.standard_error, 4), round(found.p_value, 4)
    (2.0, 1.4142, 0.1573)
    """
    value = one.value - two.value
    error = WeightedGroup(value, one.influence - two.influence).standard_error
    if not error > 0:
        raise InputError(
            "groups without any spread", "values that differ within a group", "give the estimates alone"
        )
    reach = normal_quantile(level) * error
    p_value = float(2 * ndtr(-abs(value) / error))
    return WeightedDifference(value, error, Interval(value - reach, value + reach), p_value)
