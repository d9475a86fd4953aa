"""Strength in time."""

from datetime import datetime
from math import expm1, inf, isfinite, log

from seedbed.errors import DoseError

SECONDS_PER_DAY = 86400.0


def decay_factor(elapsed_days: float, half_life_days: float) -> float:
    """Share of the strength that is left: ``2 ** (-t / T_half)``.

    Examples
    --------
    >>> decay_factor(59.40, 59.40)
    0.5
    """
    return float(2.0 ** (-elapsed_days / half_life_days))


def strength_at(strength_u: float, assayed: datetime, at: datetime, half_life_days: float) -> float:
    """Air-kerma strength (U) at another time than that of the assay.

    Examples
    --------
    >>> strength_at(1.0, datetime(2026, 1, 1), datetime(2026, 3, 1, 9, 36), 59.40)
    0.5
    """
    return strength_u * decay_factor((at - assayed).total_seconds() / SECONDS_PER_DAY, half_life_days)


def cumulated_days(half_life_days: float, until_days: float = inf) -> float:
    """Days in which the initial rate would give the dose up to a time: ``(1 - 2^(-t/T)) T / ln 2``.

    Parameters
    ----------
    half_life_days : float
        Above 0.
    until_days : float
        Days since the rate was the initial one, 0 or more; infinite for complete decay, where the answer
        is the mean life ``T / ln 2``.

    Returns
    -------
    float
        Days: the integral of the decay factor from 0 to ``until_days``.

    Raises
    ------
    DoseError
        A half-life that is not a positive number, or a time that is negative or not a number.

    Examples
    --------
    >>> round(cumulated_days(59.40), 2)
    85.7
    >>> round(cumulated_days(59.40, 59.40), 2)
    42.85
    """
    check_half_life(half_life_days)
    if not until_days >= 0:
        raise DoseError(
            f"a time of {until_days} days after implantation",
            "0 or more days, or infinity for complete decay",
            "correct the time",
        )
    return -expm1(-log(2.0) * until_days / half_life_days) * half_life_days / log(2.0)


def check_half_life(half_life_days: float) -> None:
    """Refuse a half-life that is not a positive, finite number of days.

    Raises
    ------
    DoseError
        The half-life is zero, negative, infinite or not a number.

    Examples
    --------
    >>> check_half_life(59.40)
    """
    if not (half_life_days > 0 and isfinite(half_life_days)):
        raise DoseError(
            f"a half-life of {half_life_days} days",
            "a positive number of days",
            "take it from the table of the source model, 59.40 days for I-125",
        )
