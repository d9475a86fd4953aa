"""Dose protraction of a decaying source: how much damage is repaired while the dose is given."""

from math import log

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import exprel, gammainc

from seedbed.errors import DoseError
from seedbed.implant.decay import check_half_life
from seedbed.units import HOURS_PER_DAY

FloatArray = NDArray[np.float64]
NEAR = 1e-5
"""Relative distance below which a divided difference is taken as the derivative; both good to 1e-10 there."""

TINY = 1e-10
"""Below it ``-phi'(z) = 1/2 - z/3 + ...`` is 1/2."""


def protraction_factor(
    days: ArrayLike, *, half_life_days: float, repair_half_time_hours: float
) -> FloatArray:
    """Lea-Catcheside dose-protraction factor G of a decaying source, 1 for an instant and falling with time.

    ``G = 2/D^2 int_0^t R(s) int_0^s R(u) exp(-mu (s-u)) du ds`` with ``R(t) = R0 exp(-lambda t)``, in closed
    form; for t without end it is ``lambda / (mu + lambda)``. Right also where ``mu`` equals ``lambda``.

    Parameters
    ----------
    days : array_like
        Time since implantation, 0 or more; infinite for complete decay.
    half_life_days, repair_half_time_hours : float
        Above 0.

    Returns
    -------
    ndarray
        Of the shape of ``days``.

    Raises
    ------
    DoseError
        A time, half-life or repair half-time that has no meaning.

    Notes
    -----
    Source: Dale 1985, equation of the relative effectiveness of a decaying source; here written with
    ``phi(z) = (1 - exp(-z)) / z`` as ``G = 2 [phi(a) - phi(b)] / [(b - a) phi(lambda t)^2]`` with
    ``a = 2 lambda t`` and ``b = (mu + lambda) t``.

    Examples
    --------
    >>> round(float(protraction_factor(np.inf, half_life_days=59.40, repair_half_time_hours=1.5)), 6)
    0.001051
    """
    rate, repair = _rates(half_life_days, repair_half_time_hours)
    times = np.asarray(days, dtype=float)
    if not (times >= 0).all():
        raise DoseError(
            f"a time of {float(times[~(times >= 0)].flat[0])} days", "0 or more days", "correct the time"
        )
    finite = np.where(np.isinf(times), 0.0, times)
    falling = _fall(2.0 * rate * finite, (repair + rate) * finite)
    found = 2.0 * falling / exprel(-rate * finite) ** 2
    return np.where(np.isinf(times), rate / (repair + rate), found)


def _fall(a: FloatArray, b: FloatArray) -> FloatArray:
    """``[phi(a) - phi(b)] / (b - a)``, and its limit ``-phi'`` where a and b meet."""
    apart, middle = b - a, (a + b) / 2.0
    near = np.abs(apart) <= NEAR * np.maximum(middle, 1.0)
    tiny = middle < TINY
    slope = np.where(tiny, 0.5, gammainc(2.0, middle) / np.where(tiny, 1.0, middle) ** 2)
    return np.where(near, slope, (exprel(-a) - exprel(-b)) / np.where(near, 1.0, apart))


def _rates(half_life_days: float, repair_half_time_hours: float) -> tuple[float, float]:
    """Lambda and mu, 1/day."""
    check_half_life(half_life_days)
    if not 0 < repair_half_time_hours < np.inf:
        raise DoseError(
            f"a repair half-time of {repair_half_time_hours} hours",
            "a number of hours above 0",
            "use 0.2 to 4 hours, or a sourced value",
        )
    return log(2.0) / half_life_days, log(2.0) * HOURS_PER_DAY / repair_half_time_hours
