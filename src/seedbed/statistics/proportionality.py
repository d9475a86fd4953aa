"""Whether hazards are proportional: a test on the Schoenfeld residuals of Cox's model."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from seedbed.errors import InputError
from seedbed.statistics.counts import FloatArray
from seedbed.statistics.cox import read_hazards
from seedbed.statistics.efron import maximise, risk_sets
from seedbed.statistics.survival import curve_of
from seedbed.statistics.survival_times import SurvivalTimes


@dataclass(frozen=True)
class ProportionalityTest:
    """Whether the effect of a covariate changes in time.

    Attributes
    ----------
    name : str
        The covariate, or "all".
    statistic : float
        Chi-squared of the score test.
    df : int
    p_value : float
        A small one speaks against proportional hazards.
    """

    name: str
    statistic: float
    df: int
    p_value: float


def proportional_hazards_tests(
    times: ArrayLike, events: ArrayLike, *, covariates: ArrayLike, names: Sequence[str] | None = None
) -> tuple[ProportionalityTest, ...]:
    r"""Test for each covariate, and for all, whether its effect changes in time.

    The score test of adding :math:`x g(t)` to the model, with :math:`g` one less the Kaplan-Meier estimate of
    all patients just before :math:`t`: whether the Schoenfeld residuals have a trend in :math:`g`.

    Raises
    ------
    InputError
        As `cox_regression`; fewer than two times with an event.

    Notes
    -----
    P. M. Grambsch and T. M. Therneau, Biometrika 81 (1994) 515-526, doi 10.1093/biomet/81.3.515; as R
    ``cox.zph`` from survival 3.0 on, ``transform="km"``.

    Examples
    --------
    >>> times, events = [6, 7, 10, 13, 2, 3, 5, 12], [1, 1, 0, 1, 1, 1, 1, 0]
    >>> found = proportional_hazards_tests(times, events, covariates=[0, 0, 0, 0, 1, 1, 1, 1])
    >>> [(test.name, test.df, round(test.p_value, 2)) for test in found]
    [('x1', 1, 0.13), ('all', 1, 0.13)]
    """
    patients, table, labels = read_hazards(times, events, covariates, names)
    sets = risk_sets(patients, table)
    _, found = maximise(sets, table.std(axis=0))
    trend = _trend(patients)
    score = trend @ found.residuals
    crossed = np.tensordot(trend, found.covariances, 1)
    squared = np.tensordot(trend**2, found.covariances, 1)
    left = squared - crossed @ np.linalg.solve(found.information, crossed)
    alone = tuple(_score_test(name, score, left, (place,)) for place, name in enumerate(labels))
    return (*alone, _score_test("all", score, left, tuple(range(len(labels)))))


def _trend(patients: SurvivalTimes) -> FloatArray:
    """Return one less survival just before each death, the latest first, about its mean."""
    curve = curve_of(patients)
    before = np.r_[1.0, curve.survival[:-1]]
    deaths = np.sort(patients.times[patients.events])[::-1]
    trend: FloatArray = -before[np.searchsorted(curve.times, deaths)]
    if np.ptp(trend) == 0:
        raise InputError(
            "events at one time only", "events at two times at least", "say that this cannot be tested"
        )
    centred: FloatArray = trend - trend.mean()
    return centred


def _score_test(
    name: str, score: FloatArray, left: FloatArray, places: tuple[int, ...]
) -> ProportionalityTest:
    own, spread = score[list(places)], left[np.ix_(places, places)]
    if np.linalg.eigvalsh(spread)[0] <= 1e-12 * max(1e-300, float(np.trace(left))):
        raise InputError(
            f"too few events to tell a trend of '{name}' from the effect itself",
            "more events at different times",
            "say that this cannot be tested",
        )
    statistic = float(own @ np.linalg.solve(spread, own))
    return ProportionalityTest(name, statistic, len(places), float(chdtrc(len(places), statistic)))
