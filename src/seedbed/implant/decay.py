"""Strength in time."""

from datetime import datetime

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
