"""The error of weighted estimates in small groups: each patient left out once, all fitted again."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from seedbed.statistics.counts import FloatArray, IntArray
from seedbed.statistics.overlap_weights import overlap_weights
from seedbed.statistics.propensity import Propensity, refit_without
from seedbed.statistics.weighted_differences import WeightedGroup
from seedbed.statistics.weighted_means import WeightedEstimate


@dataclass(frozen=True)
class LeftOut:
    """The weights of all patients when each of them is left out.

    Attributes
    ----------
    weights : ndarray, shape (patients, patients)
        A row for each patient who is left out and has weight 0 in it.
    penalised : int
        Patients without whom the propensity had no maximum likelihood and was penalised, where it was not
        with them.
    """

    weights: FloatArray
    penalised: int


def leave_each_out(model: Propensity) -> LeftOut:
    """Fit the propensity again without each patient.

    Examples
    --------
    >>> from seedbed.statistics.propensity import fit_propensity
    >>> found = leave_each_out(fit_propensity([0, 0, 0, 1, 1, 0, 1, 1], [0, 0, 0, 0, 1, 1, 1, 1]))
    >>> found.weights[0].round(3).tolist(), found.penalised
    ([0.0, 0.333, 0.333, 0.667, 0.25, 0.75, 0.25, 0.25], 2)
    """
    models = [refit_without(model, patient) for patient in range(len(model.group_of))]
    weights = np.array([overlap_weights(each) for each in models])
    np.fill_diagonal(weights, 0.0)
    return LeftOut(weights, sum(each.penalty != model.penalty for each in models))


def jackknife_influence(
    left_out: LeftOut, estimate: Callable[[FloatArray], WeightedEstimate], *, rows: IntArray, value: float
) -> WeightedGroup:
    r"""Return an estimate with each patient's influence by leaving that patient out.

    .. math:: \psi_i = \sqrt{(n - 1) / n} \, (\bar T - T_{(i)}), \qquad \mathrm{var} T = \sum_i \psi_i^2

    Its variance is on average too large rather than too small; the one of the sandwich is too small in small
    groups.

    Parameters
    ----------
    left_out : LeftOut
    estimate : callable
        Makes the estimate of the weights of the patients in `rows`; a weight of 0 is nobody.
    rows : ndarray of int
    value : float
        The estimate of all.

    Notes
    -----
    B. Efron and C. Stein, Ann. Stat. 9 (1981) 586-596, doi 10.1214/aos/1176345462.

    Examples
    --------
    >>> from seedbed.statistics.weighted_means import weighted_mean
    >>> values, rows = np.array([1.0, 2.0, 3.0]), np.arange(3)
    >>> alike = LeftOut(1.0 - np.eye(3), 0)
    >>> found = jackknife_influence(alike, lambda w: weighted_mean(values, w), rows=rows, value=2.0)
    >>> round(found.standard_error**2, 6)  # 1 / 3, as of any mean
    0.333333
    """
    values = np.array([estimate(each).value for each in left_out.weights[:, rows]])
    count = len(values)
    influence = np.sqrt((count - 1) / count) * (values.mean() - values)
    return WeightedGroup(value, np.asarray(influence, dtype=np.float64))
