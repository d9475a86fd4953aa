"""A proportion with its interval: exact (Clopper and Pearson) and by the score (Wilson)."""

from dataclasses import dataclass
from math import sqrt

from scipy.special import betaincinv

from seedbed.errors import InputError
from seedbed.statistics.intervals import normal_quantile


@dataclass(frozen=True)
class Proportion:
    """A proportion.

    Attributes
    ----------
    events, patients : int
    share : float
        From 0 to 1.
    low, high : float
        Confidence limits within 0 to 1.
    method : str
    """

    events: int
    patients: int
    share: float
    low: float
    high: float
    method: str


def exact_proportion(events: int, patients: int, *, level: float = 0.95) -> Proportion:
    """Return a proportion with exact limits: they hold the truth at least as often as the level says.

    Parameters
    ----------
    events, patients : int
        0 <= events <= patients, at least one patient.
    level : float

    Raises
    ------
    InputError
        Other numbers.

    Notes
    -----
    C. J. Clopper and E. S. Pearson, Biometrika 26 (1934) 404-413, doi 10.1093/biomet/26.4.404.

    Examples
    --------
    >>> found = exact_proportion(10, 13)
    >>> round(found.share, 3), round(found.low, 3), round(found.high, 3)
    (0.769, 0.462, 0.95)
    """
    refuse_no_share(events, patients)
    normal_quantile(level)
    tail, missed = (1 - level) / 2, patients - events
    low = 0.0 if events == 0 else float(betaincinv(events, missed + 1, tail))
    high = 1.0 if missed == 0 else float(betaincinv(events + 1, missed, 1 - tail))
    return Proportion(
        int(events), int(patients), float(events / patients), low, high, "Clopper-Pearson, exact"
    )


def wilson_proportion(events: int, patients: int, *, level: float = 0.95) -> Proportion:
    """Return a proportion with limits by the score test: shorter, and right on average.

    Parameters
    ----------
    events, patients, level
        As `exact_proportion`.

    Raises
    ------
    InputError
        As `exact_proportion`.

    Notes
    -----
    E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209-212, doi 10.1080/01621459.1927.10502953.

    Examples
    --------
    >>> found = wilson_proportion(10, 13)
    >>> round(found.low, 3), round(found.high, 3)
    (0.497, 0.918)
    """
    refuse_no_share(events, patients)
    z = normal_quantile(level)
    share, weight = events / patients, z * z / patients
    centre = (share + weight / 2) / (1 + weight)
    half = z * sqrt(share * (1 - share) / patients + weight / (4 * patients)) / (1 + weight)
    low = 0.0 if events == 0 else centre - half
    high = 1.0 if events == patients else centre + half
    return Proportion(int(events), int(patients), float(share), low, high, "Wilson, score")


def refuse_no_share(events: int, patients: int) -> None:
    """Refuse numbers that are no events among patients.

    Raises
    ------
    InputError

    Examples
    --------
    >>> refuse_no_share(0, 3)
    """
    if not (
        events == int(events) and patients == int(patients) and 0 <= events <= patients and patients >= 1
    ):
        raise InputError(
            f"{events:g} events among {patients:g} patients",
            "whole numbers, no more events than patients, one patient at least",
            "give counts of patients, not percentages",
        )
