"""A confidence interval, and the normal quantile that belongs to its level."""

from dataclasses import dataclass

from scipy.special import ndtri

from seedbed.errors import InputError


@dataclass(frozen=True)
class Interval:
    """A confidence interval.

    Attributes
    ----------
    low, high : float or None
        Limits; None where the data set no limit on that side ("not reached").
    """

    low: float | None
    high: float | None


def normal_quantile(level: float) -> float:
    """Return the two-sided normal quantile of a confidence level.

    Parameters
    ----------
    level : float
        Above 0.5 and below 1.

    Raises
    ------
    InputError
        A level outside that range, such as 95 for 0.95.

    Examples
    --------
    >>> round(normal_quantile(0.95), 6)
    1.959964
    """
    if not 0.5 < level < 1:
        raise InputError(
            f"a confidence level of {level:g}", "a share above 0.5 and below 1", "write 0.95 for 95 %"
        )
    return float(ndtri(0.5 + level / 2))
