"""Overlap weights of several groups: who could have been in any of them counts most."""

from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from seedbed.statistics.counts import FloatArray
from seedbed.statistics.propensity import Propensity, softmax


def overlap_weights(model: Propensity) -> FloatArray:
    r"""Return the generalised overlap weight of each patient, shape (patients,), from 0 to 1.

    With :math:`e_j(x)` the chance of group j,

    .. math:: w = \frac{1 / e_g(x)}{\sum_j 1 / e_j(x)}

    where g is the patient's own group. Of two groups it is the chance of the other one.

    Notes
    -----
    F. Li and F. Li, Ann. Appl. Stat. 13 (2019) 2389-2415, doi 10.1214/19-AOAS1282; two groups: F. Li,
    K. L. Morgan and A. M. Zaslavsky, J. Am. Stat. Assoc. 113 (2018) 390-400, doi
    10.1080/01621459.2016.1260466. By logistic regression the weighted means of every covariate of the model
    are then the same in two groups.

    Examples
    --------
    >>> from seedbed.statistics.propensity import fit_propensity
    >>> found = fit_propensity([0, 0, 0, 1, 1, 0, 1, 1], [0, 0, 0, 0, 1, 1, 1, 1])
    >>> overlap_weights(found).round(2).tolist()
    [0.25, 0.25, 0.25, 0.75, 0.25, 0.75, 0.25, 0.25]
    """
    every = weights_of_every_group(model)
    return np.asarray(every[np.arange(len(every)), model.group_of], dtype=np.float64)


def weights_of_every_group(model: Propensity) -> FloatArray:
    """Return the weight that each patient would have in each group, shape (patients, groups); rows sum to 1.

    As the chances are exponentials of scores, so are the weights, of the scores turned over.

    Examples
    --------
    >>> from seedbed.statistics.propensity import fit_propensity
    >>> found = fit_propensity([0, 0, 0, 1, 1, 0, 1, 1], [0, 0, 0, 0, 1, 1, 1, 1])
    >>> weights_of_every_group(found)[0].round(2).tolist()
    [0.25, 0.75]
    """
    return softmax(-(model.design @ model.coefficients))


def effective_size(weights: ArrayLike) -> float:
    """Return how many patients of equal weight would tell as much: Kish's formula.

    0 where no weight is above 0.

    Notes
    -----
    L. Kish, Survey Sampling (1965) section 11.7.

    Examples
    --------
    >>> effective_size([1, 1, 1, 1]), effective_size([3, 1]), effective_size([])
    (4.0, 1.6, 0.0)
    """
    numbers = np.asarray(weights, dtype=np.float64)
    squares = float(numbers @ numbers)
    return float(numbers.sum() ** 2 / squares) if squares > 0 else 0.0


def largest_difference(values: ArrayLike, group_of: ArrayLike, weights: ArrayLike) -> float | None:
    r"""Return the largest absolute standardised difference of weighted means between two groups.

    .. math:: \max_{j,k} \frac{|\bar x_j - \bar x_k|}{\sqrt{\sum_j s_j^2 / J}}

    with the variances of the values as they are, not weighted, so that numbers before and after weighting
    have one unit.

    Parameters
    ----------
    values, group_of, weights : array_like, shape (patients,)
        Finite values; groups from 0, each with someone whose weight is above 0.

    Returns
    -------
    float or None
        None where the groups differ and no group has any spread: there is no unit.

    Notes
    -----
    F. Li and F. Li, Ann. Appl. Stat. 13 (2019) 2389-2415, section 3, doi 10.1214/19-AOAS1282.

    Examples
    --------
    >>> largest_difference([1, 3, 2, 4], [0, 0, 1, 1], [1, 1, 1, 1])
    0.7071067811865475
    >>> largest_difference([1, 3, 2, 4], [0, 0, 1, 1], [1, 3, 3, 1])
    0.0
    """
    numbers, places = np.asarray(values, dtype=np.float64), np.asarray(group_of, dtype=np.int64)
    heavy = np.asarray(weights, dtype=np.float64)
    parts = [places == place for place in range(int(places.max()) + 1)]
    means = [float(numbers[part] @ heavy[part] / heavy[part].sum()) for part in parts]
    apart = max((abs(one - two) for one, two in combinations(means, 2)), default=0.0)
    spread = np.mean([numbers[part].var(ddof=1) if part.sum() > 1 else 0.0 for part in parts]) ** 0.5
    if spread > 0:
        return apart / float(spread)
    return 0.0 if apart == 0 else None
