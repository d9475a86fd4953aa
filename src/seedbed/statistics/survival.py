"""The Kaplan-Meier estimate: survival, its error and intervals, quantiles, numbers at risk, follow-up."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from seedbed.errors import InputError, one_of
from seedbed.statistics.counts import BoolArray, FloatArray, IntArray
from seedbed.statistics.intervals import Interval, normal_quantile
from seedbed.statistics.survival_times import SurvivalTimes, read_survival, risk_table

Transform = Literal["log-log", "log"]

SAME_SHARE = 2.0**-26
"""A curve this near to a share has it: S is exactly 0.5 (R: square root of the machine precision)."""


@dataclass(frozen=True)
class KaplanMeier:
    """A Kaplan-Meier curve, at each distinct time of an event or a censoring.

    Attributes
    ----------
    times : ndarray of float, shape (times,)
    at_risk, events, censored : ndarray of int, shape (times,)
        As `seedbed.statistics.survival_times.RiskTable`.
    survival : ndarray of float, shape (times,)
        Share without the event at and until the next time; 1 before the first event.
    standard_error : ndarray of float, shape (times,)
        Of `survival`, by Greenwood's formula; 0 where survival is 1 or 0.
    log_standard_error : ndarray of float, shape (times,)
        Of the logarithm of `survival`; infinite where survival is 0.
    """

    times: FloatArray
    at_risk: IntArray
    events: IntArray
    censored: IntArray
    survival: FloatArray
    standard_error: FloatArray
    log_standard_error: FloatArray

    @property
    def patients(self) -> int:
        """Number of patients."""
        return int(self.at_risk[0])

    @property
    def last_time(self) -> float:
        """Largest time, of an event or a censoring."""
        return float(self.times[-1])


@dataclass(frozen=True)
class ConfidenceBand:
    """Pointwise confidence limits of a curve.

    Attributes
    ----------
    low, high : ndarray of float, shape (times,)
        Limits from 0 to 1.
    defined : ndarray of bool, shape (times,)
        False where the curve is 1 or 0: there the data give no interval, and the limits are 0 and 1.
    """

    low: FloatArray
    high: FloatArray
    defined: BoolArray


@dataclass(frozen=True)
class Quantile:
    """A time by which a share of the patients has had the event.

    Attributes
    ----------
    share : float
        0.5 is the median.
    time : float or None
        None where the curve does not fall so far: not reached.
    log_log, log : Interval
        Confidence limits by Brookmeyer and Crowley, from both transforms.
    """

    share: float
    time: float | None
    log_log: Interval
    log: Interval


@dataclass(frozen=True)
class CurvePoint:
    """A curve at one time.

    Attributes
    ----------
    time : float
    at_risk : int
        Patients under observation just before that time.
    events, censored : int
        Until that time, it included.
    survival, standard_error : float or None
        None beyond the largest time, unless the curve is 0: there it is not known.
    log_log, log : Interval or None
        None where the data give no interval.
    """

    time: float
    at_risk: int
    events: int
    censored: int
    survival: float | None
    standard_error: float | None
    log_log: Interval | None
    log: Interval | None


def kaplan_meier(times: ArrayLike, events: ArrayLike) -> KaplanMeier:
    r"""Estimate survival with right-censored times.

    With :math:`d_i` events among :math:`n_i` at risk at time :math:`t_i`,

    .. math:: S(t) = \prod_{t_i \le t} (1 - d_i / n_i), \qquad
        \mathrm{var} \ln S(t) = \sum_{t_i \le t} \frac{d_i}{n_i (n_i - d_i)}

    Who is censored at the time of an event is at risk at that event.

    Parameters
    ----------
    times : array_like of float, shape (patients,)
        Zero or more, in any one unit.
    events : array_like of bool or of 0 and 1, shape (patients,)

    Returns
    -------
    KaplanMeier
        One patient, and patients without any event, have a curve too.

    Raises
    ------
    InputError
        As `seedbed.statistics.survival_times.read_survival`.

    Notes
    -----
    E. L. Kaplan and P. Meier, J. Am. Stat. Assoc. 53 (1958) 457-481, doi
    10.1080/01621459.1958.10501452; M. Greenwood, Reports on
    Public Health and Medical Subjects 33 (1926) 1-26.

    Examples
    --------
    >>> curve = kaplan_meier([6, 7, 10, 13], [1, 1, 0, 1])
    >>> curve.survival.tolist(), curve.at_risk.tolist()
    ([0.75, 0.5, 0.5, 0.0], [4, 3, 2, 1])
    """
    return curve_of(read_survival(times, events))


def curve_of(patients: SurvivalTimes) -> KaplanMeier:
    """Estimate survival of patients whose times are read: see `kaplan_meier`.

    Examples
    --------
    >>> curve_of(read_survival([6, 7], [1, 0])).survival.tolist()
    [0.5, 0.5]
    """
    table = risk_table(patients)
    left = table.at_risk - table.events
    survival = np.cumprod(left / table.at_risk, dtype=np.float64)
    steps = np.full(len(left), np.inf)
    np.divide(table.events, table.at_risk * left, out=steps, where=left > 0)
    steps[table.events == 0] = 0.0
    log_error = np.asarray(np.sqrt(np.cumsum(steps)), dtype=np.float64)
    error = np.where(survival > 0, survival, 0.0) * np.where(np.isfinite(log_error), log_error, 0.0)
    return KaplanMeier(table.times, table.at_risk, table.events, table.censored, survival, error, log_error)


def follow_up_curve(times: ArrayLike, events: ArrayLike) -> KaplanMeier:
    """Estimate how long patients were followed: Kaplan-Meier with events and censorings exchanged.

    Its median is the median follow-up.

    Notes
    -----
    M. Schemper and T. L. Smith, Controlled Clinical Trials 17 (1996) 343-346, doi
    10.1016/0197-2456(96)00075-X. At equal times the censorings count first, as in R and SPSS with the
    status reversed.

    Examples
    --------
    >>> quantile(follow_up_curve([6, 7, 10, 13], [1, 1, 0, 0]), 0.5).time
    11.5
    """
    patients = read_survival(times, events)
    return curve_of(SurvivalTimes(patients.times, ~patients.events))


def confidence_band(
    curve: KaplanMeier, *, transform: Transform = "log-log", level: float = 0.95
) -> ConfidenceBand:
    r"""Return pointwise confidence limits of survival.

    With :math:`s` the error of :math:`\ln S`, "log" is :math:`S e^{\pm z s}`, at most 1, the default of R;
    "log-log" is :math:`S^{\exp(\pm z s / \ln S)}`, which stays within 0 and 1.

    Parameters
    ----------
    curve : KaplanMeier
    transform : {"log-log", "log"}
    level : float
        Above 0.5 and below 1.

    Raises
    ------
    InputError
        Another transform or level.

    Examples
    --------
    >>> band = confidence_band(kaplan_meier([6, 7, 10, 13], [1, 1, 0, 1]), transform="log")
    >>> band.low.round(4).tolist(), band.defined.tolist()
    ([0.4259, 0.1877, 0.1877, 0.0], [True, True, True, False])
    """
    z = normal_quantile(level)
    if transform not in ("log-log", "log"):
        raise InputError(f"transform '{transform}'", one_of(("log-log", "log")), "name one of them")
    defined = (curve.survival > 0) & (curve.survival < 1)
    log_s = np.log(np.where(defined, curve.survival, 0.5))
    error = np.where(defined, curve.log_standard_error, 1.0)
    if transform == "log":
        low, high = np.exp(log_s - z * error), np.minimum(1.0, np.exp(log_s + z * error))
    else:
        # far outside the range of double precision the limits are 0 and 1 themselves
        spread = np.minimum(z * error / -log_s, 700.0)
        low, high = np.exp(log_s * np.exp(spread)), np.exp(log_s * np.exp(-spread))
    return ConfidenceBand(np.where(defined, low, 0.0), np.where(defined, high, 1.0), defined)


def quantile(curve: KaplanMeier, share: float, *, level: float = 0.95) -> Quantile:
    """Find the time by which a share of the patients has had the event: 0.5 for the median.

    It is the first time at which survival is 1 - `share` or less. Where survival is exactly 1 - `share`
    for a while and falls later, it is the middle of that while, as in R; where it never falls any more, its
    beginning, as R prints a median. The limits are found in the same way on the confidence limits of
    the curve.

    Parameters
    ----------
    curve : KaplanMeier
    share : float
        Above 0 and below 1.
    level : float
        Of the confidence limits.

    Raises
    ------
    InputError
        A share or level outside its range.

    Notes
    -----
    R. Brookmeyer and J. Crowley, Biometrics 38 (1982) 29-41, doi 10.2307/2530286; T. M. Therneau, survival
    3.5-3 for R, `print.survfit`.

    Examples
    --------
    >>> found = quantile(kaplan_meier([6, 7, 10, 13], [1, 1, 1, 0]), 0.5)
    >>> found.time, found.log_log.low, found.log_log.high
    (8.5, 6.0, None)
    """
    if not 0 < share < 1:
        raise InputError(f"a share of {share:g}", "a number above 0 and below 1", "write 0.5 for the median")
    everywhere = np.ones(len(curve.times), dtype=bool)
    limits = []
    transforms: tuple[Transform, ...] = ("log-log", "log")
    for transform in transforms:
        band = confidence_band(curve, transform=transform, level=level)
        limits.append(
            Interval(
                _crossing(curve.times, band.low, 1 - share, band.defined),
                _crossing(curve.times, band.high, 1 - share, band.defined),
            )
        )
    return Quantile(share, _crossing(curve.times, curve.survival, 1 - share, everywhere), *limits)


def points_at(curve: KaplanMeier, times: ArrayLike, *, level: float = 0.95) -> tuple[CurvePoint, ...]:
    """Read a curve at given times: at risk just before, events and censorings until then, survival.

    Parameters
    ----------
    curve : KaplanMeier
    times : array_like of float
        Zero or more, in any order.
    level : float
        Of the confidence limits.

    Raises
    ------
    InputError
        A time that is negative or no number.

    Examples
    --------
    >>> points = points_at(kaplan_meier([6, 7, 10, 13], [1, 1, 0, 0]), [0, 7, 20])
    >>> [(point.at_risk, point.events, point.survival) for point in points]
    [(4, 0, 1.0), (3, 2, 0.5), (0, 2, None)]
    """
    wanted = np.atleast_1d(np.asarray(times, dtype=np.float64))
    if not (np.isfinite(wanted) & (wanted >= 0)).all():
        raise InputError("a time that is negative or no number", "times of zero or more", "correct the times")
    bands = tuple(confidence_band(curve, transform=each, level=level) for each in ("log-log", "log"))
    return tuple(_point(curve, bands, float(time)) for time in wanted)


def _point(curve: KaplanMeier, bands: tuple[ConfidenceBand, ...], time: float) -> CurvePoint:
    done = int(np.searchsorted(curve.times, time, side="right"))
    before = int(np.searchsorted(curve.times, time, side="left"))
    at_risk = int(curve.at_risk[before]) if before < len(curve.times) else 0
    known = time <= curve.last_time or curve.survival[-1] == 0
    survival, error = (1.0, 0.0) if done == 0 else (curve.survival[done - 1], curve.standard_error[done - 1])
    log_log, log = (
        Interval(float(band.low[done - 1]), float(band.high[done - 1]))
        if known and done and band.defined[done - 1]
        else None
        for band in bands
    )
    return CurvePoint(
        time=time,
        at_risk=at_risk,
        events=int(curve.events[:done].sum()),
        censored=int(curve.censored[:done].sum()),
        survival=float(survival) if known else None,
        standard_error=float(error) if known else None,
        log_log=log_log,
        log=log,
    )


def _crossing(
    times: FloatArray,
    curve: FloatArray,
    share: float,
    defined: BoolArray,
) -> float | None:
    """Find where a falling curve first is at or below a share: R's rule, the middle of a level stretch."""
    below = np.flatnonzero(defined & (curve < share + SAME_SHARE))
    if len(below) == 0:
        return None
    first = below[0]
    later = below[curve[below] < curve[first]]
    if abs(curve[first] - share) < SAME_SHARE and len(later):
        return float((times[first] + times[later[0]]) / 2)
    return float(times[first])
