"""The dose at which half are controlled, from a logistic curve; refused where too little tells it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from seedbed.errors import InputError
from seedbed.statistics.cluster_robust import read_clusters
from seedbed.statistics.counts import BoolArray, FloatArray
from seedbed.statistics.intervals import normal_quantile
from seedbed.statistics.samples import finite_sample

FEWEST_OF_EACH = 10
"""Controlled, and not controlled: fewer do not tell a curve (local rule, after 10 events for a covariate)."""
LARGEST_P = 0.05
"""Of the slope: a curve that may be flat has no place where it is half (local rule)."""


@dataclass(frozen=True)
class HalfDose:
    """Where a logistic curve of control against dose is one half.

    Attributes
    ----------
    dose, low, high : float
        In the unit of the doses, with limits by the delta method.
    log_odds : float
        For one unit of dose more.
    p_value : float
        Of a flat curve.
    """

    dose: float
    low: float
    high: float
    log_odds: float
    p_value: float


def half_control_dose(
    doses: ArrayLike, controlled: ArrayLike, *, clusters: ArrayLike, level: float = 0.95
) -> HalfDose:
    """Fit a logistic curve of control against dose, errors robust by cluster, and say where it is one half.

    Parameters
    ----------
    doses : array_like, shape (members,)
    controlled : array_like of bool, shape (members,)
    clusters : array_like of int or str, shape (members,)
        Which cluster each member belongs to.
    level : float
        Of the limits.

    Raises
    ------
    InputError
        Fewer than 10 controlled or not controlled, doses that part them without exception, a curve that may
        be flat or falls, a half outside the doses that were given.

    Examples
    --------
    >>> doses = [80, 90, 100, 110, 120] * 8
    >>> kept = [place // 5 < (dose - 60) / 10 for place, dose in enumerate(doses)]
    >>> found = half_control_dose(doses, kept, clusters=range(40))
    >>> round(found.dose), 80 < found.low < found.high < 120
    (100, True)
    """
    x = finite_sample(doses, least=2, what="the doses")
    y = np.asarray(controlled, dtype=np.bool_)
    kept, lost = int(y.sum()), int((~y).sum())
    if min(kept, lost) < FEWEST_OF_EACH:
        raise InputError(
            f"{lost} not controlled and {kept} controlled, where a curve asks for {FEWEST_OF_EACH} of each",
            f"{FEWEST_OF_EACH} of each",
            "give no half dose",
        )
    groups = read_clusters(clusters, len(x))
    if _parted(x, y):
        raise InputError("doses that part them without exception", "doses that overlap", "give no half dose")
    (at, slope), covariance = _fitted(x, y, groups)
    p = float(2 * ndtr(-abs(slope) / np.sqrt(covariance[1, 1])))
    half = -at / slope
    if slope <= 0 or p >= LARGEST_P:
        raise InputError(f"a curve that may be flat (p = {p:.3f})", "one that rises", "give no half dose")
    if not x.min() <= half <= x.max():
        raise InputError(
            f"a half at {half:.0f}, outside the doses given", "one among them", "give no half dose"
        )
    gradient = np.array([-1 / slope, at / slope**2])
    reach = normal_quantile(level) * float(np.sqrt(gradient @ covariance @ gradient))
    return HalfDose(float(half), float(half - reach), float(half + reach), float(slope), p)


def _parted(doses: FloatArray, controlled: BoolArray) -> bool:
    """Whether one dose tells all who are controlled from all who are not: the likelihood has no maximum."""
    kept, lost = doses[controlled], doses[~controlled]
    return bool(kept.min() >= lost.max() or lost.min() >= kept.max())


def _fitted(doses: FloatArray, controlled: BoolArray, groups: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return intercept and slope, and their robust covariance."""
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    design = np.column_stack([np.ones(len(doses)), doses])
    model = GLM(controlled.astype(np.float64), design, family=Binomial())
    found = model.fit(cov_type="cluster", cov_kwds={"groups": groups})
    return np.asarray(found.params, dtype=np.float64), np.asarray(found.cov_params(), dtype=np.float64)
